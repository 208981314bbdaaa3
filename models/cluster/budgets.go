package cluster

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/oplog"
)

// budgets are the PodDisruptionBudgets of a run and what their pods add up to. A cluster
// without any pays nothing for it.
type budgets struct {
	defined []*models.BudgetSpec
	// present are those that are there now: see View.Budgets.
	present []*models.BudgetSpec
	rows    []budgetRow
	// covering are the budgets that select the pods of a specification, and members what
	// has been counted of a pod. Both follow from the rest.
	covering [][]int32
	members  []member
}

type budgetRow struct {
	spec       int32 // its definition
	generation int32
	created    models.Time
	removed    bool
	status     BudgetStatus
	// What its pods add up to.
	pods, healthy int32
	owners        map[models.OwnerID]int32
}

// member is what has been counted of a pod that some budget selects.
type member struct {
	spec    models.SpecID // None if nothing has
	owner   models.OwnerID
	healthy bool
}

// BudgetStatus is the status of a PodDisruptionBudget.
// Source: pkg/controller/disruption/disruption.go (updatePdbStatus).
type BudgetStatus struct {
	CurrentHealthy, DesiredHealthy, ExpectedPods, Allowed int32
	// Observed is the generation that the status is about; 0 if nobody has written it.
	Observed int32
	// Disrupted are the pods that the eviction API has let go and that are not marked for
	// deletion yet.
	Disrupted []Disruption
	// Failed says why the last sync failed, if it did.
	Failed models.Sym
	// Changed is when the condition DisruptionAllowed last became another one.
	Changed models.Time
	// Conditioned tells that the condition has been written.
	Conditioned bool
}

// Disruption is an eviction that a budget has allowed.
type Disruption struct {
	Pod models.PodID
	At  models.Time
}

// DeletionTimeout is how long the disruption controller waits for the deletion of a pod
// whose eviction was allowed.
// Source: pkg/controller/disruption/disruption.go (DeletionTimeout).
const DeletionTimeout = 2 * time.Minute

// Condition returns the status and reason of the condition DisruptionAllowed.
// Source: k8s.io/component-helpers/apps/poddisruptionbudget (UpdateDisruptionAllowedCondition).
func (s *BudgetStatus) Condition() (models.ConditionStatus, string) {
	switch {
	case s.Failed != 0:
		return models.ConditionFalse, "SyncFailed"
	case s.Allowed > 0:
		return models.ConditionTrue, "SufficientPods"
	}
	return models.ConditionFalse, "InsufficientPods"
}

// same reports whether two statuses tell the same.
func (s *BudgetStatus) same(o *BudgetStatus) bool {
	return s.CurrentHealthy == o.CurrentHealthy && s.DesiredHealthy == o.DesiredHealthy && s.ExpectedPods == o.ExpectedPods &&
		s.Allowed == o.Allowed && s.Observed == o.Observed && s.Failed == o.Failed && s.Conditioned == o.Conditioned &&
		slices.Equal(s.Disrupted, o.Disrupted)
}

// changeBudget adds, changes or removes a budget, or writes its status.
func (c *Cluster) changeBudget(now models.Time, op *models.Op) error {
	b := &c.budgets
	definition := op.Def
	if op.Kind == models.OpUpdateBudget {
		definition = int32(min(max(op.Arg, models.None), int64(len(b.defined))))
	}
	if defines := op.Kind == models.OpAddBudget || op.Kind == models.OpUpdateBudget; defines && (definition < 0 || int(definition) >= len(b.defined)) {
		return fmt.Errorf("no budget specification has id %d", definition)
	}
	if op.Kind == models.OpAddBudget {
		b.rows = append(b.rows, budgetRow{spec: definition, generation: 1, created: now})
		c.recountBudgets()
		return nil
	}
	row, err := c.budget(op.Def)
	if err != nil {
		return err
	}
	switch op.Kind {
	case models.OpUpdateBudget:
		if row.spec == definition {
			return fmt.Errorf("budget %d has that specification already", op.Def)
		}
		row.spec = definition
		row.generation++
		c.recountBudgets()
	case models.OpRemoveBudget:
		row.removed = true
		c.recountBudgets()
	case models.OpWriteBudgetStatus:
		c.writeBudget(now, op, row)
	}
	return nil
}

func (c *Cluster) budget(id int32) (*budgetRow, error) {
	if id < 0 || int(id) >= len(c.budgets.rows) {
		return nil, fmt.Errorf("no budget has id %d", id)
	}
	row := &c.budgets.rows[id]
	if row.removed {
		return nil, fmt.Errorf("budget %d is deleted", id)
	}
	return row, nil
}

// writeBudget writes what is known now, or that the sync has failed: then nothing may be
// disrupted, and the rest stays.
// Source: pkg/controller/disruption/disruption.go (updatePdbStatus, failSafe).
func (c *Cluster) writeBudget(now models.Time, op *models.Op, row *budgetRow) {
	is := row.status
	if op.Message == 0 {
		is = c.budgetStatus(now, row)
	}
	is.Failed = op.Message
	if is.Failed != 0 {
		is.Allowed = 0
	}
	c.condition(now, row, is)
}

// condition replaces a status and notes when its condition changes.
func (c *Cluster) condition(now models.Time, row *budgetRow, is BudgetStatus) {
	was, _ := row.status.Condition()
	if status, _ := is.Condition(); !row.status.Conditioned || was != status {
		is.Changed = now
	}
	is.Conditioned = true
	row.status = is
}

// allowDisruption lets a pod go at the expense of a budget.
// Source: pkg/registry/core/pod/storage/eviction.go (checkAndDecrement).
func (c *Cluster) allowDisruption(now models.Time, op *models.Op) error {
	row, err := c.budget(op.Def)
	switch {
	case err != nil:
		return err
	case row.status.Allowed <= 0:
		return fmt.Errorf("budget %d allows no disruption", op.Def)
	}
	is := row.status
	is.Allowed--
	is.Disrupted = slices.DeleteFunc(slices.Clone(is.Disrupted), func(d Disruption) bool { return d.Pod == op.Pod })
	is.Disrupted = append(is.Disrupted, Disruption{op.Pod, now})
	c.condition(now, row, is)
	return nil
}

// budgetStatus is what the disruption controller would write now.
// Source: pkg/controller/disruption/disruption.go (trySync).
func (c *Cluster) budgetStatus(now models.Time, row *budgetRow) BudgetStatus {
	is, spec := BudgetStatus{Changed: row.status.Changed, Conditioned: true, Observed: row.generation}, c.budgets.defined[row.spec]
	healthy := row.healthy
	for _, d := range row.status.Disrupted {
		pod := c.pods.at(int32(d.Pod))
		if pod.flags&(podDeleting|podRemoved) != 0 || now > d.At.Add(DeletionTimeout) || !c.selectsPod(row, pod) {
			continue
		}
		is.Disrupted = append(is.Disrupted, d)
		if pod.is(podReady) && now < d.At.Add(DeletionTimeout) {
			healthy--
		}
	}
	is.CurrentHealthy = healthy
	is.ExpectedPods, is.DesiredHealthy = row.pods, spec.MinAvailable.Value
	switch {
	case spec.MaxUnavailable.Given:
		is.ExpectedPods = c.scale(row)
		is.DesiredHealthy = max(is.ExpectedPods-spec.MaxUnavailable.Of(is.ExpectedPods), 0)
	case spec.MinAvailable.Percent:
		is.ExpectedPods = c.scale(row)
		is.DesiredHealthy = spec.MinAvailable.Of(is.ExpectedPods)
	case !spec.MinAvailable.Given:
		is.ExpectedPods = 0
	}
	if is.ExpectedPods > 0 {
		is.Allowed = max(is.CurrentHealthy-is.DesiredHealthy, 0)
	}
	return is
}

func (c *Cluster) selectsPod(row *budgetRow, pod *podRow) bool {
	spec, pods := c.budgets.defined[row.spec], c.podSpecs[pod.spec]
	return spec.Namespace == pods.Namespace && spec.Selector.Matches(pods.Labels, c.dictionary)
}

// scale adds up the replicas of the controllers of the pods of a budget.
// Source: pkg/controller/disruption/disruption.go (getExpectedScale).
func (c *Cluster) scale(row *budgetRow) int32 {
	sum := int64(0)
	counted := make(map[models.OwnerID]bool, len(row.owners))
	for id := range row.owners {
		if id = c.scaled(id); !counted[id] {
			counted[id] = true
			sum += int64(c.owners.at(int32(id)).replicas)
		}
	}
	return int32(min(sum, math.MaxInt32))
}

// scaled is the controller whose scale counts: the Deployment of a ReplicaSet.
func (c *Cluster) scaled(id models.OwnerID) models.OwnerID {
	row := c.owners.at(int32(id))
	if parent := row.parent; c.ownerSpecs[row.spec].Kind == models.ReplicaSet && parent != models.None &&
		c.owners.at(int32(parent)).state != ownerDeleted && c.ownerSpecs[c.owners.at(int32(parent)).spec].Kind == models.Deployment {
		return parent
	}
	return id
}

// countMember takes in what became of a pod.
func (c *Cluster) countMember(id models.PodID) {
	b, row := &c.budgets, c.pods.at(int32(id))
	gone := row.is(podRemoved)
	covering := c.coveringSpec(row.spec)
	if int(id) >= len(b.members) {
		if gone || len(covering) == 0 {
			return
		}
		for int(id) >= len(b.members) {
			b.members = append(b.members, member{spec: models.None})
		}
	}
	was, is := b.members[id], member{row.spec, row.owner, row.is(podReady) && !row.is(podDeleting)}
	if gone || len(covering) == 0 {
		is = member{spec: models.None}
	}
	if was == is {
		return
	}
	if was.spec != models.None {
		c.addMember(was, -1)
	}
	if is.spec != models.None {
		c.addMember(is, 1)
	}
	b.members[id] = is
}

func (c *Cluster) addMember(m member, n int32) {
	for _, i := range c.coveringSpec(m.spec) {
		row := &c.budgets.rows[i]
		row.pods += n
		if m.healthy {
			row.healthy += n
		}
		if m.owner == models.None {
			continue
		}
		if row.owners == nil {
			row.owners = make(map[models.OwnerID]int32)
		}
		if row.owners[m.owner] += n; row.owners[m.owner] == 0 {
			delete(row.owners, m.owner)
		}
	}
}

// coveringSpec lists the budgets that select the pods of a specification.
func (c *Cluster) coveringSpec(id models.SpecID) []int32 {
	b := &c.budgets
	for spec := models.SpecID(len(b.covering)); spec <= id; spec++ {
		var list []int32
		for i := range b.rows {
			d, pods := b.defined[b.rows[i].spec], c.podSpecs[spec]
			if !b.rows[i].removed && d.Namespace == pods.Namespace && d.Selector.Matches(pods.Labels, c.dictionary) {
				list = append(list, int32(i))
			}
		}
		b.covering = append(b.covering, list)
	}
	return b.covering[id]
}

// recountBudgets adds up the pods of all budgets anew.
func (c *Cluster) recountBudgets() {
	b := &c.budgets
	b.covering, b.members, b.present = nil, b.members[:0], nil
	for i := range b.rows {
		spec := b.defined[b.rows[i].spec]
		if b.rows[i].removed {
			spec = &models.BudgetSpec{Selector: models.LabelSelector{None: true}}
		}
		b.present = append(b.present, spec)
		b.rows[i].pods, b.rows[i].healthy, b.rows[i].owners = 0, 0, nil
	}
	for pod := range c.View().Live() {
		c.countMember(pod.id)
	}
}

// DefineBudget makes a PodDisruptionBudget known and returns its number. In a run it
// counts from its AddBudget on.
func (c *Cluster) DefineBudget(spec *models.BudgetSpec) int32 {
	c.budgets.defined = append(c.budgets.defined, spec)
	if spec.Allowed != models.Recounted {
		c.budgets.present = append(c.budgets.present, spec)
	}
	c.log.Define(oplog.BudgetSpec, encodeSpec(spec))
	return int32(len(c.budgets.defined) - 1)
}
