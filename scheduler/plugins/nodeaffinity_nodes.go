package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var (
	_ framework.FilterNodes = (*NodeAffinity)(nil)
	_ framework.ScoreNodes  = (*NodeAffinity)(nil)
)

// FilterNodes gives the answers of Filter.
func (a *NodeAffinity) FilterNodes(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	for i, id := range nodes {
		node := c.View.Node(id)
		switch {
		case a.enforced && !a.anyMatches(a.addedRequired, node):
			out[i] = enforcedAffinityDiffers
		case !a.matches(c.Spec, node):
			out[i] = affinityDiffers
		default:
			out[i] = nil
		}
	}
}

// ScoreNodes gives the scores of Score.
func (a *NodeAffinity) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	for i, id := range nodes {
		node := c.View.Node(id)
		out[i] = a.preference(a.addedPreferred, node) + a.preference(c.Spec.PreferredTerms, node)
	}
}
