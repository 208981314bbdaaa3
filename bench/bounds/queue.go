package bounds

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/podsim/podsim/models"
)

// task is a stretch of time that a pod takes room for, and since when it could.
type task struct {
	spec models.SpecID
	from models.Time
	time models.Time
}

// queue gathers what bounds on waiting and on the end of all work are made of.
type queue struct {
	begun    bool
	first    models.Time // creation of the first run-to-completion pod
	longest  models.Time // before which not all pods that succeeded can have ended
	work     []task      // runs that succeeded, from the arrival of what they belong to
	stays    []task      // room that pods held, from their creation
	overflow bool
}

// tasksMost bounds the memory of a queue; with more pods its bounds are given up.
const tasksMost = 1 << 20

func (q *queue) begin(now models.Time) {
	if !q.begun {
		q.begun, q.first = true, now
	}
}

func (q *queue) finished(t task) {
	q.longest = max(q.longest, t.from+t.time)
	if len(q.work) < tasksMost {
		q.work = append(q.work, t)
	}
}

func (q *queue) released(t task) {
	if q.overflow = q.overflow || len(q.stays) >= tasksMost; !q.overflow {
		q.stays = append(q.stays, t)
	}
}

// load is the part of tasks that matters to one resource: their shares of it, in
// seconds of all there is of it.
type load struct{ from, size, time float64 }

// loads lists tasks in order of time, with what they take of a capacity. Tasks
// that take nothing are left out.
func loads(tasks []task, request func(models.SpecID) int64, capacity float64) []load {
	var out []load
	for _, t := range tasks {
		if amount := request(t.spec); amount > 0 && capacity > 0 && t.time > 0 {
			seconds := t.time.Seconds()
			out = append(out, load{t.from.Seconds(), float64(amount) / capacity * seconds, seconds})
		}
	}
	slices.SortStableFunc(out, func(a, b load) int { return cmp.Compare(a.from, b.from) })
	return out
}

// lastEnd is a moment before which not all work can have ended: whatever came from
// some moment on takes all there is for the sum of its sizes.
func lastEnd(work []load) float64 {
	end, sum := 0.0, 0.0
	for _, l := range slices.Backward(work) {
		sum += l.size
		end = max(end, l.from+float64(sum*(1-tolerance)))
	}
	return end
}

// waiting is a lower bound on the sum of the seconds from creation to binding. The
// mean moment of a pod's stay is half of its stay after it was bound. In no
// schedule is the sum of mean moments smaller than where one machine with all the
// capacity works on the smallest task at hand, leaving it whenever a smaller one
// comes.
// Source: M. X. Goemans, Improved approximation algorithms for scheduling with
// release dates, SODA 1997 (the LP schedule, with equal weights).
func waiting(stays []load) float64 {
	var ready tasksBySize
	clock, middles, gross := 0.0, 0.0, 0.0
	for next := 0; next < len(stays) || len(ready) > 0; {
		if len(ready) == 0 {
			clock = max(clock, stays[next].from)
		}
		for next < len(stays) && stays[next].from <= clock {
			heap.Push(&ready, pending{stays[next].size, stays[next].size})
			next++
		}
		job := &ready[0]
		until, share := clock+job.left, job.left/job.size
		if next < len(stays) && stays[next].from < until {
			until = stays[next].from
			share = min(share, (until-clock)/job.size)
		}
		middles += float64(share * float64((clock+until)/2))
		job.left -= float64(share * job.size)
		clock = until
		if job.left <= float64(job.size*tolerance) {
			heap.Pop(&ready)
		}
	}
	sum := middles
	gross = middles
	for _, l := range stays {
		sum -= l.from + l.time/2
		gross += l.from + l.time/2
	}
	// Moments far from 0 are known less well than short stays.
	return max(0, sum-float64(gross*1e-7))
}

// pending is a task on the one machine.
type pending struct{ size, left float64 }

// tasksBySize is a heap with the smallest task at the root.
type tasksBySize []pending

func (h tasksBySize) Len() int           { return len(h) }
func (h tasksBySize) Less(i, j int) bool { return h[i].size < h[j].size }
func (h tasksBySize) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *tasksBySize) Push(x any)        { *h = append(*h, x.(pending)) }
func (h *tasksBySize) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
