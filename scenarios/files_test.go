package scenarios_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/scenarios"
)

// write writes files into a folder; those whose text begins with -> are symbolic
// links.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(text, "->"); ok {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func scenarioWith(spec string) string {
	return "apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: " + spec + "\n---\n"
}

func TestIncludes(t *testing.T) {
	nodes := base[strings.Index(base, "---\n")+4:]
	tests := map[string]struct {
		files map[string]string
		want  string // with DIR for the folder; empty if it loads
	}{
		"relative to the file that includes": {map[string]string{
			"a.yaml": scenarioWith("{for: 1h, includes: [sub/b.yaml]}"), "sub/b.yaml": scenarioWith("{includes: [../c.yaml, d.yaml]}"),
			"c.yaml": nodes, "sub/d.yaml": document("Assertions", "x", "{assertions: [{that: x}]}"),
		}, ""},
		"twice is once": {map[string]string{
			"a.yaml": scenarioWith("{includes: [b.yaml, c.yaml, ./b.yaml]}"), "b.yaml": nodes,
			"c.yaml": scenarioWith("{includes: [b.yaml]}"),
		}, ""},
		"link within the folder": {map[string]string{
			"a.yaml": scenarioWith("{includes: [b.yaml]}"), "b.yaml": "->c.yaml", "c.yaml": nodes,
		}, ""},
		"cycle": {map[string]string{
			"a.yaml": scenarioWith("{includes: [b.yaml]}") + nodes, "b.yaml": scenarioWith("{includes: [sub/c.yaml]}"),
			"sub/c.yaml": scenarioWith("{includes: [../a.yaml]}"),
		}, `DIR/sub/c.yaml:3:19: spec.includes[0]: files include each other: a.yaml → b.yaml → sub/c.yaml → a.yaml`},
		"itself": {map[string]string{
			"a.yaml": scenarioWith("{includes: [a.yaml]}") + nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: files include each other: a.yaml → a.yaml`},
		"parent": {map[string]string{
			"a.yaml": scenarioWith("{includes: [../secret.yaml]}") + nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: "../secret.yaml" leaves the folder of the scenario`},
		"parent in disguise": {map[string]string{
			"a.yaml": scenarioWith("{includes: [sub/../../secret.yaml]}") + nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: "sub/../../secret.yaml" leaves the folder of the scenario`},
		"absolute": {map[string]string{
			"a.yaml": scenarioWith("{includes: [/etc/passwd]}") + nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: "/etc/passwd" leaves the folder of the scenario`},
		"link to the outside": {map[string]string{
			"a.yaml": scenarioWith("{includes: [b.yaml]}") + nodes, "b.yaml": "->../secret.yaml",
		}, `DIR/a.yaml:3:19: spec.includes[0]: "b.yaml": leaves the folder of the scenario`},
		"folder linked to the outside": {map[string]string{
			"a.yaml": scenarioWith("{includes: [sub/secret.yaml]}") + nodes, "sub": "->..",
		}, `DIR/a.yaml:3:19: spec.includes[0]: "sub/secret.yaml": leaves the folder of the scenario`},
		"missing": {map[string]string{
			"a.yaml": scenarioWith("{includes: [b.yaml]}") + nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: "b.yaml": no such file`},
		"a folder": {map[string]string{
			"a.yaml": scenarioWith("{includes: [sub]}") + nodes, "sub/b.yaml": nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: "sub": not a regular file`},
		"a device": {map[string]string{
			"a.yaml": scenarioWith("{includes: [b.yaml]}") + nodes, "b.yaml": "->/dev/zero",
		}, `DIR/a.yaml:3:19: spec.includes[0]: "b.yaml": leaves the folder of the scenario`},
		"no name": {map[string]string{
			"a.yaml": scenarioWith(`{includes: [""]}`) + nodes,
		}, `DIR/a.yaml:3:19: spec.includes[0]: "" the name is empty`},
		"no list": {map[string]string{
			"a.yaml": scenarioWith("{includes: b.yaml}") + nodes,
		}, `DIR/a.yaml:3:18: spec.includes: got a string "b.yaml"; want a list`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "scenario")
			write(t, filepath.Dir(dir), map[string]string{"secret.yaml": nodes})
			write(t, dir, test.files)
			got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "a.yaml")}}})
			if diff := cmp.Diff(strings.ReplaceAll(test.want, "DIR", dir), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTooManyFiles(t *testing.T) {
	for extra, want := range []string{"", "more than 256 files"} {
		dir := t.TempDir()
		var names []string
		files := make(map[string]string)
		for i := range limits.Files - 1 + extra {
			name := fmt.Sprintf("n%d.yaml", i)
			names, files[name] = append(names, name), document("NodeGroup", fmt.Sprintf("g%d", i), "{count: 1, template: {}}")
		}
		files["a.yaml"] = scenarioWith("{includes: [" + strings.Join(names, ", ") + "]}")
		write(t, dir, files)
		got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "a.yaml")}}})
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%d files: got %q; want %q", limits.Files+extra, got, want)
		}
	}
}

func TestTheIncludingScenarioHasTheLastWord(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"base.yaml": base,
		"a.yaml":    "apiVersion: podsim/v1alpha1\nkind: Scenario\nmetadata: {name: variant}\nspec: {includes: [base.yaml], seed: 8}\n",
	})
	run := mustLoad(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "a.yaml")}}})
	if run.Name != "variant" || run.Config.Seed != 8 || run.Config.Horizon.String() != "8h0m0s" || len(run.Config.Nodes) != 4 {
		t.Errorf("got %s, seed %d, %v, %d nodes; want variant, 8, 8h, 4", run.Name, run.Config.Seed, run.Config.Horizon, len(run.Config.Nodes))
	}
	if len(run.Inputs) != 2 {
		t.Errorf("got inputs %v; want two", run.Inputs)
	}
}

func TestDataFiles(t *testing.T) {
	text := strings.Replace(base, "for: 8h", "for: 8h, data: [{name: t, format: samples, path: d/t.txt}, {name: u, format: samples}]", 1)
	fromFile := workload("w", "arrivals: {type: once}\nrunTime: {type: empirical, file: d/t.txt}")
	fromData := workload("w", "arrivals: {type: once}\nrunTime: {type: empirical, data: t}")
	unbound := workload("w", "arrivals: {type: once}\nrunTime: {type: empirical, data: u}")
	tests := map[string]struct {
		text, samples string
		data          map[string]string
		want          string
	}{
		"file":         {fromFile, "10\n20 # a comment\n", nil, ""},
		"default":      {fromData, "10\n20\n", nil, ""},
		"bound":        {unbound, "", map[string]string{"u": "DIR/d/other.txt"}, ""},
		"not bound":    {unbound, "1\n", nil, `DIR/a.yaml:21:36: spec.runTime.data: data "u" are not bound; want --data u=PATH`},
		"bad sample":   {fromFile, "10\n5s\n", nil, `DIR/d/t.txt:2:1: want one number, without a unit (got "5s")`},
		"unknown data": {fromData, "1\n", map[string]string{"v": "x"}, `--data v=x: unknown data "v" (known: t, u)`},
		"missing file": {unbound, "1\n", map[string]string{"u": "DIR/none"}, `DIR/a.yaml:21:36: spec.runTime.data: data "u": "DIR/none": no such file`},
		"wrong format": {workload("w", "arrivals: {type: trace, data: t}"), "1\n", nil, `data "t" are of format samples; want dlrm`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"a.yaml": text + test.text, "d/t.txt": test.samples, "d/other.txt": "30\n"})
			in := scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "a.yaml")}}, Data: map[string]string{}}
			for name, path := range test.data {
				in.Data[name] = strings.ReplaceAll(path, "DIR", dir)
			}
			got := strings.ReplaceAll(loadError(t, in), dir, "DIR")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSet(t *testing.T) {
	text := base + document("FaultPlan", "f", "{faults: [{at: 1h}]}") +
		workload("my-batch", "arrivals: {type: poisson, rate: 40/m}") +
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web.v2}\nspec: {replicas: 2, selector: {matchLabels: {a: b}}, " +
		"template: {metadata: {labels: {a: b}}, spec: {containers: [{name: m, image: i}]}}}\n"
	tests := map[string]struct {
		set   string
		want  string // of the error; empty if it loads
		check func(*scenarios.Run) any
		value any
	}{
		"field":         {"NodeGroup/workers.spec.count=9", "", func(r *scenarios.Run) any { return len(r.Config.Nodes) }, 9},
		"without name":  {"Scenario.spec.seed=18446744073709551615", "", func(r *scenarios.Run) any { return r.Config.Seed }, uint64(1<<64 - 1)},
		"absent field":  {"NodeGroup.spec.zones=[x]", "", func(r *scenarios.Run) any { return len(r.Config.Nodes) }, 4},
		"absent maps":   {"Scenario.spec.latencies.decision=7ms", "", func(r *scenarios.Run) any { return r.Config.Latencies.Decision.String() }, "7ms"},
		"item":          {"FaultPlan/f.spec.faults[0].at=2h", "", func(r *scenarios.Run) any { return r.Config.Faults[0].At[0].String() }, "2h0m0s"},
		"new item":      {"FaultPlan/f.spec.faults[1]={at: 3h}", "", func(r *scenarios.Run) any { return len(r.Config.Faults) }, 2},
		"dots in names": {"Deployment/web.v2.spec.replicas=5", "", func(r *scenarios.Run) any { a, _, _ := r.Config.Sources[0].Next(); return a.Template.Owner.Replicas }, int32(5)},
		"quoted name": {`NodeGroup/workers.spec.template.metadata.labels["example.com/disk.type"]=ssd`, "",
			func(r *scenarios.Run) any {
				value, _ := r.Config.Nodes[0].Labels.Get(r.Dictionary.Sym("example.com/disk.type"))
				return r.Dictionary.String(value)
			}, "ssd"},
		"a name": {"Scenario.metadata.name=other", "", func(r *scenarios.Run) any { return r.Name }, "other"},

		"no value":       {"NodeGroup/workers", "--set NodeGroup/workers: want Kind/name.path=value, such as Workload/web.spec.arrivals.rate=40/m", nil, nil},
		"unknown name":   {"Workload/batch.spec.lifetime=1h", `--set Workload/batch.spec.lifetime=1h: unknown object "Workload/batch"; did you mean "Workload/my-batch"?`, nil, nil},
		"unknown kind":   {"Job.spec.x=1", `--set Job.spec.x=1: unknown object "Job" (known: Scenario/base, NodeGroup/workers, FaultPlan/f, Workload/my-batch, Deployment/web.v2)`, nil, nil},
		"unknown field":  {"NodeGroup/workers.spec.cuont=9", `--set NodeGroup/workers.spec.cuont=9: spec.cuont: unknown field "cuont"; did you mean "count"?`, nil, nil},
		"wrong value":    {"NodeGroup/workers.spec.count=many", `--set NodeGroup/workers.spec.count=many: spec.count: got a string "many"; want a whole number`, nil, nil},
		"broken value":   {"NodeGroup/workers.spec.zones=[a", "--set NodeGroup/workers.spec.zones=[a: value: ", nil, nil},
		"two values":     {"NodeGroup/workers.spec.count=1\nx: 2", "want one YAML value", nil, nil},
		"into a scalar":  {"NodeGroup/workers.spec.count.x=1", `spec.count is a whole number and has no field "x"`, nil, nil},
		"into no list":   {"NodeGroup/workers.spec.count[0]=1", "spec.count is no list", nil, nil},
		"past the end":   {"FaultPlan/f.spec.faults[2].at=1h", "spec.faults has 1 items; want an index up to 1", nil, nil},
		"bad index":      {"FaultPlan/f.spec.faults[x].at=1h", `path "spec.faults[x].at": want an index in brackets, such as faults[0]`, nil, nil},
		"negative index": {"FaultPlan/f.spec.faults[-1].at=1h", `path "spec.faults[-1].at": want an index in brackets`, nil, nil},
		"empty step":     {"NodeGroup/workers.spec..count=1", `path "spec..count": want fields with dots between`, nil, nil},
		"quoted unknown": {`NodeGroup/workers.spec["a.b"].c=1`, `--set NodeGroup/workers.spec["a.b"].c=1: spec["a.b"]: unknown field "a.b"`, nil, nil},
		"odd unknown":    {"NodeGroup/workers.spec.a/b=1", `--set NodeGroup/workers.spec.a/b=1: spec["a/b"]: unknown field "a/b"`, nil, nil},
		"open bracket":   {`NodeGroup/workers.spec["a.b"=1`, `want an index in brackets, such as faults[0], or a quoted name`, nil, nil},
		"no dot":         {"FaultPlan/f.spec.faults[0]at=1h", `path "spec.faults[0]at": want fields with dots between`, nil, nil},
		"kind":           {"NodeGroup/workers.kind=Workload", "kind cannot be set", nil, nil},
		"includes":       {"Scenario.spec.includes=[x]", "includes are read before anything is set", nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(text)
			in.Set = []string{test.set}
			if test.check == nil {
				if got := loadError(t, in); !strings.Contains(got, test.want) {
					t.Errorf("got  %s\nwant %s", got, test.want)
				}
				return
			}
			if got := test.check(mustLoad(t, in)); got != test.value {
				t.Errorf("got %v; want %v", got, test.value)
			}
		})
	}
}

func TestCommandLineWinsOverTheScenario(t *testing.T) {
	in := input(base)
	seed := uint64(99)
	in.Seed, in.For = &seed, 90_000_000_000
	run := mustLoad(t, in)
	if run.Config.Seed != 99 || run.Config.Horizon != models.Time(in.For) {
		t.Errorf("got seed %d, %v; want 99, 1m30s", run.Config.Seed, run.Config.Horizon)
	}
}
