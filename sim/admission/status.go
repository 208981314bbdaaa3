package admission

import (
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Resync is how often the quota controller counts everything anew: what no event
// tells of, such as pods that should have been gone for long.
// Source: pkg/controller/resourcequota/config/v1alpha1/defaults.go.
const Resync = 5 * time.Minute

// tally is what counts under a quota, kept up to date as pods come and go.
type tally struct {
	quota   Quota
	used    map[string]models.Amount
	charges map[models.SpecID]models.Amounts
}

// tallyOf returns the tally of a quota. A new one counts the pods that are there.
func (a *Admission) tallyOf(id models.PolicyID) *tally {
	if t := a.tallies[id]; t != nil {
		return t
	}
	spec := a.view.Policy(id).Spec()
	t := &tally{
		quota: Quota{ID: id, Spec: spec, Hard: spec.Hard}, used: make(map[string]models.Amount), charges: make(map[models.SpecID]models.Amounts),
	}
	a.tallies[id] = t
	for pod := range a.view.Live() {
		if pod.Spec().Namespace == spec.Namespace {
			a.count(t, pod.SpecID(), 1, a.charged(pod))
		}
	}
	return t
}

// charged reports whether a pod counts under more than count/pods.
// Source: pkg/quota/v1/evaluator/core/pods.go (QuotaV1Pod).
func (a *Admission) charged(pod cluster.Pod) bool {
	return !pod.Phase().Terminal() && !a.lapsed[pod.ID()]
}

// count adds a pod to a tally, n times; without life only the object counts.
func (a *Admission) count(t *tally, id models.SpecID, n int64, life bool) {
	for _, amount := range a.charge(t, id) {
		if !life && amount.Name != countPods {
			continue
		}
		amount.Value *= n
		t.used[amount.Name] = t.used[amount.Name].Plus(amount)
	}
}

// charge returns what a pod counts for under a quota.
func (a *Admission) charge(t *tally, id models.SpecID) models.Amounts {
	charge, known := t.charges[id]
	if !known {
		if u, spec := a.usageOf(id), a.view.Spec(id); t.quota.covers(&u, spec) {
			charge = t.quota.mask(u.amounts)
		}
		t.charges[id] = charge
	}
	return charge
}

// uncount takes off what ends with a pod's life, or with its object.
func (a *Admission) uncount(t *tally, id models.SpecID, life, object bool) {
	for _, amount := range a.charge(t, id) {
		if is := amount.Name == countPods; is && object || !is && life {
			have := t.used[amount.Name]
			have.Value -= amount.Value
			t.used[amount.Name] = have
		}
	}
}

// Hears follows what happens to pods; it is asked before an operation is applied. It
// returns the namespace whose quotas have to be counted anew because of it; 0 if none.
// Source: pkg/quota/v1/install/update_filter.go (DefaultUpdateFilter), and
// pkg/controller/resourcequota/resource_quota_monitor.go.
func (a *Admission) Hears(op *models.Op) models.Sym {
	var id models.SpecID
	var life, object bool
	switch op.Kind {
	case models.OpCreatePod:
		spec := models.SpecID(op.Def)
		for _, quota := range a.quotasIn(a.view.Spec(spec).Namespace) {
			a.count(a.tallyOf(quota), spec, 1, true)
		}
		return 0
	case models.OpDeletePod:
		pod := a.view.Pod(op.Pod)
		if namespace := pod.Spec().Namespace; a.HasQuota(namespace) && !slices.Contains(a.leaving[namespace], op.Pod) {
			a.leaving[namespace] = append(a.leaving[namespace], op.Pod)
		}
		return 0
	case models.OpFinishPod:
		life = true
	case models.OpRemovePod:
		life, object = true, true
	case models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		is, was := models.SplitResizeArg(op.Arg)
		return a.recount(op.Pod, is, was)
	case models.OpUpdatePod:
		return a.recount(op.Pod, models.SpecID(op.Def), models.SpecID(op.Arg))
	case models.OpDeleteOwner:
		return a.withQuota(a.view.Owner(op.Owner).Spec().Namespace)
	case models.OpRemoveClaim:
		return a.withQuota(a.view.Claim(models.ClaimID(op.Def)).Spec().Namespace)
	case models.OpUpdateService, models.OpRemoveService:
		return a.withQuota(a.view.Service(op.Def).Spec().Namespace)
	case models.OpRemoveBudget:
		return a.withQuota(a.view.Budget(op.Def).Spec().Namespace)
	default:
		return 0
	}
	pod := a.view.Pod(op.Pod)
	id = pod.SpecID()
	namespace := pod.Spec().Namespace
	quotas := a.quotasIn(namespace)
	for _, quota := range quotas {
		a.uncount(a.tallyOf(quota), id, life && a.charged(pod), object)
	}
	if object {
		delete(a.lapsed, op.Pod)
	}
	if len(quotas) == 0 {
		return 0
	}
	return namespace
}

// recount counts a pod by another specification than before.
// Source: pkg/quota/v1/install/update_filter.go (hasResourcesChanged).
func (a *Admission) recount(id models.PodID, is, was models.SpecID) models.Sym {
	pod := a.view.Pod(id)
	quotas, life := a.quotasIn(pod.Spec().Namespace), a.charged(pod)
	if is == was || len(quotas) == 0 {
		return 0
	}
	for _, quota := range quotas {
		t := a.tallyOf(quota)
		a.uncount(t, was, life, true)
		a.count(t, is, 1, life)
	}
	return pod.Spec().Namespace
}

func (a *Admission) withQuota(namespace models.Sym) models.Sym {
	if a.HasQuota(namespace) {
		return namespace
	}
	return 0
}

// Sync is a sync of the quota controller: it appends what changes in the status of a
// quota.
// Source: pkg/controller/resourcequota/resource_quota_controller.go
// (syncResourceQuota).
func (a *Admission) Sync(now models.Time, id models.PolicyID, ops []models.Op) []models.Op {
	p := a.view.Policy(id)
	if p.Deleted() {
		return ops
	}
	t := a.tallyOf(id)
	a.lapse(now, p.Spec().Namespace)
	_, known := p.Hard()
	if !known || !p.Synced() {
		ops = append(ops, models.Op{Kind: models.OpSyncQuota, Arg: int64(id)})
	}
	for _, hard := range p.Spec().Hard {
		name := hard.Name
		if !isCalculable(name) {
			continue
		}
		is := t.used[hard.Name]
		if !isPodResource(name) {
			is = a.countOthers(&t.quota, hard.Name)
		}
		is.Name, is.Milli = hard.Name, hard.Milli
		if was, used := p.Used().Of(hard.Name); !used || was.Value != is.Value {
			ops = append(ops, a.use(id, is))
		}
	}
	return ops
}

// lapse lets pods of a namespace count no longer whose time to be gone is over by as
// much as they were given.
func (a *Admission) lapse(now models.Time, namespace models.Sym) {
	kept := a.leaving[namespace][:0]
	for _, id := range a.leaving[namespace] {
		pod := a.view.Pod(id)
		if pod.Removed() || pod.Phase().Terminal() || !pod.Deleting() {
			continue
		}
		if now <= Lapses(pod) {
			kept = append(kept, id)
			continue
		}
		for _, quota := range a.quotasIn(namespace) {
			a.uncount(a.tallyOf(quota), pod.SpecID(), a.charged(pod), false)
		}
		a.lapsed[id] = true
	}
	a.leaving[namespace] = kept
	if len(kept) == 0 {
		delete(a.leaving, namespace)
	}
}

// Lapses returns after when a pod that is being deleted and still there no longer
// counts.
// Source: pkg/quota/v1/evaluator/core/pods.go (QuotaV1Pod).
func Lapses(pod cluster.Pod) models.Time {
	return pod.Deadline().Add(pod.Deadline().Sub(pod.DeletedAt()))
}

// countOthers counts all but pods under one name of a quota.
func (a *Admission) countOthers(q *Quota, name string) models.Amount {
	o := others{view: a.view, namespace: q.Spec.Namespace, name: name, total: models.Amount{Name: name}}
	if len(q.Spec.Scopes) > 0 {
		return o.total
	}
	o.addOwners()
	o.addPolicies()
	o.addBudgets()
	o.addServices()
	o.addClaims(a.dict)
	return o.total
}

// others adds up what the objects of a namespace that are no pods use of one name.
type others struct {
	view      cluster.View
	namespace models.Sym
	name      string
	total     models.Amount
}

func (o *others) add(u usage) {
	if amount, ok := u.amounts.Of(o.name); ok {
		o.total = o.total.Plus(amount)
	}
}

// counted reports whether the name is the number of objects of a resource.
func (o *others) counted(resource string) bool {
	return o.name == countPrefix+resource || o.name == countAliases[resource]
}

func (o *others) addOwners() {
	for id := range o.view.Owners() {
		owner := o.view.Owner(models.OwnerID(id))
		if resource := ResourceOf(owner.Kind()); o.counted(resource) && !owner.Deleted() && owner.Spec().Namespace == o.namespace {
			o.add(countUsage(resource))
		}
	}
}

func (o *others) addPolicies() {
	for _, kind := range []models.PolicyKind{models.ResourceQuota, models.LimitRange} {
		for _, id := range o.view.PoliciesIn(o.namespace) {
			if resource := ResourceOfPolicy(kind); o.view.Policy(id).Spec().Kind == kind && o.counted(resource) {
				o.add(countUsage(resource))
			}
		}
	}
}

func (o *others) addBudgets() {
	for _, budget := range o.view.Budgets() {
		if budget.Namespace == o.namespace && o.counted(budgets) {
			o.add(countUsage(budgets))
		}
	}
}

func (o *others) addServices() {
	if !(&usage{evaluator: servicesEvaluator}).concerns(o.name) {
		return
	}
	for _, service := range o.view.Services() {
		if service.Namespace == o.namespace {
			o.add(serviceUsage(service))
		}
	}
}

func (o *others) addClaims(dict *models.Dictionary) {
	if !strings.Contains(o.name, claims) && !strings.HasSuffix(o.name, storage) {
		return
	}
	for id := range o.view.Claims() {
		if claim := o.view.Claim(models.ClaimID(id)); !claim.Removed() && claim.Spec().Namespace == o.namespace {
			o.add(claimUsage(claim.Spec(), dict))
		}
	}
}

const budgets = "poddisruptionbudgets.policy"

// Quotas returns the quotas of a namespace.
func (a *Admission) Quotas(namespace models.Sym) []models.PolicyID { return a.quotasIn(namespace) }
