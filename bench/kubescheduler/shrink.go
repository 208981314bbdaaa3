package kubescheduler

import (
	"slices"
	"time"
)

// Comparison lets both sides go through a world; seen things are of no interest.
type Comparison func(*World) (*Difference, error)

// Histories and Places are the comparisons.
var (
	Histories Comparison = func(w *World) (*Difference, error) { return Compare(w, nil) }
	Places    Comparison = func(w *World) (*Difference, error) { return ComparePlaces(w, nil) }
)

// patience bounds the work of shrinking.
const patience = 15 * time.Second

// Shrink leaves out steps of a world as long as the two schedulers differ, and
// then parts of its objects, and returns what remains with its difference. It
// tries larger pieces first.
func Shrink(w World, compare Comparison) (World, *Difference) {
	s := shrinking{compare: compare, until: time.Now().Add(patience)}
	difference := s.differs(&w)
	if difference == nil {
		return w, nil
	}
	s.refused = difference.Refused
	if at := difference.Step; at > 0 && at < len(w.Steps)-1 && !w.QueueOrder {
		cut := w
		cut.Steps = w.Steps[:at+1]
		s.keep(&w, &difference, cut)
	}
	for s.steps(&w, &difference) || s.fields(&w, &difference) {
		if s.spent() {
			break
		}
	}
	return w, difference
}

type shrinking struct {
	compare Comparison
	until   time.Time
	refused string // what podsim refuses, if that is the difference
}

func (s *shrinking) spent() bool { return time.Now().After(s.until) }

// differs returns the first difference of a lawful world.
func (s *shrinking) differs(w *World) *Difference {
	difference, err := s.compare(w)
	if err != nil {
		return nil
	}
	return difference
}

// keep takes a smaller world if it still differs.
func (s *shrinking) keep(w *World, difference **Difference, smaller World) bool {
	if s.spent() || len(smaller.Steps) == 0 {
		return false
	}
	d := s.differs(&smaller)
	if d == nil || (d.Refused == "") != (s.refused == "") {
		return false
	}
	*w, *difference = smaller, d
	return true
}

// steps leaves out steps. It reports whether any could go.
func (s *shrinking) steps(w *World, difference **Difference) bool {
	any := false
	for size := max(len(w.Steps)/2, 1); size >= 1; {
		removed := false
		for at := 0; at < len(w.Steps); {
			smaller := *w
			smaller.Steps = slices.Delete(slices.Clone(w.Steps), at, min(at+size, len(w.Steps)))
			if s.keep(w, difference, smaller) {
				removed, any = true, true
			} else {
				at += size
			}
		}
		if !removed || size > 1 {
			size /= 2
		}
	}
	return any
}
