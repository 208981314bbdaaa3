package sim

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ownerChanged lets the controller of an owner react to a change.
func (s *Simulation) ownerChanged(id models.OwnerID) {
	s.planReconcile(id, s.agenda.Now().Add(s.config.Latencies.Controller))
}

// podsChanged lets the controller of an owner react to a change of its pods. That of a
// deleted one has done what there was to do.
func (s *Simulation) podsChanged(id models.OwnerID, delay time.Duration) {
	if !s.view.Owner(id).Deleted() {
		s.planReconcile(id, s.agenda.Now().Add(delay))
	}
}

// podLeft lets the controller of an owner react to the end or the deletion of one
// of its pods. To all but the Job controller an ended pod is one that is no longer
// active, and that is all.
func (s *Simulation) podLeft(id models.OwnerID) {
	if s.view.Owner(id).Kind() == models.Job {
		if !s.view.Owner(id).Deleted() {
			s.gather(id)
		}
		return
	}
	s.podsChanged(id, s.config.Latencies.Controller)
}

// gather lets the Job controller react to news of a Job: it takes them in for a while, up
// to, but not including, the moment at which it looks.
// Source: pkg/controller/job/job_controller.go (enqueueSyncJobBatched).
func (s *Simulation) gather(id models.OwnerID) {
	at := s.agenda.Now().Add(max(s.config.Latencies.Controller, s.config.Latencies.JobSync))
	if s.plan(id, at) {
		s.agenda.Schedule(at, evGathered, 0, int32(id), 0)
	}
}

// jobPodChanged lets the Job controller react to any change of a pod of a Job.
// Source: pkg/controller/job/job_controller.go (updatePod).
func (s *Simulation) jobPodChanged(id models.PodID) {
	if owner := s.view.Pod(id).Owner(); owner != models.None {
		if o := s.view.Owner(owner); o.Kind() == models.Job && o.Live() {
			s.gather(owner)
		}
	}
}

// planReconcile puts a sync of an owner on the agenda, unless an earlier one is
// there.
func (s *Simulation) planReconcile(id models.OwnerID, at models.Time) {
	if s.plan(id, at) {
		s.agenda.Schedule(at, evReconcile, 0, int32(id), 0)
	}
}

// plan notes when an owner will be synced, and reports whether that is earlier than
// was known.
func (s *Simulation) plan(id models.OwnerID, at models.Time) bool {
	for int(id) >= len(s.planned) {
		s.planned = append(s.planned, models.Never)
	}
	if at >= s.planned[id] {
		return false
	}
	s.planned[id] = at
	return true
}

// reconcile syncs an owner: its controller proposes, the operations are applied.
func (s *Simulation) reconcile(id models.OwnerID) {
	now := s.agenda.Now()
	if s.planned[id] != now {
		return
	}
	s.planned[id] = models.Never
	s.sync(id)
}

// afterRejection is how long no pod is made for an owner whose last pod was refused by a
// kubelet at the very moment of its creation, which only happens where nothing takes
// time. ReplicaSets and StatefulSets do not back off: the moment would never pass.
const afterRejection = time.Second

// rejectedAtOnce notes that a kubelet refused a pod at the moment of its creation.
func (s *Simulation) rejectedAtOnce(id models.OwnerID) {
	switch s.view.Owner(id).Kind() {
	case models.Job, models.DaemonSet: // these back off
		return
	}
	if s.rejected == nil {
		s.rejected = make(map[models.OwnerID]models.Time)
	}
	s.rejected[id] = s.agenda.Now()
}

// sync lets the controller of an owner act.
func (s *Simulation) sync(id models.OwnerID) {
	now, owner := s.agenda.Now(), s.view.Owner(id)
	if at, ok := s.rejected[id]; ok {
		if at == now {
			s.planReconcile(id, now.Add(afterRejection))
			return
		}
		delete(s.rejected, id)
	}
	if s.admission != nil && s.unobserved(id) {
		return
	}
	if claimed := s.controllers.Claim(s.view, owner, s.ops[:0]); len(claimed) > 0 {
		s.doAll(claimed)
	}
	ops, next := s.controllers.Reconcile(now, s.view, owner, s.ops[:0])
	if s.admission == nil {
		s.doAll(ops)
	} else {
		s.submit(owner, ops, &next)
	}
	if owner.Deleted() {
		delete(s.runTimes, ownerKey(id))
	}
	if next.Again > 0 {
		s.planReconcile(id, now.Add(s.config.Latencies.Controller+next.Again))
	}
	if next.Wake != models.Never {
		s.planReconcile(id, max(next.Wake, now.Add(time.Nanosecond)))
	}
	if next.Wrote {
		s.statusWritten(owner)
	}
}

// statusWritten lets the Deployment react to a status: to its own, or to that of one
// of its ReplicaSets.
func (s *Simulation) statusWritten(o cluster.Owner) {
	if o.Parent() != models.None {
		s.ownerChanged(o.Parent())
	} else {
		s.ownerChanged(o.ID())
	}
}

// familyChanged lets the controller of an owner react to a change of it, and that of
// its Deployment, too.
// Source: pkg/controller/deployment/deployment_controller.go (updateReplicaSet).
func (s *Simulation) familyChanged(id models.OwnerID) {
	s.ownerChanged(id)
	if parent := s.view.Owner(id).Parent(); parent != models.None && !s.view.Owner(parent).Deleted() {
		s.ownerChanged(parent)
	}
}

// podChanged lets the ReplicaSet of a Deployment react to what changes its status.
// Nobody reads the status of another one, so that it takes no notice. StatefulSets and
// DaemonSets wait for their pods themselves.
func (s *Simulation) podChanged(id models.PodID) {
	owner := s.view.Pod(id).Owner()
	if owner == models.None {
		return
	}
	if o := s.view.Owner(owner); (o.Parent() != models.None && o.Kind() != models.Job) || o.Kind().Revised() {
		s.podsChanged(owner, s.config.Latencies.Controller)
	}
}

// nodeChanged lets the DaemonSets react that have something to do on a node.
func (s *Simulation) nodeChanged(id models.NodeID) {
	s.daemonSets = slices.DeleteFunc(s.daemonSets, func(o models.OwnerID) bool { return s.view.Owner(o).Deleted() })
	for _, set := range s.daemonSets {
		if s.controllers.NodeConcerns(s.view.Owner(set), s.view.Node(id)) {
			s.ownerChanged(set)
		}
	}
}

// allPodsGone lets an owner that waits for its pods to be gone go on: one that is being
// deleted, one whose claims go with it, or a Deployment that waits for the last of its
// old pods.
// Source: pkg/controller/deployment/deployment_controller.go (deletePod).
func (s *Simulation) allPodsGone(id models.OwnerID) {
	o := s.view.Owner(id)
	if o.Terminating() == models.Foreground || o.Deleted() && o.Spec().DeleteClaimsWhenDeleted {
		s.ownerChanged(id)
	}
	parent := o.Parent()
	if parent == models.None || s.view.Owner(parent).Deleted() || s.view.Owner(parent).Spec().Strategy != models.Recreate {
		return
	}
	for set := range s.view.Owner(parent).Children() {
		for range set.Pods() {
			return
		}
	}
	s.ownerChanged(parent)
}
