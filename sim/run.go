package sim

import (
	"github.com/podsim/podsim/models"
)

// end is the end of a pod's containers by themselves: they are started again
// under the restart policy, or the pod reaches its terminal phase.
func (s *Simulation) end(id models.PodID, epoch uint32, exitCode int64) {
	pod := s.view.Pod(id)
	if pod.Epoch() != epoch {
		return
	}
	if s.restarts(pod, exitCode) {
		s.do(models.Op{Kind: models.OpExitPod, Pod: id, Arg: exitCode})
		return
	}
	op := models.Op{Kind: models.OpFinishPod, Pod: id, Arg: exitCode}
	if exitCode != 0 {
		op.Reason = s.reasons.failed
	}
	s.do(op)
}

// podExited plans the next start of containers that ended, after their back-off.
// On a node whose kubelet is not heard nothing is planned: its return starts them.
func (s *Simulation) podExited(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Itemised() || !s.view.Node(pod.Node()).Heard() {
		return
	}
	at := s.kubelet.RestartAt(s.nodeNow(), pod).Add(s.kubelet.RestartDelay(pod))
	if !s.pulls {
		at = at.Add(s.kubelet.PullsDelay(pod, s.view.Node(pod.Node())))
	}
	s.planOnNode(at, evRestart, pod.Epoch(), int32(id), 0)
}

func (s *Simulation) restart(id models.PodID, epoch uint32) {
	pod := s.view.Pod(id)
	switch {
	case pod.Epoch() != epoch:
	case s.pulls:
		s.seeToImages(pod, 0)
	default:
		s.startAll(pod)
	}
}

// podFinished is what follows a terminal phase: its controller hears of it, and
// the object waits for garbage collection.
func (s *Simulation) podFinished(id models.PodID) {
	pod := s.view.Pod(id)
	s.kubelet.Forget(id)
	s.meter.Forget(pod)
	s.leaveImages(pod)
	s.releaseAddress(pod)
	if len(s.dying) > 0 {
		s.died(id)
	}
	s.leaveResizes(id, pod.Node())
	s.ended++
	s.terminated.Add(id, pod.Phase() == models.Failed && s.view.Dictionary().String(pod.Reason()) == models.ReasonEvicted)
	s.planPodGC()
	if pod.Owner() != models.None {
		s.podLeft(pod.Owner())
	}
	if pod.Deleting() {
		s.remove(id, sigTerm)
	}
}
