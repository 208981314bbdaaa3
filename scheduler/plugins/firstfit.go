package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// FirstFit prefers the node that joined first.
type FirstFit struct{}

var _ framework.NormalizeScore = (*FirstFit)(nil)

// Name returns the name of the plugin.
func (*FirstFit) Name() string { return "FirstFit" }

// Reads declares that a node's identity is looked at.
func (*FirstFit) Reads() framework.Reads { return framework.ReadsNodeFacts }

// Score is the higher, the earlier the node joined.
func (*FirstFit) Score(_ *framework.Cycle, n framework.Node) int64 { return -int64(n.ID()) }

// NormalizeScore leaves one best node.
func (*FirstFit) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	spreadScores(scores)
}
