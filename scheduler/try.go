package scheduler

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
)

// Attempt is a decision that was made past the queue.
type Attempt struct {
	// Skipped says why the scheduler would not try the pod at all; if it is set,
	// there is no decision.
	Skipped string
	Outcome
	// Diagnosis is why no node was found; it holds until the next decision.
	Diagnosis *engine.Diagnosis
	// Engine is the one that decided.
	Engine Engine
}

// Try decides about a pod at once, for those who ask where it would go: past the
// queue, and with nothing to answer. Pods that are gated, that are being deleted
// or that ask for another scheduler are skipped.
func (s *Scheduler) Try(v cluster.View, id models.PodID) Attempt {
	pod := v.Pod(id)
	spec := pod.Spec()
	at, ok := s.byName[spec.SchedulerName]
	switch {
	case !ok:
		return Attempt{Skipped: "schedulerName " + s.dictionary.String(spec.SchedulerName)}
	case pod.Deleting():
		return Attempt{Skipped: "being deleted"}
	}
	p := &s.profiles[at]
	for _, plugin := range p.queue.PreEnqueue {
		if plugin == nil {
			continue
		}
		if status := plugin.PreEnqueue(v, pod); status.Rejected() {
			return Attempt{Skipped: plugin.Name() + ": " + status.Message()}
		}
	}
	out := Attempt{Outcome: s.decide(v, pod), Engine: p.engine}
	s.close(id)
	if d, ok := p.engine.(interface{ Diagnosis() *engine.Diagnosis }); ok && out.Verdict != Claimed {
		out.Diagnosis = d.Diagnosis()
	}
	return out
}
