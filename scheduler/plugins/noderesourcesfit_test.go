package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func allocatable(cpu, memory, disk, pods int64) func(*models.NodeSpec) {
	return func(s *models.NodeSpec) {
		s.Allocatable = models.Resources{models.CPU: cpu, models.Memory: memory, models.EphemeralStorage: disk, models.Pods: pods}
	}
}

// amount is an amount of a resource by name.
type amount map[string]int64

func (b *bed) resources(a amount) (out models.Resources) {
	for _, name := range []string{"cpu", "memory", "ephemeral-storage", "pods", "z.com/z", "a.com/a", "b.com/b", "hugepages-2Mi"} {
		if value, ok := a[name]; ok {
			out[b.resource(name)] = value
		}
	}
	return out
}

func TestNodeResourcesFitReportsEveryShortage(t *testing.T) {
	full := amount{"cpu": 1000, "memory": 1000, "ephemeral-storage": 1000, "pods": 3, "z.com/z": 4, "a.com/a": 4}
	used := amount{"cpu": 600, "memory": 600, "ephemeral-storage": 600, "pods": 1, "z.com/z": 3, "a.com/a": 3}
	for _, test := range []struct {
		name                    string
		allocatable, load, want amount
		answer                  string
	}{
		{"fits exactly", full, used, amount{"cpu": 400, "memory": 400, "ephemeral-storage": 400, "z.com/z": 1}, "ok"},
		{"one over", full, used, amount{"cpu": 401}, "U: Insufficient cpu"},
		{"as large as the node", full, used, amount{"memory": 1000}, "U: Insufficient memory"},
		{"larger than the node", full, used, amount{"memory": 1001}, "X: Insufficient memory"},
		{"all of them, in order", full, amount{"cpu": 600, "memory": 600, "ephemeral-storage": 600, "pods": 3, "z.com/z": 4, "a.com/a": 4},
			amount{"cpu": 500, "memory": 500, "ephemeral-storage": 500, "z.com/z": 1, "a.com/a": 1},
			"U: Too many pods, Insufficient cpu, Insufficient memory, Insufficient ephemeral-storage, Insufficient a.com/a, Insufficient z.com/z"},
		{"one hopeless of two", full, used, amount{"cpu": 500, "a.com/a": 5}, "X: Insufficient cpu, Insufficient a.com/a"},
		{"too many pods", full, amount{"pods": 3}, nil, "U: Too many pods"},
		{"a node for no pods", amount{"cpu": 1000}, nil, nil, "U: Too many pods"},
		{"a node without the resource", full, nil, amount{"b.com/b": 1}, "X: Insufficient b.com/b"},
		{"huge pages", full, nil, amount{"hugepages-2Mi": 1}, "X: Insufficient hugepages-2Mi"},
		{"asks for nothing on an overcommitted node", amount{"pods": 3}, amount{"cpu": 600, "pods": 1}, nil, "ok"},
		{"asks for something on a node without", amount{"pods": 3}, nil, amount{"cpu": 1}, "X: Insufficient cpu"},
	} {
		b := newBed(t)
		p := b.plugin("NodeResourcesFit", nil).(framework.Filter)
		n := b.node("node", func(s *models.NodeSpec) { s.Allocatable = b.resources(test.allocatable) })
		if test.load != nil {
			b.place(n, func(s *models.PodSpec) { s.Requests = b.resources(test.load) })
		}
		c := b.cycle(func(s *models.PodSpec) {
			s.Requests = b.resources(test.want)
			s.Requests[models.Pods] = 1
		})
		first := p.Filter(c, n)
		if got := answer(first); got != test.answer {
			t.Errorf("%s: got %s, want %s", test.name, got, test.answer)
		}
		if again := p.Filter(c, n); again != first {
			t.Errorf("%s: a second status was made", test.name)
		}
	}
}

func TestNodeResourcesFitOverlooksIgnoredResources(t *testing.T) {
	args := &NodeResourcesFitArgs{
		IgnoredResources:      []string{"a.com/a", "cpu", "hugepages-2Mi"},
		IgnoredResourceGroups: []string{"z.com"},
	}
	for _, test := range []struct {
		want   amount
		answer string
	}{
		{amount{"a.com/a": 9}, "ok"},
		{amount{"z.com/z": 9}, "ok"},
		{amount{"b.com/b": 9, "a.com/a": 9}, "X: Insufficient b.com/b"},
		{amount{"cpu": 9000}, "X: Insufficient cpu"},                  // only extended resources
		{amount{"hugepages-2Mi": 9}, "X: Insufficient hugepages-2Mi"}, // only extended resources
	} {
		b := newBed(t)
		p := b.plugin("NodeResourcesFit", args).(framework.Filter) // before it knows the names
		n := b.node("node")
		if got := answer(p.Filter(b.cycle(), n)); got != "ok" {
			t.Errorf("a pod without requests: got %s", got)
		}
		c := b.cycle(func(s *models.PodSpec) { s.Requests = b.resources(test.want) })
		if got := answer(p.Filter(c, n)); got != test.answer {
			t.Errorf("%v: got %s, want %s", test.want, got, test.answer)
		}
	}
}

func TestNodeResourcesFitQueues(t *testing.T) {
	b := newBed(t)
	args := &NodeResourcesFitArgs{IgnoredResources: []string{"a.com/a"}}
	p := b.plugin("NodeResourcesFit", args).(framework.EventsToRegister)
	small, large := b.node("small", allocatable(400, gi, 0, 110)), b.node("large")
	none := b.node("none", allocatable(4000, gi, 0, 0))
	b.place(large, want(4000, 8*gi)) // the load of the node does not matter
	c := b.cycle(want(500, gi/2))
	ignored := b.cycle(func(s *models.PodSpec) { s.Requests[b.resource("a.com/a")] = 1 })
	for _, test := range []struct {
		name  string
		cycle *framework.Cycle
		event framework.Event
		want  bool
	}{
		{"a pod left", c, framework.Event{Kind: framework.AssignedPodDelete, Node: small.ID(), Spec: c.Spec}, true},
		{"a node joins that would hold it", c, framework.Event{Kind: framework.NodeAdd, Node: large.ID()}, true},
		{"a node joins that is too small", c, framework.Event{Kind: framework.NodeAdd, Node: small.ID()}, false},
		{"a node joins for no pods", c, framework.Event{Kind: framework.NodeAdd, Node: none.ID()}, false},
		{"a node changed that would hold it", c, framework.Event{Kind: framework.NodeAllocatable, Node: large.ID()}, true},
		{"a node changed that is too small", c, framework.Event{Kind: framework.NodeAllocatable, Node: small.ID()}, false},
		{"ignored resources are not overlooked here", ignored, framework.Event{Kind: framework.NodeAdd, Node: large.ID()}, false},
		{"a taint of any node", c, framework.Event{Kind: framework.NodeTaint, Node: small.ID()}, true},
		{"labels", c, framework.Event{Kind: framework.NodeLabel, Node: large.ID()}, false},
		{"a pod is bound", c, framework.Event{Kind: framework.AssignedPodAdd, Node: large.ID(), Spec: c.Spec}, false},
	} {
		if got := queues(p, test.cycle, &test.event); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
