package evict

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Evictor chooses pods that should leave their nodes. It only reads: the simulation
// asks the budgets, if they count, and applies what it is told.
type Evictor interface {
	// Propose returns the pods in the order in which they should go.
	Propose(v cluster.View, o Occasion) []Proposal
}

// Kind is why an evictor is asked.
type Kind uint8

// The occasions of evictions.
const (
	Drain    Kind = iota // a user drains a node
	Pressure             // a node runs out of a resource
	Notice               // a node is to be taken away, as spot nodes are
	Interval             // nothing has happened, time has passed
	kinds
)

// String returns the name of the kind, which is that of a field of spec.eviction.
func (k Kind) String() string {
	return [kinds]string{"drain", "nodePressure", "spot", "descheduler"}[k]
}

// Occasion is one moment at which an evictor is asked.
type Occasion struct {
	Kind Kind
	At   models.Time
	Node models.NodeID // that pods should leave; None for the whole cluster
	// Signal is what the node lacks, such as memory.available; only of Pressure.
	Signal string
	// Until is when the node is taken away, models.Never if that is not known, and Early
	// tells that there is only a warning so far; both only of Notice.
	Until models.Time
	Early bool
	// Pods are those that may be proposed, by namespace and name.
	Pods []models.PodID
	// Uses tells what a pod uses at this moment, in the unit of the resource; known is
	// false if nothing is known of it.
	Uses func(pod cluster.Pod, r models.Resource) (amount int64, known bool)
	// Scarce tells what a pod uses and requests at this moment of what the node lacks, in
	// its unit; only of Pressure.
	Scarce func(pod cluster.Pod) (used, requested int64, known bool)
}

// Proposal is one pod that should go.
type Proposal struct {
	Pod models.PodID
	// Grace replaces the pod's own grace period; nil leaves that as it is.
	Grace *time.Duration
	// By is the component that has the pod leave, and Cause the rule or strategy by
	// which it chose it: one word each. Why says it in a short text.
	By, Cause, Why string
}

// Set holds the evictor of each kind of occasion; nil takes that of Kubernetes.
type Set [kinds]Evictor

// Of returns the evictor of a kind of occasion.
func (s *Set) Of(k Kind) Evictor {
	if s[k] != nil {
		return s[k]
	}
	return defaults[k]
}

// defaults are the evictors of Kubernetes.
var defaults = Set{Drain: kubectlOrder{}, Pressure: byPressure{kubelets}, Notice: waits{}}
