package plugins

import (
	"math"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var _ framework.ScoreNodes = (*NodeResourcesBalancedAllocation)(nil)

// ScoreNodes gives the scores of Score.
func (b *NodeResourcesBalancedAllocation) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	if len(b.resources) != 2 || b.resources[0].optional || b.resources[1].optional || !b.concerned(c.Spec) {
		for i, id := range nodes {
			out[i] = b.Score(c, framework.Node{Node: c.View.Node(id)})
		}
		return
	}
	first, second := b.resources[0].resource&(models.MaxResources-1), b.resources[1].resource&(models.MaxResources-1)
	x, y := c.Spec.Requests[first], c.Spec.Requests[second]
	const half = framework.MaxNodeScore / 2
	for i, id := range nodes {
		node := c.View.Node(id)
		allocatable, requested := node.Allocatable(), node.Requested()
		if allocatable[first] == 0 || allocatable[second] == 0 {
			out[i] = b.Score(c, framework.Node{Node: node})
			continue
		}
		with := balanceOfTwo(addCapped(requested[first], x), allocatable[first], addCapped(requested[second], y), allocatable[second])
		without := balanceOfTwo(requested[first], allocatable[first], requested[second], allocatable[second])
		out[i] = half + (half+with-without)/2
	}
}

// balanceOfTwo is balance of two fractions.
func balanceOfTwo(used, capacity, used2, capacity2 int64) int64 {
	deviation := math.Abs(fraction(used, capacity)-fraction(used2, capacity2)) / 2
	return int64(float64((1 - deviation) * float64(framework.MaxNodeScore)))
}
