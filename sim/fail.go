package sim

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kubelet"
)

// strike is an occurrence of a fault with the nodes it holds down.
type strike struct {
	fault.Strike
	end   models.Time
	nodes []models.NodeID
}

func (s *Simulation) planStrike(next fault.Strike) {
	s.strikes = append(s.strikes, strike{Strike: next})
	s.agenda.Schedule(next.At, evStrike, 0, int32(len(s.strikes)-1), 0)
}

// strike takes nodes down. A node that another fault holds down already stays
// down until both are over.
func (s *Simulation) strike(index int) {
	k := &s.strikes[index]
	k.end = s.planner.End(k.Strike)
	k.nodes = slices.Clone(s.planner.Nodes(k.Strike))
	s.inputs.struck(k, s.planner.Name(k.Strike), contentView{s.view})
	s.agenda.Schedule(k.end, evRecover, 0, int32(index), 0)
	for _, id := range k.nodes {
		s.downs[id]++
		if s.downs[id] == 1 {
			s.do(models.Op{Kind: models.OpCrashNode, Node: id, Reason: s.planner.Name(k.Strike)})
		}
	}
}

// recover ends a fault and plans its next occurrence.
func (s *Simulation) recover(index int) {
	k := s.strikes[index]
	s.strikes[index].nodes = nil
	for _, id := range k.nodes {
		s.downs[id]--
		if s.downs[id] == 0 {
			s.do(models.Op{Kind: models.OpRestoreNode, Node: id})
		}
	}
	if next, ok := s.planner.Next(k.Strike, k.end); ok {
		s.planStrike(next)
	}
}

// nodeCrashed plans when the silence of the node will be noticed.
func (s *Simulation) nodeCrashed(id models.NodeID) {
	s.images.Lost(s.agenda.Now(), id)
	node := s.view.Node(id)
	if node.Ready() == models.ConditionTrue {
		s.agenda.Schedule(control.SilentAt(s.agenda.Now(), node), evSilent, uint32(node.Crashes()), int32(id), 0)
	}
}

// silent is the pass of the node lifecycle controller that finds a node silent
// for too long.
func (s *Simulation) silent(id models.NodeID, crashes uint32) {
	node := s.view.Node(id)
	if !node.Down() || uint32(node.Crashes()) != crashes {
		return
	}
	s.doAll(s.lifecycle.MarkUnknown(s.view, node, s.ops[:0]))
	s.planNodePass(s.agenda.Now())
}

// nodeRestored is a node that boots: its kubelet reports, and every pod that was
// on it has lost its containers.
func (s *Simulation) nodeRestored(id models.NodeID) {
	s.images.Booted(s.agenda.Now(), id)
	node := s.view.Node(id)
	if node.Ready() != models.ConditionTrue {
		s.doAll(s.lifecycle.MarkReady(s.view, node, s.ops[:0]))
		s.planNodePass(control.NextPass(s.agenda.Now()))
	}
	pods := slices.Clone(node.Pods())
	slices.Sort(pods)
	for _, pod := range pods {
		s.rebooted(pod)
	}
}

// rebooted deals with one pod on a node that has booted: it is removed if that
// was asked for, failed if its deadline passed meanwhile, started again if its
// policy allows, and failed otherwise.
func (s *Simulation) rebooted(id models.PodID) {
	pod := s.view.Pod(id)
	switch {
	case pod.Node() == models.None: // room is kept for it, and that is all
	case pod.Deleting():
		s.remove(id)
	case pod.Spec().ActiveDeadline > 0 && s.agenda.Now() >= pod.BoundAt().Add(pod.Spec().ActiveDeadline):
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: sigTerm, Reason: s.reasons.deadline})
	case pod.Phase() == models.Pending:
		s.planStart(pod, s.view.Node(pod.Node()))
	case kubelet.Restarts(pod, sigKill):
		s.do(models.Op{Kind: models.OpExitPod, Pod: id, Arg: sigKill, Reason: s.reasons.rebooted})
	default:
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: sigKill, Reason: s.reasons.rebooted})
	}
}

// planNodePass puts a pass of the node lifecycle controller on the agenda.
func (s *Simulation) planNodePass(at models.Time) {
	if at < s.passAt {
		s.passAt = at
		s.agenda.Schedule(at, evNodePass, 0, 0, 0)
	}
}

func (s *Simulation) nodePass() {
	if s.agenda.Now() != s.passAt {
		return
	}
	s.passAt = models.Never
	s.doAll(s.lifecycle.Pass(s.agenda.Now(), s.view, s.ops[:0]))
	s.planTaintPass()
}

func (s *Simulation) planTaintPass() {
	if at := s.lifecycle.NextTaint(s.agenda.Now()); at < s.taintAt {
		s.taintAt = at
		s.agenda.Schedule(at, evTaintPass, 0, 0, 0)
	}
}

func (s *Simulation) taintPass() {
	if s.agenda.Now() != s.taintAt {
		return
	}
	s.taintAt = models.Never
	s.doAll(s.lifecycle.TaintPass(s.agenda.Now(), s.view, s.ops[:0]))
	s.planTaintPass()
}

// doAll applies operations that one component proposed, in order.
func (s *Simulation) doAll(ops []models.Op) {
	s.ops = nil // what they set off may propose operations of its own
	for _, op := range ops {
		s.do(op)
	}
	s.ops = ops[:0]
}
