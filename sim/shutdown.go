package sim

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/fault"
)

// shutdown is a node that ends its pods before it goes off.
type shutdown struct {
	groups []models.ShutdownGrace // that remain
	left   int                    // pods of the group under way that are there still
	group  uint32                 // its number
	why    models.Sym
}

// shutDown tells a node to shut down. Its kubelet reports that it is not ready, takes no
// more pods and ends those that are there, the least important first; then the node goes
// off. Without a grace, or under a kubelet that does not run, it goes off at once.
// Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go (processShutdownEvent).
func (s *Simulation) shutDown(id models.NodeID, grace []models.ShutdownGrace, why models.Sym) {
	node := s.view.Node(id)
	if grace == nil {
		grace = node.Spec().Shutdown
	}
	if node.Silence() == models.Stopped {
		grace = nil
	}
	if len(grace) == 0 {
		s.suffer(id, fault.Shutdown, why)
		return
	}
	s.do(models.Op{Kind: models.OpShutDownNode, Node: id, Reason: why})
	s.report(id)
	s.nodes[id].shutdown = &shutdown{groups: grace, why: why}
	s.shutGroup(id)
}

// shutGroup ends the next group of pods, or lets the node go off when there is none.
// Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager.go (killPods).
func (s *Simulation) shutGroup(id models.NodeID) {
	state := s.nodes[id].shutdown
	for len(state.groups) > 0 {
		grace, next := state.groups[0].Grace, state.groups[1:]
		pods := s.podsBelow(s.view.Node(id), next)
		state.groups = next
		if len(pods) == 0 {
			continue
		}
		state.group++
		state.left = len(pods)
		s.agenda.After(grace, evShutGroup, state.group, int32(id), 0)
		for _, pod := range pods {
			s.endForShutdown(pod, grace, state.group)
		}
		return
	}
	s.goOff(id)
}

// podsBelow lists the pods on a node that are less important than the next group: those
// of the last group are all that remain.
// Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager.go (groupByPriority).
func (s *Simulation) podsBelow(node cluster.Node, next []models.ShutdownGrace) (pods []cluster.Pod) {
	for _, id := range slices.Sorted(slices.Values(node.Pods())) {
		pod := s.view.Pod(id)
		if _, ends := s.dying[id]; ends || pod.Node() != node.ID() {
			continue
		}
		if len(next) == 0 || pod.Spec().Priority < next[0].Priority {
			pods = append(pods, pod)
		}
	}
	return pods
}

// endForShutdown ends a pod within its own grace, if that is shorter than the group's. One
// that is being deleted stops already.
func (s *Simulation) endForShutdown(pod cluster.Pod, grace time.Duration, group uint32) {
	how := dying{reason: s.view.Dictionary().Sym(models.ReasonNodeShutdown), until: models.Never, preemptor: models.None, node: pod.Node(), group: group}
	if pod.Deleting() {
		if s.dying == nil {
			s.dying = make(map[models.PodID]dying)
		}
		s.dying[pod.ID()] = how
		return
	}
	s.kill(pod, min(grace, pod.Spec().GracePeriod), how)
}

// endedForShutdown counts a pod that is gone from a node which shuts down.
func (s *Simulation) endedForShutdown(node models.NodeID, group uint32) {
	if state := s.nodes[node].shutdown; state != nil && state.group == group {
		if state.left--; state.left == 0 {
			s.agenda.Schedule(s.agenda.Now(), evShutGroup, state.group, int32(node), 0)
		}
	}
}

// groupOver goes on with a shutdown when the pods of a group are gone or their time is.
func (s *Simulation) groupOver(id models.NodeID, group uint32) {
	if state := s.nodes[id].shutdown; state != nil && state.group == group {
		s.shutGroup(id)
	}
}

// goOff is the end of a shutdown. If the node was to be up again by now, it boots.
func (s *Simulation) goOff(id models.NodeID) {
	why := s.nodes[id].shutdown.why
	s.nodes[id].shutdown = nil
	if node := s.view.Node(id); !node.Down() {
		s.do(models.Op{Kind: models.OpCrashNode, Node: id, Reason: why})
	}
	s.suffer(id, fault.Crash, 0)
}
