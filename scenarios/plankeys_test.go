package scenarios_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLoadIsSafeForSeveralGoroutines loads the same runs side by side.
func TestLoadIsSafeForSeveralGoroutines(t *testing.T) {
	p := mustLoadPlan(t, planOf(planned("{candidates: [{group: workers, max: 9}, {shape: small, max: 9}], contingencies: [{lose: zone}, {upgrade: {}}]}")))
	var group sync.WaitGroup
	digests := make([][]string, 4)
	for i := range digests {
		group.Go(func() {
			for c := range p.Contingencies {
				run, err := p.Load([]int{2, 3}, c, 5)
				if err != nil {
					t.Error(err)
					return
				}
				digests[i] = append(digests[i], run.Digest)
			}
		})
	}
	group.Wait()
	for _, d := range digests[1:] {
		if diff := cmp.Diff(digests[0], d); diff != "" {
			t.Error(diff)
		}
	}
}

// TestKeys shows what a result depends on.
func TestKeys(t *testing.T) {
	const spec = "{candidates: [{group: workers, max: 9}, {shape: large, max: 9}], objectives: [all pods placed], contingencies: [{lose: node}]}"
	key := func(spec string, mix []int, contingency int) string {
		t.Helper()
		p := mustLoadPlan(t, planOf(planned(spec)))
		return p.Key(mix, contingency, 1)
	}
	want := key(spec, []int{2, 0}, 0)
	for _, same := range []string{
		strings.Replace(spec, "max: 9}]", "max: 7, min: 1}]", 1), strings.Replace(spec, "all pods", "all  pods", 1), strings.Replace(spec, "all pods placed", "pods.pending == 0", 1),
		strings.Replace(spec, "{candidates", "{seeds: 3, budget: 7, description: x, candidates", 1), strings.Replace(spec, "shape: large", "shape: small", 1),
		strings.Replace(spec, "lose: node", "lose: zone", 1),
	} {
		if key(same, []int{2, 0}, 0) != want {
			t.Errorf("another key for %s", same)
		}
	}
	for _, other := range []string{
		strings.Replace(spec, "all pods placed", "pods.pending < 2", 1), strings.Replace(spec, "group: workers", "group: workers, price: 3", 1),
		strings.Replace(spec, "{candidates", "{demand: 1.1, candidates", 1), strings.Replace(spec, "{candidates", "{warmUp: 1m, candidates", 1),
		strings.Replace(spec, "[all pods placed]", "[{assert: all pods placed, in: undisturbed}]", 1),
	} {
		if key(other, []int{2, 0}, 0) == want {
			t.Errorf("the same key for %s", other)
		}
	}
	p := mustLoadPlan(t, planOf(planned(spec)))
	keys := map[string]bool{want: true}
	for _, k := range []string{
		p.Key([]int{2, 1}, 0, 1), p.Key([]int{0, 2}, 0, 1), p.Key([]int{2, 0}, 1, 1), p.Key([]int{2, 0}, 0, 2), p.WithDemand(1.1).Key([]int{2, 0}, 0, 1),
	} {
		if keys[k] {
			t.Error("two runs have one key")
		}
		keys[k] = true
	}
	if p.WithDemand(1).Key([]int{2, 0}, 0, 1) != want {
		t.Error("demand of 1 has another key")
	}
}
