package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// podBound hands a new pod to the kubelet of its node.
func (s *Simulation) podBound(id models.PodID) {
	pod := s.view.Pod(id)
	node := s.view.Node(pod.Node())
	if node.Removed() { // it went while the pod was being bound
		s.planAbandoned(node.ID())
	} else {
		s.planTaintEviction(pod, node)
	}
	if deadline := pod.Spec().ActiveDeadline; deadline > 0 {
		s.agenda.After(deadline, evDeadline, 0, int32(id), 0)
	}
	if s.nodeHears(pod) {
		s.receive(pod)
	}
}

// receive is a kubelet that hears of a new pod: it admits it and starts it.
func (s *Simulation) receive(pod cluster.Pod) {
	if s.admit(pod) {
		s.planStart(pod, s.view.Node(pod.Node()))
	}
}

func (s *Simulation) planStart(pod cluster.Pod, node cluster.Node) {
	if pod.Itemised() {
		s.beginContainers(pod)
		return
	}
	if s.mayLackSandbox(pod) {
		s.forgetSandbox(pod)
		s.planOnNode(s.nodeNow().Add(s.kubelet.SandboxDelay(pod)), evSandbox, pod.Epoch(), int32(pod.ID()), 0)
		return
	}
	if s.pulls {
		s.planOnNode(s.nodeNow().Add(s.kubelet.SandboxDelay(pod)), evStart, pod.Epoch(), int32(pod.ID()), 0)
		return
	}
	delay := s.kubelet.StartDelay(pod, node)
	s.planOnNode(s.nodeNow().Add(delay), evStart, pod.Epoch(), int32(pod.ID()), 0)
}

// start lets the containers of a pod run, its images being there now.
func (s *Simulation) start(id models.PodID, epoch uint32) {
	pod := s.view.Pod(id)
	if pod.Epoch() != epoch {
		return
	}
	if s.pulls || neverPulls(pod) {
		s.seeToImages(pod, 0)
		return
	}
	s.startAll(pod)
}

// startAll lets the containers of a pod run after the time that it takes to pull what
// its node lacks.
func (s *Simulation) startAll(pod cluster.Pod) {
	node := s.view.Node(pod.Node())
	for _, image := range s.kubelet.Missing(pod, node) {
		s.do(models.Op{Kind: models.OpPullImage, Node: node.ID(), Name: image, Arg: s.kubelet.ImageBytes()})
	}
	s.do(models.Op{Kind: models.OpStartPod, Pod: pod.ID()})
}

// podStarted plans when the containers become Ready and when they end.
func (s *Simulation) podStarted(id models.PodID) {
	pod := s.view.Pod(id)
	if s.pulls {
		s.images.Started(s.agenda.Now(), pod)
	}
	s.planConditions(pod)
	if s.debugged > 0 {
		s.startEphemerals(id)
	}
	if pod.Itemised() {
		return // its containers do
	}
	if delay := s.kubelet.ReadyDelay(pod); delay > 0 {
		s.planOnNode(s.nodeNow().Add(delay), evReady, pod.Epoch(), int32(id), 0)
	} else {
		s.becomesReady(pod)
	}
	if run, code, ok := s.kubelet.End(pod, s.givenRunTime(id)); ok {
		s.planOnNode(s.nodeNow().Add(run), evEnd, pod.Epoch(), int32(id), int32(min(code, 255)))
	}
	if len(s.resizes.restarts) > 0 {
		s.actuate(id)
	}
	// A Job counts restarts in place towards its back-off limit.
	if owner := pod.Owner(); pod.Restarts() > 0 && owner != models.None && s.view.Owner(owner).Kind() == models.Job {
		s.podLeft(owner)
	}
}

func (s *Simulation) ready(id models.PodID, epoch uint32) {
	if pod := s.view.Pod(id); pod.Epoch() == epoch && !pod.Ready() {
		s.becomesReady(pod)
	}
}

// deadline ends a pod that has been active on its node for too long, within its grace.
// Source: pkg/kubelet/active_deadline.go.
func (s *Simulation) deadline(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Removed() || pod.Deleting() || pod.Phase().Terminal() || !s.view.Node(pod.Node()).Heard() {
		return
	}
	s.kill(pod, pod.Spec().GracePeriod, dying{reason: s.reasons.deadline, preemptor: models.None})
}

// Exit codes of containers that were told to stop, and that were killed.
const (
	sigTerm = 143
	sigKill = 137
)
