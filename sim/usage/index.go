package usage

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Index finds the pods of a namespace that a selector wants. Until it is asked for the
// first time it costs nothing; then it looks through the cluster once and follows the
// operations.
type Index struct {
	built  bool
	owners []models.OwnerID // that have pods of their own, if live
	loose  []models.PodID   // without an owner
}

// Heard follows an operation.
func (x *Index) Heard(op *models.Op, v cluster.View) {
	if !x.built {
		return
	}
	switch op.Kind {
	case models.OpCreateOwner:
		x.addOwner(v.Owner(op.Owner))
	case models.OpCreatePod:
		if op.Owner == models.None {
			x.addLoose(v, op.Pod)
		}
	case models.OpOrphanPod:
		x.addLoose(v, op.Pod)
	}
}

func (x *Index) addOwner(o cluster.Owner) {
	switch o.Kind() {
	case models.Deployment, models.CronJob, models.HorizontalPodAutoscaler:
		return
	}
	if len(x.owners) == cap(x.owners) {
		v := o.View()
		x.owners = slices.Grow(slices.DeleteFunc(x.owners, func(id models.OwnerID) bool { return isGone(v.Owner(id)) }), 2*len(x.owners)+16)
	}
	x.owners = append(x.owners, o.ID())
}

// isGone reports whether an owner is deleted and has no pods left.
func isGone(o cluster.Owner) bool {
	for range o.Pods() {
		return false
	}
	return o.Deleted()
}

func (x *Index) addLoose(v cluster.View, id models.PodID) {
	if len(x.loose) == cap(x.loose) {
		x.loose = slices.Grow(slices.DeleteFunc(x.loose, func(id models.PodID) bool { return !isLoose(v.Pod(id)) }), 2*len(x.loose)+16)
	}
	x.loose = append(x.loose, id)
}

func isLoose(pod cluster.Pod) bool { return !pod.Removed() && pod.Owner() == models.None }

func (x *Index) build(v cluster.View) {
	x.built = true
	for id := range v.Owners() {
		if o := v.Owner(models.OwnerID(id)); !isGone(o) {
			x.addOwner(o)
		}
	}
	for pod := range v.Live() {
		if isLoose(pod) {
			x.addLoose(v, pod.ID())
		}
	}
}

// Each visits the pods of a namespace whose labels match, those of an owner together.
// An owner whose pods all have its template is asked by that.
func (x *Index) Each(v cluster.View, namespace models.Sym, matches func(models.Labels) bool, visit func(cluster.Pod)) {
	if !x.built {
		x.build(v)
	}
	for _, id := range x.owners {
		o := v.Owner(id)
		spec := o.Spec()
		own := spec.Kind.Revised() // pods have specifications of their own
		if spec.Namespace != namespace || !own && !matches(v.Spec(spec.Template).Labels) {
			continue
		}
		for pod := range o.Pods() {
			if !own || matches(pod.Spec().Labels) {
				visit(pod)
			}
		}
	}
	for _, id := range x.loose {
		if pod := v.Pod(id); isLoose(pod) && pod.Spec().Namespace == namespace && matches(pod.Spec().Labels) {
			visit(pod)
		}
	}
}
