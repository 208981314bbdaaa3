package scenarios_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/scenarios"
)

// The catalogue of bad input: what people and generators get wrong in files that
// podsim reads, and word for word what they are told. A scenario that is right,
// of 15 lines, stands before each document.
//
// Not in the tables, since podsim does not read them: budgets of disruption
// (they are audited, not simulated), rollout strategies with maxSurge and
// maxUnavailable, grids of runs, and expressions of policies. Weights and
// arguments of plugins, names of policies and zero-delay loops have tests where
// they are checked: scheduler/plugins, cmd/podsim and sim. Conversions of other
// formats of traces are tested with their readers.

// podDocument writes a pod whose spec stands in line 19.
func podDocument(spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {" + spec + "}\n"
}

// requests writes a pod with one container; the list begins in column 64.
func requests(list string) string {
	return podDocument("containers: [{name: a, image: i, resources: {requests: {" + list + "}}}]")
}

const deploymentDocument = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [{name: a, image: i}]}
`

// TestNodesThatAreMisspeltAreNotMissed is about the only group of nodes.
func TestNodesThatAreMisspeltAreNotMissed(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(base, "kind: NodeGroup", "kind: NodeGrop", 1):           `s.yaml:7:7: kind: unknown kind "NodeGrop"; did you mean "NodeGroup"?`,
		strings.Replace(base, "---\napiVersion: podsim/v1alpha1\n", "---\n", 1): "s.yaml:6:1: apiVersion is missing; want podsim/v1alpha1",
	} {
		if diff := cmp.Diff(want, loadError(t, input(text+document("FaultPlan", "f", "{faults: [{at: 1h, target: {nodes: [workers-1]}}]}")))); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestCatalogueOfDocuments(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'h'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10))
	}
	tests := map[string]struct{ text, want string }{
		"a second scenario":       {document("Scenario", "x", "{}"), "s.yaml:16:1: a second Scenario; the first is at s.yaml:1"},
		"tab for indentation":     {"kind: Pod\nspec:\n\ta: 1\n", "s.yaml:18:1: tab at column 1; use spaces"},
		"invalid UTF-8":           {"kind: \xff\n", "s.yaml:16:7: not UTF-8 at byte 289"},
		"NUL":                     {"kind: \x00\n", "s.yaml:16:7: NUL byte at byte 289"},
		"unknown field":           {document("NodeGroup", "g", "{count: 1, template: {}, zone: [a]}"), `s.yaml:19:32: spec.zone: unknown field "zone"; did you mean "zones"?`},
		"misspelt required field": {document("NodeGroup", "g", "{cuont: 1, template: {}}"), `s.yaml:19:8: spec.cuont: unknown field "cuont"; did you mean "count"?`},
		"misspelt name":           {"apiVersion: podsim/v1alpha1\nkind: FaultPlan\nmetadata: {naem: f}\nspec: {faults: [{at: 1h}]}\n", `s.yaml:18:12: metadata.naem: unknown field "naem"; did you mean "name"?`},
		"misspelt one of two":     {document("FaultPlan", "f", "{faults: [{evry: 1h}]}"), `s.yaml:19:18: spec.faults[0].evry: unknown field "evry"; did you mean "every"?`},
		"missing in one, misspelt in another": {document("NodeGroup", "g", "{template: {}}") + document("NodeGroup", "h", "{cuont: 1, template: {}}"),
			"s.yaml:19:7: spec: count is missing\n" + `s.yaml:24:8: spec.cuont: unknown field "cuont"; did you mean "count"?`},
		"another field is missing": {document("NodeGroup", "g", "{zone: [a], count: 1}"), "s.yaml:19:7: spec: template is missing\n" + `s.yaml:19:8: spec.zone: unknown field "zone"; did you mean "zones"?`},
		"duplicate key":            {document("NodeGroup", "g", "{count: 1, count: 2, template: {}}"), `s.yaml:19:18: spec.count: "count" already set at line 19`},
		"unknown anchor":           {document("NodeGroup", "g", "*x"), `s.yaml:19:7: anchor "x" is not defined`},
		"alias bomb":               {bomb, `s.yaml:20:36: e[7]: aliases expand to more than 100000 nodes`},
		"too deep":                 {strings.Repeat("[", 65) + strings.Repeat("]", 65), "s.yaml:16:65: " + strings.Repeat("[0]", 64) + ": nested deeper than 64"},
		"group defined twice":      {document("NodeGroup", "workers", "{count: 9, template: {}}") + document("FaultPlan", "f", "{faults: [{at: 1h, target: {nodes: [workers-7]}}]}"), `s.yaml:18:18: metadata.name: NodeGroup "workers" is also defined at s.yaml:8`},

		"fraction for a count":    {document("NodeGroup", "g", "{count: 1.5, template: {}}"), "s.yaml:19:15: spec.count: got 1.5; want a whole number"},
		"NaN for a number":        {document("NodeGroup", "g", "{count: 1, price: .nan, template: {}}"), "s.yaml:19:25: spec.price: must be finite"},
		"infinity for a number":   {document("NodeGroup", "g", "{count: 1, price: .inf, template: {}}"), "s.yaml:19:25: spec.price: must be finite"},
		"octal":                   {document("NodeGroup", "g", "{count: 017, template: {}}"), `s.yaml:19:15: spec.count: reads as octal 15; write 15 or "017"`},
		"yes for a string":        {document("NodeGroup", "g", "{count: 1, zones: [yes], template: {}}"), "s.yaml:19:26: spec.zones[0]: reads as true in Kubernetes YAML; quote it"},
		"negative count":          {document("NodeGroup", "g", "{count: -1, template: {}}"), "s.yaml:19:15: spec.count: must be >= 0 (got -1)"},
		"negative price":          {document("NodeGroup", "g", "{count: 1, price: -1, template: {}}"), "s.yaml:19:25: spec.price: must be >= 0 (got -1)"},
		"negative duration":       {document("FaultPlan", "f", "{faults: [{at: -1h}]}"), "s.yaml:19:22: spec.faults[0].at: must be >= 0"},
		"duration without unit":   {document("FaultPlan", "f", "{faults: [{at: 5}]}"), "s.yaml:19:22: spec.faults[0].at: no unit; want 5s, 5m, …"},
		"duration past the clock": {document("FaultPlan", "f", "{faults: [{at: 300000d}]}"), "s.yaml:19:22: spec.faults[0].at: exceeds the virtual clock"},

		"not a quantity":          {requests("cpu: abc"), `s.yaml:19:69: spec.containers[0].resources.requests.cpu: invalid quantity "abc"`},
		"negative request":        {requests("cpu: -1"), "s.yaml:19:69: spec.containers[0].resources.requests.cpu: requests must not be negative"},
		"memory of value 0":       {requests("memory: 1e1000"), "s.yaml:19:72: spec.containers[0].resources.requests.memory: exceeds 2^63-1"},
		"memory below 0 by wrap":  {requests("memory: 9223372036854775808"), "s.yaml:19:72: spec.containers[0].resources.requests.memory: exceeds 2^63-1"},
		"cores beyond milli":      {requests("cpu: 1E"), "s.yaml:19:69: spec.containers[0].resources.requests.cpu: 1E cores exceeds the milli range"},
		"a tenth of a byte":       {requests("memory: 100m"), "s.yaml:19:72: spec.containers[0].resources.requests.memory: 0.1 byte; did you mean 100Mi?"},
		"resource in capitals":    {requests("Cpu: 1"), `s.yaml:19:64: spec.containers[0].resources.requests.Cpu: unknown resource "Cpu"; did you mean cpu?`},
		"request above limit":     {podDocument("containers: [{name: a, image: i, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}]"), "s.yaml:19:69: spec.containers[0].resources.requests.cpu: request 2 exceeds limit 1"},
		"version of old":          {strings.Replace(deploymentDocument, "apps/v1", "extensions/v1beta1", 1), "s.yaml:17:7: kind: extensions/v1beta1 Deployment is not read; want apps/v1"},
		"selector and template":   {strings.Replace(deploymentDocument, "labels: {app: a}", "labels: {app: b}", 1), "s.yaml:20:13: spec.selector: selector app=a, template app=b"},
		"value of a label":        {podDocument("nodeSelector: {a: b c}, containers: [{name: a, image: i}]"), `s.yaml:19:26: spec.nodeSelector.a: invalid label value "b c"; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`},
		"operator without values": {document("PodBehavior", "b", "{selector: {matchExpressions: [{key: a, operator: In}]}}"), "s.yaml:19:38: spec.selector.matchExpressions[0].values: operator In needs values"},
		"object defined twice":    {podDocument("containers: [{name: a, image: i}]") + "---\n" + podDocument("containers: [{name: a, image: i}]"), `s.yaml:23:18: metadata.name: Pod "p" is also defined at s.yaml:16`},
		"no such priority class":  {podDocument("priorityClassName: gold, containers: [{name: a, image: i}]"), `s.yaml:19:27: spec.priorityClassName: PriorityClass "gold" is not defined`},

		"parameter out of range":    {workload("w", "arrivals: {type: once}\nrunTime: {type: weibull, shape: 0, scale: 1h}"), "s.yaml:21:35: spec.runTime.shape: must be > 0 (got 0)"},
		"law of NaN":                {workload("w", "arrivals: {type: once}\nrunTime: {type: weibull, shape: .nan, scale: 1h}"), "s.yaml:21:35: spec.runTime.shape: must be finite"},
		"p95 below the median":      {workload("w", "arrivals: {type: once, batch: {type: lognormal, median: 6, p95: 3}}"), "s.yaml:20:67: spec.arrivals.batch.p95: must be > median (got 3; median is 6)"},
		"arrivals of infinite rate": {workload("w", "arrivals: {type: poisson, rate: .inf/s}"), "s.yaml:20:35: spec.arrivals.rate: must be finite"},
		"no samples":                {workload("w", "arrivals: {type: once}\nrunTime: {type: empirical, samples: []}"), "s.yaml:21:39: spec.runTime.samples: must not be empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, loadError(t, input(base+test.text))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestCatalogueOfFiles is about what stands under the name of a scenario.
func TestCatalogueOfFiles(t *testing.T) {
	dir := t.TempDir()
	packed := pack(t, base)
	write(t, dir, map[string]string{
		"empty": "", "comments": "# nothing\n---\n", "utf16": "\xff\xfek\x00i\x00", "packed.yaml.gz": packed,
		"program": "\x7fELF\x02\x01\x01\x00", "picture": "\x89PNG\r\n\x1a\n", "link": "->nowhere", "loop": "->loop",
		"plain/": "", "one.json": "[1, 2]", "text": "just some text\n",
	})
	for name, want := range map[string]string{
		"nowhere": "no such file", "link": "no such file", "loop": "too many levels of symbolic links",
		"empty": "empty file; want kind: Scenario", "comments": "empty file; want kind: Scenario", ".": "not a regular file",
	} {
		got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, name)}}})
		if diff := cmp.Diff(filepath.Join(dir, name)+": "+want, got); diff != "" {
			t.Error(diff)
		}
	}
	for name, want := range map[string]string{
		"utf16": "1:1: UTF-16; save it as UTF-8", "packed.yaml.gz": "1:1: packed with gzip; unpack it",
		"program": "1:8: NUL byte at byte 7", "picture": "1:1: not UTF-8 at byte 0",
		"one.json": "1:1: got a list; want an object of Kubernetes", "text": "1:1: got a string; want an object of Kubernetes",
	} {
		got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, name)}}})
		if diff := cmp.Diff(filepath.Join(dir, name)+":"+want, got); diff != "" {
			t.Error(diff)
		}
	}
	if os.Geteuid() == 0 {
		return // who may read everything
	}
	hidden := filepath.Join(dir, "hidden")
	if err := os.WriteFile(hidden, nil, 0); err != nil {
		t.Fatal(err)
	}
	if got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: hidden}}}); got != hidden+": permission denied" {
		t.Errorf("got %s", got)
	}
}

// TestAHugeFileIsRefusedUnread makes files of a gigabyte that take no room on the
// disk. One is named, the other included, and both are refused by their size.
func TestAHugeFileIsRefusedUnread(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.yaml": scenarioWith("{includes: [huge.yaml]}") + base[strings.Index(base, "---\n")+4:]})
	huge := filepath.Join(dir, "huge.yaml")
	if err := os.WriteFile(huge, []byte("kind: Pod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, 1<<30); err != nil {
		t.Skip(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	named := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: huge}}})
	included := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "a.yaml")}}})
	zeros := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: "zeros", Reader: endless{}}}})
	runtime.ReadMemStats(&after)
	if want := huge + ": larger than 128 MiB"; named != want {
		t.Errorf("got %s; want %s", named, want)
	}
	if want := filepath.Join(dir, "a.yaml") + `:3:19: spec.includes[0]: "huge.yaml": larger than 128 MiB`; included != want {
		t.Errorf("got %s; want %s", included, want)
	}
	if zeros != "zeros:1:1: NUL byte at byte 0" {
		t.Errorf("got %s", zeros)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 16<<20 {
		t.Errorf("refusing them took %d MiB", spent>>20)
	}
}

// endless yields zeros without end, as /dev/zero does.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func pack(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const traceHeader = "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit," +
	"memory_request,memory_limit,disk_request,disk_limit,max_instance_per_node,creation_time,scheduled_time,deletion_time\n"

// TestCatalogueOfTraces binds bad files to the trace of a workload.
func TestCatalogueOfTraces(t *testing.T) {
	row := func(name, created, deleted string) string {
		return name + ",CN,app,1,1,0,0,0,0,1,1,1,1,-1," + created + ",," + deleted + "\n"
	}
	var rows strings.Builder
	rows.WriteString(traceHeader)
	for i := range 5000 {
		rows.WriteString(row(fmt.Sprintf("instance_%d", i), fmt.Sprint(i*i%7919), ""))
	}
	packed := pack(t, rows.String())
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"empty": "", "columns": "a,b\n1,2\n", "arity": traceHeader + row("a", "1", "2") + "b,CN\n",
		"order": traceHeader + row("a", "9", "3"), "twice": traceHeader + row("a", "1", "2") + row("a", "1", "2"),
		"truncated": packed[:len(packed)/2], "checksum": packed[:len(packed)-6] + "\xff\xff" + packed[len(packed)-4:],
		"bomb": pack(t, traceHeader+strings.Repeat("\n", 20<<20)), "folder/x": "", "zeros": strings.Repeat("\x00", 1<<20),
	})
	tests := map[string]string{
		"empty": "PATH:1:1: empty file; want a header with the columns ", "columns": "PATH:1:1: not a dlrm trace: none of its columns is there",
		"arity": "PATH:3:1: row has 2 of 17 columns", "order": "PATH:2:36: deletion_time: end < start (got 3; starts at 9)",
		"twice":     "PATH:3:1: instance_sn: a ",
		"truncated": "truncated after ", "checksum": "corrupt after ", "bomb": "unpacks to more than 200 times its size",
		"zeros":   "line longer than 65536 bytes",
		"nowhere": `s.yaml:19:38: spec.arrivals.data: data "t": "PATH": no such file`,
		"folder":  `s.yaml:19:38: spec.arrivals.data: data "t": "PATH": not a regular file`,
	}
	for name, want := range tests {
		path := filepath.Join(dir, name)
		in := input(strings.Replace(base, "seed: 7", "seed: 7, data: [{name: t, format: dlrm}]", 1) +
			document("Workload", "w", "{arrivals: {type: trace, data: t}}"))
		in.Data = map[string]string{"t": path}
		got := loadError(t, in)
		if !strings.Contains(got, strings.ReplaceAll(want, "PATH", path)) {
			t.Errorf("%s: got %s; want %s", name, got, want)
		}
		if strings.ContainsFunc(got, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestLimitsHoldOnBothSides shows for each limit the largest input that is read
// and the smallest that is not. Those of text are in yamlnode, those of traces
// with their reader, and those that take long to reach in limits_test.go.
func TestLimitsHoldOnBothSides(t *testing.T) {
	long := func(n int) string { return strings.Repeat("n", n) }
	devices := func(n int) string {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("example.com/d%d: 1", i))
		}
		return document("NodeGroup", "g", "{count: 1, template: {status: {capacity: {"+strings.Join(names, ", ")+"}}}}")
	}
	curve := func(n int) string {
		var points []string
		for i := range n {
			points = append(points, fmt.Sprintf("{at: %ds, rate: 1/s}", i))
		}
		return workload("w", "arrivals: {type: curve, points: ["+strings.Join(points, ", ")+"]}")
	}
	experiment := func(format string, args ...any) string {
		return workload("w", "arrivals: {type: once}") + document("Experiment", "e", "{"+fmt.Sprintf(format, args...)+"}")
	}
	listed := func(n int, format string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(items, ", ")
	}
	axes := func(n int) string {
		return experiment("axes: [%s]", listed(n, "{name: a%[1]d, set: NodeGroup/a%[1]d.spec.count, values: [1]}"))
	}
	values := func(first, second int) string {
		return experiment("axes: [{name: a, set: NodeGroup/a.spec.count, values: [%s]}, {name: b, set: NodeGroup/b.spec.count, values: [%s]}]",
			listed(first, "%d"), listed(second, "%d"))
	}
	tests := map[string]struct{ fits, not, want string }{
		"policies": {experiment("policies: [%s]", listed(64, "{name: p%d, profile: random}")), experiment("policies: [%s]", listed(65, "{name: p%d, profile: random}")),
			"s.yaml:33:18: spec.policies: more than 64 policies"},
		"axes":         {axes(8), axes(9), "s.yaml:33:14: spec.axes: more than 8 axes"},
		"combinations": {values(100, 100), values(100, 101), "s.yaml:33:502: spec.axes[1].values: more than 10000 combinations of values"},
		"seeds": {experiment("seeds: 100000, until: {metric: m, halfWidth: 1, atMost: 100000}"), experiment("seeds: 100001, until: {metric: m, halfWidth: 1, atMost: 100001}"),
			"s.yaml:33:15: spec.seeds: more than 100000 seeds\ns.yaml:33:64: spec.until.atMost: more than 100000 seeds"},
		"metrics":        {experiment("metrics: [%s]", listed(1000, "m%d")), experiment("metrics: [%s]", listed(1001, "m%d")), "s.yaml:33:17: spec.metrics: more than 1000 metrics"},
		"assertions":     {experiment("assertions: [%s]", listed(1000, "m < %d")), experiment("assertions: [%s]", listed(1001, "m < %d")), "s.yaml:33:20: spec.assertions: more than 1000 assertions"},
		"custom metrics": {experiment("custom: [%s]", listed(100, "{name: m%d, value: a}")), experiment("custom: [%s]", listed(101, "{name: m%d, value: a}")), "s.yaml:33:16: spec.custom: more than 100 metrics of your own"},
		"expression": {experiment("custom: [{name: m, value: %s}], assertions: [%[1]s]", long(2000)), experiment("custom: [{name: m, value: %s}], assertions: [%[1]s]", long(2001)),
			"s.yaml:33:34: spec.custom[0].value: longer than 2000 bytes\ns.yaml:33:2052: spec.assertions[0]: longer than 2000 bytes"},
		"name of a metric": {experiment("custom: [{name: %s, value: a}]", long(63)), experiment("custom: [{name: %s, value: a}]", long(64)),
			`s.yaml:33:24: spec.custom[0].name: got "` + long(60) + `…"; want letters, digits, ., _ and -, at most 63, a letter first`},
		"name of a group": {document("NodeGroup", long(63), "{count: 1, template: {}}"), document("NodeGroup", long(64), "{count: 1, template: {}}"),
			`s.yaml:18:18: metadata.name: got "` + long(60) + `…"; want lower-case letters, digits and -, at most 63`},
		"zone": {document("NodeGroup", "g", "{count: 1, zones: ["+long(63)+"], template: {}}"), document("NodeGroup", "g", "{count: 1, zones: ["+long(64)+"], template: {}}"),
			`s.yaml:19:26: spec.zones[0]: got "` + long(60) + `…"; want the value of a label`},
		"kinds of resources": {devices(models.MaxResources - 4), devices(models.MaxResources - 3), // four are always there
			`s.yaml:19:236: spec.template.status.capacity["example.com/d9"]: resource "example.com/d9" is one too many: at most 16 kinds of resources in a run ` +
				"(known: [cpu memory ephemeral-storage pods example.com/d0 example.com/d1 example.com/d10 example.com/d11 example.com/d12 example.com/d2 " +
				"example.com/d3 example.com/d4 example.com/d5 example.com/d6 example.com/d7 example.com/d8])"},
		"points of a curve": {curve(limits.CurvePoints), curve(limits.CurvePoints + 1), "s.yaml:20:35: spec.arrivals.points: got 10001 points; want 1 to 10000"},
		"limit of a workload": {workload("w", "arrivals: {type: poisson, rate: 1/h, limit: 100000000}"), workload("w", "arrivals: {type: poisson, rate: 1/h, limit: 100000001}"),
			"s.yaml:20:47: spec.arrivals.limit: got 100000001; want at most 100000000"},
		"objects at once": {workload("w", "arrivals: {type: once, count: 100000000}"), workload("w", "arrivals: {type: once, count: 100000001}"),
			"s.yaml:20:33: spec.arrivals.count: got 100000001; want at most 100000000"},
		"rate": {workload("w", "arrivals: {type: poisson, rate: 1000000/s}"), workload("w", "arrivals: {type: poisson, rate: 1000001/s}"),
			`s.yaml:20:35: spec.arrivals.rate: got "1000001/s"; want at most 1000000/s`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := loadError(t, input(base+test.fits)); got != "" {
				t.Errorf("at the limit: got %.300s", got)
			}
			if diff := cmp.Diff(test.want, loadError(t, input(base+test.not))); diff != "" {
				t.Errorf("past the limit: -want +got:\n%s", diff)
			}
		})
	}
}

// TestMessagesShowHostileTextEscaped puts into every place that a message repeats
// what would recolour a terminal, erase lines or turn their direction.
func TestMessagesShowHostileTextEscaped(t *testing.T) {
	const evil = "\x1b[31m\x07\u202e\u0085\u2028\n|x"
	quoted := `"\e[31m\a\u202e\N\L\n|x"`
	docs := []string{
		document("NodeGroup", quoted, "{count: 1, template: {}}"), document(quoted, "x", "{}"),
		document("NodeGroup", "g", "{"+quoted+": 1, count: "+quoted+", template: {}, zones: ["+quoted+"]}"),
		document("FaultPlan", "f", "{faults: [{name: "+quoted+", at: "+quoted+", action: "+quoted+"}, {at: 1h, target: {nodes: ["+quoted+"], nodeGroups: ["+quoted+"]}}]}"),
		document("Assertions", "a", "{assertions: [{that: "+quoted+", at: 9h}]}"),
		workload("w", "arrivals: {type: "+quoted+"}\nlifetime: {type: "+quoted+", "+quoted+": 1}"),
		podDocument("priorityClassName: " + quoted + ", nodeSelector: {" + quoted + ": " + quoted + "}, containers: [{name: " + quoted + "}]"),
		strings.ReplaceAll(deploymentDocument, "labels: {app: a}", "labels: {app: "+quoted+"}"),
		"apiVersion: " + quoted + "\nkind: " + quoted + "\n", "a: *" + "\u00e9\u0301x\n", "a: !x\u202ey 1\n",
		scenarioWith("{includes: [" + quoted + "], data: [{name: " + quoted + ", format: " + quoted + ", path: " + quoted + "}]}"),
	}
	for _, doc := range docs {
		for _, name := range []string{"s.yaml", evil} {
			in := input(base + doc)
			in.Files[0].Name = name
			in.Set = []string{"NodeGroup/" + evil + ".spec=1", "NodeGroup/workers." + evil + "=1", "NodeGroup/workers.spec.zones=[\"" + evil + "\", 5]"}
			in.Data = map[string]string{evil: evil}
			_, err := scenarios.Load(in)
			if err == nil {
				t.Fatalf("%q is read", doc)
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if strings.ContainsFunc(line, func(c rune) bool { return !unicode.IsPrint(c) }) || strings.HasPrefix(line, "|x") {
					t.Errorf("%q: unsafe line %q", doc, line)
				}
			}
		}
	}
}
