package scheduler

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// reservation is a Reserve plugin of a profile, permission a Permit plugin, each
// with its position.
type reservation struct {
	plugin int
	framework.Reserve
}

type permission struct {
	plugin int
	framework.Permit
}

// refusal is the answer of a plugin that takes a node back which was found.
type refusal struct {
	plugin int
	status *framework.Status
}

// reserve asks the Reserve plugins what is to be noted before the pod is bound.
func (p *profile) reserve(c *framework.Cycle, node models.NodeID) (ops []models.Op, r *refusal) {
	for i := range p.reserves {
		var s *framework.Status
		if ops, s = p.reserves[i].Reserve.Reserve(c, node, ops); s.Rejected() {
			return nil, &refusal{p.reserves[i].plugin, s}
		}
	}
	return ops, nil
}

// permit asks the Permit plugins whether the pod may be bound. The pod waits for
// as long as the least patient of those that let it wait.
// Source: pkg/scheduler/framework/runtime/framework.go (RunPermitPlugins).
func (p *profile) permit(c *framework.Cycle, node models.NodeID) (wait time.Duration, r *refusal) {
	for i := range p.permits {
		s, timeout := p.permits[i].Permit.Permit(c, node)
		switch {
		case s.Rejected():
			return 0, &refusal{p.permits[i].plugin, s}
		case s != nil && s.Code == framework.Wait:
			if timeout = min(timeout, framework.MaxPermitWait); wait == 0 || timeout < wait {
				wait = timeout
			}
		}
	}
	return wait, nil
}

// refused is the outcome of an attempt whose node was taken back: the message is
// about that node alone, and nobody looks for a way to make room.
// Source: pkg/scheduler/schedule_one.go (assumeAndReserve, prepareForBindingCycle).
func (s *Scheduler) refused(pod cluster.Pod, spec *models.PodSpec, evaluated int, r *refusal) Outcome {
	var histogram framework.Histogram
	histogram.Add(r.status, 1)
	out := Outcome{Verdict: Unschedulable, Pod: pod.ID(), Message: string(histogram.Append(nil, 1)),
		Evaluated: evaluated, Rejectors: 1 << r.plugin}
	if r.status.Code == framework.Pending {
		out.Pending = out.Rejectors
	}
	s.counters.Unschedulable++
	out.nominate(pod, models.None)
	out.Op = s.failure(pod.ID(), out.Message)
	s.open = append(s.open, decision{pod.ID(), spec, models.None, out.Rejectors, out.Pending})
	return out
}
