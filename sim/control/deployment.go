package control

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// deployment makes the ReplicaSet of its template and scales it.
// Source: pkg/controller/deployment/sync.go.
type deployment struct{}

func (deployment) Reconcile(_ models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	if o.Deleted() {
		return collect(v, o, ops), models.Never
	}
	if o.Child() != models.None {
		set := v.Owner(o.Child())
		if set.Replicas() != o.Replicas() {
			ops = append(ops, models.Op{Kind: models.OpScaleOwner, Owner: set.ID(), Arg: int64(o.Replicas())})
		}
		return ops, models.Never
	}
	d, spec, id := v.Dictionary(), o.Spec(), models.OwnerID(v.Owners())
	name := o.Name() + "-" + d.String(spec.TemplateHash)
	return append(ops,
		models.Op{
			Kind: models.OpCreateOwner, Owner: id, Parent: o.ID(), Def: int32(spec.ReplicaSet),
			Name: d.Sym(name), Ordinal: models.Exact,
		},
		models.Op{Kind: models.OpScaleOwner, Owner: id, Arg: int64(o.Replicas())},
	), models.Never
}

// collect is the garbage collector's part: what a deleted owner owned is deleted
// in the background.
// Source: pkg/controller/garbagecollector/garbagecollector.go.
func collect(v cluster.View, o cluster.Owner, ops []models.Op) []models.Op {
	reason := v.Dictionary().Sym(ReasonOwnerDeleted)
	if child := o.Child(); child != models.None && !v.Owner(child).Deleted() {
		ops = append(ops, models.Op{Kind: models.OpDeleteOwner, Owner: child, Reason: reason})
	}
	for pod := range o.Pods() {
		if !pod.Deleting() {
			ops = remove(pod, reason, ops)
		}
	}
	return ops
}
