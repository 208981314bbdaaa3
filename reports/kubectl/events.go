package kubectl

import (
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ttl is how long the API server keeps an Event that nobody writes again.
// Source: cmd/kube-apiserver/app/options/options.go (EventTTL).
const ttl = time.Hour

// Events folds the operations of a run into its Events. It implements
// cluster.Observer, and has to see the run from its first operation on.
//
// Some of what a cluster would tell has no operation: what the kubelet says when it
// starts with the node, the boot id of a node that was rebooted, how long an image
// waited for others, and what was going on before the run.
type Events struct {
	// Told is called with each Event as the API server holds it, new or once more, in
	// order of time; nil if nobody wants to know. It must not keep the Event.
	Told func(Event)

	start     time.Time // of the virtual clock
	now       models.Time
	late      time.Duration          // how long ago that happened which is told
	tries     map[string]models.Time // by host: until when its kubelet tried to write Events in vain
	instant   []happening            // of now, not recorded yet
	named     int                    // Events that got a name at this instant
	recorders map[[2]string]*recorder
	series    map[string]*seriesRecorder
	gone      []gonePod // at this instant
	held      []*Event
	expired   int

	pods     map[models.PodID]*podNote
	replicas map[models.OwnerID]int32 // of the ReplicaSets of Deployments
	ready    map[models.NodeID]models.ConditionStatus
	evicting map[models.PodID]bool // pods whose eviction is only a matter of time
	silent   map[models.NodeID]silence
	// evictions tell of pods that have to leave their nodes, ofBudget and ofNode of the last
	// ones of a budget and of a node.
	evictions map[models.PodID]*eviction
	ofBudget  map[int32][]*eviction
	ofNode    map[models.NodeID][]*eviction
}

// silence is what Events have to remember of a node whose kubelet is silent.
type silence struct {
	since   models.Time
	stopped bool // it did not run all the time
}

// happening is an Event that no recorder has seen yet.
type happening struct {
	event   Event
	at      models.Time
	version int32
	// What it hangs on: if that turns out to lie before the run, nobody is told.
	pod   models.PodID
	owner models.OwnerID
}

// gonePod is a pod of which no Event will be told any more.
type gonePod struct{ uid, host string }

// podNote is what Events have to remember of a pod.
type podNote struct {
	version   int32      // of the object, as its scheduler sees it
	condition models.Sym // message of PodScheduled
	restarts  bool       // a back-off has begun
	restarted models.Time
	rebooted  bool
	ending    bool         // its kubelet has told why it ends the pod
	pulling   []models.Sym // images that its node did not hold when it came
	images    []imageNote
	deferred  int64 // the generation of which it was told that its resize waits, and how
	waits     cluster.ResizeState
}

// NewEvents returns the Events of a run that has not begun. Virtual time begins at
// start, after which Events get their names.
func NewEvents(start time.Time) *Events {
	return &Events{
		start:     start,
		recorders: make(map[[2]string]*recorder), series: make(map[string]*seriesRecorder), pods: make(map[models.PodID]*podNote),
		replicas: make(map[models.OwnerID]int32), ready: make(map[models.NodeID]models.ConditionStatus), evicting: make(map[models.PodID]bool),
		silent: make(map[models.NodeID]silence), evictions: make(map[models.PodID]*eviction), ofBudget: make(map[int32][]*eviction),
		ofNode: make(map[models.NodeID][]*eviction),
	}
}

// Observe takes in one operation that was applied.
func (e *Events) Observe(now models.Time, op *models.Op, v cluster.View) {
	if now != e.now {
		e.Flush()
		e.now, e.named = now, 0
	}
	switch fields := op.Kind.Fields(); {
	case fields&models.FieldPod != 0:
		e.pod(op, v)
	case fields&models.FieldOwner != 0:
		e.owner(op, v)
	case op.Kind == models.OpWriteBudgetStatus:
		e.budget(op, v)
	case fields&models.FieldNode != 0 && op.Kind != models.OpPlaceClaim:
		e.node(op, v)
	}
}

// Flush lets the recorders see what has happened up to now. What is backdated after
// it counts as part of the run.
func (e *Events) Flush() {
	for i := range e.instant {
		e.record(&e.instant[i])
	}
	e.instant = e.instant[:0]
	for _, g := range e.gone {
		for _, key := range [][2]string{{Kubelet, g.host}, {nodeController, ""}, {taintController, ""}} {
			if r := e.recorders[key]; r != nil {
				r.forget(g.uid)
			}
		}
	}
	e.gone = e.gone[:0]
}

// List returns the Events that the API server holds at a moment, in the order in
// which they came to be. They belong to the fold.
func (e *Events) List(at models.Time) []*Event {
	e.Flush()
	var out []*Event
	for _, is := range e.held {
		if at.Sub(is.Last) <= ttl {
			out = append(out, is)
		}
	}
	return out
}

// record hands an Event to the recorder of its component.
func (e *Events) record(h *happening) {
	h.event.First, h.event.Last, h.event.Count = h.at, h.at, 1
	h.event.Name = fmt.Sprintf("%s.%x", h.event.About.Name, e.start.Add(time.Duration(e.now)).UnixNano()+int64(e.named))
	e.named++
	var is *Event
	told := true
	if h.event.Series {
		r := e.series[h.event.Component]
		if r == nil {
			r = newSeriesRecorder()
			e.series[h.event.Component] = r
		}
		is, told = r.record(h.event, h.version)
	} else {
		key := [2]string{h.event.Component, h.event.Host}
		if e.recorders[key] == nil {
			e.recorders[key] = newRecorder()
		}
		if is = e.recorders[key].record(h.event); is == nil || e.lost(h) {
			return
		}
	}
	e.store(is)
	if told && e.Told != nil {
		e.Told(*is.stored)
	}
}

// store writes an Event. One that has expired is made anew.
func (e *Events) store(is *Event) {
	if is.stored == nil || e.now.Sub(is.stored.Last) > ttl {
		is.stored = new(Event)
		e.held = append(e.held, is.stored)
	}
	stored := is.stored
	*stored = *is
	stored.stored = nil
	if e.expired++; e.expired > len(e.held)+cacheSize {
		e.expired = 0
		e.held = slices.DeleteFunc(e.held, func(old *Event) bool { return e.now.Sub(old.Last) > ttl })
	}
}

// tell notes that something has happened just now.
func (e *Events) tell(component string, about Reference, kind, reason, message string) *happening {
	e.instant = append(e.instant, happening{
		event: Event{Component: component, About: about, Type: kind, Reason: reason, Message: message},
		at:    e.at(), pod: models.None, owner: models.None,
	})
	return &e.instant[len(e.instant)-1]
}

// forget drops what has been told of an object at this instant: it lies before the
// run.
func (e *Events) forget(past func(*happening) bool) {
	e.instant = slices.DeleteFunc(e.instant, func(h happening) bool { return past(&h) })
}

func podReference(pod cluster.Pod) Reference {
	d := pod.View().Dictionary()
	return Reference{APIVersion: "v1", Kind: "Pod", Namespace: d.String(pod.Spec().Namespace), Name: pod.Name(), UID: UID("Pod", int32(pod.ID()))}
}

func nodeReference(n cluster.Node) Reference {
	return Reference{APIVersion: "v1", Kind: "Node", Name: n.Name(), UID: UID("Node", int32(n.ID()))}
}

func ownerReference(o cluster.Owner, d *models.Dictionary) Reference {
	kind := o.Kind().String()
	return Reference{
		APIVersion: apiVersion(kind), Kind: kind, Namespace: d.String(o.Spec().Namespace), Name: o.Name(),
		UID: UID(kind, int32(o.ID())),
	}
}

// apiVersion is the API group of a kind of controller.
func apiVersion(kind string) string {
	switch kind {
	case "ReplicationController":
		return "v1"
	case "Job", "CronJob":
		return "batch/v1"
	case "HorizontalPodAutoscaler":
		return "autoscaling/v2"
	}
	return "apps/v1"
}
