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
	case models.OpEvictPod:
		if row.is(podDeleting) {
			return refusePod(op.Pod, "being deleted already")
		}
	case models.OpRefuseEviction: // the pod stays as it is
	case models.OpAllowDisruption:
		return c.allowDisruption(now, op)
	case models.OpRelabelPod:
		return c.relabelPod(op, row)
	case models.OpStartSandbox:
		return c.startSandbox(now, op, row)
	case models.OpFailSandbox:
		return c.failSandbox(op, row)
	case models.OpStartContainer, models.OpMarkContainer, models.OpStopContainer, models.OpExitContainer,
		models.OpWaitContainer, models.OpWarnContainer, models.OpResetContainers:
		return c.changeContainer(now, op, row)
	case models.OpUpdatePod:
		return c.updatePod(op, row)
	case models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		return c.resizePod(now, op, row)
	case models.OpKillPod:
		return c.killPod(op, row)
	case models.OpSetPodCondition:
		return c.setPodCondition(now, op)
	case models.OpDebugPod:
		return c.debugPod(op, row)
	case models.OpStartEphemeral, models.OpEndEphemeral:
		return c.changeEphemeral(now, op, row)
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
	case row.is(podDeleting) && c.late == 0:
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
	row.started = c.happened(now, row)
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
	if ready && len(c.podSpecs[row.spec].ReadinessGates) > 0 && !(Pod{c, op.Pod}).GatesOpen() {
		return refusePod(op.Pod, "a readiness gate of it is not True")
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
func (c *Cluster) count(row *podRow, change func(*OwnerCounts)) {
	if row.owner != models.None {
		change(&c.owners.at(int32(row.owner)).counts)
	}
}
