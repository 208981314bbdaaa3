package sim

import (
	"time"

	"github.com/podsim/podsim/models"
)

// ownerChanged lets the controller of an owner react to a change.
func (s *Simulation) ownerChanged(id models.OwnerID) {
	s.planReconcile(id, s.agenda.Now().Add(s.config.Latencies.Controller))
}

// podEnded lets the controller of an owner react to the end of one of its pods.
// The Job controller gathers such news; the others take no notice of it, save
// that an ended pod is no longer active.
func (s *Simulation) podEnded(id models.OwnerID) {
	delay := s.config.Latencies.Controller
	if s.view.Owner(id).Kind() == models.Job {
		delay = max(delay, s.config.Latencies.JobSync)
	}
	s.planReconcile(id, s.agenda.Now().Add(delay))
}

// planReconcile puts a sync of an owner on the agenda, unless an earlier one is
// there.
func (s *Simulation) planReconcile(id models.OwnerID, at models.Time) {
	for int(id) >= len(s.planned) {
		s.planned = append(s.planned, models.Never)
	}
	if at < s.planned[id] {
		s.planned[id] = at
		s.agenda.Schedule(at, evReconcile, 0, int32(id), 0)
	}
}

// reconcile syncs an owner: its controller proposes, the operations are applied.
func (s *Simulation) reconcile(id models.OwnerID) {
	now := s.agenda.Now()
	if s.planned[id] != now {
		return
	}
	s.planned[id] = models.Never
	owner := s.view.Owner(id)
	ops, wake := s.controllers[owner.Kind()].Reconcile(now, s.view, owner, s.ops[:0])
	s.doAll(ops)
	if owner.Deleted() {
		delete(s.runTimes, ownerKey(id))
	}
	if wake != models.Never {
		s.planReconcile(id, max(wake, now.Add(time.Nanosecond)))
	}
}
