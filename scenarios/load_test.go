package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// base is a scenario without problems to which tests add.
const base = `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: base}
spec: {for: 8h, seed: 7}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec:
  count: 4
  zones: [a, b]
  racks: 1
  price: 0.5
  template: {status: {capacity: {cpu: 8, memory: 32Gi}}}
---
`

const jobTemplate = `
  template:
    apiVersion: batch/v1
    kind: Job
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: etl}]
---
`

// workload writes a Workload of Jobs with more fields.
func workload(name, fields string) string {
	return "apiVersion: podsim/v1alpha1\nkind: Workload\nmetadata: {name: " + name + "}\nspec:\n  " +
		strings.ReplaceAll(fields, "\n", "\n  ") + jobTemplate
}

func input(text string) scenarios.Input {
	return scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(text)}}}
}

func mustLoad(t *testing.T, in scenarios.Input) *scenarios.Run {
	t.Helper()
	run, err := scenarios.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// arrivalsOf returns what arrives before a moment, by workload (the name that
// stands before the number), or by the name of a single object.
func arrivalsOf(t *testing.T, run *scenarios.Run, until time.Duration) map[string][]sim.Arrival {
	t.Helper()
	out := make(map[string][]sim.Arrival)
	for _, source := range run.Config.Sources {
		previous := models.Time(0)
		for {
			a, ok, err := source.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !ok || a.At >= models.Time(until) {
				break
			}
			if a.At < previous {
				t.Fatalf("arrival at %v after %v", a.At, previous)
			}
			previous = a.At
			a.Template = nil
			name := run.Dictionary.String(a.Name)
			a.Name = 0
			out[name] = append(out[name], a)
		}
	}
	return out
}

func TestNodeGroupsAreDealtOverZonesAndRacks(t *testing.T) {
	run := mustLoad(t, input(strings.Replace(base, "racks: 1", "racks: 2", 1)))
	var got []string
	for _, n := range run.Config.Nodes {
		labels := []string{run.Dictionary.String(n.Name)}
		for _, key := range []string{models.LabelHostname, models.LabelZone, models.LabelRack} {
			value, _ := n.Labels.Get(run.Dictionary.Sym(key))
			labels = append(labels, run.Dictionary.String(value))
		}
		got = append(got, strings.Join(labels, " "))
	}
	want := []string{
		"workers-0 workers-0 a a-r0", "workers-1 workers-1 b b-r0",
		"workers-2 workers-2 a a-r1", "workers-3 workers-3 b b-r1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]scenarios.Group{{Name: "workers", Nodes: 4, Price: 0.5}}, run.Groups); diff != "" {
		t.Error(diff)
	}
}

func TestArrivalsOfAWorkload(t *testing.T) {
	run := mustLoad(t, input(base+
		workload("one", "arrivals: {type: once, at: 1h, count: 3}\nlifetime: 5m")+
		workload("at", "arrivals: {type: times, at: [1s, 2s, 2s, 9h], batch: 2, limit: 5}\nrunTime: 90s")+
		workload("some", "arrivals: {type: poisson, rate: 1/s, from: 1h, until: 2h, limit: 10}")))
	got := arrivalsOf(t, run, 8*time.Hour)
	arrival := func(at time.Duration, number int32, lifetime, runTime time.Duration) sim.Arrival {
		return sim.Arrival{At: models.Time(at), Ordinal: models.Numbered(number), Lifetime: lifetime, RunTime: runTime}
	}
	if diff := cmp.Diff([]sim.Arrival{
		arrival(time.Hour, 0, 5*time.Minute, -1), arrival(time.Hour, 1, 5*time.Minute, -1), arrival(time.Hour, 2, 5*time.Minute, -1),
	}, got["one"], cmp.AllowUnexported(sim.Template{})); diff != "" {
		t.Error(diff)
	}
	run90 := 90 * time.Second
	if diff := cmp.Diff([]sim.Arrival{
		arrival(time.Second, 0, -1, run90), arrival(time.Second, 1, -1, run90), arrival(2*time.Second, 2, -1, run90),
		arrival(2*time.Second, 3, -1, run90), arrival(2*time.Second, 4, -1, run90),
	}, got["at"], cmp.AllowUnexported(sim.Template{})); diff != "" {
		t.Error(diff)
	}
	if n := len(got["some"]); n != 10 || got["some"][0].At < models.Time(time.Hour) {
		t.Errorf("got %d arrivals, the first at %v; want 10 from 1h on", n, got["some"][0].At)
	}
	want := []string{
		"pods of Workload one have no runTime: 1m0s assumed", "pods of Workload some have no runTime: 1m0s assumed",
	}
	if diff := cmp.Diff(want, run.Assumptions); diff != "" {
		t.Error(diff)
	}
}

func TestCommonRandomNumbers(t *testing.T) {
	law := "arrivals: {type: poisson, rate: 30/m, batch: {type: discrete, values: [0, 1, 5]}}\n" +
		"runTime: {type: lognormal, median: 5m, p95: 1h}\nlifetime: {type: exponential, mean: 2h}"
	alone := mustLoad(t, input(base+workload("a", law)))
	among := mustLoad(t, input(base+workload("z", law)+workload("a", law)))
	want, got := arrivalsOf(t, alone, 8*time.Hour), arrivalsOf(t, among, 8*time.Hour)
	if diff := cmp.Diff(want["a"], got["a"], cmp.AllowUnexported(sim.Template{})); diff != "" {
		t.Error(diff)
	}
	if len(want["a"]) < 20_000 || cmp.Equal(got["a"], got["z"], cmp.AllowUnexported(sim.Template{})) {
		t.Errorf("got %d arrivals; want about 28800, other ones for each workload", len(want["a"]))
	}
	other := input(base + workload("a", law))
	seed := uint64(8)
	other.Seed = &seed
	if cmp.Equal(want["a"], arrivalsOf(t, mustLoad(t, other), 8*time.Hour)["a"], cmp.AllowUnexported(sim.Template{})) {
		t.Error("another seed brings the same arrivals")
	}
}

func TestCurvesFollowTheCalendar(t *testing.T) {
	// 2026-01-03 is a Saturday; the run begins at 22:00, so Monday 00:00 is 26 h on.
	text := strings.Replace(base, "for: 8h", "for: 48h, start: 2026-01-03T22:00:00Z", 1) +
		workload("w", "arrivals: {type: curve, period: 1w, interpolation: step, points: [{at: Mon, rate: 60/m}, {at: Mon 01:00, rate: 0}]}")
	got := arrivalsOf(t, mustLoad(t, input(text)), 48*time.Hour)["w"]
	first, last := got[0].At, got[len(got)-1].At
	if first < models.Time(26*time.Hour) || last > models.Time(27*time.Hour) || len(got) < 3300 || len(got) > 3900 {
		t.Errorf("got %d arrivals from %v to %v; want about 3600 from 26h to 27h", len(got), first, last)
	}
}

func TestBehavioursAreFoundBySelector(t *testing.T) {
	text := base + `apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: by-owner}
spec: {selector: {owner: {kind: Workload, name: w}}, startUp: 3s, runTime: 1h}
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: all}
spec: {selector: {}, stopTime: 9s}
---
apiVersion: v1
kind: Pod
metadata: {name: lonely}
spec: {containers: [{name: main, image: x}]}
---
` + workload("w", "arrivals: {type: once}\nexitCode: 3\ncrashEvery: 1h")
	run := mustLoad(t, input(text))
	standing, _, _ := run.Config.Sources[0].Next()
	if b := standing.Template.Behavior; b == nil || b.StopTime.Mean() != 9 || b.StartUp != nil {
		t.Errorf("pod: got %+v; want the behaviour of all", b)
	}
	arriving, _, _ := run.Config.Sources[1].Next()
	b := arriving.Template.Behavior
	if b == nil || b.StartUp.Mean() != 3 || b.RunTime.Mean() != 3600 || b.ExitCode.Mean() != 3 || b.StopTime != nil {
		t.Errorf("workload: got %+v; want its own fields over those of by-owner", b)
	}
}

func TestObjectsOfTheStreamComeFirstAndOwnersBeforeTheirs(t *testing.T) {
	text := base + workload("early", "arrivals: {type: once}") + `apiVersion: v1
kind: Pod
metadata:
  name: web-1
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]
spec: {nodeName: workers-2, containers: [{name: main, image: x}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: done}
spec: {containers: [{name: main, image: x}]}
status: {phase: Succeeded}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web}
spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: main, image: x}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: etl}
spec: {completions: 3, template: {spec: {restartPolicy: Never, containers: [{name: main, image: x}]}}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: copies}
spec: {templateRef: {kind: Job, name: etl}, arrivals: {type: once, at: 1h}}
`
	run := mustLoad(t, input(text))
	var names []string
	for _, source := range run.Config.Sources {
		for a, ok, _ := source.Next(); ok; a, ok, _ = source.Next() {
			name := string(models.AppendName(nil, run.Dictionary.String(a.Name), a.Ordinal))
			if past := a.PastPod; past != nil && past.Node != models.None {
				name += " on " + run.Dictionary.String(run.Config.Nodes[past.Node].Name)
			}
			if a.PastPod != nil {
				name += " " + a.PastPod.Phase.String()
			}
			if a.Parent > 0 {
				name += " of the first"
			}
			names = append(names, name)
		}
	}
	want := []string{"web", "web-1 on workers-2 Running of the first", "done Succeeded", "early-0", "copies-0"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestTraceWorkload(t *testing.T) {
	in := input(strings.Replace(base, "seed: 7", "seed: 7, data: [{name: t, format: dlrm}]", 1) + `apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: inference}
spec: {arrivals: {type: trace, data: t}}
`)
	in.For = 31 * 24 * time.Hour
	in.Data = map[string]string{"t": writeTrace(t, t.TempDir())}
	run := mustLoad(t, in)
	templates := make(map[*sim.Template]bool)
	n, started := 0, 0
	var pod *models.PodSpec
	for {
		a, ok, err := run.Config.Sources[0].Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		n++
		if a.At == 0 {
			started++
		}
		templates[a.Template] = true
		if a.Template.Pod.NodeSelector[0].Value == run.Dictionary.Sym("HN") {
			pod = a.Template.Pod
		}
	}
	if n != 300 || started != 100 || len(templates) != 10 {
		t.Errorf("got %d arrivals, %d at the start, %d templates; want 300, 100, 10", n, started, len(templates))
	}
	d := run.Dictionary
	for name, want := range map[string]int64{
		"cpu": 8000, "memory": 40 << 30, "ephemeral-storage": 80 << 30, "nvidia.com/gpu": 1, scenarios.RDMAResource: 25, "pods": 1,
	} {
		r, err := d.Resource(name)
		if err != nil || pod.Requests[r] != want {
			t.Errorf("%s: got %d (%v); want %d", name, pod.Requests[r], err, want)
		}
	}
	if pod.RestartPolicy != models.RestartAlways {
		t.Errorf("got %v; want Always", pod.RestartPolicy)
	}
	want := []string{"150 of 300 instances of Workload inference limit the instances of their app on a node " +
		"(max_instance_per_node): no plugin does so, the limits are ignored"}
	if diff := cmp.Diff(want, run.Assumptions); diff != "" {
		t.Error(diff)
	}
}

func TestDigestDependsOnEverythingButNames(t *testing.T) {
	digest := func(change func(*scenarios.Input)) string {
		in := input(base)
		change(&in)
		return mustLoad(t, in).Digest
	}
	plain := digest(func(*scenarios.Input) {})
	if other := digest(func(in *scenarios.Input) { in.Files[0].Name = "other.yaml" }); other != plain {
		t.Error("the name of a file enters the digest")
	}
	seed := uint64(9)
	for name, change := range map[string]func(*scenarios.Input){
		"seed":     func(in *scenarios.Input) { in.Seed = &seed },
		"duration": func(in *scenarios.Input) { in.For = time.Hour },
		"set":      func(in *scenarios.Input) { in.Set = []string{"NodeGroup/workers.spec.count=5"} },
		"text":     func(in *scenarios.Input) { in.Files[0].Reader = strings.NewReader(base + "# more\n") },
	} {
		if digest(change) == plain {
			t.Errorf("%s does not enter the digest", name)
		}
	}
}
