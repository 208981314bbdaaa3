package cluster_test

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// twinBudget is a PodDisruptionBudget; what its pods make is counted when it is asked for.
type twinBudget struct {
	spec       int32
	generation int32
	created    models.Time
	removed    bool
	status     cluster.BudgetStatus
}

// budgetSpecs are those of random histories.
func budgetSpecs() []*models.BudgetSpec {
	share := func(n int32, percent bool) models.Share { return models.Share{Value: n, Percent: percent, Given: true} }
	labelled := models.LabelSelector{Requirements: models.Selector{{Key: 1, Op: models.Exists}}}
	return []*models.BudgetSpec{
		{Name: 1, Allowed: models.Recounted, MinAvailable: share(0, false)},
		{Name: 2, Allowed: models.Recounted, MaxUnavailable: share(50, true), Selector: labelled},
		{Name: 3, Allowed: models.Recounted, MinAvailable: share(30, true), Selector: models.LabelSelector{None: true}},
	}
}

func (w *twin) againstBudget(op *models.Op) (against []string) {
	no := func(when bool, why string) {
		if when {
			against = append(against, why)
		}
	}
	if op.Kind == models.OpAddBudget {
		no(op.Def < 0 || int(op.Def) >= len(w.budgetSpecs), "no budget specification")
		return against
	}
	no(op.Kind == models.OpUpdateBudget && (op.Arg < 0 || op.Arg >= int64(len(w.budgetSpecs))), "no budget specification")
	if op.Def < 0 || int(op.Def) >= len(w.budgets) {
		return append(against, "no budget has id")
	}
	b := w.budgets[op.Def]
	no(b.removed, "is deleted")
	no(op.Kind == models.OpUpdateBudget && op.Arg == int64(b.spec), "already")
	no(op.Kind == models.OpAllowDisruption && b.status.Allowed == 0, "allows no disruption")
	return against
}

func (w *twin) changeBudget(now models.Time, op *models.Op) {
	if op.Kind == models.OpAddBudget {
		w.budgets = append(w.budgets, twinBudget{spec: op.Def, generation: 1, created: now})
		return
	}
	b := &w.budgets[op.Def]
	is := b.status
	switch op.Kind {
	case models.OpUpdateBudget:
		b.spec = int32(op.Arg)
		b.generation++
		return
	case models.OpRemoveBudget:
		b.removed = true
		return
	case models.OpWriteBudgetStatus:
		if op.Message == 0 {
			is = w.budgetStatus(now, b)
		} else {
			is.Allowed = 0
		}
		is.Failed = op.Message
	case models.OpAllowDisruption:
		is.Allowed--
		is.Disrupted = slices.DeleteFunc(slices.Clone(is.Disrupted), func(d cluster.Disruption) bool { return d.Pod == op.Pod })
		is.Disrupted = append(is.Disrupted, cluster.Disruption{Pod: op.Pod, At: now})
	}
	before, _ := b.status.Condition()
	after, _ := is.Condition()
	if !b.status.Conditioned || before != after {
		is.Changed = now
	}
	is.Conditioned = true
	b.status = is
}

// budgetStatus is what the disruption controller would write.
func (w *twin) budgetStatus(now models.Time, b *twinBudget) cluster.BudgetStatus {
	spec := w.budgetSpecs[b.spec]
	is := cluster.BudgetStatus{Observed: b.generation, Changed: b.status.Changed}
	controllers := make(map[models.OwnerID]bool)
	letGo := make(map[models.PodID]bool)
	for _, d := range b.status.Disrupted {
		if p := w.pods[d.Pod]; !p.removed && !p.deleting && w.selected(spec, p) && now <= d.At.Add(cluster.DeletionTimeout) {
			is.Disrupted = append(is.Disrupted, d)
			letGo[d.Pod] = now < d.At.Add(cluster.DeletionTimeout)
		}
	}
	pods := int32(0)
	for id, p := range w.pods {
		if p.removed || !w.selected(spec, p) {
			continue
		}
		pods++
		if p.ready && !p.deleting && !letGo[id] {
			is.CurrentHealthy++
		}
		if o := w.owners[p.owner]; o != nil {
			up := w.owners[o.parent]
			if o.kind == models.ReplicaSet && up != nil && up.kind == models.Deployment && up.state != "deleted" {
				controllers[o.parent] = true
			} else {
				controllers[p.owner] = true
			}
		}
	}
	scale := int64(0)
	for id := range controllers {
		scale += int64(w.owners[id].replicas)
	}
	is.ExpectedPods = int32(min(scale, math.MaxInt32))
	switch {
	case spec.MaxUnavailable.Given:
		is.DesiredHealthy = max(is.ExpectedPods-spec.MaxUnavailable.Of(is.ExpectedPods), 0)
	case spec.MinAvailable.Percent:
		is.DesiredHealthy = spec.MinAvailable.Of(is.ExpectedPods)
	default:
		is.DesiredHealthy, is.ExpectedPods = spec.MinAvailable.Value, pods
	}
	if is.ExpectedPods > 0 && is.CurrentHealthy > is.DesiredHealthy {
		is.Allowed = is.CurrentHealthy - is.DesiredHealthy
	}
	return is
}

func (w *twin) selected(b *models.BudgetSpec, p twinPod) bool {
	return !b.Selector.None && (len(b.Selector.Requirements) == 0 || len(w.specs[p.spec].Labels) > 0)
}

// budgetDifference compares all budgets.
func (p *pair) budgetDifference() string {
	v := p.View()
	if v.RunBudgets() != len(p.twin.budgets) {
		return fmt.Sprintf("%d budgets; want %d", v.RunBudgets(), len(p.twin.budgets))
	}
	for i := range p.twin.budgets {
		want, b := &p.twin.budgets[i], v.Budget(int32(i))
		pods := int32(0)
		for _, id := range slices.Sorted(maps.Keys(p.twin.pods)) {
			if pod := p.twin.pods[id]; !want.removed && !pod.removed && p.twin.selected(p.twin.budgetSpecs[want.spec], pod) {
				pods++
			}
		}
		wanted := fmt.Sprintf("%+v %d %v %t %d", want.status, want.generation, want.created, want.removed, pods)
		if got := fmt.Sprintf("%+v %d %v %t %d", *b.Status(), b.Generation(), b.Created(), b.Deleted(), b.Pods()); got != wanted {
			return fmt.Sprintf("budget %d\n- %s\n+ %s", i, wanted, got)
		}
	}
	return ""
}
