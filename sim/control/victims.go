package control

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// choice is who goes when an owner is scaled down.
// Source: pkg/controller/controller_utils.go (ActivePodsWithRanks.Less).
type choice struct {
	families map[models.OwnerID]*family // by Deployment: those whose rankings are kept
	large    int32                      // the number of pods from which on a ranking is kept

	// Memory that is used again.
	passing ranking
	onNode  []int32
	pods    []cluster.Pod
}

// largeRanking is the number of pods from which on it costs more to look at every pod
// at each step of a rollout than to follow their changes.
const largeRanking = 512

func newChoice() *choice {
	return &choice{families: make(map[models.OwnerID]*family), large: largeRanking}
}

// candidate is a pod with what its place in the order of deletion depends on.
type candidate struct {
	pod      models.PodID
	stage    int8 // unassigned, pending, running
	ready    bool
	readyFor int8  // binary logarithm of the time it has been Ready, for a Ready pod
	age      int8  // binary logarithm of its age
	cost     int32 // of its deletion, as its user sees it
	siblings int32 // active pods of the same family on its node
	restarts int32
}

// before orders candidates. Equal ones, which the original tells apart by their
// random UIDs, go oldest first.
func before(a, b *candidate) int {
	switch {
	case a.stage != b.stage:
		return cmp.Compare(a.stage, b.stage)
	case a.ready != b.ready && b.ready:
		return -1
	case a.ready != b.ready:
		return 1
	case a.cost != b.cost:
		return cmp.Compare(a.cost, b.cost)
	case a.siblings != b.siblings:
		return cmp.Compare(b.siblings, a.siblings)
	case a.readyFor != b.readyFor:
		return cmp.Compare(a.readyFor, b.readyFor)
	case a.restarts != b.restarts:
		return cmp.Compare(b.restarts, a.restarts)
	case a.age != b.age:
		return cmp.Compare(a.age, b.age)
	}
	return cmp.Compare(a.pod, b.pod)
}

// rank finds a pod's place. onNode counts the family's pods by node.
func rank(now models.Time, pod cluster.Pod, onNode []int32) candidate {
	one := candidate{
		pod: pod.ID(), ready: pod.Ready(), cost: pod.Spec().DeletionCost, restarts: pod.Restarts(), age: log2(now - pod.Created()),
	}
	if node := pod.Node(); node != models.None {
		one.stage = 1 + int8(pod.Phase())
		if int(node) < len(onNode) {
			one.siblings = onNode[node]
		}
	}
	if one.ready {
		one.readyFor = log2(now - pod.ReadyChangedAt())
	}
	return one
}

// log2 is the binary logarithm of an age, rounded down: ages of the same order
// count as equal.
func log2(age models.Time) int8 { return int8(bits.Len64(uint64(max(age, 0)))) }

// victims returns the n active pods of an owner that go first when it is scaled
// down, in that order.
func (c *choice) victims(now models.Time, v cluster.View, o cluster.Owner, n int) []cluster.Pod {
	r, onNode := &c.passing, c.onNode[:0]
	family := o.Kind() == models.ReplicaSet && o.Parent() != models.None
	switch {
	case family && o.Counts().Active >= c.large:
		f := c.familyOf(v, o.Parent())
		r, onNode = f.rankingOf(now, o), f.onNode
	case family:
		c.onNode = countSiblings(v, o.Parent(), c.onNode)
		onNode = c.onNode
		r.fill(now, o, onNode)
	default:
		r.fill(now, o, nil) // a ReplicaSet of its own, or a Job
	}
	c.pods = r.first(now, v, n, onNode, c.pods[:0])
	return c.pods
}

// countSiblings counts the active pods of a whole Deployment by node, in the memory
// of a former count.
// Source: pkg/controller/replicaset/replica_set.go (getIndirectlyRelatedPods).
func countSiblings(v cluster.View, deployment models.OwnerID, former []int32) []int32 {
	onNode := slices.Grow(former[:0], v.Nodes())[:v.Nodes()]
	clear(onNode)
	for set := range v.Owner(deployment).Children() {
		for pod := range set.Pods() {
			if node := pod.Node(); node != models.None && pod.Active() {
				onNode[node]++
			}
		}
	}
	return onNode
}
