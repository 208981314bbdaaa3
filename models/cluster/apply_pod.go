package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

func (c *Cluster) createPod(now models.Time, op *models.Op) error {
	if int32(op.Pod) != c.pods.next {
		return fmt.Errorf("pod id %d is not the next one, %d", op.Pod, c.pods.next)
	}
	if op.Def < 0 || int(op.Def) >= len(c.podSpecs) {
		return fmt.Errorf("no pod specification has id %d", op.Def)
	}
	if op.Owner != models.None {
		if !c.owners.has(int32(op.Owner)) {
			return fmt.Errorf("no owner has id %d", op.Owner)
		}
		owner := c.owners.at(int32(op.Owner))
		if owner.state == ownerDeleted {
			return fmt.Errorf("owner %d is deleted", op.Owner)
		}
		if op.Ordinal >= 0 && op.Ordinal != owner.made {
			return fmt.Errorf("ordinal %d is not the owner's next one, %d", op.Ordinal, owner.made)
		}
	}
	row := c.pods.add()
	*row = podRow{
		created: now, bound: models.Never, started: models.Never, ready: models.Never, exited: models.Never,
		deletion: models.Never, spec: models.SpecID(op.Def), owner: op.Owner, node: models.None, nominated: models.None,
		assumed: models.None,
		name:    op.Name, ordinal: op.Ordinal, nodeAt: models.None,
		previous: models.None, next: models.None, index: models.None, deleted: models.Never,
	}
	if op.Owner != models.None {
		c.adopt(op.Owner, op.Pod, row)
		c.track(row)
	} else {
		c.orphans++
	}
	c.totals.Created++
	c.totals.Pending++
	return nil
}

func (c *Cluster) changePod(now models.Time, op *models.Op, row *podRow) error { //nolint:gocyclo // one switch of operations
	switch op.Kind {
	case models.OpFailScheduling:
		if row.node != models.None {
			return refusePod(op.Pod, "it is on a node already")
		}
		row.attempts++
	case models.OpNominatePod:
		return c.nominatePod(op, row)
	case models.OpAssumePod:
		return c.assumePod(op, row)
	case models.OpForgetPod:
		return c.forgetPod(op, row)
	case models.OpBindPod:
		return c.bindPod(now, op, row)
	case models.OpStartPod:
		return c.startPod(now, op, row)
	case models.OpReadyPod, models.OpUnreadyPod:
		return c.setReady(now, op, row, op.Kind == models.OpReadyPod)
	case models.OpExitPod:
		return c.exitPod(now, op, row)
	case models.OpFinishPod:
		return c.finishPod(now, op, row)
	case models.OpRejectPod:
		return c.rejectPod(now, op, row)
	case models.OpDeletePod:
		return c.deletePod(now, op, row)
	case models.OpRemovePod:
		return c.removePod(op, row)
	case models.OpBackdatePod:
		return c.backdatePod(now, op, row)
	case models.OpIndexPod:
		return c.indexPod(op, row)
	case models.OpCountPod:
		return c.countPod(op, row)
	case models.OpOrphanPod:
		return c.orphanPod(op, row)
	case models.OpUntrackPod:
		return c.untrackPod(op, row)
	case models.OpRequestImage, models.OpReceiveImage, models.OpLackImage:
		return c.changeImage(op, row)
	case models.OpAdoptPod:
		return c.adoptPod(op, row)
	case models.OpAllowDisruption:
		return c.allowDisruption(now, op)
	case models.OpRelabelPod:
		return c.relabelPod(op, row)
	case models.OpStartSandbox:
		return c.startSandbox(now, op, row)
	case models.OpStartContainer, models.OpMarkContainer, models.OpStopContainer, models.OpExitContainer,
		models.OpWaitContainer, models.OpWarnContainer, models.OpResetContainers:
		return c.changeContainer(now, op, row)
	case models.OpUpdatePod:
		return c.updatePod(op, row)
	case models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		return c.resizePod(now, op, row)
	default:
		return fmt.Errorf("unknown operation %d", op.Kind)
	}
	return nil
}

func refusePod(id models.PodID, why string) error { return fmt.Errorf("pod %d: %s", id, why) }

// bindPod is the binding subresource: once in a pod's life, and not for a pod
// that is being deleted or gated.
// Source: pkg/registry/core/pod/storage/storage.go (assignPod).
func (c *Cluster) bindPod(now models.Time, op *models.Op, row *podRow) error {
	switch {
	case row.assumed == models.None || row.assumed != op.Node:
		if err := c.mayTake(op, row); err != nil {
			return err
		}
		c.leave(op.Pod, row)
		c.denominate(op.Pod, row)
		c.place(op.Pod, row, op.Node)
	case row.is(podDeleting):
		return refusePod(op.Pod, "it is being deleted")
	}
	row.node, row.assumed = op.Node, models.None
	row.bound = now
	row.attempts++
	row.epoch++
	c.totals.Pending--
	c.totals.Bound++
	c.count(row, func(n *OwnerCounts) { n.Bound++ })
	return nil
}

func (c *Cluster) startPod(now models.Time, op *models.Op, row *podRow) error {
	switch {
	case row.node == models.None:
		return refusePod(op.Pod, "it is on no node")
	case c.nodes[row.node].down:
		return refusePod(op.Pod, "its node is down")
	case c.nodes[row.node].silence != models.Heard:
		return refusePod(op.Pod, "the kubelet of its node is silent")
	case row.is(podUp):
		return refusePod(op.Pod, "it runs already")
	case row.is(podDeleting):
		return refusePod(op.Pod, "it is being deleted")
	case row.phase.Terminal():
		return refusePod(op.Pod, "it has ended")
	}
	if row.phase == models.Pending {
		row.phase = models.Running
		c.totals.Bound--
		c.totals.Running++
	}
	if row.starts > 0 && !c.podSpecs[row.spec].Itemised() {
		row.restarts++ // the containers of others count their own
	}
	row.starts++
	row.started = now
	c.forgetLacks(op.Pod)
	row.epoch++
	row.set(podUp, true)
	return nil
}

func (c *Cluster) setReady(now models.Time, op *models.Op, row *podRow, ready bool) error {
	if ready == row.is(podReady) {
		return refusePod(op.Pod, fmt.Sprintf("Ready is %t already", ready))
	}
	if ready && !row.is(podUp) {
		return refusePod(op.Pod, "it does not run")
	}
	again := row.ready == now
	c.markReady(now, row, ready)
	if ready {
		c.ripen(op.Pod, row, again)
	}
	return nil
}

func (c *Cluster) markReady(now models.Time, row *podRow, ready bool) {
	if row.is(podReady) == ready {
		return
	}
	if row.active() {
		c.count(row, func(n *OwnerCounts) {
			if ready {
				n.Ready++
			} else {
				n.Ready--
			}
		})
	}
	row.set(podReady, ready)
	row.ready = now
}

// exitPod ends the containers of a pod that will start them again.
func (c *Cluster) exitPod(now models.Time, op *models.Op, row *podRow) error {
	items := c.podSpecs[row.spec].Itemised() && c.items[op.Pod] != nil
	switch {
	case items && !row.phase.Terminal():
		c.endContainers(now, op)
	case row.phase != models.Running:
		return refusePod(op.Pod, "it is not Running")
	case row.starts == 0:
		return refusePod(op.Pod, "it never started")
	}
	c.markReady(now, row, false)
	row.set(podUp, false)
	row.exited, row.exitCode = now, int32(op.Arg)
	row.epoch++
	return nil
}

// finishPod brings a pod into its terminal phase; it stays there.
func (c *Cluster) finishPod(now models.Time, op *models.Op, row *podRow) error {
	if row.phase.Terminal() {
		return refusePod(op.Pod, "it has ended already")
	}
	c.markReady(now, row, false)
	c.leavePhase(row)
	if c.podSpecs[row.spec].Itemised() {
		c.endContainers(now, op)
	}
	active, bound := row.active(), row.node != models.None
	if bound {
		c.vacate(op.Pod, row)
	}
	c.leave(op.Pod, row)
	c.denominate(op.Pod, row)
	row.phase = models.Succeeded
	if op.Arg != 0 {
		row.phase = models.Failed
	}
	row.exited, row.exitCode, row.reason = now, int32(op.Arg), op.Reason
	row.set(podUp, false)
	c.forgetLacks(op.Pod)
	c.endResize(op.Pod)
	row.epoch++
	if row.phase == models.Succeeded {
		c.totals.Succeeded++
	} else {
		c.totals.Failed++
	}
	if row.owner != models.None {
		c.countEnd(now, row, active, bound)
	}
	return nil
}

// rejectPod lets a pod fail that its kubelet does not take, whether its containers ran
// under a kubelet before or not.
// Source: pkg/kubelet/kubelet.go (rejectPod).
func (c *Cluster) rejectPod(now models.Time, op *models.Op, row *podRow) error {
	switch {
	case row.node == models.None:
		return refusePod(op.Pod, "it is on no node")
	case !c.nodes[row.node].heard():
		return refusePod(op.Pod, "the kubelet of its node is not heard")
	}
	finish := *op
	finish.Arg = rejected
	if err := c.finishPod(now, &finish, row); err != nil {
		return err
	}
	c.messages[op.Pod] = op.Message
	return nil
}

// rejected stands for the exit code of containers that a kubelet has not let run.
const rejected = 1

// forgetMessage drops what was said of a pod that is gone.
func (c *Cluster) forgetMessage(pod models.PodID) {
	if len(c.messages) > 0 {
		delete(c.messages, pod)
	}
}

func (c *Cluster) countEnd(now models.Time, row *podRow, active, bound bool) {
	owner := c.owners.at(int32(row.owner))
	n := &owner.counts
	if active {
		n.Active--
		if bound {
			n.Bound--
		}
	} else {
		n.Terminating--
	}
	if row.phase == models.Succeeded {
		n.Succeeded++
		owner.failuresInARow = 0
		return
	}
	n.Failed++
	switch {
	case active || row.is(podTracked) && c.replacesFailed(owner):
		owner.failuresInARow++
		owner.lastFailure = now
	case row.is(podTracked) && !row.is(podUncounted):
		owner.lastFailure = now // the Job has not looked at it since its deletion
	}
}

func (c *Cluster) leavePhase(row *podRow) {
	switch {
	case row.phase == models.Running:
		c.totals.Running--
	case row.node != models.None:
		c.totals.Bound--
	default:
		c.totals.Pending--
	}
}

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
		c.countDeletion(now, row)
	}
	row.set(podDeleting, true)
	row.deletion, row.deleted, row.cause = deadline, now, op.Reason
	if row.holds() {
		c.changes.add(Change{PodTerminating, row.place(), op.Pod, row.spec})
	}
	row.epoch++
	return nil
}

// countDeletion counts a deleted pod as a failed one of its Job. The failure
// dates from the end of its containers, else from when it ceased to be Ready,
// else from now.
// Source: pkg/controller/job/backoff_utils.go (getFinishedTime).
func (c *Cluster) countDeletion(now models.Time, row *podRow) {
	if row.owner == models.None {
		return
	}
	owner := c.owners.at(int32(row.owner))
	if c.ownerSpecs[owner.spec].Kind == models.Job && (!row.is(podTracked) || c.replacesFailed(owner)) {
		return
	}
	owner.failuresInARow++
	owner.lastFailure = now
	if !row.is(podReady) && row.ready != models.Never {
		owner.lastFailure = row.ready
	}
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
	c.forgetMessage(op.Pod)
	c.forgetLacks(op.Pod)
	c.forgetUpdates(op.Pod)
	row.epoch++
	return nil
}

func (c *Cluster) count(row *podRow, change func(*OwnerCounts)) {
	if row.owner != models.None {
		change(&c.owners.at(int32(row.owner)).counts)
	}
}
