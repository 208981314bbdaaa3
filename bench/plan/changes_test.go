package plan

import (
	"context"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/judge"
)

// What is told of another demand meets there on every seed and contingency, whatever the
// search for it was cut short by.
func TestMixesAtOtherDemandMeet(t *testing.T) {
	p := planned(t, smallPlan)
	told := 0
	for _, change := range answered(t, p, Options{Workers: 2}).Sensitivity {
		if change.Demand == 0 || change.Mix == nil {
			continue
		}
		told++
		other := p.WithDemand(change.Demand)
		for c := range p.Contingencies {
			for seed := range uint64(p.Seeds) {
				run, err := other.Load(change.Mix.Counts, c, p.FirstSeed+seed)
				if err != nil {
					t.Fatal(err)
				}
				v, err := judge.Run(context.Background(), run, judge.Question{Objectives: asked(other, c)})
				if err != nil || !v.Met {
					t.Errorf("%s: %v misses %s with seed %d (%v)", change.What, change.Mix.Counts, p.Contingencies[c].Name, p.FirstSeed+seed, err)
				}
			}
		}
	}
	if told != 4 {
		t.Errorf("mixes are told for %d demands, want 4", told)
	}
}

// Nodes that are not Ready refuse all pods: that is no news of what keeps them waiting.
func TestTaintsOfNodesThatAreNotReady(t *testing.T) {
	tainted := judge.Stuck{Reason: "node(s) had untolerated taint(s)", Pods: 2, Nodes: 6, Pod: "default/a"}
	full := judge.Stuck{Reason: "Insufficient cpu", Pods: 2, Nodes: 4, Pod: "default/a"}
	for _, c := range []struct {
		stuck    []judge.Stuck
		notReady int64
		want     string
	}{
		{[]judge.Stuck{tainted, full}, 3, "cpu"},
		{[]judge.Stuck{tainted, full}, 1, "taints cpu"},
		{[]judge.Stuck{tainted}, 3, noneReady},
	} {
		counts := tally{nodes: make(map[string]int64), pod: make(map[string]string)}
		counts.add(&judge.Verdict{Stuck: c.stuck, NotReady: c.notReady}, "zone")
		if got := strings.Join(counts.whats, " "); got != c.want {
			t.Errorf("%d nodes not Ready: got %q, want %q", c.notReady, got, c.want)
		}
	}
}
