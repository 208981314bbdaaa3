package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// DefaultBinder binds a pod through the binding subresource.
// Source: pkg/scheduler/framework/plugins/defaultbinder.
type DefaultBinder struct{}

var _ framework.Bind = (*DefaultBinder)(nil)

// Name returns the name of the plugin.
func (*DefaultBinder) Name() string { return "DefaultBinder" }

// Reads declares that no node is looked at.
func (*DefaultBinder) Reads() framework.Reads { return framework.ReadsPodOnly }

// Bind proposes to bind the pod to the node.
func (*DefaultBinder) Bind(c *framework.Cycle, node models.NodeID) models.Op {
	return models.Op{Kind: models.OpBindPod, Pod: c.Pod.ID(), Node: node}
}
