package engine

import (
	"math/bits"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// memos keep what plugins derive from the facts of nodes.
type memos struct {
	by       map[memoKey]*memo
	facts    uint64 // that they go with
	services uint64 // that they go with, too
	strata   []*stratification
}

// memoKey is what framework.Remember may depend on besides the facts of nodes.
type memoKey struct {
	spec  models.SpecID
	owner models.OwnerSpecID
}

type memo struct {
	framework.Memo
	strata *stratification // that pods like this were last asked by
	// asked tells that there was a decision since the memo was made.
	asked bool
	// loud tells that scores had to be asked for about each node in the last cycle.
	loud bool
}

// maxMemos is how many are kept.
const maxMemos = 1 << 13

func (ms *memos) of(pod cluster.Pod, counts framework.Counts) *memo {
	v, facts := pod.View(), counts.Facts()
	if ms.by == nil || ms.facts != facts || ms.services != v.ServiceSet() || len(ms.by) >= maxMemos {
		ms.by = make(map[memoKey]*memo)
		ms.facts, ms.services, ms.strata = facts, v.ServiceSet(), nil
	}
	key := keyOf(pod)
	m := ms.by[key]
	if m == nil {
		m = new(memo)
		ms.by[key] = m
	}
	return m
}

func keyOf(pod cluster.Pod) memoKey {
	key := memoKey{pod.SpecID(), models.None}
	if owner := pod.Owner(); owner != models.None {
		key.owner = pod.View().Owner(owner).SpecID()
	}
	return key
}

// nominees are the nodes with nominated pods, a bit by place, and what else is
// noticed of changes once for all classes.
type nominees struct {
	words    []uint64
	count    int
	set      uint64
	seen     uint64
	known    bool
	arrivals uint64 // of images
}

func (ns *nominees) any() bool { return ns.count > 0 }

func (ns *nominees) has(place int) bool {
	return ns.count > 0 && ns.words[place>>blockBits]&(1<<(place&(blockSize-1))) != 0
}

func (ns *nominees) notice(nodes *Nodes, v cluster.View) {
	last := v.Changes()
	_, near := v.Change(ns.seen)
	if !ns.known || ns.set != nodes.set || !near && ns.seen != last {
		ns.recount(nodes, v)
		return
	}
	for ; ns.seen < last; ns.seen++ {
		switch change, _ := v.Change(ns.seen); change.Kind {
		case cluster.NodeImages:
			ns.arrivals++
		case cluster.NodeNomination:
			ns.mark(nodes, v.Node(change.Node))
		}
	}
}

func (ns *nominees) mark(nodes *Nodes, node cluster.Node) {
	place := nodes.at[node.ID()]
	word, bit := &ns.words[place>>blockBits], uint64(1)<<(place&(blockSize-1))
	ns.count -= bits.OnesCount64(*word & bit)
	*word &^= bit
	if len(node.Nominated()) > 0 {
		*word |= bit
		ns.count++
	}
}

func (ns *nominees) recount(nodes *Nodes, v cluster.View) {
	ns.words, ns.count = make([]uint64, blocks(len(nodes.list))), 0
	ns.set, ns.seen, ns.known = nodes.set, v.Changes(), true
	ns.arrivals++
	for _, id := range nodes.list {
		ns.mark(nodes, v.Node(id))
	}
}

// arrival is what scores knew of an image of the pod.
type arrival struct {
	holders int
	share   int64
}

// noticeImages marks the scores for images as stale if images arrived that matter
// to them.
func (e *Incremental) noticeImages(c *class, spec *models.PodSpec) {
	arrivals := e.nominees.arrivals
	if c.imagesAt == arrivals && c.imagesKnown {
		return
	}
	n := len(spec.Containers)
	if len(c.arrived) != n+len(spec.ImageVolumes) {
		c.arrived = make([]arrival, n+len(spec.ImageVolumes))
		c.imagesKnown = false
	}
	for i := range c.arrived {
		var image models.Sym
		if i < n {
			image = spec.Containers[i].Image
		} else {
			image = spec.ImageVolumes[i-n]
		}
		if now := e.arrival(image); c.arrived[i] != now {
			c.arrived[i], c.imagesKnown = now, false
		}
	}
	switch {
	case e.imageShares != nil && !c.liked && none(c.arrived): // all scores are 0
		clear(c.staleImages)
		c.anyImages = false
	case !c.imagesKnown:
		fill(c.staleImages, c.nodes)
		c.anyImages = true
	}
	c.imagesAt, c.imagesKnown = arrivals, true
}

func none(arrived []arrival) bool {
	for i := range arrived {
		if arrived[i] != (arrival{}) {
			return false
		}
	}
	return true
}

func (e *Incremental) arrival(image models.Sym) arrival {
	now := arrival{holders: e.cycle.View.NodesWithImage(image)}
	if e.imageShares != nil {
		if now.share = e.imageShares.ImageShare(&e.cycle, image); now.share == 0 {
			return arrival{}
		}
	}
	return now
}
