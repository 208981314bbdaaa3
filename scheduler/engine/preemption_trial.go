package engine

import (
	"slices"
	"sort"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// trial is one node on an overlay: what would be if pods left it or came to it.
// It implements framework.DryRun.
type trial struct {
	scan  *Scan
	node  framework.Node
	load  framework.Load
	moves []move // since Begin
}

// move is a pod that came or left.
type move struct {
	pod    models.PodID
	added  bool
	before models.Resources // requested; a sum that overflowed has no inverse
}

// Begin implements framework.DryRun.
func (t *trial) Begin(id models.NodeID) {
	node := t.scan.cycle.View.Node(id)
	t.load.Set(node)
	t.node = framework.Node{Node: node, Load: &t.load}
	t.moves = t.moves[:0]
}

// End implements framework.DryRun.
func (t *trial) End() {
	t.rewind(0)
	t.node = framework.Node{}
}

// Remove implements framework.DryRun.
func (t *trial) Remove(pod cluster.Pod) {
	t.moves = append(t.moves, move{pod.ID(), false, t.load.Requested})
	t.take(pod)
}

// Add implements framework.DryRun.
func (t *trial) Add(pod cluster.Pod) {
	t.moves = append(t.moves, move{pod.ID(), true, t.load.Requested})
	t.put(pod)
}

func (t *trial) take(pod cluster.Pod) {
	t.load.Remove(pod)
	for i := range t.scan.extensions {
		if e := &t.scan.extensions[i]; t.scan.skipped&(1<<e.plugin) == 0 {
			e.RemovePod(&t.scan.cycle, pod, t.node)
		}
	}
}

func (t *trial) put(pod cluster.Pod) {
	t.load.Add(pod)
	for i := range t.scan.extensions {
		if e := &t.scan.extensions[i]; t.scan.skipped&(1<<e.plugin) == 0 {
			e.AddPod(&t.scan.cycle, pod, t.node)
		}
	}
}

// rewind undoes all moves from one on, the last one first.
func (t *trial) rewind(from int) {
	for i := len(t.moves) - 1; i >= from; i-- {
		m := &t.moves[i]
		if pod := t.scan.cycle.View.Pod(m.pod); m.added {
			t.take(pod)
		} else {
			t.put(pod)
		}
		t.load.Requested = m.before
	}
	t.moves = t.moves[:from]
}

// Fits implements framework.DryRun.
func (t *trial) Fits() *framework.Status {
	if rejection, ok := t.fits(); !ok {
		return rejection.Status
	}
	return nil
}

// fits asks the filters with the pods on the node that are nominated to it and
// not less important, and then, as some may be missed by affinity, without them.
// Source: pkg/scheduler/framework/runtime/framework.go
// (RunFilterPluginsWithNominatedPods).
func (t *trial) fits() (Rejection, bool) {
	s, from := t.scan, len(t.moves)
	for _, id := range t.node.Nominated() {
		if id == s.cycle.Pod.ID() {
			continue
		}
		if pod := s.cycle.View.Pod(id); pod.Spec().Priority >= s.cycle.Spec.Priority {
			t.Add(pod)
		}
	}
	if len(t.moves) == from {
		return s.ask(t.node)
	}
	rejection, ok := s.ask(t.node)
	t.rewind(from)
	if !ok {
		return rejection, false
	}
	return s.ask(t.node)
}

// PreFiltered implements framework.DryRun.
func (t *trial) PreFiltered(plugin string) bool {
	for i := range t.scan.preFilters {
		if p := &t.scan.preFilters[i]; p.Name() == plugin {
			return t.scan.asked&(1<<p.plugin) != 0
		}
	}
	return false
}

// Rejected implements framework.DryRun. If PreFilter rejected the pod, all nodes
// have its code.
func (t *trial) Rejected(dst []models.NodeID, code framework.Code) []models.NodeID {
	s := t.scan
	if s.diagnosis.PreFilter != "" {
		if s.diagnosis.PreFilterCode == code {
			dst = append(dst, s.nodes.list...)
		}
		return dst
	}
	from := len(dst)
	for i := range s.diagnosis.Rejected {
		if r := &s.diagnosis.Rejected[i]; r.Status.Code == code {
			dst = append(dst, r.Node)
		}
	}
	t.inOrder(dst[from:])
	return dst
}

// inOrder turns nodes in the order of the search, which went round the list from
// some node on, back into the order of the list.
func (t *trial) inOrder(nodes []models.NodeID) {
	s := t.scan
	place := func(id models.NodeID) int { return s.nodes.place[s.cycle.View.Node(id).Spec().Name] }
	if s.cycle.Pod.Nominated() != models.None { // the search began with that node
		slices.SortFunc(nodes, func(a, b models.NodeID) int { return place(a) - place(b) })
		return
	}
	wrap := sort.Search(len(nodes), func(i int) bool { return place(nodes[i]) < place(nodes[0]) })
	slices.Reverse(nodes[:wrap])
	slices.Reverse(nodes[wrap:])
	slices.Reverse(nodes)
}

// Code implements framework.DryRun.
func (t *trial) Code(node models.NodeID) framework.Code {
	d := &t.scan.diagnosis
	if d.PreFilter != "" {
		return d.PreFilterCode
	}
	for i := range d.Rejected {
		if d.Rejected[i].Node == node {
			return d.Rejected[i].Status.Code
		}
	}
	return framework.UnschedulableAndUnresolvable
}

// Offset implements framework.DryRun.
func (t *trial) Offset(n int) int {
	if n > 1 && t.scan.candidates == CandidatesRandom {
		return t.scan.draw(t.scan.cycle.Pod, n)
	}
	return 0
}

// Choose implements framework.DryRun.
func (t *trial) Choose(tied []models.NodeID) int {
	best := 0
	switch s := t.scan; {
	case s.candidates == CandidatesRandom && len(tied) > 1:
		return s.draw(s.cycle.Pod, len(tied))
	case s.candidates == CandidatesByName:
		for i := range tied {
			if s.cycle.View.Node(tied[i]).Name() < s.cycle.View.Node(tied[best]).Name() {
				best = i
			}
		}
	}
	return best
}
