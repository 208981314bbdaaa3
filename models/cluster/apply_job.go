package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// jobRow is what only a Job has.
type jobRow struct {
	started models.Time // Never if it has not, or is suspended
	// What has been counted, and what is in status.uncountedTerminatedPods.
	succeeded, failed                   int32
	uncountedSucceeded, uncountedFailed int32
	completedIndexes, failedIndexes     models.Indexes
	status                              JobStatus
}

// JobStatus is the status of a Job as its controller has last written it.
type JobStatus struct {
	Started                    models.Time // Never if it has not, or is suspended
	Active, Ready, Terminating int32
	// Succeeded and Failed are pods that have been counted; the others are in
	// status.uncountedTerminatedPods.
	Succeeded, Failed                   int32
	UncountedSucceeded, UncountedFailed int32
}

// track gives a new pod of a Job the finalizer of its Job.
func (c *Cluster) track(row *podRow) {
	if c.owners.at(int32(row.owner)).job != nil {
		row.set(podTracked, true)
	}
}

func (c *Cluster) indexPod(op *models.Op, row *podRow) error {
	index, ignored := models.SplitIndexArg(op.Arg)
	switch {
	case row.owner == models.None || c.ownerSpecs[c.owners.at(int32(row.owner)).spec].Kind != models.Job:
		return refusePod(op.Pod, "it belongs to no Job")
	case row.index != models.None:
		return refusePod(op.Pod, fmt.Sprintf("it has index %d already", row.index))
	case index < 0 || ignored < 0 || op.Def < 0:
		return refusePod(op.Pod, "an index and its failures must not be negative")
	}
	row.index, row.failures, row.ignored = index, op.Def, ignored
	return nil
}

// countPod puts an ended pod into status.uncountedTerminatedPods. A success with an
// index counts at once: the index is enough not to count it twice.
// Source: pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers).
func (c *Cluster) countPod(op *models.Op, row *podRow) error {
	switch {
	case !row.is(podTracked):
		return refusePod(op.Pod, "it belongs to no Job or has been counted")
	case row.is(podUncounted):
		return refusePod(op.Pod, "it is about to be counted already")
	case op.Arg == 1 && row.phase != models.Succeeded:
		return refusePod(op.Pod, "it has not succeeded")
	}
	job := c.owners.at(int32(row.owner)).job
	switch {
	case job == nil:
		return refusePod(op.Pod, "its Job is deleted")
	case op.Arg == 1 && row.index != models.None:
		job.completedIndexes = job.completedIndexes.With(row.index)
		return nil
	case op.Arg == 1:
		job.uncountedSucceeded++
	default:
		job.uncountedFailed++
	}
	row.set(podUncounted, true)
	row.set(podSucceeded, op.Arg == 1)
	return nil
}

// untrackPod takes the finalizer of a pod away and with it counts the pod.
func (c *Cluster) untrackPod(op *models.Op, row *podRow) error {
	if !row.is(podTracked) {
		return refusePod(op.Pod, "it belongs to no Job or has been counted")
	}
	if job := c.owners.at(int32(row.owner)).job; job != nil && row.is(podUncounted) {
		if row.is(podSucceeded) {
			job.uncountedSucceeded--
			job.succeeded++
		} else {
			job.uncountedFailed--
			job.failed++
		}
	}
	row.flags &^= podTracked | podUncounted | podSucceeded
	return nil
}

func (c *Cluster) changeJob(now models.Time, op *models.Op) error {
	if !c.owners.has(int32(op.Owner)) {
		return fmt.Errorf("no owner has id %d", op.Owner)
	}
	row := c.owners.at(int32(op.Owner))
	switch {
	case row.job == nil:
		return fmt.Errorf("owner %d is no Job, or is deleted", op.Owner)
	case op.Kind == models.OpWriteJobStatus:
		c.writeJobStatus(now, row)
	case op.Arg < 0 || op.Arg > maxPastCount:
		return fmt.Errorf("index %d does not exist", op.Arg)
	case op.Def == 1:
		row.job.completedIndexes = row.job.completedIndexes.With(int32(op.Arg))
	default:
		row.job.failedIndexes = row.job.failedIndexes.With(int32(op.Arg))
	}
	return nil
}

// writeJobStatus writes what is known now. The clock of a Job starts with the first
// status that finds it not suspended.
func (c *Cluster) writeJobStatus(now models.Time, row *ownerRow) {
	job, rules := row.job, c.ownerSpecs[row.spec].Rules
	switch {
	case row.state != ownerLive:
	case rules != nil && rules.Suspend:
		job.started = models.Never
	case job.started == models.Never:
		job.started = now
	}
	job.status = currentStatus(row)
}

// currentStatus is what the controller would write now.
func currentStatus(row *ownerRow) JobStatus {
	job, n := row.job, &row.counts
	return JobStatus{
		Started: job.started, Active: n.Active, Ready: n.Ready, Terminating: n.Terminating,
		Succeeded: job.succeeded + job.completedIndexes.Total(), Failed: job.failed,
		UncountedSucceeded: job.uncountedSucceeded, UncountedFailed: job.uncountedFailed,
	}
}
