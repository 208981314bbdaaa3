package cluster

import "github.com/podsim/podsim/models"

// Index returns the completion index of a pod of an Indexed Job: its annotation and
// label batch.kubernetes.io/job-completion-index. Others have None.
func (p Pod) Index() int32 { return p.row().index }

// IndexFailures returns how many pods of its index had failed when it was made, and
// how many failures had been ignored: the annotations
// batch.kubernetes.io/job-index-failure-count and job-index-ignored-failure-count.
func (p Pod) IndexFailures() (counted, ignored int32) { return p.row().failures, p.row().ignored }

// Tracked reports whether its Job has not counted it yet: whether it has the finalizer
// batch.kubernetes.io/job-tracking.
func (p Pod) Tracked() bool { return p.row().is(podTracked) }

// Uncounted reports whether it is in status.uncountedTerminatedPods of its Job.
func (p Pod) Uncounted() bool { return p.row().is(podUncounted) }

// DeletedAt returns when it was marked for deletion, or Never.
func (p Pod) DeletedAt() models.Time { return p.row().deleted }

// JobCounts returns what a Job has counted and what it is about to count, as the next
// status will tell.
func (o Owner) JobCounts() JobStatus {
	if row := o.row(); row.job != nil {
		return currentStatus(row)
	}
	return JobStatus{Started: models.Never}
}

// JobStatus returns the status of a Job as its controller has last written it.
func (o Owner) JobStatus() JobStatus {
	if job := o.row().job; job != nil {
		return job.status
	}
	return JobStatus{Started: models.Never}
}

// JobStarted returns when the clock of a Job started: status.startTime, or Never.
func (o Owner) JobStarted() models.Time {
	if job := o.row().job; job != nil {
		return job.started
	}
	return models.Never
}

// CompletedIndexes returns the indexes of a Job that have succeeded. The list belongs to
// the cluster.
func (o Owner) CompletedIndexes() models.Indexes {
	if job := o.row().job; job != nil {
		return job.completedIndexes
	}
	return nil
}

// FailedIndexes returns the indexes of a Job that have failed. The list belongs to the
// cluster.
func (o Owner) FailedIndexes() models.Indexes {
	if job := o.row().job; job != nil {
		return job.failedIndexes
	}
	return nil
}
