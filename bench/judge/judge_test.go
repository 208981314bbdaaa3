package judge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// world is a cluster of nodes of 4 cores and a Deployment of pods of 2.
func world(t *testing.T, nodes, replicas int, more string) *scenarios.Run {
	t.Helper()
	text := fmt.Sprintf(`apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: w}
spec: {for: 10m, latencies: {profile: none}}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: node}
spec: {count: %d, price: 2, template: {status: {capacity: {cpu: 4, memory: 8Gi, pods: 10}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 2, memory: 1Gi}}}]}
`, nodes, replicas) + more
	run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "w.yaml", Reader: strings.NewReader(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func asked(texts ...string) judge.Question {
	var q judge.Question
	for _, text := range texts {
		q.Objectives = append(q.Objectives, scenarios.Objective{Text: text})
	}
	return q
}

func judged(t *testing.T, run *scenarios.Run, q judge.Question) judge.Verdict {
	t.Helper()
	v, err := judge.Run(context.Background(), run, q)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestObjectivesAreMetOrNot(t *testing.T) {
	outage := "---\n" + `apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: f}
spec: {faults: [{at: 5m, action: crash, target: {nodes: [node-0]}}]}
`
	for name, test := range map[string]struct {
		nodes, replicas int
		more, text      string
		met             bool
		value           float64
		unit            string
	}{
		"all placed":                {2, 4, "", "pods.pending == 0", true, 0, ""},
		"one too many":              {2, 5, "", "pods.pending == 0", false, 1, ""},
		"waiting counts so far":     {2, 5, "", "pending.max < 60s", false, 600, "s"},
		"no wait":                   {2, 4, "", "pending.max < 60s", true, 0, "s"},
		"peak of a resource":        {2, 3, "", "utilisation.peak(cpu) <= 80%", true, 0.75, "share"},
		"cost of ten minutes":       {3, 0, "", "cost <= 1", true, 1, ""},
		"a workload at the end":     {2, 4, "", "available(Deployment/web) >= 4", true, 4, ""},
		"pods stay where they were": {2, 4, outage, "pods.pending == 0", true, 0, ""},
		"replicas at the minimum":   {2, 4, outage, "available(Deployment/web) >= 4", false, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := judged(t, world(t, test.nodes, test.replicas, test.more), asked(test.text))
			o := v.Objectives[0]
			if o.Value == nil || o.Met != test.met || v.Met != test.met || *o.Value != test.value || o.Unit != test.unit || o.Text != test.text {
				t.Errorf("got %+v (value %v); want met %v, %v %s", o, o.Value, test.met, test.value, test.unit)
			}
			if (o.Message == "") != test.met {
				t.Errorf("message %q; want one of a failure only", o.Message)
			}
		})
	}
}

func TestAVerdictSaysWhatBound(t *testing.T) {
	v := judged(t, world(t, 2, 6, ""), asked("pods.pending == 0"))
	if diff := cmp.Diff([]judge.Stuck{{Reason: "Insufficient cpu", Pods: 2, Nodes: 4, Pod: v.Stuck[0].Pod}}, v.Stuck); diff != "" {
		t.Errorf("stuck: -want +got:\n%s", diff)
	}
	if !strings.HasPrefix(v.Stuck[0].Pod, "default/web-") || v.Refused.Pods != 2 || v.Refused.Reasons[0].Reason != "Insufficient cpu" {
		t.Errorf("got %+v and %+v", v.Stuck, v.Refused)
	}
	want := []reports.Peak{
		{Resource: "cpu", Requested: 8, Allocatable: 8, Share: 1}, {Resource: "memory", Requested: 4 << 30, Allocatable: 16 << 30, Share: 0.25},
		{Resource: "pods", Requested: 4, Allocatable: 20, Share: 0.2},
	}
	if diff := cmp.Diff(want, v.Peaks); diff != "" {
		t.Errorf("peaks: -want +got:\n%s", diff)
	}
}

func TestAVerdictSurvivesJSON(t *testing.T) {
	v := judged(t, world(t, 2, 5, ""), asked("pods.pending == 0", "pending.p99 < 60s"))
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back judge.Verdict
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, back); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
}

func TestWrongObjectivesAreToldAllAtOnce(t *testing.T) {
	wrong := []scenarios.Objective{
		{Text: "pending.p9 < 60s", Place: manifest.Position{File: "p.yaml", Line: 7, Column: 5}}, {Text: "cost < 1"},
		{Text: "cost", Place: manifest.Position{File: "p.yaml", Line: 8, Column: 5}},
	}
	run := world(t, 1, 1, "")
	err := judge.Verify(run, wrong)
	var problems yamlnode.Problems
	if !errors.As(err, &problems) || len(problems) != 2 || !strings.HasPrefix(err.Error(), "p.yaml:7:5: ") || !strings.Contains(err.Error(), "\np.yaml:8:5: ") {
		t.Errorf("got %v", err)
	}
	if _, asked := judge.Run(context.Background(), run, judge.Question{Objectives: wrong}); asked == nil || asked.Error() != err.Error() {
		t.Errorf("got %v; want %v", asked, err)
	}
}

func TestAPanicIsTheSimulatorsFault(t *testing.T) {
	err := judge.Protect(func() error { panic("broken") })
	if !judge.Internal(err) || !strings.HasPrefix(err.Error(), "broken\n") {
		t.Errorf("got %v", err)
	}
	if judge.Internal(errors.New("bad input")) {
		t.Error("bad input counts as internal")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := judge.Run(ended, world(t, 1, 1, ""), asked("cost < 1")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestAnObjectiveHoldsWhenItIsAsked shows the moments of an objective, and the words
// by which a verdict calls it.
func TestAnObjectiveHoldsWhenItIsAsked(t *testing.T) {
	const crash = "---\n" + `apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: f}
spec: {faults: [{at: 5m, action: crash, target: {nodes: [node-0]}}]}
`
	there := scenarios.Objective{Text: "available(Deployment/web) >= 4", Words: "all replicas"}
	before, after, always := there, there, there
	before.At, after.At = models.Time(4*time.Minute), models.Time(6*time.Minute)
	always.Always = true
	v := judged(t, world(t, 2, 4, crash), judge.Question{Objectives: []scenarios.Objective{before, after, always}})
	if got := v.Objectives; !got[0].Met || got[1].Met || got[2].Met || v.Met || *got[0].Value != 4 || *got[1].Value != 2 || got[2].Text != "all replicas" {
		t.Errorf("got %+v", got)
	}
}

// TestARunIsStoppedAtAMissThatNothingMendsAnyMore shows which misses end a run, and that
// the whole run agrees with what is told of them.
func TestARunIsStoppedAtAMissThatNothingMendsAnyMore(t *testing.T) {
	// Jobs of 2 cores for 5 minutes on one node of 4: more come than it can do.
	const jobs = "---\n" + `apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: jobs}
spec:
  arrivals: {type: poisson, rate: 100/m}
  runTime: {type: exponential, mean: 1m}
  template: {apiVersion: v1, kind: Pod, spec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}}
`
	for text, stops := range map[string]bool{
		"pending.max < 60s": true, "pending.max <= 1h": false, "pending.p99 < 60s": false, "pods.pending == 0": false, "pods.created < 500": true,
		"pods.failed == 0": false, "unschedulable.attempts == 0": true, "pods.succeeded >= 1000": false, "ready.max < 1s": true,
	} {
		t.Run(text, func(t *testing.T) {
			q := asked(text, "cost < 1")
			whole := judged(t, world(t, 1, 0, jobs), q)
			q.StopAtMiss = true
			cut := judged(t, world(t, 1, 0, jobs), q)
			if (cut.Stopped != nil) != stops || stops && cut.Met {
				t.Fatalf("stopped %v, met %t", cut.Stopped, cut.Met)
			}
			if !stops {
				if diff := cmp.Diff(whole, cut); diff != "" {
					t.Errorf("-whole +cut:\n%s", diff)
				}
				return
			}
			if o := cut.Objectives[0]; !strings.Contains(o.Message, "at least") || o.Met || o.Open || whole.Objectives[0].Met || *o.Value > *whole.Objectives[0].Value || *cut.Stopped >= 600 {
				t.Errorf("got %+v; the whole run %+v", o, whole.Objectives[0])
			}
			if o := cut.Objectives[1]; !o.Open || o.Met || o.Value != nil {
				t.Errorf("got %+v; want it open", o)
			}
		})
	}
}
