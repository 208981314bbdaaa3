package queue

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// rejection is a way of being rejected: by which plugins of which profile. The
// pods that wait with it are grouped by specification.
type rejection struct {
	rejectionKey
	on          framework.EventKind // what can wake its pods
	first, last int32               // classes
}

type rejectionKey struct {
	rejectors, pending PluginSet
	profile            uint8
	gate               int8
}

// class is the pods of one specification that wait with one rejection.
type class struct {
	classKey
	first, last    int32 // entries
	previous, next int32 // classes of the same rejection
}

type classKey struct {
	rejection int32
	spec      models.SpecID
}

// pool holds the pods that wait for an event: the unschedulable and the gated.
type pool struct {
	rejections     []rejection // in order of first appearance; there are few
	rejectionIndex map[rejectionKey]int32
	classes        []class
	freeClasses    []int32
	classIndex     map[classKey]int32
	oldest, newest int32 // unschedulable entries by since
	unschedulable  int
	gated          int
}

func newPool() pool {
	return pool{
		rejectionIndex: make(map[rejectionKey]int32),
		classIndex:     make(map[classKey]int32),
		oldest:         none, newest: none,
	}
}

// park puts a pod among those that wait for an event.
func (q *Queue) park(slot int32) {
	e := &q.entries[slot]
	e.place = waiting
	e.class = q.classOf(e)
	c := &q.classes[e.class]
	e.previous, e.next = c.last, none
	if c.last == none {
		c.first = slot
	} else {
		q.entries[c.last].next = slot
	}
	c.last = slot
	if e.gate != noGate {
		q.gated++
		return
	}
	q.unschedulable++
	q.age(slot)
}

// age inserts an unschedulable pod into the list by since. Pods come in the
// order of their attempts, so the place is at the end.
func (q *Queue) age(slot int32) {
	e := &q.entries[slot]
	before := q.newest
	for before != none && q.entries[before].since > e.since {
		before = q.entries[before].older
	}
	e.older = before
	if before == none {
		e.newer, q.oldest = q.oldest, slot
	} else {
		e.newer, q.entries[before].newer = q.entries[before].newer, slot
	}
	if e.newer == none {
		q.newest = slot
	} else {
		q.entries[e.newer].older = slot
	}
}

func (q *Queue) classOf(e *entry) int32 {
	key := rejectionKey{e.rejectors, e.pending, e.profile, e.gate}
	r, ok := q.rejectionIndex[key]
	if !ok {
		r = int32(len(q.rejections))
		on := q.profiles[e.profile].registered(e.rejectors, e.gate)
		q.rejections = append(q.rejections, rejection{key, on, none, none})
		q.rejectionIndex[key] = r
	}
	id, ok := q.classIndex[classKey{r, e.spec}]
	if ok {
		return id
	}
	if n := len(q.freeClasses); n > 0 {
		id = q.freeClasses[n-1]
		q.freeClasses = q.freeClasses[:n-1]
	} else {
		id = int32(len(q.classes))
		q.classes = append(q.classes, class{})
	}
	rejection := &q.rejections[r]
	q.classes[id] = class{classKey{r, e.spec}, none, none, rejection.last, none}
	if rejection.last == none {
		rejection.first = id
	} else {
		q.classes[rejection.last].next = id
	}
	rejection.last = id
	q.classIndex[classKey{r, e.spec}] = id
	return id
}

// unpark takes a pod out of those that wait for an event.
func (q *Queue) unpark(slot int32) {
	e := &q.entries[slot]
	c := &q.classes[e.class]
	if e.previous == none {
		c.first = e.next
	} else {
		q.entries[e.previous].next = e.next
	}
	if e.next == none {
		c.last = e.previous
	} else {
		q.entries[e.next].previous = e.previous
	}
	if c.first == none {
		q.dropClass(e.class)
	}
	if e.gate != noGate {
		q.gated--
	} else {
		q.unschedulable--
		if e.older == none {
			q.oldest = e.newer
		} else {
			q.entries[e.older].newer = e.newer
		}
		if e.newer == none {
			q.newest = e.older
		} else {
			q.entries[e.newer].older = e.older
		}
	}
	e.place, e.class = nowhere, none
	e.previous, e.next, e.older, e.newer = none, none, none, none
}

func (q *Queue) dropClass(id int32) {
	c := &q.classes[id]
	r := &q.rejections[c.rejection]
	if c.previous == none {
		r.first = c.next
	} else {
		q.classes[c.previous].next = c.next
	}
	if c.next == none {
		r.last = c.previous
	} else {
		q.classes[c.next].previous = c.previous
	}
	delete(q.classIndex, c.classKey)
	q.freeClasses = append(q.freeClasses, id)
}
