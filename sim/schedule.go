package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

// wakeScheduler puts the next attempt on the agenda, unless the scheduler is busy
// or about to be asked anyway.
func (s *Simulation) wakeScheduler() {
	if s.thinking || s.awake {
		return
	}
	s.awake = true
	s.agenda.After(0, evSchedule, 0, 0, 0)
}

// schedule starts an attempt. The scheduler decides on what it sees now; its
// answer comes when its decision time is over.
func (s *Simulation) schedule() {
	s.awake = false
	if s.thinking || s.halts.scheduler > 0 {
		return
	}
	outcome, ok := s.scheduler.Next(s.agenda.Now(), s.view)
	if !ok {
		s.planFlush()
		return
	}
	s.outcome, s.thinking = outcome, true
	s.agenda.After(s.config.Latencies.Decision, evCommit, s.halts.attempts, 0, 0)
}

// claimed binds the pod of a claim at once, or begins its binding cycle.
func (s *Simulation) claimed(claim *scheduler.Claim) {
	switch {
	case s.config.Latencies.Binding > 0 || claim.Wait > 0:
		s.assume(claim)
	case s.bind(claim):
		s.scheduler.Accepted(claim.Pod)
	default:
		s.scheduler.Rejected(s.agenda.Now(), claim.Pod, s.view)
	}
}

// commit carries out the outcome of an attempt: the committer accepts or rejects
// the claim, or the failure is recorded. A pod that went away in the meantime
// counts as refused.
func (s *Simulation) commit(by uint32) {
	if by != s.halts.attempts {
		return // of one that has stopped meanwhile
	}
	s.thinking = false
	now, out := s.agenda.Now(), &s.outcome
	pod := s.view.Pod(out.Pod)
	pending := !pod.Removed() && pod.Node() == models.None
	switch out.Verdict {
	case scheduler.Claimed:
		s.claimed(&out.Claim)
	case scheduler.Skipped:
		if pending {
			s.do(out.Op)
		}
	default:
		if pending {
			s.do(out.Op)
		}
		s.scheduler.Failed(now, out.Pod, s.view)
		if pending {
			s.preempt(out)
		}
	}
	s.permit()
	s.wakeScheduler()
}

// bind lets the committer carry out a claim, and tells everybody if it did.
func (s *Simulation) bind(claim *scheduler.Claim) bool {
	before := s.before(&claim.Op)
	if err := s.committer.Commit(s.agenda.Now(), claim); err != nil {
		return false
	}
	s.applied(&claim.Op, before)
	return true
}

// planFlush puts the queue's next flush on the agenda, if one would change
// anything.
func (s *Simulation) planFlush() {
	at := s.scheduler.NextFlush(s.agenda.Now())
	if at < s.flushAt {
		s.flushAt = at
		s.agenda.Schedule(at, evFlush, 0, 0, 0)
	}
}

func (s *Simulation) flush() {
	if s.agenda.Now() != s.flushAt {
		return
	}
	s.flushAt = models.Never
	if s.config.EndIdle && s.agenda.Len() == 0 && s.view.Changes() == s.flushed {
		return // all would be refused again, for ever
	}
	s.flushed = s.view.Changes()
	s.scheduler.Flush(s.agenda.Now(), s.view)
	s.wakeScheduler()
}
