package framework

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// EventKind is a set of kinds of cluster events.
// Source: k8s.io/kube-scheduler/framework/types.go (ActionType).
type EventKind uint16

// The events that may make a rejected pod schedulable.
const (
	// AssignedPodDelete: a pod that held room on a node ended or went away.
	AssignedPodDelete EventKind = 1 << iota
	// AssignedPodAdd: a pod was bound.
	AssignedPodAdd
	// AssignedPodUpdate: a pod on a node changed in another way than by its labels
	// and requests: it became terminating. As in Kubernetes, where it is the
	// general update, only plugins that register no events hear of it.
	AssignedPodUpdate
	// NodeAdd: a node joined.
	NodeAdd
	// NodeAllocatable: a node's allocatable resources changed.
	NodeAllocatable
	// NodeLabel: a node's labels changed.
	NodeLabel
	// NodeTaint: a node's taints or its schedulability changed.
	NodeTaint
	// NodeCondition: a node's conditions changed.
	NodeCondition
	// AssignedPodScaleDown: a pod on a node counts for less after a resize.
	AssignedPodScaleDown
	// NodeDelete: a node went away.
	NodeDelete
	// ClaimAdd: a PersistentVolumeClaim was made.
	ClaimAdd
	// AnyEvent is every event.
	AnyEvent EventKind = 1<<iota - 1
)

// Event is one change of the cluster as queueing hints see it, after it happened.
type Event struct {
	Kind EventKind
	Node models.NodeID
	// Spec is the specification of the pod that was bound, changed or went away.
	Spec *models.PodSpec
	// Nominated tells that the pod that went away only had a nomination to the
	// node: for pods of higher priority nothing changed.
	// Source: pkg/scheduler/eventhandlers.go (getLEPriorityPreCheck).
	Nominated bool
	// Unbound tells that the pod that went away was not bound yet: a scheduler kept
	// room for it.
	Unbound bool
	// TaintsBefore and UnschedulableBefore are how the node was, for NodeTaint.
	TaintsBefore        []models.Taint
	UnschedulableBefore bool
	// LabelsBefore are those that the node had, for NodeDelete.
	LabelsBefore models.Labels
	// Claim was made, for ClaimAdd.
	Claim *models.ClaimSpec
}

// Hint says for some kinds of events whether they are worth another attempt. It may
// look at the pod's specification only: the queue asks once for all pods that share
// one.
type Hint struct {
	On EventKind
	// Queue reports whether the event may have made the pod schedulable as far
	// as this plugin is concerned. Nil always says yes.
	Queue func(v cluster.View, pod cluster.Pod, e *Event) bool
}
