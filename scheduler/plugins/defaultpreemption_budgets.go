package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// appendAllowed appends the disruptions that each budget allows: those of its status
// (none if it has none), or what the disruption controller would write there now.
func appendAllowed(dst []int32, v cluster.View) []int32 {
	budgets := v.Budgets()
	recounts := false
	for _, b := range budgets {
		dst = append(dst, max(b.Allowed, 0))
		recounts = recounts || b.Allowed == models.Recounted
	}
	if !recounts {
		return dst
	}
	counts := make([]budgetCount, len(budgets))
	for pod := range v.Live() {
		for i, b := range budgets {
			if b.Allowed == models.Recounted && !pod.Phase().Terminal() && selects(b, pod.Spec(), v.Dictionary()) {
				counts[i].add(v, pod)
			}
		}
	}
	for i, b := range budgets {
		if b.Allowed == models.Recounted {
			dst[len(dst)-len(budgets)+i] = counts[i].allowed(b)
		}
	}
	return dst
}

// selects reports whether a budget counts pods of a specification. For the
// disruption controller an empty selector selects all pods of the namespace.
func selects(b *models.BudgetSpec, spec *models.PodSpec, d *models.Dictionary) bool {
	return b.Namespace == spec.Namespace && b.Selector.Matches(spec.Labels, d)
}

// budgetCount is what the pods of a budget add up to.
type budgetCount struct {
	pods, healthy, scale int32
	owners               map[models.OwnerID]bool
}

func (n *budgetCount) add(v cluster.View, pod cluster.Pod) {
	n.pods++
	if pod.Ready() && !pod.Deleting() {
		n.healthy++
	}
	owner := pod.Owner()
	if owner == models.None || n.owners[owner] {
		return
	}
	if n.owners == nil {
		n.owners = make(map[models.OwnerID]bool)
	}
	n.owners[owner] = true
	n.scale += v.Owner(owner).Replicas()
}

// allowed is status.disruptionsAllowed. Percentages round up; whole numbers to be
// available are held against the pods that there are, all else against the scale of
// their controllers.
// Source: pkg/controller/disruption/disruption.go (getExpectedPodCount, updatePdbStatus).
func (n *budgetCount) allowed(b *models.BudgetSpec) int32 {
	expected, desired := n.scale, int32(0)
	switch {
	case b.MaxUnavailable.Given:
		desired = max(expected-b.MaxUnavailable.Of(expected), 0)
	case b.MinAvailable.Percent:
		desired = b.MinAvailable.Of(expected)
	default:
		expected, desired = n.pods, b.MinAvailable.Value
	}
	if expected <= 0 {
		return 0
	}
	return max(n.healthy-desired, 0)
}
