package sim

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/control"
)

// preempt carries out what an attempt that found no node asks for: the pod is
// nominated, and what stands in its way on that node is deleted, or not bound
// after all. Pods that are less important lose their nominations to that node,
// since they may no longer fit there.
// Source: pkg/scheduler/framework/preemption/executor.go (prepareCandidateAsync).
func (s *Simulation) preempt(out *scheduler.Outcome) {
	if out.Nominate.Kind != models.OpNone {
		s.do(out.Nominate)
	}
	victims := slices.DeleteFunc(slices.Clone(out.Victims), func(id models.PodID) bool {
		pod := s.view.Pod(id)
		return pod.Removed() || pod.Deleting() || pod.Phase().Terminal()
	})
	if len(victims) == 0 {
		return
	}
	preemptor := s.view.Pod(out.Pod)
	spec, node := preemptor.Spec(), s.view.Node(preemptor.Nominated())
	for _, id := range slices.Clone(node.Nominated()) {
		if s.view.Pod(id).Spec().Priority < spec.Priority {
			s.do(models.Op{Kind: models.OpNominatePod, Pod: id, Node: models.None})
		}
	}
	d := s.view.Dictionary()
	reason := d.Sym(plugins.ReasonPreemption + " for " + d.String(spec.Namespace) + "/" + preemptor.Name())
	for _, id := range victims {
		if s.view.Pod(id).Assumed() != models.None {
			s.cancelBinding(id)
			continue
		}
		s.do(control.DeletePod(s.view.Pod(id), reason))
	}
}
