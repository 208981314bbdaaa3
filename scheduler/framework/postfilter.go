package framework

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// PostFilter is asked when no node was found. It may find a way to make room.
//
// The plugins of a profile are asked in order, until one succeeds, fails with an
// error or answers UnschedulableAndUnresolvable. The reasons of those that answer
// Unschedulable are told one after the other.
// Source: pkg/scheduler/framework/runtime/framework.go (RunPostFilterPlugins).
type PostFilter interface {
	Plugin
	PostFilter(c *Cycle, r DryRun) PostFilterResult
}

// PostFilterResult is the answer of a PostFilter plugin.
type PostFilterResult struct {
	// Status is nil if room will be made.
	Status *Status
	// Err is set if the plugin failed; its text is then all that is told.
	Err error
	// Override tells that Nominated is the pod's nomination from now on; otherwise
	// it keeps the one that it has.
	Override bool
	// Nominated is the node on which room is made for the pod; None takes the
	// pod's nomination back.
	Nominated models.NodeID
	// Victims have to go for that, the most important first. Some of them may be
	// terminating already.
	Victims []models.PodID
	// Candidates are all nodes on which room could be made, as far as they were
	// looked for.
	Candidates []Candidate
}

// Candidate is a node on which a pod fits once its victims are gone.
type Candidate struct {
	Node    models.NodeID
	Victims []models.PodID // the most important first
	// Violations is the number of victims whose going breaks a
	// PodDisruptionBudget.
	Violations int
	// Best tells that no other candidate is to be preferred.
	Best bool
}

// DryRun lets a PostFilter plugin see why nodes were rejected and try what would
// be if some pods were gone. Nothing that is tried leaves a trace.
type DryRun interface {
	// PreFiltered reports whether PreFilter of the named plugin was reached.
	PreFiltered(plugin string) bool
	// Rejected appends the nodes that were rejected with a code, in the order of
	// the list of nodes.
	Rejected(dst []models.NodeID, code Code) []models.NodeID
	// Code is the code with which a node was rejected.
	Code(node models.NodeID) Code

	// Begin takes up a node as it is; End takes back what was tried on it.
	Begin(node models.NodeID)
	End()
	// Remove takes a pod away from the node, Add puts it back.
	Remove(pod cluster.Pod)
	Add(pod cluster.Pod)
	// Fits asks the filters whether the pod would fit. Pods of its priority or
	// above that are nominated to the node count as being there.
	Fits() *Status

	// Offset is where to begin among n nodes, in [0, n).
	Offset(n int) int
	// Choose returns which of several nodes that are equally good is taken.
	Choose(tied []models.NodeID) int
}
