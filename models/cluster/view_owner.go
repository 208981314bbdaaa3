package cluster

import (
	"iter"

	"github.com/podsim/podsim/models"
)

// Owner reads one owner.
type Owner struct {
	c  *Cluster
	id models.OwnerID
}

func (o Owner) row() *ownerRow { return o.c.owners.at(int32(o.id)) }

// View returns the view that the handle came from.
func (o Owner) View() View { return View{o.c} }

// ID returns the owner's id.
func (o Owner) ID() models.OwnerID { return o.id }

// Spec returns its compiled specification.
func (o Owner) Spec() *models.OwnerSpec { return o.c.ownerSpecs[o.row().spec] }

// SpecID returns the id of its compiled specification.
func (o Owner) SpecID() models.OwnerSpecID { return o.row().spec }

// Kind returns its kind.
func (o Owner) Kind() models.OwnerKind { return o.Spec().Kind }

// Parent returns the Deployment of a ReplicaSet, or None.
func (o Owner) Parent() models.OwnerID { return o.row().parent }

// Child returns the newest live ReplicaSet of a Deployment, or None.
func (o Owner) Child() models.OwnerID { return o.row().youngest }

// Replicas returns the desired replicas, or the parallelism of a Job.
func (o Owner) Replicas() int32 { return o.row().replicas }

// Counts returns its pods by what they are doing.
func (o Owner) Counts() OwnerCounts { return o.row().counts }

// NextOrdinal returns the ordinal of the pod that it will create next.
func (o Owner) NextOrdinal() int32 { return o.row().made }

// Created returns when the object was created.
func (o Owner) Created() models.Time { return o.row().created }

// FinishedAt returns when a Job completed or failed, or Never.
func (o Owner) FinishedAt() models.Time { return o.row().finished }

// Live reports whether it is neither finished nor deleted.
func (o Owner) Live() bool { return o.row().state == ownerLive }

// Complete reports whether it is a Job that completed.
func (o Owner) Complete() bool { return o.row().state == ownerComplete }

// Failed reports whether it is a Job that failed.
func (o Owner) Failed() bool { return o.row().state == ownerFailed }

// Deleted reports whether the object was deleted.
func (o Owner) Deleted() bool { return o.row().state == ownerDeleted }

// Reason returns why it finished or was deleted, if so.
func (o Owner) Reason() models.Sym { return o.row().reason }

// Pods yields its pod objects, oldest first.
func (o Owner) Pods() iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for id := o.row().first; id != models.None; {
			next := o.c.pods.at(int32(id)).next
			if !yield(Pod{o.c, id}) {
				return
			}
			id = next
		}
	}
}

// NewestPods yields its pod objects, newest first.
func (o Owner) NewestPods() iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for id := o.row().last; id != models.None; {
			next := o.c.pods.at(int32(id)).previous
			if !yield(Pod{o.c, id}) {
				return
			}
			id = next
		}
	}
}

// AppendName appends the owner's name.
func (o Owner) AppendName(dst []byte) []byte {
	row := o.row()
	return models.AppendName(dst, o.c.dictionary.String(row.name), row.ordinal)
}

// Name returns the owner's name.
func (o Owner) Name() string { return string(o.AppendName(nil)) }

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
