package control

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Controller reconciles the owners of one kind.
type Controller interface {
	// Reconcile appends operations to ops and returns when it wants to be asked
	// about this owner again, Never if only a change of the cluster matters.
	Reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time)
}

// Table returns the controller of every kind of owner.
func Table() map[models.OwnerKind]Controller {
	return map[models.OwnerKind]Controller{
		models.ReplicaSet:            replicaSet{},
		models.ReplicationController: replicaSet{},
		models.Deployment:            deployment{},
		models.Job:                   job{},
	}
}

// Reasons of operations, as reports show them.
const (
	ReasonScaleDown    = "ScaleDown"
	ReasonOwnerDeleted = "OwnerDeleted"
	ReasonJobFailed    = "JobFailed"
	ReasonJobFinished  = "JobFinished"
	ReasonTTL          = "TTLAfterFinished"
	ReasonPodGC        = "PodGC"
)

// burst is the most pods that a controller creates or deletes in one sync.
// Source: pkg/controller/replicaset/replica_set.go (BurstReplicas), and
// pkg/controller/job/job_controller.go (MaxPodCreateDeletePerSync).
const burst = 500

// create appends the creation of n pods of an owner.
func create(v cluster.View, o cluster.Owner, n int32, ops []models.Op) []models.Op {
	first, ordinal, spec := models.PodID(v.Pods()), o.NextOrdinal(), o.Spec().Template
	for i := range n {
		ops = append(ops, models.Op{
			Kind: models.OpCreatePod, Pod: first + models.PodID(i), Owner: o.ID(),
			Def: int32(spec), Ordinal: ordinal + i,
		})
	}
	return ops
}

// remove appends the deletion of a pod with its own grace. A pod on no node and
// an ended one go at once.
// Source: pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
func remove(pod cluster.Pod, reason models.Sym, ops []models.Op) []models.Op {
	return append(ops, DeletePod(pod, reason))
}

// DeletePod returns the operation that deletes a pod with its own grace.
func DeletePod(pod cluster.Pod, reason models.Sym) models.Op {
	grace := int64(pod.Spec().GracePeriod)
	if pod.Node() == models.None || pod.Phase().Terminal() {
		grace = 0
	}
	return models.Op{Kind: models.OpDeletePod, Pod: pod.ID(), Arg: grace, Reason: reason}
}
