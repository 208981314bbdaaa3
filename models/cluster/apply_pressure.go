package cluster

import (
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// killing is the end of a pod that its kubelet has begun: what its status will say.
type killing struct{ reason, message models.Sym }

// killed is the end of a pod, or of its containers, for a reason. If that is the one for
// which its kubelet was ending it, the status says so.
func (c *Cluster) killed(pod models.PodID, reason models.Sym) {
	if len(c.killings) == 0 {
		return
	}
	if k, ok := c.killings[pod]; ok {
		delete(c.killings, pod)
		if k.reason == reason {
			c.messages[pod] = k.message
		}
	}
}

// setNodeCondition changes a condition of a node. Those that were never set are False.
func (c *Cluster) setNodeCondition(now models.Time, op *models.Op, row *nodeRow) error {
	status := models.ConditionStatus(op.Arg)
	if op.Arg != int64(models.ConditionFalse) && op.Arg != int64(models.ConditionTrue) {
		return fmt.Errorf("condition status %d does not exist", op.Arg)
	}
	at := slices.IndexFunc(row.conditions, func(is Condition) bool { return is.Type == op.Name })
	switch {
	case at < 0 && status == models.ConditionFalse, at >= 0 && row.conditions[at].Status == status:
		return fmt.Errorf("node %s: %s is %s already", c.nodeName(op.Node), c.dictionary.String(op.Name), status)
	case at < 0:
		at = len(row.conditions)
		row.conditions = append(row.conditions, Condition{Type: op.Name})
	}
	is := &row.conditions[at]
	is.Status, is.Reason, is.Changed = status, op.Reason, now
	return nil
}

// Conditions returns the conditions of the node other than Ready that were ever True. The
// list is not to be changed.
func (n Node) Conditions() []Condition { return n.c.nodes[n.id].conditions }

// Condition reports whether a condition of the node other than Ready is True, as its
// kubelet has last said, and since when it is as it is: at first, since it joined.
func (n Node) Condition(kind models.Sym) (is bool, since models.Time) {
	row := &n.c.nodes[n.id]
	for i := range row.conditions {
		if row.conditions[i].Type == kind {
			return row.conditions[i].Status == models.ConditionTrue, row.conditions[i].Changed
		}
	}
	return false, row.joined
}

// killings takes what kubelets are ending, by pod.
func (s *snapshot) killings(c *Cluster) {
	table(s, c.killings, func(k *killing) {
		number(s, &k.reason)
		number(s, &k.message)
	})
}

// checkKillings makes sure that what kubelets are ending is there.
func (s *snapshot) checkKillings(c *Cluster) {
	for _, pod := range slices.Sorted(maps.Keys(c.killings)) {
		k := c.killings[pod]
		known := models.Sym(c.dictionary.Len())
		if !c.pods.has(int32(pod)) || c.pods.at(int32(pod)).is(podRemoved) || min(k.reason, k.message) < 0 || max(k.reason, k.message) >= known {
			s.fail(fmt.Errorf("the snapshot names pod %d and symbols %d and %d", pod, k.reason, k.message))
		}
	}
}
