package plan

import (
	"context"
	"errors"
	"slices"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// Search answers a plan. When the context ends it returns ErrInterrupted with what is
// known so far, marked as partial. Other errors are a *Failure or one of the store.
func Search(ctx context.Context, p *scenarios.Plan, o Options) (*capacity.Plan, error) {
	e := newEngine(ctx, p, o)
	defer e.runs.close()
	err := e.decide(ctx)
	if err == nil {
		err = e.lookAround(ctx)
	}
	answer := e.answer()
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		answer.Partial = true
		return answer, ErrInterrupted
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// engine is one call of Search.
type engine struct {
	plan    *scenarios.Plan
	options Options
	phase   Phase
	kept    int
	runs    *runs
	*search

	frontier []*record         // mixes that the frontier is made of
	changes  []capacity.Change // what becomes of the answer when something changes
	decided  int               // runs that the answer took
	notes    []string
}

// newEngine returns an engine; its runs must be closed.
func newEngine(ctx context.Context, p *scenarios.Plan, o Options) *engine {
	e := &engine{plan: p, options: o, phase: Bounding}
	space := spaceOf(p)
	e.runs = newRuns(ctx, p, space, &e.options, &e.kept)
	e.search = &search{
		space: space, ledger: newLedger(e.runs, trying(p), p.Seeds), budget: p.Budget,
		safety: safety{share: p.Reliability, confidence: p.Confidence, first: p.Seeds, max: max(p.Seeds, p.MaxSeeds)},
	}
	e.told, e.prepare = e.tell, e.guess
	return e
}

// decide finds the answer.
func (e *engine) decide(ctx context.Context) (err error) {
	e.tell()
	if e.cuts, e.notes, err = cutsOf(ctx, e.plan, e.space); err != nil {
		return err
	}
	e.phase = Closing
	e.tell()
	return e.run(ctx)
}

// chance reports whether the runs of the best mix differ from seed to seed.
func (e *engine) chance() bool {
	digests := make(map[int]string)
	for t, v := range e.record(e.best).verdicts {
		if had, known := digests[t.contingency]; known && had != v.Digest {
			return true
		}
		digests[t.contingency] = v.Digest
	}
	return false
}

// lookAround asks what else there is to know about the answer.
func (e *engine) lookAround(ctx context.Context) error {
	e.phase, e.decided = Asking, e.ledger.runs
	e.tell()
	if e.best != nil {
		if err := e.alternatives(ctx); err != nil {
			return err
		}
		if err := e.sensitivity(ctx); err != nil {
			return err
		}
	}
	for _, r := range e.rungs() {
		if err := e.measure(ctx, r); err != nil {
			return err
		}
		e.frontier = append(e.frontier, r)
	}
	return nil
}

// trying is the order in which contingencies are tried at first: what disturbs before
// what does not.
func trying(p *scenarios.Plan) []int {
	var order []int
	for i := len(p.Contingencies) - 1; i >= 0; i-- {
		order = append(order, i)
	}
	return order
}

func (e *engine) tell() {
	if e.options.SoFar != nil && e.phase != Bounding {
		e.options.SoFar(e.soFar)
	}
	if e.options.Progress == nil {
		return
	}
	at := Progress{Phase: e.phase, Mixes: len(e.records), Budget: e.budget, Runs: e.ledger.runs, Kept: e.kept}
	if e.low != nil {
		low := e.worth(e.low)
		at.Low = &low
	}
	if e.best != nil {
		high := e.worth(e.best)
		at.High = &high
	}
	e.options.Progress(at)
}

// soFar gathers what is known and changes nothing of the search.
func (e *engine) soFar() *capacity.Plan {
	now, search := *e, *e.search
	now.search, now.notes = &search, slices.Clone(e.notes)
	if e.best != nil && e.records[e.best.key()] == nil { // it is about to be judged
		search.best = nil
	}
	a := now.answer()
	a.Partial = true
	return a
}

// eachVerdict visits the verdicts on a mix in the order of contingencies and seeds.
func (e *engine) eachVerdict(r *record, visit func(trial, *judge.Verdict)) {
	for seed := range max(e.seeds, e.safety.max) {
		for c := range e.plan.Contingencies {
			if v := r.verdicts[trial{c, seed}]; v != nil {
				visit(trial{c, seed}, v)
			}
		}
	}
}
