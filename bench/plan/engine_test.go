package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// smallPlan has two shapes in three zones, services that stay and jobs that come and go.
const smallPlan = `
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: small}
spec: {for: 1h}
---
apiVersion: podsim/v1alpha1
kind: PriceBook
metadata: {name: book}
spec:
  currency: USD
  shapes:
  - {name: m, price: 0.4, capacity: {cpu: 8, memory: 32Gi, pods: 20}}
  - {name: c, price: 0.7, capacity: {cpu: 16, memory: 32Gi, pods: 20}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 30
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1500m, memory: 4Gi}}}]}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: jobs}
spec:
  arrivals: {type: poisson, rate: 30/h, until: 50m}
  runTime: {type: exponential, mean: 3m}
  template:
    apiVersion: v1
    kind: Pod
    spec:
      restartPolicy: Never
      containers: [{name: main, image: main, resources: {requests: {cpu: 2, memory: 2Gi}}}]
---
apiVersion: podsim/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  candidates:
  - {shape: m, zones: [a, b, c], max: 24}
  - {shape: c, zones: [a, b, c], max: 15}
  objectives: [all pods placed, {assert: pending.p99 < 30s, in: undisturbed}]
  contingencies: [{lose: zone}]
  seeds: 2
  budget: 120
`

func written(t *testing.T, a *capacity.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := a.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func answered(t *testing.T, p *scenarios.Plan, o Options) *capacity.Plan {
	t.Helper()
	a, err := Search(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The answer is the same with any number of workers, with runs that are kept, and after
// interruptions at any moment.
func TestTheAnswerDependsOnNothingElse(t *testing.T) {
	p := planned(t, smallPlan)
	a := answered(t, p, Options{Version: "1", Workers: 1})
	want := written(t, a)
	if got := written(t, answered(t, p, Options{Version: "1", Workers: 4})); got != want {
		t.Errorf("another answer with four workers:\n%s\nwant\n%s", got, want)
	}
	dir := t.TempDir()
	for kept, after := 0, 1; ; after *= 3 {
		s, err := OpenStore(dir, p, "1", "b", nil, false)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		last := Progress{}
		got, err := Search(ctx, p, Options{Version: "1", Build: "b", Workers: 2, Store: s, Progress: func(at Progress) {
			if last = at; at.Runs >= after && after < a.Effort.Runs {
				stop()
			}
		}})
		s.Close()
		stop()
		if last.Kept < kept {
			t.Errorf("%d runs were kept, before that %d", last.Kept, kept)
		}
		kept = last.Kept
		if errors.Is(err, ErrInterrupted) && got.Partial {
			continue
		}
		if err != nil || written(t, got) != want {
			t.Fatalf("another answer after interruptions (%v)", err)
		}
		if kept < a.Effort.Runs/4 {
			t.Errorf("%d of %d runs were kept", kept, a.Effort.Runs)
		}
		break
	}
}

func TestWhatAnAnswerSays(t *testing.T) {
	p := planned(t, smallPlan)
	a := answered(t, p, Options{Version: "1", Workers: 2})
	best := a.Recommendation
	if best == nil || !a.Proven || !best.Meets || best.Runs != 8 {
		t.Fatalf("recommendation %+v (proven %v)", best, a.Proven)
	}
	if a.Bound == nil || a.Bound.Cost > best.Cost || *a.Bound.Gap < 0 || a.Effort.Ruled == 0 {
		t.Errorf("bound %+v, %d ruled out", a.Bound, a.Effort.Ruled)
	}
	for _, m := range a.Below {
		if m.Meets || m.Miss == nil || m.Cost > best.Cost {
			t.Errorf("below: %+v", m)
		}
	}
	for _, m := range a.RunnersUp {
		if !m.Meets || m.Cost < best.Cost {
			t.Errorf("runner-up: %+v", m)
		}
	}
	for c, row := range a.Failures.Cells {
		for o, cell := range row {
			if asked := c == 0 || o == 0; cell.Asked != asked || asked && (cell.Met != 2 || cell.Of != 2 || cell.Worst == nil) {
				t.Errorf("contingency %d, objective %d: %+v", c, o, cell)
			}
		}
	}
	whats := make(map[string]capacity.Change)
	for _, c := range a.Sensitivity {
		whats[c.What] = c
	}
	for _, what := range []string{"demand -20%", "demand -10%"} {
		if c := whats[what]; c.Meets == nil || !*c.Meets || c.Cost == nil || *c.Cost > 0 {
			t.Errorf("%s: %+v", what, c)
		}
	}
	if c := whats["demand +20%"]; c.Meets == nil || *c.Meets || c.Miss == nil || c.Cost == nil || *c.Cost <= 0 {
		t.Errorf("demand +20%%: %+v", c)
	}
	if a.MissChance == nil || *a.MissChance < 0.77 || *a.MissChance > 0.78 { // 1 - 0.05^(1/2)
		t.Errorf("chance of a miss %v", a.MissChance)
	}
	if len(a.Binding) == 0 || a.Binding[0].What != "cpu" {
		t.Errorf("what binds: %+v", a.Binding)
	}
	if len(a.Headroom) != 3 || a.Headroom[0].Resource != "cpu" || a.Headroom[0].Contingency == "undisturbed" || a.Headroom[0].Share < 0 {
		t.Errorf("headroom: %+v", a.Headroom)
	}
	var objectives []string
	for _, p := range a.Frontier {
		objectives = append(objectives, p.Objective)
	}
	if !strings.Contains(fmt.Sprint(objectives), "all pods placed") || !strings.Contains(fmt.Sprint(objectives), "pending.p99") {
		t.Errorf("frontier: %+v", a.Frontier)
	}
}

// Nothing of the answer rests on the judge of the search: scenarios without the plan,
// with the recommended nodes and each zone in turn never there, place all pods, and with
// one node fewer some of them do not.
func TestTheAnswerSurvivesAnyZone(t *testing.T) {
	for pods := 3; pods <= 18; pods += 5 {
		for _, cores := range []int{4, 6, 9} {
			workload := fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 2, memory: 1Gi}}}]}
---
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: s}
spec: {for: 1h}
`, pods)
			p := planned(t, workload+fmt.Sprintf(`---
apiVersion: podsim/v1alpha1
kind: PriceBook
metadata: {name: book}
spec: {shapes: [{name: node, price: 1, capacity: {cpu: %d, memory: 16Gi, pods: 20}}]}
---
apiVersion: podsim/v1alpha1
kind: Plan
metadata: {name: p}
spec: {candidates: [{shape: node, zones: [a, b, c], max: 20}], objectives: [all pods placed], contingencies: [{lose: zone}], seeds: 1}
`, cores))
			answer := decided(t, p)
			if answer.Recommendation == nil {
				t.Fatalf("%d pods, %d cores: no answer", pods, cores)
			}
			n := answer.Recommendation.Counts[0]
			survives := func(nodes int) bool {
				all := true
				for lost := range 3 {
					left := 0
					for i := range nodes { // dealt to the zones one by one
						if i%3 != lost {
							left++
						}
					}
					all = all && left > 0 && places(t, workload+fmt.Sprintf(`---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: nodes}
spec: {count: %d, template: {status: {capacity: {cpu: %d, memory: 16Gi, pods: 20}}}}
`, left, cores))
				}
				return all
			}
			if !survives(n) || survives(n-1) {
				t.Errorf("%d pods, %d cores: %d nodes survive: %v, one fewer: %v", pods, cores, n, survives(n), survives(n-1))
			}
		}
	}
}

// places reports whether a scenario ends without a pod that waits.
func places(t *testing.T, text string) bool {
	t.Helper()
	run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := judge.Run(context.Background(), run, judge.Question{Objectives: []scenarios.Objective{{Text: "pods.pending == 0"}}})
	if err != nil {
		t.Fatal(err)
	}
	return v.Met
}

// A plan that nothing meets says so, and why.
func TestAPlanThatNothingMeets(t *testing.T) {
	a := answered(t, planned(t, strings.Replace(smallPlan, "cpu: 1500m", "cpu: 17", 1)), Options{})
	if a.Recommendation != nil || !a.Proven || a.Effort.Runs != 0 || !strings.Contains(a.Argument, "one pod requests 17 cores of cpu and the largest node that it may go to has ") {
		t.Errorf("got %+v, %q, %+v", a.Recommendation, a.Argument, a.Effort)
	}
	a = answered(t, planned(t, strings.Replace(smallPlan, "pending.p99 < 30s", "pending.p99 < 0s", 1)), Options{})
	if a.Recommendation != nil || !strings.Contains(a.Argument, "pending.p99 < 0s") {
		t.Errorf("got %+v, %q", a.Recommendation, a.Argument)
	}
}

// A folder belongs to one plan, of which the number of seeds may change.
func TestAFolderBelongsToOnePlan(t *testing.T) {
	p := planned(t, smallPlan)
	dir := t.TempDir()
	for _, c := range []struct{ text, version, refuse string }{
		{smallPlan, "1", ""}, {strings.Replace(smallPlan, "seeds: 2", "seeds: 3", 1), "1", ""}, {smallPlan, "2", "another podsim"},
		{strings.Replace(smallPlan, "replicas: 30", "replicas: 31", 1), "1", "the folder holds another plan"},
	} {
		s, err := OpenStore(dir, planned(t, c.text), c.version, "b", nil, false)
		if (err == nil) != (c.refuse == "") || err != nil && !strings.Contains(err.Error(), c.refuse) {
			t.Errorf("got %v, want %q", err, c.refuse)
		}
		if err == nil {
			s.Close()
		}
	}
	if again := planned(t, smallPlan); !reflect.DeepEqual(again.Digest, p.Digest) {
		t.Error("another digest of the same plan")
	}
}

// Who takes what is known after every run gets an unfinished plan each time, and the
// answer in the end is the same.
func TestTakingWhatIsKnownChangesNoAnswer(t *testing.T) {
	p := planned(t, smallPlan)
	want := written(t, answered(t, p, Options{Version: "1"}))
	taken := 0
	got := answered(t, p, Options{Version: "1", SoFar: func(take func() *capacity.Plan) {
		var b bytes.Buffer
		if a := take(); !a.Partial {
			t.Error("a plan that is under way is not marked as unfinished")
		} else if err := a.WriteMarkdown(&b); err != nil {
			t.Error(err)
		}
		taken++
	}})
	if taken < got.Effort.Runs {
		t.Errorf("%d offers in %d runs", taken, got.Effort.Runs)
	}
	if written(t, got) != want {
		t.Errorf("another answer:\n%s\nwant\n%s", written(t, got), want)
	}
}
