package sim

import (
	"cmp"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/images"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// recount is a kubelet that was cut off and is heard again. All the time it has started
// containers again, probed them and ended pods as ever; nobody could see that, and nothing
// that others did has reached it. So it is worked out when it is back: what has happened
// since happens in its order, on a clock of its own, and all of it is told at once. What
// changed to and fro meanwhile, readiness, is told as it is in the end.
// Source: pkg/kubelet/status/status_manager.go (syncBatch).
type recount struct {
	node   models.NodeID
	agenda kernel.Agenda // with the clock that the kubelet has come to
	pulled []images.Outcome
	told   models.Time // of what was told last
	ready  []podEpoch  // by then, if still in this epoch
	marks  map[memberOf]models.Op
	pods   map[models.PodID]bool // whose readiness is still to be told
	// deaf are pods that were deleted meanwhile, which the kubelet has not heard of, and how
	// often their epochs have advanced for that.
	deaf map[models.PodID]uint32
}

type podEpoch struct {
	id    models.PodID
	epoch uint32
}

// memberOf is a container of a pod.
type memberOf struct {
	pod       models.PodID
	container int32
}

// nodeNow is the time that it is for kubelets: that of the run, but while one recounts
// what has happened.
func (s *Simulation) nodeNow() models.Time {
	if s.recounts != nil {
		return s.recounts.agenda.Now()
	}
	return s.agenda.Now()
}

// planOnNode puts something on the agenda that kubelets or containers do.
func (s *Simulation) planOnNode(at models.Time, k kernel.Kind, gen uint32, subject, object int32) {
	switch r := s.recounts; {
	case r != nil && at < s.agenda.Now():
		r.agenda.Schedule(at, k, gen, subject, object)
	case r != nil && ofEpoch(k, object) && r.deaf[models.PodID(subject)] > 0:
		// by then it has heard that the pod is deleted
	default:
		s.agenda.Schedule(at, k, gen, subject, object)
	}
}

// ofEpoch reports whether events of a kind mean an epoch of a pod.
func ofEpoch(k kernel.Kind, object int32) bool {
	switch k {
	case evStart, evCreate, evReady, evEnd, evRestart, evStopped, evReplace:
		return true
	case evSandbox:
		return object == 0
	}
	return false
}

// recount lets a kubelet that is back live through what it could not tell.
func (s *Simulation) recount(id models.NodeID, events []kernel.Event, pulled []pulledImage) {
	now := s.agenda.Now()
	r := &recount{
		node: id, told: now, marks: make(map[memberOf]models.Op), pods: make(map[models.PodID]bool), deaf: make(map[models.PodID]uint32),
	}
	for _, pod := range s.nodes[id].unheard {
		r.deaf[pod]++
	}
	s.recounts = r
	for _, e := range events {
		if ofEpoch(e.Kind, e.B) {
			e.Gen += r.deaf[models.PodID(e.A)]
		}
		s.planOnNode(e.At, e.Kind, e.Gen, e.A, e.B)
	}
	for i, p := range pulled {
		r.pulled = append(r.pulled, p.Outcome)
		r.agenda.Schedule(p.at, evImages, 0, int32(i), 0)
	}
	for e, ok := r.agenda.Next(); ok; e, ok = r.agenda.Next() {
		if e.Kind == evImages {
			s.pulledBefore(r.pulled[e.A])
		} else {
			s.handle(e)
		}
	}
	s.recounts = nil
	if err := r.agenda.Err(); err != nil {
		panic(s.stalled(err))
	}
	if r.told != now {
		s.do(models.Op{Kind: models.OpRecount, Node: id})
	}
	s.recounted(r)
}

// recounted tells what containers have come to in the end.
func (s *Simulation) recounted(r *recount) {
	byContainer := func(a, b memberOf) int {
		return cmp.Or(cmp.Compare(a.pod, b.pod), cmp.Compare(a.container, b.container))
	}
	for _, of := range slices.SortedFunc(maps.Keys(r.marks), byContainer) {
		pod, op := s.view.Pod(of.pod), r.marks[of]
		if is := pod.Containers(); !pod.Removed() && is[of.container].State == cluster.ContainerRunning && int64(is[of.container].Marks) != op.Arg {
			s.do(op)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.pods)) {
		s.reportContainers(id)
	}
	for _, was := range r.ready {
		if pod := s.view.Pod(was.id); !pod.Removed() && pod.Epoch() == was.epoch && !pod.Ready() {
			s.do(models.Op{Kind: models.OpReadyPod, Pod: was.id})
		}
	}
}

// pulledBefore takes in how a pull has ended, if its pod still wants to know.
func (s *Simulation) pulledBefore(out images.Outcome) {
	if pod := s.view.Pod(out.Pod); !pod.Removed() && pod.Active() {
		s.pulled(out)
	}
}

// tellsOfNow makes sure that it is known when that happened which a kubelet is about to
// tell.
func (s *Simulation) tellsOfNow() {
	r := s.recounts
	if at := r.agenda.Now(); at != r.told {
		r.told = at
		s.apply(models.Op{Kind: models.OpRecount, Node: r.node, Arg: int64(s.agenda.Now().Sub(at))})
	}
}

// becomesReady tells that a pod is Ready whose containers are not told apart.
func (s *Simulation) becomesReady(pod cluster.Pod) {
	if s.recounts != nil {
		s.recounts.ready = append(s.recounts.ready, podEpoch{pod.ID(), pod.Epoch()})
		return
	}
	s.do(models.Op{Kind: models.OpReadyPod, Pod: pod.ID()})
}

// doContainer tells of a container. What it has come to is told in the end by a kubelet that
// recounts.
func (s *Simulation) doContainer(op models.Op) {
	if s.recounts != nil {
		of := memberOf{op.Pod, op.Def}
		switch op.Kind {
		case models.OpMarkContainer:
			s.recounts.marks[of] = op
			return
		case models.OpStartContainer, models.OpExitContainer:
			delete(s.recounts.marks, of)
		}
	}
	s.do(op)
}

// restarts reports whether the kubelet of a pod starts its containers again that have ended
// so. One that recounts what was had not heard of deletions yet.
func (s *Simulation) restarts(pod cluster.Pod, exitCode int64) bool {
	return (s.recounts != nil || !pod.Deleting()) && kubelet.Restarts(pod, exitCode)
}

// pulledImage is a pull that has ended while the kubelet could not tell.
type pulledImage struct {
	images.Outcome
	at models.Time
}

// unreadied lists the pods of a node that are not Ready only because the node lifecycle
// controller has said so.
func (s *Simulation) unreadied(node cluster.Node) []podEpoch {
	if node.Ready() != models.ConditionUnknown {
		return nil
	}
	var list []podEpoch
	for _, id := range node.Pods() {
		if pod := s.view.Pod(id); pod.Up() && !pod.Ready() && pod.ReadyChangedAt() == node.ReadyChangedAt() {
			list = append(list, podEpoch{id, pod.Epoch()})
		}
	}
	slices.SortFunc(list, func(a, b podEpoch) int { return cmp.Compare(a.id, b.id) })
	return list
}

// readyAgain lets a kubelet that is back tell that pods are Ready all the same, unless
// something has happened to them.
func (s *Simulation) readyAgain(pods []podEpoch) {
	for _, was := range pods {
		pod := s.view.Pod(was.id)
		switch {
		case pod.Removed() || pod.Epoch() != was.epoch || !pod.Up() || pod.Ready():
		case pod.Itemised() && !pod.ContainersReady():
		case pod.GatesOpen():
			s.do(models.Op{Kind: models.OpReadyPod, Pod: was.id})
		}
	}
}
