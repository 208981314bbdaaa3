package scenarios_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// priceBook has a large and a small shape, the latter on spot.
const priceBook = `apiVersion: podsim/v1alpha1
kind: PriceBook
metadata: {name: prices}
spec:
  currency: EUR
  shapes:
  - {name: large, price: 2, capacity: {cpu: 16, memory: 64Gi, pods: 30}, labels: {size: large}, zones: [a, c]}
  - {name: small, price: 0.3, spot: true, capacity: {cpu: 4, memory: 16Gi}, taints: [{key: spot, effect: PreferNoSchedule}]}
---
`

const webDeployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 6
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, resources: {requests: {cpu: 2, memory: 1Gi}}}]}
---
`

// planned is the base scenario with a Deployment, Jobs that arrive, a price book and a
// Plan.
func planned(spec string) string {
	return base + webDeployment + workload("w", "arrivals: {type: poisson, rate: 10/h}") + priceBook + document("Plan", "p", spec)
}

func planOf(text string) scenarios.PlanInput { return scenarios.PlanInput{Base: input(text)} }

func mustLoadPlan(t *testing.T, in scenarios.PlanInput) *scenarios.Plan {
	t.Helper()
	p, err := scenarios.LoadPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func planError(t *testing.T, in scenarios.PlanInput) string {
	t.Helper()
	p, err := scenarios.LoadPlan(in)
	if err == nil {
		return ""
	}
	var problems yamlnode.Problems
	if !errors.As(err, &problems) || p != nil {
		t.Fatalf("got %T and %v; want yamlnode.Problems and no plan", err, p)
	}
	return err.Error()
}

func mustLoadMix(t *testing.T, p *scenarios.Plan, contingency int, mix ...int) *scenarios.Run {
	t.Helper()
	run, err := p.Load(mix, contingency, p.FirstSeed)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// namesOfNodes lists the nodes of a run with their zones.
func namesOfNodes(run *scenarios.Run) (names []string) {
	for _, n := range run.Config.Nodes {
		zone, _ := n.Labels.Get(run.Dictionary.Sym(models.LabelZone))
		names = append(names, strings.TrimSpace(run.Dictionary.String(n.Name)+" "+run.Dictionary.String(zone)))
	}
	return names
}

func contingenciesOf(p *scenarios.Plan) (lines []string) {
	for i := range p.Contingencies {
		c := &p.Contingencies[i]
		lines = append(lines, c.Name+": "+c.Family+": "+c.Help)
	}
	return lines
}

// digestOf runs a scenario to its end.
func digestOf(t *testing.T, run *scenarios.Run) string {
	t.Helper()
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	return s.Cluster().Digest()
}

func TestTheExamplePlansLoad(t *testing.T) {
	for name, want := range map[string]string{"shop": "90 90 60 3 4", "large": "1500 900 600 375 10 4"} {
		p := mustLoadPlan(t, scenarios.PlanInput{Base: scenarios.Input{Files: []scenarios.File{{Name: "../examples/plan/" + name + ".yaml"}}}})
		got := ""
		mix := make([]int, len(p.Candidates))
		for i := range p.Candidates {
			got += fmt.Sprint(p.Candidates[i].Max, " ")
			mix[i] = 3
		}
		if got += fmt.Sprint(p.Seeds, " ", len(p.Contingencies)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if p.Name != name || p.Scenario != name || p.Currency != "USD" || p.Minimise != "cost" || p.FixedNodes != 0 || len(p.Notes) != 0 {
			t.Errorf("got %+v", p)
		}
		for c := range p.Contingencies {
			if run := mustLoadMix(t, p, c, mix...); len(run.Config.Nodes) != 3*len(mix) || len(run.Config.Faults) != min(c, 1) {
				t.Errorf("%s: %d nodes and %d faults", p.Contingencies[c].Name, len(run.Config.Nodes), len(run.Config.Faults))
			}
		}
	}
}

// TestCandidates shows what can be bought, and in what numbers.
func TestCandidates(t *testing.T) {
	option := func(candidates ...string) scenarios.PlanInput {
		in := planOf(planned("{}"))
		in.Candidates = candidates
		return in
	}
	line := func(c *scenarios.Candidate) string {
		return fmt.Sprintf("%s %g %d..%d/%d %v %v", c.Name, c.Price, c.Min, c.Max, c.Step, c.Zones, c.Spot)
	}
	const workers, large, small = "workers 0.5 0..1000/1 [a b] false", "large 2 0..1000/1 [a c] false", "small 0.3 0..1000/1 [a b] true"
	for name, test := range map[string]struct {
		in   scenarios.PlanInput
		want []string
	}{
		"the price book":             {planOf(planned("{}")), []string{large, small}},
		"the scenario's groups":      {planOf(base + webDeployment), []string{workers}},
		"of the plan":                {planOf(planned("{candidates: [{group: workers}, {shape: large}]}")), []string{workers, large}},
		"bounds":                     {planOf(planned("{candidates: [{group: workers, min: 2, max: 9, step: 3, price: 0.1}]}")), []string{"workers 0.1 2..8/3 [a b] false"}},
		"names, zones and prices":    {planOf(planned("{candidates: [{shape: small, name: s1, zones: [b]}, {shape: small, price: 0.25}]}")), []string{"s1 0.3 0..1000/1 [b] true", "small 0.25 0..1000/1 [a b] true"}},
		"options":                    {option("workers", "large=6", "small=3..10/2"), []string{workers, "large 2 0..6/1 [a c] false", "small 0.3 3..9/2 [a b] true"}},
		"an option changes the plan": {scenarios.PlanInput{Base: input(planned("{candidates: [{shape: large, zones: [b], max: 9}]}")), Candidates: []string{"large=1..4"}}, []string{"large 2 1..4/1 [b] false"}},
		"another price book": {scenarios.PlanInput{Base: input(planned("{}")), PriceBook: &scenarios.File{
			Name: "b.yaml", Reader: strings.NewReader(strings.Replace(priceBook, "name: large, price: 2", "name: huge, price: 9", 1)),
		}}, []string{"huge 9 0..1000/1 [a c] false", small}},
	} {
		p := mustLoadPlan(t, test.in)
		var got []string
		for i := range p.Candidates {
			got = append(got, line(&p.Candidates[i]))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	p := mustLoadPlan(t, option("large=9", "workers=1"))
	c := &p.Candidates[0]
	if diff := cmp.Diff(map[string]string{"cpu": "16", "memory": "64Gi", "pods": "30"}, c.Allocatable); diff != "" {
		t.Error(diff)
	}
	if size, _ := c.Node.Labels.Get(p.Dictionary.Sym("size")); p.Dictionary.String(size) != "large" || p.Dictionary.String(c.Node.Group) != "large" {
		t.Errorf("got %+v", c.Node)
	}
}

// TestMixes shows the nodes of a mix: those that there are in a smaller one are the same
// in a larger one.
func TestMixes(t *testing.T) {
	p := mustLoadPlan(t, planOf(planned("{candidates: [{shape: large, max: 9}, {shape: small, max: 9, zones: [c]}]}")))
	kept := []string{"workers-0 a", "workers-1 b", "workers-2 a", "workers-3 b"}
	for _, test := range []struct {
		mix  []int
		want []string
	}{
		{[]int{0, 0}, kept},
		{[]int{3, 1}, append(slices.Clone(kept), "large-0 a", "large-1 c", "large-2 a", "small-0 c")},
		{[]int{1, 2}, append(slices.Clone(kept), "large-0 a", "small-0 c", "small-1 c")},
	} {
		if diff := cmp.Diff(test.want, namesOfNodes(mustLoadMix(t, p, 0, test.mix...))); diff != "" {
			t.Errorf("%v: -want +got:\n%s", test.mix, diff)
		}
	}
	if p.FixedNodes != 4 || p.FixedCost != 2 {
		t.Errorf("%d nodes stay, for %g", p.FixedNodes, p.FixedCost)
	}
	p = mustLoadPlan(t, planOf(planned("{nodes: replace, candidates: [{shape: large, max: 9}]}")))
	if got := namesOfNodes(mustLoadMix(t, p, 0, 0)); got != nil || p.FixedNodes != 0 || p.FixedCost != 0 {
		t.Errorf("%v stay; %d, for %g", got, p.FixedNodes, p.FixedCost)
	}
	p = mustLoadPlan(t, planOf(planned("{nodes: replace, candidates: [{group: workers, max: 9}]}")))
	if got := namesOfNodes(mustLoadMix(t, p, 0, 1)); !slices.Equal(got, []string{"workers-0 a"}) {
		t.Errorf("got %v", got)
	}
	if _, err := p.Load([]int{1, 2}, 0, 1); err == nil {
		t.Error("a mix of two counts is one of one candidate")
	}
}

// TestContingencies shows what a plan can survive, in words.
func TestContingencies(t *testing.T) {
	in := planOf(planned(`{candidates: [{shape: large, racks: 2, max: 12, min: 4}, {shape: small, max: 9}], contingencies: [{lose: zone}, {lose: {zone: c}, at: 1h, for: 10m, demand: 1.1},
  {lose: {rack: any}, name: rack}, {lose: node}, {upgrade: {group: workers, batch: 2}}, {reclaim: 20%}, {demand: 1.3}, {demand: 1.3}]}`))
	in.Survive = []string{"zone=a", "nodes=2", "upgrade", "reclaim=0.5", "demand=2", "rack=c-r1"}
	p := mustLoadPlan(t, in)
	want := []string{
		"undisturbed: undisturbed: nothing happens that the scenario does not say",
		"zone a: zone: all of its nodes crash at 4h", "zone b: zone: all of its nodes crash at 4h", "zone c: zone: all of its nodes crash at 4h",
		"zone c (2): zone: all of its nodes crash at 1h for 10m; what asks for nodes is 1.1 times as much",
		"rack a-r0: rack: rack a-r0: all of its nodes crash at 4h", "rack b-r0: rack: rack b-r0: all of its nodes crash at 4h", "rack c-r0: rack: rack c-r0: all of its nodes crash at 4h",
		"rack a-r1: rack: rack a-r1: all of its nodes crash at 4h", "rack c-r1: rack: rack c-r1: all of its nodes crash at 4h",
		"1 node: nodes: drawn anew with each seed; it crashes at 4h",
		"upgrade workers: upgrade: the nodes of workers are upgraded in turn, from 4h on",
		"reclaim 20%: reclaim: 20% of the spot nodes, rounded up, drawn anew with each seed, taken back at 4h",
		"demand 1.3: demand: what asks for nodes is 1.3 times as much", "demand 1.3 (2): demand: what asks for nodes is 1.3 times as much",
		"zone a (2): zone: all of its nodes crash at 4h", "2 nodes: nodes: drawn anew with each seed; they crash at 4h",
		"upgrade: upgrade: the nodes of workers, large, small are upgraded in turn, from 4h on",
		"reclaim 50%: reclaim: 50% of the spot nodes, rounded up, drawn anew with each seed, taken back at 4h",
		"demand 2: demand: what asks for nodes is 2 times as much", "rack c-r1 (2): rack: all of its nodes crash at 4h",
	}
	if diff := cmp.Diff(want, contingenciesOf(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i := range p.Contingencies {
		for _, mix := range [][]int{{0, 0}, {4, 0}, {5, 3}} {
			run := mustLoadMix(t, p, i, mix...)
			if c := &p.Contingencies[i]; c.Disturbs() && c.Family != scenarios.MoreDemand && len(run.Config.Faults)+len(run.Config.Steps) == 0 {
				t.Errorf("%s: nothing happens to %v", c.Name, mix)
			}
		}
	}
}

// TestWhatIsLostGoes runs a plan: pods are on the nodes that are left.
func TestWhatIsLostGoes(t *testing.T) {
	p := mustLoadPlan(t, planOf(planned("{candidates: [{group: workers, max: 9}], contingencies: [{lose: zone}, {lose: {nodes: 3}}, {upgrade: {}}, {demand: 1.5}]}")))
	for c, want := range [][]int{{4, 6}, {2, 6}, {2, 6}, {1, 4}, {4, 6}, {4, 9}} {
		run := mustLoadMix(t, p, c, 4)
		run.Config.Sources = run.Config.Sources[:1] // the Deployment
		s, err := sim.New(run.Config, run.Dictionary, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(nil); err != nil {
			t.Fatal(err)
		}
		ready, running := 0, 0
		v := s.Cluster().View()
		for node := range v.Nodes() {
			if v.Node(models.NodeID(node)).Ready() == models.ConditionTrue {
				ready++
			}
		}
		for pod := range v.Live() {
			if pod.Node() != models.None && v.Node(pod.Node()).Ready() == models.ConditionTrue {
				running++
			}
		}
		if diff := cmp.Diff(want, []int{ready, running}); diff != "" {
			t.Errorf("%s: ready nodes and pods on them: -want +got:\n%s", p.Contingencies[c].Name, diff)
		}
	}
}

// TestDocumentsOfAContingency shows that any file can be one.
func TestDocumentsOfAContingency(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"plan.yaml":   planned("{candidates: [{group: workers, max: 9}], contingencies: [{file: night.yaml}, {name: data, file: night.yaml, demand: 2}]}"),
		"night.yaml":  document("FaultPlan", "night", "{faults: [{at: 1h, for: 1h}]}") + "---\n" + strings.Replace(webDeployment, "replicas: 6", "replicas: 60", 1),
		"broken.yaml": document("FaultPlan", "night", "{faults: [{at: 1h, targt: {}}]}"),
	})
	in := func(name string) scenarios.PlanInput {
		return scenarios.PlanInput{Base: scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, name)}}}}
	}
	p := mustLoadPlan(t, in("plan.yaml"))
	if diff := cmp.Diff([]string{
		"undisturbed: undisturbed: nothing happens that the scenario does not say", "night: documents: as night.yaml says",
		"data: documents: as night.yaml says; what asks for nodes is 2 times as much",
	}, contingenciesOf(p)); diff != "" {
		t.Error(diff)
	}
	for c, want := range []int{6, 60, 120} {
		run := mustLoadMix(t, p, c, 4)
		if got := arrivalsOf(t, run, time.Second)["web"]; len(run.Config.Faults) != min(c, 1) || len(got) != 1 {
			t.Errorf("%d faults, %d Deployments", len(run.Config.Faults), len(got))
		}
		if got := replicasOf(mustLoadMix(t, p, c, 4))["web"]; got != want {
			t.Errorf("%d replicas, want %d", got, want)
		}
	}
	replaceIn(t, dir, "plan.yaml", "file: night.yaml}, {", "file: broken.yaml}, {")
	want := filepath.Join(dir, "broken.yaml") + `:4:26: spec.faults[0].targt: unknown field "targt"; did you mean "target"?`
	if diff := cmp.Diff(want, planError(t, in("plan.yaml"))); diff != "" {
		t.Error(diff)
	}
}

// replicasOf lists the replicas of owners that are there from the start.
func replicasOf(run *scenarios.Run) map[string]int {
	out := make(map[string]int)
	for a, ok, err := run.Config.Sources[0].Next(); ok && err == nil; a, ok, err = run.Config.Sources[0].Next() {
		if a.Template != nil && a.Template.Owner != nil {
			out[run.Dictionary.String(a.Name)] += int(a.Template.Owner.Replicas)
		}
	}
	return out
}

// TestAMixMayLackWhatTheScenarioNames is about nodes, zones and racks that faults and steps
// name: nothing happens to those that a mix does not have.
func TestAMixMayLackWhatTheScenarioNames(t *testing.T) {
	text := planned("{candidates: [{group: workers, max: 9, min: 0}], nodes: replace}") + "---\n" +
		document("FaultPlan", "f", "{faults: [{at: 1h, target: {nodes: [workers-1]}}, {at: 1h, target: {zones: [b]}}, {at: 1h, target: {racks: [b-r0], count: 1}}, {at: 2h, target: {nodeGroups: [workers], count: 2}, scope: perZone}]}") + "---\n" +
		document("Timeline", "t", "{steps: [{at: 3h, cordon: {node: workers-1}}, {at: 3h, drain: {node: workers-0, then: [workers-1]}}, {at: 4h, upgrade: {group: workers}}]}")
	p := mustLoadPlan(t, planOf(text))
	for n, steps := range []int{0, 2, 3} {
		run := mustLoadMix(t, p, 0, n)
		if len(run.Config.Steps) != steps || len(run.Config.Faults) != 4 {
			t.Errorf("%d nodes: %d steps and %d faults", n, len(run.Config.Steps), len(run.Config.Faults))
		}
		digestOf(t, run)
	}
}

// TestAnUnchangedMixIsTheScenarioItself: the same digests, and the same history.
func TestAnUnchangedMixIsTheScenarioItself(t *testing.T) {
	text := planned("{candidates: [{group: workers, max: 9}, {shape: large, max: 3}], contingencies: [{demand: 1}, {lose: node}]}")
	p := mustLoadPlan(t, planOf(text))
	alone := mustLoad(t, input(text))
	want := digestOf(t, mustLoad(t, input(text)))
	for c, same := range []bool{true, true, false} {
		run := mustLoadMix(t, p, c, 4, 0)
		if (run.Digest == alone.Digest) != same {
			t.Errorf("%s: the digest of the input is %s, that of the scenario %s", p.Contingencies[c].Name, run.Digest, alone.Digest)
		}
		if got := digestOf(t, run); (got == want) != same {
			t.Errorf("%s: the digest of the run is %s, that of the scenario %s", p.Contingencies[c].Name, got, want)
		}
	}
	if run := mustLoadMix(t, p, 0, 4, 1); run.Digest == alone.Digest {
		t.Error("another mix has the digest of the scenario")
	}
}

// TestAPlanMayHaveNoNodes: its scenario runs without any, and says so.
func TestAPlanMayHaveNoNodes(t *testing.T) {
	run := mustLoad(t, scenarios.Input{Files: []scenarios.File{{Name: "../examples/plan/shop.yaml"}}})
	if want := "there are no nodes: podsim plan looks for those of the Plan"; !slices.Contains(run.Assumptions, want) || len(run.Config.Nodes) != 0 {
		t.Errorf("%d nodes, %q", len(run.Config.Nodes), run.Assumptions)
	}
}
