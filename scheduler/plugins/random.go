package plugins

import "github.com/podsim/podsim/scheduler/framework"

// Random prefers no node, so that the way to break ties decides: with random ties
// every node that fits is as likely as another. It draws nothing itself.
type Random struct{}

var _ framework.Score = (*Random)(nil)

// Name returns the name of the plugin.
func (*Random) Name() string { return "Random" }

// Reads declares that nothing of a node but the node is looked at.
func (*Random) Reads() framework.Reads { return framework.ReadsNodeFacts }

// Score is the same for all nodes.
func (*Random) Score(*framework.Cycle, framework.Node) int64 { return 0 }
