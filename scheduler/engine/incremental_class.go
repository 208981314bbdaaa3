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

	spots  []spot  // by place
	blocks []block // of places

	verdicts []verdict // verdict 0 is to fit
	mixes    []mix
	fit      int // feasible places
	// regroup tells that another set of mixes is feasible than when bonuses were
	// found.
	regroup bool

	// How many nodes held the images of the pod when so many images had arrived.
	holders     []int
	imagesAt    uint64
	imagesKnown bool

	// summed tells that totals and the maxima of blocks are up to date.
	summed bool
}

// spot is what is known about one place. It stands together as it is mostly looked
// at alone.
type spot struct {
	facts, load uint8  // verdicts of the filters of facts and of load
	mix         uint16 // of the scores that are normalised
	base        int32  // weighted scores that follow from the load
	images      int32  // and from images
	total       int32
}

// block is what is known about some places together, a bit for each.
type block struct {
	feasible uint64
	// What has to be looked at anew.
	staleFacts, staleLoad, staleImages uint64
	// best is the maximum of the totals or, if loose, a bound of it.
	best  int32
	loose bool
}

// at returns the block of a place and its bit there.
func (c *class) at(place int32) (*block, uint64) {
	return &c.blocks[place>>blockBits], 1 << (place & (blockSize - 1))
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
func classSize(nodes int) int { return 17*nodes + 1024 }

// forget makes everything stale.
func (c *class) forget(nodes *Nodes, v cluster.View) {
	n := len(nodes.list)
	if n != c.nodes {
		c.allot(n)
	}
	c.set, c.seen = nodes.set, v.Changes()
	for i := range c.blocks {
		all := span(i, 0, n)
		c.blocks[i] = block{staleFacts: all, staleLoad: all, staleImages: all}
	}
	c.unfit, c.regroup, c.summed, c.imagesKnown, c.fit = false, true, false, false, 0
	c.verdicts = append(c.verdicts[:0], verdict{})
	c.mixes = c.mixes[:0]
}

func (c *class) allot(n int) {
	c.nodes = n
	// Some to spare: nodes tend to join one after the other.
	if n > cap(c.spots) {
		c.spots, c.blocks = make([]spot, n, n+n/16), make([]block, blocks(n), blocks(n+n/16))
	}
	c.spots, c.blocks = c.spots[:n], c.blocks[:blocks(n)]
}

// notice marks what changed since the class was last asked.
func (c *class) notice(nodes *Nodes, v cluster.View) {
	last := v.Changes()
	if c.seen == last {
		return
	}
	if _, known := v.Change(c.seen); !known {
		for i := range c.blocks {
			b, all := &c.blocks[i], span(i, 0, c.nodes)
			b.staleFacts, b.staleLoad, b.staleImages = all, all, all
		}
		c.seen = last
		return
	}
	at := nodes.at
	for ; c.seen < last; c.seen++ {
		change, _ := v.Change(c.seen)
		b, bit := c.at(at[change.Node])
		switch change.Kind {
		case cluster.PodPlaced, cluster.PodLeft, cluster.TerminatingPodLeft:
			b.staleLoad |= bit
		case cluster.NodeFacts:
			b.staleFacts |= bit
			b.staleLoad |= bit
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
	facts, load := &c.verdicts[c.spots[place].facts], &c.verdicts[c.spots[place].load]
	switch {
	case facts.status == nil && load.status == nil:
		return nil
	case facts.status == nil, load.status != nil && load.order < facts.order:
		return load
	}
	return facts
}
