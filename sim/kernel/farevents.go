package kernel

import "github.com/podsim/podsim/models"

// spanBits is the length of a span as a power of two in nanoseconds, 8.6 s: in a busy
// cluster some hundred events, which a heap keeps in the fastest cache.
const spanBits = 33

// spanOf returns the span of time that a moment lies in.
func spanOf(at models.Time) int64 { return int64(at) >> spanBits }

// farEvents are the events of the spans of time after the one that the clock has
// reached: one unordered list for each span, and a heap of the spans.
type farEvents struct {
	reached int64 // span
	waiting int   // events
	events  []farEvent
	free    int32           // the first of the places in events that can be used again, from 1
	first   map[int64]int32 // place of an event of the span in events, from 1
	spans   eventHeap       // At is the span
}

// farEvent is an event in the list of its span, or a free place.
type farEvent struct {
	Event
	next int32 // place, from 1; 0 ends the list
}

func (f *farEvents) add(e Event) {
	span := spanOf(e.At)
	next := f.first[span]
	if next == 0 {
		f.spans.push(Event{At: models.Time(span)})
		if f.first == nil {
			f.first = make(map[int64]int32)
		}
	}
	place := f.free
	if place == 0 {
		f.events = append(f.events, farEvent{})
		place = int32(len(f.events))
	} else {
		f.free = f.events[place-1].next
	}
	f.events[place-1] = farEvent{e, next}
	f.first[span] = place
	f.waiting++
}

// take moves the events of the next span to a heap. There must be one.
func (f *farEvents) take(to eventHeap) eventHeap {
	span := int64(f.spans[0].At)
	f.spans.pop()
	f.reached = span
	for place := f.first[span]; place != 0; {
		far := &f.events[place-1]
		to.push(far.Event)
		next := far.next
		far.next, f.free = f.free, place
		place = next
		f.waiting--
	}
	delete(f.first, span)
	return to
}
