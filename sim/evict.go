package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/evict"
)

// taintsChanged follows the NoExecute taints of a node: every pod on it is given
// a new deadline, counted from when the node was first tainted.
func (s *Simulation) taintsChanged(id models.NodeID, taint models.Taint) {
	s.outOfService(taint)
	if taint.Effect != models.NoExecute {
		return
	}
	node := s.view.Node(id)
	tainted, others := false, false
	for _, t := range node.Taints() {
		if t.Effect == models.NoExecute {
			tainted = true
			others = others || t != taint
		}
	}
	if tainted && !others {
		s.nodes[id].taintedAt = s.agenda.Now()
	}
	s.nodes[id].taintGen++
	if tainted {
		for _, pod := range node.Pods() {
			s.planTaintEviction(s.view.Pod(pod), node)
		}
	}
}

func (s *Simulation) planTaintEviction(pod cluster.Pod, node cluster.Node) {
	if len(node.Taints()) == 0 || pod.Deleting() {
		return
	}
	if at := s.taintDeadline(pod, node); at != models.Never {
		at = max(at, s.agenda.Now())
		s.agenda.Schedule(at, evTaintEviction, s.nodes[node.ID()].taintGen, int32(pod.ID()), int32(node.ID()))
	}
}

// taintDeadline is when a pod has to leave its node for its taints.
func (s *Simulation) taintDeadline(pod cluster.Pod, node cluster.Node) models.Time {
	since := s.nodes[node.ID()].taintedAt
	if at := s.halts.restarted; at > 0 {
		since = max(since, at) // all that it knows is from then
	}
	if bound := pod.BoundAt(); bound != models.Never {
		since = max(since, bound)
	}
	return evict.TaintDeadline(pod, node, since)
}

func (s *Simulation) taintEviction(id models.PodID, node models.NodeID, gen uint32) {
	pod := s.view.Pod(id)
	if s.nodes[node].taintGen != gen || pod.Removed() || pod.Deleting() || pod.Phase().Terminal() || pod.Node() != node {
		return
	}
	if s.taintDeadline(pod, s.view.Node(node)) > s.agenda.Now() {
		return // it tolerates more by now
	}
	s.do(control.DeletePod(pod, s.reasons.taintManager))
}

// podDeleted stops a pod that is marked for deletion. One that holds no running
// containers goes at once; one on a node whose kubelet is not heard stays until it is
// back.
func (s *Simulation) podDeleted(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Owner() != models.None {
		s.podLeft(pod.Owner())
	}
	s.leaveImages(pod)
	switch {
	case pod.Node() == models.None || pod.Phase().Terminal():
		s.remove(id, sigTerm)
	case s.nodeHears(pod):
		s.stop(pod, pod.Deadline().Sub(s.agenda.Now()))
	}
}

// stop stops the containers of a pod within its grace.
func (s *Simulation) stop(pod cluster.Pod, grace time.Duration) {
	if pod.Spec().Static {
		s.keepMirror(pod)
		return
	}
	if pod.Itemised() {
		s.stopContainers(pod, grace)
		return
	}
	code, lingers := int64(sigTerm), s.stopEphemerals(pod, grace)
	if !pod.Up() && lingers == 0 {
		if grace <= 0 {
			code = sigKill
		}
		s.remove(pod.ID(), code)
		return
	}
	delay := time.Duration(0)
	if pod.Up() {
		if delay = s.kubelet.StopDelay(pod, grace); delay >= grace {
			code = sigKill
		}
	}
	s.agenda.After(max(delay, lingers), evStopped, pod.Epoch(), int32(pod.ID()), int32(code))
}

// podRemoved is what follows when the object is gone.
func (s *Simulation) podRemoved(id models.PodID, node models.NodeID) {
	s.kubelet.Forget(id)
	s.drainHears(id)
	delete(s.runTimes, podKey(id))
	delete(s.sessions, id)
	delete(s.lingers, id)
	if len(s.dying) > 0 {
		s.died(id)
	}
	if node == models.None {
		s.scheduler.Delete(id)
	}
	pod := s.view.Pod(id)
	s.releaseAddress(pod)
	if s.pulls {
		s.planCollection(s.images.Gone(s.agenda.Now(), id, pod.Node()), pod.Node())
	}
	s.leaveResizes(id, node)
	if s.protected > 0 {
		s.claimsReleased(pod)
	}
	owner := pod.Owner()
	if pod.Phase().Terminal() {
		s.ended--
	}
	if pod.Spec().Static && pod.Node() != models.None {
		s.mirrorGone(pod)
	}
	if owner == models.None {
		return
	}
	// What has ended does not count for most; a StatefulSet waits for its name.
	if !pod.Phase().Terminal() || s.view.Owner(owner).Kind().Revised() {
		s.podLeft(owner)
	}
	s.allPodsGone(owner)
	s.claimsLeft(pod)
}

// planPodGC puts a pass of the pod garbage collector on the agenda when there are
// more ended pods than it leaves alone.
func (s *Simulation) planPodGC() {
	if s.ended > control.TerminatedPodThreshold {
		s.planGC()
	}
}

func (s *Simulation) podGC() {
	s.gcPlanned = false
	for s.ended > control.TerminatedPodThreshold && s.terminated.Len() > 0 {
		id := s.terminated.Next()
		if pod := s.view.Pod(id); !pod.Removed() {
			s.do(models.Op{Kind: models.OpDeletePod, Pod: id, Reason: s.reasons.podGC})
		}
	}
	s.collectTerminating()
}
