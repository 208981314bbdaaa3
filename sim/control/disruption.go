package control

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// SyncBudget is one sync of the disruption controller: it appends the write of a status
// that has changed. wake is when it wants to look again, Never if only a change of the
// pods matters.
// Source: pkg/controller/disruption/disruption.go (trySync).
func SyncBudget(now models.Time, b cluster.Budget, ops []models.Op) (out []models.Op, wake models.Time) {
	if b.Deleted() {
		return ops, models.Never
	}
	d, status := b.View().Dictionary(), b.Status()
	if problem := scaleProblem(b); problem != "" {
		message := d.Sym(problem)
		if status.Failed != message {
			ops = append(ops, models.Op{Kind: models.OpWriteBudgetStatus, Def: b.ID(), Message: message})
		}
		return ops, models.Never
	}
	if b.OutOfDate(now) {
		ops = append(ops, models.Op{Kind: models.OpWriteBudgetStatus, Def: b.ID()})
	}
	wake = models.Never
	for _, disruption := range status.Disrupted {
		if pod := b.View().Pod(disruption.Pod); !pod.Removed() && !pod.Deleting() && now <= disruption.At.Add(cluster.DeletionTimeout) {
			wake = min(wake, disruption.At.Add(cluster.DeletionTimeout)+1)
		}
	}
	return ops, wake
}

// scaleProblem says why the pods that a budget expects cannot be counted, if so: it asks
// for their controllers, and one of these has no scale.
// Source: pkg/controller/disruption/disruption.go (getExpectedScale, getScaleController).
func scaleProblem(b cluster.Budget) string {
	spec := b.Spec()
	if !spec.MaxUnavailable.Given && !spec.MinAvailable.Percent {
		return ""
	}
	for _, id := range b.Owners() {
		switch o := b.View().Owner(id); {
		case o.Deleted():
			for pod := range o.Pods() {
				if spec.Namespace == pod.Spec().Namespace && spec.Selector.Matches(pod.Spec().Labels, b.View().Dictionary()) {
					return `found no controllers for pod "` + pod.Name() + `"`
				}
			}
		case o.Kind() == models.Job:
			return "jobs.batch does not implement the scale subresource"
		case o.Kind() == models.DaemonSet:
			return "daemonsets.apps does not implement the scale subresource"
		}
	}
	return ""
}
