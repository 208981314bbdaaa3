package control

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// symbols are the types and reasons of the conditions of Deployments.
// Source: pkg/controller/deployment/util/deployment_util.go.
type symbols struct {
	progressing, available, failure models.Sym

	created, found, updated, complete, timedOut, paused, resumed models.Sym
	enough, tooFew                                               models.Sym
}

func newSymbols(d *models.Dictionary) symbols {
	return symbols{
		progressing: d.Sym("Progressing"), available: d.Sym("Available"),
		created: d.Sym("NewReplicaSetCreated"), found: d.Sym("FoundNewReplicaSet"), updated: d.Sym("ReplicaSetUpdated"),
		complete: d.Sym("NewReplicaSetAvailable"), timedOut: d.Sym("ProgressDeadlineExceeded"),
		paused: d.Sym("DeploymentPaused"), resumed: d.Sym("DeploymentResumed"),
		enough: d.Sym("MinimumReplicasAvailable"), tooFew: d.Sym("MinimumReplicasUnavailable"),
	}
}

// condition is a condition as it stands during a sync.
type condition struct {
	there   bool
	status  models.ConditionStatus
	reason  models.Sym
	message models.Sym
	updated models.Time
}

// known is a condition as it was last written.
func (r *rollout) known(kind models.Sym, updated models.Time) condition {
	c, there := r.o.Condition(kind)
	return condition{there, c.Status, c.Reason, c.Message, updated}
}

func (r *rollout) hasDeadline() bool { return r.spec.ProgressDeadline > 0 }

// setProgressing sets the condition Progressing. The same status and reason again
// change nothing, not even the message.
// Source: pkg/controller/deployment/util/deployment_util.go (SetDeploymentCondition).
func (r *rollout) setProgressing(status models.ConditionStatus, reason models.Sym, message string) {
	if c := &r.progressing; c.there && c.status == status && c.reason == reason {
		return
	}
	r.renewProgressing(status, reason, r.v.Dictionary().Sym(message))
}

// renewProgressing sets it also to the same again, which counts as an update.
func (r *rollout) renewProgressing(status models.ConditionStatus, reason, message models.Sym) {
	is := condition{true, status, reason, message, r.now}
	was := r.progressing
	r.progressing = is
	if was.updated = r.now; was != is {
		r.do(models.Op{
			Kind: models.OpSetCondition, Owner: r.o.ID(), Name: r.symbols.progressing, Ordinal: models.Exact,
			Arg: int64(is.status), Reason: is.reason, Message: is.message,
		})
	}
}

// tellOfPause notes that progress is not to be expected, or again.
// Source: pkg/controller/deployment/sync.go (checkPausedConditions).
func (r *rollout) tellOfPause() {
	if !r.hasDeadline() || r.progressing.there && r.progressing.reason == r.symbols.timedOut {
		return
	}
	switch paused := r.progressing.there && r.progressing.reason == r.symbols.paused; {
	case r.spec.Paused && !paused:
		r.setProgressing(models.ConditionUnknown, r.symbols.paused, "Deployment is paused")
	case !r.spec.Paused && paused:
		r.setProgressing(models.ConditionUnknown, r.symbols.resumed, "Deployment is resumed")
	}
}

// status computes the status from those of the ReplicaSets.
// Source: pkg/controller/deployment/sync.go (calculateStatus).
func (r *rollout) status() Status {
	is := Status{Observed: r.o.Generation(), Collisions: r.was.Collisions}
	var wanted int32
	for i := range r.sets {
		s := &r.sets[i]
		is.Replicas += s.status.Replicas
		is.Ready += s.status.Ready
		is.Available += s.status.Available
		is.Terminating += s.status.Terminating
		if i == r.fresh {
			is.Updated = s.status.Replicas
		}
		wanted += s.before
	}
	is.Unavailable = max(wanted-is.Available, 0)
	return is
}

// complete reports whether all wanted pods are there, available and of the current
// template, and no others.
// Source: pkg/controller/deployment/util/deployment_util.go (DeploymentComplete).
func (r *rollout) complete(s *Status) bool {
	return s.Updated == r.replicas && s.Replicas == r.replicas && s.Available == r.replicas && s.Observed >= r.o.Generation()
}

// progressed reports whether new pods came or became Ready or available, or old ones
// went. Source: pkg/controller/deployment/util/deployment_util.go
// (DeploymentProgressing).
func (r *rollout) progressed(is *Status) bool {
	was := &r.was
	return is.Updated > was.Updated || is.Replicas-is.Updated < was.Replicas-was.Updated ||
		is.Ready > was.Ready || is.Available > was.Available
}

// timedOut reports whether the last progress is too long ago.
// Source: pkg/controller/deployment/util/deployment_util.go (DeploymentTimedOut).
func (r *rollout) timedOut() bool {
	c := &r.progressing
	switch {
	case !c.there, c.reason == r.symbols.complete:
		return false
	case c.reason == r.symbols.timedOut:
		return true
	}
	return c.updated.Add(r.spec.ProgressDeadline) < r.now
}

// tellOfRollout writes the status with what it says about the progress of a rollout.
// Source: pkg/controller/deployment/progress.go (syncRolloutStatus).
func (r *rollout) tellOfRollout() Next {
	is := r.status()
	c := &r.progressing
	switch {
	case !r.hasDeadline() && c.there:
		*c = condition{}
		r.do(models.Op{Kind: models.OpSetCondition, Owner: r.o.ID(), Name: r.symbols.progressing, Ordinal: models.Exact, Arg: models.None})
	case !r.hasDeadline():
	case is.Replicas == is.Updated && c.there && c.reason == r.symbols.complete:
		// No rollout is under way.
	case r.complete(&is):
		r.setProgressing(models.ConditionTrue, r.symbols.complete, r.subject()+" has successfully progressed.")
	case r.progressed(&is):
		r.renewProgressing(models.ConditionTrue, r.symbols.updated, r.progressText())
	case r.timedOut():
		r.setProgressing(models.ConditionFalse, r.symbols.timedOut, r.subject()+" has timed out progressing.")
	}
	r.tellFailure()
	r.tell(is)
	// The original hears of what it has written and syncs once more: to plan the next
	// look at the deadline, and to clean up if the rollout is complete now.
	return Next{Wake: r.deadline(&is), Wrote: r.complete(&is) && !r.complete(&r.was) && r.surplusSets() > 0}
}

// progressText says that something progresses. It is asked for often, so that the
// texts are kept by ReplicaSet.
func (r *rollout) progressText() models.Sym {
	if r.fresh == models.None {
		return r.v.Dictionary().Sym(r.subject() + " is progressing.")
	}
	id := r.sets[r.fresh].id
	text, known := r.texts[id]
	if !known {
		text = r.v.Dictionary().Sym(r.subject() + " is progressing.")
		r.texts[id] = text
	}
	return text
}

// subject is what progresses.
func (r *rollout) subject() string {
	if r.fresh == models.None {
		return fmt.Sprintf("Deployment %q", r.o.Name())
	}
	return fmt.Sprintf("ReplicaSet %q", r.nameOf(&r.sets[r.fresh]))
}

// ReplicaFailure is the condition of a ReplicaSet that is refused pods, and of its
// Deployment.
const ReplicaFailure = "ReplicaFailure"

// tellFailure takes over what a ReplicaSet says about its failure, the new one first.
// Source: pkg/controller/deployment/progress.go (getReplicaFailures).
func (r *rollout) tellFailure() {
	if r.symbols.failure == 0 {
		kind, ever := r.v.Dictionary().Lookup(ReplicaFailure)
		if !ever {
			return // nobody was ever refused a pod
		}
		r.symbols.failure = kind
	}
	var is cluster.Condition
	found := false
	look := func(s *set) {
		if int(s.id) < r.v.Owners() && !found {
			is, found = r.v.Owner(s.id).Condition(r.symbols.failure)
		}
	}
	if r.fresh != models.None {
		look(&r.sets[r.fresh])
	}
	for i := range r.sets {
		look(&r.sets[i])
	}
	was, there := r.o.Condition(r.symbols.failure)
	op := models.Op{Kind: models.OpSetCondition, Owner: r.o.ID(), Name: r.symbols.failure, Ordinal: models.Exact, Arg: models.None}
	switch {
	case !found && !there, found && there && was.Status == is.Status && was.Reason == is.Reason:
		return
	case found:
		op.Arg, op.Reason, op.Message = int64(is.Status), is.Reason, is.Message
	}
	r.do(op)
}

// tell writes the status if anything in it has changed.
func (r *rollout) tell(is Status) {
	r.tellAvailable(is.Available >= r.minimum())
	is.Progressed = r.progressing.updated
	r.statuses.write(r.o.ID(), is)
}

func (r *rollout) tellAvailable(enough bool) {
	is := condition{there: true, status: models.ConditionFalse, reason: r.symbols.tooFew}
	message := "Deployment does not have minimum availability."
	if enough {
		is.status, is.reason = models.ConditionTrue, r.symbols.enough
		message = "Deployment has minimum availability."
	}
	if was := r.known(r.symbols.available, 0); was.there && was.status == is.status && was.reason == is.reason {
		return
	}
	r.do(models.Op{
		Kind: models.OpSetCondition, Owner: r.o.ID(), Name: r.symbols.available, Ordinal: models.Exact,
		Arg: int64(is.status), Reason: is.reason, Message: r.v.Dictionary().Sym(message),
	})
}

// deadline is when to look again whether a rollout that makes no progress has timed
// out: a second after it will have, so that no clock is too slow to tell. A sync in
// the last second is repeated until it has. Nobody looks again after a rollout that
// was complete or has timed out.
// Source: pkg/controller/deployment/progress.go (requeueStuckDeployment).
func (r *rollout) deadline(is *Status) models.Time {
	c := &r.progressing
	if !r.hasDeadline() || !c.there || c.reason == r.symbols.timedOut || c.reason == r.symbols.complete || r.complete(is) {
		return models.Never
	}
	at := c.updated.Add(r.spec.ProgressDeadline)
	if left := at.Sub(r.now); left < time.Second {
		return r.now.Add((max(left, 0)/retryDelay + 1) * retryDelay)
	}
	return at.Add(time.Second)
}
