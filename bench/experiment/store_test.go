package experiment

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/podsim/podsim/scenarios"
)

func identityOf(policies ...string) Identity {
	id := Identity{Name: "trial", Scenario: "small", Version: "1", Build: "b", Digest: "d" + strings.Join(policies, "")}
	for _, p := range policies {
		id.Policies = append(id.Policies, identityPolicy{Name: p, Digest: "digest of " + p, Cells: []identityCell{{Key: "key of " + p}}})
	}
	return id
}

func opened(t *testing.T, dir string, id Identity) *Store {
	t.Helper()
	s, err := OpenStore(dir, id, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const someKey = "0123456789abcdef"

func put(t *testing.T, s *Store, key string, r Result) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(key, text); err != nil {
		t.Fatal(err)
	}
}

func TestAStoreGivesBackWhatItWasGiven(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := opened(t, dir, identityOf("x"))
	want := Result{Seed: 1<<64 - 1, Digest: "<d>&\u2028", Failed: []string{}, Notes: []string{"n"}}
	put(t, s, someKey, want)
	s.Close()
	s = opened(t, dir, identityOf("x"))
	defer s.Close()
	if got, ok := s.Get(someKey); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v %+v, want %+v", ok, got, want)
	}
	if _, ok := s.Get("ff"); ok {
		t.Error("a run that nobody did")
	}
}

// Whatever part of a file reached the disk, and whichever byte was damaged, the run
// counts as not done.
func TestATornOrDamagedFileIsNoResult(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, identityOf("x"))
	defer s.Close()
	put(t, s, someKey, Result{Seed: 7, Digest: "abc", Failed: []string{"it <failed>"}})
	name := filepath.Join(dir, RunsFolder, someKey+".json")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, at int, text []byte) {
		t.Helper()
		if err := os.WriteFile(name, text, 0o666); err != nil {
			t.Fatal(err)
		}
		if r, ok := s.Get(someKey); ok {
			t.Errorf("%s at %d is taken for a result: %+v", what, at, r)
		}
	}
	for n := range len(whole) - 1 { // all but the newline
		refused("cut", n, whole[:n])
		damaged := append([]byte(nil), whole...)
		damaged[n] ^= 1
		refused("damage", n, damaged)
	}
	if err := os.WriteFile(name, whole, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Get(someKey); !ok {
		t.Error("the whole file is no result")
	}
}

func TestAFolderBelongsToOneExperiment(t *testing.T) {
	had := identityOf("x", "y")
	for _, c := range []struct {
		name   string
		now    func() Identity
		refuse string
	}{
		{"the same", func() Identity { return had }, ""},
		{"a policy more", func() Identity { return identityOf("x", "y", "z") }, ""},
		{"a policy less", func() Identity { return identityOf("y") }, ""},
		{"other policies only", func() Identity { return identityOf("z") }, "the folder holds another experiment (small, digest dxy; this is small, digest dz)"},
		{"another version", func() Identity { id := identityOf("x", "y"); id.Version = "2"; return id }, "another podsim (version 1, digest b; this is version 2, digest b)"},
		{"another build", func() Identity { id := identityOf("x", "y"); id.Build = "c"; return id }, "another podsim (version 1, digest b; this is version 1, digest c)"},
		{"a changed policy", func() Identity { id := identityOf("x", "y"); id.Policies[1].Digest = "new"; return id },
			"policy y was another one in the runs in the folder (digest digest of y; now it is new)"},
		{"a changed scenario", func() Identity {
			id := identityOf("x", "y")
			id.Digest, id.Policies[0].Cells[0].Key = "e", "new"
			return id
		},
			"the folder holds another experiment (small, digest dxy; this is small, digest e)"},
		{"a point of the grid more", func() Identity {
			id := identityOf("x", "y")
			for i := range id.Policies {
				id.Policies[i].Cells = append(id.Policies[i].Cells, identityCell{[]scenarios.Setting{{Axis: "nodes", Value: "3"}}, "other"})
			}
			return id
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			opened(t, dir, had).Close()
			before, _ := os.ReadFile(filepath.Join(dir, IdentityFile))
			s, err := OpenStore(dir, c.now(), nil, false)
			if c.refuse == "" {
				if err != nil {
					t.Fatal(err)
				}
				s.Close()
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.refuse) || !strings.HasSuffix(err.Error(), remedy) {
				t.Errorf("got %v, want %s", err, c.refuse)
			}
			if after, _ := os.ReadFile(filepath.Join(dir, IdentityFile)); string(after) != string(before) {
				t.Error("a folder that is refused was changed")
			}
		})
	}
}

// A policy that was left out for a while is still the folder's.
func TestAFolderRemembersPoliciesThatWereLeftOut(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir, identityOf("x", "y")).Close()
	opened(t, dir, identityOf("x")).Close()
	changed := identityOf("x", "y")
	changed.Policies[1].Digest = "new"
	if _, err := OpenStore(dir, changed, nil, false); err == nil {
		t.Error("policy y has changed and nobody noticed")
	}
	opened(t, dir, identityOf("y")).Close()
}

func TestForceStartsOverAndLeavesOtherFilesAlone(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, identityOf("x"))
	put(t, s, someKey, Result{})
	s.Close()
	for _, name := range []string{"notes.txt", "report.txt", RunsFolder + "/mine.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := OpenStore(dir, identityOf("z"), []string{"report.txt"}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, ok := s.Get(someKey); ok {
		t.Error("a run is left")
	}
	for name, want := range map[string]bool{"notes.txt": true, RunsFolder + "/mine.json": true, "report.txt": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFolderServesOneProcess(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, identityOf("x"))
	for _, force := range []bool{false, true} {
		if _, err := OpenStore(dir, identityOf("x"), nil, force); err == nil || !strings.Contains(err.Error(), "another podsim works in this folder") {
			t.Errorf("force %v: %v", force, err)
		}
	}
	s.Close()
	opened(t, dir, identityOf("x")).Close()
}

func TestAStrangeFolderIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(dir, identityOf("x"), nil, false); err == nil || !strings.Contains(err.Error(), "holds no experiment (there is notes.txt)") {
		t.Error(err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("files: %v", files)
	}
}

// What a process leaves that is killed at its very beginning is no obstacle.
func TestWhatAKilledProcessLeavesIsSwept(t *testing.T) {
	dir := t.TempDir()
	runs := filepath.Join(dir, RunsFolder)
	if err := os.Mkdir(runs, 0o777); err != nil {
		t.Fatal(err)
	}
	torn := filepath.Join(runs, someKey+".json"+partial)
	for _, name := range []string{filepath.Join(dir, lockFile), filepath.Join(dir, IdentityFile+partial), torn} {
		if err := os.WriteFile(name, []byte("{"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	opened(t, dir, identityOf("x")).Close()
	if _, err := os.Stat(torn); err == nil {
		t.Error("a torn file is left")
	}
}

func TestARefusedFolderThatWasMadeIsTakenBack(t *testing.T) {
	parent := t.TempDir()
	if err := os.WriteFile(filepath.Join(parent, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(filepath.Join(parent, "file", "deep"), identityOf("x"), nil, false); err == nil {
		t.Error("a folder below a file")
	}
}
