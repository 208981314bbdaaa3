package plugins

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// rated returns the normalised scores that a plugin gives to nodes.
func rated(p framework.NormalizeScore, c *framework.Cycle, nodes ...framework.Node) []int64 {
	var ids []models.NodeID
	var scores []int64
	for _, n := range nodes {
		ids, scores = append(ids, n.ID()), append(scores, p.Score(c, n))
	}
	p.NormalizeScore(c, ids, scores)
	return scores
}

func size(cpu, memory int64) func(*models.NodeSpec) {
	return func(s *models.NodeSpec) { s.Allocatable[models.CPU], s.Allocatable[models.Memory] = cpu, memory }
}

func TestPackingHeuristics(t *testing.T) {
	b := newBed(t)
	empty := b.node("empty", size(8000, 8*gi))
	half := b.node("half", size(8000, 8*gi))
	b.place(half, want(4000, 4*gi))
	lean := b.node("lean", size(8000, 8*gi)) // much memory is free
	b.place(lean, want(6000, 1*gi))
	for _, c := range []struct {
		plugin      string
		cpu, memory int64
		want        []int64 // of empty, half, lean
	}{
		{"FirstFit", 1000, gi, []int64{100, 50, 0}},
		{"BestFit", 1000, gi, []int64{0, 100, 87}},
		{"WorstFit", 1000, gi, []int64{100, 0, 12}},
		{"DotProduct", 1000, 4 * gi, []int64{100, 0, 50}},
		{"DotProduct", 4000, 0, []int64{100, 33, 0}},
	} {
		p := b.plugin(c.plugin, nil).(framework.NormalizeScore)
		if got := rated(p, b.cycle(want(c.cpu, c.memory)), empty, half, lean); !slices.Equal(got, c.want) {
			t.Errorf("%s of %d, %d: got %d, want %d", c.plugin, c.cpu, c.memory, got, c.want)
		}
	}
}

func TestPackingCountsWhatThePodRequests(t *testing.T) {
	b := newBed(t)
	gpu := b.resource("nvidia.com/gpu")
	with := func(free int64) func(*models.NodeSpec) {
		return func(s *models.NodeSpec) { s.Allocatable[gpu] = free }
	}
	many, few := b.node("many", with(8)), b.node("few", with(2))
	ask := func(s *models.PodSpec) { s.Requests[gpu] = 2 }
	p := b.plugin("BestFit", nil).(framework.NormalizeScore)
	if got := rated(p, b.cycle(ask), many, few); !slices.Equal(got, []int64{0, 100}) {
		t.Errorf("a pod with devices: got %d, want 0 and 100", got)
	}
	if got := rated(p, b.cycle(), many, few); !slices.Equal(got, []int64{100, 100}) {
		t.Errorf("a pod without devices: got %d, want 100 twice", got)
	}
}

func TestRandomPrefersNobody(t *testing.T) {
	b := newBed(t)
	small, large := b.node("small"), b.node("large", size(64000, 64*gi))
	p := b.plugin("Random", nil).(framework.Score)
	if c := b.cycle(want(1000, gi)); p.Score(c, small) != p.Score(c, large) {
		t.Error("one node is preferred")
	}
}

func TestSpreadScoresKeepTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Int64Range(-roomUnits, roomUnits), 1, 20).Draw(t, "raw")
		scores := slices.Clone(raw)
		spreadScores(scores)
		for i := range raw {
			if scores[i] < 0 || scores[i] > framework.MaxNodeScore || (raw[i] == slices.Max(raw)) != (scores[i] == framework.MaxNodeScore) {
				t.Fatalf("%d became %d", raw, scores)
			}
			for j := range raw {
				if raw[i] < raw[j] && scores[i] > scores[j] {
					t.Fatalf("%d became %d", raw, scores)
				}
			}
		}
	})
}
