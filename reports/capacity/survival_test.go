package capacity_test

import (
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/hostile"
)

// madeUpSurvival has everything that an answer can tell.
func madeUpSurvival(name string) *capacity.Survival {
	const placed = "all pods placed"
	available := "availability(" + name + ") >= 99%"
	cells := func(pending, share float64) []capacity.MatrixCell {
		out := []capacity.MatrixCell{{Asked: true, Met: 2, Of: 2, Worst: ref(pending), Unit: "pods"}, {Asked: true, Met: 2, Of: 2, Worst: ref(share), Unit: reports.UnitShare}}
		if pending > 0 {
			out[0].Met = 0
		}
		if share < 0.99 {
			out[1].Met = 1
		}
		return out
	}
	why := "3 pods are on no node, such as shop/" + name + "-1: Insufficient cpu"
	failure := func(pending, share float64, nodes, stands int, parts ...capacity.Part) capacity.Failure {
		f := capacity.Failure{Parts: parts, Nodes: nodes, Stands: stands, Cells: cells(pending, share), Misses: []capacity.Miss{}}
		if f.Survived = pending == 0 && share >= 0.99; !f.Survived {
			f.Why = why
			f.Misses = append(f.Misses, capacity.Miss{Contingency: f.Name(), Objective: placed, Value: &pending, Seed: 2})
		}
		return f
	}
	zone, rack, node := capacity.Part{Family: "zone", Name: "a" + name}, capacity.Part{Family: "rack", Name: "r" + name}, capacity.Part{Family: "node", Name: "n" + name}
	s := &capacity.Survival{
		Scenario: name, Version: "1.2.3", Digest: "0123456789abcdef0123", At: 3600, For: ref(reports.Seconds(1200)), Seeds: []uint64{1, 2},
		Nodes: 30, Racks: 1, Zones: 2, Bare: 2, Objectives: []string{placed, available}, Undisturbed: cells(0, 1),
		Failures: []capacity.Failure{
			failure(3, 0.984, 20, 1, zone), failure(0, 0.9912, 10, 1, capacity.Part{Family: "zone", Name: "b"}), failure(0, 0.996, 2, 1, rack),
			failure(0, 0.9989, 1, 30, node), failure(5, 0.95, 12, 1, capacity.Part{Family: "zone", Name: "b"}, rack),
			failure(0, 0.993, 2, 435, node, capacity.Part{Family: "node", Name: "n2"}),
		},
		Doubles: capacity.Doubles{Of: 700, Tried: 2}, Tolerated: ref(2), ToleratedBy: []*int{ref(2), ref(2)},
		Losses: []capacity.Tolerance{
			{Lost: 1, Of: 30, Different: 1, Tried: 1, Complete: true, Survived: 1, Cells: cells(0, 0.9989), Worst: []string{node.Name}},
			{Lost: 2, Of: 435, Different: 435, Tried: 21, Survived: 21, Cells: cells(0, 0.993), Worst: []string{node.Name, "n2"}},
			{Lost: 3, Of: 4060, Different: 4060, Tried: 20, Survived: 8, Cells: cells(2, 0.98), Worst: []string{node.Name, "n2", "n3", "n4", "n5", "n6", "n7", "n8"}, Why: why},
		},
		Requirements: []capacity.Requirement{{Text: "N+2", Met: true}, {Text: "zone", Message: "the failure of zone a" + name + " breaks " + placed}},
		Partial:      true, Runs: 112, Assumptions: []string{"a failure is a crash"}, Notes: []string{"not simulated: " + name},
	}
	s.Failures[4].EachSurvived = true
	s.First = []capacity.Breakage{
		{Objective: placed, Lost: &capacity.LostAs{Nodes: []string{node.Name, "n2", "n3"}}, Miss: &capacity.Miss{Value: ref(2.0), Seed: 1}, Why: why},
		{Objective: available, Failure: ref(0), Miss: &capacity.Miss{Value: ref(0.984), Unit: reports.UnitShare, Seed: 2}, Why: why},
	}
	return s
}

func TestSurvivalReports(t *testing.T) {
	matchReports(t, capacity.SurvivalFile, madeUpSurvival("web"))
}

// TestSurvivalHeadlines shows what the first sentences say in other cases.
func TestSurvivalHeadlines(t *testing.T) {
	for want, change := range map[string]func(*capacity.Survival){
		"The loss of a zone is not survived, whichever of 2 it is.": func(s *capacity.Survival) { s.Failures[1].Survived = false },
		"The loss of its only rack is survived.":                    func(*capacity.Survival) {},
		"The loss of any one node is survived (30 tried).":          func(*capacity.Survival) {},
		"N+0: there is a node whose loss is not survived.":          func(s *capacity.Survival) { s.Tolerated = ref(0) },
		"N+2: the loss of any 2 nodes is survived, as far as it was tried: 21 of 435 pairs, the worst by greed and others by draws; there are 3": func(*capacity.Survival) {},
		"as far as it was tried: 21 of 435 pairs, 20 of 4,060 sets of 3, the worst":                                                              func(s *capacity.Survival) { s.Tolerated = ref(3) },
		"20 of 1.2e+20 sets of 3":                                                                    func(s *capacity.Survival) { s.Tolerated, s.Losses[2].Different = ref(3), 1.2345e20 },
		"1 node lost: none of the sets tried breaks an objective.":                                   func(*capacity.Survival) {},
		"The worst set is the one with which the most objectives do not hold":                        func(*capacity.Survival) {},
		"availability: share of the desired replica-seconds that was available, over all workloads.": func(*capacity.Survival) {},
		"more were not tried.":                                                              func(s *capacity.Survival) { s.Tolerated = ref(3) },
		"all pods placed does not hold even without a failure.":                             func(s *capacity.Survival) { s.Undisturbed[0].Met = 1 },
		"all pods placed: nothing that was tried breaks it.":                                func(s *capacity.Survival) { s.First[0] = capacity.Breakage{Objective: s.Objectives[0]} },
		"all pods placed: does not hold without any failure (then 2 pending, with seed 1).": func(s *capacity.Survival) { s.First[0].Undisturbed, s.First[0].Why = true, "" },
		"Not shown: 11 more nodes, of which 11 are survived.": func(s *capacity.Survival) {
			for range 30 {
				s.Failures = append(s.Failures, s.Failures[3])
				s.Failures[len(s.Failures)-1].Stands = 1
			}
		},
	} {
		s := madeUpSurvival("web")
		change(s)
		tells(t, s, want)
	}
}

// TestTheUnitsOfObjectives shows of what counts are: measures tell them without a unit.
func TestTheUnitsOfObjectives(t *testing.T) {
	for objective, want := range map[string]string{
		capacity.AllPodsPlaced: "pods", capacity.ANodeIsLeft: "nodes", "pods.pending <= 3": "pods", "available(Deployment/web) >= 8": "pods",
		"nodes.down == 0": "nodes", "jobs.failed==0": "Jobs", `evictions{cause="taint"} < 5`: "evictions", "availability.nines >= 3": "", "cost < 9": "",
	} {
		if got := capacity.ObjectiveUnit(objective, ""); got != want {
			t.Errorf("%s: got %q; want %q", objective, got, want)
		}
	}
	if got := capacity.ObjectiveUnit("availability >= 99%", reports.UnitShare); got != reports.UnitShare {
		t.Errorf("got %q", got)
	}
}

// TestWhatTheValuesOfObjectivesAre shows the legend of objectives.
func TestWhatTheValuesOfObjectivesAre(t *testing.T) {
	s := madeUpSurvival("web")
	for objective, want := range map[string]string{
		capacity.AllPodsPlaced:           "What the values are: all pods placed: active pods on no node, at the end of the run.",
		"available(Deployment/web) >= 8": "available: its Ready pods whose containers really run, at the end of the run.",
		"ready(Deployment/web) >= 8":     "ready: its Ready pods as the API has them, at the end of the run.",
		"pending.p99 < 60s":              "pending.p99: 99th percentile of the time from creation to binding;",
		"availability >= 99%":            "available, over all workloads. What is counted or measured over time is so over the whole run after any --warm-up",
	} {
		s.Objectives[0], s.Objectives[1] = objective, "unheard.of < 1"
		tells(t, s, want)
	}
}

func TestSurvivalReportsWithHostileNames(t *testing.T) {
	for _, name := range hostile.Names {
		for _, terminal := range []reports.Terminal{{Width: 80, Unicode: true}, {Width: 40, Unicode: true}} {
			linesFit(t, textOf(t, madeUpSurvival(name), terminal), terminal)
		}
	}
}

func TestSurvivalColumnsAreThoseThatAreWritten(t *testing.T) {
	var names []string
	for _, c := range capacity.SurvivalColumns() {
		names = append(names, c.Name)
	}
	if header, _, _ := strings.Cut(written(t, madeUpSurvival("web").WriteCSV), "\n"); header != strings.Join(names, ",") {
		t.Errorf("got %s; documented are %v", header, names)
	}
}
