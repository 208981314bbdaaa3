package scenarios_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
)

const standing = `
{apiVersion: v1, kind: Node, metadata: {name: node-1}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 10}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: old, creationTimestamp: "2026-03-01T00:00:00Z"}
spec: {nodeName: node-1, containers: [{name: c, image: i}]}
status: {phase: Running, startTime: "2026-03-01T00:00:00Z"}
---
apiVersion: v1
kind: Pod
metadata: {name: young, creationTimestamp: "2026-03-02T00:00:00Z"}
spec: {nodeName: node-1, containers: [{name: c, image: i}]}
status: {phase: Running, startTime: "2026-03-02T00:00:00Z"}
---
{apiVersion: v1, kind: Pod, metadata: {name: done}, spec: {nodeName: node-1, containers: [{name: c, image: i}]}, status: {phase: Succeeded}}
---
{apiVersion: v1, kind: Pod, metadata: {name: far}, spec: {nodeName: elsewhere, containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec: {replicas: 2, selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: d-1, labels: {app: d}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: d, uid: u, controller: true}]}
spec: {replicas: 2, selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: d-1-x, labels: {app: d}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: d-1, uid: v, controller: true}]}
spec: {nodeName: node-1, containers: [{name: c, image: i}]}
`

func file(name, text string) scenarios.File {
	return scenarios.File{Name: name, Reader: strings.NewReader(text)}
}

func TestAWorldIsTheClusterAsItStands(t *testing.T) {
	w, err := scenarios.LoadWorld(scenarios.Input{Files: []scenarios.File{file("w.yaml", standing)}})
	if err != nil {
		t.Fatal(err)
	}
	v := w.Cluster.View()
	var waiting, there []string
	for _, id := range w.Pending {
		waiting = append(waiting, v.Pod(id).Name())
	}
	for _, id := range v.Node(0).Pods() {
		there = append(there, v.Pod(id).Name())
	}
	if diff := cmp.Diff([]string{"b", "a"}, waiting); diff != "" {
		t.Errorf("waiting, in the order of the input:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"old", "young", "d-1-x"}, there); diff != "" {
		t.Errorf("on the node, but those that have ended:\n%s", diff)
	}
	if diff := cmp.Diff([]scenarios.Absent{{Kind: "Deployment", Namespace: "default", Name: "d", Pods: 1}}, w.Absent); diff != "" {
		t.Errorf("the pods of the ReplicaSet count for its Deployment:\n%s", diff)
	}
	if w.Astray != 1 {
		t.Errorf("%d pods on unknown nodes, want 1", w.Astray)
	}
	old, young := w.ByName("default/old"), w.ByName("young")
	if len(old) != 1 || len(young) != 1 || v.Pod(young[0]).BoundAt().Sub(v.Pod(old[0]).BoundAt()).Hours() != 24 || w.Cluster.Now() != v.Pod(young[0]).BoundAt() {
		t.Error("old is not a day older than young, after which nothing has happened")
	}
	if len(w.ByName("a")) != 1 || len(w.ByName("other/a")) != 0 {
		t.Error("names find the wrong pods")
	}
}

// What stands beside a template in its file joins the world; an owner's pods are
// those that its controller would make.
func TestTemplatesOfAWorld(t *testing.T) {
	template := `
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 7}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 3, selector: {matchLabels: {app: w}}, template: {metadata: {labels: {app: w}}, spec: {priorityClassName: high, containers: [{name: c, image: i}]}}}
`
	bare := `{apiVersion: v1, kind: Pod, spec: {containers: [{name: c, image: i}]}}`
	w, err := scenarios.LoadWorld(scenarios.Input{Files: []scenarios.File{file("w.yaml", standing)},
		Templates: []scenarios.File{file("web.yaml", template), file("dir/bare.yaml", bare)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Templates) != 2 || w.Templates[0].Name != "web" || w.Templates[0].Replicas != 3 || w.Templates[0].Pod.Priority != 7 ||
		w.Templates[0].Owner.Kind != models.ReplicaSet || w.Templates[1].Name != "bare" || w.Templates[1].Owner != nil {
		t.Errorf("got %+v", w.Templates)
	}
	if len(w.Pending) != 2 {
		t.Errorf("%d pods wait, want 2: templates are no pods of the world", len(w.Pending))
	}
}

func TestAWorldRefusesWhatTakesTime(t *testing.T) {
	for _, kind := range []string{"Scenario", "Workload", "FaultPlan", "Timeline", "Assertions"} {
		text := "apiVersion: podsim/v1alpha1\nkind: " + kind + "\nmetadata: {name: x}\n"
		_, err := scenarios.LoadWorld(scenarios.Input{Files: []scenarios.File{file("w.yaml", standing), file("x.yaml", text)}})
		if err == nil || !strings.Contains(err.Error(), "x.yaml:2:7: kind: "+kind+" says what happens in the course of time") {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}
