package timelines

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// budget tells what changed of a PodDisruptionBudget.
func (w *watcher) budget(op *models.Op, v cluster.View) {
	const kind = "PodDisruptionBudget"
	id := op.Def
	if op.Kind == models.OpAddBudget {
		id = int32(v.RunBudgets() - 1)
	}
	b := v.Budget(id)
	name := b.Name()
	if op.Kind == models.OpRemoveBudget {
		w.tell(kind, name, Deleted, "")
		return
	}
	was, known := w.budgets[id]
	if !known {
		w.tell(kind, name, Added, "")
	}
	is := make(map[string]string)
	s := b.Status()
	for field, n := range map[string]int32{
		"currentHealthy": s.CurrentHealthy, "desiredHealthy": s.DesiredHealthy, "expectedPods": s.ExpectedPods, "disruptionsAllowed": s.Allowed,
	} {
		is[field] = encode(n)
	}
	if s.Conditioned {
		status, reason := s.Condition()
		is["conditions.DisruptionAllowed"] = status.String() + ":" + reason
		if message := v.Dictionary().String(s.Failed); message != "" {
			is["conditions.DisruptionAllowed"] += ": " + w.names.in(message)
		}
	}
	var disrupted []string
	for _, d := range s.Disrupted {
		disrupted = append(disrupted, w.names.pods[d.Pod])
	}
	is["disruptedPods"] = "null"
	if disrupted != nil {
		is["disruptedPods"] = encode(disrupted)
	}
	for _, field := range sortedKeys(is) {
		if before := was[field]; before != is[field] && (known || is[field] != "null") {
			w.tell(kind, name, field, is[field])
		}
	}
	w.budgets[id] = is
}
