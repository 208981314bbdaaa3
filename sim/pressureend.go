package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/kubelet"
	"github.com/podsim/podsim/sim/pressure"
	"github.com/podsim/podsim/sim/usage"
)

// candidates lists the pods of a node that its eviction manager may end, the oldest
// first.
func (s *Simulation) candidates(node cluster.Node) (pods []models.PodID) {
	for _, id := range slices.Sorted(slices.Values(node.Pods())) {
		if s.candidate(node, id) {
			pods = append(pods, id)
		}
	}
	return pods
}

// candidate reports whether the kubelet of a node has taken one of its pods, and does not
// end it for another reason.
func (s *Simulation) candidate(node cluster.Node, id models.PodID) bool {
	_, ends := s.dying[id]
	return !ends && s.view.Pod(id).Node() == node.ID() && !slices.Contains(s.nodes[node.ID()].unheard, id)
}

// victims asks whom a node evicts that lacks something, the first to go first.
func (s *Simulation) victims(node cluster.Node, signal pressure.Signal) []evict.Proposal {
	o := s.occasion(evict.Pressure, node.ID(), s.candidates(node))
	o.Signal = signal.String()
	of := s.gauge(node, signal).of
	o.Scarce = func(pod cluster.Pod) (used, requested int64, known bool) {
		if pod.Starts() == 0 {
			return 0, 0, false
		}
		if pod.Up() && s.kubelet.Usage(pod).Burdens() {
			used = s.meter.Sum(usage.Terms(nil, pod, of...), o.At)
		}
		return used, requestedOf(pod, signal), true
	}
	return s.config.Evictors.Of(evict.Pressure).Propose(s.view, o)
}

// requestedOf returns what a pod requests of what a signal is about. Nobody can request
// inodes or processes; the disk is compared with the ephemeral storage.
// Source: pkg/kubelet/eviction/helpers.go (exceedMemoryRequests, exceedDiskRequests).
func requestedOf(pod cluster.Pod, signal pressure.Signal) int64 {
	switch signal {
	case pressure.MemoryAvailable, pressure.AllocatableMemoryAvailable:
		return pod.Spec().Requests[models.Memory]
	case pressure.NodeFsAvailable, pressure.ImageFsAvailable:
		return pod.Spec().Requests[models.EphemeralStorage]
	}
	return 0
}

// evictFor ends pods for the sake of their node, one after the other. The manager waits
// for them.
// Source: pkg/kubelet/eviction/eviction_manager.go (evictPod, waitForPodsCleanup).
func (s *Simulation) evictFor(id models.NodeID, list []eviction) {
	state, d := s.nodes[id].pressure, s.view.Dictionary()
	state.evicted, state.then = len(list), list[1:]
	e, pod := list[0], s.view.Pod(list[0].Pod)
	how := dying{
		reason: d.Sym(models.ReasonEvicted), message: d.Sym(e.message), until: models.Never, preemptor: models.None, node: id, evicted: true,
	}
	if !pod.Deleting() { // else somebody else is to blame
		s.attribute(&e.Proposal)
		s.kill(pod, e.grace, how)
		return
	}
	s.do(models.Op{Kind: models.OpKillPod, Pod: e.Pod, Arg: int64(e.grace), Reason: how.reason, Message: how.message})
	if s.dying == nil {
		s.dying = make(map[models.PodID]dying)
	}
	s.dying[e.Pod] = how
	s.stop(pod, e.grace)
}

// cleanedUp is the end of a pod that its node has evicted: the next one begins to end, or
// the manager goes on when it finds that all are gone.
func (s *Simulation) cleanedUp(id models.NodeID) {
	state := s.nodes[id].pressure
	if state == nil || state.evicted == 0 {
		return
	}
	left := s.candidates(s.view.Node(id)) // the others may have ended meanwhile
	state.then = slices.DeleteFunc(state.then, func(e eviction) bool { return !slices.Contains(left, e.Pod) })
	if len(state.then) > 0 {
		s.evictFor(id, state.then)
		return
	}
	state.evicted = 0
	state.manager.Resume(s.agenda.Now().Add(pressure.Polled))
	s.planPressure(id)
}

// forgetPressure lets the eviction manager of a node begin anew, with its kubelet.
func (s *Simulation) forgetPressure(id models.NodeID) {
	state := s.nodes[id].pressure
	if state == nil {
		return
	}
	state.manager = pressure.NewManager(state.manager.Config(), s.agenda.Now())
	state.evicted, state.then, state.planned = 0, nil, models.Never
	s.showPressure(s.view.Node(id))
	s.planPressure(id)
}

// evictionMessage is what a kubelet says of a pod that it evicts: the threshold that is
// met, and the containers that use more than they request.
// Source: pkg/kubelet/eviction/helpers.go (evictionMessage).
func (s *Simulation) evictionMessage(pod cluster.Pod, t *pressure.Threshold, observed *pressure.Observations) string {
	var text strings.Builder
	resource, o := t.Signal.Resource(), observed[t.Signal]
	fmt.Fprintf(&text, models.MessageNodeLow+"%s. ", resource)
	fmt.Fprintf(&text, "Threshold quantity: %s, available: %s. ", t.Value.Text(o.Capacity), t.Signal.Text(o.Available))
	var of []usage.Amount
	var r models.Resource
	switch resource {
	case "memory":
		of, r = ofMemory, models.Memory
	case "ephemeral-storage":
		of, r = []usage.Amount{usage.Logs, usage.WritableLayer}, models.EphemeralStorage
	}
	if of == nil || pod.Starts() == 0 {
		return text.String()
	}
	const larger = "%s %s was using %s, request is %s, has larger consumption of %s. "
	spec, d, now := pod.Spec(), s.view.Dictionary(), s.agenda.Now()
	if r == models.Memory && spec.Amounts != nil && spec.Amounts.PodLevel && spec.Requests[r] > 0 {
		used := s.meter.Sum(usage.Terms(nil, pod, of...), now)
		fmt.Fprintf(&text, larger, "Pod", pod.Name(), inBytes(used), inBytes(spec.Requests[r]), resource)
	}
	for i := range spec.Containers {
		used, requested := s.usedBy(pod, i, of), spec.ContainerRequest(i, r)
		if used > requested {
			fmt.Fprintf(&text, larger, "Container", d.String(spec.Containers[i].Name), inBytes(used), inBytes(requested), resource)
		}
	}
	return text.String()
}

// usedBy returns what a container uses now.
func (s *Simulation) usedBy(pod cluster.Pod, container int, of []usage.Amount) int64 {
	return s.meter.Sum(s.termsOf(pod, container, of), s.agenda.Now())
}

// termsOf lists what a container uses of some amounts; the first of containers that are not
// told apart uses all.
func (s *Simulation) termsOf(pod cluster.Pod, container int, of []usage.Amount) (terms []usage.Term) {
	for _, what := range of {
		switch {
		case pod.Itemised():
			terms = append(terms, usage.Term{User: usage.User{Pod: pod, Container: container}, Of: what})
		case container == 0:
			terms = usage.Terms(terms, pod, what)
		}
	}
	return terms
}

// refusedUnderPressure tells what the kubelet of a node that runs short of something says
// of a pod that it does not take: if memory is all that is short, of one that requests
// nothing and does not tolerate that, and otherwise of any that is not critical.
// Source: pkg/kubelet/eviction/eviction_manager.go (Admit).
func (s *Simulation) refusedUnderPressure(pod cluster.Pod) (message string, refused bool) {
	state := s.nodes[pod.Node()].pressure
	if state == nil || state.manager.Raised() == 0 || kubelet.Critical(pod) {
		return "", false
	}
	raised, spec, d := state.manager.Raised(), pod.Spec(), s.view.Dictionary()
	if raised == 1<<models.MemoryPressure {
		taint := models.Taint{Key: d.Sym(models.MemoryPressure.Taint()), Effect: models.NoSchedule}
		if spec.QOS != models.BestEffort || models.Tolerated(spec.Tolerations, taint) {
			return "", false
		}
	}
	var names []string
	for p := range models.NodePressures {
		if raised.Has(p) {
			names = append(names, p.String())
		}
	}
	return "The node had condition: [" + strings.Join(names, " ") + "]. ", true
}

// pressureHears follows what changes the use of nodes.
func (s *Simulation) pressureHears(op *models.Op, node models.NodeID) {
	switch op.Kind {
	case models.OpStartPod, models.OpStartContainer, models.OpExitContainer, models.OpExitPod:
		if pod := s.view.Pod(op.Pod); s.kubelet.Usage(pod).Burdens() {
			s.burdened(pod.Node())
		}
	case models.OpFinishPod, models.OpRejectPod, models.OpRemovePod:
		if node != models.None && s.pressed {
			s.planPressure(node)
		}
	}
}

// imagesChanged follows an image that has arrived on a node, or gone: the node may run short
// of its disk, whatever its pods use.
func (s *Simulation) imagesChanged(id models.NodeID) {
	if !s.pulls {
		return
	}
	disk, used, _ := s.images.Disk(id)
	if disk == 0 || s.nodes[id].pressure != nil {
		s.planPressure(id)
		return
	}
	for _, t := range s.pressureConfig(id).Thresholds {
		if t.Signal.Condition() == models.DiskPressure && disk-used < t.Value.Of(disk) {
			s.burdened(id)
			return
		}
	}
}

// inBytes writes an amount of bytes as Kubernetes does.
func inBytes(n int64) string { return models.FormatQuantity(n, false, models.BinarySI) }
