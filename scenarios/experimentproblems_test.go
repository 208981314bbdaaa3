package scenarios_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/scenarios"
)

// TestEachProblemOfAnExperiment shows every rule by what breaks it.
func TestEachProblemOfAnExperiment(t *testing.T) {
	dir := t.TempDir()
	const descheduler = "apiVersion: descheduler/v1alpha1\nkind: DeschedulerPolicy\nprofiles: []\n"
	write(t, dir, map[string]string{
		"desched.yaml": descheduler, "mixed.yaml": policyFile("p", "{}") + "---\n" + descheduler,
		"both.yaml": policyFile("p", "{profile: random}") + "---\n" + thirtyPercent, "two.yaml": policyFile("p", "{}") + "---\n" + policyFile("q", "{}"),
		"config2.yaml": thirtyPercent + "---\n" + thirtyPercent, "nodes.yaml": fewNodes, "scenario.yaml": policyFile("p", "{}") + "---\n" + scenarioWith("{for: 1h}"),
		"twice.yaml": policyFile("p", "{}") + "---\n" + fewNodes + "---\n" + fewNodes, "empty.yaml": "", "plugin.yaml": strings.Replace(thirtyPercent, "percentageOfNodesToScore: 30", "percentageOfNodesToScore: 130", 1),
		"field.yaml": policyFile("p", "{prfile: random}"), "profile.yaml": policyFile("p", "{profile: randm}"), "broken.yaml": "a: [",
		"group.yaml": policyFile("p", "{}") + "---\n" + strings.Replace(fewNodes, "count: 2", "count: x", 1),
		"set.yaml":   policyFile("p", "{set: [NodeGroup/wrkers.spec.count=1, NodeGroup/workers.spec.count=x]}"),
		"over.yaml":  policyFile("p", "{profile: random, set: [Scenario.spec.scheduler.ties=first]}"),
	})
	file := func(name string) scenarios.ExperimentInput {
		return compared(experimentWith("{}"), "default", filepath.Join(dir, name))
	}
	spec := func(text string) scenarios.ExperimentInput {
		return compared(experimentWith(text), "default", "random")
	}
	with := func(change func(in *scenarios.ExperimentInput)) scenarios.ExperimentInput {
		in := spec("{}")
		change(&in)
		return in
	}
	axis := func(text string) scenarios.ExperimentInput { return spec("{axes: [" + text + "]}") }
	custom := func(text string) scenarios.ExperimentInput { return spec("{custom: [" + text + "]}") }
	huge := uint64(1<<64 - 5)
	long := 9 * time.Hour
	for name, test := range map[string]struct {
		in   scenarios.ExperimentInput
		want string // DIR stands for the folder
	}{
		"no policies":          {compared(experimentWith("{}")), "--policy: no policies to compare; want two or more, such as --policy default --policy most-allocated (podsim policies lists the ready-made ones; a file may be a Policy or a KubeSchedulerConfiguration)"},
		"unknown policy":       {compared(experimentWith("{}"), "default", "most-alocated"), `--policy most-alocated: unknown policy "most-alocated"; did you mean "most-allocated"?`},
		"no such file":         {compared(experimentWith("{}"), "default", "no/such.yaml"), `no/such.yaml: no such file`},
		"folder":               {compared(experimentWith("{}"), "default", dir), "DIR: no such file"},
		"scenario alone":       {compared(experimentWith("{}"), "scenario"), "--policy: the scenario as it is has nothing to be compared with; want another policy"},
		"too many policies":    {compared(experimentWith("{}"), strings.Split(strings.Repeat("random ", 64)+"random", " ")...), "--policy: more than 64 policies"},
		"unknown baseline":     {spec("{baseline: defalt}"), `s.yaml:33:18: spec.baseline: unknown policy "defalt"; did you mean "default"?`},
		"unknown --baseline":   {with(func(in *scenarios.ExperimentInput) { in.Baseline = "x" }), `--baseline x: unknown policy "x" (known: default, random)`},
		"seeds":                {with(func(in *scenarios.ExperimentInput) { in.Seeds = -1 }), "--seeds: out of range (got -1; want 1 to 100000)"},
		"confidence":           {with(func(in *scenarios.ExperimentInput) { in.Confidence = 1 }), "--confidence: got 1; want 0.5 to below 1"},
		"seeds beyond the end": {with(func(in *scenarios.ExperimentInput) { in.FirstSeed = &huge }), "--seed: got 18446744073709551611; 10 seeds from there end beyond 2^64-1"},
		"warm-up":              {with(func(in *scenarios.ExperimentInput) { in.WarmUp = &long }), "--warm-up: got 9h0m0s; the run ends at 8h0m0s"},
		"until":                {with(func(in *scenarios.ExperimentInput) { in.Until = &scenarios.UntilSpec{Metric: "x", HalfWidth: "5 %%"} }), `--until x=5 %%: got "5 %%"; want a number in the unit of the metric, or a share such as 5%`},
		"most seeds": {with(func(in *scenarios.ExperimentInput) {
			in.Seeds, in.Until = 300, &scenarios.UntilSpec{Metric: "x", HalfWidth: "5%", AtMost: 200}
		}), "--seeds: got 300; an experiment that goes on until an interval is narrow enough has at most 200"},
		"data from a stream": {with(func(in *scenarios.ExperimentInput) { in.Base.Data = map[string]string{"t": "/dev/stdin"} }), "--data t=/dev/stdin: unknown data \"t\" (there is none)\n--data t=/dev/stdin: a stream can be read once only, and every run reads it; want a file"},
		"axis of the option": {with(func(in *scenarios.ExperimentInput) {
			in.Axes = []scenarios.AxisSpec{{Name: "n", Set: "NodeGroup/workers.spec.cuont", Values: []string{"1"}}}
		}), `--axis n=NodeGroup/workers.spec.cuont: NodeGroup/workers.spec.cuont=1: unknown field "cuont"; did you mean "count"?`},
		"value of the option": {with(func(in *scenarios.ExperimentInput) {
			in.Axes = []scenarios.AxisSpec{{Name: "n", Set: "NodeGroup/workers.spec.count", Values: []string{"1", "x", "1"}}}
		}), "--axis n=NodeGroup/workers.spec.count: NodeGroup/workers.spec.count=x: got a string \"x\"; want a whole number\n--axis n=NodeGroup/workers.spec.count: a second value \"1\""},

		"descheduler":            {file("desched.yaml"), "DIR/desched.yaml:1:13: apiVersion: version \"descheduler/v1alpha1\" is not read; want descheduler/v1alpha2"},
		"descheduler beside":     {file("mixed.yaml"), "DIR/mixed.yaml:7:13: apiVersion: version \"descheduler/v1alpha1\" is not read; want descheduler/v1alpha2"},
		"profile and config":     {file("both.yaml"), "DIR/both.yaml:4:17: spec.profile: the KubeSchedulerConfiguration at DIR/both.yaml:7 says how pods are scheduled; want one of them"},
		"two policies":           {file("two.yaml"), "DIR/two.yaml:7:1: a second Policy; the first is at DIR/two.yaml:1"},
		"two configurations":     {file("config2.yaml"), "DIR/config2.yaml:5:1: a second KubeSchedulerConfiguration; the first is at DIR/config2.yaml:1"},
		"nodes alone":            {file("nodes.yaml"), "DIR/nodes.yaml:2:7: kind: NodeGroup alone makes no policy; want a Policy beside it"},
		"scenario in a policy":   {file("scenario.yaml"), "DIR/scenario.yaml:8:7: kind: a policy cannot bring a Scenario; want set in a Policy to change its fields"},
		"twice in a policy":      {file("twice.yaml"), `DIR/twice.yaml:14:18: metadata.name: NodeGroup "workers" is also defined at DIR/twice.yaml:9`},
		"empty file":             {file("empty.yaml"), "DIR/empty.yaml: empty file; want kind: Policy, KubeSchedulerConfiguration or DeschedulerPolicy"},
		"broken file":            {file("broken.yaml"), "DIR/broken.yaml:1:"},
		"wrong configuration":    {file("plugin.yaml"), "DIR/plugin.yaml:3:27: percentageOfNodesToScore: out of range (got 130; want 0 to 100)"},
		"field of a policy":      {file("field.yaml"), `DIR/field.yaml:4:8: spec.prfile: unknown field "prfile"; did you mean "profile"?`},
		"profile of a policy":    {file("profile.yaml"), `DIR/profile.yaml:4:17: spec.profile: unknown profile "randm"; did you mean "random"?`},
		"document of a policy":   {file("group.yaml"), `DIR/group.yaml:10:15: spec.count: got a string "x"; want a whole number`},
		"settings of a policy":   {file("set.yaml"), "DIR/set.yaml:4:14: spec.set[0]: NodeGroup/wrkers.spec.count=1: unknown object \"NodeGroup/wrkers\"; did you mean \"NodeGroup/workers\"?\nDIR/set.yaml:4:45: spec.set[1]: NodeGroup/workers.spec.count=x: got a string \"x\"; want a whole number"},
		"setting without effect": {file("over.yaml"), "DIR/over.yaml:4:31: spec.set[0]: Scenario.spec.scheduler.ties=first: has no effect: every scheduler decides by the profile random; want Scenario.spec.scheduler.profile=random in set instead of that"},

		"name":       {spec("{policies: [{name: A}]}"), `s.yaml:33:26: spec.policies[0].name: got "A"; want lower-case letters, digits and -, at most 63`},
		"name twice": {spec("{policies: [{name: a, profile: random}, {name: a, profile: default}]}"), `s.yaml:33:54: spec.policies[1].name: policy "a" is also defined at s.yaml:33`},
		"no name":    {spec("{policies: [{profile: random}]}"), "s.yaml:33:19: spec.policies[0]: name is missing"},
		"profile":    {spec("{policies: [{name: a, profile: rndom}]}"), `s.yaml:33:38: spec.policies[0].profile: unknown profile "rndom"; did you mean "random"?`},
		"nothing":    {spec("{policies: [{name: rndom}]}"), `s.yaml:33:26: spec.policies[0].name: unknown policy "rndom"; did you mean "random"?; want profile, file or set, or the name scenario for the scenario as it is`},
		"profile and file": {spec("{policies: [{name: a, profile: random, file: x.yaml}]}"), "s.yaml:33:38: spec.policies[0].profile: profile and file both say how pods are scheduled; want one of them\n" +
			`s.yaml:33:52: spec.policies[0].file: "x.yaml": the scenario lies in no folder, so nothing can be read relative to it`},
		"file without folder":  {spec("{policies: [{name: a, file: x.yaml}]}"), `s.yaml:33:35: spec.policies[0].file: "x.yaml": the scenario lies in no folder, so nothing can be read relative to it`},
		"setting":              {spec("{policies: [{name: a, set: [x]}]}"), `s.yaml:33:35: spec.policies[0].set[0]: got "x"; want Kind/name.path=value, such as Workload/web.spec.arrivals.rate=40/m`},
		"setting of nothing":   {spec("{policies: [{name: a, set: [NodeGroup/x.spec.count=1]}]}"), `s.yaml:33:35: spec.policies[0].set[0]: NodeGroup/x.spec.count=1: unknown object "NodeGroup/x" (known: Scenario/base, NodeGroup/workers, Workload/w, Experiment/e)`},
		"axis without effect":  {axis("{name: a, set: Scenario.spec.scheduler.percentageOfNodesToScore, values: [10]}"), "s.yaml:33:30: spec.axes[0].set: Scenario.spec.scheduler.percentageOfNodesToScore: has no effect with policy default: every scheduler decides by the profile default; want Scenario.spec.scheduler.profile=default in set instead of that"},
		"name of an axis":      {axis("{name: ., set: NodeGroup/workers.spec.count, values: [1]}"), `s.yaml:33:22: spec.axes[0].name: got "."; want lower-case letters, digits and -, at most 63`},
		"axis twice":           {axis("{name: a, set: NodeGroup/workers.spec.count, values: [1]}, {name: a, set: NodeGroup/workers.spec.count, values: [2]}"), "s.yaml:33:81: spec.axes[1].name: a second axis \"a\"\ns.yaml:33:89: spec.axes[1].set: another axis sets \"NodeGroup/workers.spec.count\""},
		"axis with a value":    {axis("{name: a, set: NodeGroup/workers.spec.count=3, values: [1]}"), `s.yaml:33:30: spec.axes[0].set: got "NodeGroup/workers.spec.count=3"; want the field alone, without =`},
		"axis of nothing":      {axis("{name: a, set: count, values: [1]}"), `s.yaml:33:30: spec.axes[0].set: got "count"; want KIND/NAME.PATH, such as NodeGroup/workers.spec.count`},
		"no values":            {axis("{name: a, set: NodeGroup/workers.spec.count, values: []}"), "s.yaml:33:68: spec.axes[0].values: there are no values; want one or more"},
		"value twice":          {axis("{name: a, set: NodeGroup/workers.spec.count, values: [1, 2, 1]}"), `s.yaml:33:75: spec.axes[0].values[2]: a second value "1"`},
		"values are no list":   {axis("{name: a, set: NodeGroup/workers.spec.count, values: 3}"), "s.yaml:33:68: spec.axes[0].values: got 3; want a list"},
		"value of a type":      {axis("{name: a, set: NodeGroup/workers.spec.count, values: [1, x]}"), `s.yaml:33:72: spec.axes[0].values[1]: NodeGroup/workers.spec.count=x: got a string "x"; want a whole number`},
		"no seeds":             {spec("{seeds: 0}"), "s.yaml:33:15: spec.seeds: must be >= 1 (got 0)"},
		"all confidence":       {spec("{confidence: 1}"), "s.yaml:33:20: spec.confidence: must be < 1 (got 1)"},
		"no confidence":        {spec("{confidence: 0.2}"), "s.yaml:33:20: spec.confidence: must be >= 0.5 (got 0.2)"},
		"warmUp":               {spec("{warmUp: 8h}"), "s.yaml:33:16: spec.warmUp: got 8h0m0s; the run ends at 8h0m0s"},
		"firstSeed":            {spec("{firstSeed: 18446744073709551607, seeds: 10}"), "s.yaml:33:19: spec.firstSeed: got 18446744073709551607; 10 seeds from there end beyond 2^64-1"},
		"halfWidth":            {spec("{until: {metric: x, halfWidth: wide}}"), `s.yaml:33:38: spec.until.halfWidth: got "wide"; want a number in the unit of the metric, or a share such as 5%`},
		"halfWidth of nothing": {spec("{until: {metric: x, halfWidth: 0}}"), "s.yaml:33:38: spec.until.halfWidth: must be > 0 and finite (got 0)"},
		"halfWidth missing":    {spec("{until: {metric: x}}"), "s.yaml:33:15: spec.until: halfWidth is missing"},
		"atMost":               {spec("{seeds: 20, until: {metric: x, halfWidth: 5%, atMost: 10}}"), "s.yaml:33:61: spec.until.atMost: got 10; want at least seeds, which is 20"},
		"metric twice":         {spec("{metrics: [a, b, a]}"), `s.yaml:33:24: spec.metrics[2]: metric "a" is also defined at s.yaml:33`},
		"empty metric":         {spec("{metrics: ['']}"), "s.yaml:33:18: spec.metrics[0]: is empty"},
		"empty assertion":      {spec("{assertions: [' ']}"), "s.yaml:33:21: spec.assertions[0]: is empty"},
		"custom name":          {custom("{name: 1x, value: a}"), `s.yaml:33:24: spec.custom[0].name: got "1x"; want letters, digits, ., _ and -, at most 63, a letter first`},
		"custom twice":         {custom("{name: x, value: a}, {name: x, value: b}"), `s.yaml:33:45: spec.custom[1].name: metric "x" is also defined at s.yaml:33`},
		"custom without rows":  {custom("{name: x, value: a, where: b, reduce: sum}"), "s.yaml:33:44: spec.custom[0].where: needs over: without it there are no rows\ns.yaml:33:55: spec.custom[0].reduce: needs over: without it there are no rows"},
		"custom reduce":        {custom("{name: x, value: a, over: pods, reduce: avg}"), `s.yaml:33:57: spec.custom[0].reduce: unknown reduce "avg"`},
		"custom without value": {custom("{name: x}"), "s.yaml:33:17: spec.custom[0]: value is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.ReplaceAll(experimentError(t, test.in), dir, "DIR")
			if !strings.HasPrefix(got, test.want) || strings.Count(got, "\n") != strings.Count(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestProblemsOfTheScenarioAreToldOnce shows problems that all policies have, and
// those of some.
func TestProblemsOfTheScenarioAreToldOnce(t *testing.T) {
	text := base + workload("w", "arrivals: {type: poisson}") + document("FaultPlan", "f", "{faults: [{at: 1h, target: {count: 3}}, {at: 1h, target: {nodes: [workers-3]}}]}") +
		document("Experiment", "e", `{policies: [{name: a}, {name: b, set: [NodeGroup/workers.spec.racks=2]}, {name: c, set: [NodeGroup/workers.spec.count=3]}],
  axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [4, 2]}]}`)
	text = strings.Replace(text, "{name: a}", "{name: scenario}", 1)
	want := "s.yaml:20:13: spec.arrivals: rate is missing; poisson needs it\n" +
		"s.yaml:33:42: spec.faults[0].target.count: got 3; the target selects 2 nodes (with nodes=2)\n" +
		`s.yaml:33:73: spec.faults[1].target.nodes[0]: unknown node "workers-3"; did you mean "workers-0"? (with nodes=2)`
	if diff := cmp.Diff(want, experimentError(t, compared(text))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	text = strings.Replace(text, "arrivals: {type: poisson}", "arrivals: {type: poisson, rate: 1/h}", 1)
	text = text[:strings.Index(text, "  axes:")-2] + "}\n"
	want = `s.yaml:33:73: spec.faults[1].target.nodes[0]: unknown node "workers-3"; did you mean "workers-0"? (with policy c)`
	if diff := cmp.Diff(want, experimentError(t, compared(text))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
