package control

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// DeleteOwner returns the operation that deletes an owner with a propagation policy. One
// that is being deleted already cannot be deleted in another way.
func DeleteOwner(o models.OwnerID, how models.Propagation, reason models.Sym) models.Op {
	op := models.Op{Kind: models.OpDeleteOwner, Owner: o, Reason: reason}
	if how != models.Background {
		op.Kind, op.Arg = models.OpTerminateOwner, int64(how)
	}
	return op
}

// collect is the garbage collector's part: what a deleted owner owned is deleted
// in the background.
// Source: pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem).
func collect(v cluster.View, o cluster.Owner, ops []models.Op) []models.Op {
	reason := v.Dictionary().Sym(ReasonOwnerDeleted)
	for child := range o.Children() {
		ops = append(ops, models.Op{Kind: models.OpDeleteOwner, Owner: child.ID(), Reason: reason})
	}
	return deletePods(o, reason, ops)
}

// deletePods deletes the pods of an owner, which no Job waits for any more.
func deletePods(o cluster.Owner, reason models.Sym, ops []models.Op) []models.Op {
	before := len(ops)
	for pod := range o.Pods() {
		if pod.Tracked() && !touched(ops[:before], models.OpUntrackPod, pod.ID()) {
			ops = append(ops, models.Op{Kind: models.OpUntrackPod, Pod: pod.ID()})
		}
		if !pod.Deleting() && !touched(ops[:before], models.OpDeletePod, pod.ID()) {
			ops = remove(pod, reason, ops)
		}
	}
	return ops
}

// touched reports whether a controller has proposed an operation on a pod already.
func touched(ops []models.Op, kind models.OpKind, pod models.PodID) bool {
	return slices.ContainsFunc(ops, func(op models.Op) bool { return op.Kind == kind && op.Pod == pod })
}

// finalize is the garbage collector's part for an owner that a finalizer keeps. In the
// foreground it deletes the dependents, those that have some themselves in the foreground,
// too, and lets the owner go when none is left; or it makes orphans of them.
// Source: pkg/controller/garbagecollector/garbagecollector.go
// (processDeletingDependentsItem, orphanDependents).
func finalize(v cluster.View, o cluster.Owner, ops []models.Op) []models.Op {
	reason := v.Dictionary().Sym(ReasonOwnerDeleted)
	gone := models.Op{Kind: models.OpDeleteOwner, Owner: o.ID(), Reason: o.Reason()}
	if o.Terminating() == models.Orphan {
		return append(orphan(o, ops), gone)
	}
	left := false
	for child := range o.Children() {
		left = true
		if child.Terminating() == models.Background {
			how := models.Background
			if hasDependents(child) {
				how = models.Foreground
			}
			ops = append(ops, DeleteOwner(child.ID(), how, reason))
		}
	}
	for range o.Pods() {
		left = true
		break
	}
	if left {
		return deletePods(o, reason, ops)
	}
	return append(ops, gone)
}

// hasDependents reports whether an owner has children or pods.
func hasDependents(o cluster.Owner) bool {
	for range o.Children() {
		return true
	}
	for range o.Pods() {
		return true
	}
	return false
}

// orphan lets the dependents of an owner belong to nobody.
func orphan(o cluster.Owner, ops []models.Op) []models.Op {
	before := len(ops)
	for child := range o.Children() {
		ops = append(ops, models.Op{Kind: models.OpOrphanOwner, Owner: child.ID()})
	}
	for pod := range o.Pods() {
		if pod.Tracked() && !touched(ops[:before], models.OpUntrackPod, pod.ID()) {
			ops = append(ops, models.Op{Kind: models.OpUntrackPod, Pod: pod.ID()})
		}
		if !goesUntracked(pod) {
			ops = append(ops, orphanPod(o, pod))
		}
	}
	return ops
}
