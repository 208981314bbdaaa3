package survive_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/bench/survive"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// world has nodes of 4 cores, in racks of zones, and Deployments of pods of 2 cores.
type world struct {
	zones, racks, nodes int // nodes in all
	replicas            []int
	more                string
}

func (w world) text() string {
	var b strings.Builder
	zones := []string{"a", "b", "c"}[:w.zones]
	fmt.Fprintf(&b, `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: w}
spec: {for: 30m, latencies: {profile: none}}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: node}
spec: {count: %d, zones: [%s], racks: %d, template: {status: {capacity: {cpu: 4, memory: 8Gi, pods: 10}}}}
`, w.nodes, strings.Join(zones, ", "), w.racks)
	for i, replicas := range w.replicas {
		fmt.Fprintf(&b, `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%d}
spec:
  replicas: %d
  selector: {matchLabels: {app: web-%d}}
  template:
    metadata: {labels: {app: web-%d}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 2, memory: 1Gi}}}]}
`, i, replicas, i, i)
	}
	return b.String() + w.more
}

func loader(text string) func(uint64) (*scenarios.Run, error) {
	return func(seed uint64) (*scenarios.Run, error) {
		return scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "w.yaml", Reader: strings.NewReader(text)}}, Seed: &seed})
	}
}

func question(text string, objectives ...string) survive.Question {
	q := survive.Question{
		Load: loader(text), Families: []string{"node", "rack", "zone"}, Pairs: 1000, Most: 4, Sets: 10,
		At: models.Time(5 * time.Minute), Seeds: []uint64{1},
	}
	for _, o := range objectives {
		q.Objectives = append(q.Objectives, scenarios.Objective{Text: o})
	}
	return q
}

func ask(t *testing.T, q survive.Question, workers int) *capacity.Survival {
	t.Helper()
	s, err := survive.Ask(context.Background(), q, survive.Options{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// verdicts writes one line a failure.
func verdicts(s *capacity.Survival) string {
	var b strings.Builder
	for i := range s.Failures {
		f := &s.Failures[i]
		fmt.Fprintf(&b, "%s (%d, ×%d): %t\n", f.Name(), f.Nodes, f.Stands, f.Survived)
	}
	return b.String()
}

// TestWhatAClusterSurvives is about 6 nodes for two pods each: 8 pods need 4 of them.
func TestWhatAClusterSurvives(t *testing.T) {
	q := question(world{zones: 3, racks: 1, nodes: 6, replicas: []int{8}}.text(), "pods.pending == 0", "available(Deployment/web-0) >= 8")
	q.Double = true
	var list []survive.Requirement
	for _, text := range []string{"n+2", "N+3", "zone", "double"} {
		r, err := survive.ParseRequirement(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	q.Require(list...)
	s := ask(t, q, 2)
	for i := range s.Failures {
		if f := &s.Failures[i]; f.Survived != (f.Nodes <= 2) {
			t.Errorf("%s takes %d nodes: survived %t", f.Name(), f.Nodes, f.Survived)
		}
	}
	if s.Tolerated == nil || *s.Tolerated != 2 || *s.ToleratedBy[0] != 2 || s.Nodes != 6 || s.Zones != 3 {
		t.Errorf("got %d tolerated of %d nodes in %d zones", *s.Tolerated, s.Nodes, s.Zones)
	}
	if row := s.Losses[2]; row.Lost != 3 || row.Of != 20 || !row.Complete || row.Survived != 0 || !strings.HasSuffix(row.Why, ": Insufficient cpu") {
		t.Errorf("got %+v", row)
	}
	if first := s.First[0]; first.Failure == nil || s.Failures[*first.Failure].Nodes != 3 || *first.Miss.Value != 2 || first.Miss.Contingency == "" {
		t.Errorf("got %+v", first)
	}
	var met []string
	for _, r := range s.Requirements {
		met = append(met, fmt.Sprint(r.Text, " ", r.Met))
	}
	if diff := cmp.Diff([]string{"N+2 true", "N+3 false", "zone true", "double false"}, met); diff != "" {
		t.Errorf("requirements: -want +got:\n%s", diff)
	}
}

// TestNodesThatAreAlikeFailOnce compares the answer with runs of each failure by itself,
// as a FaultPlan has it.
func TestNodesThatAreAlikeFailOnce(t *testing.T) {
	for name, w := range map[string]world{
		"alike":        {zones: 1, racks: 1, nodes: 5, replicas: []int{6}},
		"by load":      {zones: 2, racks: 1, nodes: 4, replicas: []int{3, 2}},
		"racks":        {zones: 2, racks: 2, nodes: 6, replicas: []int{4, 3, 1}},
		"full":         {zones: 3, racks: 1, nodes: 3, replicas: []int{6}},
		"two of three": {zones: 3, racks: 1, nodes: 6, replicas: []int{1, 1, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			q := question(w.text(), "pods.pending == 0", "replica_seconds_lost < 20m")
			q.Double, q.Most = true, 2
			s := ask(t, q, 1)
			seen := 0
			for i := range s.Failures {
				f := &s.Failures[i]
				seen += f.Stands
				alone, err := judge.Run(context.Background(), must(t, w, f.Parts), judge.Question{Objectives: q.Objectives})
				if err != nil {
					t.Fatal(err)
				}
				for j, o := range alone.Objectives {
					if got := f.Cells[j]; (got.Met == 1) != o.Met || *got.Worst != *o.Value {
						t.Errorf("%s: %s is met %d of 1 with %v; by itself %t with %v", f.Name(), o.Text, got.Met, *got.Worst, o.Met, *o.Value)
					}
				}
			}
			if want := w.failures(); seen != want {
				t.Errorf("failures for %d; want %d:\n%s", seen, want, verdicts(s))
			}
		})
	}
}

// must loads the world with a FaultPlan.
func must(t *testing.T, w world, parts []capacity.Part) *scenarios.Run {
	t.Helper()
	text := w.text() + "---\napiVersion: podsim/v1alpha1\nkind: FaultPlan\nmetadata: {name: f}\nspec:\n  faults:\n"
	for _, p := range parts {
		text += fmt.Sprintf("  - {at: 5m, target: {%ss: [%s]}}\n", p.Family, p.Name)
	}
	run, err := loader(text)(1)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// failures counts single and double failures of nodes, racks and zones, without those
// of which one takes the other with it.
func (w world) failures() int {
	run, err := loader(w.text())(1)
	if err != nil {
		panic(err)
	}
	sets := make(map[string][]int)
	for i, n := range run.Config.Nodes {
		add := func(key string) { sets[key] = append(sets[key], i) }
		add(fmt.Sprint("node ", i))
		for _, l := range n.Labels {
			if key := run.Dictionary.String(l.Key); key == models.LabelRack || key == models.LabelZone {
				add(key + run.Dictionary.String(l.Value))
			}
		}
	}
	within := func(a, b []int) bool {
		return !slices.ContainsFunc(a, func(i int) bool { return !slices.Contains(b, i) })
	}
	single, double := len(sets), 0
	for a, x := range sets {
		for b, y := range sets {
			if a < b && !within(x, y) && !within(y, x) {
				double++
			}
		}
	}
	return single + double
}

func TestTheAnswerDoesNotDependOnWorkers(t *testing.T) {
	text := world{zones: 2, racks: 2, nodes: 8, replicas: []int{5, 4, 2}, more: `---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: batch}
spec:
  arrivals: {type: poisson, rate: 60/h}
  runTime: {type: exponential, mean: 5m}
  template: {apiVersion: v1, kind: Pod, spec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}}
`}.text()
	q := question(text, "pending.max < 60s", "pods.pending == 0")
	q.Double, q.Pairs, q.Seeds, q.Most = true, 5, []uint64{1, 2}, 3
	one, two := ask(t, q, 1), ask(t, q, 3)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("-one worker +three:\n%s", diff)
	}
	for _, row := range one.Losses {
		if row.Complete != (float64(row.Tried) == row.Different) || row.Different > row.Of {
			t.Errorf("%d nodes: tried %d of %g that differ, of %g; complete %t", row.Lost, row.Tried, row.Different, row.Of, row.Complete)
		}
	}
	if one.Doubles.Tried != 5 || one.Doubles.Of < 20 || one.Failures[0].Cells[0].Of != 2 {
		t.Errorf("got %+v, %+v", one.Doubles, one.Failures[0])
	}
}

// TestWhereSetsAreFewAllAreTried is about 9 nodes of which no two are alike: their 36 pairs
// take no more than 100 runs with two seeds, but with three.
func TestWhereSetsAreFewAllAreTried(t *testing.T) {
	q := question(world{zones: 3, racks: 3, nodes: 9, replicas: []int{1, 1, 1, 1, 1, 1, 1, 1, 1}}.text(), "pods.pending == 0")
	q.Families, q.Sets, q.Most = []string{"node"}, 3, 2
	for _, all := range []bool{true, false} {
		q.Seeds = []uint64{1, 2}
		if !all {
			q.Seeds = append(q.Seeds, 3)
		}
		row := ask(t, q, 1).Losses[1]
		if row.Complete != all || (row.Tried == 36) != all || row.Different != 36 || row.Of != 36 {
			t.Errorf("%d seeds: tried %d of %g pairs, complete %t", len(q.Seeds), row.Tried, row.Different, row.Complete)
		}
	}
}

func TestAFailureThatEnds(t *testing.T) {
	text := world{zones: 1, racks: 1, nodes: 2, replicas: []int{4}}.text()
	q := question(text, "pods.pending == 0", "available(Deployment/web-0) >= 4")
	q.Families = []string{"node"}
	if s := ask(t, q, 1); s.Failures[0].Survived || *s.Tolerated != 0 {
		t.Errorf("for ever: got %+v", s.Failures)
	}
	q.For = 2 * time.Minute
	if s := ask(t, q, 1); !s.Failures[0].Survived || s.For == nil || *s.For != 120 {
		t.Errorf("for two minutes: got %+v", s.Failures)
	}
}

func TestAnObjectiveThatDoesNotEvenHoldUndisturbed(t *testing.T) {
	q := question(world{zones: 1, racks: 1, nodes: 2, replicas: []int{5}}.text(), "pods.pending == 0", "pods.failed == 0")
	r, err := survive.ParseRequirement("N+1")
	if err != nil {
		t.Fatal(err)
	}
	q.Require(r)
	s := ask(t, q, 1)
	if !s.First[0].Undisturbed || s.First[1].Undisturbed || *s.Tolerated != -1 || *s.ToleratedBy[1] != 2 {
		t.Errorf("got %+v, tolerated %d and %d", s.First, *s.Tolerated, *s.ToleratedBy[1])
	}
	if got := s.Requirements[0]; got.Met || got.Message != "pods.pending == 0 does not hold even without a failure" {
		t.Errorf("got %+v", got)
	}
}

func TestAnInterruptedQuestionTellsWhatIsKnown(t *testing.T) {
	q := question(world{zones: 3, racks: 1, nodes: 6, replicas: []int{3, 2, 1}}.text(), "pods.pending == 0")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s, err := survive.Ask(ctx, q, survive.Options{Workers: 1, Progress: func(done, of int) {
		if done == 3 {
			stop()
		}
	}})
	if !errors.Is(err, survive.ErrInterrupted) || s == nil || !s.Partial || len(s.Failures) == 0 || s.Tolerated != nil {
		t.Errorf("got %v and %+v", err, s)
	}
	stop()
	if s, err := survive.Ask(ctx, q, survive.Options{}); !errors.Is(err, survive.ErrInterrupted) || s != nil {
		t.Errorf("got %v and %+v", err, s)
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	text := world{zones: 1, racks: 1, nodes: 2, replicas: []int{1}}.text()
	late, wrong := question(text, "pods.pending == 0"), question(text, "pods.pendign == 0")
	late.At = models.Time(time.Hour)
	for want, q := range map[string]survive.Question{
		"nothing can fail at 1h0m0s: the run ends at 30m0s":           late,
		`unknown metric "pods.pendign"; did you mean "pods.pending"?`: wrong,
	} {
		if _, err := survive.Ask(context.Background(), q, survive.Options{}); err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
	for text, want := range map[string]string{
		"N+0": `"N+0": want N+1 to N+1000`, "rak": `unknown requirement "rak"; did you mean "rack"? (want N+1, N+2, … or node, rack, zone, double)`,
	} {
		if _, err := survive.ParseRequirement(text); err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
}

// TestWithNoNodeLeftNothingIsSurvived is about a failure of all nodes, in which nobody is
// evicted: every pod counts as placed.
func TestWithNoNodeLeftNothingIsSurvived(t *testing.T) {
	q := question(world{zones: 1, racks: 1, nodes: 6, replicas: []int{2}}.text(), "pods.pending == 0")
	q.Families = []string{"zone"}
	s := ask(t, q, 1)
	if unit := s.Failures[0].Cells[0].Unit + " and " + s.Failures[0].Cells[1].Unit; unit != "pods and nodes" {
		t.Errorf("got values in %s", unit)
	}
	if f := s.Failures[0]; f.Survived || f.Cells[0].Met != 1 || s.Objectives[1] != "a node is left" || f.Cells[1].Met != 0 {
		t.Errorf("got %+v of %v", f, s.Objectives)
	}
}
