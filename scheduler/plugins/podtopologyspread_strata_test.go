package plugins

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// byStrata rates feasible nodes as an engine does that looks at few of them: odd ones
// and one other of each stratum. It reports false if the plugin skips.
func byStrata(t *rapid.T, p *PodTopologySpread, c *framework.Cycle, feasible []models.NodeID) (raw, normalised []int64, ok bool) {
	strata, status := p.Strata(c)
	if status == framework.Skipped {
		return nil, nil, false
	}
	counts, samples := make([]int32, strata.Size), make([]models.NodeID, strata.Size)
	for _, id := range feasible {
		counts[strata.Of[id]]++
		samples[strata.Of[id]] = id
	}
	var present []models.NodeID
	for i, id := range samples {
		if counts[i] > 0 {
			present = append(present, id)
		}
	}
	odd, status := p.PreScoreStrata(c, present, slices.DeleteFunc(counts, func(n int32) bool { return n == 0 }))
	if status != nil {
		t.Fatalf("PreScoreStrata: %s", answer(status))
	}
	var looked []models.NodeID
	of := make(map[models.NodeID]int) // who stands for a node
	standing := make(map[uint8]int)
	for _, id := range feasible {
		at, known := standing[strata.Of[id]]
		if isOdd := slices.Contains(odd, id); isOdd || !known {
			at = len(looked)
			looked = append(looked, id)
			if !isOdd {
				standing[strata.Of[id]] = at
			}
		}
		of[id] = at
	}
	scores := make([]int64, len(looked))
	p.ScoreNodes(c, looked, scores)
	for _, id := range feasible {
		raw = append(raw, scores[of[id]])
	}
	p.NormalizeScore(c, looked, scores)
	for _, id := range feasible {
		normalised = append(normalised, scores[of[id]])
	}
	return raw, normalised, true
}

func TestSpreadScoresOfStrataAreThoseOfNodes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		_, p, c := spreadWorld(t, rt)
		feasible := rapid.Permutation(nodesOf(c)).Draw(rt, "order")
		feasible = feasible[:rapid.IntRange(1, len(feasible)).Draw(rt, "feasible")]
		raw, normalised, ok := byStrata(rt, p, c, feasible)
		want, wantNormalised := scored(p, c, feasible)
		if ok != (want != nil) {
			rt.Fatalf("strata skip is %v; scores are %v", !ok, want)
		}
		if !slices.Equal(raw, want) || !slices.Equal(normalised, wantNormalised) {
			rt.Fatalf("%v, normalised %v; want %v, normalised %v", raw, normalised, want, wantNormalised)
		}
	})
}

func TestSpreadHasStrataOfFewDomainsOnly(t *testing.T) {
	for _, test := range []struct {
		zones, want int
	}{{1, 1}, {3, 3}, {64, 64}, {65, 0}} {
		b := newBed(t)
		b.service("", "app=x")
		for i := range 2 * test.zones {
			b.node(fmt.Sprint(i), labelled(b, fmt.Sprint("topology.kubernetes.io/zone=", i%test.zones), fmt.Sprint("kubernetes.io/hostname=", i)))
		}
		got := 0
		strata, status := spreadPlugin(b, nil).Strata(b.cycle(app(b, "x")))
		if strata != nil {
			got = strata.Size
		}
		if got != test.want || status != nil {
			t.Errorf("%d zones: %d strata, %v; want %d", test.zones, got, status, test.want)
		}
	}
}
