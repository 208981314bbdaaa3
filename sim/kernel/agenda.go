package kernel

import (
	"fmt"
	"math/bits"
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
// It is a 4-ary heap of values. Inside the heap, the eight high bits of Seq
// hold Kind, so that (At, Seq) read as one 128-bit number is the whole order.
type Agenda struct {
	// InstantLimit replaces DefaultInstantLimit when it is positive. Events
	// that were already waiting when the clock reached the instant do not
	// count against it, so a large batch at one time is no loop.
	InstantLimit int

	now       models.Time
	scheduled uint64 // events scheduled so far
	heap      []Event

	waiting uint64 // events scheduled up to here were waiting when the clock reached now
	within  int    // events taken at now that were scheduled at now
	recent  [recentEvents]Event
	stalled *StallError
}

// Now returns the time of the last event taken by Next, 0 before the first.
func (a *Agenda) Now() models.Time { return a.now }

// Len returns the number of events to come.
func (a *Agenda) Len() int { return len(a.heap) }

// Reserve makes room for n more events.
func (a *Agenda) Reserve(n int) { a.heap = slices.Grow(a.heap, n) }

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
	a.heap = append(a.heap, e)
	a.siftUp(e)
}

// After schedules an event d after Now; see Schedule. A sum past the end of
// the clock is models.Never.
func (a *Agenda) After(d time.Duration, k Kind, gen uint32, subject, object int32) {
	a.Schedule(a.now.Add(d), k, gen, subject, object)
}

// Peek returns the next event without taking it, or false when there is none.
func (a *Agenda) Peek() (Event, bool) {
	if len(a.heap) == 0 {
		return Event{}, false
	}
	e := a.heap[0]
	e.Seq &= seqMask
	return e, true
}

// Next takes the next event and moves the clock to it: the only place where
// time advances. It returns false when no event is left, or when the clock
// does not get on; Err tells them apart.
func (a *Agenda) Next() (Event, bool) {
	if len(a.heap) == 0 || a.stalled != nil {
		return Event{}, false
	}
	e := a.heap[0]
	e.Seq &= seqMask
	if !a.admit(e) {
		return Event{}, false
	}
	last := len(a.heap) - 1
	moved := a.heap[last]
	a.heap = a.heap[:last]
	if last > 0 {
		a.siftDown(moved)
	}
	a.now = e.At
	return e, true
}

// precedes returns 1 when x comes before y and 0 otherwise. The borrow of a
// 128-bit subtraction compares without a branch, and the branches of a heap
// are what a processor cannot foresee. No time in the heap is negative.
func precedes(x, y *Event) int {
	_, borrow := bits.Sub64(x.Seq, y.Seq, 0)
	_, borrow = bits.Sub64(uint64(x.At), uint64(y.At), borrow)
	return int(borrow)
}

// siftUp moves the hole at the end of the heap up to where e belongs.
func (a *Agenda) siftUp(e Event) {
	heap := a.heap
	hole := len(heap) - 1
	for hole > 0 {
		parent := (hole - 1) / 4
		if precedes(&e, &heap[parent]) == 0 {
			break
		}
		heap[hole] = heap[parent]
		hole = parent
	}
	heap[hole] = e
}

// siftDown moves the hole at the root down to where e belongs.
func (a *Agenda) siftDown(e Event) {
	heap := a.heap
	hole := 0
	for {
		first := 4*hole + 1
		if first >= len(heap) {
			break
		}
		least := leastChild(heap, first)
		if precedes(&heap[least], &e) == 0 {
			break
		}
		heap[hole] = heap[least]
		hole = least
	}
	heap[hole] = e
}

// leastChild returns the index of the first event among up to four siblings.
func leastChild(heap []Event, first int) int {
	if first+4 > len(heap) {
		least := first
		for i := first + 1; i < len(heap); i++ {
			least += (i - least) * precedes(&heap[i], &heap[least])
		}
		return least
	}
	family := heap[first : first+4 : first+4]
	left := precedes(&family[1], &family[0])
	right := 2 + precedes(&family[3], &family[2])
	return first + left + (right-left)*precedes(&family[right], &family[left])
}
