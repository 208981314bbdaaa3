package cluster

import (
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// Budget reads one PodDisruptionBudget of a run.
type Budget struct {
	c  *Cluster
	id int32
}

// Budgets returns the PodDisruptionBudgets: those of a run by their numbers, where one that
// is gone selects nothing, and those of a cluster that stands still in the order in which
// they were defined.
func (v View) Budgets() []*models.BudgetSpec { return v.c.budgets.present }

// RunBudgets returns the number of PodDisruptionBudgets that there ever were in a run; they
// count from 0.
func (v View) RunBudgets() int { return len(v.c.budgets.rows) }

// Budget returns the handle of a PodDisruptionBudget of a run.
func (v View) Budget(id int32) Budget { return Budget{v.c, id} }

// BudgetsOf lists the PodDisruptionBudgets of a run that select pods of a specification.
func (v View) BudgetsOf(spec models.SpecID) []int32 {
	if len(v.c.budgets.rows) == 0 {
		return nil
	}
	return v.c.coveringSpec(spec)
}

func (b Budget) row() *budgetRow { return &b.c.budgets.rows[b.id] }

// View returns the view that the handle came from.
func (b Budget) View() View { return View{b.c} }

// ID returns its number.
func (b Budget) ID() int32 { return b.id }

// Spec returns its specification.
func (b Budget) Spec() *models.BudgetSpec { return b.c.budgets.defined[b.row().spec] }

// Name returns its name.
func (b Budget) Name() string { return b.c.dictionary.String(b.Spec().Name) }

// Created returns when it was created.
func (b Budget) Created() models.Time { return b.row().created }

// Generation counts its specifications, from 1.
func (b Budget) Generation() int32 { return b.row().generation }

// Deleted reports whether it is gone.
func (b Budget) Deleted() bool { return b.row().removed }

// Status returns its status as it was last written. It must not be changed.
func (b Budget) Status() *BudgetStatus { return &b.row().status }

// Pods returns how many pods it selects.
func (b Budget) Pods() int32 { return b.row().pods }

// Unmanaged returns how many of its pods belong to nobody.
func (b Budget) Unmanaged() int32 {
	n := b.row().pods
	for _, owned := range b.row().owners {
		n -= owned
	}
	return n
}

// Owners lists the controllers of its pods, in order of their creation.
func (b Budget) Owners() []models.OwnerID { return slices.Sorted(maps.Keys(b.row().owners)) }

// OutOfDate reports whether the disruption controller would write another status now than
// stands there.
func (b Budget) OutOfDate(now models.Time) bool {
	is := b.c.budgetStatus(now, b.row())
	return !is.same(&b.row().status)
}

// Disrupts reports whether it has let a pod go that is not marked for deletion yet.
func (b Budget) Disrupts(pod models.PodID) bool {
	return slices.ContainsFunc(b.row().status.Disrupted, func(d Disruption) bool { return d.Pod == pod })
}

// BudgetChange is what it means to a budget that one of its pods goes: what the disruption
// controller counts and allows before and after, whether the status tells of it yet or not.
type BudgetChange struct {
	Budget                Budget
	Desired               int32
	Healthy, HealthyAfter int32
	Allowed, AllowedAfter int32
}

// Violated reports whether a healthy pod goes although the budget has none to spare.
func (c *BudgetChange) Violated() bool {
	return c.HealthyAfter < c.Healthy && c.HealthyAfter < c.Desired
}

// BudgetChanges tells what it means to the budgets of a pod that it goes. It is asked
// before the pod is deleted, or right after it has been marked for deletion.
func (p Pod) BudgetChanges(now models.Time) (out []BudgetChange) {
	v := p.View()
	for _, id := range v.BudgetsOf(p.SpecID()) {
		b := v.Budget(id)
		is := b.c.budgetStatus(now, b.row())
		c := BudgetChange{Budget: b, Desired: is.DesiredHealthy, Healthy: b.row().healthy, HealthyAfter: b.row().healthy}
		switch {
		case !p.Ready() || p.Phase().Terminal():
		case p.Deleting():
			c.Healthy++
		default:
			c.HealthyAfter--
		}
		if is.ExpectedPods > 0 {
			c.Allowed, c.AllowedAfter = max(c.Healthy-c.Desired, 0), max(c.HealthyAfter-c.Desired, 0)
		}
		out = append(out, c)
	}
	return out
}
