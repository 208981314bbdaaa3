package cluster

import "github.com/podsim/podsim/models"

// exitPod ends the containers of a pod that will start them again.
func (c *Cluster) exitPod(now models.Time, op *models.Op, row *podRow) error {
	items := c.podSpecs[row.spec].Itemised() && c.items[op.Pod] != nil
	switch {
	case items && !row.phase.Terminal():
		c.endContainers(c.happened(now, row), op)
	case row.phase != models.Running:
		return refusePod(op.Pod, "it is not Running")
	case row.starts == 0:
		return refusePod(op.Pod, "it never started")
	}
	c.markReady(now, row, false)
	row.set(podUp, false)
	row.exited, row.exitCode, row.reason = c.happened(now, row), int32(op.Arg), op.Reason
	c.killed(op.Pod, 0)
	row.epoch++
	return nil
}

// killPod notes that a kubelet begins to end a pod, within a grace. Nothing of it has
// changed yet; what the kubelet says of it stands in the status once it has failed for
// that reason. Source: pkg/kubelet/pod_workers.go (killPodNow).
func (c *Cluster) killPod(op *models.Op, row *podRow) error {
	switch {
	case row.node == models.None:
		return refusePod(op.Pod, "it is on no node")
	case !c.nodes[row.node].heard():
		return refusePod(op.Pod, "the kubelet of its node is not heard")
	case row.phase.Terminal():
		return refusePod(op.Pod, "it has ended")
	case op.Arg < 0:
		return refusePod(op.Pod, "grace must not be negative")
	case op.Reason == 0:
		return refusePod(op.Pod, "a kubelet ends a pod for a reason")
	}
	delete(c.killings, op.Pod)
	if op.Message != 0 {
		c.killings[op.Pod] = killing{op.Reason, op.Message}
	}
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
		c.endContainers(c.happened(now, row), op)
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
	row.exited, row.exitCode, row.reason = c.happened(now, row), int32(op.Arg), op.Reason
	row.set(podUp, false)
	c.forgetLacks(op.Pod)
	c.endEphemerals(now, op.Pod)
	c.endResize(op.Pod)
	c.killed(op.Pod, op.Reason)
	row.epoch++
	if row.phase == models.Succeeded {
		c.totals.Succeeded++
	} else {
		c.totals.Failed++
	}
	if row.owner != models.None {
		c.countEnd(row, active, bound)
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

// countEnd counts a pod that has ended.
func (c *Cluster) countEnd(row *podRow, active, bound bool) {
	n := &c.owners.at(int32(row.owner)).counts
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
	} else {
		n.Failed++
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
