package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/control"
)

// retry is what the work queue of a controller knows of an owner whose syncs failed.
// Source: k8s.io/client-go/util/workqueue (TypedItemExponentialFailureRateLimiter,
// delayingType).
type retry struct {
	failures int
	at       models.Time // of the delayed entry, or Never
	woken    models.Time // the newest sync that a change has put on the agenda
	synced   models.Time
	made     models.Time // when it last made something, or Never
}

// retryWaits are the first and the longest wait of a kind of controller after failures
// in a row.
// Source: k8s.io/client-go/util/workqueue/default_rate_limiters.go
// (DefaultTypedControllerRateLimiter), pkg/controller/job/job_controller.go
// (DefaultJobApiBackOff, MaxJobApiBackOff).
func retryWaits(kind models.OwnerKind) (first, most time.Duration) {
	if kind == models.Job {
		return time.Second, time.Minute
	}
	return 5 * time.Millisecond, 1000 * time.Second
}

// conclude ends a sync: its controller takes note of what was refused, and the sync is
// repeated later.
func (s *submission) conclude(next *control.Next) {
	id, now := s.o.ID(), s.agenda.Now()
	next.Wrote = s.tellFailure() || next.Wrote
	r := s.retries[id]
	if !s.failing {
		if r != nil {
			r.failures, r.synced = 0, now
			if r.at == models.Never {
				delete(s.retries, id)
			}
		}
		return
	}
	if r == nil {
		r = &retry{at: models.Never, woken: models.Never, made: models.Never}
		s.retries[id] = r
	}
	r.synced = now
	if s.made {
		r.made = now
	}
	wait, most := retryWaits(s.o.Kind())
	for range r.failures {
		if wait = 2 * wait; wait >= most {
			wait = most
			break
		}
	}
	r.failures++
	if at := now.Add(wait); at < r.at || r.at <= now {
		r.at = at
		s.agenda.Schedule(at, evRetry, 0, int32(id), 0)
	}
	if next.Wrote && r.failures > 1 {
		s.wakeRetry(id) // it hears of what it has written; of the first failure not before it tries again
	}
}

// tellFailure writes the conditions that tell of a refusal, and reports whether it did
// so.
func (s *submission) tellFailure() (wrote bool) {
	switch s.o.Kind() {
	case models.ReplicaSet, models.ReplicationController:
		return s.tellReplicaFailure()
	case models.Deployment:
		if s.failing && s.o.Spec().ProgressDeadline > 0 {
			d := s.view.Dictionary()
			message := control.FailedReplicaSet(s.name, s.refusal.Text(s.what, "ReplicaSet", s.name))
			s.do(models.Op{
				Kind: models.OpSetCondition, Owner: s.o.ID(), Name: d.Sym("Progressing"), Ordinal: models.Exact, Arg: int64(models.ConditionFalse),
				Reason: d.Sym(control.ReasonReplicaSetCreateError), Message: d.Sym(message),
			})
		}
	}
	return false
}

// tellReplicaFailure sets the condition of a ReplicaSet that was refused pods. What it
// says stays until nothing is refused any more.
// Source: pkg/controller/replicaset/replica_set_utils.go (calculateStatus).
func (s *submission) tellReplicaFailure() (wrote bool) {
	d := s.view.Dictionary()
	kind := d.Sym(control.ReplicaFailure)
	_, there := s.o.Condition(kind)
	op := models.Op{Kind: models.OpSetCondition, Owner: s.o.ID(), Name: kind, Ordinal: models.Exact, Arg: models.None}
	switch {
	case there == s.failing, s.o.Deleted():
		return false
	case s.failing:
		op.Arg, op.Reason = int64(models.ConditionTrue), d.Sym("FailedCreate")
		op.Message = d.Sym(s.refusal.Text("pods", "Pod", s.name))
	}
	s.do(op)
	return true
}

// unobserved reports whether a controller that retries has made something of which it
// has not heard yet: it makes nothing more then, and forgets that it failed.
// Source: pkg/controller/controller_utils.go (SatisfiedExpectations).
func (s *Simulation) unobserved(id models.OwnerID) bool {
	r := s.retries[id]
	if r == nil || r.made == models.Never || s.agenda.Now() >= r.made.Add(s.config.Latencies.Controller) {
		return false
	}
	r.failures, r.synced = 0, s.agenda.Now()
	s.planReconcile(id, r.made.Add(s.config.Latencies.Controller))
	return true
}

// podWakesRetry lets a controller that was refused pods react to a pod. What happens to
// new ones until they start comes while it is still busy with them.
func (s *Simulation) podWakesRetry(op *models.Op) {
	switch op.Kind {
	case models.OpCreatePod, models.OpReadyPod, models.OpUnreadyPod, models.OpExitPod, models.OpFinishPod, models.OpDeletePod, models.OpRemovePod:
		s.wakeRetry(s.view.Pod(op.Pod).Owner())
	}
}

// wakeRetry lets a controller that was refused something react to each change by
// itself: every failure more makes the wait longer. The Job controller gathers them.
func (s *Simulation) wakeRetry(id models.OwnerID) {
	if id == models.None {
		return
	}
	r := s.retries[id]
	if r == nil || s.view.Owner(id).Kind() == models.Job {
		return
	}
	if at := s.agenda.Now().Add(s.config.Latencies.Controller); at != r.woken {
		r.woken = at
		s.agenda.Schedule(at, evRetry, 0, int32(id), 1)
	}
}

// retry syncs an owner again: after a change of it or of a pod, or when it has waited
// for long enough.
func (s *Simulation) retry(id models.OwnerID, changed bool) {
	r, now := s.retries[id], s.agenda.Now()
	if r == nil || r.synced == now || r.at != now && !changed || s.view.Owner(id).Deleted() {
		return
	}
	if r.at == now {
		r.at = models.Never
	}
	s.sync(id)
}
