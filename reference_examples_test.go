package podsim_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/bench/experiment"
	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// fences returns the code blocks of a language.
func fences(page, language string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// loadBeside loads documents beside the first example of the page, which brings
// nodes and a Deployment.
func loadBeside(t *testing.T, page, text string) (*scenarios.Run, error) {
	t.Helper()
	return scenarios.Load(beside(t, page, text))
}

func beside(t *testing.T, page, text string) scenarios.Input {
	t.Helper()
	dir := t.TempDir()
	data := map[string]string{}
	for name, content := range map[string]string{"outages": fences(page, "csv")[0], "trace": fences(page, "csv")[1], "loading": fences(page, "text")[0]} {
		if strings.Contains(text, "name: "+name+",") {
			data[name] = filepath.Join(dir, name)
			if err := os.WriteFile(data[name], []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	files := []scenarios.File{{Name: "example.yaml", Reader: strings.NewReader(text)}}
	if base := fences(page, "yaml")[0]; base != text {
		files = append(files, scenarios.File{Name: "first.yaml", Reader: strings.NewReader(base)})
	}
	in := scenarios.Input{Files: files, Data: data}
	if !strings.Contains(text, "kind: Scenario") {
		in.For = 24 * time.Hour
	}
	return in
}

func TestTheExamplesOfTheScenarioReferenceAreValid(t *testing.T) {
	page := readReference(t)
	kinds := make(map[string]bool)
	for _, text := range fences(page, "yaml") {
		run, err := loadBeside(t, page, text)
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			continue
		}
		if strings.Contains(text, "kind: Experiment") {
			e, err := scenarios.LoadExperiment(scenarios.ExperimentInput{Base: beside(t, page, text)})
			if err == nil {
				err = experiment.Validate(e, experiment.FromFlags{})
			}
			if err != nil {
				t.Errorf("%v in\n%s", err, text)
			}
		}
		if strings.Contains(text, "kind: Plan") {
			if err := validatePlan(beside(t, page, text)); err != nil {
				t.Errorf("%v in\n%s", err, text)
			}
		}
		for _, a := range run.Assertions {
			within := reports.Assertion{Text: a.Text, At: a.At, From: a.From, Until: a.Until, Always: a.Always}
			if _, err := reports.CompileAssertion(within, run.Dictionary); err != nil {
				t.Errorf("%s: %v", a.Text, err)
			}
		}
		for _, kind := range scenarios.Kinds() {
			kinds[kind.Name] = kinds[kind.Name] || strings.Contains(text, "\nkind: "+kind.Name+"\n")
		}
	}
	for kind, ok := range kinds {
		if !ok {
			t.Errorf("%s has no example", kind)
		}
	}
}

// validatePlan loads a plan and compiles its objectives.
func validatePlan(in scenarios.Input) error {
	p, err := scenarios.LoadPlan(scenarios.PlanInput{Base: in})
	if err != nil {
		return err
	}
	mix := make([]int, len(p.Candidates))
	for i := range p.Candidates {
		mix[i] = p.Candidates[i].Max
	}
	run, err := p.Load(mix, 0, p.FirstSeed)
	if err != nil {
		return err
	}
	return judge.Verify(run, p.Objectives)
}

// Arrivals and distributions in the text stand in a Workload here.
func TestTheValuesInTheScenarioReferenceAreValid(t *testing.T) {
	page := readReference(t)
	arrivals := make(map[string]bool)
	for _, a := range scenarios.ArrivalTypes() {
		arrivals[a.Name] = true
	}
	values := regexp.MustCompile("(?s)`\\{type: (\\w+).*?\\}`").FindAllStringSubmatch(page, -1)
	for _, value := range values {
		text := strings.Trim(value[0], "`")
		fields := "arrivals: {type: once}\n  runTime: " + text
		switch {
		case value[1] == "trace":
			continue // in an example of its own
		case arrivals[value[1]]:
			fields = "arrivals: " + text
		case strings.Contains(text, "weights: [99"):
			fields = "arrivals: {type: once}\n  exitCode: " + text
		}
		workload := "apiVersion: podsim/v1alpha1\nkind: Workload\nmetadata: {name: w}\nspec:\n  " + fields + `
  template: {apiVersion: v1, kind: Pod, spec: {restartPolicy: Never, containers: [{name: main, image: main}]}}
`
		if _, err := loadBeside(t, page, workload); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if len(values) < 10 {
		t.Errorf("%d values found in the page; want those of the text", len(values))
	}
}

func TestTheScenarioReferenceKnowsTheCommandLine(t *testing.T) {
	page := readReference(t)
	run, _, err := app.New(nil, io.Discard, io.Discard).Find([]string{"run"})
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile("[ `]--([a-z][a-z-]*)").FindAllStringSubmatch(page, -1) {
		if run.Flags().Lookup(match[1]) == nil {
			t.Errorf("podsim run has no option --%s", match[1])
		}
	}
	for _, code := range []int{app.ExitPass, app.ExitAssertion, app.ExitBadInput, app.ExitInternal, app.ExitInterrupted} {
		if !strings.Contains(page, fmt.Sprintf("\n| %d | ", code)) {
			t.Errorf("the page does not explain exit code %d", code)
		}
	}
	embedded, _ := scenarios.LookupEmbedded("zone-outage")
	for _, match := range regexp.MustCompile(`podsim run zone-outage --set '?([^'\n]*)`).FindAllStringSubmatch(page, -1) {
		in := scenarios.Input{Files: []scenarios.File{embedded.File()}, Set: []string{match[1]}}
		if _, err := scenarios.Load(in); err != nil {
			t.Error(err)
		}
	}
}
