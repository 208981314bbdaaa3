package scheduler

import (
	"fmt"
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

// Permitted asks the Permit plugins again about a pod that has waited on its node
// for some time. It returns false if the pod waits on; otherwise the verdict is
// Claimed if the pod may be bound. If it is not, its room is to be given back and
// the outcome's Op carried out; Refused answers that.
// Source: pkg/scheduler/framework/runtime/waiting_pods_map.go.
func (s *Scheduler) Permitted(claim *Claim, waited time.Duration, v cluster.View) (Outcome, bool) {
	pod := v.Pod(claim.Pod)
	if pod.Removed() {
		return Outcome{Verdict: Claimed, Pod: claim.Pod}, true // its binding fails
	}
	spec := pod.Spec()
	p := &s.profiles[s.byName[spec.SchedulerName]]
	s.cycle = framework.Cycle{View: v, Pod: pod, Spec: spec, Nodes: v.Nodes(), Counts: framework.Walk{View: v}}
	wait, r := p.permit(&s.cycle, claim.Node)
	switch {
	case r != nil:
	case wait == 0:
		return Outcome{Verdict: Claimed, Pod: claim.Pod}, true
	case waited < claim.Wait:
		return Outcome{}, false
	default:
		r = p.impatient(&s.cycle, claim)
	}
	s.close(claim.Pod)
	return s.refused(pod, spec, 0, r), true
}

// impatient is the refusal of the plugin that waits in vain.
func (p *profile) impatient(c *framework.Cycle, claim *Claim) *refusal {
	for i := range p.permits {
		if status, _ := p.permits[i].Permit.Permit(c, claim.Node); status != nil && status.Code == framework.Wait {
			return &refusal{p.permits[i].plugin, framework.NewStatus(framework.Unschedulable,
				fmt.Sprintf("rejected due to timeout after waiting %v at plugin %s", claim.Wait, p.permits[i].Name()))}
		}
	}
	return nil
}

// Refused answers that a pod was not permitted to be bound, once its room is given
// back: the pod waits for an event that may help, and others hear of the room.
// Source: pkg/scheduler/schedule_one.go (handleBindingCycleError).
func (s *Scheduler) Refused(now models.Time, claim *Claim, v cluster.View) {
	d, ok := s.close(claim.Pod)
	if !ok {
		return
	}
	s.queue.Reject(now, claim.Pod, d.rejectors, d.pending, v)
	s.queue.NotifyOthers(now, &framework.Event{Kind: framework.AssignedPodDelete, Node: claim.Node, Spec: d.spec}, claim.Pod, v)
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
