package plugins

import (
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeName holds a pod to the node that its specification names.
// Source: pkg/scheduler/framework/plugins/nodename.
type NodeName struct{}

var (
	_ framework.Filter           = (*NodeName)(nil)
	_ framework.EventsToRegister = (*NodeName)(nil)
)

var nodeNameDiffers = framework.NewStatus(framework.UnschedulableAndUnresolvable,
	"node(s) didn't match the requested node name")

// Name returns the name of the plugin.
func (*NodeName) Name() string { return "NodeName" }

// Reads declares that a node's name is looked at.
func (*NodeName) Reads() framework.Reads { return framework.ReadsNodeFacts }

// Filter rejects every node but the named one.
func (*NodeName) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if c.Spec.NodeName == 0 || c.Spec.NodeName == n.Spec().Name {
		return nil
	}
	return nodeNameDiffers
}

// EventsToRegister tells that any new node is worth another attempt.
func (*NodeName) EventsToRegister() []framework.Hint {
	return []framework.Hint{{On: framework.NodeAdd}, onAnyTaint}
}

// onAnyTaint goes with every plugin that waits for new nodes but not for taints:
// kube-scheduler has such pods tried again whenever a taint of any node changes.
// Source: pkg/scheduler/scheduler.go (buildQueueingHintMap).
var onAnyTaint = framework.Hint{On: framework.NodeTaint}
