package queue

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// Reject ends the attempt of a pod that plugins rejected. If an event that
// happened meanwhile is worth another attempt, the pod backs off; otherwise it
// waits for one. Without any rejecting plugin it is a Fail. What one of the pending
// rejectors finds worth it makes the pod active at once.
// Source: AddUnschedulableIfNotPresent in scheduling_queue.go.
func (q *Queue) Reject(now models.Time, pod models.PodID, rejectors, pending PluginSet, v cluster.View) {
	slot := q.find(pod)
	if slot == none || q.entries[slot].place != inFlight {
		return
	}
	e := &q.entries[slot]
	if e.gone {
		q.Done(pod)
		return
	}
	e.rejectors, e.pending = rejectors, pending&rejectors
	if rejectors == 0 {
		e.errors++
	} else {
		e.unschedulable++
		e.errors = 0
	}
	q.stamp(now, e)
	e.expiry = q.expiry(e)
	when := never
	if rejectors == 0 {
		when = afterBackoff
	} else {
		p, events := &q.profiles[e.profile], q.missed(e)
		for i := range events {
			when = max(when, p.worth(rejectors, e.pending, &events[i], v, pod))
			if when == atOnce || when == afterBackoff && e.pending == 0 {
				break
			}
		}
	}
	q.land(slot)
	if when == never {
		q.park(slot)
	} else {
		q.requeue(now, slot, when, v)
	}
}

// Fail ends the attempt of a pod that failed for another reason than a plugin:
// no event can help, so it backs off.
func (q *Queue) Fail(now models.Time, pod models.PodID, v cluster.View) { q.Reject(now, pod, 0, 0, v) }

// Hears reports whether any plugin registers events of that kind.
func (q *Queue) Hears(kind framework.EventKind) bool { return q.on&kind != 0 }

// Notify tells of an event. Pods whose rejecting plugins find it worth another
// attempt back off, or are active at once if their backoff is over or if one that
// was pending finds so. That a nominated pod went away concerns only pods that
// are not more important than it was.
// Source: moveAllToActiveOrBackoffQueue in scheduling_queue.go.
func (q *Queue) Notify(now models.Time, e *framework.Event, v cluster.View) {
	q.NotifyOthers(now, e, models.None, v)
}

// NotifyOthers tells of an event everybody but one pod.
func (q *Queue) NotifyOthers(now models.Time, e *framework.Event, but models.PodID, v cluster.View) {
	if e.Kind&q.on == 0 {
		return
	}
	if q.count > 0 {
		q.events = append(q.events, *e)
	}
	if q.unschedulable+q.gated == 0 {
		return
	}
	// Who moves is settled before anybody moves: a pod may come back gated.
	q.moving = q.moving[:0]
	for i := range q.rejections {
		r := &q.rejections[i]
		if r.on&e.Kind == 0 {
			continue
		}
		for id := r.first; id != none; id = q.classes[id].next {
			first := q.classes[id].first
			if e.Nominated && q.entries[first].priority > e.Spec.Priority {
				continue
			}
			when := q.profiles[r.profile].worth(r.rejectors, r.pending, e, v, q.entries[first].pod)
			if when == never {
				continue
			}
			for slot := first; slot != none; slot = q.entries[slot].next {
				if q.entries[slot].pod != but {
					q.moving = append(q.moving, moving{slot, when})
				}
			}
		}
	}
	for _, m := range q.moving {
		q.unpark(m.slot)
		q.requeue(now, m.slot, m.when, v)
	}
}

// requeue lets a pod back off, or makes it active if its backoff is over or does
// not matter.
func (q *Queue) requeue(now models.Time, slot int32, when urgency, v cluster.View) {
	e := &q.entries[slot]
	if when == atOnce || !q.backingOff(e, now) {
		q.activate(slot, v)
		return
	}
	// A pod that can be popped from backoff must have passed the gates before.
	if q.config.PopFromBackoffQ && !q.profiles[e.profile].preEnqueue(e, v) {
		q.park(slot)
		return
	}
	if e.rejectors == 0 {
		q.push(&q.errorBackoff, slot)
	} else {
		q.push(&q.backoff, slot)
	}
}

// activate makes a pod active if the gates let it pass.
func (q *Queue) activate(slot int32, v cluster.View) {
	e := &q.entries[slot]
	if q.profiles[e.profile].preEnqueue(e, v) {
		q.push(&q.active, slot)
	} else {
		q.park(slot)
	}
}
