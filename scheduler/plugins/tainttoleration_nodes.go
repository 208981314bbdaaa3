package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var (
	_ framework.FilterNodes = (*TaintToleration)(nil)
	_ framework.ScoreNodes  = (*TaintToleration)(nil)
	_ framework.FilterNodes = (*NodeUnschedulable)(nil)
	_ framework.FilterNodes = (*NodeName)(nil)
)

// FilterNodes gives the answers of Filter.
func (*TaintToleration) FilterNodes(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	tolerations := c.Spec.Tolerations
	for i, id := range nodes {
		out[i] = nil
		if taints := c.View.Node(id).Taints(); len(taints) > 0 && repelled(tolerations, taints) {
			out[i] = taintUntolerated
		}
	}
}

// ScoreNodes gives the scores of Score.
func (t *TaintToleration) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	for i, id := range nodes {
		out[i] = 0
		if node := c.View.Node(id); len(node.Taints()) > 0 {
			out[i] = t.Score(c, framework.Node{Node: node})
		}
	}
}

// FilterNodes gives the answers of Filter.
func (p *NodeUnschedulable) FilterNodes(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	clear(out)
	if models.Tolerated(c.Spec.Tolerations, p.taint) {
		return
	}
	for i, id := range nodes {
		if c.View.Node(id).Unschedulable() {
			out[i] = nodeUnschedulable
		}
	}
}

// FilterNodes gives the answers of Filter.
func (*NodeName) FilterNodes(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	clear(out)
	if c.Spec.NodeName == 0 {
		return
	}
	for i, id := range nodes {
		if c.View.Node(id).Spec().Name != c.Spec.NodeName {
			out[i] = nodeNameDiffers
		}
	}
}
