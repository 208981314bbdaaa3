package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func shape(points ...int32) *ScoringStrategy {
	s := &ScoringStrategy{Type: RequestedToCapacityRatio, RequestedToCapacityRatio: &RequestedToCapacityRatioParam{}}
	for i := 0; i < len(points); i += 2 {
		s.RequestedToCapacityRatio.Shape = append(s.RequestedToCapacityRatio.Shape,
			UtilizationShapePoint{points[i], points[i+1]})
	}
	return s
}

func over(s *ScoringStrategy, resources ...ResourceSpec) *ScoringStrategy {
	s.Resources = resources
	return s
}

func TestNodeResourcesFitScoresBySharesOfCapacity(t *testing.T) {
	least := func() *ScoringStrategy { return &ScoringStrategy{Type: LeastAllocated} }
	most := func() *ScoringStrategy { return &ScoringStrategy{Type: MostAllocated} }
	node := amount{"cpu": 4000, "memory": 8 * gi, "ephemeral-storage": 100, "pods": 110, "a.com/a": 4}
	load, pod := amount{"cpu": 1000, "memory": 2 * gi}, amount{"cpu": 500, "memory": gi}
	cpu := ResourceSpec{Name: "cpu", Weight: 1}
	for _, test := range []struct {
		name            string
		strategy        *ScoringStrategy
		node, load, pod amount
		want            int64
	}{
		{"the default is least", nil, node, load, pod, 62},
		{"least", least(), node, load, pod, 62},
		{"most", most(), node, load, pod, 37},
		{"least, of an overfull node", least(), node, amount{"cpu": 4000, "memory": 8 * gi}, pod, 0},
		{"most, of an overfull node", most(), node, amount{"cpu": 4000, "memory": 8 * gi}, pod, 100},
		{"least, of an empty pod", least(), node, nil, nil, 100},
		// cpu (4000−1500)·100/4000 = 62 of weight 3; memory 100−75 = 25: (186+25)/4 = 52.75.
		{"weights", over(least(), ResourceSpec{Name: "cpu", Weight: 3}, ResourceSpec{Name: "memory"}), node,
			amount{"cpu": 1000, "memory": 5 * gi}, pod, 52},
		// (62 + 62 + 5·75)/7 = 71.3 with one of four requested.
		{"an extended resource", over(least(), cpu, ResourceSpec{Name: "memory"}, ResourceSpec{Name: "a.com/a", Weight: 5}), node,
			load, amount{"cpu": 500, "memory": gi, "a.com/a": 1}, 71},
		{"an extended resource not requested", over(least(), cpu, ResourceSpec{Name: "memory"}, ResourceSpec{Name: "a.com/a", Weight: 5}), node,
			load, pod, 62},
		{"an extended resource that the node lacks", over(least(), ResourceSpec{Name: "b.com/b"}), node, nil, amount{"b.com/b": 1}, 0},
		{"disk", over(least(), ResourceSpec{Name: "ephemeral-storage"}), node, amount{"ephemeral-storage": 30}, amount{"ephemeral-storage": 20}, 50},
		{"disk not requested counts", over(least(), ResourceSpec{Name: "ephemeral-storage"}), node, amount{"ephemeral-storage": 30}, nil, 70},
		{"a node without cpu and memory", least(), amount{"pods": 110}, nil, pod, 0},
		{"a node without memory", least(), amount{"cpu": 4000, "pods": 110}, nil, pod, 87},
		{"no overflow", least(), amount{"cpu": 1 << 62, "memory": 1 << 62, "pods": 1}, nil, amount{"cpu": 1 << 61, "memory": 1 << 60}, 62},
		{"a resource twice", over(least(), cpu, cpu, ResourceSpec{Name: "memory"}), node, nil, amount{"cpu": 2000, "memory": 8 * gi}, 33},

		{"rising shape", shape(0, 0, 100, 10), node, load, pod, 37},
		{"falling shape", shape(0, 10, 100, 0), node, load, pod, 63},
		{"steep rise rounds down", over(shape(0, 0, 30, 10), cpu), node, nil, amount{"cpu": 800}, 66},
		{"steep fall rounds towards the start", over(shape(0, 10, 30, 0), cpu), node, nil, amount{"cpu": 800}, 34},
		{"before the first point", over(shape(20, 5, 80, 10), cpu), node, nil, amount{"cpu": 400}, 50},
		{"at a point", over(shape(20, 5, 80, 10), cpu), node, nil, amount{"cpu": 3200}, 100},
		{"after the last point", over(shape(20, 5, 80, 1), cpu), node, nil, amount{"cpu": 3600}, 10},
		{"overfull is 100 percent", over(shape(0, 0, 99, 0, 100, 7), cpu), node, amount{"cpu": 4000}, amount{"cpu": 400}, 70},
		{"one point", over(shape(50, 3), cpu), node, nil, amount{"cpu": 400}, 30},
		// cpu 37 percent scores 0 and is left out; memory 75 percent scores 50.
		{"score 0 is left out", shape(0, 0, 50, 0, 100, 10), node, amount{"cpu": 1000, "memory": 5 * gi}, pod, 50},
		{"all 0", shape(0, 0, 100, 0), node, load, pod, 0},
		// (37+62)/2 = 49.5.
		{"half is rounded up", shape(0, 0, 100, 10), amount{"cpu": 100, "memory": 100, "pods": 9}, nil, amount{"cpu": 37, "memory": 62}, 50},
	} {
		b := newBed(t)
		p := b.plugin("NodeResourcesFit", &NodeResourcesFitArgs{ScoringStrategy: test.strategy}).(framework.Score)
		n := b.node("node", func(s *models.NodeSpec) { s.Allocatable = b.resources(test.node) })
		asks := func(a amount) func(*models.PodSpec) {
			return func(s *models.PodSpec) {
				s.Requests = b.resources(a)
				s.NonZeroCPU, s.NonZeroMemory = a["cpu"], a["memory"]
				s.ScoredCPU, s.ScoredMemory = a["cpu"], a["memory"]
			}
		}
		b.place(n, asks(test.load))
		if got := p.Score(b.cycle(asks(test.pod)), n); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestNodeResourcesFitScoresAbsentRequestsAsTheirStandIns(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeResourcesFit", nil).(framework.Score)
	n := b.node("node")
	standIn := func(s *models.PodSpec) {
		s.NonZeroCPU, s.NonZeroMemory = 100, 200*mi
		s.ScoredCPU, s.ScoredMemory = 100, 200*mi
	}
	// (4000−100)·100/4000 = 97 and (8192−200)·100/8192 = 97.5.
	if got := p.Score(b.cycle(standIn), n); got != 97 {
		t.Errorf("first pod: got %d, want 97", got)
	}
	for range 9 {
		b.place(n, standIn)
	}
	// (4000−1000)·100/4000 = 75 and (8192−2000)·100/8192 = 75.5.
	if got := p.Score(b.cycle(standIn), n); got != 75 {
		t.Errorf("tenth pod: got %d, want 75", got)
	}
}
