package scenarios_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// liveShop is a cluster with pods of a ReplicaSet, of a Job, of a DaemonSet and of a
// kubelet, a bare one, one that has ended and one that waits.
func liveShop() string {
	owned := func(kind, version, name string) string {
		return ", ownerReferences: [{apiVersion: " + version + ", kind: " + kind + ", name: " + name + ", uid: u-" + name + ", controller: true}], labels: {app: " + name + "}"
	}
	return live(`
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata: {name: web, namespace: default, uid: u-web, creationTimestamp: "2026-02-01T00:00:00Z"}
  spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: app}]}}}
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: agent, namespace: default, uid: u-agent, creationTimestamp: "2026-02-01T00:00:00Z"}
  spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: main, image: app}]}}}
` + livePod("web-a", "n1", owned("ReplicaSet", "apps/v1", "web"), "", ready) + livePod("web-b", "n2", owned("ReplicaSet", "apps/v1", "web"), "", ready) +
		livePod("agent-a", "n1", owned("DaemonSet", "apps/v1", "agent"), tolerant, ready) +
		livePod("proxy-n1", "n1", owned("Node", "v1", "n1"), tolerant, ready) +
		livePod("alone", "n1", "", ", restartPolicy: Never", ready) + livePod("done", "n1", "", ", restartPolicy: Never", "phase: Succeeded") +
		livePod("leaving", "n1", `, deletionTimestamp: "2026-03-01T12:00:10Z", deletionGracePeriodSeconds: 30`, "", ready) +
		livePod("waits", "", "", "", "phase: Pending"))
}

// TestNodesOfASnapshotAreReplaced: the pods that are there come to new nodes, and what was
// on the old ones for their own sake is made anew by who made it.
func TestNodesOfASnapshotAreReplaced(t *testing.T) {
	in := planOf(liveShop())
	in.PriceBook = &scenarios.File{Name: "prices.yaml", Reader: strings.NewReader(strings.TrimSuffix(priceBook, "---\n"))}
	in.Nodes, in.Survive = "replace", []string{"zone"}
	p := mustLoadPlan(t, in)
	for _, want := range []string{
		"pods that are placed anew, on other nodes than those that they are on: 3",
		"pods that go with their nodes, since DaemonSets or kubelets made them or they were being deleted: 3",
		"pods that no controller makes anew when their node is lost, and that ask for no room then: 2",
		"every mix is judged on 10 seeds", "nothing says what must hold: all pods are to be placed in the end",
	} {
		if !slices.Contains(p.Notes, want) {
			t.Errorf("no note %q in %q", want, p.Notes)
		}
	}
	if p.Pods != 4 || p.Unreplaced != 2 {
		t.Errorf("%d of %d pods are not made anew", p.Unreplaced, p.Pods)
	}
	if p.Horizon != models.Time(2*time.Hour+59*time.Minute+10*time.Second) || p.FixedNodes != 0 || p.Contingencies[1].Help != "all of its nodes crash at 1h" {
		t.Errorf("got %+v", p.Contingencies)
	}
	run := mustLoadMix(t, p, 0, 1, 1)
	if got := namesOfNodes(run); !slices.Equal(got, []string{"large-0 a", "small-0"}) {
		t.Errorf("nodes %v", got)
	}
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	w := &world{t, run, s, s.Cluster().View()}
	placed := make(map[string]int)
	for name, state := range w.pods() {
		owner, _, _ := strings.Cut(name, "-")
		if strings.Contains(state, " on large-0") || strings.Contains(state, " on small-0") {
			placed[owner]++
		}
	}
	if diff := cmp.Diff(map[string]int{"web": 2, "agent": 2, "waits": 1, "alone": 1}, placed); diff != "" {
		t.Errorf("-want +got:\n%s\n%v", diff, w.pods())
	}
}

// TestNodesOfASnapshotAreKept: pods stay where they are, beside what is bought.
func TestNodesOfASnapshotAreKept(t *testing.T) {
	in := planOf(liveShop())
	in.PriceBook = &scenarios.File{Name: "prices.yaml", Reader: strings.NewReader(strings.TrimSuffix(priceBook, "---\n"))}
	in.Candidates = []string{"small=0..4"}
	p := mustLoadPlan(t, in)
	if p.Pods != 4 || p.Unreplaced != 2 {
		t.Errorf("%d of %d pods are not made anew", p.Unreplaced, p.Pods)
	}
	if p.FixedNodes != 4 || p.FixedCost != 0 {
		t.Errorf("%d nodes stay, for %g", p.FixedNodes, p.FixedCost)
	}
	alone := input(liveShop())
	alone.For = time.Duration(p.Horizon)
	want := digestOf(t, mustLoad(t, alone))
	if got := digestOf(t, mustLoadMix(t, p, 0, 0)); got != want {
		t.Error("a mix of nothing is not the snapshot itself")
	}
	if got := namesOfNodes(mustLoadMix(t, p, 0, 2)); !slices.Equal(got, []string{"n1", "n2", "n3", "n4", "small-0", "small-1"}) {
		t.Errorf("nodes %v", got)
	}
}

// TestPodsOnNodesThatAMixLacks are placed anew.
func TestPodsOnNodesThatAMixLacks(t *testing.T) {
	pod := strings.Replace(strings.Replace(barePod, "NAME", "p", 1), "spec: {", "spec: {nodeName: workers-3, ", 1)
	p := mustLoadPlan(t, planOf(base+pod+document("Plan", "p", "{candidates: [{group: workers, max: 9, min: 4}]}")))
	if want := digestOf(t, mustLoad(t, input(base+pod))); digestOf(t, mustLoadMix(t, p, 0, 4)) != want {
		t.Error("with the node, the run is another one")
	}
	run := mustLoadMix(t, p, 0, 2)
	a, ok, err := run.Config.Sources[0].Next()
	if !ok || err != nil || a.Template.Pod.NodeName != 0 {
		t.Errorf("got %+v", a)
	}
}

// TestWhatALossLeavesIsTold is about StatefulSets, whose pods keep their names.
func TestWhatALossLeavesIsTold(t *testing.T) {
	text := strings.Replace(strings.Replace(webDeployment, "kind: Deployment", "kind: StatefulSet", 1), "spec:\n", "spec:\n  serviceName: web\n", 1)
	const want = "pods of StatefulSets, which come to no other node until the Node that is lost is deleted, and ask for no room till then: 6"
	for spec, told := range map[string]bool{"{contingencies: [{lose: zone}]}": true, "{contingencies: [{demand: 2}]}": false} {
		p := mustLoadPlan(t, planOf(base+text+document("Plan", "p", spec)))
		if slices.Contains(p.Notes, want) != told {
			t.Errorf("%s: %q", spec, p.Notes)
		}
	}
}
