package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// PodCondition is a condition that a step sets, or takes away: then its Status is None.
type PodCondition struct {
	Type, Reason, Message models.Sym
	Status                int64
}

// patchConditions does a step that patches conditions of the status of a pod.
func (s *Simulation) patchConditions(step *Step, pod cluster.Pod) (string, error) {
	changed := false
	for _, is := range step.Conditions {
		was, ok := pod.Condition(is.Type)
		if is.Status == models.None && !ok ||
			ok && int64(was.Status) == is.Status && was.Reason == is.Reason && was.Message == is.Message {
			continue
		}
		changed = true
		s.do(models.Op{
			Kind: models.OpSetPodCondition, Pod: pod.ID(), Name: is.Type, Ordinal: models.Exact, Arg: is.Status, Reason: is.Reason, Message: is.Message,
		})
	}
	if !changed {
		return s.says(step, "patched (no change)"), nil
	}
	return s.says(step, step.Done), nil
}

// planConditions plans when others set conditions of a pod whose containers have
// started.
func (s *Simulation) planConditions(pod cluster.Pod) {
	for i, c := range s.kubelet.Conditions(pod) {
		if _, ok := pod.Condition(c.Type); !ok {
			s.agenda.After(s.kubelet.ConditionDelay(pod, i), evCondition, 0, int32(pod.ID()), int32(c.Type))
		}
	}
}

// meetCondition lets a condition of a pod become True, unless somebody has set it by now.
func (s *Simulation) meetCondition(id models.PodID, kind models.Sym) {
	pod := s.view.Pod(id)
	if _, ok := pod.Condition(kind); !ok && !pod.Removed() && !pod.Phase().Terminal() {
		s.do(models.Op{Kind: models.OpSetPodCondition, Pod: id, Name: kind, Ordinal: models.Exact, Arg: int64(models.ConditionTrue)})
	}
}

// staleDisruption is how long a pod may be the target of a disruption without being
// deleted. Source: pkg/controller/disruption/disruption.go (stalePodDisruptionTimeout).
const staleDisruption = 2 * time.Minute

// podConditionSet lets the kubelet look at the readiness gates of a pod, and the
// disruption controller at a pod that is the target of a disruption.
func (s *Simulation) podConditionSet(op *models.Op) {
	pod, d := s.view.Pod(op.Pod), s.view.Dictionary()
	if len(pod.Spec().ReadinessGates) > 0 && pod.Node() != models.None {
		s.reportContainers(op.Pod)
	}
	if op.Arg == int64(models.ConditionTrue) && d.String(op.Name) == models.DisruptionTarget {
		s.agenda.After(staleDisruption, evStale, 0, int32(op.Pod), 0)
	}
}

// stale resets the condition DisruptionTarget of a pod that nobody has deleted. One that a
// kubelet has set may last.
// Source: pkg/controller/disruption/disruption.go (syncStalePodDisruption).
func (s *Simulation) stale(id models.PodID) {
	pod, d := s.view.Pod(id), s.view.Dictionary()
	is, ok := pod.Condition(d.Sym(models.DisruptionTarget))
	if !ok || is.Status != models.ConditionTrue || s.agenda.Now().Sub(is.Changed) < staleDisruption ||
		pod.Removed() || pod.Deleting() || pod.Phase().Terminal() || d.String(is.Reason) == models.TerminationByKubelet {
		return
	}
	s.do(models.Op{Kind: models.OpSetPodCondition, Pod: id, Name: is.Type, Ordinal: models.Exact, Arg: int64(models.ConditionFalse)})
}
