package reports

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// loss is a pod that a fault cost its owner and that no replacement is Ready for.
type loss struct {
	at         models.Time // of the crash
	disruption int32
	owner      models.OwnerID
	next       int32 // in its owner's queue, or in the list of free ones
	also       int32 // an older loss that the same replacement makes good
	replaced   bool  // a replacement was created
	ran        bool  // a replacement started
	live       bool
}

// losses keeps them in a queue for each owner, one for all ReplicaSets of a
// Deployment: what an owner creates replaces its oldest loss.
type losses struct {
	all     []loss
	free    int32
	some    bool // whether free means anything yet
	queues  map[models.OwnerID]lossQueue
	waiting int
	// times from crashes to Ready replacements, and those of crashes after the
	// warm-up
	times, measured sample
	from            models.Time
}

type lossQueue struct{ first, last int32 }

func (ls *losses) queue(owner models.OwnerID, l loss) {
	l.next, l.live = models.None, true
	i := int32(len(ls.all))
	if ls.some && ls.free != models.None {
		i = ls.free
		ls.free = ls.all[i].next
		ls.all[i] = l
	} else {
		ls.all = append(ls.all, l)
	}
	if ls.queues == nil {
		ls.queues = make(map[models.OwnerID]lossQueue)
	}
	q, ok := ls.queues[owner]
	if ok {
		ls.all[q.last].next = i
	} else {
		q.first = i
	}
	q.last = i
	ls.queues[owner] = q
	ls.waiting++
}

// requeue puts a loss back in front of its owner's queue.
func (ls *losses) requeue(owner models.OwnerID, i int32) {
	q, ok := ls.queues[owner]
	ls.all[i].next = models.None
	if ok {
		ls.all[i].next = q.first
	} else {
		q.last = i
	}
	q.first = i
	ls.queues[owner] = q
	ls.waiting++
}

// take removes the oldest loss of an owner, or returns None.
func (ls *losses) take(owner models.OwnerID) int32 {
	q, ok := ls.queues[owner]
	if !ok {
		return models.None
	}
	i := q.first
	if i == q.last {
		delete(ls.queues, owner)
	} else {
		q.first = ls.all[i].next
		ls.queues[owner] = q
	}
	ls.waiting--
	return i
}

func (ls *losses) release(i int32) {
	if !ls.some {
		ls.free, ls.some = models.None, true
	}
	ls.all[i] = loss{next: ls.free}
	ls.free = i
}

func (ls *losses) nameWorst(s *step, l *loss, of *disruption) {
	ls.times.worst, ls.times.worstAt = appendLoss(ls.times.worst[:0], s.view, l, of), s.now
}

func appendLoss(b []byte, v cluster.View, l *loss, of *disruption) []byte {
	b = append(b, "a pod of "...)
	b = append(b, workloadName(v, l.owner)...)
	b = append(b, " lost to "...)
	return append(b, v.Dictionary().String(of.reason)...)
}

// withOpen adds to a copy of the times those of losses that no replacement is
// Ready for yet.
func (d *disruptions) withOpen(now models.Time, v cluster.View) *sample {
	return d.addOpen(d.losses.times.clone(), 0, now, v)
}

// measured does so for crashes after the warm-up.
func (d *disruptions) measured(now models.Time, v cluster.View) *sample {
	if d.losses.from == 0 {
		return d.withOpen(now, v)
	}
	return d.addOpen(d.losses.measured.clone(), d.losses.from, now, v)
}

func (d *disruptions) addOpen(all *sample, from, now models.Time, v cluster.View) *sample {
	for i := range d.losses.all {
		l := &d.losses.all[i]
		if l.live && l.at >= from && all.add(int64(now-l.at)) {
			all.worst = append(appendLoss(all.worst[:0], v, l, &d.all[l.disruption]), ", not replaced yet"...)
			all.worstAt = now
		}
	}
	return all
}
