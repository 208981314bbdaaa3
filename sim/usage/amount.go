package usage

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Amount is what pods use.
type Amount uint8

// The amounts that are measured, with their units.
const (
	CPU           Amount = iota // thousandths of a core
	Memory                      // bytes
	Logs                        // bytes
	WritableLayer               // bytes
	Volumes                     // bytes
	Inodes
	Processes

	amounts // is how many there are
)

// walks are the purposes of the streams of walks.
var walks = [amounts]string{
	"usage/cpu", "usage/memory", "usage/logs", "usage/writable-layer", "usage/volumes", "usage/inodes", "usage/processes",
}

// onDisk are the amounts that ephemeral storage comes to.
var onDisk = []Amount{Logs, WritableLayer, Volumes}

// amountsOf returns the amounts that a resource comes to.
func amountsOf(r models.Resource) []Amount {
	switch r {
	case models.CPU:
		return []Amount{CPU}
	case models.Memory:
		return []Amount{Memory}
	case models.EphemeralStorage:
		return onDisk
	}
	return nil
}

// requested returns what a container requests of an amount.
func requested(c *models.ContainerAmounts, what Amount) int64 {
	switch what {
	case CPU:
		return max(c.Request(models.CPU), 0)
	case Memory:
		return max(c.Request(models.Memory), 0)
	}
	return 0
}

// Term is an amount that somebody uses.
type Term struct {
	User
	Of Amount
}

// Terms appends what all containers of a pod, or the pod as a whole, use of some amounts.
func Terms(terms []Term, pod cluster.Pod, of ...Amount) []Term {
	for _, what := range of {
		if !pod.Itemised() {
			terms = append(terms, Term{User{pod, models.None}, what})
			continue
		}
		for i := range pod.Containers() {
			terms = append(terms, Term{User{pod, i}, what})
		}
	}
	return terms
}

// Sum returns what terms come to at a moment.
func (m *Meter) Sum(terms []Term, at models.Time) (sum int64) {
	for i := range terms {
		if p, ok := m.use(terms[i].User, terms[i].Of, at); ok {
			sum += p.at(at)
		}
	}
	return sum
}

// NextChange is how far ahead the moment is looked for at which an amount passes a
// limit; then it must be asked for again.
const NextChange = 24 * time.Hour

// stretches is how many stretches of time, on each of which all amounts move in straight
// lines, are looked at in one search: far enough to be asked seldom, and not so far that
// much is looked at in vain, or that walks have to begin anew (see placesApart).
const stretches = placesApart

// Exceeds returns the first moment from now on, in whole milliseconds, at which the
// memory that some use together exceeds a limit. until is how far that was looked for,
// Never if nothing changes any more.
func (m *Meter) Exceeds(users []User, now models.Time, limit int64) (at, until models.Time, found bool) {
	terms := make([]Term, len(users))
	for i, u := range users {
		terms[i] = Term{u, Memory}
	}
	return m.Turns(terms, now, limit, false)
}

// Turns returns the first moment from now on, in whole milliseconds, at which a sum is
// above a limit, or if it is above already, no longer above it. until is how far that was
// looked for, Never if nothing changes any more.
func (m *Meter) Turns(terms []Term, now models.Time, limit int64, above bool) (at, until models.Time, found bool) {
	end, from := now.Add(NextChange), now
	moving := m.moving[:0]
	for i := range terms {
		if p, ok := m.use(terms[i].User, terms[i].Of, from); ok {
			moving = append(moving, movement{i, p})
		}
	}
	m.moving = moving
	for seen := 0; from < end && seen < stretches; seen++ {
		last, sum, next := models.Never, int64(0), int64(0)
		for i := range moving {
			if p := &moving[i]; p.until <= from {
				p.piece, _ = m.use(terms[p.term].User, terms[p.term].Of, from)
			}
			last = min(last, moving[i].until)
		}
		to := min(last, end)
		for i := range moving {
			sum, next = sum+moving[i].at(from), next+moving[i].at(to)
		}
		beyond := limit
		if above { // the same, seen from the other side
			sum, next, beyond = -sum, -next, -limit-1
		}
		if at, ok := crossing(from, to, sum, next, beyond); ok {
			return at, at, true
		}
		if from = to; last == models.Never {
			return 0, models.Never, false
		}
	}
	return 0, from, false
}

// movement is a term, by its index, and the piece of it that is looked at.
type movement struct {
	term int
	piece
}

// Memory returns what somebody uses of it at a moment.
func (m *Meter) Memory(u User, at models.Time) int64 {
	p, ok := m.use(u, Memory, at)
	if !ok {
		return 0
	}
	return p.at(at)
}

// crossing returns when an amount that moves in a straight line exceeds a limit.
func crossing(from, until models.Time, amount, next, limit int64) (models.Time, bool) {
	switch {
	case amount > limit:
		return from, true
	case next <= limit:
		return 0, false
	}
	wait := proportion(int64(until-from), limit+1-amount, next-amount)
	if proportion(next-amount, wait, int64(until-from)) <= limit-amount {
		wait++
	}
	return (from + models.Time(wait)).Ceil(time.Millisecond), true
}
