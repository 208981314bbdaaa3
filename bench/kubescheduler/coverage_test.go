package kubescheduler

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestWorldsReachEveryRule makes sure that equal decisions prove something: every
// plugin rejects nodes and tells nodes apart somewhere in the usual worlds.
func TestWorldsReachEveryRule(t *testing.T) {
	seen := make(map[string]int)
	drawn, refused := 0, 0
	for seed := range uint64(25) {
		world, invalid := generate(seed + 1)
		refused += invalid
		drawn += invalid
		for _, step := range world.Steps {
			if step.Kind == ArriveBound || step.Kind == SchedulePod {
				drawn++
			}
		}
		if _, err := Compare(&world, func(d *Decision) { note(seen, d) }); err != nil {
			t.Fatal(err)
		}
	}
	if refused*10 > drawn {
		t.Errorf("%d of %d pods would be refused by an API server", refused, drawn)
	}
	for _, want := range []string{
		"rejects: NodeUnschedulable", "rejects: NodeName", "rejects: TaintToleration", "rejects: NodeAffinity", "rejects: NodePorts",
		"rejects: NodeResourcesFit", "tells apart: TaintToleration", "tells apart: NodeAffinity", "tells apart: NodeResourcesFit",
		"tells apart: NodeResourcesBalancedAllocation", "tells apart: ImageLocality", "skips: NodeResourcesBalancedAllocation",
		"skips: NodeAffinity", "reason: Too many pods", "reason: Insufficient cpu", "reason: Insufficient memory",
		"reason: Insufficient ephemeral-storage", "reason: Insufficient nvidia.com/gpu", "reason: Insufficient hugepages-2Mi",
		"restricted to names", "stopped early", "gated", "placed", "tie", "only one fits", "several reasons in a message",
		"message: pod affinity terms conflict.", "message: node(s) didn't satisfy plugin(s) [NodeAffinity]",
	} {
		if seen[want] == 0 {
			t.Errorf("no decision is like this: %s", want)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(seen)) {
		t.Logf("%6d %s", seen[what], what)
	}
}

// note counts what a decision is like.
func note(seen map[string]int, d *Decision) {
	for _, rejection := range d.Rejected {
		seen["rejects: "+rejection.Plugin]++
		for _, reason := range rejection.Reasons {
			seen["reason: "+reason]++
		}
	}
	for _, plugin := range []string{"TaintToleration", "NodeAffinity", "NodeResourcesFit", "NodeResourcesBalancedAllocation", "ImageLocality"} {
		scores, rated := d.Scores[plugin]
		switch {
		case len(d.Totals) > 0 && !rated:
			seen["skips: "+plugin]++
		case differ(scores):
			seen["tells apart: "+plugin]++
		}
	}
	for what, holds := range map[string]bool{
		"restricted to names":                   d.Restricted,
		"stopped early":                         len(d.Feasible) >= 100,
		"gated":                                 d.Gates != "",
		"placed":                                d.Node != "",
		"tie":                                   tied(d),
		"only one fits":                         len(d.Feasible) == 1,
		"several reasons in a message":          strings.Contains(d.Message, ","),
		"message: pod affinity terms conflict.": strings.Contains(d.Message, "pod affinity terms conflict."),
		"message: node(s) didn't satisfy plugin(s) [NodeAffinity]": strings.Contains(d.Message, "node(s) didn't satisfy plugin(s) [NodeAffinity]"),
	} {
		if holds {
			seen[what]++
		}
	}
}

func differ(scores map[string]int64) bool {
	first, found := int64(0), false
	for _, score := range scores {
		if found && score != first {
			return true
		}
		first, found = score, true
	}
	return false
}

func tied(d *Decision) bool {
	count := 0
	for _, total := range d.Totals {
		if total == d.Totals[d.Node] {
			count++
		}
	}
	return count > 1
}
