package scenarios_test

import (
	"path/filepath"
	"testing"

	"github.com/podsim/podsim/scenarios"
)

// TestAScenarioIsLoadedAgainAndAgain shows that streams are read once, and that files
// that change are refused.
func TestAScenarioIsLoadedAgainAndAgain(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"times.txt": "1\n2\n"})
	text := base + workload("w", "arrivals: {type: poisson, rate: 10/h}\nrunTime: {type: empirical, data: times}")
	in := input(text)
	in.Set = []string{"Scenario.spec.data=[{name: times, format: samples}]"}
	in.Data = map[string]string{"times": filepath.Join(dir, "times.txt")}
	r, first, err := scenarios.Repeat(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{3, 4} {
		if run, err := r.Load(seed); err != nil || run.Config.Seed != seed || len(run.Config.Nodes) != len(first.Config.Nodes) {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	write(t, dir, map[string]string{"times.txt": "1\n3\n"})
	_, err = r.Load(5)
	if want := filepath.Join(dir, "times.txt") + ": has changed since the first run"; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
	if _, _, err := scenarios.Repeat(input(base + "---\nkind: Nothing\n")); err == nil {
		t.Error("a wrong scenario is taken")
	}
}
