package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/fault"
)

// The stages of a Reclaim.
const (
	reclaimAnswer int32 = iota // evictors are asked again
	reclaimNotice              // the notice is there
	reclaimOver                // and its time is over
)

// announce begins a Reclaim: with a warning, if there is one, and else with the notice.
func (s *Simulation) announce(index int, f *fault.Fault) {
	if f.Warning > 0 {
		s.agenda.After(f.Warning, evReclaim, 0, int32(index), reclaimNotice)
		s.agenda.After(0, evReclaim, 0, int32(index), reclaimAnswer)
		return
	}
	s.reclaim(index, reclaimNotice)
}

// reclaim is what happens to nodes that are to be taken away, and then are.
func (s *Simulation) reclaim(index int, stage int32) {
	k := &s.strikes[index]
	f := s.planner.Fault(k.Strike)
	switch stage {
	case reclaimNotice:
		k.until = s.agenda.Now().Add(f.Notice)
		s.agenda.Schedule(k.until, evReclaim, 0, int32(index), reclaimOver)
	case reclaimOver:
		k.over = true
		for _, id := range k.nodes {
			s.nodes[id].held[fault.Loss]++
			s.nodes[id].reclaimed = true
			s.suffer(id, fault.Loss, f.Name)
		}
	}
	if k.over {
		return
	}
	s.answerNotice(k)
	if s.config.Evictors[evict.Notice] != nil {
		s.agenda.After(evictionRetry, evReclaim, 0, int32(index), reclaimAnswer)
	}
}

// answerNotice lets the evictor for notices say who leaves now. A node that somebody is to
// leave takes nobody more.
func (s *Simulation) answerNotice(k *strike) {
	for _, id := range append([]models.NodeID(nil), k.nodes...) {
		node := s.view.Node(id)
		if node.Down() || node.Removed() {
			continue
		}
		pods, _, _ := s.drainable(node, &DrainOptions{IgnoreDaemonSets: true, DeleteEmptyDir: true, Force: true})
		o := s.occasion(evict.Notice, id, pods)
		o.Until, o.Early = k.until, k.until == models.Never
		for _, p := range s.config.Evictors.Of(evict.Notice).Propose(s.view, o) {
			if !node.Unschedulable() {
				s.do(models.Op{Kind: models.OpCordonNode, Node: id, Arg: 1})
			}
			if !s.view.Pod(p.Pod).Removed() {
				s.evict(&p, nil)
			}
		}
	}
}
