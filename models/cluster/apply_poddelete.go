package cluster

import "github.com/podsim/podsim/models"

// deletePod sets the deletion timestamp. A repeated call may only shorten the
// grace. Source: k8s.io/apiserver/pkg/registry/rest/delete.go.
func (c *Cluster) deletePod(now models.Time, op *models.Op, row *podRow) error {
	if op.Arg < 0 {
		return refusePod(op.Pod, "grace must not be negative")
	}
	deadline := now + min(models.Time(op.Arg), models.Never-now)
	if row.is(podDeleting) {
		if deadline >= row.deletion {
			return refusePod(op.Pod, "it is being deleted already, with a shorter grace")
		}
		row.deletion = deadline
		row.epoch++
		return nil
	}
	if row.active() {
		ready, bound := row.is(podReady), row.node != models.None
		c.count(row, func(n *OwnerCounts) {
			n.Active--
			n.Terminating++
			if ready {
				n.Ready--
			}
			if bound {
				n.Bound--
			}
		})
	}
	row.set(podDeleting, true)
	row.deletion, row.deleted, row.cause = deadline, now, op.Reason
	if row.holds() {
		c.changed(Change{PodTerminating, row.place(), op.Pod, row.spec})
	}
	row.epoch++
	return nil
}

// removePod takes the object away. A pod that runs must have been told first.
func (c *Cluster) removePod(op *models.Op, row *podRow) error {
	if row.is(podTracked) {
		return refusePod(op.Pod, "its Job has not counted it yet")
	}
	if !row.phase.Terminal() {
		if !row.is(podDeleting) {
			return refusePod(op.Pod, "it has neither ended nor been deleted")
		}
		c.leavePhase(row)
		if row.node != models.None {
			c.vacate(op.Pod, row)
		}
		c.leave(op.Pod, row)
		c.denominate(op.Pod, row)
		c.totals.Removed++
		c.count(row, func(n *OwnerCounts) { n.Terminating--; n.Lost++ })
	}
	if row.owner != models.None {
		c.disown(row)
	} else {
		c.orphans--
	}
	if c.podSpecs[row.spec].Itemised() {
		delete(c.items, op.Pod)
	}
	row.flags = row.flags&^(podUp|podReady) | podRemoved
	c.killed(op.Pod, 0)
	c.forgetMessage(op.Pod)
	c.forgetLacks(op.Pod)
	c.forgetUpdates(op.Pod)
	c.forgetConditions(op.Pod)
	c.forgetEphemerals(op.Pod)
	row.epoch++
	return nil
}
