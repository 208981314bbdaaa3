package plan

import (
	"context"
	"slices"
)

// How much is looked at beyond the answer itself.
const (
	runnersUp      = 3  // next ones that meet
	runnersTried   = 16 // mixes judged for them
	ladder         = 6  // cheaper mixes that the frontier is made of
	alternatesMost = 5_000
	tighter        = 0.02 // by how much less slack they may have than the best one
)

// alternatives looks for the next mixes that meet: those that are not just the best one
// and more.
func (s *search) alternatives(ctx context.Context) error {
	ceiling := s.dearer()
	if ceiling == nil {
		return nil
	}
	list, _ := s.list(s.cuts, ceiling, false, alternatesMost)
	tried, met := 0, 0
	for i, m := range list {
		if s.compare(m, s.best) <= 0 || m.covers(s.best) || s.doomed(m) || s.slack(m) < s.slack(s.best)-tighter {
			continue
		}
		meets, err := s.meets(ctx, m, list[i+1:])
		if err != nil {
			return err
		}
		if meets {
			met++
		}
		if tried++; tried == runnersTried || met == runnersUp {
			break
		}
	}
	return nil
}

// dearer is the best mix with one level more of the dearest step; nil if there is none.
func (s *search) dearer() mix {
	dearest := -1
	for i := range s.best {
		if s.best[i] < s.axes[i].levels-1 && (dearest < 0 || s.stepWorth(i) > s.stepWorth(dearest)) {
			dearest = i
		}
	}
	if dearest < 0 {
		return nil
	}
	return s.shifted(dearest, 1)
}

// shifted is the best mix with so many levels more of one candidate; nil if there are
// none.
func (s *search) shifted(axis, by int) mix {
	m := slices.Clone(s.best)
	if m[axis] += by; m[axis] < 0 || m[axis] >= s.axes[axis].levels {
		return nil
	}
	return m
}

// sorted returns the records of mixes that were judged to the end, in the order of the
// space.
func (s *search) sorted() []*record {
	var list []*record
	for _, r := range s.records {
		if r.accepted || r.rejected {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *record) int { return s.compare(a.mix, b.mix) })
	return list
}

// rungs are mixes that miss, spread over the costs below the best one.
func (s *search) rungs() []*record {
	var below []*record
	for _, r := range s.sorted() {
		if r.rejected && (s.best == nil || s.compare(r.mix, s.best) < 0) {
			below = append(below, r)
		}
	}
	if len(below) <= ladder {
		return below
	}
	var rungs []*record
	for i := range ladder {
		rungs = append(rungs, below[(2*i+1)*len(below)/(2*ladder)])
	}
	return rungs
}

// measure has a mix judged in every contingency on the first seed, whether it misses or
// not.
func (l *ledger) measure(ctx context.Context, r *record) error {
	var open []trial
	for _, c := range l.contingencies {
		if t := (trial{c, 0}); r.verdicts[t] == nil {
			open = append(open, t)
		}
	}
	for i, t := range open {
		l.foresee(r.mix, open[i+1:], nil, false)
		if _, err := l.ask(ctx, r, t); err != nil {
			return err
		}
	}
	return nil
}
