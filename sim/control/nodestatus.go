package control

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// LeaseRenewal is how often a kubelet renews the Lease of its node: a quarter of
// nodeLeaseDurationSeconds, 40. Its node status, which it writes when it changes and
// every 5 min besides, tells nothing that the Lease does not.
// Source: pkg/kubelet/kubelet.go (nodeLeaseRenewIntervalFraction), and
// pkg/kubelet/apis/config/v1beta1/defaults.go.
const LeaseRenewal = 10 * time.Second

// SilentAt returns when a node that falls silent now will be marked Unknown unless it
// is heard again. Its lease was last renewed a whole number of renewals after its
// kubelet was started or reached the API server again; the first pass at or after that
// saw it, and ten passes later the silence is too long.
func SilentAt(now models.Time, n cluster.Node) models.Time {
	since := n.HeardSince()
	renewed := since + max(n.HeardUntil(now)-since, 0).Floor(LeaseRenewal)
	return renewed.Ceil(MonitorPeriod).Add(gracePeriod)
}

// Patience returns when the silence of a node is too long at the earliest, whatever is
// known of it from before all nodes were last taken for heard.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (handleDisruption,
// tryUpdateNodeHealth).
func (l *NodeLifecycle) Patience() models.Time {
	if l.probed == 0 {
		return 0
	}
	return l.probed.Add(gracePeriod)
}

// MarkUnknown appends what a pass does to a node that has been silent for too
// long: Ready becomes Unknown, the NoSchedule taint mirrors it, and if it was True
// before, the node's pods are no longer Ready.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (monitorNodeHealth), pkg/controller/util/node (MarkPodsNotReady).
func (l *NodeLifecycle) MarkUnknown(v cluster.View, n cluster.Node, ops []models.Op) []models.Op {
	ops = l.status(v, n, models.ConditionUnknown, "NodeStatusUnknown", ops)
	if unready(n) {
		return ops
	}
	notReady := v.Dictionary().Sym("NodeNotReady")
	for _, id := range n.Pods() {
		if v.Pod(id).Ready() {
			ops = append(ops, models.Op{Kind: models.OpUnreadyPod, Pod: id, Reason: notReady})
		}
	}
	return ops
}

// Report appends what follows at once when a kubelet reports another Ready condition.
// A NoExecute taint comes or goes with the next pass. The Ready conditions of the pods
// are the kubelet's own affair.
func (l *NodeLifecycle) Report(v cluster.View, n cluster.Node, ready bool, ops []models.Op) []models.Op {
	if ready {
		return l.status(v, n, models.ConditionTrue, "KubeletReady", ops)
	}
	return l.status(v, n, models.ConditionFalse, "KubeletNotReady", ops)
}

// status appends a new Ready condition of a node and the NoSchedule taints that mirror
// it. Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (doNoScheduleTaintingPass).
func (l *NodeLifecycle) status(v cluster.View, n cluster.Node, is models.ConditionStatus, reason string, ops []models.Op) []models.Op {
	if n.Ready() != is {
		ops = append(ops, models.Op{Kind: models.OpSetNodeReady, Node: n.ID(), Arg: int64(is), Reason: v.Dictionary().Sym(reason)})
	}
	if l.down {
		return ops
	}
	return l.mirror(n, is, ops)
}

// mirror appends the NoSchedule taints that a Ready condition calls for.
func (l *NodeLifecycle) mirror(n cluster.Node, ready models.ConditionStatus, ops []models.Op) []models.Op {
	unreachable := models.Taint{Key: l.unreachable, Effect: models.NoSchedule}
	notReady := models.Taint{Key: l.notReady, Effect: models.NoSchedule}
	ops = l.mirrorPressure(n, ready, ops)
	switch ready {
	case models.ConditionTrue:
		return untaint(n, notReady, untaint(n, unreachable, ops))
	case models.ConditionFalse:
		return untaint(n, unreachable, taint(n, notReady, ops))
	}
	return untaint(n, notReady, taint(n, unreachable, ops))
}

// Mirror appends the NoSchedule taints that the conditions of a node call for.
func (l *NodeLifecycle) Mirror(n cluster.Node, ops []models.Op) []models.Op {
	return l.mirror(n, n.Ready(), ops)
}

// mirrorPressure appends the taints of a node that runs short of something. Of one that is
// silent nothing is known.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (nodeConditionToTaintKeyStatusMap).
func (l *NodeLifecycle) mirrorPressure(n cluster.Node, ready models.ConditionStatus, ops []models.Op) []models.Op {
	if len(n.Conditions()) == 0 {
		return ops
	}
	d := n.View().Dictionary()
	for p := range models.NodePressures {
		t := models.Taint{Key: d.Sym(p.Taint()), Effect: models.NoSchedule}
		if is, _ := n.Condition(d.Sym(p.String())); is && ready != models.ConditionUnknown {
			ops = taint(n, t, ops)
		} else {
			ops = untaint(n, t, ops)
		}
	}
	return ops
}
