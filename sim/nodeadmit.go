package sim

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// admit is the admission of a pod by its kubelet: it takes the pod, refuses it, or makes
// room for it first if it is critical; taken tells whether the pod can go on. Somebody
// has named the node, or the node is another one than that which the scheduler saw.
// Source: pkg/kubelet/kubelet.go (HandlePodAdditions), and
// pkg/kubelet/lifecycle/predicate.go (Admit).
func (s *Simulation) admit(pod cluster.Pod) (taken bool) {
	node := s.view.Node(pod.Node())
	if node.ShuttingDown() {
		defer func() {
			if taken {
				taken = false
				s.reject(pod, kubelet.ReasonShutdown, kubelet.MessageShutdown)
			}
		}()
	}
	if message, refused := s.refusedUnderPressure(pod); refused {
		s.reject(pod, models.ReasonEvicted, message)
		return false
	}
	if !kubelet.MayRefuse(pod, node) {
		return true
	}
	others := s.othersOn(node, pod)
	refusals := kubelet.Refusals(pod, node, others)
	if len(refusals) == 0 {
		return true
	}
	if kubelet.Critical(pod) {
		// What is not room weighs more, since room can be made.
		if at := slices.IndexFunc(refusals, func(r kubelet.Refusal) bool { return r.Short == nil }); at >= 0 {
			refusals = refusals[at:]
		} else {
			return s.makeRoom(pod, others, refusals)
		}
	}
	s.reject(pod, refusals[0].Reason, refusals[0].Message)
	return false
}

// othersOn lists the pods that the kubelet of a node has taken, the oldest first.
func (s *Simulation) othersOn(node cluster.Node, pod cluster.Pod) []cluster.Pod {
	waiting := s.nodes[node.ID()].unheard
	var list []cluster.Pod
	for _, id := range node.Pods() {
		if other := s.view.Pod(id); id != pod.ID() && other.Node() == node.ID() && !slices.Contains(waiting, id) {
			list = append(list, other)
		}
	}
	slices.SortFunc(list, func(a, b cluster.Pod) int { return int(a.ID()) - int(b.ID()) })
	return list
}

// reject lets a pod fail that its kubelet refuses.
func (s *Simulation) reject(pod cluster.Pod, reason, message string) {
	d := s.view.Dictionary()
	if owner := pod.Owner(); owner != models.None && pod.Created() == s.agenda.Now() {
		s.rejectedAtOnce(owner)
	}
	s.do(models.Op{
		Kind: models.OpRejectPod, Pod: pod.ID(), Reason: d.Sym(reason), Message: d.Sym("Pod was rejected: " + message),
	})
}

// makeRoom ends pods for the sake of a critical one, one after the other; when they are
// gone it is taken.
// Source: pkg/kubelet/preemption/preemption.go (HandleAdmissionFailure).
func (s *Simulation) makeRoom(pod cluster.Pod, others []cluster.Pod, refusals []kubelet.Refusal) (taken bool) {
	short := make([]kubelet.Shortage, len(refusals))
	for i := range refusals {
		short[i] = *refusals[i].Short
	}
	victims, err := kubelet.Victims(pod, others, short)
	if err != nil {
		s.reject(pod, "UnexpectedAdmissionError", "Unexpected error while attempting to recover from admission failure: "+err.Error())
		return false
	}
	ids := make([]models.PodID, len(victims))
	for i := range victims {
		ids[i] = victims[i].ID()
	}
	return s.preemptNext(pod, ids)
}

// preemptNext ends the next of the pods that stand in the way of a critical one.
func (s *Simulation) preemptNext(pod cluster.Pod, victims []models.PodID) (taken bool) {
	for len(victims) > 0 {
		victim := s.view.Pod(victims[0])
		victims = victims[1:]
		if victim.Removed() || victim.Phase().Terminal() || victim.Node() != pod.Node() {
			continue
		}
		s.kill(victim, victim.Spec().GracePeriod, dying{
			reason: s.view.Dictionary().Sym(kubelet.ReasonPreempting), preemptor: pod.ID(), then: victims,
		})
		return false
	}
	return true
}

// dying is a pod whose kubelet ends it by itself, and what comes of that.
type dying struct {
	reason  models.Sym
	message models.Sym  // what the kubelet says of it, if that is not always the same
	until   models.Time // when its containers end
	code    int64
	// preemptor is the critical pod that waits for the room, then the pods that have
	// to go after this one; or None.
	preemptor models.PodID
	then      []models.PodID
	node      models.NodeID // that shuts down
	group     uint32        // of that shutdown, or 0
	evicted   bool          // by the eviction manager of that node
}

// kill lets a kubelet end a pod within a grace: its containers stop, and it fails.
// Source: pkg/kubelet/pod_workers.go (killPodNow).
func (s *Simulation) kill(pod cluster.Pod, grace time.Duration, how dying) {
	if s.view.Node(pod.Node()).Heard() { // else nobody is told
		s.do(models.Op{Kind: models.OpKillPod, Pod: pod.ID(), Arg: int64(grace), Reason: how.reason, Message: how.message})
	}
	delay := time.Duration(0)
	how.code = sigTerm
	if pod.Up() {
		if delay = s.kubelet.StopDelay(pod, grace); delay >= grace {
			how.code = sigKill
		}
	}
	how.until = s.nodeNow().Add(delay)
	if !s.kubelet.Working(pod.ID()) {
		how.until = s.nodeNow().Add(max(delay, s.stopEphemerals(pod, grace)))
	}
	if s.dying == nil {
		s.dying = make(map[models.PodID]dying)
	}
	if s.kubelet.Working(pod.ID()) {
		how.until = models.Never
		s.dying[pod.ID()] = how
		s.failContainers(pod.ID(), grace, how.reason)
		return
	}
	s.dying[pod.ID()] = how
	s.planOnNode(how.until, evKilled, 0, int32(pod.ID()), 0)
}

// killed is the end of a pod that its kubelet has ended.
func (s *Simulation) killed(id models.PodID) {
	how, is := s.dying[id]
	if !is || s.nodeNow() < how.until {
		return
	}
	if s.view.Node(s.view.Pod(id).Node()).Down() {
		delete(s.dying, id) // containers and all are lost
		return
	}
	if pod := s.view.Pod(id); !pod.Removed() && !pod.Phase().Terminal() {
		s.lastEphemerals(pod, how.code == sigKill)
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: how.code, Reason: how.reason})
	}
	s.died(id)
}

// died goes on with what waited for the end of a pod.
func (s *Simulation) died(id models.PodID) {
	how, is := s.dying[id]
	if !is {
		return
	}
	delete(s.dying, id)
	if how.group > 0 {
		s.endedForShutdown(how.node, how.group)
	}
	if how.evicted {
		s.cleanedUp(how.node)
	}
	if how.preemptor == models.None {
		return
	}
	if pod := s.view.Pod(how.preemptor); !pod.Removed() && pod.Active() && s.preemptNext(pod, how.then) && !pod.Up() {
		s.planStart(pod, s.view.Node(pod.Node()))
	}
}

// spared reports whether an event does not happen, since the kubelet of its pod is ending
// that.
func (s *Simulation) spared(e kernel.Event) bool {
	switch e.Kind {
	case evStart, evCreate, evSandbox, evReady, evEnd, evRestart, evMemory, evDeadline, evImage:
		_, is := s.dying[models.PodID(e.A)]
		return is
	}
	return false
}
