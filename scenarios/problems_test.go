package scenarios_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

var update = flag.Bool("update", false, "write the golden files")

func loadError(t *testing.T, in scenarios.Input) string {
	t.Helper()
	run, err := scenarios.Load(in)
	if err == nil {
		return ""
	}
	var problems yamlnode.Problems
	if !errors.As(err, &problems) || run != nil {
		t.Fatalf("got %T and %v; want yamlnode.Problems and no run", err, run)
	}
	return err.Error()
}

// document writes an object of one of podsim's own kinds on one line a field.
func document(kind, name, spec string) string {
	return "apiVersion: podsim/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec: " + spec + "\n---\n"
}

// TestEachProblem appends one document to a good scenario of 15 lines, so that
// its spec stands in line 19. A want of "" is none.
func TestEachProblem(t *testing.T) {
	const job = ", template: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: i}]}}}}}"
	tests := map[string]struct{ text, want string }{
		"unknown kind":    {document("Workloads", "w", "{}"), `s.yaml:17:7: kind: unknown kind "Workloads"; did you mean "Workload"?`},
		"unknown version": {"apiVersion: podsim/v2\nkind: Workload\nmetadata: {name: w}\nspec: {arrivals: {type: once}" + job + "\n", `s.yaml:16:13: apiVersion: version "podsim/v2" is not read; want podsim/v1alpha1`},
		"no version":      {"kind: NodeGroup\n", "s.yaml:16:1: apiVersion is missing; want podsim/v1alpha1"},
		"no kind":         {"apiVersion: podsim/v1alpha1\n", "s.yaml:16:1: kind is missing; want Scenario, NodeGroup, Registry, Workload, PodBehavior, MetricSeries, FaultPlan, Timeline, Assertions, Experiment, Policy, Plan, PriceBook"},
		"second scenario": {document("Scenario", "x", "{}"), "s.yaml:16:1: a second Scenario; the first is at s.yaml:1"},
		"name missing":    {"apiVersion: podsim/v1alpha1\nkind: FaultPlan\nspec: {faults: [{at: 1h}]}\n", "s.yaml:16:1: metadata: name is missing"},
		"bad name":        {document("FaultPlan", "F_1", "{faults: [{at: 1h}]}"), `s.yaml:18:18: metadata.name: got "F_1"; want lower-case letters, digits and -, at most 63`},
		"name twice":      {document("NodeGroup", "workers", "{count: 0, template: {}}"), `s.yaml:18:18: metadata.name: NodeGroup "workers" is also defined at s.yaml:8`},
		"unknown field":   {document("NodeGroup", "g", "{cuont: 1, count: 1, template: {}}"), `s.yaml:19:8: spec.cuont: unknown field "cuont"; did you mean "count"?`},
		"required field":  {document("NodeGroup", "g", "{template: {}}"), "s.yaml:19:7: spec: count is missing"},
		"negative count":  {document("NodeGroup", "g", "{count: -1, template: {}}"), "s.yaml:19:15: spec.count: must be >= 0 (got -1)"},
		"too many nodes":  {document("NodeGroup", "g", "{count: 1000000, template: {}}"), "s.yaml:19:15: spec.count: more than 1000000 nodes"},
		"high price":      {document("NodeGroup", "g", "{count: 1, price: 1e308, template: {}}"), "s.yaml:19:25: spec.price: got 1e+308; want at most 1000000000"},
		"node exists":     {"apiVersion: v1\nkind: Node\nmetadata: {name: workers-1}\n", `s.yaml:8:18: metadata.name: node "workers-1" is also defined at s.yaml:16`},
		"bad capacity":    {document("NodeGroup", "g", "{count: 1, template: {status: {capacity: {cpu: abc}}}}"), `s.yaml:19:54: spec.template.status.capacity.cpu: invalid quantity "abc"`},
		"bad zone":        {document("NodeGroup", "g", "{count: 1, zones: [a b], template: {}}"), `s.yaml:19:26: spec.zones[0]: got "a b"; want the value of a label`},

		"no template":        {document("Workload", "w", "{arrivals: {type: once}}"), "s.yaml:19:7: spec: template or templateRef is missing"},
		"both templates":     {document("Workload", "w", "{templateRef: {kind: Job, name: x}, arrivals: {type: once}"+job), "s.yaml:19:21: spec.templateRef: contradicts template; set one of them"},
		"missing reference":  {document("Workload", "w", "{templateRef: {kind: Job, name: etl}, arrivals: {type: once}}"), `s.yaml:19:39: spec.templateRef.name: unknown Job in namespace default "etl" (there is none)`},
		"reference kind":     {document("Workload", "w", "{templateRef: {kind: Jbo, name: etl}, arrivals: {type: once}}"), `s.yaml:19:28: spec.templateRef.kind: unknown kind "Jbo"; did you mean "Job"?`},
		"bad template":       {document("Workload", "w", "{template: {apiVersion: v1, kind: Service}, arrivals: {type: once}}"), "s.yaml:19:41: spec.template.kind: v1 Service is not a workload; want Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or CronJob"},
		"arrival type":       {document("Workload", "w", "{arrivals: {type: poison, rate: 1/s}"+job), `s.yaml:19:25: spec.arrivals.type: unknown type "poison"; did you mean "poisson"?`},
		"rate missing":       {document("Workload", "w", "{arrivals: {type: poisson}"+job), "s.yaml:19:18: spec.arrivals: rate is missing; poisson needs it"},
		"foreign field":      {document("Workload", "w", "{arrivals: {type: poisson, rate: 1/s, count: 3}"+job), "s.yaml:19:45: spec.arrivals.count: does not belong to poisson, which takes rate"},
		"rate without unit":  {document("Workload", "w", "{arrivals: {type: poisson, rate: 40}"+job), "s.yaml:19:40: spec.arrivals.rate: no unit; want 40/m, 0.5/s, …"},
		"rate zero":          {document("Workload", "w", "{arrivals: {type: poisson, rate: 0/s}"+job), "s.yaml:19:40: spec.arrivals.rate: must be > 0"},
		"rate not finite":    {document("Workload", "w", "{arrivals: {type: poisson, rate: .nan}"+job), "s.yaml:19:40: spec.arrivals.rate: must be finite"},
		"between always 0":   {document("Workload", "w", "{arrivals: {type: renewal, between: 0s}"+job), "s.yaml:19:43: spec.arrivals.between: is always 0; want a time that passes"},
		"times in disorder":  {document("Workload", "w", "{arrivals: {type: times, at: [2h, 1h]}"+job), "s.yaml:19:41: spec.arrivals.at: 1h0m0s comes before 2h0m0s; want moments in order"},
		"once, twice":        {document("Workload", "w", "{arrivals: {type: once, at: [1h, 2h]}"+job), "s.yaml:19:35: spec.arrivals.at: got 2 moments; want one, or type: times"},
		"nothing arrives":    {document("Workload", "w", "{arrivals: {type: once, at: 9h}"+job), "s.yaml:19:18: spec.arrivals: nothing arrives: no moment lies from 0s up to 8h0m0s"},
		"until before from":  {document("Workload", "w", "{arrivals: {type: once, from: 2h, until: 1h}"+job), "s.yaml:19:48: spec.arrivals.until: got 1h0m0s; want more than from, which is 2h0m0s"},
		"from after the end": {document("Workload", "w", "{arrivals: {type: once, from: 9h}"+job), "s.yaml:19:37: spec.arrivals.from: the run ends before, at 8h0m0s"},
		"batch always 0":     {document("Workload", "w", "{arrivals: {type: once, batch: 0}"+job), "s.yaml:19:38: spec.arrivals.batch: is always 0; want objects"},
		"negative batch":     {document("Workload", "w", "{arrivals: {type: once, batch: -1}"+job), "s.yaml:19:38: spec.arrivals.batch: must be >= 0 (got -1)"},
		"negative lifetime":  {document("Workload", "w", "{lifetime: -5s, arrivals: {type: once}"+job), "s.yaml:19:18: spec.lifetime: must be >= 0"},
		"points in disorder": {document("Workload", "w", "{arrivals: {type: curve, points: [{at: 8h, rate: 1/s}, {at: '07:00', rate: 1/s}]}"+job), `s.yaml:19:67: spec.arrivals.points[1].at: "07:00" does not come after the point before it`},
		"weekday in a day":   {document("Workload", "w", "{arrivals: {type: curve, points: [{at: Mon 08:00, rate: 1/s}]}"+job), "s.yaml:19:46: spec.arrivals.points[0].at: a day of the week needs period: 1w"},
		"bad time of day":    {document("Workload", "w", "{arrivals: {type: curve, points: [{at: '25:00', rate: 1/s}]}"+job), `s.yaml:19:46: spec.arrivals.points[0].at: got "25:00"; want a time of day such as 08:30`},
		"beyond the period":  {document("Workload", "w", "{arrivals: {type: curve, points: [{at: 24h, rate: 1/s}]}"+job), "s.yaml:19:46: spec.arrivals.points[0].at: 24h0m0s lies beyond the period of 24h0m0s"},
		"curve of zeros":     {document("Workload", "w", "{arrivals: {type: curve, points: [{at: 8h, rate: 0}]}"+job), "s.yaml:19:40: spec.arrivals.points: every rate is 0; want one above"},
		"trace with pods":    {document("Workload", "w", "{arrivals: {type: trace, data: t}"+job), `s.yaml:19:38: spec.arrivals.data: unknown data "t" (there is none)` + "\ns.yaml:19:52: spec.template: a trace brings pods, lifetimes and batches of its own"},

		"no unit":            {document("Workload", "w", "{runTime: 5, arrivals: {type: once}"+job), "s.yaml:19:17: spec.runTime: no unit; want 5s, 5m, …"},
		"unknown law":        {document("Workload", "w", "{runTime: {type: lognorml, median: 5m}, arrivals: {type: once}"+job), "unknown type \"lognorml\"; did you mean \"lognormal\"?"},
		"parameter name":     {document("Workload", "w", "{runTime: {type: lognormal, meadian: 5m, p95: 1h}, arrivals: {type: once}"+job), `s.yaml:19:35: spec.runTime.meadian: unknown parameter "meadian"; did you mean "median"?`},
		"parameter unit":     {document("Workload", "w", "{runTime: {type: lognormal, median: 5, p95: 1h}, arrivals: {type: once}"+job), "s.yaml:19:43: spec.runTime.median: no unit; want 5s, 5m, …"},
		"parameter with one": {document("Workload", "w", "{runTime: {type: weibull, shape: 2s, scale: 1h}, arrivals: {type: once}"+job), `s.yaml:19:40: spec.runTime.shape: got a string "2s"; want a number`},
		"parameter range":    {document("Workload", "w", "{runTime: {type: weibull, shape: 0, scale: 1h}, arrivals: {type: once}"+job), "s.yaml:19:40: spec.runTime.shape: must be > 0 (got 0)"},
		"parameter missing":  {document("Workload", "w", "{runTime: {type: weibull, shape: 2}, arrivals: {type: once}"+job), "s.yaml:19:17: spec.runTime.scale: missing; weibull takes shape and scale, or shape and mean, or median and p95"},
		"parameter of list":  {document("Workload", "w", "{exitCode: {type: discrete, values: [0, -1]}, arrivals: {type: once}"+job), "s.yaml:19:47: spec.exitCode.values[1]: must be >= 0 (got -1)"},
		"no samples":         {document("Workload", "w", "{runTime: {type: empirical, samples: []}, arrivals: {type: once}"+job), "samples: must not be empty"},
		"no folder":          {document("Workload", "w", "{runTime: {type: empirical, file: x.txt}, arrivals: {type: once}"+job), "s.yaml:19:41: spec.runTime.file: the scenario lies in no folder, so nothing can be read relative to it"},

		"selects no pods": {document("PodBehavior", "b", "{selector: {matchLabels: {a: b}}, startUp: 1s}"), "s.yaml:19:18: spec.selector: selects no pods"},
		"operator":        {document("PodBehavior", "b", "{selector: {matchExpressions: [{key: a, operator: In}]}}"), "s.yaml:19:38: spec.selector.matchExpressions[0].values: operator In needs values"},
		"operator name":   {document("PodBehavior", "b", "{selector: {matchExpressions: [{key: a, operator: Is}]}}"), `s.yaml:19:57: spec.selector.matchExpressions[0].operator: unknown operator "Is"; did you mean "In"?`},

		"neither at nor every": {document("FaultPlan", "f", "{faults: [{for: 1h}]}"), "s.yaml:19:17: spec.faults[0]: at or every is missing"},
		"unknown action":       {document("FaultPlan", "f", "{faults: [{at: 1h, action: crsh}]}"), `s.yaml:19:34: spec.faults[0].action: unknown action "crsh"; did you mean "crash"?`},
		"unknown node":         {document("FaultPlan", "f", "{faults: [{at: 1h, target: {nodes: [worker-1]}}]}"), `s.yaml:19:43: spec.faults[0].target.nodes[0]: unknown node "worker-1"; did you mean "workers-1"?`},
		"unknown group":        {document("FaultPlan", "f", "{faults: [{at: 1h, target: {nodeGroups: [x]}}]}"), `s.yaml:19:48: spec.faults[0].target.nodeGroups[0]: unknown node group "x" (known: workers)`},
		"unknown zone":         {document("FaultPlan", "f", "{faults: [{at: 1h, target: {zones: [c]}}]}"), `s.yaml:19:43: spec.faults[0].target.zones[0]: unknown zone "c" (known: a, b)`},
		"selects no nodes":     {document("FaultPlan", "f", "{faults: [{at: 1h, target: {selector: {matchLabels: {x: z}}}}]}"), "s.yaml:19:34: spec.faults[0].target: selects no nodes"},
		"count over":           {document("FaultPlan", "f", "{faults: [{at: 1h, target: {count: 5}}]}"), "s.yaml:19:42: spec.faults[0].target.count: got 5; the target selects 4 nodes"},
		"fraction over 1":      {document("FaultPlan", "f", "{faults: [{at: 1h, target: {fraction: 25}}]}"), "s.yaml:19:45: spec.faults[0].target.fraction: got 25; want at most 1"},
		"window of nothing":    {document("FaultPlan", "f", "{faults: [{at: 1h, from: 2h}]}"), "s.yaml:19:17: spec.faults[0]: from and until bound drawn failures; every is missing"},
		"slow by nothing":      {document("FaultPlan", "f", "{faults: [{at: 1h, action: slow}]}"), "s.yaml:19:17: spec.faults[0]: factor is missing"},
		"crash by a factor":    {document("FaultPlan", "f", "{faults: [{at: 1h, factor: 3}]}"), "s.yaml:19:34: spec.faults[0].factor: action crash slows nothing down"},
		"slow API by nothing":  {document("FaultPlan", "f", "{faults: [{at: 1h, action: apiSlow}]}"), "s.yaml:19:17: spec.faults[0]: factor or delay is missing"},
		"delay of nodes":       {document("FaultPlan", "f", "{faults: [{at: 1h, action: slow, factor: 2, delay: 1s}]}"), "s.yaml:19:58: spec.faults[0].delay: action is not apiSlow"},
		"notice of a crash":    {document("FaultPlan", "f", "{faults: [{at: 1h, notice: 1m}]}"), "s.yaml:19:34: spec.faults[0].notice: action is not reclaim"},
		"lost for a time":      {document("FaultPlan", "f", "{faults: [{at: 1h, action: loss, for: 1h}]}"), "s.yaml:19:45: spec.faults[0].for: nodes that are lost do not come back"},
		"scheduler of nodes":   {document("FaultPlan", "f", "{faults: [{at: 1h, action: schedulerOutage, target: {zones: [a]}}]}"), "s.yaml:19:59: spec.faults[0].target: action schedulerOutage is not one on nodes"},
		"scheduler of zones":   {document("FaultPlan", "f", "{faults: [{at: 1h, action: schedulerOutage, scope: perZone}]}"), "s.yaml:19:58: spec.faults[0].scope: action schedulerOutage is not one on nodes"},
		"registries of nodes":  {document("FaultPlan", "f", "{faults: [{at: 1h, target: {registries: [x]}}]}"), "s.yaml:19:47: spec.faults[0].target.registries: action crash is one on nodes"},
		"no registries":        {document("FaultPlan", "f", "{faults: [{at: 1h, action: registryOutage}]}"), "s.yaml:19:34: spec.faults[0].action: got registryOutage; want a Registry: images come in the same time whatever happens"},
		"unknown registry":     {document("Registry", "quay", "{host: quay.io}") + document("FaultPlan", "f", "{faults: [{at: 1h, action: registryOutage, target: {registries: [quai.io]}}]}"), `s.yaml:24:72: spec.faults[0].target.registries[0]: unknown registry "quai.io"; did you mean "quay.io"?`},
		"registry of the API":  {document("FaultPlan", "f", "{faults: [{at: 1h, action: apiSlow, factor: 2, target: {registries: [x]}}]}"), "s.yaml:19:75: spec.faults[0].target.registries: action apiSlow is not one on registries"},
		"shared by all":        {document("FaultPlan", "f", "{faults: [{at: 1h, shared: {scope: perZone, chance: 0.1}}]}"), "s.yaml:19:42: spec.faults[0].shared.scope: got perZone; want more than scope, which fails by itself"},
		"too often shared":     {document("FaultPlan", "f", "{faults: [{at: 1h, scope: perNode, shared: {scope: perZone, chance: 3}}]}"), "s.yaml:19:75: spec.faults[0].shared.chance: got 3; want at most 1"},
		"unknown rack":         {document("FaultPlan", "f", "{faults: [{at: 1h, target: {racks: [r]}}]}"), `s.yaml:19:43: spec.faults[0].target.racks[0]: unknown rack "r" (known: a-r0, b-r0)`},
		"fault name twice":     {document("FaultPlan", "f", "{faults: [{name: x, at: 1h}, {name: x, at: 2h}]}"), `s.yaml:19:43: spec.faults[1].name: fault "x" is also defined at s.yaml:19`},

		"assertion without text":  {document("Assertions", "a", "{assertions: [{always: true}]}"), "s.yaml:19:21: spec.assertions[0]: that is missing"},
		"assertion at and always": {document("Assertions", "a", "{assertions: [{that: x < 1, at: 1h, always: true}]}"), "s.yaml:19:39: spec.assertions[0].at: contradicts always, from and until"},
		"assertion from":          {document("Assertions", "a", "{assertions: [{that: x < 1, from: 1h}]}"), "s.yaml:19:21: spec.assertions[0]: from and until need always: true"},
		"assertion after the end": {document("Assertions", "a", "{assertions: [{that: x < 1, at: 9h}]}"), "s.yaml:19:21: spec.assertions[0]: the run ends before, at 8h0m0s"},

		"pod on no node": {"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {nodeName: worker-1, containers: [{name: m, image: i}]}\n", `s.yaml:16:1: spec.nodeName: unknown node "worker-1"; did you mean "workers-1"?`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := loadError(t, input(base+test.text))
			if !strings.HasPrefix(test.want, "s.yaml") {
				if !strings.Contains(got, test.want) {
					t.Errorf("got %s; want %s", got, test.want)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProblemsOfTheScenario(t *testing.T) {
	nodes := base[strings.Index(base, "---\n")+4:]
	endless := strings.Replace(base, "for: 8h, ", "", 1)
	crashing := "apiVersion: podsim/v1alpha1\nkind: PodBehavior\nmetadata: {name: b}\nspec: {selector: {}, crashEvery: 1h}\n---\n" +
		"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: m, image: i}]}\n"
	tests := map[string]struct {
		in   scenarios.Input
		want string
	}{
		"nothing":           {scenarios.Input{}, "no scenario file"},
		"empty file":        {input("# nothing\n"), "s.yaml: empty file; want kind: Scenario"},
		"no scenario":       {input(nodes), ""},
		"no nodes":          {input(document("Scenario", "x", "{for: 1h}")), "s.yaml: no nodes; want Node objects or a NodeGroup with count > 0"},
		"duration 0":        {input(strings.Replace(base, "for: 8h", "for: 0s", 1)), "s.yaml:4:13: spec.for: must be > 0 (got 0s)"},
		"bad date":          {input(strings.Replace(base, "for: 8h", "start: yesterday", 1)), `s.yaml:4:15: spec.start: got "yesterday"; want a date such as 2026-01-01T00:00:00Z`},
		"latency":           {input(strings.Replace(base, "for: 8h", "latencies: {imagePul: 1s}", 1)), `s.yaml:4:20: spec.latencies.imagePul: unknown field "imagePul"; did you mean "imagePull"?`},
		"latency profile":   {input(strings.Replace(base, "for: 8h", "latencies: {profile: non}", 1)), `s.yaml:4:29: spec.latencies.profile: unknown profile "non"; did you mean "none"?`},
		"scheduler profile": {input(strings.Replace(base, "for: 8h", "scheduler: {profile: most-alocated}", 1)), `s.yaml:4:29: spec.scheduler.profile: unknown profile "most-alocated"; did you mean "most-allocated"?`},
		"percentage":        {input(strings.Replace(base, "for: 8h", "scheduler: {percentageOfNodesToScore: 101}", 1)), "s.yaml:4:46: spec.scheduler.percentageOfNodesToScore: out of range (got 101; want 0 to 100)"},
		"plugin":            {input(strings.Replace(base, "for: 8h", "scheduler: {plugins: [{name: NodeResourceFit}]}", 1)), `s.yaml:4:37: spec.scheduler.plugins[0].name: unknown plugin "NodeResourceFit"; did you mean "NodeResourcesFit"?`},
		"plugin arguments":  {input(strings.Replace(base, "for: 8h", "scheduler: {plugins: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Least}}}]}", 1)), "spec.scheduler.plugins[0].args.scoringStrategy.type: "},
		"argument field":    {input(strings.Replace(base, "for: 8h", "scheduler: {plugins: [{name: NodeResourcesFit, args: {scoring: {}}}]}", 1)), `s.yaml:4:62: spec.scheduler.plugins[0].args.scoring: unknown field "scoring"`},
		"no arguments":      {input(strings.Replace(base, "for: 8h", "scheduler: {plugins: [{name: NodeName, args: {}}]}", 1)), "s.yaml:4:53: spec.scheduler.plugins[0].args: NodeName takes no arguments"},
		"profile twice":     {input(strings.Replace(base, "for: 8h", "scheduler: {profiles: [{schedulerName: default-scheduler}]}", 1)), `s.yaml:4:47: spec.scheduler.profiles[0].schedulerName: a second profile for "default-scheduler"`},
		"data name":         {input(strings.Replace(base, "for: 8h", "data: [{name: T, format: dlrm}]", 1)), `s.yaml:4:22: spec.data[0].name: got "T"; want lower-case letters, digits and -, at most 63`},
		"data format":       {input(strings.Replace(base, "for: 8h", "data: [{name: t, format: drlm}]", 1)), `s.yaml:4:33: spec.data[0].format: unknown format "drlm"; did you mean "dlrm"?`},
		"data twice":        {input(strings.Replace(base, "for: 8h", "data: [{name: t, format: dlrm}, {name: t, format: dlrm}]", 1)), `s.yaml:4:47: spec.data[1].name: data "t" is also defined at s.yaml:4`},

		"arrivals without end": {input(endless + workload("w", "arrivals: {type: poisson, rate: 1/s}")), "s.yaml:20:13: spec.arrivals: arrivals without end and no duration; want until or limit, or for in the Scenario"},
		"arrivals with end":    {input(endless + workload("w", "arrivals: {type: poisson, rate: 1/s, limit: 3}")), ""},
		"faults without end":   {input(endless + document("FaultPlan", "f", "{faults: [{every: 1d, for: 1h}]}")), "s.yaml:19:17: spec.faults[0]: faults without end and no duration; want until, or for in the Scenario"},
		"restarts without end": {input(endless + crashing), "s.yaml:21:1: containers restart without end and there is no duration; want for in the Scenario"},
		"restarts with end":    {input(base + crashing), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := loadError(t, test.in)
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestGoldenProblems shows what a very wrong file gets: everything at once.
func TestGoldenProblems(t *testing.T) {
	text, err := os.ReadFile("testdata/wrong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in := scenarios.Input{Files: []scenarios.File{{Name: "wrong.yaml", Reader: bytes.NewReader(text)}}}
	in.Set = []string{"Workload/missing.spec.lifetime=1h"}
	in.Data = map[string]string{"nothing": "x"}
	got := loadError(t, in) + "\n"
	if *update {
		if err := os.WriteFile("testdata/wrong.golden", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/wrong.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestLimits(t *testing.T) {
	sets := make([]string, limits.Sets+1)
	for i := range sets {
		sets[i] = fmt.Sprintf("NodeGroup/workers.spec.count=%d", i+1)
	}
	in := input(base)
	in.Set = sets[:limits.Sets]
	if got := loadError(t, in); got != "" {
		t.Error(got)
	}
	in = input(base)
	in.Set = sets
	if got := loadError(t, in); got != "--set: more than 1000 of them" {
		t.Errorf("got %s", got)
	}
	points := strings.TrimSuffix(strings.Repeat("{at: 1h, rate: 1/s}, ", limits.CurvePoints+1), ", ")
	got := loadError(t, input(base+workload("w", "arrivals: {type: curve, points: ["+points+"]}")))
	if want := "s.yaml:20:35: spec.arrivals.points: got 10001 points; want 1 to 10000"; got != want {
		t.Errorf("got %.200s; want %s", got, want)
	}
}

func FuzzLoad(f *testing.F) {
	for _, e := range scenarios.Embedded() {
		f.Add(e.Text, "Scenario.spec.seed=3")
	}
	f.Add(base, "NodeGroup/workers.spec.zones[1]=z")
	f.Add(base+workload("w", "arrivals: {type: curve, points: [{at: Mon, rate: 1/s}], period: 1w}"), "x")
	f.Add(base+document("FaultPlan", "f", "{faults: [{every: 1d}]}"), "FaultPlan.spec.faults[0].at=1h")
	f.Fuzz(func(t *testing.T, text, set string) {
		if strings.Contains(text, "count: ") && len(text) > 0 && hasLargeNumber(text+set) {
			t.Skip("many nodes only take time")
		}
		in := input(text)
		in.Set = []string{set}
		if run, err := scenarios.Load(in); (run == nil) == (err == nil) {
			t.Fatalf("got %v and %v", run, err)
		}
	})
}

// hasLargeNumber reports whether five digits stand together.
func hasLargeNumber(text string) bool {
	digits := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			digits = 0
		} else if digits++; digits == 5 {
			return true
		}
	}
	return false
}
