package survive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// survey is one call of Ask.
type survey struct {
	q      *Question
	o      *Options
	layout []node
	end    models.Time
	trials map[string]*trial // by key

	failures []failure // single ones, then double ones
	pairs    int       // double failures there are
	losses   []loss

	runs, known int
	mu          sync.Mutex
	notes       []string
}

// Ask finds out what the scenario survives. When the context ends it returns
// ErrInterrupted with what is known so far, or with nil if that is nothing. Other errors
// are what went wrong in a run; see judge.Internal.
func Ask(ctx context.Context, q Question, o Options) (*capacity.Survival, error) {
	s := &survey{q: &q, o: &o, trials: make(map[string]*trial)}
	first, err := q.Load(q.Seeds[0])
	if err != nil {
		return nil, err
	}
	s.end = q.end(first)
	if q.At > first.Config.Horizon {
		return nil, fmt.Errorf("nothing can fail at %s: the run ends at %s", q.At, first.Config.Horizon)
	}
	if err := judge.Verify(first, q.Objectives); err != nil {
		return nil, err
	}
	err = s.find(ctx)
	if err == nil {
		err = s.fail(ctx)
	}
	if err != nil && (ctx.Err() == nil || !errors.Is(err, ctx.Err())) {
		return nil, err
	}
	if err != nil && (s.layout == nil || s.of(nil) == nil) {
		return nil, ErrInterrupted
	}
	answer := s.answer()
	answer.Scenario, answer.Digest = first.Name, first.Digest
	if err != nil {
		answer.Partial, err = true, ErrInterrupted
	}
	return answer, err
}

// find looks which nodes are there when failures happen.
func (s *survey) find(ctx context.Context) error {
	var seeds [][]node
	for _, seed := range s.q.Seeds {
		var nodes []node
		err := judge.Protect(func() error {
			run, err := s.q.Load(seed)
			if err != nil {
				return err
			}
			nodes, err = layoutAt(run, s.q.At, func() bool { return ctx.Err() != nil })
			return err
		})
		if errors.Is(err, sim.ErrStopped) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		seeds = append(seeds, nodes)
	}
	s.layout = merge(seeds)
	if len(s.layout) == 0 {
		return fmt.Errorf("no node is there at %s that could fail", s.q.At)
	}
	s.askForANode()
	return nil
}

// askForANode adds an objective where a failure may take all nodes. With none left
// nobody is evicted, so that all pods count as placed.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (handleDisruption).
func (s *survey) askForANode() {
	all := slices.Contains(s.q.Families, capacity.FamilyNode) && s.q.Most >= len(s.layout)
	for _, p := range partsOf(s.layout, s.q.Families) {
		all = all || len(p.nodes) == len(s.layout)
	}
	if all {
		s.q.Objectives = append(slices.Clone(s.q.Objectives), scenarios.Objective{Text: "nodes.ready >= 1", Words: capacity.ANodeIsLeft})
	}
}

// fail makes the trials: undisturbed, single failures, double ones, then larger
// numbers of nodes.
func (s *survey) fail(ctx context.Context) error {
	if err := s.try(ctx, [][]int{nil}); err != nil {
		return err
	}
	parts := partsOf(s.layout, s.q.Families)
	for i := range parts {
		s.failures = append(s.failures, failure{parts[i : i+1], parts[i].nodes, parts[i].stands})
	}
	if s.q.Double {
		some, of := drawn(pairs(s.layout, parts), s.q.Pairs, s.q.Seeds[0])
		s.pairs, s.failures = of, append(s.failures, some...)
	}
	sets := make([][]int, len(s.failures))
	for i := range s.failures {
		sets[i] = s.failures[i].nodes
	}
	if err := s.try(ctx, sets); err != nil {
		return err
	}
	if slices.Contains(s.q.Families, capacity.FamilyNode) {
		return s.lose(ctx)
	}
	return nil
}

// answer tells what is known.
func (s *survey) answer() *capacity.Survival {
	out := &capacity.Survival{
		Version: s.o.Version, At: reports.SecondsOf(s.q.At), Seeds: s.q.Seeds, Nodes: len(s.layout),
		Racks:       len(named(s.layout, capacity.FamilyRack, func(n *node) string { return n.rack })),
		Zones:       len(named(s.layout, capacity.FamilyZone, func(n *node) string { return n.zone })),
		Undisturbed: cells(s.q.Objectives, []*trial{s.of(nil)}), Failures: []capacity.Failure{}, First: []capacity.Breakage{},
		Losses: []capacity.Tolerance{}, Requirements: []capacity.Requirement{}, Runs: s.runs, Assumptions: s.assumptions(), Notes: s.notes,
	}
	if s.q.For > 0 {
		lasts := reports.SecondsOf(models.Time(s.q.For))
		out.For = &lasts
	}
	for i := range s.layout {
		out.Bare += s.layout[i].bare
	}
	for i := range s.q.Objectives {
		out.Objectives = append(out.Objectives, s.of(nil).verdicts[0].outcomes[i].Text)
	}
	out.Doubles.Of = s.pairs
	for i := range s.failures {
		f := &s.failures[i]
		if t := s.of(f.nodes); t != nil {
			out.Failures = append(out.Failures, s.told(f, t))
			if len(f.parts) == 2 {
				out.Doubles.Tried++
			}
		}
	}
	for i := range s.losses {
		out.Losses = append(out.Losses, s.tolerance(&s.losses[i]))
	}
	s.tolerated(out)
	for _, r := range s.q.Requirements {
		out.Requirements = append(out.Requirements, r.judge(out))
	}
	for i := range s.q.Objectives {
		out.First = append(out.First, s.first(out, i))
	}
	return out
}

func (s *survey) told(f *failure, t *trial) capacity.Failure {
	out := capacity.Failure{
		Nodes: len(f.nodes), Stands: f.stands, Survived: t.survived(), Cells: cells(s.q.Objectives, []*trial{t}),
		Misses: []capacity.Miss{}, Why: t.why(),
	}
	out.EachSurvived = len(f.parts) > 1
	for _, p := range f.parts {
		out.Parts = append(out.Parts, p.Part)
		alone := s.of(p.nodes)
		out.EachSurvived = out.EachSurvived && alone != nil && alone.survived()
	}
	for i := range s.q.Objectives {
		if miss := t.miss(i, out.Name(), s.q.Seeds); miss != nil {
			out.Misses = append(out.Misses, *miss)
		}
	}
	return out
}

// first finds the least failure that breaks an objective: among those that take the
// fewest nodes the first one.
func (s *survey) first(out *capacity.Survival, objective int) capacity.Breakage {
	b := capacity.Breakage{Objective: out.Objectives[objective]}
	undisturbed := s.of(nil)
	if b.Miss = undisturbed.miss(objective, "", s.q.Seeds); b.Miss != nil {
		b.Undisturbed, b.Why = true, undisturbed.why()
		return b
	}
	for i := range out.Failures {
		f := &out.Failures[i]
		cell := &f.Cells[objective]
		if cell.Met < cell.Of && (b.Failure == nil || f.Nodes < out.Failures[*b.Failure].Nodes) {
			b.Failure, b.Why = &i, f.Why
			b.Miss = &f.Misses[slices.IndexFunc(f.Misses, func(m capacity.Miss) bool { return m.Objective == b.Objective })]
		}
	}
	for i := range s.losses {
		l := &s.losses[i]
		t := l.breaking(objective)
		if t == nil || b.Failure != nil && out.Failures[*b.Failure].Nodes <= l.size {
			continue
		}
		b.Failure, b.Lost, b.Why = nil, &capacity.LostAs{Nodes: s.names(t.nodes)}, t.why()
		b.Miss = t.miss(objective, fmt.Sprintf("%d nodes", l.size), s.q.Seeds)
		break
	}
	return b
}

func (s *survey) names(nodes []int) []string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = s.layout[n].name
	}
	return out
}

// assumptions says what the answer takes for granted.
func (s *survey) assumptions() []string {
	out := []string{
		"a failure is a crash: the nodes lose power at one moment, the control plane notices after the node monitor's grace period, and pods leave them as their tolerations say",
		"nodes that are alike (group, labels, taints, room, and pods of the same workloads) fail once for all of them",
	}
	if s.end != models.Never {
		out = append(out, fmt.Sprintf("the scenario has no end: every run ends at %s, which --for changes", s.end))
	}
	if len(s.q.Seeds) == 1 {
		out = append(out, "one seed: with other draws of arrivals, lifetimes and faults another failure may break an objective")
	}
	return out
}
