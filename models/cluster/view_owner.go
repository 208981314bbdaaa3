package cluster

import (
	"iter"

	"github.com/podsim/podsim/models"
)

// Children yields the live ReplicaSets of a Deployment, oldest first.
func (o Owner) Children() iter.Seq[Owner] {
	return func(yield func(Owner) bool) {
		for id := o.row().eldest; id != models.None; {
			next := o.c.owners.at(int32(id)).younger
			if !yield(Owner{o.c, id}) {
				return
			}
			id = next
		}
	}
}

// Terminating returns how the deletion of an owner that is marked for it goes on;
// Background if it is not marked: such an owner is gone at once.
func (o Owner) Terminating() models.Propagation { return o.row().propagation }

// Generation counts the specifications and numbers of replicas that it has had,
// from 1.
func (o Owner) Generation() int32 { return o.row().generation }

// Revision returns which revision of its Deployment a ReplicaSet is, counted from
// 1: the annotation deployment.kubernetes.io/revision. 0 is none.
func (o Owner) Revision() int64 { return o.row().revision }

// DesiredThen returns the replicas that the Deployment of a ReplicaSet wanted when
// this one was last scaled, or made: the annotation
// deployment.kubernetes.io/desired-replicas.
func (o Owner) DesiredThen() int32 { return o.row().desired }

// MaximumThen returns the replicas that the Deployment of a ReplicaSet allowed, with
// its surge, when this one was last scaled, or made: the annotation
// deployment.kubernetes.io/max-replicas.
func (o Owner) MaximumThen() int32 { return o.row().maximum }

// Conditions yields the conditions of its status, in order of first setting.
func (o Owner) Conditions() iter.Seq[Condition] {
	return func(yield func(Condition) bool) {
		for _, c := range o.row().conditions {
			if !yield(c) {
				return
			}
		}
	}
}

// Condition returns the condition of a type, if it has one.
func (o Owner) Condition(kind models.Sym) (c Condition, ok bool) {
	for _, c := range o.row().conditions {
		if c.Type == kind {
			return c, true
		}
	}
	return Condition{}, false
}
