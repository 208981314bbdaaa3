package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

// binding is a claim whose pod is not bound yet: a scheduler keeps room for it,
// and goes on with other pods.
// Source: pkg/scheduler/schedule_one.go (runBindingCycle).
type binding struct {
	claim scheduler.Claim
	since models.Time // when room was taken
	gen   uint32      // of the slot
	live  bool
	waits bool // for Permit plugins
}

// assume takes room for the pod of a claim. The pod is bound later, when the
// Permit plugins let it and the API server has been told.
func (s *Simulation) assume(claim *scheduler.Claim) {
	now := s.agenda.Now()
	if err := s.committer.Assume(now, claim); err != nil {
		s.scheduler.Rejected(now, claim.Pod, s.view)
		return
	}
	s.counted()
	slot := len(s.bindings)
	for i := range s.bindings {
		if !s.bindings[i].live {
			slot = i
			break
		}
	}
	if slot == len(s.bindings) {
		s.bindings = append(s.bindings, binding{})
	}
	b := &s.bindings[slot]
	*b = binding{claim: *claim, since: now, gen: b.gen + 1, live: true, waits: claim.Wait > 0}
	if !b.waits {
		s.agenda.After(s.config.Latencies.Binding, evBind, b.gen, int32(slot), 0)
		return
	}
	s.waiting++
	s.agenda.After(claim.Wait, evPermit, b.gen, int32(slot), 0)
}

// completeBinding binds the pod of a claim, or takes everything back.
func (s *Simulation) completeBinding(slot int, gen uint32) {
	b := &s.bindings[slot]
	if !b.live || b.gen != gen {
		return
	}
	b.live = false
	if claim := &b.claim; s.bind(claim) {
		s.scheduler.Accepted(claim.Pod)
	} else {
		s.forget(claim)
		s.scheduler.Rejected(s.agenda.Now(), claim.Pod, s.view)
	}
	s.wakeScheduler()
}

// cancelBinding gives up the room that is kept for a pod, which then backs off. The
// original does so whether the pod waits for Permit or is about to be bound.
// Source: pkg/scheduler/framework/preemption/executor.go (PreemptPod).
func (s *Simulation) cancelBinding(id models.PodID) {
	for i := range s.bindings {
		b := &s.bindings[i]
		if !b.live || b.claim.Pod != id {
			continue
		}
		if b.waits {
			s.waiting--
		}
		b.live, b.waits = false, false
		s.forget(&b.claim)
		s.scheduler.Rejected(s.agenda.Now(), id, s.view)
	}
}

// permit asks the Permit plugins again about the pods that wait for them, since
// something has changed or their time is over.
func (s *Simulation) permit() {
	for slot := 0; slot < len(s.bindings) && s.waiting > 0; slot++ {
		b := &s.bindings[slot]
		if !b.live || !b.waits {
			continue
		}
		now := s.agenda.Now()
		out, ok := s.scheduler.Permitted(&b.claim, now.Sub(b.since), s.view)
		if !ok {
			continue
		}
		b.waits = false
		s.waiting--
		if out.Verdict == scheduler.Claimed {
			s.agenda.After(s.config.Latencies.Binding, evBind, b.gen, int32(slot), 0)
			continue
		}
		b.live = false
		s.forget(&b.claim)
		if pod := s.view.Pod(out.Pod); !pod.Removed() {
			s.do(out.Op)
		}
		s.scheduler.Refused(now, &b.claim, s.view)
		s.wakeScheduler()
	}
}

// forget gives back what is kept for a claim.
func (s *Simulation) forget(claim *scheduler.Claim) {
	s.committer.Forget(s.agenda.Now(), claim)
	s.counted()
}
