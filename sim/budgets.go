package sim

import (
	"reflect"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

// addBudget brings a PodDisruptionBudget into the cluster.
func (s *Simulation) addBudget(spec *models.BudgetSpec) {
	s.do(models.Op{Kind: models.OpAddBudget, Def: s.cluster.DefineBudget(counted(spec))})
}

// counted is a budget whose status follows from its pods.
func counted(spec *models.BudgetSpec) *models.BudgetSpec {
	out := *spec
	out.Allowed, out.Disrupted = models.Recounted, nil
	return &out
}

// budgetNamed finds the budget of a name.
func (s *Simulation) budgetNamed(namespace, name models.Sym) (cluster.Budget, bool) {
	for id := range s.view.RunBudgets() {
		if b := s.view.Budget(int32(id)); !b.Deleted() && b.Spec().Namespace == namespace && b.Spec().Name == name {
			return b, true
		}
	}
	return cluster.Budget{}, false
}

// budgetsChange changes the budgets of steps.
type budgetsChange struct {
	*Simulation
	budget cluster.Budget
}

func (c *budgetsChange) find(step *Step) (found bool) {
	c.budget, found = c.budgetNamed(step.Object.Namespace, step.Object.Name)
	return found
}

func (c *budgetsChange) differs(step *Step) bool {
	return !reflect.DeepEqual(c.budget.Spec(), counted(step.Budget))
}

func (c *budgetsChange) admit(step *Step, found bool) ([]models.Op, models.Refusal) {
	if found {
		return nil, models.Refusal{} // quotas count new ones only
	}
	return c.admission.Object(step.Object.resource(), step.Object.Namespace, c.ops[:0])
}

func (c *budgetsChange) put(step *Step, found bool) {
	if !found {
		c.addBudget(step.Budget)
		return
	}
	c.do(models.Op{Kind: models.OpUpdateBudget, Def: c.budget.ID(), Arg: int64(c.cluster.DefineBudget(counted(step.Budget)))})
}

func (c *budgetsChange) remove(*Step) {
	c.do(models.Op{Kind: models.OpRemoveBudget, Def: c.budget.ID()})
}

// healthChanges are the operations on pods after which the disruption controller looks at
// their budgets.
var healthChanges = []models.OpKind{
	models.OpCreatePod, models.OpReadyPod, models.OpUnreadyPod, models.OpExitPod, models.OpFinishPod, models.OpDeletePod, models.OpRemovePod,
	models.OpAdoptPod, models.OpOrphanPod, models.OpRelabelPod,
}

// budgetsHear lets the disruption controller react to an operation.
// Source: pkg/controller/disruption/disruption.go (addPod, updatePod, deletePod, updateDB).
func (s *Simulation) budgetsHear(op *models.Op) {
	switch {
	case op.Kind == models.OpAddBudget:
		s.planBudget(int32(s.view.RunBudgets()-1), s.agenda.Now().Add(s.config.Latencies.Controller))
	case op.Kind == models.OpUpdateBudget, op.Kind == models.OpAllowDisruption:
		s.planBudget(op.Def, s.agenda.Now().Add(s.config.Latencies.Controller))
	case s.view.RunBudgets() > 0 && slices.Contains(healthChanges, op.Kind):
		for _, id := range s.view.BudgetsOf(s.view.Pod(op.Pod).SpecID()) {
			s.planBudget(id, s.agenda.Now().Add(s.config.Latencies.Controller))
		}
		if op.Kind == models.OpRelabelPod {
			for _, id := range s.view.BudgetsOf(models.SpecID(op.Arg)) {
				s.planBudget(id, s.agenda.Now().Add(s.config.Latencies.Controller))
			}
		}
	}
}

// planBudget puts a sync of a budget on the agenda, unless an earlier one is there.
func (s *Simulation) planBudget(id int32, at models.Time) {
	for int(id) >= len(s.budgetSyncs) {
		s.budgetSyncs = append(s.budgetSyncs, models.Never)
	}
	if at < s.budgetSyncs[id] {
		s.budgetSyncs[id] = at
		s.agenda.Schedule(at, evBudget, 0, id, 0)
	}
}

func (s *Simulation) syncBudget(id int32) {
	now := s.agenda.Now()
	if s.budgetSyncs[id] != now {
		return
	}
	s.budgetSyncs[id] = models.Never
	ops, wake := control.SyncBudget(now, s.view.Budget(id), s.ops[:0])
	s.doAll(ops)
	if wake != models.Never {
		s.planBudget(id, max(wake, now.Add(time.Nanosecond)))
	}
}
