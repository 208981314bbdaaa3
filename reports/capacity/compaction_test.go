package capacity_test

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/hostile"
)

// madeUpCompaction has everything that a compaction can tell.
func madeUpCompaction(name string) *capacity.Compaction {
	why := "0/34 nodes are available: 30 Insufficient cpu, 4 node(s) had untolerated taint(s)."
	trial := func(nodes int, stop *capacity.PendingPod) capacity.CompactionTrial {
		return capacity.CompactionTrial{Trial: nodes%34/2 + 1, Nodes: nodes, Bound: nodes - 1, Packings: 6, Full: []float64{0.964, 0.451, 0},
			Pending: []capacity.PendingPod{{Pod: "shop/" + name, Why: why}}, Stop: stop}
	}
	stop := &capacity.PendingPod{Pod: "shop/" + name + "-7", Why: why}
	part := func(name string, pods int, trials ...capacity.CompactionTrial) capacity.PackedPart {
		return capacity.PackedPart{Name: name, Pods: pods, Cells: 1, Left: []capacity.PendingPod{}, Trials: trials, Nodes: trials[len(trials)-1].Nodes}
	}
	whole := part("all", 4130, trial(34, stop), trial(36, nil))
	whole.Left = []capacity.PendingPod{{Pod: "shop/" + name + "-lonely", Why: why}}
	apart := capacity.PackedWorkload{Name: "segregated by " + name, Help: "each part has a cell of its own",
		Parts: []capacity.PackedPart{part(name, 1330, trial(14, stop)), part("others", 2800, trial(29, nil))},
		Sizes: []int{43, 43}, Trials: []int{1, 2}, Min: 43, Max: 43, Nodes: 43, Overhead: ref(7.0 / 36), OverheadMin: ref(7.0 / 36), OverheadMax: ref(9.0 / 34)}
	for i := range 14 {
		apart.Parts = append(apart.Parts, part(fmt.Sprint("part ", i), 1, trial(1, nil)))
	}
	never := capacity.PackedWorkload{Name: "split into 2 cells", Help: "workloads are dealt to smaller cells, in random order",
		Parts: []capacity.PackedPart{{Name: "cell 1", Left: whole.Left}, part("cell 2", 2800, trial(29, nil))}}
	return &capacity.Compaction{
		Source: capacity.Source{Name: name, At: ref(reports.Seconds(7800)), Version: "1.2.3"}, Nodes: 60, Closed: 2, Pods: 4131,
		Requests: []capacity.Need{{Resource: "cpu", Requested: 786.5, Allocatable: 1344, Share: ref(0.585)},
			{Resource: "memory", Requested: 1 << 40, Allocatable: 5 << 40, Share: ref(0.2)}, {Resource: "example.com/" + name, Requested: 3}},
		Settings: capacity.CompactionSettings{Trials: 2, Percentile: 90, PickyShare: 0.002, PickyNodes: 5, Seed: 1, MaxCells: 8},
		Dropped:  []capacity.DroppedPods{{Reason: "bound to nodes by a DaemonSet", Pods: 60, Examples: []string{"kube-system/" + name, "b/c"}}},
		Softened: []capacity.SoftenedWorkload{{Workload: "Deployment shop/" + name, Pods: 1000}}, Picky: 9, Allowed: 8,
		Packed:   capacity.PackedWorkload{Name: "as it is", Help: "one cell for all", Parts: []capacity.PackedPart{whole}, Sizes: []int{34, 36}, Trials: []int{1, 2}, Min: 34, Max: 36, Nodes: 36},
		Variants: []capacity.PackedWorkload{apart, never}, Notes: []string{"A note about " + name + "."},
	}
}

func TestCompactionReports(t *testing.T) {
	matchReports(t, capacity.CompactionFile, madeUpCompaction("web"))
}

// The first sentence is right about more nodes, as many, fewer and none.
func TestTheAnswerOfACompactionInWords(t *testing.T) {
	for nodes, want := range map[int]string{
		36: "24 nodes or 40% could go", 59: "1 node or 1.7% could go", 60: "none could go", 75: "15 nodes more than there are", 0: "None of the 4,131 pods finds a node", -1: "interrupted after 0 of 2 trials. No trial is done",
	} {
		c := madeUpCompaction("web")
		c.Packed.Nodes = nodes
		if nodes <= 0 {
			c.Packed.Sizes, c.Packed.Trials, c.Partial = nil, nil, nodes < 0
		}
		if nodes == 0 {
			c.Packed.Parts[0].Cells = 0
		}
		tells(t, c, want)
	}
}

// A pod that stops several trials is told of with the message of one of them.
func TestTheMessageOfAPodThatStopsSeveralTrials(t *testing.T) {
	c := madeUpCompaction("web")
	trials := c.Packed.Parts[0].Trials
	trials[1].Stop = &capacity.PendingPod{Pod: trials[0].Stop.Pod, Why: "0/35 nodes are available: 35 Insufficient cpu."}
	tells(t, c, "shop/web-7 2 in trial 1: 0/34 nodes are available")
}

func TestCompactionsOfAnyName(t *testing.T) {
	for _, name := range hostile.Names {
		plainly(t, name, madeUpCompaction(name))
	}
}
