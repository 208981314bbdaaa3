package control

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// job runs pods to completion.
// Source: pkg/controller/job/job_controller.go (syncJob, manageJob).
type job struct{ choice *choice }

// Reasons of a Job's end.
const (
	reasonComplete         = "Complete"
	reasonBackoffLimit     = "BackoffLimitExceeded"
	reasonDeadlineExceeded = "DeadlineExceeded"
)

func (j job) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	if o.Deleted() {
		return collect(v, o, ops), models.Never
	}
	if !o.Live() {
		return j.expire(now, v, o, ops)
	}
	if reason := j.failure(now, o); reason != "" {
		return j.end(v, o, 0, reason, ops), models.Never
	}
	if j.complete(o) {
		return j.end(v, o, 1, reasonComplete, ops), models.Never
	}
	ops, wake := j.fill(now, v, o, ops)
	if limit := o.Spec().ActiveDeadline; limit > 0 {
		wake = min(wake, o.Created().Add(limit))
	}
	return ops, wake
}

// expire deletes a finished Job when its time to live is over.
// Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
func (job) expire(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	ttl := o.Spec().TTLAfterFinished
	if ttl < 0 {
		return ops, models.Never
	}
	at := o.FinishedAt().Add(ttl)
	if now < at {
		return ops, at
	}
	return append(ops, models.Op{Kind: models.OpDeleteOwner, Owner: o.ID(), Reason: v.Dictionary().Sym(ReasonTTL)}), models.Never
}

// failure returns why the Job has failed, or nothing. A pod that is deleted
// before it ended counts as failed.
func (job) failure(now models.Time, o cluster.Owner) string {
	spec, n := o.Spec(), o.Counts()
	if n.Failed+n.Terminating+n.Lost > spec.BackoffLimit {
		return reasonBackoffLimit
	}
	if n.Active > 0 && restartsSpent(o) {
		return reasonBackoffLimit
	}
	if spec.ActiveDeadline > 0 && now >= o.Created().Add(spec.ActiveDeadline) {
		return reasonDeadlineExceeded
	}
	return ""
}

// restartsSpent reports whether pods that restart in place have used up the
// back-off limit.
// Source: pkg/controller/job/job_controller.go (pastBackoffLimitOnFailure).
func restartsSpent(o cluster.Owner) bool {
	var restarts int32
	onFailure := false
	for pod := range o.Pods() {
		if pod.Active() && pod.Spec().RestartPolicy == models.RestartOnFailure {
			onFailure = true
			restarts += pod.Restarts()
		}
	}
	limit := o.Spec().BackoffLimit
	return onFailure && (limit == 0 && restarts > 0 || limit > 0 && restarts >= limit)
}

func (job) complete(o cluster.Owner) bool {
	n := o.Counts()
	if completions := o.Spec().Completions; completions != models.Unset {
		return n.Succeeded >= completions
	}
	return n.Succeeded > 0 && n.Active == 0
}

// end deletes what is still active, and finishes the Job once all has stopped.
func (job) end(v cluster.View, o cluster.Owner, success int64, reason string, ops []models.Op) []models.Op {
	d, n := v.Dictionary(), o.Counts()
	if n.Active == 0 && n.Terminating == 0 {
		return append(ops, models.Op{Kind: models.OpFinishOwner, Owner: o.ID(), Arg: success, Reason: d.Sym(reason)})
	}
	cause := d.Sym(ReasonJobFailed)
	if success == 1 {
		cause = d.Sym(ReasonJobFinished)
	}
	for pod := range o.Pods() {
		if pod.Active() {
			ops = remove(pod, cause, ops)
		}
	}
	return ops
}

// fill creates the pods that the Job lacks, after failures not before their
// back-off is over.
func (j job) fill(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	n, want := o.Counts(), o.Replicas()
	if completions := o.Spec().Completions; completions != models.Unset {
		want = min(want, completions-n.Succeeded)
	} else if n.Succeeded > 0 {
		want = n.Active
	}
	lack := want - n.Active
	switch {
	case lack < 0:
		return j.surplus(v, o, -lack, ops), models.Never
	case lack == 0:
		return ops, models.Never
	}
	if at := o.LastFailure().Add(jobBackOff(o.FailuresInARow())); o.FailuresInARow() > 0 && now < at {
		return ops, at
	}
	wake := models.Never
	if lack > burst {
		wake = now
	}
	return create(v, o, min(lack, burst), ops), wake
}

// surplus deletes pods that the Job has no more use for, those on no node and
// not Ready first.
func (j job) surplus(v cluster.View, o cluster.Owner, n int32, ops []models.Op) []models.Op {
	reason := v.Dictionary().Sym(ReasonScaleDown)
	for _, pod := range j.choice.victims(v.Now(), v, o, int(n)) {
		ops = remove(pod, reason, ops)
	}
	return ops
}

// jobBackOff is the wait after the k-th failure in a row: 10 s, doubling, at most
// 10 min. Source: pkg/controller/job/backoff_utils.go.
func jobBackOff(failures int32) time.Duration {
	const first, most = 10 * time.Second, 10 * time.Minute
	if failures > 6 {
		return most
	}
	return min(first<<max(failures-1, 0), most)
}
