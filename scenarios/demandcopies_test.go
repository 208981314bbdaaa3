package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/scenarios"
)

// ownedPods are pods on a node whose controllers the input lacks.
func ownedPods(kind, owner, cpu string, n int) string {
	text := ""
	for i := range n {
		pod := livePod(fmt.Sprintf("%s-%d", owner, i), "n1",
			", ownerReferences: [{apiVersion: example.com/v1, kind: "+kind+", name: "+owner+", uid: u-"+owner+", controller: true}]", "", ready)
		text += strings.Replace(pod, "image: app", "image: app, resources: {requests: {cpu: "+cpu+"}}", 1)
	}
	return text
}

// TestDemandOfPodsWithoutTheirOwners: every group of alike pods is rounded up by itself,
// whatever their order, and what goes with its node stays as it is.
func TestDemandOfPodsWithoutTheirOwners(t *testing.T) {
	for name, test := range map[string]struct {
		pods   string
		factor float64
		want   map[string]int
	}{
		"each owner":         {ownedPods("ReplicaSet", "web", "1", 16) + ownedPods("StatefulSet", "db", "8", 4), 1.2, map[string]int{"web": 20, "db": 5}},
		"fewer":              {ownedPods("ReplicaSet", "web", "1", 5) + ownedPods("StatefulSet", "db", "8", 1), 0.5, map[string]int{"web": 3, "db": 1}},
		"custom controllers": {ownedPods("Rollout", "web", "1", 3), 2, map[string]int{"web": 6}},
		"Jobs by requests":   {ownedPods("Job", "a", "1", 1) + ownedPods("Job", "b", "1", 1) + ownedPods("Job", "c", "2", 1), 1.5, map[string]int{"a": 2, "b": 1, "c": 2}},
		"DaemonSets":         {ownedPods("DaemonSet", "proxy", "1", 4), 3, map[string]int{"proxy": 4}},
		"fewer DaemonSets":   {ownedPods("DaemonSet", "proxy", "1", 4), 0.5, map[string]int{"proxy": 4}},
		"static pods":        {ownedPods("Node", "etcd", "1", 3), 2, map[string]int{"etcd": 3}},
	} {
		got := make(map[string]int)
		for _, pod := range podNames(t, mustLoad(t, withDemand(live(test.pods), test.factor))) {
			if owner, _, _ := strings.Cut(pod, "-"); owner != "" { // nodes have no names
				got[owner]++
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// TestDemandOfAPlanLeavesDaemonsAlone: their pods would be held to nodes that are gone.
func TestDemandOfAPlanLeavesDaemonsAlone(t *testing.T) {
	in := planOf(live(ownedPods("ReplicaSet", "web", "1", 4) + ownedPods("DaemonSet", "proxy", "1", 1)))
	in.PriceBook = &scenarios.File{Name: "prices.yaml", Reader: strings.NewReader(strings.TrimSuffix(priceBook, "---\n"))}
	in.Nodes, in.Survive = "replace", []string{"demand=2"}
	p := mustLoadPlan(t, in)
	for factor, want := range map[float64]int{1: 8, 1.5: 12} {
		if got := podNames(t, mustLoadMix(t, p.WithDemand(factor), 1, 1, 1)); len(got) != want || strings.Contains(strings.Join(got, " "), "proxy") {
			t.Errorf("demand %g: pods %v", factor, got)
		}
	}
}
