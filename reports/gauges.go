package reports

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// gauges is the present state of the cluster in a few numbers.
type gauges struct {
	pending, bound, running, terminating int64

	nodesReady, nodesDown int64
	// requested and allocatable sum over nodes whose Ready condition is True.
	requested, allocatable models.Resources
	kinds                  int // of resources that have been named

	nodeReady   []bool // by NodeID, as the API has it
	lastDown    models.NodeID
	lastUnready models.NodeID
}

// slot returns the counter that a pod stands in, or nil when it has ended.
// Terminating pods stand in no other.
func (g *gauges) slot(t *track) *int64 {
	switch {
	case t.state >= stateEnded:
		return nil
	case t.flags&flagDeleting != 0:
		return &g.terminating
	case t.state == statePending:
		return &g.pending
	case t.state == stateBound:
		return &g.bound
	}
	return &g.running
}

func (g *gauges) observePod(s *step) {
	if from := g.slot(&s.was); from != nil {
		*from--
	}
	if to := g.slot(s.row); to != nil {
		*to++
	}
	if s.op.Kind == models.OpCreatePod {
		g.kinds = len(s.view.Dictionary().ResourceNames())
	}
	held, holds := s.was.state.holds(), s.row.state.holds()
	if more, ok := s.more(); ok && holds && g.nodeReady[s.node] {
		for i, amount := range &more {
			g.requested[i] += amount
		}
	}
	if held == holds || !g.nodeReady[s.node] {
		return
	}
	for i, amount := range &s.spec.Requests {
		if holds {
			g.requested[i] += amount
		} else {
			g.requested[i] -= amount
		}
	}
}

func (g *gauges) observeNode(s *step) {
	id := s.op.Node
	switch s.op.Kind {
	case models.OpAddNode:
		g.kinds = len(s.view.Dictionary().ResourceNames())
		if int(id) == len(g.nodeReady) {
			g.nodeReady = append(g.nodeReady, false)
		} else if s.view.Node(id).Down() {
			g.nodesDown++
		}
		g.setReady(s, s.view.Node(id).Ready() == models.ConditionTrue)
	case models.OpRemoveNode:
		g.setReady(s, false)
		if s.view.Node(id).Down() {
			g.nodesDown--
		}
	case models.OpSetNodeReady:
		g.setReady(s, models.ConditionStatus(s.op.Arg) == models.ConditionTrue)
	case models.OpCrashNode:
		if !s.view.Node(id).Removed() {
			g.nodesDown++
		}
		g.lastDown = id
	case models.OpRestoreNode:
		if !s.view.Node(id).Removed() {
			g.nodesDown--
		}
	}
}

// resize takes over what may be taken of a node, of which so much was there.
func (g *gauges) resize(s *step, was *models.Resources) {
	if g.nodeReady[s.op.Node] {
		is := s.view.Node(s.op.Node).Allocatable()
		for i := range g.allocatable {
			g.allocatable[i] += is[i] - was[i]
		}
	}
}

// BoundRequests is what the pods on a node request, without those that are not bound yet
// and for which a scheduler keeps room.
func BoundRequests(v cluster.View, node cluster.Node) models.Resources {
	requested := *node.Requested()
	for _, id := range node.Pods() {
		if pod := v.Pod(id); pod.Assumed() != models.None {
			requested = requested.Sub(pod.Spec().Requests)
		}
	}
	return requested
}

func (g *gauges) setReady(s *step, ready bool) {
	id := s.op.Node
	if !ready {
		g.lastUnready = id
	}
	if g.nodeReady[id] == ready {
		return
	}
	g.nodeReady[id] = ready
	sign := int64(-1)
	if ready {
		sign = 1
	}
	g.nodesReady += sign
	node := s.view.Node(id)
	requested, allocatable := BoundRequests(s.view, node), node.Allocatable()
	for i := range g.requested {
		g.requested[i] += sign * requested[i]
		g.allocatable[i] += sign * allocatable[i]
	}
}

// utilisation is the requested share of what is allocatable, 0 when nothing is.
func (g *gauges) utilisation(r models.Resource) float64 {
	return Share(g.requested[r], g.allocatable[r])
}

// Share is the share that a part has of a whole, 0 of nothing.
func Share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
