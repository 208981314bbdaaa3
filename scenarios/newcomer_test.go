package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
)

// What people try first must work, or say what is wrong.

func TestNodesOfAGroupHaveTheLabelsOfAKubelet(t *testing.T) {
	run := mustLoad(t, input(strings.Replace(base, "template: {status", "template: {metadata: {labels: {kubernetes.io/arch: arm64}}, status", 1)))
	for key, want := range map[string]string{
		"kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64", "beta.kubernetes.io/arch": "amd64", models.LabelHostname: "workers-0",
	} {
		value, _ := run.Config.Nodes[0].Labels.Get(run.Dictionary.Sym(key))
		if got := run.Dictionary.String(value); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}

func TestWhatIsNotARegularFileIsRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{pipe, dir, "/dev/zero"} {
		if _, err := os.Stat(name); err != nil {
			continue
		}
		got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: name}}})
		if want := name + ": not a regular file"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAFileThatCannotBeReadIsTheOnlyProblem(t *testing.T) {
	for _, text := range []string{"", "\tkind: x\n", "kind: [\n"} {
		got := loadError(t, input(text))
		if strings.Contains(got, "no nodes") || strings.Contains(got, "\n") {
			t.Errorf("%q: got %q, want one problem", text, got)
		}
	}
}

func TestARateHasABound(t *testing.T) {
	for rate, want := range map[string]string{
		"1000000/s": "", "1000001/s": `got "1000001/s"; want at most 1000000/s`, "1e300/s": "want",
	} {
		got := loadError(t, input(base+workload("w", "arrivals: {type: poisson, rate: "+rate+"}\nrunTime: 1m")))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", rate, got, want)
		}
	}
}

func TestAShorterRunLeavesOutWhatLiesBehindItsEnd(t *testing.T) {
	text := base + document("FaultPlan", "f", "{faults: [{name: late, at: 5h}]}") +
		document("Assertions", "a", `{assertions: [{that: "pods.pending == 0", at: 6h}]}`)
	in := input(text)
	in.For = time.Hour
	notes := strings.Join(mustLoad(t, in).Assumptions, "\n")
	for _, want := range []string{
		`"pods.pending == 0" is not checked: the run ends before it could be, at 1h0m0s`,
		"fault late at 5h0m0s lies after the end of the run, at 1h0m0s",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("got %q, want %q", notes, want)
		}
	}
	late := strings.Replace(text, "at: 5h", "at: 9h", 1)
	if got := loadError(t, input(late)); !strings.Contains(got, "spec.faults[0].at: 9h0m0s lies after the end of the run, at 8h0m0s") {
		t.Errorf("in the scenario itself: got %q", got)
	}
}

func TestPodsThatWaitForEverAreNoted(t *testing.T) {
	for spec, want := range map[string]string{
		"schedulerName: other":             `pods of scheduler "other" stay Pending: no profile has this name`,
		"schedulingGates: [{name: a.b/c}]": `pods with the scheduling gate "a.b/c" stay Pending: nobody removes it`,
		"schedulerName: default-scheduler": "",
	} {
		pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {" + spec + ", containers: [{name: c, image: i}]}\n"
		got := strings.Join(mustLoad(t, input(base+pod)).Assumptions, "\n")
		if got != want {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
}

func TestLatenciesMayBeMeasurements(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"s.yaml": strings.Replace(base, "{for: 8h, seed: 7}",
			"{for: 8h, data: [{name: pulls, format: samples, path: pulls.txt}], latencies: {imagePull: {type: empirical, data: pulls}}}", 1),
		"pulls.txt": "3\n5\n",
	})
	run := mustLoad(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "s.yaml")}}})
	if got := run.Config.Kubelet.ImagePull.Mean(); got != 4 {
		t.Errorf("the mean pull takes %v s, want 4", got)
	}
}

func TestNullIsNoValue(t *testing.T) {
	for text, want := range map[string]string{
		workload("w", "arrivals: {type: poisson, rate: null}\nrunTime: 1m"):         "spec.arrivals: rate is missing; poisson needs it",
		workload("w", "arrivals: {type: curve, points: [null]}\nrunTime: 1m"):       "spec.arrivals.points[0]: got null; want a value",
		workload("w", "arrivals: {type: renewal, between: null}\nrunTime: 1m"):      "spec.arrivals: between is missing; renewal needs it",
		"apiVersion: podsim/v1alpha1\nkind: Assertions\nmetadata: {name: f}\n":      "spec is missing",
		"apiVersion: podsim/v1alpha1\nkind: FaultPlan\nmetadata: {name: f}\n":       "nothing says what breaks; want faults or data",
		document("Assertions", "a", "{assertions: [null]}"):                         "spec.assertions[0]: got null; want a value",
		document("FaultPlan", "f", "{faults: [{at: 1h, target: {zones: [null]}}]}"): "spec.faults[0].target.zones[0]: got null; want a value",
	} {
		if got := loadError(t, input(base+text)); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
