package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// WorstFit prefers the node that the pod leaves with the most room: the opposite
// of BestFit, which balances load.
type WorstFit struct{}

var _ framework.NormalizeScore = (*WorstFit)(nil)

// Name returns the name of the plugin.
func (*WorstFit) Name() string { return "WorstFit" }

// Reads declares that a node's allocatable resources and its load are looked at.
func (*WorstFit) Reads() framework.Reads { return framework.ReadsNodeFacts | framework.ReadsNodeLoad }

// Score is the higher, the more room is left.
func (*WorstFit) Score(c *framework.Cycle, n framework.Node) int64 { return roomLeft(c.Spec, n) }

// NormalizeScore keeps the order and leaves only the best nodes at the top.
func (*WorstFit) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	spreadScores(scores)
}
