package control

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ranking holds the pods of an owner in the order in which they go: a binary heap of
// candidates. While it is kept, each active pod has a candidate that stands at its
// place or before it. Time alone only moves pods back, and so do most changes; these
// are noticed when the candidate comes to the front. What moves a pod forward adds
// another candidate at once. So a step of a rollout need not look at every pod.
type ranking struct {
	heap  []candidate
	size  int // pods when it was filled
	added int // candidates since it was last used
}

// fill makes it anew.
func (r *ranking) fill(now models.Time, o cluster.Owner, onNode []int32) {
	r.heap = r.heap[:0]
	for pod := range o.Pods() {
		if pod.Active() {
			r.heap = append(r.heap, rank(now, pod, onNode))
		}
	}
	for i := len(r.heap)/2 - 1; i >= 0; i-- {
		r.sink(i)
	}
	r.size, r.added = len(r.heap), 0
}

// first appends the n pods that go first. They stay in the ranking until they have
// ceased to be active.
func (r *ranking) first(now models.Time, v cluster.View, n int, onNode []int32, pods []cluster.Pod) []cluster.Pod {
	var chosen []candidate
	for len(chosen) < n && len(r.heap) > 0 {
		top := r.pop()
		pod := v.Pod(top.pod)
		if !pod.Active() || len(chosen) > 0 && chosen[len(chosen)-1].pod == top.pod {
			continue
		}
		switch is := rank(now, pod, onNode); {
		case is == top:
			chosen = append(chosen, top)
			pods = append(pods, pod)
		case before(&is, &top) > 0:
			r.push(is)
		}
	}
	for _, one := range chosen {
		r.push(one)
	}
	return pods
}

func (r *ranking) push(one candidate) {
	r.heap = append(r.heap, one)
	for i := len(r.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if before(&r.heap[i], &r.heap[parent]) >= 0 {
			return
		}
		r.heap[i], r.heap[parent] = r.heap[parent], r.heap[i]
		i = parent
	}
}

func (r *ranking) pop() candidate {
	top, last := r.heap[0], len(r.heap)-1
	r.heap[0] = r.heap[last]
	r.heap = r.heap[:last]
	r.sink(0)
	return top
}

func (r *ranking) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(r.heap); child++ {
			if before(&r.heap[child], &r.heap[least]) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		r.heap[i], r.heap[least] = r.heap[least], r.heap[i]
		i = least
	}
}

// family is a Deployment with the rankings of its large ReplicaSets.
type family struct {
	onNode []int32 // its active pods by node
	sets   map[models.OwnerID]*ranking
}

func (c *choice) familyOf(v cluster.View, deployment models.OwnerID) *family {
	f := c.families[deployment]
	if f == nil {
		f = &family{onNode: countSiblings(v, deployment, nil), sets: make(map[models.OwnerID]*ranking)}
		c.families[deployment] = f
	}
	return f
}

func (f *family) rankingOf(now models.Time, o cluster.Owner) *ranking {
	r := f.sets[o.ID()]
	if r == nil {
		r = new(ranking)
		f.sets[o.ID()] = r
	}
	if len(r.heap) == 0 || len(r.heap) > 2*max(r.size, int(o.Counts().Active)) {
		r.fill(now, o, f.onNode)
	}
	r.added = 0
	return r
}

// heard follows a change of a pod whose ranking may be kept.
func (c *choice) heard(now models.Time, op *models.Op, v cluster.View) {
	if len(c.families) == 0 {
		return
	}
	switch op.Kind {
	case models.OpAdoptPod, models.OpOrphanPod, models.OpAdoptOwner, models.OpOrphanOwner:
		clear(c.families) // rare: who is related to whom is found out anew
		return
	case models.OpCreatePod, models.OpBindPod, models.OpStartPod, models.OpUnreadyPod, models.OpExitPod, models.OpFinishPod, models.OpRejectPod, models.OpDeletePod:
	default:
		return
	}
	pod := v.Pod(op.Pod)
	if pod.Owner() == models.None {
		return
	}
	deployment := v.Owner(pod.Owner()).Parent()
	f := c.families[deployment]
	if f == nil {
		return
	}
	if pod.Node() != models.None {
		f.recount(now, v, v.Node(pod.Node()), deployment)
	}
	f.add(now, pod)
	if len(f.sets) == 0 {
		delete(c.families, deployment)
	}
}

// recount counts the pods of the family on a node anew. If there are more, all of
// them go earlier.
func (f *family) recount(now models.Time, v cluster.View, node cluster.Node, deployment models.OwnerID) {
	for int(node.ID()) >= len(f.onNode) {
		f.onNode = append(f.onNode, 0)
	}
	was, is := f.onNode[node.ID()], int32(0)
	related := func(pod cluster.Pod) bool {
		return pod.Node() == node.ID() && pod.Active() && pod.Owner() != models.None && v.Owner(pod.Owner()).Parent() == deployment
	}
	for _, id := range node.Pods() {
		if related(v.Pod(id)) {
			is++
		}
	}
	f.onNode[node.ID()] = is
	if is <= was {
		return
	}
	for _, id := range node.Pods() {
		if pod := v.Pod(id); related(pod) {
			f.add(now, pod)
		}
	}
}

// add adds a candidate for a pod as it is. A ranking that grows without being used is
// given up.
func (f *family) add(now models.Time, pod cluster.Pod) {
	r := f.sets[pod.Owner()]
	if r == nil || !pod.Active() {
		return
	}
	r.push(rank(now, pod, f.onNode))
	if r.added++; r.added > r.size {
		delete(f.sets, pod.Owner())
	}
}

// forget drops what is kept of an owner that is deleted.
func (c *choice) forget(o cluster.Owner) {
	delete(c.families, o.ID())
	if f := c.families[o.Parent()]; f != nil {
		delete(f.sets, o.ID())
	}
}
