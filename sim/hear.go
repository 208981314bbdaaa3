package sim

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
)

// nodeState is what a run keeps of a node besides the cluster's row.
type nodeState struct {
	held      [fault.Actions]int32 // faults of each action that hold it
	taintGen  uint32               // changes of its NoExecute taints
	taintedAt models.Time          // when it got the first of these
	slowed    float64              // how many times as long things take on it, while they do
	silent    bool                 // its kubelet is, though it may be up
	shutdown  *shutdown            // under way
	stopped   bool                 // its kubelet did not run all the time since it was heard
	crashed   bool                 // since its kubelet was last heard
	reclaimed bool                 // its machine was taken away
	// While its kubelet is not heard: what it has come to by itself since, and the
	// pods with something that it has not heard of.
	withheld []kernel.Event
	pulled   []pulledImage
	unheard  []models.PodID
	mirrors  []mirror      // of static pods, that went meanwhile
	pressure *nodePressure // nil if it cannot run short of anything
}

// nodeHears reports whether the kubelet of a pod's node hears of what is asked of the
// pod. If not, it will when it is back.
func (s *Simulation) nodeHears(pod cluster.Pod) bool {
	node := s.view.Node(pod.Node())
	if node.Heard() {
		return true
	}
	state := &s.nodes[node.ID()]
	state.unheard = append(state.unheard, pod.ID())
	return false
}

// withhold keeps what happens on a node whose kubelet is silent until it can tell. Under a
// kubelet that does not run what ends is not started again; what one does that is cut off
// it recounts.
func (s *Simulation) withhold(e kernel.Event) bool {
	var node cluster.Node
	switch {
	case e.Kind == evNodeMemory:
		node = s.view.Node(models.NodeID(e.A))
	case e.Kind != evImage && (e.Kind < evStart || e.Kind > evDeadline), e.Kind == evResize, e.Kind == evReported:
		return false // the last two are about nodes, and look themselves
	default:
		pod := s.view.Pod(models.PodID(e.A))
		if pod.Removed() || pod.Node() == models.None {
			return false
		}
		node = s.view.Node(pod.Node())
	}
	if node.Down() || node.Silence() == models.Heard {
		return false
	}
	state := &s.nodes[node.ID()]
	state.withheld = append(state.withheld, e)
	return true
}

// standUnready lets the kubelet of a node that has joined report that it is not ready, if
// that is what is known of it.
func (s *Simulation) standUnready(id models.NodeID) {
	if node := s.view.Node(id); node.Spec().NotReady {
		s.nodes[id].held[fault.NotReady]++
		s.doAll(s.lifecycle.Report(s.view, node, false, s.ops[:0]))
		s.planNodePass(control.NextPass(s.agenda.Now()))
	}
}

// hearingChanged follows a node that crashes, boots, falls silent or is heard again.
func (s *Simulation) hearingChanged(id models.NodeID) {
	node, state := s.view.Node(id), &s.nodes[id]
	if silent := node.Silence() != models.Heard; silent != state.silent {
		state.silent = silent
		if silent {
			s.silences++
		} else {
			s.silences--
		}
	}
	state.crashed = state.crashed || node.Down()
	state.stopped = state.stopped || node.Silence() == models.Stopped
	switch {
	case node.Heard() && state.crashed:
		state.crashed, state.stopped = false, false
		s.register(id)
		s.nodeRestored(id)
		s.showMirrors(id)
	case node.Heard():
		started := state.stopped
		state.stopped = false
		if started {
			s.register(id)
		}
		s.heardAgain(id, started)
		s.showMirrors(id)
	case node.Ready() != models.ConditionUnknown && !node.Removed():
		s.agenda.Schedule(max(control.SilentAt(s.agenda.Now(), node), s.agenda.Now()), evSilent, node.Outages(), int32(id), 0)
	}
}

// silent is the pass of the node lifecycle controller that finds a node silent
// for too long.
func (s *Simulation) silent(id models.NodeID, outage uint32) {
	node := s.view.Node(id)
	if node.Heard() || node.Removed() || node.Outages() != outage {
		return
	}
	if node.HeardUntil(s.agenda.Now()) < node.Joined() && s.agenda.Now() < node.Joined().Add(control.StartupGrace) {
		return // it is there again, and is given time to be heard
	}
	if at := s.lifecycle.Patience(); at > s.agenda.Now() {
		s.agenda.Schedule(at, evSilent, outage, int32(id), 0)
		return
	}
	s.doAll(s.lifecycle.MarkUnknown(s.view, node, s.ops[:0]))
	s.planNodePass(s.agenda.Now())
	if s.nodes[id].held[fault.Loss] > 0 {
		s.lost(id)
	}
}

// report lets the kubelet of a node write its status, if that has changed and if it is
// heard.
func (s *Simulation) report(id models.NodeID) {
	node := s.view.Node(id)
	is := models.ConditionTrue
	if s.nodes[id].held[fault.NotReady] > 0 || node.ShuttingDown() {
		is = models.ConditionFalse
	}
	if node.Heard() && !node.Removed() && node.Ready() != is {
		s.doAll(s.lifecycle.Report(s.view, node, is == models.ConditionTrue, s.ops[:0]))
		s.planNodePass(control.NextPass(s.agenda.Now()))
	}
}

// heardAgain is a kubelet that is back while its containers went on: it renews its
// Lease, writes the status of its node and that of every pod, recounts what has happened
// meanwhile, and turns to what was asked of it. One that was started also looks at every
// pod as if it were new, and may refuse to go on with it.
// Source: pkg/kubelet/kubelet.go (HandlePodAdditions).
func (s *Simulation) heardAgain(id models.NodeID, started bool) {
	node := s.view.Node(id)
	state := &s.nodes[id]
	events, pulled := state.withheld, state.pulled
	state.withheld, state.pulled = nil, nil
	again := s.unreadied(node)
	s.report(id)
	if !started {
		s.recount(id, events, pulled)
		events, pulled = nil, nil
	}
	s.readyAgain(again)
	s.lookAtGates(node)
	s.heardEphemerals(node)
	for _, out := range pulled {
		s.pulledBefore(out.Outcome)
	}
	for _, e := range events {
		s.agenda.Schedule(s.agenda.Now(), e.Kind, e.Gen, e.A, e.B)
	}
	slices.Sort(state.unheard)
	unheard := slices.Compact(state.unheard)
	pods := unheard
	if started {
		pods = slices.Concat(unheard, node.Pods())
		slices.Sort(pods)
		pods = slices.Compact(pods)
	}
	for i, pod := range pods {
		state.unheard = pods[i+1:] // it takes one after the other
		_, isNew := slices.BinarySearch(unheard, pod)
		s.caughtUp(s.view.Pod(pod), isNew)
	}
	state.unheard = nil
	if started {
		s.forgetPressure(id)
	}
	s.retryResizes(id)
	s.planPressure(id)
}

// lookAtGates lets a kubelet that is back see what has become of the readiness gates of
// its pods.
func (s *Simulation) lookAtGates(node cluster.Node) {
	for _, id := range slices.Sorted(slices.Values(node.Pods())) {
		if pod := s.view.Pod(id); len(pod.Spec().ReadinessGates) > 0 && s.kubelet.Working(id) {
			s.reportContainers(id)
		}
	}
}

// caughtUp lets a kubelet see to a pod of which it has not heard before, or only before
// it was started.
func (s *Simulation) caughtUp(pod cluster.Pod, isNew bool) {
	switch {
	case pod.Removed() || pod.Phase().Terminal() || pod.Node() == models.None:
	case pod.Deleting() && isNew:
		s.leaveImages(pod)
		s.stop(pod, pod.Deadline().Sub(pod.DeletedAt()))
	case pod.Deleting():
	case isNew:
		s.receive(pod)
	default:
		s.admit(pod)
	}
}
