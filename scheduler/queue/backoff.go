package queue

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

const (
	// flushPeriod is how often pods whose backoff is over are let out, and the
	// window within which they are ordered by priority.
	flushPeriod = time.Second
	// scanPeriod is how often the unschedulable are searched for aged ones.
	scanPeriod = 30 * time.Second
)

// expiry returns when the backoff of a pod ends: 1, 2, 4, 8, 10, 10 … seconds
// after its last attempt, rounded down to whole seconds.
// Source: pkg/scheduler/backend/queue/backoff_queue.go.
func (q *Queue) expiry(e *entry) models.Time {
	n := e.unschedulable
	if e.errors > 0 {
		n = e.errors
	}
	if q.config.MaxBackoff == 0 || n == 0 {
		return -1
	}
	d := q.config.MaxBackoff
	if shift := n - 1; shift < 63 && q.config.InitialBackoff <= d>>shift {
		d = q.config.InitialBackoff << shift
	}
	if q.config.PopFromBackoffQ {
		return e.since.Add(d).Floor(flushPeriod)
	}
	return e.since.Add(d)
}

// backingOff reports whether the backoff of a pod lasts: through the whole
// second in which it expires.
func (q *Queue) backingOff(e *entry, now models.Time) bool {
	if q.config.PopFromBackoffQ {
		now = now.Floor(flushPeriod)
	}
	return e.expiry >= now
}

func (q *Queue) backoffLess(a, b *entry) bool {
	if a.expiry != b.expiry {
		return a.expiry < b.expiry
	}
	return q.less(a, b)
}

func errorBackoffLess(a, b *entry) bool {
	if a.expiry != b.expiry {
		return a.expiry < b.expiry
	}
	return a.seq < b.seq
}

// Flush does what is due at or before now: at whole seconds it makes pods active
// whose backoff is over, and every 30 s it lets out pods that have waited for an
// event for too long.
func (q *Queue) Flush(now models.Time, v cluster.View) {
	q.release(&q.backoff, now, v)
	q.release(&q.errorBackoff, now, v)
	scan := now.Floor(scanPeriod)
	q.moving = q.moving[:0]
	for slot := q.oldest; slot != none; slot = q.entries[slot].newer {
		if scan.Sub(q.entries[slot].since) <= q.config.UnschedulableAge {
			break
		}
		q.moving = append(q.moving, moving{slot, afterBackoff})
	}
	for _, m := range q.moving {
		q.unpark(m.slot)
		q.requeue(now, m.slot, m.when, v)
	}
}

func (q *Queue) release(h *heap, now models.Time, v cluster.View) {
	for len(h.slots) > 0 && q.entries[h.slots[0]].expiry < now.Floor(flushPeriod) {
		slot := q.take(h, 0)
		if q.config.PopFromBackoffQ { // it passed the gates on its way in
			q.push(&q.active, slot)
		} else {
			q.activate(slot, v)
		}
	}
}

// NextFlush returns when Flush will next change something, not before now; Never
// if it will not.
func (q *Queue) NextFlush(now models.Time) models.Time {
	next := models.Never
	for _, h := range [...]*heap{&q.backoff, &q.errorBackoff} {
		if len(h.slots) > 0 {
			next = min(next, q.entries[h.slots[0]].expiry.Floor(flushPeriod).Add(flushPeriod))
		}
	}
	if q.oldest != none {
		next = min(next, q.entries[q.oldest].since.Add(q.config.UnschedulableAge).Floor(scanPeriod).Add(scanPeriod))
	}
	return max(next, now)
}
