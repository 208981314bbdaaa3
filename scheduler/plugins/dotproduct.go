package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// DotProduct prefers the node whose free resources are the most like what the pod
// asks for: it puts pods that need much memory where much memory is free, so that
// no node runs out of one resource while another is left over.
// Source: R. Panigrahy et al., Heuristics for Vector Bin Packing, 2011; R. Grandl
// et al., Multi-Resource Packing for Cluster Schedulers, SIGCOMM 2014, section 3.2.
type DotProduct struct{}

var _ framework.NormalizeScore = (*DotProduct)(nil)

// Name returns the name of the plugin.
func (*DotProduct) Name() string { return "DotProduct" }

// Reads declares that a node's allocatable resources and its load are looked at.
func (*DotProduct) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsNodeLoad
}

// Score sums up request times free room over the resources, both as shares of the
// node.
func (*DotProduct) Score(c *framework.Cycle, n framework.Node) int64 {
	allocatable, requested := n.Allocatable(), n.Requested()
	sum := 0.0
	for r := range models.Resource(models.MaxResources) {
		if !packed(r, c.Spec) || allocatable[r] == 0 {
			continue
		}
		whole := float64(allocatable[r])
		demand, free := float64(c.Spec.Requests[r])/whole, float64(allocatable[r]-requested[r])/whole
		sum += float64(demand * free)
	}
	return int64(float64(sum * roomUnits))
}

// NormalizeScore keeps the order and leaves only the best nodes at the top.
func (*DotProduct) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	spreadScores(scores)
}
