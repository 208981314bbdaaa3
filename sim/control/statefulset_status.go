package control

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// StatefulSetStatus are the counters of the status of a StatefulSet.
type StatefulSetStatus struct {
	// Replicas, Ready and Available count pods until their objects have gone.
	Replicas, Ready, Available int32
	// Current and Updated count those of the current revision and of the template
	// that are not being deleted.
	Current, Updated int32
}

// StatefulSetStatusOf counts the pods of a StatefulSet as its controller does.
// Source: pkg/controller/statefulset/stateful_set_control.go (computeReplicaStatus).
func StatefulSetStatusOf(now models.Time, o cluster.Owner) (s StatefulSetStatus) {
	v := o.View()
	updated, current := RevisionHash(v, v.Spec(o.Spec().Template)), models.Sym(0)
	if o.CurrentRevision() != models.None {
		current = RevisionHash(v, v.Spec(o.CurrentRevision()))
	}
	for pod := range o.Pods() {
		s.Replicas++
		if pod.Phase() == models.Running && pod.Ready() {
			s.Ready++
			if available(now, o, pod) {
				s.Available++
			}
		}
		if pod.Deleting() {
			continue
		}
		hash := RevisionHash(v, pod.Spec())
		if hash == updated {
			s.Updated++
		}
		if hash == current {
			s.Current++
		}
	}
	return s
}

// RevisionHash returns the revision that the pods of a specification are of, as their
// label has it; 0 is none.
func RevisionHash(v cluster.View, spec *models.PodSpec) models.Sym {
	key, known := v.Dictionary().Lookup(models.LabelRevisionHash)
	if !known {
		return 0
	}
	hash, _ := spec.Labels.Get(key)
	return hash
}

// claimsOfDeleted deletes the claims of a deleted StatefulSet when its pods have gone,
// if they are to go with it.
// Source: pkg/controller/statefulset/stateful_pod_control.go (ClaimsMatchRetentionPolicy).
func claimsOfDeleted(v cluster.View, o cluster.Owner, ops []models.Op) []models.Op {
	if !o.Spec().DeleteClaimsWhenDeleted {
		return ops
	}
	for range o.Pods() {
		return ops
	}
	for i := range o.Replicas() {
		ops = RemoveClaims(v, o, o.Spec().FirstOrdinal+i, ops)
	}
	return ops
}

// RemoveClaims appends the deletion of the claims that a StatefulSet has made for one
// of its pods.
func RemoveClaims(v cluster.View, o cluster.Owner, number int32, ops []models.Op) []models.Op {
	for i := range o.Spec().ClaimTemplates {
		name := ClaimOf(o, &o.Spec().ClaimTemplates[i], number)
		if claim, found := v.FindClaim(name.Namespace, name.Name); found {
			ops = append(ops, models.Op{Kind: models.OpRemoveClaim, Def: int32(claim.ID())})
		}
	}
	return ops
}
