package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// allowances tell how many disruptions each budget allows: those of its status (none
// if it has none), or what the disruption controller would write there now. The latter
// are counted when they are asked for first, once for all nodes that are tried.
type allowances struct {
	left    []int32 // by budget, where known
	counted bool
	counts  []budgetCount
	covered [][]int32 // by specification: the budgets that count its pods
	known   int       // budgets that covered is of
}

// begin forgets what was counted.
func (a *allowances) begin(v cluster.View) {
	a.left, a.counted = a.left[:0], true
	for _, b := range v.Budgets() {
		a.left = append(a.left, max(b.Allowed, 0))
		a.counted = a.counted && b.Allowed != models.Recounted
	}
}

// of returns the disruptions that each budget allows.
func (a *allowances) of(v cluster.View) []int32 {
	if a.counted {
		return a.left
	}
	a.counted = true
	budgets := v.Budgets()
	if a.known != len(budgets) {
		a.known, a.covered = len(budgets), nil
	}
	a.counts = append(a.counts[:0], make([]budgetCount, len(budgets))...)
	for pod := range v.Live() {
		if pod.Phase().Terminal() {
			continue
		}
		for _, i := range a.covering(v, pod.SpecID()) {
			a.counts[i].add(v, pod)
		}
	}
	for i, b := range budgets {
		if b.Allowed == models.Recounted {
			a.left[i] = a.counts[i].allowed(b)
		}
	}
	return a.left
}

// covering lists the budgets to be counted that select pods of a specification.
func (a *allowances) covering(v cluster.View, id models.SpecID) []int32 {
	for spec := models.SpecID(len(a.covered)); spec <= id; spec++ {
		var list []int32
		for i, b := range v.Budgets() {
			if b.Allowed == models.Recounted && selects(b, v.Spec(spec), v.Dictionary()) {
				list = append(list, int32(i))
			}
		}
		a.covered = append(a.covered, list)
	}
	return a.covered[id]
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
