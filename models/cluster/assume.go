package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// mayTake refuses what the binding subresource would: a pod is bound once, and not
// if it is being deleted, has ended or is gated.
func (c *Cluster) mayTake(op *models.Op, row *podRow) error {
	switch {
	case op.Node < 0 || int(op.Node) >= len(c.nodes):
		return fmt.Errorf("no node has id %d", op.Node)
	case c.nodes[op.Node].removed && row.assumed != op.Node:
		return fmt.Errorf("node %s is gone", c.nodeName(op.Node))
	case row.node != models.None:
		return refusePod(op.Pod, "it is on a node already")
	case row.is(podDeleting):
		return refusePod(op.Pod, "it is being deleted")
	case row.phase.Terminal():
		return refusePod(op.Pod, "it has ended")
	case len(c.podSpecs[row.spec].SchedulingGates) > 0:
		return refusePod(op.Pod, "it has scheduling gates")
	}
	if _, ok := c.requested[op.Node].Add(c.podSpecs[row.spec].Requests); !ok {
		return refusePod(op.Pod, "the sum of requests on the node exceeds 2^63-1")
	}
	return nil
}

// assumePod keeps room for a pod on the node for which it will be bound. For
// schedulers it is there; for everybody else it has no node yet.
// Source: pkg/scheduler/backend/cache/cache.go (AssumePod).
func (c *Cluster) assumePod(op *models.Op, row *podRow) error {
	if row.assumed != models.None {
		return refusePod(op.Pod, "room is kept for it already")
	}
	if err := c.mayTake(op, row); err != nil {
		return err
	}
	c.denominate(op.Pod, row)
	c.place(op.Pod, row, op.Node)
	row.assumed = op.Node
	return nil
}

// forgetPod gives up what was kept.
// Source: pkg/scheduler/backend/cache/cache.go (ForgetPod).
func (c *Cluster) forgetPod(op *models.Op, row *podRow) error {
	if row.assumed == models.None {
		return refusePod(op.Pod, "no room is kept for it")
	}
	c.leave(op.Pod, row)
	return nil
}

// leave gives back the room that is kept for a pod, if there is any.
func (c *Cluster) leave(id models.PodID, row *podRow) {
	if row.assumed != models.None {
		c.vacate(id, row)
		row.assumed = models.None
	}
}
