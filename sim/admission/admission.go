package admission

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Admission is the admission of one cluster, with what the quota controller counts.
type Admission struct {
	view   cluster.View
	dict   *models.Dictionary
	define func(*models.PodSpec) models.SpecID
	// finished are templates of pods as the LimitRanges of their namespace complete
	// and judge them. A change of any LimitRange clears it.
	finished map[models.SpecID]finished
	usages   map[models.SpecID]usage
	tallies  map[models.PolicyID]*tally
	// leaving are the pods of namespaces with quotas that are being deleted.
	leaving map[models.Sym][]models.PodID
	// lapsed are those of them that no longer count, though they are still there.
	lapsed map[models.PodID]bool
}

// finished is a template after LimitRanger: what becomes of it, or why nothing does.
type finished struct {
	spec    models.SpecID
	refusal models.Refusal
}

// New returns the admission of a cluster. define makes completed templates known.
func New(v cluster.View, define func(*models.PodSpec) models.SpecID) *Admission {
	return &Admission{
		view: v, dict: v.Dictionary(), define: define,
		finished: make(map[models.SpecID]finished), usages: make(map[models.SpecID]usage), tallies: make(map[models.PolicyID]*tally),
		leaving: make(map[models.Sym][]models.PodID), lapsed: make(map[models.PodID]bool),
	}
}

// Namespace refuses what is to be made in a namespace that is not there, or not for
// long.
// Source: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
func (a *Admission) Namespace(name models.Sym) models.Refusal {
	if !a.view.NamespacesChange() {
		return models.Refusal{}
	}
	n := a.view.NamespaceState(name)
	switch {
	case !n.Exists():
		return models.Refusal{Form: models.NamespaceMissing, Why: a.dict.String(name)}
	case n.Terminating():
		return models.Refusal{
			Form: models.NamespaceTerminating,
			Why:  "unable to create new content in namespace " + a.dict.String(name) + " because it is being terminated",
		}
	}
	return models.Refusal{}
}

// Pod admits a pod: it returns the specification that the pod gets and appends what
// quotas write down for it, or says why it is refused.
func (a *Admission) Pod(id models.SpecID, ops []models.Op) (models.SpecID, []models.Op, models.Refusal) {
	namespace := a.view.Spec(id).Namespace
	if refusal := a.Namespace(namespace); refusal.Form != models.NotRefused {
		return id, ops, refusal
	}
	if refusal := a.runtime(id); refusal.Form != models.NotRefused {
		return id, ops, refusal
	}
	if len(a.view.PoliciesIn(namespace)) == 0 {
		return id, ops, models.Refusal{}
	}
	done := a.limited(id, namespace)
	if done.refusal.Form != models.NotRefused {
		return id, ops, done.refusal
	}
	spec := a.view.Spec(done.spec)
	u := a.usageOf(done.spec)
	ops, refusal := a.quotas(namespace, &u, spec, ops)
	return done.spec, ops, refusal
}

// runtime rejects a pod whose RuntimeClass is not there.
// Source: plugin/pkg/admission/runtimeclass/admission.go (prepareObjects).
func (a *Admission) runtime(id models.SpecID) models.Refusal {
	detail := a.view.Spec(id).Detail
	if detail == nil || detail.MissingRuntime == "" {
		return models.Refusal{}
	}
	return models.Refusal{Form: models.Forbidden, Why: fmt.Sprintf("pod rejected: RuntimeClass %q not found", detail.MissingRuntime)}
}

// limited is LimitRanger with the validation of the API between its two parts.
func (a *Admission) limited(id models.SpecID, namespace models.Sym) finished {
	if done, known := a.finished[id]; known {
		return done
	}
	done := finished{spec: id}
	ranges := a.ranges(namespace)
	s := subjectOf(a.view.Spec(id), a.dict)
	if detail, changed := s.withDefaults(ranges); changed {
		spec, err := completed(s.spec, detail, a.dict)
		if err != nil {
			done.refusal = models.Refusal{Form: models.Forbidden, Why: err.Error()}
			a.finished[id] = done
			return done
		}
		s = subject{a.dict, spec, detail}
		done.spec = a.define(spec)
	}
	if wrong := s.invalid(); wrong != "" {
		done.refusal = models.Refusal{Form: models.Invalid, Why: wrong}
	}
	for _, r := range ranges {
		if done.refusal.Form != models.NotRefused {
			break
		}
		if wrong := s.outOfBounds(r); wrong != "" {
			done.refusal = models.Refusal{Form: models.Forbidden, Why: wrong}
		}
	}
	a.finished[id] = done
	return done
}

// Bounds refuses resources that a pod is to have which the LimitRanges of its namespace
// do not allow.
// Source: plugin/pkg/admission/limitranger/admission.go (SupportsAttributes).
func (a *Admission) Bounds(spec *models.PodSpec) models.Refusal {
	s := subjectOf(spec, a.dict)
	for _, r := range a.ranges(spec.Namespace) {
		if wrong := s.outOfBounds(r); wrong != "" {
			return models.Refusal{Form: models.Forbidden, Why: wrong}
		}
	}
	return models.Refusal{}
}

// Resize holds what a pod is to take more than before to the quotas of its namespace.
func (a *Admission) Resize(next, before models.SpecID, ops []models.Op) ([]models.Op, models.Refusal) {
	spec := a.view.Spec(next)
	if !a.HasQuota(spec.Namespace) {
		return ops, models.Refusal{}
	}
	return a.grow(spec.Namespace, a.usageOf(next), a.usageOf(before), spec, ops)
}

// grow holds what an object uses more than before to the quotas of its namespace.
// Source: k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go (CheckRequest).
func (a *Admission) grow(namespace models.Sym, is, was usage, pod *models.PodSpec, ops []models.Op) ([]models.Op, models.Refusal) {
	var more models.Amounts
	for _, amount := range is.amounts {
		old, _ := was.amounts.Of(amount.Name)
		if amount.Value -= old.Value; amount.Value > 0 {
			more = append(more, amount)
		}
	}
	if len(more) == 0 {
		return ops, models.Refusal{}
	}
	is.amounts = more
	return a.quotas(namespace, &is, pod, ops)
}

// ranges are the LimitRanges of a namespace.
func (a *Admission) ranges(namespace models.Sym) (out []*models.PolicySpec) {
	for _, id := range a.view.PoliciesIn(namespace) {
		if p := a.view.Policy(id); p.Spec().Kind == models.LimitRange {
			out = append(out, p.Spec())
		}
	}
	return out
}

// Claim admits a PersistentVolumeClaim.
func (a *Admission) Claim(claim *models.ClaimSpec, ops []models.Op) ([]models.Op, models.Refusal) {
	if refusal := a.Namespace(claim.Namespace); refusal.Form != models.NotRefused {
		return ops, refusal
	}
	for _, r := range a.ranges(claim.Namespace) {
		if wrong := claimOutOfBounds(r, claim); wrong != "" {
			return ops, models.Refusal{Form: models.Forbidden, Why: wrong}
		}
	}
	u := claimUsage(claim, a.dict)
	return a.quotas(claim.Namespace, &u, nil, ops)
}

// Service admits a Service.
func (a *Admission) Service(service *models.ServiceSpec, ops []models.Op) ([]models.Op, models.Refusal) {
	if refusal := a.Namespace(service.Namespace); refusal.Form != models.NotRefused {
		return ops, refusal
	}
	u := serviceUsage(service)
	return a.quotas(service.Namespace, &u, nil, ops)
}

// ServiceChange holds a Service that becomes another one to quotas.
func (a *Admission) ServiceChange(next, before *models.ServiceSpec, ops []models.Op) ([]models.Op, models.Refusal) {
	return a.grow(next.Namespace, serviceUsage(next), serviceUsage(before), nil, ops)
}

// Object admits an object that quotas can only count, by its resource, such as
// jobs.batch.
func (a *Admission) Object(resource string, namespace models.Sym, ops []models.Op) ([]models.Op, models.Refusal) {
	if refusal := a.Namespace(namespace); refusal.Form != models.NotRefused {
		return ops, refusal
	}
	if len(a.view.PoliciesIn(namespace)) == 0 {
		return ops, models.Refusal{}
	}
	u := countUsage(resource)
	return a.quotas(namespace, &u, nil, ops)
}

// quotas is the admission plugin ResourceQuota: all quotas must have room, and then
// all of them write down at once what is used.
func (a *Admission) quotas(namespace models.Sym, u *usage, pod *models.PodSpec, ops []models.Op) ([]models.Op, models.Refusal) {
	var quotas []Quota
	for _, id := range a.view.PoliciesIn(namespace) {
		p := a.view.Policy(id)
		if hard, known := p.Hard(); known && p.Spec().Kind == models.ResourceQuota {
			quotas = append(quotas, Quota{ID: id, Spec: p.Spec(), Hard: hard, Used: p.Used()})
		}
	}
	added, why := check(quotas, u, pod, a.dict)
	if why != "" {
		return ops, models.Refusal{Form: models.Forbidden, Why: why}
	}
	for i := range quotas {
		for _, amount := range added[i] {
			have, _ := quotas[i].Used.Of(amount.Name)
			ops = append(ops, a.use(quotas[i].ID, have.Plus(amount)))
		}
	}
	return ops, models.Refusal{}
}

// use writes down how much of a resource is used.
func (a *Admission) use(id models.PolicyID, is models.Amount) models.Op {
	return models.Op{Kind: models.OpUseQuota, Def: int32(id), Name: a.dict.Sym(is.Name), Ordinal: int32(is.Format), Arg: is.Value}
}

func (a *Admission) usageOf(id models.SpecID) usage {
	u, known := a.usages[id]
	if !known {
		u = podUsage(a.view.Spec(id), a.dict)
		a.usages[id] = u
	}
	return u
}

// resourceOf are the resources of controllers, with their groups.
var resourceOf = map[models.OwnerKind]string{
	models.ReplicaSet: "replicasets.apps", models.ReplicationController: "replicationcontrollers", models.Deployment: "deployments.apps",
	models.Job: "jobs.batch", models.StatefulSet: "statefulsets.apps", models.DaemonSet: "daemonsets.apps", models.CronJob: "cronjobs.batch",
	models.HorizontalPodAutoscaler: "horizontalpodautoscalers.autoscaling",
}

// ResourceOf returns the resource of a kind of controller, with its group.
func ResourceOf(kind models.OwnerKind) string { return resourceOf[kind] }

// ResourceOfPolicy returns the resource of a kind of policy.
func ResourceOfPolicy(kind models.PolicyKind) string {
	if kind == models.ResourceQuota {
		return "resourcequotas"
	}
	return "limitranges"
}

// PolicyChanged forgets what followed from a policy. It must be told of each change.
func (a *Admission) PolicyChanged(id models.PolicyID) {
	if a.view.Policy(id).Spec().Kind == models.LimitRange {
		clear(a.finished)
		return
	}
	delete(a.tallies, id)
}

// HasQuota reports whether there is a quota in a namespace.
func (a *Admission) HasQuota(namespace models.Sym) bool { return len(a.quotasIn(namespace)) > 0 }

// quotasIn returns the quotas of a namespace, which come first among its policies.
func (a *Admission) quotasIn(namespace models.Sym) []models.PolicyID {
	list := a.view.PoliciesIn(namespace)
	at := slices.IndexFunc(list, func(id models.PolicyID) bool { return a.view.Policy(id).Spec().Kind != models.ResourceQuota })
	if at < 0 {
		return list
	}
	return list[:at]
}
