package plan

import (
	"context"
	"fmt"
	"slices"

	"github.com/podsim/podsim/reports/capacity"
)

// sensitivity asks what becomes of the best mix with one step fewer and one more of
// each candidate, and of the plan at another demand.
func (e *engine) sensitivity(ctx context.Context) error {
	for i := range e.best {
		for _, by := range []int{-1, 1} {
			m := e.shifted(i, by)
			if m == nil {
				continue
			}
			met, err := e.meets(ctx, m, nil)
			if err != nil {
				return err
			}
			e.changes = append(e.changes, e.shift(i, by, m, met))
		}
	}
	for _, factor := range []float64{0.8, 0.9, 1.1, 1.2} {
		if err := e.otherDemand(ctx, factor); err != nil {
			return err
		}
	}
	return nil
}

// shift is what becomes of the best mix with so many steps more of a candidate.
func (e *engine) shift(i, by int, m mix, met bool) capacity.Change {
	what := fmt.Sprintf("%d %s more", by*e.axes[i].step, e.plan.Candidates[i].Name)
	if by < 0 {
		what = fmt.Sprintf("%d %s fewer", -by*e.axes[i].step, e.plan.Candidates[i].Name)
	}
	change := capacity.Change{What: what, Meets: &met, Miss: e.missOf(e.record(m))}
	if met {
		changed := e.mixOf(e.record(m))
		change.Mix, change.Cost = &changed, e.difference(m)
	}
	return change
}

// difference is what a mix costs beyond the best one.
func (e *engine) difference(m mix) *float64 {
	cost := rounded(e.cost(m) - e.cost(e.best))
	return &cost
}

// What the search at another demand may take: a share of the runs that the answer took,
// up to some, and as many as judge a few mixes to the end.
const (
	otherShare = 4
	otherMost  = 80
	otherMixes = 2
)

// otherDemand looks what the plan comes to at another demand. What it tells meets on all
// contingencies and seeds of the plan; that nothing less does is proven only if the runs
// that it may take are enough.
func (e *engine) otherDemand(ctx context.Context, factor float64) error {
	p := e.plan.WithDemand(factor)
	court := newRuns(ctx, p, e.space, &e.options, &e.kept)
	defer court.close()
	cuts, _, err := cutsOf(ctx, p, e.space)
	if err != nil {
		return err
	}
	s := &search{
		space: e.space, ledger: newLedger(court, e.contingencies, e.seeds), cuts: cuts, budget: e.budget, safety: e.safety,
		runsMost: min(e.decided/otherShare, otherMost) + otherMixes*len(e.trials),
	}
	s.trials = slices.Clone(e.trials) // what others missed last comes first here, too
	s.told = func() {
		e.ledger.runs++
		e.tell()
	}
	met, err := s.meets(ctx, e.best, nil)
	if err != nil {
		return err
	}
	if met {
		s.best = e.best
	}
	if err := s.economise(ctx); err != nil {
		return err
	}
	change := capacity.Change{
		What: fmt.Sprintf("demand %+.0f%%", 100*factor-100), Meets: &met, Miss: e.missOf(s.record(e.best)),
		Demand: p.Demand, Proven: s.proof == exact || s.proof == hopeless,
	}
	if s.best != nil {
		mix := e.mixOf(s.record(s.best))
		change.Mix, change.Cost = &mix, e.difference(s.best)
	}
	e.changes = append(e.changes, change)
	return nil
}

// economise looks for the least mix that meets, below the best one if there is one, as
// long as it may: from what no cut rules out upwards, and around the best one where there
// are too many others. The best one that it leaves was judged to the end.
func (s *search) economise(ctx context.Context) error {
	if s.best != nil {
		if err := s.lessen(ctx); err != nil {
			return err
		}
	}
	from, all := s.first(s.cuts, nil, s.best)
	switch {
	case from != nil:
		if err := s.climb(ctx, s.path(from, nil, s.best)); err != nil {
			return err
		}
	case all && s.best == nil:
		s.proof = hopeless
		return nil
	}
	for s.best != nil {
		before := s.best
		kept, err := s.verify(ctx)
		if err != nil {
			return err
		}
		if kept {
			if err := s.rise(ctx); err != nil {
				return err
			}
			if s.compare(s.best, before) == 0 {
				break
			}
		}
	}
	for _, r := range s.sorted() {
		if r.accepted {
			s.best = r.mix
			break
		}
	}
	return nil
}

// lessen takes away from the best mix what it does not need.
func (s *search) lessen(ctx context.Context) error {
	best := s.best
	s.best = nil
	return s.improve(ctx, best)
}

// rise goes through the mixes below the best one in their order if they are not too many,
// and looks around it otherwise.
func (s *search) rise(ctx context.Context) error {
	list, all := s.list(s.cuts, s.best, false, s.left())
	if !all {
		return s.exchange(ctx)
	}
	for i, m := range list {
		if s.spent() {
			return nil
		}
		met, err := s.promises(ctx, m, list[i+1:])
		if err != nil {
			return err
		}
		if met {
			if met, err = s.meets(ctx, m, nil); err != nil {
				return err
			}
		}
		if met {
			s.best = m
			break
		}
	}
	s.proof = exact
	return nil
}
