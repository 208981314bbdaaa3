package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// identityOf is an owner that goes on with its own results only.
func identityOf(name string) Owner[string] {
	return Owner[string]{What: "trial", Identity: name, GoOn: func(had string) (string, error) {
		if had != name {
			return "", fmt.Errorf("the folder holds %s; this is %s", had, name)
		}
		return had, nil
	}}
}

func opened(t *testing.T, dir string, o Owner[string]) *Store {
	t.Helper()
	s, err := Open(dir, o, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const someKey = "0123456789abcdef"

func put(t *testing.T, s *Store, key, result string) {
	t.Helper()
	if err := s.Put(key, []byte(result)); err != nil {
		t.Fatal(err)
	}
}

func TestAStoreGivesBackWhatItWasGiven(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := opened(t, dir, identityOf("x"))
	const want = `{"seed":18446744073709551615,"digest":"\u003cd\u003e\u0026\u2028","failed":[]}`
	put(t, s, someKey, want)
	s.Close()
	s = opened(t, dir, identityOf("x"))
	defer s.Close()
	if got, ok := s.Get(someKey); !ok || string(got) != want {
		t.Errorf("got %v %s, want %s", ok, got, want)
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
	put(t, s, someKey, `{"seed":7,"failed":["it \u003cfailed\u003e"]}`)
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
			t.Errorf("%s at %d is taken for a result: %s", what, at, r)
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

func TestAFolderBelongsToOneOwner(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir, identityOf("x")).Close()
	opened(t, dir, identityOf("x")).Close()
	file := filepath.Join(dir, "trial.json")
	for content, want := range map[string]string{
		`"x"`: "the folder holds x; this is y",
		"{":   "no trial can be read from trial.json (unexpected end of JSON input); " + Remedy,
	} {
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, identityOf("y"), nil, false); err == nil || err.Error() != dir+": "+want {
			t.Errorf("got %v, want %s", err, want)
		}
		if after, _ := os.ReadFile(file); string(after) != content {
			t.Error("a folder that is refused was changed")
		}
	}
}

func TestForceStartsOverAndLeavesOtherFilesAlone(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, identityOf("x"))
	put(t, s, someKey, "{}")
	s.Close()
	for _, name := range []string{"notes.txt", "report.txt", RunsFolder + "/mine.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, identityOf("z"), []string{"report.txt"}, true)
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
		if _, err := Open(dir, identityOf("x"), nil, force); err == nil || !strings.Contains(err.Error(), "another podsim works in this folder") {
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
	if _, err := Open(dir, identityOf("x"), nil, false); err == nil || !strings.Contains(err.Error(), "holds no trial (there is notes.txt)") {
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
	for _, name := range []string{filepath.Join(dir, lockFile), filepath.Join(dir, "trial.json"+partial), torn} {
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
	if _, err := Open(filepath.Join(parent, "file", "deep"), identityOf("x"), nil, false); err == nil {
		t.Error("a folder below a file")
	}
}
