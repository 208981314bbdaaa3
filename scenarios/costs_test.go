package scenarios_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
)

// costed is a scenario with more fields of its spec and a pod with labels.
func costed(fields string) string {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {team: red, example.com/cost-centre: x}}\n" +
		"spec: {containers: [{name: m, image: i}]}\n---\n"
	return strings.Replace(base, "seed: 7", fields, 1) + pod
}

func TestProblemsWithCostLabelAndShape(t *testing.T) {
	for name, test := range map[string]struct{ fields, want string }{
		"a label that pods have":   {"costLabel: example.com/cost-centre", ""},
		"a misspelt label":         {"costLabel: teem", `s.yaml:4:28: spec.costLabel: unknown label of pods "teem"; did you mean "team"?`},
		"another label":            {"costLabel: owner", `s.yaml:4:28: spec.costLabel: unknown label of pods "owner" (known: example.com/cost-centre, team)`},
		"no key":                   {"costLabel: a b", `s.yaml:4:28: spec.costLabel: invalid label key "a b"`},
		"no label":                 {"costLabel: null", ""},
		"a shape":                  {"shape: {cpu: 500m, memory: 1Gi, nvidia.com/gpu: 1}", ""},
		"no shape":                 {"shape: null", ""},
		"a misspelt resource":      {"shape: {memroy: 1Gi}", `s.yaml:4:25: spec.shape.memroy: unknown resource "memroy"; did you mean memory?`},
		"a resource of a claim":    {"shape: {storage: 1Gi}", `s.yaml:4:34: spec.shape.storage: unknown resource "storage" of a container; did you mean ephemeral-storage?`},
		"a number of pods":         {"shape: {pods: 2}", `s.yaml:4:31: spec.shape.pods: resource "pods" is not for containers`},
		"no quantity":              {"shape: {cpu: lots}", `s.yaml:4:30: spec.shape.cpu: invalid quantity "lots"`},
		"a negative amount":        {"shape: {cpu: -1}", `s.yaml:4:30: spec.shape.cpu: amounts must not be negative`},
		"an empty shape":           {"shape: {}", `s.yaml:4:24: spec.shape: a pod that requests nothing; want resources such as {cpu: 2, memory: 4Gi}`},
		"a shape of nothing":       {"shape: {cpu: 0}", `s.yaml:4:24: spec.shape: a pod that requests nothing; want resources such as {cpu: 2, memory: 4Gi}`},
		"a shape that is no map":   {"shape: 3", `s.yaml:4:24: spec.shape: got a whole number; want a map of resources`},
		"everything wrong at once": {"shape: {cpu: x}, costLabel: a b", `s.yaml:4:30: spec.shape.cpu: invalid quantity "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := loadError(t, input(costed(test.fields)))
			if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if got := loadError(t, input(costed("shape: {cpu: x}, costLabel: a b"))); !strings.Contains(got, "spec.costLabel: invalid") {
		t.Errorf("only the first problem is told: %s", got)
	}
}

func TestCostLabelAndShapeOfARun(t *testing.T) {
	run := mustLoad(t, input(costed("costLabel: team, shape: {cpu: 500m, memory: 1Gi, nvidia.com/gpu: 2}")))
	want := models.Resources{models.CPU: 500, models.Memory: 1 << 30, models.Pods: 1, models.FirstExtended: 2}
	if diff := cmp.Diff(&want, run.Shape); diff != "" || run.CostLabel != "team" {
		t.Errorf("label %q, shape (-want +got):\n%s", run.CostLabel, diff)
	}
	if names := run.Dictionary.ResourceNames(); names[models.FirstExtended] != "nvidia.com/gpu" {
		t.Errorf("resources are %v", names)
	}
	free := strings.Replace(costed("costLabel: team"), "price: 0.5", "price: 0", 1)
	if got := strings.Join(mustLoad(t, input(free)).Assumptions, "\n"); !strings.Contains(got, `no costs are told by the label "team"`) {
		t.Errorf("assumptions: %s", got)
	}
}

// What the including Scenario says counts, also if it says that there is none.
func TestIncludingScenariosChangeCostLabelAndShape(t *testing.T) {
	const included = "apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {costLabel: owner, shape: {cpu: 1, memory: 2Gi}}\n"
	load := func(fields string) *scenarios.Run {
		dir := t.TempDir()
		write(t, dir, map[string]string{"s.yaml": costed("includes: [more.yaml], " + fields), "more.yaml": included})
		return mustLoad(t, scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, "s.yaml")}}})
	}
	run := load("costLabel: team, shape: {cpu: 2}")
	if want := (models.Resources{models.CPU: 2000, models.Pods: 1}); *run.Shape != want || run.CostLabel != "team" {
		t.Errorf("got label %q and shape %v", run.CostLabel, run.Shape)
	}
	if run = load("costLabel: null, shape: null"); run.Shape != nil || run.CostLabel != "" {
		t.Errorf("got label %q and shape %v; want neither", run.CostLabel, run.Shape)
	}
}
