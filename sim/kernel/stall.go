package kernel

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
)

// recentEvents is how many events a StallError shows: long enough to see the
// period of a loop among controllers.
const recentEvents = 8

// StallError says that the clock does not get on: more events than the limit
// were both scheduled and due within one instant.
type StallError struct {
	At     models.Time // the instant
	Events int         // events taken that were scheduled within it
	Last   []Event     // the last of them, oldest first
}

// Error describes the stall with the kinds as numbers.
func (e *StallError) Error() string {
	return e.Describe(func(k Kind) string { return fmt.Sprintf("kind %d", k) })
}

// Describe describes the stall with the names that name gives to kinds.
func (e *StallError) Describe(name func(Kind) string) string {
	kinds := make([]string, len(e.Last))
	for i, last := range e.Last {
		kinds[i] = name(last.Kind)
	}
	return fmt.Sprintf("%d events at t=%v without progress; last kinds: %s",
		e.Events, e.At, strings.Join(kinds, ", "))
}

// Err returns a *StallError once Next has refused to go on, nil before. An
// agenda that has stalled stays so.
func (a *Agenda) Err() error {
	if a.stalled == nil {
		return nil // not the nil *StallError, which would be an error
	}
	return a.stalled
}

// admit counts e against the limit of its instant and reports whether it may
// happen. Only events scheduled within the instant count: they alone can make
// more of themselves without end.
func (a *Agenda) admit(e Event) bool {
	if e.At != a.now || a.waiting == 0 {
		a.waiting = a.scheduled
		a.within = 0
	}
	if e.Seq <= a.waiting {
		return true
	}
	limit := a.InstantLimit
	if limit <= 0 {
		limit = DefaultInstantLimit
	}
	if a.within >= limit {
		a.stalled = &StallError{At: e.At, Events: a.within, Last: a.recentWithin()}
		return false
	}
	a.recent[a.within%recentEvents] = e
	a.within++
	return true
}

func (a *Agenda) recentWithin() []Event {
	n := min(a.within, recentEvents)
	last := make([]Event, n)
	for i := range last {
		last[i] = a.recent[(a.within-n+i)%recentEvents]
	}
	return last
}
