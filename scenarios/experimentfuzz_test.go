package scenarios_test

import (
	"errors"
	"testing"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

// FuzzExperiment loads whatever it is given as an experiment: it fails with
// problems, or every run of it loads and has a key of its own.
func FuzzExperiment(f *testing.F) {
	for _, spec := range []string{
		"{}", "{policies: [{name: a, profile: random}, {name: b, set: [NodeGroup/workers.spec.count=2]}], baseline: b}",
		`{policies: [{name: scenario}, {name: default}], axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [2, "3", {a: b}]}], seeds: 3}`,
		`{axes: [{name: z, set: NodeGroup/workers.spec.zones, values: [[a], [b, c]]}, {name: p, set: NodeGroup/workers.spec.price, values: [1, 2.5]}],
  firstSeed: 18446744073709551615, warmUp: 1h, until: {metric: m, halfWidth: 5%}}`,
		`{custom: [{name: m, over: pods, value: "1"}, {name: n, value: metric('m')}], metrics: [m], assertions: [m < 3], confidence: 0.8}`,
	} {
		f.Add(experimentWith(spec) + policyFile("p", "{profile: best-fit, set: [NodeGroup/workers.spec.racks=2]}"))
	}
	f.Add(base + fewNodes + "---\n" + policyFile("p", "{}"))
	f.Fuzz(func(t *testing.T, text string) {
		if hasLargeNumber(text) {
			return
		}
		e, err := scenarios.LoadExperiment(compared(text, "default", "most-allocated"))
		var problems yamlnode.Problems
		if err != nil {
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("got %v", err)
			}
			return
		}
		const most = 10 // combinations
		keys := make(map[string]bool)
		for cell := range e.Cells()[:min(len(e.Cells()), most)] {
			for policy := range e.Policies {
				if _, err := e.Load(policy, cell, e.FirstSeed); err != nil {
					t.Errorf("policy %s: %v", e.Policies[policy].Name, err)
				}
				keys[e.Policies[policy].Digest+e.RunKey(policy, cell, 1)] = true
			}
		}
		if len(e.Policies) < 2 || len(e.Digest) != 64 || len(keys) == 0 {
			t.Errorf("got %+v", e)
		}
	})
}
