package scenarios_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/trace"
	"github.com/podsim/podsim/sim"
)

const shopObjects = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
`

// definedIn lists what a cluster knows beside nodes, pods and owners.
func definedIn(v cluster.View, namespaces ...string) []string {
	d := v.Dictionary()
	var lines []string
	for _, name := range namespaces {
		var labels []string
		for _, l := range v.Namespace(d.Sym(name)) {
			labels = append(labels, d.String(l.Key)+"="+d.String(l.Value))
		}
		slices.Sort(labels)
		lines = append(lines, "namespace "+name+" "+strings.Join(labels, ","))
	}
	for _, s := range v.Services() {
		lines = append(lines, "service "+d.String(s.Namespace)+"/"+d.String(s.Name))
	}
	for _, b := range v.Budgets() {
		lines = append(lines, "budget "+d.String(b.Namespace)+"/"+d.String(b.Name))
	}
	return lines
}

// What pods are scheduled by is known before the first of them comes, also the
// namespaces of what workloads bring.
func TestObjectsAreKnownFromTheStart(t *testing.T) {
	text := base + shopObjects + strings.Replace(workload("etl", "arrivals: {type: once}"), "kind: Job\n", "kind: Job\n    metadata: {namespace: night}\n", 1)
	run := mustLoad(t, input(text))
	run.Config.Horizon = models.Time(1)
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"namespace night kubernetes.io/metadata.name=night", "namespace nowhere ",
		"namespace shop kubernetes.io/metadata.name=shop,team=a", "service shop/web", "budget shop/web",
	}
	if diff := cmp.Diff(want, definedIn(s.Cluster().View(), "night", "nowhere", "shop")); diff != "" {
		t.Error(diff)
	}
}

func TestWorldsKnowTheirObjects(t *testing.T) {
	w, err := scenarios.LoadWorld(input(shopObjects + "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n---\n" +
		"apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {capacity: {cpu: 1}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"namespace default kubernetes.io/metadata.name=default", "namespace shop kubernetes.io/metadata.name=shop,team=a",
		"service shop/web", "budget shop/web",
	}
	if diff := cmp.Diff(want, definedIn(w.Cluster.View(), "default", "shop")); diff != "" {
		t.Error(diff)
	}
}

// What a trace tells of Services is known from the start, unless the scenario
// says it otherwise.
func TestTracesBringObjectsToo(t *testing.T) {
	const events = `{"time":0,"type":"ADDED","object":{"apiVersion":"v1","kind":"Service","metadata":{"name":"db","namespace":"shop"}}}
{"time":0,"type":"ADDED","object":{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"app":"other"}}}}
{"time":1,"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}}
`
	d := mustLoad(t, replay(t, trace.JSONL, events, "", "---\n"+shopObjects)).Config.Objects
	if len(d.Services) != 2 || len(d.Services[0].Selector) != 1 || len(d.Services[1].Selector) != 0 {
		t.Errorf("services %+v", d.Services)
	}
	_, err := scenarios.Load(replay(t, trace.JSONL, strings.Replace(events, `"name":"db"`, `"name":"Db"`, 1), "", ""))
	if err == nil || !strings.Contains(err.Error(), `:1:1: object.metadata.name: invalid name "Db"`) {
		t.Errorf("got %v", err)
	}
}
