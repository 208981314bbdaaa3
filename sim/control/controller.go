package control

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/usage"
)

// Controllers are the controllers of one cluster, and what they have written into
// the statuses of the owners.
type Controllers struct {
	replicaSet  replicaSet
	deployment  deployment
	job         job
	statefulSet statefulSet
	daemonSet   daemonSet
	cronJob     cronJob
	autoscaler  autoscaler
	specs       specs
	statuses    statuses
	choice      *choice
	claims      claims
}

// New returns the controllers of a cluster with these symbols. Those of StatefulSets
// and DaemonSets make specifications of single pods, which define makes known.
func New(d *models.Dictionary, define func(*models.PodSpec) models.SpecID) *Controllers {
	c := &Controllers{statuses: make(statuses), specs: newSpecs(d, define), choice: newChoice(), claims: newClaims()}
	c.replicaSet, c.job = replicaSet{c.statuses, c.choice}, newJob(d, c.choice)
	c.deployment = deployment{statuses: c.statuses, symbols: newSymbols(d), texts: make(map[models.OwnerID]models.Sym), alike: make(map[models.OwnerID]models.SpecID)}
	c.statefulSet, c.daemonSet = statefulSet{specs: &c.specs}, daemonSet{specs: &c.specs, failures: make(failures), astray: make(map[models.OwnerID]bool)}
	c.cronJob = cronJob{epoch: time.Unix(0, 0).UTC(), zones: make(map[string]*time.Location), state: make(map[models.OwnerID]*cronState)}
	c.autoscaler = autoscaler{statuses: c.statuses, state: make(map[models.OwnerID]*autoscalerState)}
	return c
}

// Begin tells when virtual time begins: what schedules are about. It is 1970-01-01 in UTC
// otherwise.
func (c *Controllers) Begin(at time.Time) { c.cronJob.epoch = at }

// LastSchedule sets the moment of the newest Job of a CronJob from before the run.
func (c *Controllers) LastSchedule(o models.OwnerID, at time.Time) { c.cronJob.of(o).last = at }

// Restart lets controllers forget what they know only while they run. It returns the
// owners for which that makes a difference at once, of all that they look at again.
func (c *Controllers) Restart() []models.OwnerID {
	c.autoscaler.restart()
	return append(c.job.restart(), c.daemonSet.failures.restart()...)
}

// Recall lets the Job controller know what it knew before the run of a Job, from its
// pods.
func (c *Controllers) Recall(job models.OwnerID) { c.job.past[job] = true }

// Measure lets autoscalers see what pods use.
func (c *Controllers) Measure(m *usage.Meter) { c.autoscaler.meter = m }

// Next is what should follow a sync.
type Next struct {
	// Wake is when the controller wants to be asked about the owner again, Never if
	// only a change of the cluster matters.
	Wake models.Time
	// Again is how long after the end of this sync it wants that, instead; 0 for Wake.
	Again time.Duration
	// Wrote tells that the status of the owner was written, and that somebody who
	// watches the object has something to do because of that.
	Wrote bool
}

// Reconcile syncs one owner: it appends the operations that the controller of its
// kind proposes.
func (c *Controllers) Reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	if o.Deleted() {
		c.forget(o)
		return claimsOfDeleted(v, o, collect(v, o, ops)), Next{Wake: models.Never}
	}
	ops, next := c.sync(now, v, o, ops)
	if o.Terminating() != models.Background {
		ops, next.Wake = finalize(v, o, ops), models.Never
	}
	return ops, next
}

// forget drops what is kept of an owner that is deleted.
func (c *Controllers) forget(o cluster.Owner) {
	id := o.ID()
	delete(c.statuses, id)
	delete(c.deployment.texts, id)
	delete(c.deployment.alike, id)
	c.job.forget(id)
	delete(c.cronJob.state, id)
	delete(c.autoscaler.state, id)
	delete(c.daemonSet.astray, id)
	c.daemonSet.failures.forget(id)
	c.specs.forget(id)
	c.choice.forget(o)
	delete(c.claims.pods, id)
	delete(c.claims.sets, id)
}

// sync asks the controller of the kind of an owner.
func (c *Controllers) sync(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	switch o.Kind() {
	case models.Deployment:
		return c.deployment.reconcile(now, v, o, ops)
	case models.Job:
		ops, wake := c.job.reconcile(now, v, o, ops)
		return ops, Next{Wake: wake}
	case models.StatefulSet:
		return c.statefulSet.reconcile(now, v, o, ops)
	case models.DaemonSet:
		return c.daemonSet.reconcile(now, v, o, ops)
	case models.CronJob:
		ops, wake := c.cronJob.reconcile(now, v, o, ops)
		return ops, Next{Wake: wake}
	case models.HorizontalPodAutoscaler:
		return c.autoscaler.reconcile(now, v, o, ops)
	}
	return c.replicaSet.reconcile(now, v, o, ops)
}

// Heard follows a change of a pod. It must be told of all of them once it has been
// asked to reconcile anything.
func (c *Controllers) Heard(now models.Time, op *models.Op, v cluster.View) {
	c.choice.heard(now, op, v)
	switch op.Kind {
	case models.OpAdoptPod:
		c.job.adopted(op.Owner, op.Pod)
	case models.OpAdoptOwner:
		c.Adopt(op.Owner)
		c.deployment.adopted(v.Owner(op.Owner))
	}
	if c.autoscaler.meter != nil {
		c.autoscaler.meter.Index.Heard(op, v)
	}
}

// Status is the status of a Deployment or ReplicaSet as its controller has last
// written it. It lags behind the cluster, as the real one does: the Deployment
// controller knows pods only by the statuses of its ReplicaSets.
type Status struct {
	Replicas    int32 // active pods
	Updated     int32 // of these: of the current template; Deployments only
	Ready       int32
	Available   int32
	Unavailable int32 // Deployments only
	Terminating int32
	// Observed is the generation of the specification that it is about.
	Observed int32
	// Collisions counts names of ReplicaSets that were taken; Deployments only.
	Collisions int32
	// Progressed is when the condition Progressing was last updated, also to the
	// same; Deployments only.
	Progressed models.Time
}

// Status returns the status that was last written of an owner.
func (c *Controllers) Status(o models.OwnerID) Status { return c.statuses.of(o) }

// Adopt takes over a ReplicaSet that was there before the run. Until its first sync
// its status is what its pods make, as somebody had written it.
func (c *Controllers) Adopt(set models.OwnerID) { c.statuses[set] = &Status{Observed: adopted} }

// adopted is the generation that a status tells of which nobody has written yet.
const adopted = -1

// statuses are the statuses of Deployments and of their ReplicaSets. Nobody reads
// those of others.
type statuses map[models.OwnerID]*Status

func (s statuses) of(o models.OwnerID) Status {
	if status := s[o]; status != nil {
		return *status
	}
	return Status{}
}

// ofSet returns the status of a ReplicaSet.
func (s statuses) ofSet(now models.Time, o cluster.Owner) Status {
	if status := s.of(o.ID()); status.Observed != adopted {
		return status
	}
	return statusOfSet(now, o)
}

// statusOfSet computes the status of a ReplicaSet from its pods.
// Source: pkg/controller/replicaset/replica_set_utils.go (calculateStatus).
func statusOfSet(now models.Time, o cluster.Owner) Status {
	n := o.Counts()
	return Status{
		Replicas: n.Active, Ready: n.Ready, Available: o.Available(now), Terminating: n.Terminating, Observed: o.Generation(),
	}
}

// write replaces a status and reports whether it changed.
func (s statuses) write(o models.OwnerID, is Status) bool {
	status := s[o]
	if status == nil {
		status = new(Status)
		s[o] = status
	}
	if *status == is {
		return false
	}
	*status = is
	return true
}

// Reasons of operations, as reports show them.
const (
	ReasonScaleDown    = "ScaleDown"
	ReasonOwnerDeleted = "OwnerDeleted"
	ReasonJobFailed    = "JobFailed"
	ReasonJobFinished  = "JobFinished"
	ReasonJobSuspended = "JobSuspended"
	ReasonTTL          = "TTLAfterFinished"
	ReasonPodGC        = "PodGC"
	ReasonHistoryLimit = "RevisionHistoryLimit"
	// Of pods of StatefulSets and DaemonSets.
	ReasonRollingUpdate = "RollingUpdate"
	ReasonEndedPod      = "EndedPod"
	ReasonSurplusPod    = "SurplusPod"
	ReasonUnwantedNode  = "UnwantedNode"
)

// ReasonReplicaSetCreateError is why a Deployment makes no progress that was refused
// its ReplicaSet.
const ReasonReplicaSetCreateError = "ReplicaSetCreateError"

// FailedReplicaSet is what a Deployment says about that.
// Source: pkg/controller/deployment/sync.go (getNewReplicaSet).
func FailedReplicaSet(name, why string) string {
	return fmt.Sprintf("Failed to create new replica set %q: %s", name, why)
}

// burst is the most pods that a controller creates or deletes in one sync.
// Source: pkg/controller/replicaset/replica_set.go (BurstReplicas), and
// pkg/controller/job/job_controller.go (MaxPodCreateDeletePerSync).
const burst = 500

// create appends the creation of n pods of an owner, in the order in which batches
// of 1, 2, 4 and so on are sent: none fails, so that no batch is the last.
// Source: pkg/controller/replicaset/replica_set.go (slowStartBatch).
func create(v cluster.View, o cluster.Owner, n int32, ops []models.Op) []models.Op {
	first, ordinal, spec := models.PodID(v.Pods()), o.NextOrdinal(), o.Spec().Template
	for i := range n {
		ops = append(ops, models.Op{
			Kind: models.OpCreatePod, Pod: first + models.PodID(i), Owner: o.ID(),
			Def: int32(spec), Ordinal: ordinal + i,
		})
	}
	return ops
}

// remove appends the deletion of a pod with its own grace. A pod on no node and
// an ended one go at once.
// Source: pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
func remove(pod cluster.Pod, reason models.Sym, ops []models.Op) []models.Op {
	return append(ops, DeletePod(pod, reason))
}

// DeletePod returns the operation that deletes a pod with its own grace.
func DeletePod(pod cluster.Pod, reason models.Sym) models.Op {
	grace := int64(pod.Spec().GracePeriod)
	if pod.Node() == models.None || pod.Phase().Terminal() {
		grace = 0
	}
	return models.Op{Kind: models.OpDeletePod, Pod: pod.ID(), Arg: grace, Reason: reason}
}
