package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeUnschedulable rejects cordoned nodes, unless the pod tolerates the taint
// that goes with being cordoned.
// Source: pkg/scheduler/framework/plugins/nodeunschedulable.
type NodeUnschedulable struct{ taint models.Taint }

var (
	_ framework.Filter           = (*NodeUnschedulable)(nil)
	_ framework.EventsToRegister = (*NodeUnschedulable)(nil)
)

// NewNodeUnschedulable returns the plugin.
func NewNodeUnschedulable(d *models.Dictionary) *NodeUnschedulable {
	return &NodeUnschedulable{models.Taint{Key: d.Sym(models.TaintUnschedulable), Effect: models.NoSchedule}}
}

var nodeUnschedulable = framework.NewStatus(framework.UnschedulableAndUnresolvable, "node(s) were unschedulable")

// Name returns the name of the plugin.
func (*NodeUnschedulable) Name() string { return "NodeUnschedulable" }

// Reads declares that a node's schedulability is looked at.
func (*NodeUnschedulable) Reads() framework.Reads { return framework.ReadsNodeFacts }

// Filter rejects a cordoned node. The node's taints themselves do not matter here.
func (p *NodeUnschedulable) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if !n.Unschedulable() || models.Tolerated(c.Spec.Tolerations, p.taint) {
		return nil
	}
	return nodeUnschedulable
}

// EventsToRegister tells that a pod is worth another attempt when a schedulable
// node joins or a node becomes schedulable.
func (*NodeUnschedulable) EventsToRegister() []framework.Hint {
	return []framework.Hint{{
		On: framework.NodeAdd | framework.NodeTaint,
		Queue: func(v cluster.View, _ cluster.Pod, e *framework.Event) bool {
			was := e.Kind&framework.NodeAdd != 0 || e.UnschedulableBefore
			return was && !v.Node(e.Node).Unschedulable()
		},
	}}
}
