package evict

import (
	"cmp"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// What drains are attributed to.
const (
	kubectlDrain = "kubectl"
	causeDrain   = "Drain"
)

// kubectlOrder asks for all pods of a node at the same moment, by namespace and name.
// Source: k8s.io/kubectl/pkg/drain/drain.go (evictPods).
type kubectlOrder struct{}

// Propose returns the pods as they come.
func (kubectlOrder) Propose(v cluster.View, o Occasion) []Proposal {
	out := make([]Proposal, 0, len(o.Pods))
	why := "node " + v.Node(o.Node).Name() + " is drained"
	for _, pod := range o.Pods {
		out = append(out, Proposal{Pod: pod, By: kubectlDrain, Cause: causeDrain, Why: why})
	}
	return out
}

// budgetAware asks for pods first that no budget keeps, then for those whose budgets allow
// the most disruptions; those of a budget that allows none come last.
type budgetAware struct{}

// Propose orders the pods by what their budgets allow just now.
func (budgetAware) Propose(v cluster.View, o Occasion) []Proposal {
	return ordered(v, o, "BudgetAware", func(pod cluster.Pod) int64 {
		slack := int64(math.MaxInt32)
		for _, id := range v.BudgetsOf(pod.SpecID()) {
			slack = min(slack, int64(v.Budget(id).Status().Allowed))
		}
		return -slack
	})
}

// mostSpread asks for pods first whose owner has pods on the most other nodes: they are
// missed the least.
type mostSpread struct{}

// Propose orders the pods by the number of nodes that their owners' pods are on.
func (mostSpread) Propose(v cluster.View, o Occasion) []Proposal {
	nodes := make(map[models.OwnerID]map[models.NodeID]bool)
	for _, id := range o.Pods {
		if owner := v.Pod(id).Owner(); owner != models.None {
			nodes[owner] = make(map[models.NodeID]bool)
		}
	}
	for pod := range v.Live() {
		if on := nodes[pod.Owner()]; on != nil && pod.Node() != models.None && pod.Active() {
			on[pod.Node()] = true
		}
	}
	return ordered(v, o, "MostSpread", func(pod cluster.Pod) int64 { return -int64(len(nodes[pod.Owner()])) })
}

// leastWork asks for pods first that lose the least run time: those that do not run, then
// those that started last.
type leastWork struct{}

// Propose orders the pods by how long they have been running.
func (leastWork) Propose(v cluster.View, o Occasion) []Proposal {
	return ordered(v, o, "LeastWork", func(pod cluster.Pod) int64 {
		if started := pod.StartedAt(); started != models.Never && !pod.Phase().Terminal() {
			return int64(o.At - started)
		}
		return -1
	})
}

// ordered proposes the pods of a drained node in the order of a key, equal ones by name.
func ordered(v cluster.View, o Occasion, cause string, key func(cluster.Pod) int64) []Proposal {
	out := kubectlOrder{}.Propose(v, o)
	keys := make(map[models.PodID]int64, len(out))
	for i := range out {
		out[i].Cause = cause
		keys[out[i].Pod] = key(v.Pod(out[i].Pod))
	}
	slices.SortStableFunc(out, func(a, b Proposal) int { return cmp.Compare(keys[a.Pod], keys[b.Pod]) })
	return out
}
