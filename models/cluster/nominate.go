package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// nominatePod notes on which node preemption makes room for a pod, or that it
// does so no longer.
// Source: pkg/scheduler/backend/queue/nominator.go.
func (c *Cluster) nominatePod(op *models.Op, row *podRow) error {
	switch {
	case op.Node != models.None && (op.Node < 0 || int(op.Node) >= len(c.nodes)):
		return fmt.Errorf("no node has id %d", op.Node)
	case op.Node != models.None && c.nodes[op.Node].removed:
		return fmt.Errorf("node %s is gone", c.nodeName(op.Node))
	case row.node != models.None:
		return refusePod(op.Pod, "it is on a node already")
	case row.assumed != models.None:
		return refusePod(op.Pod, "room is kept for it already")
	case row.phase.Terminal():
		return refusePod(op.Pod, "it has ended")
	case row.nominated == op.Node:
		return refusePod(op.Pod, "it is nominated so already")
	}
	c.denominate(op.Pod, row)
	if op.Node == models.None {
		return nil
	}
	row.nominated = op.Node
	n := &c.nodes[op.Node]
	n.nominated = append(n.nominated, op.Pod)
	c.changed(Change{NodeNomination, op.Node, op.Pod, row.spec})
	return nil
}

// denominate takes a nomination back, if there is one.
func (c *Cluster) denominate(id models.PodID, row *podRow) {
	if row.nominated == models.None {
		return
	}
	n := &c.nodes[row.nominated]
	n.nominated = slices.DeleteFunc(n.nominated, func(p models.PodID) bool { return p == id })
	c.changed(Change{NodeNomination, row.nominated, id, row.spec})
	row.nominated = models.None
}
