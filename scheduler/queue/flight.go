package queue

import "github.com/podsim/podsim/scheduler/framework"

// flights are the pods in flight, in the order they were popped, and the events
// that some of them have not seen yet.
type flights struct {
	first, last int32
	count       int
	events      []framework.Event
	dropped     uint64 // events that came before events[0]
}

// depart puts a popped pod in flight.
func (q *Queue) depart(slot int32) {
	e := &q.entries[slot]
	e.place = inFlight
	e.from = q.dropped + uint64(len(q.events))
	e.previous, e.next = q.last, none
	if q.last == none {
		q.first = slot
	} else {
		q.entries[q.last].next = slot
	}
	q.last = slot
	q.count++
}

// missed returns the events that happened while the pod was in flight.
func (q *Queue) missed(e *entry) []framework.Event { return q.events[e.from-q.dropped:] }

// land takes a pod out of flight and drops the events that nobody waits for.
func (q *Queue) land(slot int32) {
	e := &q.entries[slot]
	if e.previous == none {
		q.first = e.next
	} else {
		q.entries[e.previous].next = e.next
	}
	if e.next == none {
		q.last = e.previous
	} else {
		q.entries[e.next].previous = e.previous
	}
	e.previous, e.next, e.place = none, none, nowhere
	q.count--

	seen := len(q.events)
	if q.first != none {
		seen = int(q.entries[q.first].from - q.dropped)
	}
	// Moving the rest down costs as much as it frees.
	if seen > 0 && 2*seen >= len(q.events) {
		rest := copy(q.events, q.events[seen:])
		clear(q.events[rest:])
		q.events = q.events[:rest]
		q.dropped += uint64(seen)
	}
}
