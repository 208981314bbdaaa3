package plan

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// belowMost is how many mixes that do not do are told beside the recommendation.
const belowMost = 5

// answer gathers what is known.
func (e *engine) answer() *capacity.Plan {
	p := e.plan
	if e.best != nil && !e.record(e.best).accepted { // interrupted
		e.notes = append(e.notes, fmt.Sprintf("the least mix that may do so far, of %s an hour, was judged on %s only", reports.Decimal(e.cost(e.best), 2, false),
			reports.Plural(len(e.record(e.best).verdicts), "run")))
		e.best = nil
	}
	a := &capacity.Plan{
		Name: p.Name, Scenario: p.Scenario, Description: p.Description, Version: e.options.Version, Digest: store.Key(p.Digest, e.options.Version),
		Minimise: p.Minimise, Currency: p.Currency, Candidates: []capacity.Candidate{},
		FixedNodes: p.FixedNodes, FixedCost: p.FixedCost, Demand: p.Demand, Reliability: p.Reliability,
		Proven: e.proof != unproven, Argument: e.argument(),
		RunnersUp: []capacity.Mix{}, Below: []capacity.Mix{}, Mixes: []capacity.Mix{}, Frontier: []capacity.Point{},
		Sensitivity: append([]capacity.Change{}, e.changes...), Binding: []capacity.Constraint{}, Headroom: []capacity.Room{},
		Confidence: p.Confidence, Seeds: []uint64{}, Assumptions: e.assumptions(), Notes: append(append([]string{}, p.Notes...), e.notes...),
	}
	for _, c := range p.Candidates {
		a.Candidates = append(a.Candidates, capacity.Candidate{
			Name: c.Name, Price: c.Price, Min: c.Min, Max: c.Max, Step: max(c.Step, 1), Zones: append([]string{}, c.Zones...), Spot: c.Spot,
			Allocatable: c.Allocatable,
		})
	}
	for seed := range e.seeds {
		a.Seeds = append(a.Seeds, p.FirstSeed+uint64(seed))
	}
	if e.losesAny() {
		a.Pods, a.Unreplaced = p.Pods, p.Unreplaced
	}
	e.addMixes(a)
	a.Bound = e.bound()
	a.Frontier = e.points()
	a.Failures = e.matrix()
	a.Binding = e.binding()
	if e.best != nil {
		a.Headroom = e.headroom()
		a.MissChance = e.missChance()
		for _, note := range e.verdictNotes() {
			if !slices.Contains(a.Notes, note) {
				a.Notes = append(a.Notes, note)
			}
		}
	}
	a.Effort = capacity.Effort{Space: e.size(), Ruled: e.ruledOut(), Judged: len(e.records), Runs: e.ledger.runs}
	return a
}

// addMixes puts the mixes that were judged where they belong.
func (e *engine) addMixes(a *capacity.Plan) {
	for _, r := range e.sorted() {
		mix := e.mixOf(r)
		a.Mixes = append(a.Mixes, mix)
		switch order := e.order(r.mix); {
		case e.best != nil && order == 0:
			a.Recommendation = &mix
		case r.rejected && order < 0:
			a.Below = append(a.Below, mix)
		case r.accepted && order > 0 && !r.mix.covers(e.best) && len(a.RunnersUp) < runnersUp:
			a.RunnersUp = append(a.RunnersUp, mix)
		}
	}
	a.Below = a.Below[max(0, len(a.Below)-belowMost):]
	slices.Reverse(a.Below)
}

// order compares a mix with the best one; without one all are below it.
func (e *engine) order(m mix) int {
	if e.best == nil {
		return -1
	}
	return e.compare(m, e.best)
}

func (e *engine) mixOf(r *record) capacity.Mix {
	return capacity.Mix{
		Counts: e.counts(r.mix), Nodes: e.nodes(r.mix), Cost: e.cost(r.mix), Meets: r.accepted, Miss: e.missOf(r), Runs: len(r.verdicts),
	}
}

// missOf is the first miss that was found of a mix; nil if it meets.
func (e *engine) missOf(r *record) *capacity.Miss {
	if r.first == nil || r.accepted {
		return nil
	}
	v := r.verdicts[*r.first]
	i := slices.IndexFunc(v.Objectives, func(o judge.Outcome) bool { return !o.Met && !o.Open })
	o := &v.Objectives[i]
	return &capacity.Miss{
		Contingency: e.plan.Contingencies[r.first.contingency].Name, Objective: o.Text, Value: o.Value, Unit: o.Unit,
		Seed: e.plan.FirstSeed + uint64(r.first.seed), Message: o.Message,
	}
}

// argument says why nothing less meets, or what the claim rests on.
func (e *engine) argument() string {
	less := "cost less"
	if e.byNodes {
		less = "have fewer nodes"
	}
	switch e.proof {
	case exact:
		return e.exactly(less)
	case monotone:
		return fmt.Sprintf("of the mixes that %s, those that no node can be added to miss an objective in some run or are ruled out by the lower bound; "+
			"that smaller ones miss it too rests on the assumption that more nodes never hurt", less)
	case hopeless:
		return "each of them misses an objective in some run, or is ruled out by arithmetic: " + e.ruledWhy()
	case exhausted:
		return e.largestMiss() + "; that smaller ones do not meet it either rests on the assumption that more nodes never hurt"
	}
	if len(e.records) >= e.budget {
		return fmt.Sprintf("the budget of %s is used up", reports.PluralOf(e.budget, "mix", "mixes"))
	}
	return fmt.Sprintf("not all mixes that %s were judged", less)
}

// exactly says what became of all mixes that are less.
func (e *engine) exactly(less string) string {
	below := 0
	for _, r := range e.sorted() {
		if e.order(r.mix) < 0 {
			below++
		}
	}
	if below == 0 {
		return fmt.Sprintf("all mixes that %s are ruled out by the lower bound", less)
	}
	left := ""
	if len(e.cuts) > 0 {
		left = " not ruled out by the lower bound"
	}
	if below == 1 {
		one, also := "costs less, or costs the same and comes first,", ""
		if e.byNodes {
			one = "has fewer nodes, or as many and comes first,"
		}
		if left != "" {
			also = " and is" + left
		}
		return fmt.Sprintf("the only mix that %s%s misses an objective in some run", one, also)
	}
	same := "cost the same and come first,"
	if e.byNodes {
		same = "have as many and come first,"
	}
	if left != "" {
		left = " and are" + left
	}
	return fmt.Sprintf("all %s that %s, or %s%s miss an objective in some run", reports.PluralOf(below, "mix", "mixes"), less, same, left)
}

// ruledWhy says why even the largest mix is ruled out, or that it was run.
func (e *engine) ruledWhy() string {
	for i := range e.cuts {
		if e.cuts[i].slack(e.most()) < -1e-9 {
			return e.cuts[i].how
		}
	}
	return e.largestMiss()
}

func (e *engine) largestMiss() string {
	if r := e.records[e.most().key()]; r != nil {
		if miss := e.missOf(r); miss != nil {
			return fmt.Sprintf("the largest mix that is allowed misses %s in %s with seed %d", miss.Objective, miss.Contingency, miss.Seed)
		}
	}
	return "the largest mix that is allowed does not meet it"
}

// assumptions are what the answer takes for granted.
func (e *engine) assumptions() []string {
	list := []string{
		"the scenario is what will come: arrivals, run times and requests are those of its sources, the same for every mix on one seed",
		"contingencies come one at a time, each as it is described, and none that is not listed",
	}
	if e.proof == monotone || e.proof == exhausted {
		list = append(list, "more nodes never hurt: a mix that has no more of any candidate than one that misses an objective misses too")
	}
	if e.losesAny() {
		list = append(list, "pods on nodes that are down count as placed until the control plane evicts them, and as lost replicas for objectives such as availability; "+
			"where most nodes of a zone fail but not all, it may evict none")
	}
	if len(e.changes) > 0 {
		list = append(list, "at another demand the mixes that are told meet on all seeds and in all situations of the plan; where it is said that it was not searched to the end, a cheaper one may do")
	}
	if e.safety.share == 0 && e.best != nil && e.chance() {
		list = append(list, "the mix was chosen among others on the same seeds, so the chance of a miss is stated as if it had been chosen beforehand")
	}
	return list
}

// losesAny reports whether some contingency takes nodes away.
func (e *engine) losesAny() bool {
	return slices.ContainsFunc(e.plan.Contingencies, func(c scenarios.Contingency) bool { return losesNodes(&c) })
}

// missChance bounds the chance that the answer misses on another seed, by the seeds on
// which it did not.
func (e *engine) missChance() *float64 {
	if !e.chance() {
		return nil
	}
	chance := 1 - e.safety.share
	if e.safety.share == 0 {
		chance = 1 - math.Pow(1-e.safety.confidence, 1/float64(e.seeds))
	}
	return &chance
}

// ruledOut counts the mixes that cuts rule out, as far as they can be gone through.
func (e *engine) ruledOut() int {
	if len(e.cuts) == 0 {
		return 0
	}
	left := 0
	w := walk{space: e.space, cuts: e.cuts, effort: walkEffort, visit: func(mix) bool { left++; return true }}
	if !w.run() {
		return 0
	}
	return int(e.size()) - left
}

// bound is what no mix that meets can go below by arithmetic, and how far runs have gone
// beyond that.
func (e *engine) bound() *capacity.Bound {
	first, all := e.first(e.cuts, nil, nil)
	if first == nil || !all {
		return nil
	}
	b := &capacity.Bound{Cost: e.cost(first), Nodes: e.nodes(first)}
	b.Contingency, b.How = e.hardest()
	other := *e.space
	other.byNodes = !e.byNodes
	if m, _ := other.first(e.cuts, nil, nil); m != nil {
		if e.byNodes {
			b.Cost = e.cost(m)
		} else {
			b.Nodes = e.nodes(m)
		}
	}
	searched := e.low
	switch {
	case e.best != nil && (e.proof == exact || e.proof == monotone):
		searched, b.Assumed = e.best, e.proof == monotone
	case e.best == nil && (e.proof == hopeless || e.proof == exhausted):
		searched = nil // all of them: the argument says so
	}
	if searched != nil && e.worth(searched) > e.worth(first) {
		to := e.worth(searched)
		b.SearchedTo = &to
	} else {
		b.Assumed = false
	}
	if b.How == "" && b.SearchedTo == nil {
		return nil
	}
	if e.best != nil && b.How != "" && e.worth(first) > 0 {
		gap := (e.worth(e.best) - e.worth(first)) / e.worth(first)
		b.Gap = &gap
	}
	return b
}

// hardest names the contingency that needs most by the cuts alone, beside those of the
// undisturbed scenario, and says why.
func (e *engine) hardest() (contingency, how string) {
	worst := -1.0
	for c := range e.plan.Contingencies {
		var cuts []cut
		why := ""
		for _, k := range e.cuts {
			if k.contingency == c || k.contingency == 0 {
				cuts = append(cuts, k)
			}
			if k.contingency == c {
				why = k.how
			}
		}
		if why == "" {
			continue
		}
		if m, _ := e.first(cuts, nil, nil); m != nil && e.worth(m) > worst {
			worst, contingency, how = e.worth(m), e.plan.Contingencies[c].Name, why
		}
	}
	return contingency, how
}
