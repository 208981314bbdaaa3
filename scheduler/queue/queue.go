package queue

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// Config are the settings of a scheduling queue.
type Config struct {
	// InitialBackoff is how long a pod waits after its first failed attempt; it
	// doubles with every further one up to MaxBackoff. A MaxBackoff of 0 turns
	// backoff off.
	InitialBackoff, MaxBackoff time.Duration
	// UnschedulableAge is how long a pod waits for an event before it is tried
	// again without one.
	UnschedulableAge time.Duration
	// PopFromBackoffQ lets an idle scheduler take pods that still back off.
	PopFromBackoffQ bool
}

// DefaultConfig returns the settings of Kubernetes.
// Source: pkg/scheduler/backend/queue/scheduling_queue.go.
func DefaultConfig() Config {
	return Config{
		InitialBackoff:   time.Second,
		MaxBackoff:       10 * time.Second,
		UnschedulableAge: 5 * time.Minute,
		PopFromBackoffQ:  true,
	}
}

// Queue is the scheduling queue of one scheduler. Pods that it does not hold are
// ignored by every method.
type Queue struct {
	config   Config
	sort     framework.QueueSort
	profiles []profile
	on       framework.EventKind // what any plugin registers

	slab
	pool
	flights
	active       heap
	backoff      heap
	errorBackoff heap
	seq          uint64
	moving       []moving // scratch
}

// moving is a pod that an event lets be tried again.
type moving struct {
	slot int32
	when urgency
}

// New returns an empty queue. Pods name their profile by its position.
func New(config Config, sort framework.QueueSort, profiles []Profile) *Queue {
	q := &Queue{config: config, sort: sort, pool: newPool(), flights: flights{first: none, last: none}}
	for _, p := range profiles {
		compiled := compile(p)
		for _, on := range compiled.on {
			q.on |= on
		}
		q.profiles = append(q.profiles, compiled)
	}
	q.active = heap{less: q.less, place: inActive}
	q.backoff = heap{less: q.backoffLess, place: inBackoff}
	q.errorBackoff = heap{less: errorBackoffLess, place: inErrorBackoff}
	return q
}

// less is the order of the active queue: the plugin's, then the order of entry.
func (q *Queue) less(a, b *entry) bool {
	x := framework.QueuedPod{Pod: a.pod, Priority: a.priority, Since: a.since}
	y := framework.QueuedPod{Pod: b.pod, Priority: b.priority, Since: b.since}
	if q.sort.Less(x, y) {
		return true
	}
	return a.seq < b.seq && !q.sort.Less(y, x)
}

// Add puts a pod that has no node into the queue.
func (q *Queue) Add(now models.Time, pod models.PodID, profile int, v cluster.View) {
	if q.find(pod) != none {
		return
	}
	slot := q.add(pod)
	e := &q.entries[slot]
	e.spec = v.Pod(pod).SpecID()
	e.priority = v.Spec(e.spec).Priority
	e.profile = uint8(profile)
	q.stamp(now, e)
	q.activate(slot, v)
}

func (q *Queue) stamp(now models.Time, e *entry) {
	q.seq++
	e.since, e.seq = now, q.seq
}

// Pop takes the pod that is to be tried next. It is then in flight until Done,
// Reject or Fail. An idle queue gives pods that still back off, except those that
// failed with an error.
func (q *Queue) Pop() (models.PodID, bool) {
	var slot int32
	switch {
	case len(q.active.slots) > 0:
		slot = q.take(&q.active, 0)
	case q.config.PopFromBackoffQ && len(q.backoff.slots) > 0:
		slot = q.take(&q.backoff, 0)
	default:
		return models.None, false
	}
	q.depart(slot)
	return q.entries[slot].pod, true
}

// Done ends the flight of a pod that needs no further attempt.
func (q *Queue) Done(pod models.PodID) {
	if slot := q.find(pod); slot != none && q.entries[slot].place == inFlight {
		q.land(slot)
		q.remove(slot)
	}
}

// Delete forgets a pod. One in flight stays so until its attempt ends.
func (q *Queue) Delete(pod models.PodID) {
	slot := q.find(pod)
	if slot == none {
		return
	}
	e := &q.entries[slot]
	switch e.place {
	case inActive:
		q.take(&q.active, int(e.at))
	case inBackoff:
		q.take(&q.backoff, int(e.at))
	case inErrorBackoff:
		q.take(&q.errorBackoff, int(e.at))
	case waiting:
		q.unpark(slot)
	case inFlight:
		e.gone = true
		return
	}
	q.remove(slot)
}

// Update takes in that a pod has another specification. One that waits for an event is
// tried again after its backoff: what kept it may be gone.
// Source: pkg/scheduler/backend/queue/scheduling_queue.go (Update).
func (q *Queue) Update(now models.Time, pod models.PodID, v cluster.View) {
	slot := q.find(pod)
	if slot == none {
		return
	}
	e := &q.entries[slot]
	spec := v.Pod(pod).SpecID()
	if e.place != waiting {
		e.spec = spec
		return
	}
	gated := e.gate != noGate
	q.unpark(slot)
	e.spec = spec
	if gated {
		q.activate(slot, v)
	} else {
		q.requeue(now, slot, afterBackoff, v)
	}
}

// Lengths counts the pods of the queue by where they are.
type Lengths struct{ Active, Backoff, Unschedulable, Gated, InFlight int }

// Lengths returns how many pods are where.
func (q *Queue) Lengths() Lengths {
	return Lengths{
		Active:        len(q.active.slots),
		Backoff:       len(q.backoff.slots) + len(q.errorBackoff.slots),
		Unschedulable: q.unschedulable,
		Gated:         q.gated,
		InFlight:      q.count,
	}
}
