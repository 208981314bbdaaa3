package cluster

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
)

// itemsOf returns the containers of a pod, if there are any to be changed.
func (c *Cluster) itemsOf(op *models.Op, row *podRow) (*itemsRow, error) {
	if !c.podSpecs[row.spec].Itemised() {
		return nil, refusePod(op.Pod, "its containers are not told apart")
	}
	if err := c.tended(op, row); err != nil {
		return nil, err
	}
	return c.items[op.Pod], nil
}

func (c *Cluster) startSandbox(now models.Time, op *models.Op, row *podRow) error {
	items, err := c.itemsOf(op, row)
	switch {
	case err != nil:
		return err
	case row.is(podDeleting) && c.late == 0:
		return refusePod(op.Pod, "it is being deleted")
	case items != nil && items.sandbox != models.Never:
		return refusePod(op.Pod, "it has a sandbox already")
	case items == nil:
		items = newItems(len(c.podSpecs[row.spec].Containers))
		c.items[op.Pod] = items
	}
	items.sandbox = c.happened(now, row)
	row.epoch++
	return nil
}

// tended refuses what a kubelet tells of a pod that no kubelet sees to.
func (c *Cluster) tended(op *models.Op, row *podRow) error {
	switch {
	case row.node == models.None:
		return refusePod(op.Pod, "it is on no node")
	case c.nodes[row.node].down:
		return refusePod(op.Pod, "its node is down")
	case row.phase.Terminal():
		return refusePod(op.Pod, "it has ended")
	}
	return nil
}

// failSandbox is a kubelet that tells that it could not make the sandbox of a pod.
func (c *Cluster) failSandbox(op *models.Op, row *podRow) error {
	if err := c.tended(op, row); err != nil {
		return err
	}
	switch {
	case row.is(podUp):
		return refusePod(op.Pod, "it runs already")
	case op.Arg < 1:
		return refusePod(op.Pod, "what has not happened is not told")
	}
	return nil
}

// changeContainer applies an operation on one container.
func (c *Cluster) changeContainer(now models.Time, op *models.Op, row *podRow) error {
	items, err := c.itemsOf(op, row)
	switch {
	case err != nil:
		return err
	case items == nil || items.sandbox == models.Never:
		return refusePod(op.Pod, "it has no sandbox")
	case op.Kind == models.OpResetContainers:
		return c.resetContainers(op, row, items)
	case op.Def < 0 || int(op.Def) >= len(items.list):
		return refusePod(op.Pod, fmt.Sprintf("no container of it has number %d", op.Def))
	}
	s := &items.list[op.Def]
	switch op.Kind {
	case models.OpStartContainer:
		return c.startContainer(now, op, row, items)
	case models.OpWaitContainer:
		return waitContainer(op, s)
	case models.OpWarnContainer:
		if op.Arg < 1 || op.Reason == 0 {
			return refusePod(op.Pod, "a warning needs a reason, and to be given at least once")
		}
		return nil
	}
	if s.State != ContainerRunning {
		return refusePod(op.Pod, fmt.Sprintf("container %d does not run", op.Def))
	}
	switch op.Kind {
	case models.OpMarkContainer:
		marks, err := marksOf(op)
		if err != nil {
			return err
		}
		if marks == s.Marks {
			return refusePod(op.Pod, fmt.Sprintf("container %d is marked so already", op.Def))
		}
		s.Marks = marks
	case models.OpStopContainer:
		if s.Stopping {
			return refusePod(op.Pod, fmt.Sprintf("container %d has been told to stop already", op.Def))
		}
		if op.Arg < 0 {
			return refusePod(op.Pod, "grace must not be negative")
		}
		s.Stopping = true
	default:
		s.end(c.happened(now, row), int32(op.Arg), op.Reason)
		row.exited, row.exitCode = c.happened(now, row), int32(op.Arg)
	}
	return nil
}

func marksOf(op *models.Op) (models.ContainerMarks, error) {
	marks := models.ContainerMarks(op.Arg)
	if int64(marks) != op.Arg || marks > models.ContainerStarted|models.ContainerReady || marks == models.ContainerReady {
		return 0, refusePod(op.Pod, fmt.Sprintf("container marks %d do not exist", op.Arg))
	}
	return marks, nil
}

// end notes the end of a run.
func (s *Container) end(now models.Time, code int32, reason models.Sym) {
	s.Before = s.Ended
	s.Ended = Termination{Started: s.Started, Finished: max(now, s.Started), ExitCode: code, Reason: reason}
	s.State, s.Reason, s.Message, s.BackOff, s.Started = ContainerTerminated, 0, 0, 0, models.Never
	s.Marks, s.Stopping, s.counted = 0, false, false
}

func (c *Cluster) startContainer(now models.Time, op *models.Op, row *podRow, items *itemsRow) error {
	s := &items.list[op.Def]
	marks, err := marksOf(op)
	switch {
	case err != nil:
		return err
	case s.State == ContainerRunning:
		return refusePod(op.Pod, fmt.Sprintf("container %d runs already", op.Def))
	case row.is(podDeleting) && c.late == 0:
		return refusePod(op.Pod, "it is being deleted")
	}
	if s.Ended.Happened() && !s.counted {
		s.Restarts++
		row.restarts++
	}
	s.counted, s.Marks = false, marks
	s.State, s.Reason, s.Message, s.BackOff, s.Started = ContainerRunning, 0, 0, 0, c.happened(now, row)
	kind := c.podSpecs[row.spec].Containers[op.Def].Kind
	if kind == models.AppContainer {
		items.initialized = true
	}
	// A pod that is initialised anew is Pending once more.
	if kind == models.InitContainer && row.phase == models.Running {
		c.markReady(now, row, false)
		row.set(podUp, false)
		row.phase = models.Pending
		c.totals.Running--
		c.totals.Bound++
	}
	return nil
}

func waitContainer(op *models.Op, s *Container) error {
	switch {
	case s.State == ContainerRunning:
		return refusePod(op.Pod, fmt.Sprintf("container %d runs", op.Def))
	case op.Reason == 0 || op.Arg < 0:
		return refusePod(op.Pod, "a container waits for a reason, and not for a negative time")
	case s.State == ContainerWaiting && s.Reason == op.Reason && s.Message == op.Message && s.BackOff == time.Duration(op.Arg):
		return refusePod(op.Pod, fmt.Sprintf("container %d waits so already", op.Def))
	}
	s.State, s.Reason, s.Message, s.BackOff = ContainerWaiting, op.Reason, op.Message, time.Duration(op.Arg)
	return nil
}

// resetContainers begins to take all containers away, or tells that they are gone.
func (c *Cluster) resetContainers(op *models.Op, row *podRow, items *itemsRow) error {
	switch {
	case op.Arg != 0 && op.Arg != 1:
		return refusePod(op.Pod, "a reset begins, 1, or is over, 0")
	case items.resetting == (op.Arg == 1):
		return refusePod(op.Pod, fmt.Sprintf("resetting is %t already", items.resetting))
	case op.Reason == 0:
		return refusePod(op.Pod, "containers start over for a reason")
	case op.Arg == 1:
		items.resetting = true
		return nil
	}
	for i := range items.list {
		if items.list[i].State == ContainerRunning {
			return refusePod(op.Pod, fmt.Sprintf("container %d runs", i))
		}
	}
	items.resetting = false
	for i := range items.list {
		s := &items.list[i]
		if !s.Ended.Happened() {
			continue
		}
		s.State, s.Reason, s.Message, s.BackOff = ContainerWaiting, op.Reason, 0, 0
		s.Before = Termination{Started: models.Never, Finished: models.Never}
		s.Ended.ExitCode, s.Ended.Reason = sigKill, op.Reason
		if !s.counted {
			s.counted = true
			s.Restarts++
			row.restarts++
		}
	}
	return nil
}

// sigKill is what containers end with that were killed.
const sigKill = 137

// endContainers ends all containers that run, and with them the sandbox, if its node
// booted.
func (c *Cluster) endContainers(now models.Time, op *models.Op) {
	items := c.items[op.Pod]
	if items == nil {
		return
	}
	items.sandbox, items.resetting = models.Never, false
	for i := range items.list {
		if s := &items.list[i]; s.State == ContainerRunning {
			s.end(now, int32(op.Arg), 0)
		}
	}
}
