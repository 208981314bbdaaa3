package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/scenarios"
)

// workshop is a folder with an experiment that reads a file of each sort.
var workshop = map[string]string{
	"experiment.yaml": document("Experiment", "e", `{scenario: scenario.yaml, policies: [{name: a, file: a.yaml}, {name: b, profile: random}],
  axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [2, 3]}], seeds: 4, warmUp: 1h, custom: [{name: mine, value: "1.0"}]}`),
	"scenario.yaml": scenarioWith("{for: 2h, includes: [nodes.yaml]}") +
		workload("w", "arrivals: {type: poisson, rate: 10/h}\nrunTime: {type: empirical, file: times.txt}") + "---\n" +
		document("Timeline", "t", "{steps: [{at: 1h, apply: {file: pod.yaml}}]}"),
	"pod.yaml":    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: m, image: i}]}\n",
	"nodes.yaml":  strings.Replace(fewNodes, "workers", "others", 1) + "---\n" + fewNodes,
	"times.txt":   "5\n7\n",
	"others.txt":  "6\n8\n",
	"a.yaml":      policyFile("a", "{description: one, set: [NodeGroup/workers.spec.price=2]}") + "---\n" + thirtyPercent,
	"another.txt": "9\n",
}

func loadWorkshop(t *testing.T, change func(dir string, in *scenarios.ExperimentInput)) *scenarios.Experiment {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, workshop)
	in := scenarios.ExperimentInput{Base: scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "experiment.yaml")}}}}
	change(dir, &in)
	return mustLoadExperiment(t, in)
}

// replaceIn changes a file of the workshop.
func replaceIn(t *testing.T, dir, name, old, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	got, err := os.ReadFile(path)
	if err == nil && !strings.Contains(string(got), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	if err == nil {
		err = os.WriteFile(path, []byte(strings.ReplaceAll(string(got), old, text)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestDigestsCoverWhatResultsDependOn changes one thing at a time.
func TestDigestsCoverWhatResultsDependOn(t *testing.T) {
	before := loadWorkshop(t, func(string, *scenarios.ExperimentInput) {})
	file := func(name, old, text string) func(string, *scenarios.ExperimentInput) {
		return func(dir string, _ *scenarios.ExperimentInput) { replaceIn(t, dir, name, old, text) }
	}
	seed := uint64(9)
	for name, test := range map[string]struct {
		change func(dir string, in *scenarios.ExperimentInput)
		all    bool // the digest of the experiment
		keys   []bool
	}{
		"scenario":               {file("scenario.yaml", "10/h", "11/h"), true, []bool{true, true}},
		"included file":          {file("nodes.yaml", "cpu: 8", "cpu: 9"), true, []bool{true, true}},
		"data":                   {file("times.txt", "5", "6"), true, []bool{true, true}},
		"applied file":           {file("pod.yaml", "image: i", "image: j"), true, []bool{true, true}},
		"step":                   {file("scenario.yaml", "at: 1h", "at: 61m"), true, []bool{true, true}},
		"step of the command":    {func(_ string, in *scenarios.ExperimentInput) { in.Base.At = []string{"1h cordon workers-0"} }, true, []bool{true, true}},
		"other data":             {file("scenario.yaml", "times.txt", "others.txt"), true, []bool{true, true}},
		"data that no one reads": {file("another.txt", "9", "8"), false, []bool{false, false}},
		"comment":                {file("scenario.yaml", "kind: Workload", "# a comment\nkind: Workload"), false, []bool{false, false}},
		"policy":                 {file("a.yaml", "price=2", "price=3"), true, []bool{true, false}},
		"configuration":          {file("a.yaml", "Score: 30", "Score: 31"), true, []bool{true, false}},
		"description":            {file("a.yaml", "one", "another"), false, []bool{false, false}},
		"profile":                {file("experiment.yaml", "random", "best-fit"), true, []bool{false, true}},
		"name of a policy":       {file("experiment.yaml", "name: b", "name: c"), false, []bool{false, false}},
		"name of an axis":        {file("experiment.yaml", "nodes", "count"), false, []bool{false, false}},
		"seeds":                  {file("experiment.yaml", "seeds: 4", "seeds: 5"), false, []bool{false, false}},
		"first seed":             {func(_ string, in *scenarios.ExperimentInput) { in.FirstSeed = &seed }, false, []bool{false, false}},
		"metrics":                {func(_ string, in *scenarios.ExperimentInput) { in.Metrics = []string{"cost"} }, false, []bool{false, false}},
		"assertions":             {func(_ string, in *scenarios.ExperimentInput) { in.Assertions = []string{"a < b"} }, false, []bool{false, false}},
		"warm-up":                {file("experiment.yaml", "warmUp: 1h", "warmUp: 30m"), true, []bool{true, true}},
		"metric of one's own":    {file("experiment.yaml", `"1.0"`, `"2.0"`), true, []bool{true, true}},
		"another value":          {file("experiment.yaml", "[2, 3]", "[2, 4]"), true, []bool{false, false}},
		"another policy":         {func(_ string, in *scenarios.ExperimentInput) { in.Policies = []string{"best-fit"} }, true, []bool{false, false}},
		"set":                    {func(_ string, in *scenarios.ExperimentInput) { in.Base.Set = []string{"NodeGroup/others.spec.count=1"} }, true, []bool{true, true}},
		"set of seeds":           {func(_ string, in *scenarios.ExperimentInput) { in.Base.Set = []string{"Experiment.spec.seeds=5"} }, false, []bool{false, false}},
		"duration":               {func(_ string, in *scenarios.ExperimentInput) { in.Base.For = 90 * time.Minute }, true, []bool{true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			after := loadWorkshop(t, test.change)
			if got := before.Digest != after.Digest; got != test.all {
				t.Errorf("another digest of the experiment: %v; want %v", got, test.all)
			}
			for policy, want := range test.keys {
				if got := before.RunKey(policy, 0, 5) != after.RunKey(policy, 0, 5); got != want {
					t.Errorf("another key for policy %d: %v; want %v", policy, got, want)
				}
			}
		})
	}
}

// TestRunKeysAreOfTheContent shows that a run keeps its key wherever its policy
// and its settings stand, and that other runs have others.
func TestRunKeysAreOfTheContent(t *testing.T) {
	keys := make(map[string]string)
	before := loadWorkshop(t, func(string, *scenarios.ExperimentInput) {})
	for policy := range before.Policies {
		for cell := range before.Cells() {
			for seed := range uint64(3) {
				key := before.RunKey(policy, cell, seed)
				if keys[key] != "" {
					t.Errorf("two runs have one key")
				}
				keys[key] = before.Policies[policy].Name + before.Cells()[cell][0].Value
			}
		}
	}
	after := loadWorkshop(t, func(dir string, in *scenarios.ExperimentInput) {
		replaceIn(t, dir, "experiment.yaml", "[{name: a, file: a.yaml}, {name: b, profile: random}]", "[{name: z, profile: default}, {name: b, profile: random}, {name: a, file: a.yaml}]")
		replaceIn(t, dir, "experiment.yaml", "[2, 3]", "[5, 3, 2]")
		if err := os.Rename(filepath.Join(dir, "experiment.yaml"), filepath.Join(dir, "other.yaml")); err != nil {
			t.Fatal(err)
		}
		in.Base.Files[0].Name = filepath.Join(dir, "other.yaml")
	})
	found := 0
	for policy := range after.Policies {
		for cell := range after.Cells() {
			if name := keys[after.RunKey(policy, cell, 2)]; name != "" {
				found++
				if want := after.Policies[policy].Name + after.Cells()[cell][0].Value; name != want {
					t.Errorf("the key of %s is that of %s", want, name)
				}
			}
		}
	}
	if found != 4 {
		t.Errorf("%d of 4 runs kept their keys", found)
	}
}

// TestAnExperimentKeepsWhatItHasRead changes and removes files after they have
// been read.
func TestAnExperimentKeepsWhatItHasRead(t *testing.T) {
	var folder string
	e := loadWorkshop(t, func(dir string, in *scenarios.ExperimentInput) { folder = dir })
	load := func() string {
		if _, err := e.Load(0, 1, 1); err != nil {
			return strings.ReplaceAll(err.Error(), folder, "DIR")
		}
		return ""
	}
	replaceIn(t, folder, "a.yaml", "price=2", "price=x")
	if err := os.Remove(filepath.Join(folder, "experiment.yaml")); err != nil {
		t.Fatal(err)
	}
	if got := load(); got != "" {
		t.Errorf("files in memory: %s", got)
	}
	replaceIn(t, folder, "times.txt", "7", "8")
	if got := load(); got != "DIR/times.txt: has changed since the experiment began" {
		t.Errorf("data: got %q", got)
	}
	replaceIn(t, folder, "nodes.yaml", "cpu: 8", "cpu: 9")
	if got := load(); got != "DIR/nodes.yaml: has changed since the experiment began\nDIR/times.txt: has changed since the experiment began" {
		t.Errorf("included file: got %q", got)
	}
}

// TestStandardInputIsReadOnce reads the scenario from a stream, for every run.
func TestStandardInputIsReadOnce(t *testing.T) {
	in := compared(experimentWith("{}"), "default", "random")
	e := mustLoadExperiment(t, in)
	for range 3 {
		if _, err := e.Load(1, 0, 1); err != nil {
			t.Error(err)
		}
	}
	again := mustLoadExperiment(t, compared(experimentWith("{seeds: 30}"), "random", "default"))
	if e.RunKey(0, 0, 1) != again.RunKey(1, 0, 1) || e.Digest == again.Digest {
		t.Error("the keys do not follow the policies")
	}
	if e.Policies[0].Description != "what Kubernetes does: spreads load over the nodes" {
		t.Errorf("got %+v", e.Policies[0])
	}
}
