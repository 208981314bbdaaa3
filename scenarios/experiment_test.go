package scenarios_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
)

// experimentWith is the base scenario with an Experiment.
func experimentWith(spec string) string {
	return base + workload("w", "arrivals: {type: poisson, rate: 10/h}") + document("Experiment", "e", spec)
}

func compared(text string, policies ...string) scenarios.ExperimentInput {
	return scenarios.ExperimentInput{Base: input(text), Policies: policies}
}

func mustLoadExperiment(t *testing.T, in scenarios.ExperimentInput) *scenarios.Experiment {
	t.Helper()
	e, err := scenarios.LoadExperiment(in)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func experimentError(t *testing.T, in scenarios.ExperimentInput) string {
	t.Helper()
	e, err := scenarios.LoadExperiment(in)
	if err == nil {
		return ""
	}
	var problems yamlnode.Problems
	if !errors.As(err, &problems) || e != nil {
		t.Fatalf("got %T and %v; want yamlnode.Problems and no experiment", err, e)
	}
	return err.Error()
}

func policyNames(e *scenarios.Experiment) (names []string) {
	for _, p := range e.Policies {
		names = append(names, p.Name)
	}
	return names
}

const (
	thirtyPercent = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\npercentageOfNodesToScore: 30\n"
	fewNodes      = "apiVersion: podsim/v1alpha1\nkind: NodeGroup\nmetadata: {name: workers}\nspec: {count: 2, template: {status: {capacity: {cpu: 8, memory: 32Gi}}}}\n"
)

func policyFile(name, spec string) string { return document("Policy", name, spec) }

func TestTheExampleExperimentLoads(t *testing.T) {
	e := mustLoadExperiment(t, scenarios.ExperimentInput{
		Base: scenarios.Input{Files: []scenarios.File{{Name: "../examples/experiments/packing.yaml"}}},
	})
	if diff := cmp.Diff([]string{"default", "packed", "best-fit", "large-nodes"}, policyNames(e)); diff != "" {
		t.Errorf("policies: -want +got:\n%s", diff)
	}
	want := [][]scenarios.Setting{{{Axis: "large", Value: "4/h"}}, {{Axis: "large", Value: "8/h"}}}
	if diff := cmp.Diff(want, e.Cells()); diff != "" {
		t.Errorf("cells: -want +got:\n%s", diff)
	}
	if e.Name != "packing" || e.Scenario != "packing" || e.WarmUp != time.Hour || e.Seeds != 10 || e.FirstSeed != 1 || e.Baseline != 0 {
		t.Errorf("got %+v", e)
	}
	for policy, nodes := range []int{10, 10, 10, 5} {
		run, err := e.Load(policy, 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(run.Config.Nodes) != nodes || run.Config.Seed != 3 {
			t.Errorf("%s: %d nodes, seed %d", e.Policies[policy].Name, len(run.Config.Nodes), run.Config.Seed)
		}
	}
}

// TestPoliciesOfTheCommandLine shows what --policy may be, and how policies are
// called.
func TestPoliciesOfTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"My Config_1.yaml": thirtyPercent,
		"p.yaml":           policyFile("fewer", "{description: half of them}") + "---\n" + fewNodes,
		"q.yaml":           policyFile("fewer", "{set: [NodeGroup/workers.spec.count=3]}"),
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	stream := base + workload("w", "arrivals: {type: poisson, rate: 10/h}") + policyFile("mine", "{set: [NodeGroup/workers.spec.count=1]}")
	for name, test := range map[string]struct {
		policies []string
		baseline string
		want     []string
		nodes    []int
		index    int
		note     string
	}{
		"profiles":               {[]string{"default", "most-allocated"}, "", []string{"default", "most-allocated"}, []int{4, 4}, 0, "the baseline is default, the first policy"},
		"profile in one word":    {[]string{"bestFit", "default"}, "default", []string{"bestfit", "default"}, []int{4, 4}, 1, ""},
		"configuration":          {[]string{"default", at("My Config_1.yaml")}, "", []string{"default", "my-config-1"}, []int{4, 4}, 0, ""},
		"documents":              {[]string{"default", at("p.yaml")}, "", []string{"default", "fewer"}, []int{4, 2}, 0, ""},
		"names made unique":      {[]string{at("p.yaml"), at("q.yaml"), at("p.yaml")}, "", []string{"fewer", "fewer-2", "fewer-3"}, []int{2, 3, 2}, 0, "a second policy fewer is called fewer-2"},
		"policy of the stream":   {[]string{"mine", "default"}, "", []string{"mine", "default"}, []int{1, 4}, 0, ""},
		"policies of the stream": {nil, "", []string{"scenario", "mine"}, []int{4, 1}, 0, "mine is compared with the scenario as it is"},
		"one alone":              {[]string{"random"}, "", []string{"scenario", "random"}, []int{4, 4}, 0, "random is compared with the scenario as it is"},
		"one alone as baseline":  {[]string{at("p.yaml")}, "fewer", []string{"scenario", "fewer"}, []int{4, 2}, 1, ""},
		"scenario by name":       {[]string{at("q.yaml"), "scenario"}, "", []string{"fewer", "scenario"}, []int{3, 4}, 0, ""},
		"scenario as baseline":   {[]string{"random", at("q.yaml")}, "scenario", []string{"scenario", "random", "fewer"}, []int{4, 4, 3}, 0, ""},
		"the same twice":         {[]string{"random", "random"}, "", []string{"random", "random-2"}, []int{4, 4}, 0, "policies random and random-2 say the same"},
	} {
		t.Run(name, func(t *testing.T) {
			in := compared(stream, test.policies...)
			in.Baseline = test.baseline
			e := mustLoadExperiment(t, in)
			if diff := cmp.Diff(test.want, policyNames(e)); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
			for i, want := range test.nodes {
				run, err := e.Load(i, 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				if got := len(run.Config.Nodes); got != want {
					t.Errorf("%s: %d nodes; want %d", e.Policies[i].Name, got, want)
				}
			}
			if e.Baseline != test.index || !strings.Contains(strings.Join(e.Notes, "\n"), test.note) {
				t.Errorf("baseline %d, notes %q", e.Baseline, e.Notes)
			}
		})
	}
}

// TestWhatAPolicyChanges shows each way of changing a scenario, by what the run is
// made of.
func TestWhatAPolicyChanges(t *testing.T) {
	list := "apiVersion: v1\nkind: List\nitems:\n" +
		"- {apiVersion: v1, kind: Node, metadata: {name: one}, status: {allocatable: {cpu: 1, pods: 10}}}\n" +
		"- {apiVersion: v1, kind: Node, metadata: {name: two}, status: {allocatable: {cpu: 2, pods: 10}}}\n---\n"
	text := scenarioWith("{for: 1h, scheduler: {profiles: [{schedulerName: other}]}}") + list + fewNodes
	for name, test := range map[string]struct {
		policy string
		want   func(run *scenarios.Run) string
		text   string
	}{
		"profile for all schedulers": {
			policyFile("p", "{profile: random}"), func(run *scenarios.Run) string {
				var out []string
				for _, p := range run.Config.Scheduler.Profiles {
					out = append(out, p.SchedulerName+" "+p.Plugins[0].Name)
				}
				return strings.Join(out, ", ")
			}, "default-scheduler " + firstPlugin("random") + ", other " + firstPlugin("random"),
		},
		"configuration": {
			policyFile("p", "{}") + "---\n" + thirtyPercent, func(run *scenarios.Run) string {
				return fmt.Sprint(len(run.Config.Scheduler.Profiles), run.Config.Scheduler.Profiles[0].PercentageOfNodesToScore)
			}, "1 30",
		},
		"configuration that is changed": {
			policyFile("p", "{set: [KubeSchedulerConfiguration.percentageOfNodesToScore=40]}") + "---\n" + thirtyPercent, func(run *scenarios.Run) string {
				return fmt.Sprint(run.Config.Scheduler.Profiles[0].PercentageOfNodesToScore)
			}, "40",
		},
		"node of a list in its place": {
			policyFile("p", "{}") + "---\napiVersion: v1\nkind: Node\nmetadata: {name: one}\nstatus: {allocatable: {cpu: 9, pods: 10}}\n", nodesOf, "one 9000, two 2000, workers-0 8000, workers-1 8000",
		},
		"list of nodes": {
			policyFile("p", "{}") + "---\napiVersion: v1\nkind: NodeList\nitems:\n- {metadata: {name: two}, status: {allocatable: {cpu: 7, pods: 10}}}\n- {metadata: {name: three}, status: {allocatable: {cpu: 3, pods: 10}}}\n",
			nodesOf, "one 1000, two 7000, three 3000, workers-0 8000, workers-1 8000",
		},
		"group that is replaced and changed": {
			policyFile("p", "{set: [NodeGroup/workers.spec.count=1]}") + "---\n" + strings.Replace(fewNodes, "cpu: 8", "cpu: 5", 1), nodesOf, "one 1000, two 2000, workers-0 5000",
		},
		"group that is added": {
			policyFile("p", "{}") + "---\n" + strings.NewReplacer("workers", "more", "cpu: 8", "cpu: 5").Replace(fewNodes), nodesOf,
			"one 1000, two 2000, workers-0 8000, workers-1 8000, more-0 5000, more-1 5000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"p.yaml": test.policy})
			e := mustLoadExperiment(t, compared(text, filepath.Join(dir, "p.yaml")))
			run, err := e.Load(1, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.text, test.want(run)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// firstPlugin tells profiles apart.
func firstPlugin(profile string) string {
	p, _ := scheduler.LookupProfile(profile, plugins.Table())
	return p.Plugins[0].Name
}

func nodesOf(run *scenarios.Run) string {
	var out []string
	for _, n := range run.Config.Nodes {
		out = append(out, fmt.Sprint(run.Dictionary.String(n.Name), " ", n.Allocatable[0]))
	}
	return strings.Join(out, ", ")
}

func TestTheGridOfAxes(t *testing.T) {
	in := compared(experimentWith(`{policies: [{name: default}, {name: mine, set: [NodeGroup/workers.spec.racks=2]}],
  axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [2, 3]}, {name: zones, set: NodeGroup/workers.spec.zones, values: [[a], [a, b], "[c]"]}]}`))
	in.Axes = []scenarios.AxisSpec{{Name: "price", Set: "NodeGroup/workers.spec.price", Values: []string{"1", "2"}}}
	in.Base.Set = []string{"NodeGroup/workers.spec.count=9"}
	_, err := scenarios.LoadExperiment(in)
	if want := `s.yaml:34:147: spec.axes[1].values[2]: NodeGroup/workers.spec.zones="[c]": got a string "[c]"; want a list`; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	in = compared(experimentWith(`{policies: [{name: default}, {name: mine, set: [NodeGroup/workers.spec.racks=2]}],
  axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [2, 3]}, {name: zones, set: NodeGroup/workers.spec.zones, values: [[a], [a, b]]}]}`))
	in.Axes = []scenarios.AxisSpec{{Name: "price", Set: "NodeGroup/workers.spec.price", Values: []string{"1", "2"}}}
	in.Base.Set = []string{"NodeGroup/workers.spec.count=9"}
	e := mustLoadExperiment(t, in)
	var got []string
	for i, cell := range e.Cells() {
		line := ""
		for _, s := range cell {
			line += s.Axis + "=" + s.Value + " "
		}
		run, err := e.Load(1, i, 1)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(line, len(run.Config.Nodes), " nodes at ", run.Groups[0].Price))
	}
	want := []string{
		`nodes=2 zones=["a"] price=1 2 nodes at 1`, `nodes=2 zones=["a"] price=2 2 nodes at 2`,
		`nodes=2 zones=["a","b"] price=1 2 nodes at 1`, `nodes=2 zones=["a","b"] price=2 2 nodes at 2`,
		`nodes=3 zones=["a"] price=1 3 nodes at 1`, `nodes=3 zones=["a"] price=2 3 nodes at 2`,
		`nodes=3 zones=["a","b"] price=1 3 nodes at 1`, `nodes=3 zones=["a","b"] price=2 3 nodes at 2`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestRunsAreLoadedAtTheSameTime loads from several goroutines; the race detector
// sees whether they share anything.
func TestRunsAreLoadedAtTheSameTime(t *testing.T) {
	in := compared(experimentWith(`{axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [2, 3]}]}`), "default", "most-allocated", "../examples/experiments/packed.yaml")
	e := mustLoadExperiment(t, in)
	digests := make([]string, 12)
	var all sync.WaitGroup
	for i := range digests {
		all.Go(func() {
			run, err := e.Load(i%3, i/3%2, 5)
			if err != nil {
				t.Error(err)
				return
			}
			s, err := sim.New(run.Config, run.Dictionary, nil)
			if err == nil {
				err = s.Run(nil)
			}
			if err != nil {
				t.Error(err)
				return
			}
			digests[i] = s.Cluster().Digest()
		})
	}
	all.Wait()
	if diff := cmp.Diff(digests[:6], digests[6:]); diff != "" {
		t.Errorf("the same run twice: -first +second:\n%s", diff)
	}
}

// TestTheOptionsGoBeforeTheExperiment shows the numbers with and without options,
// and their defaults.
func TestTheOptionsGoBeforeTheExperiment(t *testing.T) {
	const all = `{policies: [{name: default}, {name: random}], baseline: random, seeds: 5, firstSeed: 9, warmUp: 1h, confidence: 0.9, metrics: [cost],
  until: {metric: cost, halfWidth: 2.5, atMost: 50}, assertions: [a < b]}`
	summary := func(e *scenarios.Experiment) string {
		until := "none"
		if e.Until != nil {
			until = fmt.Sprintf("%+v", *e.Until)
		}
		var assertions []string
		for _, a := range e.Assertions {
			assertions = append(assertions, fmt.Sprintf("%s:%d:%d: %s", a.File, a.Line, a.Column, a.Text))
		}
		return fmt.Sprintf("baseline %d, %d seeds from %d after %s at %v by %v until %s %v",
			e.Baseline, e.Seeds, e.FirstSeed, e.WarmUp, e.Confidence, e.Metrics, until, assertions)
	}
	warmUp, seed := 2*time.Hour, uint64(77)
	options := scenarios.ExperimentInput{
		Seeds: 3, FirstSeed: &seed, Baseline: "default", WarmUp: &warmUp, Confidence: 0.8, Metrics: []string{"pending"},
		Until: &scenarios.UntilSpec{Metric: "pending", HalfWidth: "5%"}, Assertions: []string{"c < d"},
	}
	for name, test := range map[string]struct {
		spec string
		in   scenarios.ExperimentInput
		want string
	}{
		"defaults":   {"{policies: [{name: default}, {name: random}]}", scenarios.ExperimentInput{}, "baseline 0, 10 seeds from 7 after 0s at 0.95 by [] until none []"},
		"experiment": {all, scenarios.ExperimentInput{}, "baseline 1, 5 seeds from 9 after 1h0m0s at 0.9 by [cost] until {Metric:cost HalfWidth:2.5 Relative:false AtMost:50} [s.yaml:34:67: a < b]"},
		"options":    {all, options, "baseline 0, 3 seeds from 77 after 2h0m0s at 0.8 by [pending] until {Metric:pending HalfWidth:0.05 Relative:true AtMost:200} [s.yaml:34:67: a < b --assert c < d:0:0: c < d]"},
		"time":       {"{policies: [{name: default}, {name: random}], until: {metric: x, halfWidth: 90s}}", scenarios.ExperimentInput{}, "baseline 0, 10 seeds from 7 after 0s at 0.95 by [] until {Metric:x HalfWidth:90 Relative:false AtMost:200} []"},
	} {
		t.Run(name, func(t *testing.T) {
			in := test.in
			in.Base = input(experimentWith(test.spec))
			if diff := cmp.Diff(test.want, summary(mustLoadExperiment(t, in))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestARunIgnoresExperiments shows that podsim run makes nothing of an experiment
// but to check it, and that it finds the scenario of one in a file of its own.
func TestARunIgnoresExperiments(t *testing.T) {
	with := mustLoad(t, input(experimentWith("{policies: [{name: default}], seeds: 3}")+policyFile("p", "{set: [NodeGroup/workers.spec.count=1]}")))
	without := mustLoad(t, input(base+workload("w", "arrivals: {type: poisson, rate: 10/h}")))
	if len(with.Config.Nodes) != 4 || with.Config.Seed != without.Config.Seed || with.Config.Horizon != without.Config.Horizon || with.Name != "base" {
		t.Errorf("got %+v", with.Config)
	}
	dir := t.TempDir()
	write(t, dir, workshop)
	write(t, dir, map[string]string{
		"packed.yaml": document("Experiment", "e", "{scenario: zone-outage, policies: [{name: x, file: sub/x.yaml}, {name: w, file: w.yaml}, {name: z, file: ../z.yaml}]}"),
		"sub/x.yaml":  policyFile("x", "{profile: randm}"),
		"two.yaml":    document("Experiment", "e", "{scenario: scenario.yaml}") + document("Experiment", "f", "{}"),
		"self.yaml":   document("Experiment", "e", "{scenario: self.yaml}"),
		"none.yaml":   document("Experiment", "e", "{scenario: no.yaml}"),
		"out.yaml":    document("Experiment", "e", "{scenario: ../out.yaml}"),
	})
	load := func(name string) (*scenarios.Run, string) {
		run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, name)}}})
		if err != nil {
			return nil, strings.ReplaceAll(err.Error(), dir, "DIR")
		}
		return run, ""
	}
	if run, err := load("experiment.yaml"); err != "" || run.Name != "scenario" || len(run.Config.Nodes) != 4 || run.Config.Horizon.String() != "2h0m0s" {
		t.Errorf("got %+v, %s", run, err)
	}
	for name, want := range map[string]string{
		"packed.yaml": "DIR/packed.yaml:4:87: spec.policies[1].file: \"w.yaml\": no such file\n" +
			"DIR/packed.yaml:4:112: spec.policies[2].file: \"../z.yaml\": leaves the folder of the scenario\n" +
			"DIR/sub/x.yaml:4:17: spec.profile: unknown profile \"randm\"; did you mean \"random\"?",
		"two.yaml":  "DIR/two.yaml:6:1: a second Experiment; the first is at DIR/two.yaml:1",
		"self.yaml": "DIR/self.yaml:4:18: spec.scenario: files include each other: self.yaml → self.yaml",
		"none.yaml": `DIR/none.yaml:4:18: spec.scenario: "no.yaml": no such file`,
		"out.yaml":  `DIR/out.yaml:4:18: spec.scenario: "../out.yaml" leaves the folder of the scenario`,
	} {
		if _, got := load(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestLargeGridsAreCheckedInPart shows what is loaded before the first run.
func TestLargeGridsAreCheckedInPart(t *testing.T) {
	values := make([]string, 60)
	for i := range values {
		values[i] = fmt.Sprint(i + 1)
	}
	in := compared("apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {for: 1m}\n---\n"+fewNodes, "default", "random")
	in.Axes = []scenarios.AxisSpec{
		{Name: "nodes", Set: "NodeGroup/workers.spec.count", Values: values}, {Name: "price", Set: "NodeGroup/workers.spec.price", Values: slices.Clone(values)},
	}
	e := mustLoadExperiment(t, in)
	if note := "238 of 7200 combinations of policies and axes were checked before the first run"; !strings.Contains(strings.Join(e.Notes, "\n"), note) {
		t.Errorf("notes: %q; want %q", e.Notes, note)
	}
	if _, err := e.Load(1, 3599, 1); err != nil {
		t.Error(err)
	}
	in.Base.Files[0].Reader = strings.NewReader("apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {for: 1m}\n---\n" + fewNodes)
	in.Axes[0].Values[59] = "x"
	want := `--axis nodes=NodeGroup/workers.spec.count: NodeGroup/workers.spec.count=x: got a string "x"; want a whole number`
	if got := experimentError(t, in); got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}
