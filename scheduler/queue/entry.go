package queue

import "github.com/podsim/podsim/models"

// place is where a pod is; it is always in exactly one.
type place uint8

const (
	nowhere place = iota
	inActive
	inBackoff
	inErrorBackoff
	waiting // unschedulable, or gated if entry.gate says so
	inFlight
)

const none int32 = -1

// noGate is the gate of a pod that PreEnqueue let pass.
const noGate int8 = -1

// entry is one pod of the queue. Entries live in a slab and refer to each other
// by slot.
type entry struct {
	pod      models.PodID
	spec     models.SpecID
	priority int32
	profile  uint8
	place    place
	gate     int8 // the bit of the PreEnqueue plugin that holds it
	gone     bool // deleted while in flight

	since  models.Time // when it was added, or its last attempt ended
	seq    uint64      // order of entering, for equal since
	expiry models.Time // of its backoff; negative if it has none

	rejectors     PluginSet // of its last attempt
	pending       PluginSet // of these: those that wait for something
	unschedulable int32     // attempts that plugins rejected
	errors        int32     // attempts in a row that failed otherwise

	at             int32 // position in its heap
	previous, next int32 // in its class, or among the pods in flight
	older, newer   int32 // among the unschedulable
	class          int32
	from           uint64 // in flight: number of the first event it has not seen
}

// slab keeps entries and finds them by pod.
type slab struct {
	entries []entry
	free    []int32
	pages   []*page
	spare   []*page
}

const (
	pageBits = 12
	pageSize = 1 << pageBits
)

// page maps pods to slots; 0 is none, otherwise the slot plus one. A page whose
// pods have all left is used again, since ids only grow.
type page struct {
	slots [pageSize]int32
	live  int32
}

// find returns the slot of a pod, or none.
func (s *slab) find(pod models.PodID) int32 {
	i := int(pod >> pageBits)
	if pod < 0 || i >= len(s.pages) || s.pages[i] == nil {
		return none
	}
	return s.pages[i].slots[pod&(pageSize-1)] - 1
}

// add makes an entry for a pod that has none.
func (s *slab) add(pod models.PodID) int32 {
	var slot int32
	if n := len(s.free); n > 0 {
		slot = s.free[n-1]
		s.free = s.free[:n-1]
	} else {
		slot = int32(len(s.entries))
		s.entries = append(s.entries, entry{})
	}
	i := int(pod >> pageBits)
	for i >= len(s.pages) {
		s.pages = append(s.pages, nil)
	}
	if s.pages[i] == nil {
		s.pages[i] = s.newPage()
	}
	s.pages[i].slots[pod&(pageSize-1)] = slot + 1
	s.pages[i].live++
	s.entries[slot] = entry{pod: pod, gate: noGate, expiry: -1, at: none, previous: none, next: none,
		older: none, newer: none, class: none}
	return slot
}

func (s *slab) newPage() *page {
	if n := len(s.spare); n > 0 {
		p := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return p
	}
	return new(page)
}

// remove forgets the pod of a slot.
func (s *slab) remove(slot int32) {
	pod := s.entries[slot].pod
	p := s.pages[pod>>pageBits]
	p.slots[pod&(pageSize-1)] = 0
	p.live--
	if p.live == 0 {
		s.spare = append(s.spare, p)
		s.pages[pod>>pageBits] = nil
	}
	s.entries[slot].place = nowhere
	s.free = append(s.free, slot)
}
