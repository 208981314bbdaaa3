package scenarios_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

func withDemand(text string, factor float64) scenarios.Input {
	in := input(text)
	in.Demand = factor
	return in
}

// podNames lists what arrives by name and number, from a source.
func podNames(t *testing.T, run *scenarios.Run) []string {
	t.Helper()
	var names []string
	for _, source := range run.Config.Sources {
		for a, ok, err := source.Next(); ok; a, ok, err = source.Next() {
			if err != nil {
				t.Fatal(err)
			}
			name := run.Dictionary.String(a.Name)
			if a.Ordinal != models.Exact {
				name += "-" + fmt.Sprint(models.Numbered(0)-a.Ordinal)
			}
			names = append(names, name)
		}
	}
	return names
}

const barePod = `apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec: {containers: [{name: a, image: a, resources: {requests: {cpu: 1}}}]}
---
`

func barePods(n int) string {
	text := ""
	for i := range n {
		text += strings.Replace(barePod, "NAME", fmt.Sprintf("p%d", i), 1)
	}
	return text
}

// TestDemand shows what becomes of everything that asks for nodes.
func TestDemand(t *testing.T) {
	owned := strings.Replace(strings.Replace(barePod, "NAME", "p", 1), "{name: p}", "{name: p, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: j, uid: u, controller: true}]}", 1)
	job := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, uid: u}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}\n"
	for name, test := range map[string]struct {
		text   string
		factor float64
		want   map[string]int // objects by name; replicas of Deployments
	}{
		"replicas":             {webDeployment, 1.3, map[string]int{"web": 8}},
		"fewer replicas":       {webDeployment, 0.5, map[string]int{"web": 3}},
		"replicas by default":  {strings.Replace(webDeployment, "  replicas: 6\n", "", 1), 3, map[string]int{"web": 3}},
		"no floating point":    {strings.Replace(webDeployment, "replicas: 6", "replicas: 10", 1), 1.1, map[string]int{"web": 11}},
		"pods":                 {barePods(5), 1.3, map[string]int{"p0": 1, "p0-more-1": 1, "p1": 1, "p2": 1, "p3": 1, "p3-more-1": 1, "p4": 1}},
		"twice as many pods":   {barePods(2), 2, map[string]int{"p0": 1, "p0-more-1": 1, "p1": 1, "p1-more-1": 1}},
		"fewer pods":           {barePods(4), 0.5, map[string]int{"p0": 1, "p2": 1}},
		"a Job and its pod":    {job + "---\n" + owned, 2, map[string]int{"j": 1, "j-more-1": 1, "p": 1}},
		"fewer Jobs":           {job + "---\n" + strings.Replace(job, "name: j", "name: k", 1) + "---\n" + strings.ReplaceAll(owned, "name: j", "name: k"), 0.5, map[string]int{"j": 1}},
		"at one moment":        {workload("w", "arrivals: {type: once, count: 7}"), 1.3, map[string]int{"w": 10}},
		"at moments":           {workload("w", "arrivals: {type: times, at: [1h, 2h, 3h]}"), 2, map[string]int{"w": 6}},
		"limits":               {workload("w", "arrivals: {type: poisson, rate: 1/m, limit: 10}"), 1.5, map[string]int{"w": 15}},
		"between":              {workload("w", "arrivals: {type: renewal, between: 1h}"), 2, map[string]int{"w": 15}},
		"a Deployment at once": {atOnce("once"), 2, map[string]int{"w": 1}},
		"Deployments by rate":  {atOnce("renewal, between: 4h, until: 5h"), 2, map[string]int{"w": 2}},
	} {
		run := mustLoad(t, withDemand(base+test.text, test.factor))
		got := make(map[string]int)
		for _, source := range run.Config.Sources {
			for a, ok, err := source.Next(); ok && err == nil; a, ok, err = source.Next() {
				n := 1
				if a.Template.Owner != nil && a.Template.Owner.Kind == models.Deployment && run.Dictionary.String(a.Name) == "web" {
					n = int(a.Template.Owner.Replicas)
				}
				got[run.Dictionary.String(a.Name)] += n
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func atOnce(arrivals string) string {
	return "apiVersion: podsim/v1alpha1\nkind: Workload\nmetadata: {name: w}\nspec:\n  arrivals: {type: " + arrivals + "}\n  template:\n    " +
		strings.ReplaceAll(strings.TrimSuffix(strings.Replace(webDeployment, "metadata: {name: web}\n", "", 1), "---\n"), "\n", "\n    ")
}

// TestDemandOfATemplate: what comes at one moment has more replicas, what comes by a rate
// comes more often.
func TestDemandOfATemplate(t *testing.T) {
	for arrivals, want := range map[string]int32{"once": 9, "renewal, between: 4h, until: 5h": 6} {
		run := mustLoad(t, withDemand(base+atOnce(arrivals), 1.5))
		a, ok, err := run.Config.Sources[0].Next()
		if !ok || err != nil || a.Template.Owner.Replicas != want {
			t.Errorf("%s: %v replicas, want %d", arrivals, a.Template.Owner.Replicas, want)
		}
	}
}

// TestDemandOfSteps is about what users ask for during the run.
func TestDemandOfSteps(t *testing.T) {
	text := base + webDeployment + document("Timeline", "t", `{steps: [{at: 1h, scale: {target: deployment/web, replicas: 10}}, {at: 2h, patch: {target: deployment/web, patch: {spec: {replicas: 20}}}},
  {at: 3h, apply: {object: {apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {replicas: 5, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: a, image: a}]}}}}}}]}`)
	in := withDemand(text, 1.5)
	in.At = []string{"4h scale deployment/web --replicas=30"}
	run := mustLoad(t, in)
	var got []int32
	for _, step := range run.Config.Steps {
		n := step.Replicas
		if step.Template != nil && n == models.Unset {
			n = step.Template.Owner.Replicas
		}
		got = append(got, n)
	}
	if diff := cmp.Diff([]int32{15, 30, 8, 45}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if text := run.Config.Steps[0].Text; text != "scale deployment/web --replicas=15" {
		t.Errorf("the step says %s", text)
	}
}

// TestMoreDemandIsThatOfTheScenarioAndMore: what comes at given moments and from traces
// comes as it came, with its draws, and something besides.
func TestMoreDemandIsThatOfTheScenarioAndMore(t *testing.T) {
	dir := t.TempDir()
	trace := "time,name,cpu,run_time,count\n"
	for i := range 200 {
		trace += fmt.Sprintf("%d,r%d,1,%d,%d\n", i*60, i, 100+i, 1+i%3)
	}
	if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte(trace), 0o600); err != nil {
		t.Fatal(err)
	}
	traced := "apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {for: 8h, data: [{name: t, format: csv}]}\n---\n" + base[strings.Index(base, "---\n")+4:] +
		document("Workload", "rows", "{arrivals: {type: trace, data: t}}")
	moments := "at: [1m"
	for i := 2; i < 300; i++ {
		moments += fmt.Sprintf(", %dm", i)
	}
	for name, text := range map[string]string{
		"trace": traced, "moments": base + workload("w", "arrivals: {type: times, "+moments+"], batch: {type: discrete, values: [0, 1, 4], weights: [1, 1, 1]}}\nlifetime: {type: exponential, mean: 1h}"),
	} {
		load := func(factor float64) map[string]sim.Arrival {
			in := withDemand(text, factor)
			if name == "trace" {
				in.Data = map[string]string{"t": filepath.Join(dir, "t.csv")}
			}
			run := mustLoad(t, in)
			out := make(map[string]sim.Arrival)
			for _, source := range run.Config.Sources {
				for a, ok, err := source.Next(); ok; a, ok, err = source.Next() {
					if err != nil {
						t.Fatal(err)
					}
					key := fmt.Sprintf("%s %d", run.Dictionary.String(a.Name), a.Ordinal)
					if _, twice := out[key]; twice {
						t.Fatalf("%s: two objects are called %s", name, key)
					}
					a.Template, a.Name = nil, 0
					out[key] = a
				}
			}
			return out
		}
		alone, same, more, fewer := load(0), load(1), load(1.3), load(0.7)
		if diff := cmp.Diff(alone, same); diff != "" {
			t.Errorf("%s: demand of 1: %s", name, diff)
		}
		for key, a := range alone {
			if b, ok := more[key]; !ok || !cmp.Equal(a, b) {
				t.Errorf("%s: %s is another: %+v, %+v", name, key, a, b)
			}
		}
		for key, a := range fewer {
			if b, ok := alone[key]; !ok || !cmp.Equal(a, b) {
				t.Errorf("%s: %s is another", name, key)
			}
		}
		for _, of := range []struct {
			n      int
			factor float64
		}{{len(more), 1.3}, {len(fewer), 0.7}} {
			if got, want := float64(of.n), float64(len(alone))*of.factor; math.Abs(got-want) > 4*math.Sqrt(want) {
				t.Errorf("%s: %v objects at %v times as much of %d", name, got, of.factor, len(alone))
			}
		}
	}
}

// TestCopiesAreDealtEvenly is about bare pods: in all as many as replicas would be.
func TestCopiesAreDealtEvenly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, factor := rapid.IntRange(1, 40).Draw(r, "pods"), float64(rapid.IntRange(1, 40).Draw(r, "tenths"))/10
		run, err := scenarios.Load(withDemand(base+barePods(n), factor))
		if err != nil {
			r.Fatal(err)
		}
		names := podNames(t, run)
		if want := (n*int(math.Round(factor*10)) + 9) / 10; len(names) != want {
			r.Errorf("%d pods at %g: %d, want %d", n, factor, len(names), want)
		}
		copies := make(map[string]int)
		for _, name := range names {
			first, _, _ := strings.Cut(name, "-")
			copies[first]++
		}
		counts := slices.Sorted(maps.Values(copies))
		if factor >= 1 && counts[len(counts)-1]-counts[0] > 1 {
			r.Errorf("%d pods at %g: %v", n, factor, copies)
		}
	})
}

func TestLoadsGrowWithDemand(t *testing.T) {
	text := base + webDeployment + document("MetricSeries", "load", "{points: [{at: 0s, value: 10}, {at: 1h, value: 30}], service: web}")
	for factor, want := range map[float64]int64{1: 30_000, 1.5: 45_000} {
		run := mustLoad(t, withDemand(text, factor))
		if got := run.Config.Series[0].Law.Points[1].Amount; got != want {
			t.Errorf("%g times as much: got %d, want %d", factor, got, want)
		}
	}
}

func TestDemandIsBounded(t *testing.T) {
	for factor, want := range map[float64]string{
		-1: "--demand: got -1; want more than 0 and at most 1000 times as much", 1e6: "--demand: got 1e+06; want more than 0 and at most 1000 times as much",
		math.NaN(): "--demand: got NaN; want more than 0 and at most 1000 times as much",
	} {
		if got := loadError(t, withDemand(base+webDeployment, factor)); got != want {
			t.Errorf("got %s", got)
		}
	}
}

// TestDemandOfAWorld is about clusters that stand still.
func TestDemandOfAWorld(t *testing.T) {
	world, err := scenarios.LoadWorld(withDemand(base[strings.Index(base, "---\n")+4:]+barePods(10), 1.5))
	if err != nil {
		t.Fatal(err)
	}
	if len(world.Pending) != 15 {
		t.Errorf("%d pods, want 15", len(world.Pending))
	}
}

// TestARateIsHigher counts arrivals over a long time.
func TestARateIsHigher(t *testing.T) {
	for _, arrivals := range []string{"{type: poisson, rate: 20/h}", "{type: curve, points: [{at: '00:00', rate: 10/h}, {at: '04:00', rate: 30/h}]}"} {
		count := func(factor float64) int {
			run := mustLoad(t, withDemand(strings.Replace(base, "for: 8h", "for: 240h", 1)+workload("w", "arrivals: "+arrivals), factor))
			return len(arrivalsOf(t, run, 240*time.Hour)["w"])
		}
		if one, two := count(1), count(2); math.Abs(float64(two)/float64(one)-2) > 0.15 {
			t.Errorf("%s: %d arrivals, and %d at twice the demand", arrivals, one, two)
		}
	}
}
