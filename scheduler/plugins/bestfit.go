package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// BestFit prefers the node that the pod leaves with the least room: the classic
// heuristic of bin packing, with the mean over resources as the measure of room.
// Source: R. Panigrahy et al., Heuristics for Vector Bin Packing, 2011.
type BestFit struct{}

var _ framework.NormalizeScore = (*BestFit)(nil)

// Name returns the name of the plugin.
func (*BestFit) Name() string { return "BestFit" }

// Reads declares that a node's allocatable resources and its load are looked at.
func (*BestFit) Reads() framework.Reads { return framework.ReadsNodeFacts | framework.ReadsNodeLoad }

// Score is the higher, the less room is left.
func (*BestFit) Score(c *framework.Cycle, n framework.Node) int64 { return -roomLeft(c.Spec, n) }

// NormalizeScore keeps the order and leaves only the best nodes at the top.
func (*BestFit) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	spreadScores(scores)
}

// roomUnits is what an empty node has in room, and a pod that fills it in demand.
const roomUnits = 1 << 30

// roomLeft is the mean share of cpu, memory and what else the pod requests that is
// free on the node once the pod is there.
func roomLeft(spec *models.PodSpec, n framework.Node) int64 {
	allocatable, requested := n.Allocatable(), n.Requested()
	sum, count := 0.0, 0
	for r := range models.Resource(models.MaxResources) {
		if !packed(r, spec) || allocatable[r] == 0 {
			continue
		}
		free := allocatable[r] - requested[r] - spec.Requests[r]
		sum += float64(free) / float64(allocatable[r])
		count++
	}
	if count == 0 {
		return 0
	}
	return int64(float64(sum / float64(count) * roomUnits))
}

// packed reports whether a resource counts when pods are packed: cpu and memory for
// all pods, others for those that request them. The number of pods does not.
func packed(r models.Resource, spec *models.PodSpec) bool {
	return r == models.CPU || r == models.Memory || r != models.Pods && spec.Requests[r] != 0
}
