package kubescheduler

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/scheduler/place"
)

// coverage counts what decisions are like.
type coverage map[string]int

// plugins that rate nodes.
var raters = []string{"TaintToleration", "NodeAffinity", "NodeResourcesFit", "NodeResourcesBalancedAllocation", "ImageLocality",
	"InterPodAffinity", "PodTopologySpread", "VolumeBinding"}

// decision counts what a decision is like.
func (c coverage) decision(d *Decision) {
	c["decisions"]++
	for _, rejection := range d.Rejected {
		c["rejects: "+rejection.Plugin]++
		for _, reason := range rejection.Reasons {
			c["reason: "+reason]++
		}
	}
	for _, plugin := range raters {
		scores, rated := d.Scores[plugin]
		switch {
		case len(d.Totals) > 0 && !rated:
			c["skips: "+plugin]++
		case differ(scores):
			c["tells apart: "+plugin]++
		}
	}
	for what, holds := range map[string]bool{
		"stopped early":                d.Node != "" && len(d.Feasible) >= 100,
		"gated":                        strings.HasPrefix(d.Skipped, "SchedulingGates"),
		"another scheduler":            strings.HasPrefix(d.Skipped, "schedulerName"),
		"placed":                       d.Node != "",
		"tie":                          len(d.best()) > 1,
		"only one fits":                len(d.Feasible) == 1,
		"several reasons in a message": strings.Contains(d.Message, ","),
	} {
		if holds {
			c[what]++
		}
	}
	c.message(d.Message)
}

// message counts the messages that stand for all nodes.
func (c coverage) message(text string) {
	for _, part := range []string{
		"pod affinity terms conflict.", "node(s) didn't satisfy plugin(s) [NodeAffinity]",
		`persistentvolumeclaim "no-such-claim" not found`, "pod has unbound immediate PersistentVolumeClaims",
		"Preemption is not helpful for scheduling", "No preemption victims found for incoming pod", "not eligible due to preemptionPolicy=Never",
	} {
		if strings.Contains(text, part) {
			c["message: "+part]++
		}
	}
}

// placement counts what an attempt is like.
func (c coverage) placement(p *place.Placement) {
	c["attempts"]++
	c.message(p.Message)
	for what, holds := range map[string]bool{
		"preempts": p.Nominated != "", "second attempt": p.Attempt > 1, "second attempt places": p.Attempt > 1 && p.Node != "",
		"tie of candidates": len(p.NominatedBest) > 1, "several victims": len(p.Victims) > 1, "several candidates": len(p.Candidates) > 1,
	} {
		if holds {
			c[what]++
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

// wanted is what the usual worlds have to get to.
var wanted = []string{
	"rejects: NodeUnschedulable", "rejects: TaintToleration", "rejects: NodeAffinity", "rejects: NodePorts", "rejects: NodeResourcesFit",
	"rejects: InterPodAffinity", "rejects: PodTopologySpread", "rejects: VolumeRestrictions", "rejects: NodeVolumeLimits",
	"rejects: VolumeBinding", "rejects: VolumeZone",
	"tells apart: TaintToleration", "tells apart: NodeAffinity", "tells apart: NodeResourcesFit",
	"tells apart: NodeResourcesBalancedAllocation", "tells apart: ImageLocality", "tells apart: InterPodAffinity",
	"tells apart: PodTopologySpread",
	"skips: NodeResourcesBalancedAllocation", "skips: NodeAffinity", "skips: InterPodAffinity", "skips: PodTopologySpread",
	"reason: Too many pods", "reason: Insufficient cpu", "reason: Insufficient memory",
	"reason: Insufficient ephemeral-storage", "reason: Insufficient nvidia.com/gpu", "reason: Insufficient hugepages-2Mi",
	"reason: node(s) didn't match pod affinity rules", "reason: node(s) didn't match pod anti-affinity rules",
	"reason: node(s) didn't satisfy existing pods anti-affinity rules",
	"reason: node(s) didn't match pod topology spread constraints",
	"reason: node(s) didn't match pod topology spread constraints (missing required label)",
	"reason: node(s) exceed max volume count", "reason: node(s) didn't find available persistent volumes to bind",
	"reason: node(s) didn't match PersistentVolume's node affinity", "reason: node(s) had no available volume zone",
	"reason: node(s) had no available disk",
	"stopped early", "gated", "another scheduler", "placed", "tie", "only one fits", "several reasons in a message",
	"message: pod affinity terms conflict.", "message: node(s) didn't satisfy plugin(s) [NodeAffinity]",
	`message: persistentvolumeclaim "no-such-claim" not found`, "message: pod has unbound immediate PersistentVolumeClaims",
	"preempts", "second attempt", "second attempt places", "tie of candidates", "several victims", "several candidates",
	"message: Preemption is not helpful for scheduling", "message: not eligible due to preemptionPolicy=Never",
}

// TestWorldsReachEveryRule makes sure that equal decisions prove something: every
// plugin rejects nodes and tells nodes apart somewhere in the usual worlds.
func TestWorldsReachEveryRule(t *testing.T) {
	seen := make(coverage)
	drawn, refused := 0, 0
	for seed := range uint64(30) {
		world, invalid := generate(seed + 1)
		refused += invalid
		drawn += invalid
		for _, step := range world.Steps {
			if step.Kind == ArriveBound || step.Kind == SchedulePod {
				drawn++
			}
		}
		if _, err := Compare(&world, seen.decision); err != nil {
			t.Fatal(err)
		}
		still := GenerateStill(seed + 1)
		if _, err := ComparePlaces(&still, seen.placement); err != nil {
			t.Fatal(err)
		}
	}
	if refused*10 > drawn {
		t.Errorf("%d of %d pods would be refused by an API server", refused, drawn)
	}
	for _, want := range wanted {
		if seen[want] == 0 {
			t.Errorf("no decision is like this: %s", want)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(seen)) {
		t.Logf("%6d %s", seen[what], what)
	}
}
