package plugins

import (
	"fmt"
	"math"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeResourcesBalancedAllocation prefers nodes whose resources the pod would
// fill more evenly than they are.
// Source: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
type NodeResourcesBalancedAllocation struct{ resources []weighed }

var (
	_ framework.PreScore = (*NodeResourcesBalancedAllocation)(nil)
	_ framework.Score    = (*NodeResourcesBalancedAllocation)(nil)
)

// NewNodeResourcesBalancedAllocation returns the plugin, or Problems with args.
func NewNodeResourcesBalancedAllocation(args NodeResourcesBalancedAllocationArgs, d *models.Dictionary) (*NodeResourcesBalancedAllocation, error) {
	var problems Problems
	args.check("NodeResourcesBalancedAllocationArgs", &problems)
	resources := compileResources(args.Resources, "resources", d, &problems)
	seen := make(map[string]bool)
	for i, spec := range args.Resources {
		at := fmt.Sprintf("resources[%d]", i)
		if seen[spec.Name] {
			problems.add(at+".name", "%q is there twice", spec.Name)
		}
		seen[spec.Name] = true
		if 1 < spec.Weight && spec.Weight <= maxResourceWeight {
			problems.add(at+".weight", "this plugin does not weigh resources (got %d; want 1)", spec.Weight)
		}
	}
	if err := problems.err(); err != nil {
		return nil, err
	}
	return &NodeResourcesBalancedAllocation{resources}, nil
}

// Name returns the name of the plugin.
func (*NodeResourcesBalancedAllocation) Name() string { return "NodeResourcesBalancedAllocation" }

// Reads declares that a node's allocatable resources and its load are looked at.
func (*NodeResourcesBalancedAllocation) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsNodeLoad
}

// PreScore skips pods that request none of the resources. Otherwise many of them
// would go to the same node, whose balance they do not change.
func (b *NodeResourcesBalancedAllocation) PreScore(c *framework.Cycle, _ []models.NodeID) *framework.Status {
	if !b.concerned(c.Spec) {
		return framework.Skipped
	}
	return nil
}

// concerned reports whether the pod requests any of the resources.
func (b *NodeResourcesBalancedAllocation) concerned(spec *models.PodSpec) bool {
	for i := range b.resources {
		if spec.Requests[b.resources[i].resource] != 0 {
			return true
		}
	}
	return false
}

// Score is 75 if the pod leaves the balance as it is and moves by up to 25 towards
// 100 or 50 as the balance gets better or worse. It is 0 for pods that PreScore
// skips, in a profile without it.
func (b *NodeResourcesBalancedAllocation) Score(c *framework.Cycle, n framework.Node) int64 {
	if !b.concerned(c.Spec) {
		return 0
	}
	allocatable, requested := n.Allocatable(), n.Requested()
	var with, without [models.MaxResources]float64
	count := 0
	for i := range b.resources {
		r := &b.resources[i]
		capacity, request := allocatable[r.resource], c.Spec.Requests[r.resource]
		if capacity == 0 || r.optional && request == 0 {
			continue
		}
		load := requested[r.resource]
		without[count] = fraction(load, capacity)
		with[count] = fraction(addCapped(load, request), capacity)
		count++
	}
	const half = framework.MaxNodeScore / 2
	return half + (half+balance(with[:count])-balance(without[:count]))/2
}

func fraction(used, capacity int64) float64 {
	return min(1, float64(used)/float64(capacity))
}

// balance is MaxNodeScore less the standard deviation of the fractions, in
// percent. Products are cast so that no processor fuses them with a sum.
func balance(fractions []float64) int64 {
	deviation := 0.0
	switch n := float64(len(fractions)); {
	case n == 2:
		deviation = math.Abs(fractions[0]-fractions[1]) / 2
	case n > 2:
		total := 0.0
		for _, f := range fractions {
			total += f
		}
		mean, sum := total/n, 0.0
		for _, f := range fractions {
			sum += float64((f - mean) * (f - mean))
		}
		deviation = math.Sqrt(sum / n)
	}
	return int64(float64((1 - deviation) * float64(framework.MaxNodeScore)))
}
