package why

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// upgradeBlocked is the stage of an upgrade at which budgets have kept pods for too long.
const upgradeBlocked = "Blocked"

// observeUpgrade tells pods, and the workload that has them, which budget keeps them from
// leaving a node that is upgraded.
func (s *Story) observeUpgrade(op *models.Op, d *models.Dictionary) {
	if d.String(op.Reason) != upgradeBlocked {
		return
	}
	parts := strings.SplitN(d.String(op.Message), ": ", 3) // the budget, its pods, the reason
	if op.Arg <= 0 || len(parts) != 3 {
		return
	}
	names := strings.Split(parts[1], ", ")
	text := "budget " + parts[0] + " blocks the upgrade of node group " + d.String(op.Name) + ": " + parts[2]
	told := false
	for _, l := range s.onNode[op.Node] {
		switch {
		case !slices.Contains(names, s.query.Namespace+"/"+l.name):
		case l.subject:
			l.facts.add(s.now, s.at, text, false)
		case s.query.Kind != podKind && !told:
			told = true
			s.facts.add(s.now, s.at, text, false)
		}
	}
}

// held tells, of a pod that is to leave its cordoned node, which budgets let none go, as
// the end of a sentence; empty if there are none.
func (a *asking) held(pod cluster.Pod) string {
	if !a.View.Node(pod.Node()).Unschedulable() {
		return ""
	}
	text := ""
	v := a.View
	for _, id := range v.BudgetsOf(pod.SpecID()) {
		b := v.Budget(id)
		if s := b.Status(); s.Allowed <= 0 {
			text += "; its node is cordoned, and budget " + v.Dictionary().String(pod.Spec().Namespace) + "/" + b.Name() + " lets no pod be evicted: it wants " +
				reports.Plural(int(s.DesiredHealthy), "healthy pod") + " and has " + reports.Count(int64(s.CurrentHealthy))
		}
	}
	return text
}
