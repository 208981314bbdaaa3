package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/podsim/podsim/bench/dispatch"
	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/scenarios"
)

// runs is the court that carries runs of a plan out.
type runs struct {
	plan    *scenarios.Plan
	space   *space
	options *Options
	kept    *int // counts the runs that were kept from an earlier time
	ahead   *dispatch.Ahead[question, finding]
}

// finding is what became of a run.
type finding struct {
	key     string
	verdict []byte // in JSON
	kept    bool
}

func newRuns(ctx context.Context, p *scenarios.Plan, s *space, o *Options, kept *int) *runs {
	r := &runs{plan: p, space: s, options: o, kept: kept}
	r.ahead = dispatch.NewAhead(ctx, o.Workers, r.find)
	return r
}

func (r *runs) close() { r.ahead.Close() }

func (r *runs) expect(questions []question) { r.ahead.Expect(questions) }

// ask has a run carried out. What goes on is what a store would give back, so that it
// makes no difference whether there is one.
func (r *runs) ask(ctx context.Context, q question) (*judge.Verdict, error) {
	f, err := r.ahead.Ask(ctx, q)
	if err != nil {
		return nil, err
	}
	if f.kept {
		*r.kept++
	} else if r.options.Store != nil {
		if err := r.options.Store.Put(f.key, f.verdict); err != nil {
			return nil, err
		}
	}
	var v judge.Verdict
	if err := json.Unmarshal(f.verdict, &v); err != nil {
		return nil, r.blame(q, true, fmt.Errorf("the verdict cannot be decoded: %w", err))
	}
	return &v, nil
}

// find takes a run from the store or carries it out. It may be called from several
// goroutines.
func (r *runs) find(ctx context.Context, q question) (finding, error) {
	if err := ctx.Err(); err != nil {
		return finding{}, err
	}
	counts, seed := r.space.counts(q.mix.mix()), r.seed(q)
	f := finding{key: store.Key(r.options.Build, r.plan.Key(counts, q.contingency, seed))}
	if r.options.Store != nil {
		if f.verdict, f.kept = r.options.Store.Get(f.key); f.kept && json.Valid(f.verdict) {
			return f, nil
		}
		f.kept = false
	}
	run, err := r.plan.Load(counts, q.contingency, seed)
	if err != nil {
		return f, r.blame(q, false, err)
	}
	v, err := judge.Run(ctx, run, judge.Question{Objectives: asked(r.plan, q.contingency), WarmUp: r.plan.WarmUp, StopAtMiss: r.plan.Reliability == 0})
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return f, err
	case err != nil:
		return f, r.blame(q, judge.Internal(err), err)
	}
	if f.verdict, err = json.Marshal(v); err != nil {
		return f, r.blame(q, true, fmt.Errorf("the verdict cannot be encoded: %w", err))
	}
	return f, nil
}

func (r *runs) seed(q question) uint64 { return r.plan.FirstSeed + uint64(q.seed) }

func (r *runs) blame(q question, internal bool, err error) error {
	return &Failure{
		Counts: r.space.counts(q.mix.mix()), Contingency: r.plan.Contingencies[q.contingency].Name, Seed: r.seed(q), Internal: internal, Err: err,
	}
}

// asked returns the objectives that must hold in a contingency. Where nodes are lost one
// must be left: with none, the control plane takes itself for the cause and evicts
// nobody, so that all pods would count as placed, on nodes that are down.
// Source: pkg/controller/nodelifecycle (handleDisruption).
func asked(p *scenarios.Plan, contingency int) []scenarios.Objective {
	var list []scenarios.Objective
	for _, o := range p.Objectives {
		if o.AsksOf(&p.Contingencies[contingency]) {
			list = append(list, o)
		}
	}
	if len(list) > 0 && losesNodes(&p.Contingencies[contingency]) {
		list = append(list, scenarios.Objective{Text: "nodes.ready >= 1", Words: "a node is left"})
	}
	return list
}

func losesNodes(c *scenarios.Contingency) bool {
	switch c.Family {
	case scenarios.LosesZone, scenarios.LosesRack, scenarios.LosesNodes, scenarios.Reclaims:
		return true
	}
	return false
}

// spaceOf returns the mixes of a plan.
func spaceOf(p *scenarios.Plan) *space {
	s := &space{fixedCost: p.FixedCost, byNodes: p.Minimise == "nodes"}
	for _, c := range p.Candidates {
		step := max(c.Step, 1)
		s.axes = append(s.axes, axis{min: c.Min, step: step, levels: (c.Max-c.Min)/step + 1, price: c.Price})
	}
	return s
}
