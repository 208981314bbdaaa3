package engine

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// blockBits is the logarithm of the number of places in a block: as many as bits
// in a word.
const (
	blockBits = 6
	blockSize = 1 << blockBits
)

// blocks returns the number of blocks of n places.
func blocks(n int) int { return (n + blockSize - 1) >> blockBits }

// class is what is known about pods that all plugins of kept roles treat alike: by
// place in the list of nodes, who rejects them there and how they are rated.
type class struct {
	key        string
	generation uint32 // of the key; the memory serves one class after the other
	hot        bool   // asked since the last look of the cache
	kept       bool   // among the main ones of the cache

	nodes     int    // in the list
	set       uint64 // the node set of the list
	seen      uint64 // changes of nodes taken in
	filtering uint64 // kept filters that are active, as bits
	scoring   uint64 // kept scores that are active, as bits
	// unfit tells that the class is beyond what can be kept: it is scanned.
	unfit bool

	// A bit by place: whether nodes fit, and what of them has to be looked at.
	feasible                           []uint64
	staleFacts, staleLoad, staleImages []uint64
	// anyFacts and anyImages tell that bits of staleFacts and of staleImages may be set.
	anyFacts, anyImages bool

	facts, load []uint8 // verdicts of the filters of facts and of load
	mix         []uint16
	base        []int32 // weighted scores that follow from the load
	images      []int32 // and from images

	verdicts []verdict // verdict 0 is to fit
	mixes    []mix
	fit      int // feasible places
	// regroup tells that another set of mixes is feasible than when bonuses were
	// found.
	regroup bool

	// What scores knew of the images of the pod when so many images had arrived.
	arrived     []arrival
	imagesAt    uint64
	imagesKnown bool

	// The sums of all scores, and their maximum in each block or, where loose, a
	// bound of it. They are not up to date unless summed.
	summed bool
	totals []int32
	best   []int32
	loose  []uint64
}

// verdict is the answer of the first filter that rejects.
type verdict struct {
	order  int32 // of the filter among all
	plugin int32
	status *framework.Status
}

// mix is a combination of the scores that are normalised, in the order of the
// plugins, with the number of feasible nodes that have it. Nodes have few of them.
type mix struct {
	raw      []int64
	feasible int32
	bonus    int32 // what they add to the total
	sample   models.NodeID
}

// maxMixes and maxVerdicts are what the columns can tell apart.
const (
	maxMixes    = 1 << 12
	maxVerdicts = 1 << 8
)

// size returns how many bytes a class takes, about.
func classSize(nodes int) int { return 16*nodes + 1024 }

// forget makes everything stale.
func (c *class) forget(nodes *Nodes, v cluster.View) {
	n := len(nodes.list)
	if n != c.nodes {
		c.allot(n)
	}
	c.set, c.seen = nodes.set, v.Changes()
	clear(c.feasible)
	c.staleAll()
	c.unfit, c.regroup, c.summed, c.imagesKnown, c.fit = false, true, false, false, 0
	c.verdicts = append(c.verdicts[:0], verdict{})
	c.mixes = c.mixes[:0]
}

// allot makes room for n places, and some to spare: nodes tend to join one after
// the other.
func (c *class) allot(n int) {
	c.nodes = n
	if n > cap(c.facts) {
		spare := n + n/16
		for _, words := range []*[]uint64{&c.feasible, &c.staleFacts, &c.staleLoad, &c.staleImages, &c.loose} {
			*words = make([]uint64, blocks(spare))
		}
		c.facts, c.load, c.mix = make([]uint8, spare), make([]uint8, spare), make([]uint16, spare)
		c.base, c.images, c.totals = make([]int32, spare), make([]int32, spare), make([]int32, spare)
		c.best = make([]int32, blocks(spare))
	}
	for _, words := range []*[]uint64{&c.feasible, &c.staleFacts, &c.staleLoad, &c.staleImages, &c.loose} {
		*words = (*words)[:blocks(n)]
	}
	c.facts, c.load, c.mix = c.facts[:n], c.load[:n], c.mix[:n]
	c.base, c.images, c.totals = c.base[:n], c.images[:n], c.totals[:n]
	c.best = c.best[:blocks(n)]
}

// staleAll marks everything about all places.
func (c *class) staleAll() {
	fill(c.staleFacts, c.nodes)
	fill(c.staleLoad, c.nodes)
	fill(c.staleImages, c.nodes)
	c.anyFacts, c.anyImages = true, true
}

// fill sets the first n bits and no others.
func fill(words []uint64, n int) {
	for i := range words {
		words[i] = ^uint64(0)
	}
	if rest := n & (blockSize - 1); rest != 0 {
		words[len(words)-1] = 1<<rest - 1
	}
}

// notice marks what changed since the class was last asked.
func (c *class) notice(nodes *Nodes, v cluster.View) {
	last := v.Changes()
	if c.seen == last {
		return
	}
	if _, known := v.Change(c.seen); !known {
		c.staleAll()
		c.seen = last
		return
	}
	at := nodes.at
	for ; c.seen < last; c.seen++ {
		change, _ := v.Change(c.seen)
		place := at[change.Node]
		word, bit := place>>blockBits, uint64(1)<<(place&(blockSize-1))
		switch change.Kind {
		case cluster.PodPlaced, cluster.PodLeft, cluster.TerminatingPodLeft:
			c.staleLoad[word] |= bit
		case cluster.NodeFacts:
			c.staleFacts[word] |= bit
			c.staleLoad[word] |= bit
			c.staleImages[word] |= bit
			c.anyFacts, c.anyImages = true, true
		}
	}
}

// verdict returns the number of an answer. A class with too many of them is unfit.
func (c *class) verdict(f *roledFilter, status *framework.Status) uint8 {
	for i := 1; i < len(c.verdicts); i++ {
		if known := &c.verdicts[i]; known.status == status && known.order == f.order {
			return uint8(i)
		}
	}
	for i := 1; i < len(c.verdicts); i++ {
		known := &c.verdicts[i]
		if known.order == f.order && known.status.Code == status.Code && slices.Equal(known.status.Reasons, status.Reasons) {
			return uint8(i)
		}
	}
	if len(c.verdicts) == maxVerdicts {
		c.unfit = true
		return 0
	}
	c.verdicts = append(c.verdicts, verdict{f.order, f.plugin, status})
	return uint8(len(c.verdicts) - 1)
}

// rejected returns the first filter that rejects at a place, as far as kept, or
// nil.
func (c *class) rejected(place int) *verdict {
	facts, load := &c.verdicts[c.facts[place]], &c.verdicts[c.load[place]]
	switch {
	case facts.status == nil && load.status == nil:
		return nil
	case facts.status == nil, load.status != nil && load.order < facts.order:
		return load
	}
	return facts
}
