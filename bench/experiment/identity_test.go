package experiment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/scenarios"
)

func identityOf(policies ...string) Identity {
	id := Identity{Name: "trial", Scenario: "small", Version: "1", Build: "b", Digest: "d" + strings.Join(policies, "")}
	for _, p := range policies {
		id.Policies = append(id.Policies, identityPolicy{Name: p, Digest: "digest of " + p, Cells: []identityCell{{Key: "key of " + p}}})
	}
	return id
}

func opened(t *testing.T, dir string, id Identity) *store.Store {
	t.Helper()
	s, err := OpenStore(dir, id, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
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
			before, _ := os.ReadFile(filepath.Join(dir, "experiment.json"))
			s, err := OpenStore(dir, c.now(), nil, false)
			if c.refuse == "" {
				if err != nil {
					t.Fatal(err)
				}
				s.Close()
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.refuse) || !strings.HasSuffix(err.Error(), store.Remedy) {
				t.Errorf("got %v, want %s", err, c.refuse)
			}
			if after, _ := os.ReadFile(filepath.Join(dir, "experiment.json")); string(after) != string(before) {
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
