package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var _ framework.ScoreNodes = (*ImageLocality)(nil)

// ScoreNodes gives the scores of Score. Most images are on no node, and most nodes
// hold none that matters.
func (l *ImageLocality) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	clear(out)
	if !anyHeld(c) {
		return
	}
	for i, id := range nodes {
		if node := c.View.Node(id); len(node.Images()) > 0 {
			out[i] = l.Score(c, framework.Node{Node: node})
		}
	}
}

// anyHeld reports whether any node holds an image of the pod.
func anyHeld(c *framework.Cycle) bool {
	for i := range c.Spec.Containers {
		if c.View.NodesWithImage(c.Spec.Containers[i].Image) > 0 {
			return true
		}
	}
	for _, name := range c.Spec.ImageVolumes {
		if c.View.NodesWithImage(name) > 0 {
			return true
		}
	}
	return false
}
