package control

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ReasonRegisteredNode tells that the controller has come to know a node.
const ReasonRegisteredNode = "RegisteredNode"

// RegisteredNode is what the controller says then.
func RegisteredNode(name string) string {
	return fmt.Sprintf("Node %s event: Registered Node %s in Controller", name, name)
}

// Stop ends the controller: what kubelets report is mirrored in taints by nobody.
func (l *NodeLifecycle) Stop() { l.down = true }

// Start starts the controller anew. It knows nothing of zones, queues and limiters, takes
// all nodes for heard just now, and mirrors their conditions in NoSchedule taints.
func (l *NodeLifecycle) Start(now models.Time, v cluster.View, ops []models.Op) []models.Op {
	l.down, l.fresh, l.stopped = false, true, false
	l.gone = nil
	l.probed = NextPass(now)
	for i := range l.zones {
		z := &l.zones[i]
		z.queue, z.every, z.nextToken = nil, taintInterval, 0
	}
	for id := range v.Nodes() {
		n := v.Node(models.NodeID(id))
		if n.Removed() {
			continue
		}
		ops = l.mirror(n, n.Ready(), ops)
	}
	return ops
}

// firstPass is the first look of a controller that was started while the cluster ran: to
// it all nodes are new, which it tells, and taken for reachable. NoExecute taints go, and
// come back as the limiters of the zones let them.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (monitorNodeHealth,
// markNodeAsReachable).
func (l *NodeLifecycle) firstPass(now models.Time, v cluster.View, stopped bool, ops []models.Op) []models.Op {
	l.stopped = stopped
	for i := range l.zones {
		z := &l.zones[i]
		z.limit(now, l.intervalOf(z))
		for _, id := range z.nodes {
			n, d := v.Node(id), v.Dictionary()
			ops = append(ops, models.Op{Kind: models.OpReportNode, Node: id, Reason: d.Sym(ReasonRegisteredNode), Message: d.Sym(RegisteredNode(n.Name()))})
			due, other := l.due(n, models.NoExecute)
			ops = untaint(n, other, untaint(n, due, l.mirror(n, n.Ready(), ops)))
			if !stopped && unready(n) {
				z.queue = append(z.queue, id)
			}
		}
	}
	return ops
}
