package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodePorts rejects nodes on which a host port of the pod is taken.
// Source: pkg/scheduler/framework/plugins/nodeports.
type NodePorts struct{ wildcard models.Sym }

var (
	_ framework.PreFilter        = (*NodePorts)(nil)
	_ framework.Filter           = (*NodePorts)(nil)
	_ framework.EventsToRegister = (*NodePorts)(nil)
)

// NewNodePorts returns the plugin.
func NewNodePorts(d *models.Dictionary) *NodePorts { return &NodePorts{wildcard: d.Sym("0.0.0.0")} }

var portsTaken = framework.NewStatus(framework.Unschedulable,
	"node(s) didn't have free ports for the requested pod ports")

// Name returns the name of the plugin.
func (*NodePorts) Name() string { return "NodePorts" }

// Reads declares that the ports taken on a node are looked at.
func (*NodePorts) Reads() framework.Reads { return framework.ReadsNodeLoad }

// PreFilter skips pods without host ports.
func (*NodePorts) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	if len(c.Spec.HostPorts) == 0 {
		return nil, false, framework.Skipped
	}
	return nil, false, nil
}

// Filter rejects a node on which a port of the pod is taken.
func (p *NodePorts) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if p.conflict(c.Spec.HostPorts, n.Ports()) {
		return portsTaken
	}
	return nil
}

// conflict reports whether any two ports of a and b cannot be on one node. 0.0.0.0
// is every address, as no address is; a port 0 is none.
// Source: k8s.io/kube-scheduler/framework/types.go (HostPortInfo.CheckConflict).
func (p *NodePorts) conflict(a, b []models.HostPort) bool {
	for _, x := range a {
		if x.Port <= 0 {
			continue
		}
		x.IP = p.address(x.IP)
		for _, y := range b {
			y.IP = p.address(y.IP)
			if x.Conflicts(y) {
				return true
			}
		}
	}
	return false
}

func (p *NodePorts) address(ip models.Sym) models.Sym {
	if ip == p.wildcard {
		return 0
	}
	return ip
}

// EventsToRegister tells that a pod is worth another attempt when a pod with a
// conflicting port went away or a node joined.
func (p *NodePorts) EventsToRegister() []framework.Hint {
	return []framework.Hint{
		{
			On: framework.AssignedPodDelete,
			Queue: func(_ cluster.View, pod cluster.Pod, e *framework.Event) bool {
				return p.conflict(pod.Spec().HostPorts, e.Spec.HostPorts)
			},
		},
		{On: framework.NodeAdd},
		onAnyTaint,
	}
}
