package control

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// job runs pods to completion. It counts each pod once: it notes ended ones in the
// status of the Job, takes their finalizers away and then adds them to its counters.
// Source: pkg/controller/job/job_controller.go (syncJob, manageJob).
type job struct {
	choice  *choice
	symbols jobSymbols
	open    map[models.OwnerID]*openPods
	pods    []cluster.Pod
	records map[models.OwnerID]backOffRecord // of Jobs with failures
	past    map[models.OwnerID]bool          // Jobs that were there before the run, until their first sync
}

// openPods are the pods of a Job that it still has to look at: those that are neither
// counted nor gone.
type openPods struct {
	pods []models.PodID
	seen models.PodID // the newest pod that was put in
}

type jobSymbols struct {
	failureTarget, successMet, failed, complete, suspended models.Sym
	isSuspended, saysSuspended, isResumed, saysResumed     models.Sym
	jobFailed, jobFinished, scaleDown, jobSuspended        models.Sym
}

func newJob(d *models.Dictionary, c *choice) job {
	return job{choice: c, open: make(map[models.OwnerID]*openPods),
		records: make(map[models.OwnerID]backOffRecord), past: make(map[models.OwnerID]bool), symbols: jobSymbols{
			failureTarget: d.Sym("FailureTarget"), successMet: d.Sym("SuccessCriteriaMet"), failed: d.Sym("Failed"),
			complete: d.Sym("Complete"), suspended: d.Sym("Suspended"), isSuspended: d.Sym("JobSuspended"),
			saysSuspended: d.Sym("Job suspended"), isResumed: d.Sym("JobResumed"), saysResumed: d.Sym("Job resumed"),
			jobFailed: d.Sym(ReasonJobFailed), jobFinished: d.Sym(ReasonJobFinished), scaleDown: d.Sym(ReasonScaleDown),
			jobSuspended: d.Sym(ReasonJobSuspended),
		}}
}

// JobBatch is how long the Job controller gathers news before it looks at a Job, and
// the least that it waits before it makes pods in place of failed ones.
// Source: pkg/controller/job/job_controller.go (SyncJobBatchPeriod).
const JobBatch = time.Second

// maxUncounted is the most pods that a Job counts in one sync.
// Source: pkg/controller/job/job_controller.go (MaxUncountedPods).
const maxUncounted = 500

func (j *job) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	if !o.Live() {
		j.forget(o.ID())
		return j.expire(now, v, o, ops)
	}
	s := jobSync{
		job: j, now: now, v: v, o: o, spec: o.Spec(), rules: rulesOf(o.Spec()), counts: o.JobCounts(), ops: ops, wake: models.Never,
		pods: j.openPods(v, o), record: j.records[o.ID()],
	}
	if j.past[o.ID()] {
		delete(j.past, o.ID())
		s.record = s.recordOfPast()
	}
	s.sync()
	return s.ops, s.wake
}

// noRules are those of a Job that has none of its own.
var noRules = &models.JobRules{BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}

func rulesOf(spec *models.OwnerSpec) *models.JobRules {
	if spec.Rules == nil {
		return noRules
	}
	return spec.Rules
}

// fewPods is how many pods a Job may have had for them all to be looked at in each sync.
const fewPods = 16

// openPods returns the pods that a sync has to look at, oldest first.
func (j *job) openPods(v cluster.View, o cluster.Owner) []cluster.Pod {
	j.pods = j.pods[:0]
	if o.NextOrdinal() <= fewPods {
		for pod := range o.Pods() {
			if !pod.Phase().Terminal() || pod.Tracked() {
				j.pods = append(j.pods, pod)
			}
		}
		return j.pods
	}
	open := j.open[o.ID()]
	if open == nil {
		open = &openPods{seen: models.None}
		j.open[o.ID()] = open
	}
	fresh := len(open.pods)
	for pod := range o.NewestPods() {
		if pod.ID() <= open.seen {
			break
		}
		open.pods = append(open.pods, pod.ID())
	}
	slices.Reverse(open.pods[fresh:])
	kept := open.pods[:0]
	for _, id := range open.pods {
		open.seen = max(open.seen, id)
		pod := v.Pod(id)
		if pod.Removed() || pod.Owner() != o.ID() || pod.Phase().Terminal() && !pod.Tracked() {
			continue
		}
		kept = append(kept, id)
		j.pods = append(j.pods, pod)
	}
	open.pods = kept
	return j.pods
}

// adopted puts a pod that a Job has adopted among those that it looks at.
func (j *job) adopted(o models.OwnerID, pod models.PodID) {
	if open := j.open[o]; open != nil && pod <= open.seen && !slices.Contains(open.pods, pod) {
		open.pods = append(open.pods, pod)
		slices.Sort(open.pods)
	}
}

// expire deletes a finished Job when its time to live is over.
// Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
func (*job) expire(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	ttl := o.Spec().TTLAfterFinished
	if ttl < 0 || o.Terminating() != models.Background {
		return ops, models.Never
	}
	at := o.FinishedAt().Add(ttl)
	if now < at {
		return ops, at
	}
	return append(ops, DeleteOwner(o.ID(), models.Foreground, v.Dictionary().Sym(ReasonTTL))), models.Never
}

// restartsSpent reports whether pods that restart in place have used up the
// back-off limit.
// Source: pkg/controller/job/job_controller.go (pastBackoffLimitOnFailure).
func (s *jobSync) restartsSpent() bool {
	if s.v.Spec(s.spec.Template).RestartPolicy != models.RestartOnFailure {
		return false
	}
	var restarts int32
	for _, pod := range s.pods {
		if !pod.Phase().Terminal() {
			restarts += pod.Restarts()
		}
	}
	limit := s.spec.BackoffLimit
	return limit == 0 && restarts > 0 || limit > 0 && restarts >= limit
}
