package scenarios_test

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// What a fuzzed run may hold: more only takes time.
const (
	fuzzedNodes    = 64
	fuzzedReplicas = 200
	fuzzedArrivals = 2000
	fuzzedEvents   = 8192 // Run pauses every 4096
)

// bounded yields the arrivals of a source as long as they are few and small.
type bounded struct {
	sim.Source
	t    *testing.T
	left int
}

func (b *bounded) Next() (sim.Arrival, bool, error) {
	if b.left == 0 {
		return sim.Arrival{}, false, nil
	}
	b.left--
	a, ok, err := b.Source.Next()
	if a.Template != nil && a.Template.Owner != nil && a.Template.Owner.Replicas > fuzzedReplicas {
		b.t.Skip("many pods only take time")
	}
	return a, ok, err
}

// fuzzedRun prepares a run for few events, or skips it if it would be large.
func fuzzedRun(t *testing.T, run *scenarios.Run) sim.Config {
	t.Helper()
	c := run.Config
	if len(c.Nodes) > fuzzedNodes {
		t.Skip("many nodes only take time")
	}
	c.CheckEvery = 16
	c.Sources = nil
	for _, source := range run.Config.Sources {
		c.Sources = append(c.Sources, &bounded{source, t, fuzzedArrivals})
	}
	return c
}

// FuzzScenario runs whatever loads, and checks the whole cluster every few
// operations: no text may break the simulation. Few mutations of a text load, so
// choices vary what stands in it (see varied), or in one of runnable instead.
func FuzzScenario(f *testing.F) {
	for _, e := range scenarios.Embedded() {
		f.Add(e.Text, []byte{})
	}
	for i, text := range runnable {
		f.Add(base+text, []byte{})
		f.Add(base+text+"---\n"+runnable[(i+1)%len(runnable)], []byte{0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 2, 60, 7, 1, 1})
	}
	f.Fuzz(func(t *testing.T, text string, choices []byte) {
		run := loadVaried(text, choices)
		if run == nil {
			run = loadVaried(base+runnable[len(text)%len(runnable)], choices)
		}
		if run != nil {
			simulate(t, run)
		}
	})
}

// loadVaried loads a varied text. It returns nil if that cannot be loaded, or if
// it has large numbers, which only take time.
func loadVaried(text string, choices []byte) *scenarios.Run {
	text, seed := varied(text, choices)
	if hasLargeNumber(text) {
		return nil
	}
	in := input(text)
	in.Seed = &seed
	run, err := scenarios.Load(in)
	if err != nil {
		return nil
	}
	return run
}

// interchangeable are words of which one can stand where another does.
var interchangeable = [][]string{
	{"Always", "OnFailure", "Never"}, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, {"Exists", "DoesNotExist"},
	{"together", "perNode", "perZone", "perRack"}, {"lognormal", "exponential"}, {"RollingUpdate", "Recreate"},
	{"workers-0", "workers-1", "workers-2"}, {"Running", "Pending", "Succeeded", "Failed"},
	{"MostAllocated", "LeastAllocated"}, {"true", "false"}, {"linear", "step"}, {"low", "high"},
}

// variable matches what varied may change: numbers, with a unit or without, and
// the words above.
var variable = func() *regexp.Regexp {
	var words []string
	for _, group := range interchangeable {
		words = append(words, group...)
	}
	return regexp.MustCompile(`[ \[{]\d+|\b(` + strings.Join(words, "|") + `)\b`)
}()

// varied changes numbers and words of a text, each by a byte of choices, of which
// 0 and those above 127 leave it as it is, and makes a seed of the bytes left.
func varied(text string, choices []byte) (string, uint64) {
	text = variable.ReplaceAllStringFunc(text, func(old string) string {
		if len(choices) == 0 {
			return old
		}
		choice := int(choices[0])
		choices = choices[1:]
		if choice == 0 || choice > 127 {
			return old
		}
		for _, group := range interchangeable {
			if slices.Contains(group, old) {
				return group[choice%len(group)]
			}
		}
		return old[:1] + strconv.Itoa(choice-1)
	})
	seed := uint64(1)
	for _, choice := range choices {
		seed = seed*257 + uint64(choice)
	}
	return text, seed
}

func simulate(t *testing.T, run *scenarios.Run) {
	t.Helper()
	s, err := sim.New(fuzzedRun(t, run), run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Run(func(_ models.Time, events uint64) bool { return events >= fuzzedEvents })
	if invariant := (*sim.InvariantError)(nil); errors.As(err, &invariant) {
		t.Fatal(err)
	}
	if err := s.Cluster().Check(); err != nil {
		t.Fatal(err)
	}
}

// runnable are small scenarios, to be put after base, that together use most of
// what a scenario can say.
var runnable = []string{
	deploymentDocument,
	deploymentDocument + "---\n" + policyFile("p", "{profile: random, set: [NodeGroup/workers.spec.count=5]}") +
		document("Experiment", "e", `{policies: [{name: p}, {name: default}], axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [3, 4]}],
  seeds: 3, warmUp: 10m, custom: [{name: x, over: pods, value: readyAt, reduce: p99}], until: {metric: x, halfWidth: 5%}}`),
	strings.Replace(deploymentDocument, "spec:\n", "spec:\n  replicas: 12\n  minReadySeconds: 5\n", 1) +
		"---\n" + document("FaultPlan", "f", `{faults: [
  {at: 1h, target: {nodes: [workers-0]}, for: 30m},
  {every: {type: exponential, mean: 2h}, scope: perNode, target: {nodeGroups: [workers], count: 2}, for: 10m},
  {at: 3h, target: {zones: [a]}}]}`),
	workload("w", "arrivals: {type: poisson, rate: 40/h, until: 4h}\nrunTime: {type: lognormal, median: 5m, p95: 20m}"),
	workload("w", "arrivals: {type: times, at: [0s, 1h], batch: 3}\nlifetime: 20m\nrunTime: 1h"),
	workload("w", "arrivals: {type: curve, points: [{at: 0h, rate: 1/m}, {at: 2h, rate: 0}]}\ncrashEvery: 10m"),
	document("PodBehavior", "b", "{selector: {matchExpressions: [{key: app, operator: In, values: [a]}]}, runTime: 1m, exitCode: 1}") +
		"---\n" + deploymentDocument,
	`apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: low}
spec:
  replicas: 40
  selector: {matchLabels: {app: low}}
  template:
    metadata: {labels: {app: low}}
    spec: {containers: [{name: a, image: i, resources: {requests: {cpu: 900m}}}]}
---
` + workload("w", "arrivals: {type: once, count: 5, at: 1h}") + `---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  priorityClassName: high
  tolerations: [{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]
  containers: [{name: a, image: i, resources: {requests: {cpu: 7}}}]
`,
	`apiVersion: v1
kind: Node
metadata: {name: tainted, labels: {zone: z}}
spec: {taints: [{key: k, value: v, effect: NoExecute}, {key: l, effect: PreferNoSchedule}]}
status: {capacity: {cpu: 2, memory: 4Gi, pods: 3}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: sums}
spec:
  parallelism: 3
  completions: 7
  backoffLimit: 2
  ttlSecondsAfterFinished: 60
  activeDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: OnFailure
      affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, preference: {matchExpressions: [{key: zone, operator: In, values: [z]}]}}]}}
      tolerations: [{operator: Exists}]
      containers: [{name: a, image: i, resources: {requests: {cpu: 1, memory: 100Mi}}, ports: [{containerPort: 80, hostPort: 80}]}]
`,
	web + document("Timeline", "t", `{steps: [
  {at: 1m, setImage: {target: deployment/web, images: {web: i}}},
  {at: 1m, scale: {target: deployment/web, replicas: 7}},
  {at: 2m, patch: {target: deployment/web, patch: {spec: {minReadySeconds: 9, strategy: {type: RollingUpdate}, template: {spec: {containers: [{name: log, image: j}]}}}}}},
  {at: 10m, rolloutUndo: {target: deployment/web}},
  {at: 11m, rolloutPause: {target: deployment/web}},
  {at: 12m, rolloutRestart: {target: deployment/web}},
  {at: 13m, rolloutResume: {target: deployment/web}},
  {at: 20m, cordon: {node: workers-0}},
  {at: 21m, label: {node: workers-0, labels: {disk: fast}}},
  {at: 22m, taint: {node: workers-1, taint: "k=v:NoExecute"}},
  {at: 23m, delete: {target: pod/bare, force: true}},
  {at: 24m, uncordon: {node: workers-0}},
  {at: 25m, untaint: {node: workers-1, taint: "k:NoExecute"}},
  {at: 26m, delete: {target: deployment/web}},
  {at: 26m, apply: {object: {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: m, image: i}]}}}}}},
  {at: 30m, unlabel: {node: workers-0, labels: [disk]}}]}`),
	`apiVersion: v1
kind: Pod
metadata: {name: old, creationTimestamp: "2026-01-31T12:00:00Z"}
spec: {nodeName: workers-1, priority: 7, priorityClassName: gone, containers: [{name: a, image: i}]}
status: {phase: Running, startTime: "2026-01-31T12:00:03Z", containerStatuses: [{name: a, image: i, imageID: x, ready: true, restartCount: 2, state: {running: {startedAt: "2026-01-31T12:00:04Z"}}}]}
`,
}

// TestSeedsOfTheFuzzedRunsLoad keeps the seeds useful: one that does not load
// teaches the fuzzer nothing.
func TestSeedsOfTheFuzzedRunsLoad(t *testing.T) {
	for _, text := range runnable {
		simulate(t, mustLoad(t, input(base+text)))
	}
}
