package capacity_test

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
)

func ref[T any](x T) *T { return &x }

const (
	placed    = "all pods placed"
	quick     = "pending.p99 < 60s"
	available = "availability >= 99.9%"
)

// mixOf is a mix of the made-up plan, judged on all runs.
func mixOf(a, b, c int) capacity.Mix {
	m := capacity.Mix{Counts: []int{a, b, c}, Nodes: a + b + c, Cost: 0.8*float64(a) + 1.3*float64(b) + 4.65*float64(c) + 2.1, Meets: true, Runs: 50}
	return m
}

func missing(m capacity.Mix, contingency, objective string, value float64, unit string) capacity.Mix {
	m.Meets, m.Runs = false, 7
	m.Miss = &capacity.Miss{Contingency: contingency, Objective: objective, Value: &value, Unit: unit, Seed: 3,
		Message: fmt.Sprintf("%s: got %g%s", objective, value, unit)}
	return m
}

// madeUpPlan is a plan with everything that one may have.
func madeUpPlan() *capacity.Plan {
	best := mixOf(30, 0, 3)
	p := &capacity.Plan{
		Name: "shop", Scenario: "shop.yaml", Description: "Black Friday, with a zone down at noon.", Version: "v1.2.3", Digest: "0123456789abcdef0123456789abcdef",
		Minimise: "cost", Currency: "USD", FixedNodes: 3, FixedCost: 2.1, Demand: 1.2, Pods: 811, Unreplaced: 34,
		Candidates: []capacity.Candidate{
			{Name: "m-16", Price: 0.8, Max: 60, Step: 3, Zones: []string{"a", "b", "c"},
				Allocatable: map[string]string{"cpu": "15890m", "memory": "60Gi", "pods": "110", "ephemeral-storage": "90Gi"}},
			{Name: "s-32-spot", Price: 1.3, Max: 20, Step: 1, Spot: true, Allocatable: map[string]string{"cpu": "31", "memory": "120Gi", "pods": "110"}},
			{Name: "g-4", Price: 4.65, Min: 2, Max: 6, Step: 1, Zones: []string{"a"},
				Allocatable: map[string]string{"cpu": "63", "memory": "240Gi", "pods": "110", "nvidia.com/gpu": "4"}},
		},
		Recommendation: &best, Proven: true,
		Argument:  "all 12 mixes that cost less and are not ruled out by the lower bound miss an objective in some run",
		RunnersUp: []capacity.Mix{mixOf(27, 2, 3), mixOf(33, 0, 3), mixOf(30, 0, 4)},
		Below:     []capacity.Mix{missing(mixOf(27, 1, 3), "lose zone b", quick, 82.4, "s"), missing(mixOf(27, 0, 3), "demand x1.3", placed, 12, "")},
		Bound: &capacity.Bound{Cost: 38.75, Nodes: 29, Contingency: "lose zone a", How: "the cpu that pods request at once over what the cheapest nodes of two zones have (linear relaxation)",
			SearchedTo: ref(40.05), Assumed: true, Gap: ref(0.0387)},
		Confidence: 0.95, MissChance: ref(0.2589), Effort: capacity.Effort{Space: 2205, Ruled: 1811, Judged: 17, Runs: 312},
		Assumptions: []string{"A lost zone is a crash of all of its nodes halfway through the run, to its end.", "Prices do not change, and a spot node costs the same all day."},
		Notes:       []string{"Services of type LoadBalancer were not simulated."},
	}
	for seed := range uint64(10) {
		p.Seeds = append(p.Seeds, seed+1)
	}
	p.Mixes = slices.Concat([]capacity.Mix{missing(mixOf(24, 0, 3), "undisturbed", placed, 31, "")}, []capacity.Mix{p.Below[1], p.Below[0], best}, p.RunnersUp)
	for i, x := range []float64{7320, 640, 82.4, 41.2, 12, 11} {
		m := []capacity.Mix{p.Mixes[0], p.Below[1], p.Below[0], best, p.RunnersUp[1], p.RunnersUp[2]}[i]
		p.Frontier = append(p.Frontier, capacity.Point{Objective: quick, Value: x, Unit: reports.UnitSeconds, Limit: ref(60.0), Better: -1, Mix: m, Meets: m.Meets})
	}
	p.Sensitivity = []capacity.Change{
		{What: "three m-16 fewer", Meets: ref(false), Miss: p.Below[1].Miss},
		{What: "three m-16 more", Meets: ref(true), Mix: &p.RunnersUp[1], Cost: ref(2.4)},
		{What: "one g-4 fewer", Meets: ref(false), Miss: &capacity.Miss{Contingency: "undisturbed", Objective: placed, Value: ref(4.0), Seed: 1}},
		{What: "demand -20%", Meets: ref(true), Mix: &best, Cost: ref(0.0), Demand: 0.96},
		{What: "demand -10%", Meets: ref(true), Mix: ref(mixOf(27, 0, 3)), Cost: ref(-2.4), Demand: 1.08, Proven: true},
		{What: "demand +10%", Mix: ref(mixOf(33, 0, 4)), Cost: ref(7.05), Demand: 1.32},
		{What: "demand +20%", Demand: 1.44},
	}
	p.Binding = []capacity.Constraint{
		{What: "cpu", Share: 0.97, Of: "of what is there is requested at the peak, in lose zone b", Why: "61% of the refusals in the mixes just below say Insufficient cpu."},
		{What: "topology spread", Share: 0.31, Of: "of refusals just below", Why: "web may not differ by more than 1 between zones, so that each of the two zones left must hold half of it."},
		{What: "pod trainer-0", Why: "it requests 4 nvidia.com/gpu and fits on g-4 only."},
	}
	p.Headroom = []capacity.Room{
		{Resource: "cpu", Allocatable: 381.36, Requested: 371.2, Share: 0.0266, Contingency: "lose zone b"},
		{Resource: "memory", Allocatable: 1.55e12, Requested: 9.1e11, Share: 0.413, Contingency: "lose zone b"},
		{Resource: "pods", Allocatable: 2640, Requested: 811, Share: 0.6928, Contingency: "demand x1.3"},
		{Resource: "nvidia.com/gpu", Allocatable: 12, Requested: 12, Contingency: "undisturbed"},
	}
	p.Failures = madeUpFailures()
	return p
}

func madeUpFailures() capacity.FailureMatrix {
	f := capacity.FailureMatrix{
		Contingencies: []capacity.ContingencyName{
			{Name: "undisturbed", Help: "the scenario as it is"}, {Name: "lose zone a", Help: "all nodes of zone a crash at 12h, to the end of the run"},
			{Name: "lose zone b", Help: "all nodes of zone b crash at 12h, to the end of the run"}, {Name: "lose zone c", Help: "all nodes of zone c crash at 12h, to the end of the run"},
			{Name: "demand x1.3", Help: "all that asks for nodes is 1.3 times as much"},
		},
		Objectives: []string{placed, quick, available},
	}
	for i := range f.Contingencies {
		f.Cells = append(f.Cells, []capacity.MatrixCell{
			{Asked: true, Met: 10, Of: 10, Worst: ref(0.0)},
			{Asked: true, Met: 10, Of: 10, Worst: ref(12.5 + 7*float64(i)), Unit: reports.UnitSeconds},
			{Asked: i != 0, Met: 10, Of: 10, Worst: ref(1 - 0.0002*float64(i)), Unit: reports.UnitShare},
		})
	}
	return f
}

// unprovenPlan has a bound that is not reached, seeds that miss, and no contingency
// but the scenario itself.
func unprovenPlan() *capacity.Plan {
	p := madeUpPlan()
	p.Proven, p.Argument, p.Reliability = false, "the budget of 400 mixes is used up", 0.8
	p.Bound.SearchedTo = nil
	p.Failures.Contingencies, p.Failures.Cells = p.Failures.Contingencies[:1], p.Failures.Cells[:1]
	p.Failures.Cells[0][1].Met = 9
	p.MissChance = ref(0.3942)
	return p
}

func planWithoutAnswer() *capacity.Plan {
	p := madeUpPlan()
	p.Recommendation, p.RunnersUp, p.Sensitivity, p.Headroom, p.Failures, p.MissChance = nil, nil, nil, nil, unjudged(p.Failures), nil
	p.Bound.Gap, p.Bound.SearchedTo, p.Bound.Assumed = nil, nil, false
	p.Proven = true
	for i := range p.Below { // more nodes make no difference
		p.Below[i].Miss = p.Below[0].Miss
	}
	p.Mixes = p.Mixes[:3]
	p.Frontier = p.Frontier[:3]
	p.Argument = "the largest mix that is allowed misses pending.p99 < 60s in lose zone b with seed 3"
	return p
}

// unjudged is a matrix of what was never run.
func unjudged(f capacity.FailureMatrix) capacity.FailureMatrix {
	for i := range f.Cells {
		for j := range f.Cells[i] {
			f.Cells[i][j] = capacity.MatrixCell{Asked: f.Cells[i][j].Asked}
		}
	}
	return f
}

// planOfNodes looks for the fewest nodes, without prices.
func planOfNodes() *capacity.Plan {
	p := madeUpPlan()
	p.Minimise, p.Currency, p.FixedNodes, p.FixedCost = "nodes", "", 0, 0
	for i := range p.Candidates {
		p.Candidates[i].Price = 0
	}
	for _, list := range [][]capacity.Mix{p.Mixes, p.RunnersUp, p.Below} {
		for i := range list {
			list[i].Cost = 0
		}
	}
	for i := range p.Frontier {
		p.Frontier[i].Mix.Cost = 0
	}
	for i := range p.Sensitivity {
		p.Sensitivity[i].Cost = nil
		if p.Sensitivity[i].Mix != nil {
			p.Sensitivity[i].Mix.Cost = 0
		}
	}
	p.Recommendation.Cost, p.Bound.Cost, p.Bound.SearchedTo = 0, 0, ref(33.0)
	return p
}

// planOfNothing has nodes enough, without a price.
func planOfNothing() *capacity.Plan {
	p := madeUpPlan()
	p.FixedCost, p.Demand, p.Unreplaced = 0, 0, 1
	*p.Recommendation = capacity.Mix{Counts: []int{0, 0, 0}, Meets: true, Runs: 50}
	p.Mixes, p.RunnersUp, p.Below, p.Binding, p.Frontier, p.Sensitivity = []capacity.Mix{*p.Recommendation}, nil, nil, nil, nil, nil
	return p
}

func interruptedPlan() *capacity.Plan {
	p := planWithoutAnswer()
	p.Partial, p.Proven, p.Argument, p.Bound, p.Below, p.Binding, p.Frontier, p.Seeds = true, false, "", nil, nil, nil, nil, nil
	return p
}
