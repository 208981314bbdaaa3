package scheduler

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// ClaimOn returns a claim for another node than the scheduler chose, with what the
// Reserve plugins want to be noted before the pod is bound there.
func (s *Scheduler) ClaimOn(v cluster.View, claim Claim, node models.NodeID) (Claim, error) {
	pod := v.Pod(claim.Pod)
	p := &s.profiles[s.byName[pod.Spec().SchedulerName]]
	s.cycle = framework.Cycle{View: v, Pod: pod, Spec: pod.Spec(), Nodes: v.Nodes(), Counts: framework.Walk{View: v}}
	before, refusal := p.reserve(&s.cycle, node)
	if refusal != nil {
		// Source: pkg/scheduler/framework/runtime/framework.go (RunReservePluginsReserve).
		return claim, fmt.Errorf("running Reserve plugin %q: %s", p.names[refusal.plugin], refusal.status.Message())
	}
	claim.Node, claim.Before, claim.Op = node, before, p.bind.Bind(&s.cycle, node)
	return claim, nil
}
