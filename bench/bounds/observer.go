package bounds

import (
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
)

// Observer gathers what a run served: which pods ran, for how long, and how many
// at once. It implements cluster.Observer and must observe the cluster from its
// first operation on.
type Observer struct {
	view   cluster.View
	warmUp models.Time
	now    models.Time

	nodes   nodes
	specs   []served // by SpecID
	running map[models.PodID]models.Time
	bound   map[models.PodID]struct{}
	peak    peak
	queue   queue

	lifetime models.Sym // the reason of deletions by the user's own plan
}

// served is what the pods of one specification did.
type served struct {
	seconds float64 // that they ran, and not in vain, after the warm-up
	seen    uint64  // shapes on which one was bound
	on      uint64  // shapes that they may go to, once that has been judged
	judged  bool
}

// reasonLifetime is why objects are deleted whose lifetime is over: their work is
// done. Source: sim (expire).
const reasonLifetime = "LifetimeOver"

// NewObserver returns an observer of a cluster in which nothing has happened yet.
// Groups tell what a node of each group costs; nodes of no group cost nothing. Of
// what happens before warmUp only the nodes count.
func NewObserver(v cluster.View, groups []scenarios.Group, warmUp models.Time) *Observer {
	return &Observer{
		view: v, warmUp: warmUp, nodes: newNodes(v, groups),
		running: make(map[models.PodID]models.Time), bound: make(map[models.PodID]struct{}),
		lifetime: v.Dictionary().Sym(reasonLifetime),
	}
}

// Observe takes in one operation that was applied.
func (o *Observer) Observe(now models.Time, op *models.Op, v cluster.View) {
	if now > o.now {
		if o.now >= o.warmUp {
			o.peak.look()
		}
		o.now = now
	}
	switch op.Kind {
	case models.OpAddNode:
		if int(op.Node) < len(o.nodes.of) {
			break // it is back
		}
		o.nodes.add(op.Node)
		o.peak.measure(v.Node(op.Node).Allocatable())
	case models.OpResizeNode:
		o.nodes.widen(op.Node, v.Node(op.Node).Allocatable())
		o.peak.measure(v.Node(op.Node).Allocatable())
	case models.OpCrashNode:
		for _, id := range v.Node(op.Node).Pods() {
			o.stop(id, true)
		}
	case models.OpCreatePod:
		if pod := v.Pod(op.Pod); pod.Spec().RestartPolicy != models.RestartAlways && o.counts(pod) {
			o.queue.begin(now)
		}
	case models.OpBindPod:
		o.bind(v.Pod(op.Pod))
	case models.OpStartPod:
		o.start(v.Pod(op.Pod))
	case models.OpExitPod:
		o.stop(op.Pod, true)
	case models.OpDeletePod:
		o.stop(op.Pod, op.Reason != o.lifetime)
	case models.OpFinishPod, models.OpRejectPod:
		o.finish(v.Pod(op.Pod))
	case models.OpRemovePod:
		o.stop(op.Pod, true)
		o.release(v.Pod(op.Pod))
	}
}

func (o *Observer) of(id models.SpecID) *served {
	for int(id) >= len(o.specs) {
		o.specs = append(o.specs, served{})
	}
	return &o.specs[id]
}

func (o *Observer) bind(pod cluster.Pod) {
	o.bound[pod.ID()] = struct{}{}
	o.of(pod.SpecID()).seen |= o.nodes.bit(pod.Node())
	o.nodes.fill(pod.Node())
}

func (o *Observer) start(pod cluster.Pod) {
	o.running[pod.ID()] = o.now
	o.peak.change(pod.SpecID(), 1, &pod.Spec().Requests)
}

// stop ends the running of a pod, if it runs; in vain if work that was to come to
// an end did not. What a service did before it was stopped was served.
func (o *Observer) stop(id models.PodID, cutShort bool) {
	since, runs := o.running[id]
	if !runs {
		return
	}
	delete(o.running, id)
	pod := o.view.Pod(id)
	spec := pod.Spec()
	o.peak.change(pod.SpecID(), -1, &spec.Requests)
	if !cutShort || spec.RestartPolicy == models.RestartAlways {
		o.serve(pod.SpecID(), since, o.now)
	}
}

func (o *Observer) serve(id models.SpecID, from, to models.Time) {
	if from = max(from, o.warmUp); to > from {
		o.of(id).seconds += to.Sub(from).Seconds()
	}
}

func (o *Observer) finish(pod cluster.Pod) {
	since, ran := o.running[pod.ID()]
	o.stop(pod.ID(), pod.Phase() != models.Succeeded)
	if ran && pod.Phase() == models.Succeeded && o.counts(pod) {
		o.queue.finished(task{pod.SpecID(), o.arrived(pod), o.now - since})
	}
	o.release(pod)
}

// counts reports whether a pod was created in the part of the run that counts.
func (o *Observer) counts(pod cluster.Pod) bool { return pod.Created() >= o.warmUp }

// arrived is when what a pod belongs to came from outside.
func (o *Observer) arrived(pod cluster.Pod) models.Time {
	at := pod.Created()
	for id := pod.Owner(); id != models.None; id = o.view.Owner(id).Parent() {
		at = min(at, o.view.Owner(id).Created())
	}
	return max(at, 0)
}

// release notes that a pod gives back the room that it held since it was bound.
func (o *Observer) release(pod cluster.Pod) {
	if _, holds := o.bound[pod.ID()]; !holds {
		return
	}
	delete(o.bound, pod.ID())
	if o.counts(pod) && pod.BoundAt() >= pod.Created() {
		o.queue.released(task{pod.SpecID(), pod.Created(), o.now - pod.BoundAt()})
	}
}

// settle accounts for what still runs or holds room at the end.
func (o *Observer) settle(end models.Time) {
	if o.now >= o.warmUp {
		o.peak.look()
	}
	o.now = max(o.now, end)
	for _, id := range slices.Sorted(maps.Keys(o.running)) {
		o.serve(o.view.Pod(id).SpecID(), o.running[id], end)
	}
	for _, id := range slices.Sorted(maps.Keys(o.bound)) {
		o.release(o.view.Pod(id))
	}
	clear(o.running)
}

// peak remembers which pods ran at once when they took most of any resource.
type peak struct {
	counts []int32 // by SpecID
	total  models.Resources
	unit   models.Resources // the most that any node has
	score  float64

	// at is the moment's counts, if all changes since are in the journal or
	// stale is false.
	at      []int32
	journal []peakChange
	fresh   bool // at = counts - journal
}

type peakChange struct {
	spec models.SpecID
	by   int32
}

func (p *peak) measure(allocatable *models.Resources) { p.unit = p.unit.Max(*allocatable) }

func (p *peak) change(id models.SpecID, by int32, requests *models.Resources) {
	for int(id) >= len(p.counts) {
		p.counts = append(p.counts, 0)
	}
	p.counts[id] += by
	for r, amount := range requests {
		p.total[r] += int64(by) * amount
	}
	if !p.fresh {
		return
	}
	p.journal = append(p.journal, peakChange{id, by})
	if len(p.journal) > len(p.counts)+64 {
		p.keep()
	}
}

// look takes the state of a moment that is over.
func (p *peak) look() {
	score := 0.0
	for r, amount := range p.total {
		if amount > 0 && p.unit[r] > 0 {
			score = max(score, float64(amount)/float64(p.unit[r]))
		}
	}
	if score > p.score {
		p.score, p.fresh, p.journal = score, true, p.journal[:0]
	}
}

// keep writes the counts of the peak down, so that the journal is not needed.
func (p *peak) keep() {
	if !p.fresh {
		return
	}
	p.at = append(p.at[:0], p.counts...)
	for _, c := range p.journal {
		p.at[c.spec] -= c.by
	}
	p.fresh, p.journal = false, p.journal[:0]
}
