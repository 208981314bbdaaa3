package plan

import (
	"context"
	"slices"
)

// proof is on what the claim rests that nothing less meets the plan.
type proof int

const (
	unproven  proof = iota
	monotone        // more nodes never hurt
	exact           // every mix that is less was judged or is ruled out
	hopeless        // no mix meets: all are ruled out or were judged
	exhausted       // the largest mix misses, and more nodes never hurt
)

// search looks for the first mix, in the order of the space, that meets the plan.
type search struct {
	*space
	*ledger
	safety safety
	cuts   []cut
	budget int // most mixes to judge
	// runsMost is how many runs it may begin with; 0 is any number.
	runsMost int
	// prepare comes before climbs, and may add to guesses; nil does nothing.
	prepare func(context.Context) error
	guesses []cut // where climbs begin, which prove nothing

	low    mix // no mix before it can meet; nil if none can
	lowAll bool
	best   mix // the first that promises to meet; when the search is over, it does
	proof  proof
}

// sweepMost is how many mixes are gone through one by one without looking for a good
// one first.
const sweepMost = 200

// run searches until the answer is proven or the budget is used up. When it returns an
// error, what is known so far is there.
func (s *search) run(ctx context.Context) error {
	s.low, s.lowAll = s.first(s.cuts, nil, nil)
	if s.low == nil {
		if s.lowAll {
			s.proof = hopeless
			return nil
		}
		s.low = s.least()
	}
	if list, all := s.list(s.cuts, nil, false, min(s.budget, sweepMost)); all && len(list) > 0 {
		if _, err := s.promises(ctx, list[0], list[1:]); err != nil {
			return err
		}
		if !s.tedious(list) {
			return s.ascend(ctx, list)
		}
	}
	if s.prepare != nil {
		if err := s.prepare(ctx); err != nil {
			return err
		}
	}
	for {
		if err := s.explore(ctx); err != nil {
			return err
		}
		if s.best == nil {
			return s.despair(ctx)
		}
		// Before others are compared with it, too: what it misses is what others are tried
		// on first.
		kept, err := s.verify(ctx)
		if err == nil && kept {
			if err = s.close(ctx); err == nil {
				kept, err = s.verify(ctx)
			}
		}
		if err != nil {
			return err
		}
		if kept {
			return s.sweep(ctx)
		}
	}
}

// verify judges the best mix to the end. If it misses, the next best takes its place, and
// nothing is proven.
func (s *search) verify(ctx context.Context) (bool, error) {
	met, err := s.meets(ctx, s.best, nil)
	if err == nil && !met {
		s.best, s.proof = s.promised(), unproven
	}
	return met, err
}

// promised is the first mix that promises to meet and was not seen to miss; nil if there
// is none.
func (s *search) promised() mix {
	var first mix
	for _, r := range s.records {
		if r.promises && !r.rejected && (first == nil || s.compare(r.mix, first) < 0) {
			first = r.mix
		}
	}
	return first
}

// spent reports whether the budget is used up.
func (s *search) spent() bool {
	return len(s.records) >= s.budget || s.runsMost > 0 && s.ledger.runs >= s.runsMost
}

// meets judges a mix to the end.
func (s *search) meets(ctx context.Context, m mix, next []mix) (bool, error) {
	if met, known := s.known(m); known {
		return met, nil
	}
	met, err := s.safety.judge(ctx, s.ledger, m, next)
	if err != nil {
		return false, err
	}
	r := s.record(m)
	r.accepted, r.rejected = met, !met
	return met, nil
}

// promises tells whether a mix may meet, by few runs. It may be wrong about those that
// do: the best one is judged to the end once it is found.
func (s *search) promises(ctx context.Context, m mix, next []mix) (bool, error) {
	if met, known := s.known(m); known {
		return met, nil
	}
	if s.safety.share > 0 {
		return s.meets(ctx, m, next)
	}
	met, err := s.judge(ctx, m, s.screened(), next)
	if err == nil {
		r := s.record(m)
		r.promises, r.rejected = met, !met
	}
	return met, err
}

// ruled reports whether a cut rules a mix out.
func (s *search) ruled(m mix) bool {
	return slices.ContainsFunc(s.cuts, func(c cut) bool { return c.slack(m) < -1e-9 })
}

// doomed reports whether a mix has no more of anything than one that misses.
func (s *search) doomed(m mix) bool {
	for _, r := range s.records {
		if r.rejected && r.mix.covers(m) {
			return true
		}
	}
	return false
}

// ascend judges mixes in their order; the first that meets is the answer.
func (s *search) ascend(ctx context.Context, list []mix) error {
	for i, m := range list {
		s.low = m
		met, err := s.meets(ctx, m, list[i+1:])
		if err != nil {
			return err
		}
		if met {
			s.best, s.proof = m, exact
			return nil
		}
	}
	s.proof = exact
	if s.best == nil {
		s.proof = hopeless
	} else {
		s.low = s.best
	}
	return nil
}
