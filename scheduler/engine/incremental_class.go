package engine

import (
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// blockBits is the logarithm of the number of places in a block, and of blocks in a
// group: as many as bits in a word.
const (
	blockBits = 6
	blockSize = 1 << blockBits
)

// blocks returns the number of blocks of n places, or of groups of n blocks.
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

	places []place
	blocks []block
	// A bit by place: what else has to be looked at. anyFacts and anyImages tell that
	// bits may be set.
	staleFacts, staleImages []uint64
	anyFacts, anyImages     bool
	// dirty has a bit by block, whether bits of staleLoad may be set; none if there are
	// few blocks.
	dirty []uint64
	// images are the weighted scores for images by place; all are 0 unless liked.
	images []int32
	liked  bool

	verdicts []verdict // verdict 0 is to fit
	mixes    []mix
	fit      int     // feasible places
	fits     []int32 // of these, by group
	// regroup tells that another set of mixes is feasible than when bonuses were
	// found.
	regroup bool

	// What scores knew of the images of the pod when so many images had arrived.
	arrived     []arrival
	imagesAt    uint64
	imagesKnown bool

	// The sums of all kept scores, with the bonus of the mix that was found last.
	totals []int32
	// Their maximum in each block or, where loose, a bound of it, and bounds of it by
	// group. They are not up to date, and totals are not -1 where nodes do not fit,
	// unless summed.
	summed bool
	best   []int32
	loose  []uint64
	peaks  []int32
}

// place is what is known about one node besides its total, which is looked up more
// often: memory is far away.
type place struct {
	mix         uint16
	facts, load uint8 // verdicts of the filters of facts and of load
}

// block is a bit by place: whether nodes fit, and whether they have to be looked at
// because of their load at least.
type block struct{ feasible, staleLoad uint64 }

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

// fewGroups of blocks are looked through rather than noting where to look.
const fewGroups = 4

// size returns how many bytes a class takes, about.
func classSize(nodes int) int { return 13*nodes + 1024 }

// forget makes everything stale.
func (c *class) forget(nodes *Nodes, v cluster.View) {
	n := len(nodes.list)
	if n != c.nodes {
		c.allot(n)
	}
	c.set, c.seen = nodes.set, v.Changes()
	clear(c.places)
	clear(c.blocks)
	clear(c.fits)
	if c.liked {
		clear(c.images[:cap(c.images)])
		c.liked = false
	}
	c.staleAll()
	c.unfit, c.regroup, c.summed, c.imagesKnown, c.fit = false, true, false, false, 0
	c.verdicts = append(c.verdicts[:0], verdict{order: math.MaxInt32})
	c.mixes = c.mixes[:0]
}

// allot makes room for n places, and some to spare: nodes tend to join one after
// the other.
func (c *class) allot(n int) {
	c.nodes = n
	if n > cap(c.places) {
		spare := n + n/16
		c.places, c.images, c.totals = make([]place, spare), make([]int32, spare), make([]int32, spare)
		c.blocks, c.best = make([]block, blocks(spare)), make([]int32, blocks(spare))
		c.staleFacts, c.staleImages = make([]uint64, blocks(spare)), make([]uint64, blocks(spare))
		groups := blocks(blocks(spare))
		c.dirty, c.loose = make([]uint64, groups), make([]uint64, groups)
		c.fits, c.peaks = make([]int32, groups), make([]int32, groups)
	}
	c.places, c.images, c.totals = c.places[:n], c.images[:n], c.totals[:n]
	c.staleFacts, c.staleImages = c.staleFacts[:blocks(n)], c.staleImages[:blocks(n)]
	c.blocks, c.best = c.blocks[:blocks(n)], c.best[:blocks(n)]
	groups := blocks(blocks(n))
	c.dirty, c.loose = c.dirty[:groups], c.loose[:groups]
	if groups <= fewGroups {
		c.dirty = c.dirty[:0]
	}
	c.fits, c.peaks = c.fits[:groups], c.peaks[:groups]
}

// staleAll marks everything about all places.
func (c *class) staleAll() {
	for i := range c.blocks {
		c.blocks[i].staleLoad = span(i, 0, c.nodes)
	}
	fill(c.staleFacts, c.nodes)
	fill(c.staleImages, c.nodes)
	for i := range c.dirty {
		c.dirty[i] = ^uint64(0)
	}
	c.anyFacts, c.anyImages = true, true
}

// fill sets the first n bits and no others.
func fill(words []uint64, n int) {
	for i := range words {
		words[i] = span(i, 0, n)
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
	placeOf, of, dirty := nodes.at, c.blocks, c.dirty
	for number := c.seen; number < last; number++ {
		change, _ := v.Change(number)
		place := placeOf[change.Node]
		at, bit := place>>blockBits, uint64(1)<<(place&(blockSize-1))
		switch change.Kind {
		case cluster.PodPlaced, cluster.PodLeft, cluster.TerminatingPodLeft:
		case cluster.NodeFacts:
			c.staleFacts[at] |= bit
			c.staleImages[at] |= bit
			c.anyFacts, c.anyImages = true, true
		default:
			continue
		}
		of[at].staleLoad |= bit
		if len(dirty) > 0 {
			dirty[at>>blockBits] |= 1 << (at & (blockSize - 1))
		}
	}
	c.seen = last
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

// reject notes that a node does not fit.
func (c *class) reject(at int32) {
	in, bit := at>>blockBits, uint64(1)<<(at&(blockSize-1))
	if c.blocks[in].feasible&bit == 0 {
		return
	}
	c.blocks[in].feasible ^= bit
	c.fit--
	c.fits[in>>blockBits]--
	m := c.mix(at)
	m.feasible--
	c.regroup = c.regroup || m.feasible == 0
	if c.summed {
		if c.totals[at] == c.best[in] {
			c.loose[in>>blockBits] |= 1 << (in & (blockSize - 1))
		}
		c.totals[at] = -1
	}
}

// accept notes that a node fits, and the sum of its kept scores that are not
// normalised.
func (c *class) accept(at, kept int32, nodes []models.NodeID) {
	in, bit := at>>blockBits, uint64(1)<<(at&(blockSize-1))
	m := c.mix(at)
	if c.blocks[in].feasible&bit == 0 {
		c.blocks[in].feasible |= bit
		c.fit++
		c.fits[in>>blockBits]++
		m.feasible++
		m.sample = nodes[at]
		c.regroup = c.regroup || m.feasible == 1
	}
	was, total := c.totals[at], kept+m.bonus
	c.totals[at] = total
	if !c.summed {
		return
	}
	switch best := c.best[in]; {
	case total >= best:
		c.raise(int(in), total)
	case was == best:
		c.loose[in>>blockBits] |= 1 << (in & (blockSize - 1))
	}
}

// mix returns the mix of a place. Where all have the same one it is not looked up.
func (c *class) mix(at int32) *mix {
	if len(c.mixes) == 1 {
		return &c.mixes[0]
	}
	return &c.mixes[c.places[at].mix]
}

// has reports whether the node at a place fits, as far as known: no verdict is then
// against it.
func (c *class) has(at int32) bool {
	return c.blocks[at>>blockBits].feasible&(1<<(at&(blockSize-1))) != 0
}

// raise notes that a place of a block has a total that is no less than its bound.
func (c *class) raise(block int, total int32) {
	group := block >> blockBits
	c.best[block] = total
	c.loose[group] &^= 1 << (block & (blockSize - 1))
	c.peaks[group] = max(c.peaks[group], total)
}
