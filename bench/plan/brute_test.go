package plan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// planned reads a plan.
func planned(t *testing.T, text string) *scenarios.Plan {
	t.Helper()
	p, err := scenarios.LoadPlan(scenarios.PlanInput{Base: scenarios.Input{Files: []scenarios.File{{Name: "p.yaml", Reader: strings.NewReader(text)}}}})
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	return p
}

// drawnPlan draws a plan over a tiny cluster: a few mixes, a few pods of many kinds, a
// disturbance or two.
func drawnPlan(r *rand.Rand) string {
	var b strings.Builder
	pick := func(options ...string) string { return options[r.IntN(len(options))] }
	fmt.Fprintf(&b, "apiVersion: podsim/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nspec: {for: 40m, seed: %d}\n", r.IntN(1000))
	fmt.Fprintf(&b, "---\napiVersion: podsim/v1alpha1\nkind: PriceBook\nmetadata: {name: b}\nspec:\n  shapes:\n")
	shapes := 1 + r.IntN(2)
	for i := range shapes {
		fmt.Fprintf(&b, "  - {name: s%d, price: %g, capacity: {cpu: %d, memory: %dGi, pods: %d}%s}\n", i, float64(1+r.IntN(9))/4, 2+r.IntN(7), 2+r.IntN(7), 3+r.IntN(8),
			pick("", "", fmt.Sprintf(", labels: {kind: k%d}", i), ", taints: [{key: t, effect: NoSchedule}]"))
	}
	others := pick("keep", "replace")
	if r.IntN(3) == 0 {
		if others == "keep" && r.IntN(2) == 0 {
			fmt.Fprintf(&b, "---\napiVersion: podsim/v1alpha1\nkind: FaultPlan\nmetadata: {name: f}\nspec: {faults: [{at: %dm, for: %dm, target: {nodeGroups: [old]}}]}\n", 2+r.IntN(15), 1+r.IntN(12))
		}
		fmt.Fprintf(&b, "---\napiVersion: podsim/v1alpha1\nkind: NodeGroup\nmetadata: {name: old}\nspec: {count: 1, price: 1, zones: [a], template: {status: {capacity: {cpu: 2, memory: 4Gi, pods: 5}}}}\n")
	}
	for i := range 1 + r.IntN(3) {
		pod := fmt.Sprintf("containers: [{name: c, image: i, resources: {requests: {cpu: %dm, memory: %dMi}}}]", 250*(1+r.IntN(12)), 256*(1+r.IntN(10))) +
			pick("", "", "", ", nodeSelector: {kind: k0}", ", tolerations: [{key: t, operator: Exists}]", ", priority: 0",
				fmt.Sprintf(", topologySpreadConstraints: [{maxSkew: 1, topologyKey: %s, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: a%d}}}]",
					pick("topology.kubernetes.io/zone", "kubernetes.io/hostname"), i),
				fmt.Sprintf(", affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: a%d}}}]}}", i))
		if r.IntN(3) > 0 {
			fmt.Fprintf(&b, "---\napiVersion: apps/v1\nkind: %s\nmetadata: {name: d%d}\nspec: {replicas: %d, %sselector: {matchLabels: {app: a%d}}, template: {metadata: {labels: {app: a%d}}, spec: {%s}}}\n",
				pick("Deployment", "Deployment", "ReplicaSet"), i, 1+r.IntN(5), "", i, i, pod)
			continue
		}
		fmt.Fprintf(&b, "---\napiVersion: podsim/v1alpha1\nkind: Workload\nmetadata: {name: w%d}\nspec: {arrivals: {type: poisson, rate: %d/h, until: 35m}, runTime: %s, template: {apiVersion: v1, kind: Pod, metadata: {labels: {app: a%d}}, spec: {restartPolicy: Never, %s}}}\n",
			i, 5+r.IntN(25), pick("4m", "{type: exponential, mean: 6m}", "30m"), i, pod)
	}
	fmt.Fprintf(&b, "---\napiVersion: podsim/v1alpha1\nkind: Plan\nmetadata: {name: p}\nspec:\n  candidates:\n")
	for i := range shapes {
		least := r.IntN(2)
		step := 1 + r.IntN(2)
		fmt.Fprintf(&b, "  - {shape: s%d, zones: [%s], min: %d, max: %d, step: %d}\n", i, pick("a", "a, b", "b, c"), least, max(1, least+step*(1+r.IntN(4-shapes+1))), step)
	}
	fmt.Fprintf(&b, "  objectives: [%s]\n", pick("all pods placed", "all pods placed", "all pods placed", "pending.p99 < 60s", "pending.max < 2m, all pods placed", "{assert: all pods placed, in: undisturbed}, pending.mean < 5m"))
	fmt.Fprintf(&b, "  contingencies: [%s]\n", pick("", "{lose: zone}", "{lose: zone}", "{lose: {nodes: 1}}", "{demand: 1.5}", "{lose: zone, for: 5m}", "{lose: zone}, {demand: 1.3}"))
	fmt.Fprintf(&b, "  nodes: %s\n  minimise: %s\n  seeds: %d\n", others, pick("cost", "cost", "nodes"), 1+r.IntN(2))
	return b.String()
}

// brute judges all mixes and returns the first that meets, by rules that are written
// down here once more: least cost or fewest nodes, then fewest nodes or least cost,
// then fewer of the earliest candidate.
func brute(t *testing.T, p *scenarios.Plan) []int {
	t.Helper()
	mixes := [][]int{nil}
	for _, c := range p.Candidates {
		var longer [][]int
		for _, m := range mixes {
			for n := c.Min; n <= c.Max; n += c.Step {
				longer = append(longer, append(slices.Clone(m), n))
			}
		}
		mixes = longer
	}
	prices := func(m []int) (cost float64, nodes int) {
		for i, n := range m {
			cost += p.Candidates[i].Price * float64(n)
			nodes += n
		}
		return cost, nodes
	}
	var best []int
	for _, m := range mixes {
		cost, nodes := prices(m)
		if best != nil {
			bestCost, bestNodes := prices(best)
			earlier := cost < bestCost || cost == bestCost && (nodes < bestNodes || nodes == bestNodes && slices.Compare(m, best) < 0)
			if p.Minimise == "nodes" {
				earlier = nodes < bestNodes || nodes == bestNodes && (cost < bestCost || cost == bestCost && slices.Compare(m, best) < 0)
			}
			if !earlier {
				continue
			}
		}
		if meets(t, p, m) {
			best = m
		}
	}
	return best
}

// meets judges a mix on every contingency and seed.
func meets(t *testing.T, p *scenarios.Plan, m []int) bool {
	t.Helper()
	for seed := range p.Seeds {
		for c := range p.Contingencies {
			var objectives []scenarios.Objective
			for _, o := range p.Objectives {
				if o.AsksOf(&p.Contingencies[c]) {
					objectives = append(objectives, o)
				}
			}
			if disaster := p.Contingencies[c]; disaster.Zone != "" || disaster.Nodes > 0 {
				objectives = append(objectives, scenarios.Objective{Text: "nodes.ready > 0"}) // one is left
			}
			run, err := p.Load(m, c, p.FirstSeed+uint64(seed))
			if err != nil {
				t.Fatal(err)
			}
			v, err := judge.Run(context.Background(), run, judge.Question{Objectives: objectives, WarmUp: p.WarmUp})
			if err != nil {
				t.Fatal(err)
			}
			if !v.Met {
				return false
			}
		}
	}
	return true
}

// plans is how many plans are tried.
func plans(t *testing.T) int {
	text := os.Getenv("PODSIM_PLANS")
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("PODSIM_PLANS: %v", err)
	}
	return n
}

// decided is the answer alone, without what else there is to know.
func decided(t *testing.T, p *scenarios.Plan) *capacity.Plan {
	t.Helper()
	e := newEngine(context.Background(), p, Options{Workers: 1})
	defer e.runs.close()
	if err := e.decide(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e.answer()
}

// The answer is that of brute force over all mixes, which has nothing in common with
// the search but the loader and the judge.
func TestTheAnswerIsThatOfBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	found, ruled, bounded, tried := 0, 0, 0, plans(t)
	for range tried {
		text := drawnPlan(r)
		p := planned(t, text)
		want, got := brute(t, p), decided(t, p)
		ruled += got.Effort.Ruled
		if got.Bound != nil {
			bounded++
		}
		switch {
		case !got.Proven:
			t.Errorf("%+v is not proven of\n%s", got.Recommendation, text)
		case want == nil && got.Recommendation != nil:
			t.Errorf("got %+v, want nothing of\n%s", got.Recommendation, text)
		case want == nil:
		case got.Recommendation == nil || !slices.Equal(got.Recommendation.Counts, want):
			t.Errorf("got %+v, want %v of\n%s", got.Recommendation, want, text)
		default:
			found++
		}
	}
	t.Logf("%d of %d plans have an answer, %d a bound; %d mixes are ruled out without a run", found, tried, bounded, ruled)
	if found < tried/4 || found > 3*tried/4 || ruled < tried {
		t.Errorf("%d of %d plans have an answer, %d mixes are ruled out: the plans are too easy or too hard", found, tried, ruled)
	}
}
