package podsim_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

var update = flag.Bool("update", false, "rewrite the generated parts of documents")

const referencePage = "scenarios/README.md"

// generated is a part of the page between its marks. What stands outside is
// written by hand.
var generated = regexp.MustCompile(`(?s)<!-- generated: ([^\n]*) -->\n.*?<!-- end -->`)

func readReference(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheScenarioReferenceIsTrue(t *testing.T) {
	page := readReference(t)
	r := newReference(page)
	want := generated.ReplaceAllStringFunc(page, func(part string) string {
		name := generated.FindStringSubmatch(part)[1]
		table, ok := r.part(name)
		if !ok {
			t.Errorf("nothing is called %q", name)
		}
		return "<!-- generated: " + name + " -->\n" + table + "<!-- end -->"
	})
	for _, kind := range scenarios.Kinds() {
		scenarios.WalkFields("", kind.Fields(), func(path string, _ *scenarios.Field) bool {
			if !r.shown[kind.Name+" "+path] {
				t.Errorf("%s: the page has no place for %s", kind.Name, path)
			}
			return true
		})
	}
	if t.Failed() || want == page {
		return
	}
	if !*update {
		t.Errorf("%s is not what the types say; run go test . -run TestTheScenarioReference -update", referencePage)
		return
	}
	if err := os.WriteFile(referencePage, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// everyField has places for all fields that have a default. Each Workload has a
// behaviour of its own, since the log numbers them.
const everyField = `apiVersion: podsim/v1alpha1
kind: Scenario
spec: {for: 3h, scheduler: {plugins: [{name: ImageLocality}], profiles: [{schedulerName: other, plugins: [{name: ImageLocality}]}]}}
---
{apiVersion: podsim/v1alpha1, kind: NodeGroup, metadata: {name: nodes}, spec: {count: 4, zones: [a, b], images: {disk: 10Gi}, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}}}
---
{apiVersion: podsim/v1alpha1, kind: Registry, metadata: {name: hub}, spec: {host: docker.io, outages: [{at: 1h, for: 1m}], images: [{name: b, size: 1Gi}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {schedulerName: other, containers: [{name: main, image: a}]}}
---
{apiVersion: podsim/v1alpha1, kind: PodBehavior, metadata: {name: b}, spec: {selector: {matchLabels: {app: w}}, crashEvery: 1h}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: once}
spec:
  arrivals: {type: once}
  stopTime: 2s
  template:
    {apiVersion: batch/v1, kind: Job, spec: {template: {metadata: {labels: {app: w}}, spec: {restartPolicy: Never, containers: [{name: main, image: b}]}}}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: curve}
spec:
  arrivals: {type: curve, points: [{at: "00:00", rate: 10/h}, {at: "02:00", rate: 50/h}]}
  stopTime: 3s
  template: {apiVersion: batch/v1, kind: Job, spec: {template: {metadata: {labels: {app: w}}, spec: {restartPolicy: OnFailure, containers: [{name: main, image: c}]}}}}
---
{apiVersion: podsim/v1alpha1, kind: Workload, metadata: {name: ref}, spec: {arrivals: {type: poisson, rate: 9/h}, lifetime: 20m, crashEvery: 2h, templateRef: {kind: Pod, name: p}}}
---
{apiVersion: podsim/v1alpha1, kind: FaultPlan, metadata: {name: f}, spec: {faults: [{every: 50m, for: {type: exponential, mean: 10m}}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: b}]}}}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: notes}, spec: {steps: [{at: 1h, annotate: {target: deployment/web, annotations: {a: b}}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: images}, spec: {steps: [{at: 1h, patch: {target: deployment/web, patch: {spec: {template: {spec: {containers: [{name: main, image: c}]}}}}}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: undo}, spec: {steps: [{at: 2h, rolloutUndo: {target: deployment/web}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: labels}, spec: {steps: [{at: 1h, label: {node: nodes-0, labels: {a: b}}}, {at: 1h, label: {node: nodes-0, labels: {a: c}}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: taints}, spec: {steps: [{at: 1h, taint: {node: nodes-0, taint: "a=b:NoSchedule"}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: drains}, spec: {steps: [{at: 1h, drain: {node: nodes-0}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: upgrades}, spec: {steps: [{at: 1h, upgrade: {group: nodes, drain: {}}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: faults}, spec: {steps: [{at: 1h, fault: {for: 1m, target: {nodes: [nodes-0]}}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: end}, spec: {steps: [{at: 2h30m, delete: {target: deployment/web}}]}}
---
{apiVersion: podsim/v1alpha1, kind: Assertions, metadata: {name: a}, spec: {assertions: [{that: nodes.down < 5, always: true}, {that: nodes.down < 5}]}}
---
apiVersion: podsim/v1alpha1
kind: Experiment
spec: {policies: [{name: p}, {name: random}], custom: [{name: m, over: pods, value: readyAt}], until: {metric: m, halfWidth: 5%}}
---
{apiVersion: podsim/v1alpha1, kind: Policy, metadata: {name: p}, spec: {profile: best-fit}}
---
apiVersion: podsim/v1alpha1
kind: Plan
spec: {candidates: [{shape: s, zones: [a]}], objectives: [{assert: nodes.down < 5, always: true}], contingencies: [{upgrade: {drain: {}}}]}
---
{apiVersion: podsim/v1alpha1, kind: PriceBook, spec: {shapes: [{name: s, price: 1, capacity: {cpu: 4}, kubelet: {kubeReserved: {cpu: 1}}}]}}
`

// A field that is set to its default is as good as left out: the run writes the
// same log.
func TestTheDefaultsInTheScenarioReferenceAreTrue(t *testing.T) {
	digest := func(set ...string) (string, error) {
		run, err := scenarios.Load(scenarios.Input{
			Files: []scenarios.File{{Name: "every.yaml", Reader: strings.NewReader(everyField)}}, Set: set,
		})
		if err != nil {
			return "", err
		}
		simulation, err := sim.New(run.Config, run.Dictionary, nil)
		if err != nil {
			return "", err
		}
		err = simulation.Run(nil)
		return simulation.Cluster().Digest(), err
	}
	want, err := digest()
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string][]string{
		"Scenario": {"Scenario"}, "NodeGroup": {"NodeGroup"}, "Registry": {"Registry"}, "PodBehavior": {"PodBehavior"}, "FaultPlan": {"FaultPlan"},
		"Workload": {"Workload/once", "Workload/curve", "Workload/ref"}, "Assertions": {"Assertions"}, "Timeline": {"Timeline/images", "Timeline/notes", "Timeline/undo", "Timeline/labels", "Timeline/taints", "Timeline/drains", "Timeline/upgrades", "Timeline/faults", "Timeline/end"}, "Experiment": {"Experiment"}, "Policy": {"Policy"}, "Plan": {"Plan"}, "PriceBook": {"PriceBook"},
	}
	for _, kind := range scenarios.Kinds() {
		scenarios.WalkFields("", kind.Fields(), func(path string, f *scenarios.Field) bool {
			if f.Default == "" {
				return true
			}
			var failed error
			loaded := false
			for _, object := range objects[kind.Name] {
				option := object + "." + strings.ReplaceAll(path, "[]", "[0]") + "=" + f.Default
				got, err := digest(option)
				switch {
				case err != nil: // the field does not belong to this one
					failed = err
				case got != want:
					t.Errorf("%s changes the run", option)
				}
				loaded = loaded || err == nil
			}
			if !loaded {
				t.Errorf("%s: the default of %s cannot be set: %v", kind.Name, path, failed)
			}
			return true
		})
	}
}
