package plugins

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// variants are plugins that take many nodes at once, with some of their arguments.
func (b *bed) variants() []framework.Plugin {
	shape := []UtilizationShapePoint{{Utilization: 0, Score: 0}, {Utilization: 70, Score: 10}}
	strategy := func(kind string, resources ...ResourceSpec) *NodeResourcesFitArgs {
		s := &ScoringStrategy{Type: kind, Resources: resources}
		if kind == RequestedToCapacityRatio {
			s.RequestedToCapacityRatio = &RequestedToCapacityRatioParam{shape}
		}
		return &NodeResourcesFitArgs{ScoringStrategy: s, IgnoredResources: []string{"example.com/gpu"}}
	}
	added := &NodeAffinityArgs{AddedAffinity: &AddedAffinity{Required: &NodeSelector{[]NodeSelectorTerm{{
		MatchExpressions: []NodeSelectorRequirement{{Key: "zone", Operator: "NotIn", Values: []string{"z2"}}}}}}}}
	return []framework.Plugin{
		b.plugin("NodeUnschedulable", nil), b.plugin("NodeName", nil), b.plugin("TaintToleration", nil), b.plugin("ImageLocality", nil),
		b.plugin("NodeAffinity", nil), b.plugin("NodeAffinity", added),
		b.plugin("NodeResourcesFit", nil),
		b.plugin("NodeResourcesFit", strategy(LeastAllocated, ResourceSpec{"memory", 3}, ResourceSpec{"cpu", 3})),
		b.plugin("NodeResourcesFit", strategy(LeastAllocated, ResourceSpec{"cpu", 1}, ResourceSpec{"memory", 2})),
		b.plugin("NodeResourcesFit", strategy(MostAllocated, ResourceSpec{"cpu", 1}, ResourceSpec{"memory", 1})),
		b.plugin("NodeResourcesFit", strategy(RequestedToCapacityRatio, ResourceSpec{"cpu", 3}, ResourceSpec{"example.com/gpu", 1})),
		b.plugin("NodeResourcesBalancedAllocation", nil),
		b.plugin("NodeResourcesBalancedAllocation", &NodeResourcesBalancedAllocationArgs{
			Resources: []ResourceSpec{{"cpu", 1}, {"memory", 1}, {"example.com/gpu", 1}}}),
		b.plugin("NodeResourcesBalancedAllocation", &NodeResourcesBalancedAllocationArgs{
			Resources: []ResourceSpec{{"memory", 1}, {"example.com/gpu", 1}}}),
	}
}

// amounts are such as nodes and pods have, and such as come close to what numbers
// can hold.
var amounts = []int64{0, 1, 99, 100, 101, 250, 1000, 3999, 4000, gi, 3*gi - 1, 8 * gi, exactly - 1, exactly, exactly + 1, 7 * exactly,
	math.MaxInt64 / 100, math.MaxInt64/4 - 1, math.MaxInt64 / 3}

// anyNode joins a node of any kind.
func anyNode(t *rapid.T, b *bed, i int) framework.Node {
	return b.node(fmt.Sprint("n", i), func(s *models.NodeSpec) {
		s.Labels = b.labels(fmt.Sprint("zone=z", rapid.IntRange(0, 3).Draw(t, "zone")), fmt.Sprint("rank=", rapid.IntRange(0, 3).Draw(t, "rank")))
		s.Allocatable[models.CPU] = rapid.SampledFrom(amounts).Draw(t, "cpu")
		s.Allocatable[models.Memory] = rapid.SampledFrom(amounts).Draw(t, "memory")
		s.Allocatable[models.Pods] = rapid.Int64Range(0, 3).Draw(t, "pods")
		s.Allocatable[b.resource("example.com/gpu")] = rapid.Int64Range(0, 2).Draw(t, "gpu")
		s.Unschedulable = rapid.Bool().Draw(t, "cordoned")
		for range rapid.IntRange(0, 2).Draw(t, "taints") {
			s.Taints = append(s.Taints, models.Taint{Key: b.d.Sym(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "taint")),
				Effect: models.Effect(rapid.IntRange(1, 3).Draw(t, "effect"))})
		}
		for k := range rapid.IntRange(0, 2).Draw(t, "images") {
			s.Images = append(s.Images, models.NodeImage{Name: b.d.Sym(fmt.Sprint("image", k)), Size: 400 * mi})
		}
	})
}

// anyPod edits a specification to be of any kind.
func anyPod(t *rapid.T, b *bed) func(*models.PodSpec) {
	return func(s *models.PodSpec) {
		want(rapid.SampledFrom(amounts).Draw(t, "cpu"), rapid.SampledFrom(amounts).Draw(t, "memory"))(s)
		s.NonZeroCPU, s.ScoredMemory = max(s.NonZeroCPU, 100), max(s.ScoredMemory, 200*mi)
		s.Requests[b.resource("example.com/gpu")] = rapid.Int64Range(0, 2).Draw(t, "gpu")
		if rapid.Bool().Draw(t, "tolerates") {
			s.Tolerations = []models.Toleration{{Key: b.d.Sym("a"), Exists: true}, {Key: b.d.Sym(models.TaintUnschedulable), Exists: true}}
		}
		if rapid.Bool().Draw(t, "selects") {
			s.NodeSelector = b.labels("zone=z1")
		}
		if rapid.Bool().Draw(t, "requires") {
			s.HasRequiredTerms = true
			s.RequiredTerms = []models.NodeTerm{term(b.requirement("rank", models.Gt, "1")), {}}[rapid.IntRange(0, 1).Draw(t, "empty"):]
			if rapid.Bool().Draw(t, "another") {
				s.RequiredTerms = append(s.RequiredTerms, term(b.requirement("zone", models.NotIn, "z1"), b.requirement("rank", models.Exists)),
					models.NodeTerm{Names: models.Selector{b.requirement("", models.In, "n0")}})
			}
		}
		if rapid.Bool().Draw(t, "prefers") {
			s.PreferredTerms = []models.PreferredTerm{{Weight: 7, Term: term(b.requirement("rank", models.In, "1", "2"))}}
		}
		if rapid.IntRange(0, 9).Draw(t, "named") == 0 {
			s.NodeName = b.d.Sym("n1")
		}
		for k := range rapid.IntRange(0, 3).Draw(t, "containers") {
			s.Containers = append(s.Containers, models.Container{Image: b.d.Sym(fmt.Sprint("image", k))})
		}
	}
}

func TestManyNodesAreAnsweredAsOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBed(t)
		b.resource("example.com/gpu")
		var nodes []models.NodeID
		for i := range rapid.IntRange(1, 6).Draw(rt, "nodes") {
			node := anyNode(rt, b, i)
			nodes = append(nodes, node.ID())
			for range rapid.IntRange(0, 2).Draw(rt, "placed") {
				b.place(node, anyPod(rt, b))
			}
		}
		if rapid.Bool().Draw(rt, "many") {
			for len(nodes) < manyNodes {
				nodes = append(nodes, nodes...)
			}
		}
		c := b.cycle(anyPod(rt, b))
		statuses, scores := make([]*framework.Status, len(nodes)), make([]int64, len(nodes))
		for _, p := range b.variants() {
			if many, ok := p.(framework.FilterNodes); ok {
				many.FilterNodes(c, nodes, statuses)
				for i, id := range nodes {
					if one := many.Filter(c, framework.Node{Node: c.View.Node(id)}); statuses[i] != one {
						rt.Fatalf("%s: node %d among others: %q; alone %q", p.Name(), id, answer(statuses[i]), answer(one))
					}
				}
			}
			if many, ok := p.(framework.ScoreNodes); ok {
				many.ScoreNodes(c, nodes, scores)
				for i, id := range nodes {
					if one := many.Score(c, framework.Node{Node: c.View.Node(id)}); scores[i] != one {
						rt.Fatalf("%s: node %d among others: %d; alone %d", p.Name(), id, scores[i], one)
					}
				}
			}
		}
	})
}

func TestQuotientsAreThoseOfWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := rapid.Int64Range(1, exactly+2).Draw(t, "capacity")
		// Loads whose quotient is close to a whole number.
		load := max(0, capacity*rapid.Int64Range(0, 100).Draw(t, "percent")/100+rapid.Int64Range(-2, 2).Draw(t, "off"))
		request := rapid.Int64Range(0, 3).Draw(t, "request")
		if got, want := free(load, request, capacity), rateLeast(addCapped(load, request), capacity); got != want {
			t.Fatalf("%d and %d of %d: %d free; want %d", load, request, capacity, got, want)
		}
	})
}
