package plugins

import "github.com/podsim/podsim/models/cluster"

// allowances tell how many disruptions each budget allows: those of its status, as it was
// last written, and none if it has none.
type allowances struct{ left []int32 }

// begin reads the statuses. Budgets of a run keep theirs beside them.
func (a *allowances) begin(v cluster.View) {
	a.left = a.left[:0]
	inRun := v.RunBudgets() > 0
	for i, b := range v.Budgets() {
		allowed := b.Allowed
		if inRun {
			allowed = v.Budget(int32(i)).Status().Allowed
		}
		a.left = append(a.left, max(allowed, 0))
	}
}
