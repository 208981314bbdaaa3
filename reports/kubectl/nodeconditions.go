package kubectl

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// nodeStatusReport is how often a kubelet writes the status of its node although nothing
// has changed. Source: pkg/kubelet/apis/config/v1beta1/defaults.go
// (NodeStatusReportFrequency).
const nodeStatusReport = 5 * time.Minute

// nodeCondition is a condition of a node.
type nodeCondition struct {
	kind            string
	status          models.ConditionStatus
	at              models.Time
	reason, message string
}

// nodeConditions lists the conditions of a node, in the order of its kubelet. The node
// controller makes all of them Unknown together, and the kubelet that is back takes them
// all back.
func nodeConditions(n cluster.Node) (list []nodeCondition) {
	reason, message := readyReason(n)
	ready := nodeCondition{"Ready", n.Ready(), n.ReadyChangedAt(), reason, message}
	d := n.View().Dictionary()
	for p := range models.NodePressures {
		c := nodeCondition{kind: p.String(), status: models.ConditionFalse}
		kind, _ := d.Lookup(c.kind) // the symbols of a run that goes on are part of its log
		is, since := n.Condition(kind)
		if c.at = since; is {
			c.status = models.ConditionTrue
		}
		if n.Outages() > 0 {
			c.at = max(c.at, ready.at)
		}
		if c.reason, c.message = p.Says(is); ready.status == models.ConditionUnknown {
			c.status, c.at, c.reason, c.message = ready.status, ready.at, ready.reason, ready.message
		}
		list = append(list, c)
	}
	return append(list, ready)
}

// heartbeat is when the kubelet of a node last wrote its status.
func (m *Moment) heartbeat(n cluster.Node) models.Time {
	since := n.HeardSince()
	if n.ReadyChangedAt() > since && n.Ready() != models.ConditionUnknown {
		since = n.ReadyChangedAt() // it was written with the change
	}
	return since + max(n.HeardUntil(m.At)-since, 0).Floor(nodeStatusReport)
}

func (m *Moment) nodeConditionsManifest(n cluster.Node) (list []any) {
	for _, c := range nodeConditions(n) {
		list = append(list, map[string]any{
			"type": c.kind, "status": c.status.String(), "reason": c.reason, "message": c.message,
			"lastHeartbeatTime": m.stamp(m.heartbeat(n)), "lastTransitionTime": m.stamp(c.at),
		})
	}
	return list
}
