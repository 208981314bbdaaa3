package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// terminateOwner marks an owner for deletion: a finalizer keeps it until the garbage
// collector has seen to its dependents.
// Source: k8s.io/apiserver/pkg/registry/rest/delete.go (BeforeDelete).
func (c *Cluster) terminateOwner(op *models.Op, row *ownerRow) error {
	switch {
	case op.Arg != int64(models.Foreground) && op.Arg != int64(models.Orphan):
		return fmt.Errorf("propagation %d keeps no object", op.Arg)
	case row.propagation != models.Background:
		return fmt.Errorf("owner %d is being deleted already", op.Owner)
	}
	row.propagation, row.reason = models.Propagation(op.Arg), op.Reason
	row.generation++
	return nil
}

// orphanPod takes a pod away from its owner. It keeps its name.
func (c *Cluster) orphanPod(op *models.Op, row *podRow) error {
	switch {
	case row.owner == models.None:
		return refusePod(op.Pod, "it belongs to nobody")
	case row.is(podTracked):
		return refusePod(op.Pod, "its Job has not counted it yet")
	case op.Name == 0:
		return refusePod(op.Pod, "it needs a name of its own")
	}
	owner := c.owners.at(int32(row.owner))
	n := &owner.counts
	switch {
	case row.phase.Terminal():
	case row.active():
		n.Active--
		n.Lost++
		if row.node != models.None {
			n.Bound--
		}
		if row.is(podReady) {
			n.Ready--
		}
	default:
		n.Terminating--
		n.Lost++
	}
	c.disown(row)
	if c.ripeTime(owner) != 0 {
		c.ripenAll(row.owner)
	}
	row.owner, row.previous, row.next = models.None, models.None, models.None
	c.orphans++
	row.name, row.ordinal = op.Name, op.Ordinal
	return nil
}
