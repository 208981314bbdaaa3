package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestBalancedAllocationScoresTheChangeOfBalance(t *testing.T) {
	node := amount{"cpu": 1000, "memory": 1000, "ephemeral-storage": 1000, "pods": 9, "a.com/a": 4}
	three := &NodeResourcesBalancedAllocationArgs{Resources: []ResourceSpec{{Name: "cpu"}, {Name: "memory", Weight: 1}, {Name: "ephemeral-storage"}}}
	gpu := &NodeResourcesBalancedAllocationArgs{Resources: []ResourceSpec{{Name: "cpu"}, {Name: "a.com/a"}}}
	for _, test := range []struct {
		name            string
		args            *NodeResourcesBalancedAllocationArgs
		node, load, pod amount
		want            int64
	}{
		{"balance kept", nil, amount{"cpu": 4000, "memory": 8 * gi, "pods": 9}, amount{"cpu": 1000, "memory": 2 * gi}, amount{"cpu": 500, "memory": gi}, 75},
		{"worst: deviation 0 to 0.5", nil, node, nil, amount{"cpu": 1000}, 50},
		{"best: deviation 0.5 to 0", nil, node, amount{"cpu": 1000}, amount{"memory": 1000}, 100},
		// 0.4/2 = 0.2: 50 + (50+80−100)/2 = 65.
		{"somewhat worse", nil, node, nil, amount{"cpu": 600, "memory": 200}, 65},
		// 0.25/2 = 0.125, 87.5 becomes 87: 50 + (50+87−100)/2 = 68.
		{"fractions of a percent are cut", nil, node, nil, amount{"cpu": 250}, 68},
		{"overfull counts as full", nil, node, amount{"cpu": 1000, "memory": 1000}, amount{"cpu": 500}, 75},
		{"a node without memory", nil, amount{"cpu": 1000, "pods": 9}, nil, amount{"cpu": 500}, 75},
		{"a node without either", nil, amount{"pods": 9}, nil, amount{"cpu": 500}, 75},
		// Fractions 1, 0, 0: mean 1/3, deviation √(2/9) = 0.4714, 52: 50 + (50+52−100)/2 = 51.
		{"three resources", three, node, nil, amount{"cpu": 1000}, 51},
		// 0.5 and 0 become 0.5 and 0.25, deviation 0.25 becomes 0.125: 50 + (50+87−75)/2 = 81.
		{"an extended resource requested", gpu, node, amount{"cpu": 500}, amount{"a.com/a": 1}, 81},
		{"an extended resource not requested", gpu, node, amount{"cpu": 500, "a.com/a": 1}, amount{"cpu": 100}, 75},
	} {
		b := newBed(t)
		p := b.plugin("NodeResourcesBalancedAllocation", test.args).(framework.Score)
		n := b.node("node", func(s *models.NodeSpec) { s.Allocatable = b.resources(test.node) })
		asks := func(a amount) func(*models.PodSpec) {
			return func(s *models.PodSpec) {
				s.Requests = b.resources(a)
				s.NonZeroCPU, s.NonZeroMemory = 100, 200*mi // must not count here
			}
		}
		b.place(n, asks(test.load))
		if got := p.Score(b.cycle(asks(test.pod)), n); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestBalancedAllocationSkipsPodsThatRequestNoneOfItsResources(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeResourcesBalancedAllocation", nil).(framework.PreScore)
	for _, test := range []struct {
		request amount
		want    string
	}{
		{nil, "skip"},
		{amount{"pods": 1, "ephemeral-storage": 5, "a.com/a": 1}, "skip"},
		{amount{"cpu": 1}, "ok"},
		{amount{"memory": 1}, "ok"},
	} {
		c := b.cycle(func(s *models.PodSpec) {
			s.Requests = b.resources(test.request)
			s.NonZeroCPU, s.NonZeroMemory = 100, 200*mi
		})
		if got := answer(p.PreScore(c, nil)); got != test.want {
			t.Errorf("%v: got %s, want %s", test.request, got, test.want)
		}
	}
}

func TestBalancedAllocationWithoutPreScore(t *testing.T) {
	b := newBed(t)
	n := b.node("n")
	c := b.cycle() // requests nothing
	p := b.plugin("NodeResourcesBalancedAllocation", nil).(*NodeResourcesBalancedAllocation)
	out := make([]int64, 1)
	if p.ScoreNodes(c, []models.NodeID{n.ID()}, out); p.Score(c, n) != 0 || out[0] != 0 {
		t.Errorf("scores %d and %d; want 0", p.Score(c, n), out[0])
	}
}
