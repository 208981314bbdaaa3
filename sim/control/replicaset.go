package control

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// replicaSet keeps the number of active pods at the desired one. It serves
// ReplicationControllers too. Terminating pods do not count, so that they are
// replaced at once; ended ones are left to garbage collection.
// Source: pkg/controller/replicaset/replica_set.go (manageReplicas).
type replicaSet struct{}

func (replicaSet) Reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	if o.Deleted() {
		return collect(v, o, ops), models.Never
	}
	diff := o.Replicas() - o.Counts().Active
	wake := models.Never
	if diff > burst || diff < -burst {
		wake = now
	}
	switch {
	case diff > 0:
		ops = create(v, o, min(diff, burst), ops)
	case diff < 0:
		reason := v.Dictionary().Sym(ReasonScaleDown)
		for _, pod := range victims(now, o, int(min(-diff, burst))) {
			ops = remove(pod, reason, ops)
		}
	}
	return ops, wake
}

// candidate is a pod with what its place in the order of deletion depends on.
type candidate struct {
	pod      cluster.Pod
	stage    int // unassigned, pending, running
	siblings int // active pods of the same family on its node
	readyFor int // binary logarithm of the time it has been Ready, for a Ready pod
	age      int // binary logarithm of its age
}

// victims returns the n active pods of an owner that go first when it is scaled
// down.
// Source: pkg/controller/controller_utils.go (ActivePodsWithRanks.Less).
func victims(now models.Time, o cluster.Owner, n int) []cluster.Pod {
	var list []candidate
	family := siblingsByNode(o)
	for pod := range o.Pods() {
		if pod.Active() {
			list = append(list, rank(now, pod, family))
		}
	}
	slices.SortStableFunc(list, beforeInScaleDown)
	pods := make([]cluster.Pod, 0, n)
	for _, c := range list[:min(n, len(list))] {
		pods = append(pods, c.pod)
	}
	return pods
}

func rank(now models.Time, pod cluster.Pod, family map[models.NodeID]int) candidate {
	c := candidate{pod: pod, siblings: family[pod.Node()], age: log2(now - pod.Created())}
	if pod.Node() != models.None {
		c.stage = 1 + int(pod.Phase())
	}
	if pod.Ready() {
		c.readyFor = log2(now - pod.ReadyChangedAt())
	}
	return c
}

func beforeInScaleDown(a, b candidate) int {
	if order := cmp.Compare(a.stage, b.stage); order != 0 {
		return order
	}
	if a.pod.Ready() != b.pod.Ready() {
		if b.pod.Ready() {
			return -1
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(b.siblings, a.siblings),
		cmp.Compare(a.readyFor, b.readyFor),
		cmp.Compare(b.pod.Restarts(), a.pod.Restarts()),
		cmp.Compare(a.age, b.age),
	)
}

// siblingsByNode counts the active pods of a ReplicaSet's whole Deployment by
// node. A ReplicaSet of its own has no family: every count is then 0.
func siblingsByNode(o cluster.Owner) map[models.NodeID]int {
	if o.Parent() == models.None {
		return nil
	}
	counts := make(map[models.NodeID]int)
	for pod := range o.Pods() {
		if pod.Active() && pod.Node() != models.None {
			counts[pod.Node()]++
		}
	}
	return counts
}

// log2 is the binary logarithm of an age, rounded down: ages of the same order
// count as equal.
func log2(age models.Time) int { return bits.Len64(uint64(max(age, 0))) }
