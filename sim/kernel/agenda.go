package kernel

import (
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// Kind says what an event means. The kernel knows only the number: at one
// instant, events happen in the numeric order of their kinds.
type Kind uint8

// Event is something that happens at a moment of virtual time. It is 32 bytes
// without pointers, so that the garbage collector never looks into an agenda.
type Event struct {
	At   models.Time // when it happens
	Seq  uint64      // the how-manieth event scheduled, from 1
	A, B int32       // what it concerns; the meaning is fixed by Kind
	Gen  uint32      // generation of its subject when scheduled; the caller ignores a stale one
	Kind Kind        // what it means, and its place among the events of one instant
}

// DefaultInstantLimit is how many events may be both scheduled and due within
// one instant before the agenda takes it for a zero-delay loop.
const DefaultInstantLimit = 1_000_000

const (
	kindShift = 56
	seqMask   = 1<<kindShift - 1
)

// Agenda is the virtual clock and the queue of events to come, ordered by
// (At, Kind, Seq). The zero Agenda stands at time 0 and is empty.
//
// Events of the span of time that the clock is in stand in a heap, which is small
// enough to stay in the processor's cache; those of later spans lie unordered until
// the clock gets there.
type Agenda struct {
	// InstantLimit replaces DefaultInstantLimit when it is positive. Events
	// that were already waiting when the clock reached the instant do not
	// count against it, so a large batch at one time is no loop.
	InstantLimit int

	now       models.Time
	scheduled uint64 // events scheduled so far
	near      eventHeap
	far       farEvents

	waiting uint64 // events scheduled up to here were waiting when the clock reached now
	within  int    // events taken at now that were scheduled at now
	recent  [recentEvents]Event
	stalled *StallError
}

// Now returns the time of the last event taken by Next, 0 before the first.
func (a *Agenda) Now() models.Time { return a.now }

// Len returns the number of events to come.
func (a *Agenda) Len() int { return len(a.near) + a.far.waiting }

// Reserve makes room for n more events.
func (a *Agenda) Reserve(n int) {
	a.near = slices.Grow(a.near, n)
	a.far.events = slices.Grow(a.far.events, n)
}

// Schedule adds an event. An event at models.Never is dropped. It panics when
// at lies before Now, since whoever asks for that has lost causality.
func (a *Agenda) Schedule(at models.Time, k Kind, gen uint32, subject, object int32) {
	if at == models.Never {
		return
	}
	if at < a.now {
		panic(fmt.Sprintf("kernel: event of kind %d (gen %d, a %d, b %d) scheduled in the past: at %v, now %v",
			k, gen, subject, object, at, a.now))
	}
	a.scheduled++
	e := Event{At: at, Seq: uint64(k)<<kindShift | a.scheduled, A: subject, B: object, Gen: gen, Kind: k}
	if spanOf(at) <= a.far.reached {
		a.near.push(e)
		return
	}
	a.far.add(e)
}

// After schedules an event d after Now; see Schedule. A sum past the end of
// the clock is models.Never.
func (a *Agenda) After(d time.Duration, k Kind, gen uint32, subject, object int32) {
	a.Schedule(a.now.Add(d), k, gen, subject, object)
}

// Peek returns the next event without taking it, or false when there is none.
func (a *Agenda) Peek() (Event, bool) {
	if !a.approach() {
		return Event{}, false
	}
	e := a.near[0]
	e.Seq &= seqMask
	return e, true
}

// Next takes the next event and moves the clock to it: the only place where
// time advances. It returns false when no event is left, or when the clock
// does not get on; Err tells them apart.
func (a *Agenda) Next() (Event, bool) {
	if a.stalled != nil || !a.approach() {
		return Event{}, false
	}
	e := a.near[0]
	e.Seq &= seqMask
	if !a.admit(e) {
		return Event{}, false
	}
	a.near.pop()
	a.now = e.At
	return e, true
}

// approach reports whether there is a next event, and sees to it that it is near.
func (a *Agenda) approach() bool {
	for len(a.near) == 0 {
		if a.far.waiting == 0 {
			return false
		}
		a.near = a.far.take(a.near)
	}
	return true
}
