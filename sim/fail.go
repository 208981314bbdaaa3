package sim

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kubelet"
)

// strike is an occurrence of a fault with the nodes it holds down.
type strike struct {
	fault.Strike
	end   models.Time
	nodes []models.NodeID
	until models.Time // of a Reclaim: when its nodes go, once that is told
	over  bool        // they are gone
}

func (s *Simulation) planStrike(next fault.Strike) {
	s.strikes = append(s.strikes, strike{Strike: next, until: models.Never})
	s.agenda.Schedule(next.At, evStrike, 0, int32(len(s.strikes)-1), 0)
}

// strikeNow lets a fault strike at a step of the user, once in each of its domains.
func (s *Simulation) strikeNow(step *Step) string {
	name := s.view.Dictionary().String(s.config.Faults[step.Fault].Name)
	strikes := s.planner.Strikes(step.Fault, s.agenda.Now())
	nodes := 0
	for _, strike := range strikes {
		nodes += len(s.planner.Nodes(strike))
		s.planStrike(strike)
	}
	if !s.config.Faults[step.Fault].Action.OfNodes() {
		return fmt.Sprintf("fault %q strikes", name)
	}
	if nodes == 1 {
		return fmt.Sprintf("fault %q strikes 1 node", name)
	}
	return fmt.Sprintf("fault %q strikes %d nodes", name, nodes)
}

// strike does what a fault does. What another fault does already goes on until both are
// over.
func (s *Simulation) strike(index int) {
	k := &s.strikes[index]
	f := s.planner.Fault(k.Strike)
	k.end = s.planner.End(k.Strike)
	k.nodes = slices.Clone(s.planner.Nodes(k.Strike))
	s.inputs.struck(k, f, contentView{s.view})
	s.agenda.Schedule(k.end, evRecover, 0, int32(index), 0)
	s.tellFault(models.OpBeginFault, f, len(k.nodes))
	if !f.Action.OfNodes() {
		s.hold(f, 1)
	}
	for _, id := range k.nodes {
		s.holdNode(id, f, 1)
	}
	if f.Action == fault.Reclaim {
		s.announce(index, f)
	}
}

// holdNode lets a fault take hold of a node.
func (s *Simulation) holdNode(id models.NodeID, f *fault.Fault, by int32) {
	state := &s.nodes[id]
	state.held[f.Action] += by
	s.occupy(id, f, int64(by))
	switch {
	case f.Action == fault.Slow:
		s.slowNode(id, f.Factor, by)
	case f.Action == fault.Shutdown && by > 0 && !s.view.Node(id).Down() && state.shutdown == nil:
		s.shutDown(id, f.Grace, f.Name)
	case by > 0:
		s.suffer(id, f.Action, f.Name)
	default:
		s.suffer(id, f.Action, 0)
	}
}

// recover ends a fault and plans its next occurrence.
func (s *Simulation) recover(index int) {
	k := s.strikes[index]
	f := s.planner.Fault(k.Strike)
	s.strikes[index].nodes = nil
	if !f.Action.OfNodes() {
		s.hold(f, -1)
	}
	for _, id := range k.nodes {
		s.holdNode(id, f, -1)
	}
	s.tellFault(models.OpEndFault, f, len(k.nodes))
	if next, ok := s.planner.Next(k.Strike, k.end); ok {
		s.planStrike(next)
	}
}

// tellFault writes down that a fault begins or is over, unless what its nodes go through
// tells of it.
func (s *Simulation) tellFault(what models.OpKind, f *fault.Fault, nodes int) {
	switch f.Action {
	case fault.Crash, fault.Shutdown, fault.Reboot, fault.Loss:
		return
	}
	s.do(models.Op{
		Kind: what, Name: f.Name, Ordinal: models.Exact, Reason: s.view.Dictionary().Sym(f.Action.String()), Arg: int64(nodes),
	})
}

// suffer brings a node into the state that the faults of an action hold it in.
func (s *Simulation) suffer(id models.NodeID, action fault.Action, why models.Sym) {
	node, held := s.view.Node(id), &s.nodes[id].held
	switch action {
	case fault.Crash, fault.Shutdown, fault.Reboot, fault.Loss:
		off := held[fault.Crash] + held[fault.Reboot] + held[fault.Loss]
		switch down := off+held[fault.Shutdown] > 0; {
		case s.nodes[id].shutdown != nil && off == 0: // it goes off when its pods are gone
		case down && !node.Down():
			s.nodes[id].shutdown = nil
			s.do(models.Op{Kind: models.OpCrashNode, Node: id, Reason: why})
		case !down && node.Down():
			s.do(models.Op{Kind: models.OpRestoreNode, Node: id})
		}
		if held[fault.Loss] > 0 && node.Ready() == models.ConditionUnknown {
			s.lost(id) // that it is silent has been found before
		}
	case fault.Silence, fault.Partition:
		is := models.Heard
		switch {
		case held[fault.Silence] > 0:
			is = models.Stopped
		case held[fault.Partition] > 0:
			is = models.CutOff
		}
		if is != node.Silence() {
			s.do(models.Op{Kind: models.OpSilenceNode, Node: id, Arg: int64(is), Reason: why})
		}
	case fault.NotReady:
		s.report(id)
	}
}

// nodeRestored is a node that boots: its kubelet reports, and every pod that was
// on it has lost its containers.
func (s *Simulation) nodeRestored(id models.NodeID) {
	s.images.Booted(s.agenda.Now(), id)
	s.ageImages(id)
	s.nodes[id].withheld, s.nodes[id].pulled, s.nodes[id].unheard = nil, nil, nil
	s.kubelet.Booted(s.agenda.Now(), id)
	s.report(id)
	s.forgetPressure(id)
	pods := slices.Clone(s.view.Node(id).Pods())
	slices.Sort(pods)
	for i, pod := range pods {
		s.nodes[id].unheard = pods[i+1:] // the kubelet takes one after the other
		s.rebooted(pod)
	}
	s.nodes[id].unheard = nil
}

// rebooted deals with one pod on a node that has booted: it is removed if that
// was asked for, failed if its deadline passed meanwhile, started again if its
// policy allows and the kubelet admits it still, and failed otherwise.
func (s *Simulation) rebooted(id models.PodID) {
	pod := s.view.Pod(id)
	delete(s.dying, id)
	s.loseEphemerals(pod)
	switch {
	case pod.Node() == models.None: // room is kept for it, and that is all
	case pod.Deleting():
		s.remove(id, sigKill)
	case pod.Spec().ActiveDeadline > 0 && s.agenda.Now() >= pod.BoundAt().Add(pod.Spec().ActiveDeadline):
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: sigTerm, Reason: s.reasons.deadline})
	case pod.Itemised():
		s.restartContainers(pod)
	case pod.Phase() == models.Pending:
		s.receive(pod)
	case kubelet.Restarts(pod, sigKill):
		if !s.admit(pod) {
			return
		}
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
