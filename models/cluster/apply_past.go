package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// maxPastCount bounds what a pod or Job can have counted before the run.
const maxPastCount = 1 << 30

// backdate moves a moment into the past, but not to before earliest.
func backdate(moment *models.Time, earliest, now models.Time, ago int64) error {
	at := now - models.Time(ago)
	switch {
	case ago < 0:
		return fmt.Errorf("%d ns ago lies in the future", ago)
	case *moment == models.Never:
		return fmt.Errorf("what has not happened has no past")
	case at > *moment:
		return fmt.Errorf("it is known to have happened at %s already (got %s)", *moment, at)
	case at < earliest:
		return fmt.Errorf("%s lies before %s, when what it needs happened", at, earliest)
	}
	*moment = at
	return nil
}

// backdatePod recalls something of a pod that was there before the run.
func (c *Cluster) backdatePod(now models.Time, op *models.Op, row *podRow) error {
	var err error
	switch models.Past(op.Def) {
	case models.PastCreated:
		err = backdate(&row.created, now-models.Never, now, op.Arg)
	case models.PastBound:
		err = backdate(&row.bound, row.created, now, op.Arg)
	case models.PastStarted:
		if err = backdate(&row.started, row.bound, now, op.Arg); err == nil {
			c.backdateContainers(op.Pod, row.started)
		}
	case models.PastReady:
		if err = backdate(&row.ready, row.created, now, op.Arg); err == nil && row.is(podReady) {
			c.ripen(op.Pod, row, true)
		} else if err == nil {
			c.unlist(op.Pod, row.owner)
		}
	case models.PastExited:
		err = backdate(&row.exited, row.created, now, op.Arg)
	case models.PastRestarts:
		if row.starts == 0 || op.Arg < int64(row.restarts) || op.Arg > maxPastCount {
			return refusePod(op.Pod, fmt.Sprintf("cannot have had %d restarts", op.Arg))
		}
		if items := c.items[op.Pod]; items != nil {
			last := &items.list[len(items.list)-1] // an app container
			last.Restarts += int32(op.Arg) - row.restarts
			row.restarts = int32(op.Arg)
			return nil
		}
		row.restarts, row.starts = int32(op.Arg), int32(op.Arg)+1
	default:
		return refusePod(op.Pod, fmt.Sprintf("nothing to recall has number %d", op.Def))
	}
	if err != nil {
		return refusePod(op.Pod, err.Error())
	}
	return nil
}

// backdateContainers lets the containers of a pod have started earlier; those that
// have ended did so at once.
func (c *Cluster) backdateContainers(id models.PodID, at models.Time) {
	items := c.items[id]
	if items == nil {
		return
	}
	items.sandbox = min(items.sandbox, at)
	for i := range items.list {
		switch s := &items.list[i]; s.State {
		case ContainerRunning:
			s.Started = min(s.Started, at)
		case ContainerTerminated:
			s.Ended.Started, s.Ended.Finished = min(s.Ended.Started, at), min(s.Ended.Finished, at)
		}
	}
}

// backdateOwner recalls something of an owner that was there before the run.
func (c *Cluster) backdateOwner(now models.Time, op *models.Op) error {
	if !c.owners.has(int32(op.Owner)) {
		return fmt.Errorf("no owner has id %d", op.Owner)
	}
	row := c.owners.at(int32(op.Owner))
	if row.state == ownerDeleted {
		return fmt.Errorf("owner %d is deleted", op.Owner)
	}
	var err error
	switch past := models.Past(op.Def); past {
	case models.PastCreated:
		err = backdate(&row.created, now-models.Never, now, op.Arg)
	case models.PastFinished:
		err = backdate(&row.finished, row.created, now, op.Arg)
	case models.PastStarted:
		if row.job == nil {
			return fmt.Errorf("owner %d is no Job", op.Owner)
		}
		err = backdate(&row.job.started, row.created, now, op.Arg)
	case models.PastSucceeded, models.PastFailed:
		if op.Arg < 0 || op.Arg > maxPastCount-int64(row.made) || c.ownerSpecs[row.spec].Kind != models.Job {
			return fmt.Errorf("owner %d cannot have had %d more pods", op.Owner, op.Arg)
		}
		count, counted := &row.counts.Succeeded, &row.job.succeeded
		if past == models.PastFailed {
			count, counted = &row.counts.Failed, &row.job.failed
		}
		*count += int32(op.Arg)
		*counted += int32(op.Arg)
		row.made += int32(op.Arg)
	default:
		err = fmt.Errorf("nothing to recall has number %d", op.Def)
	}
	if err != nil {
		return fmt.Errorf("owner %d: %w", op.Owner, err)
	}
	return nil
}
