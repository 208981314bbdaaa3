package engine

import (
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// bonuses finds what the normalised scores add to the totals, by mix, when the
// feasible nodes are those that present counts: the scores that are normalised
// together are each value once a mix. It reports false if a plugin breaks the
// contract.
func (e *Incremental) bonuses(c *class, present func(mix int) bool) bool {
	e.bonus = slices.Grow(e.bonus[:0], len(c.mixes))[:len(c.mixes)]
	clear(e.bonus)
	b := &e.grouped
	b.reset()
	for at := range c.mixes {
		if present(at) {
			b.places, b.nodes = append(b.places, int32(at)), append(b.nodes, c.mixes[at].sample)
		}
	}
	column := 0
	for i := range e.roledScores {
		p := &e.roledScores[i]
		if p.role != ofFacts || c.scoring&(1<<i) == 0 {
			continue
		}
		raw := b.scores()
		for k, at := range b.places {
			raw[k] = c.mixes[at].raw[column]
		}
		column++
		p.normalize.NormalizeScore(&e.cycle, b.nodes, raw)
		for k, at := range b.places {
			if uint64(raw[k]) > uint64(framework.MaxNodeScore) {
				return false
			}
			e.bonus[at] += int32(raw[k] * p.weight)
		}
	}
	return true
}

// sum brings the totals of a class up to date. All places are. It reports false if
// a plugin breaks the contract.
func (e *Incremental) sum(c *class) bool {
	if c.regroup {
		if !e.bonuses(c, func(at int) bool { return c.mixes[at].feasible > 0 }) {
			return false
		}
		for at, bonus := range e.bonus {
			if m := &c.mixes[at]; m.feasible > 0 && m.bonus != bonus {
				m.bonus, c.summed = bonus, false
			}
		}
		c.regroup = false
	}
	if c.summed {
		return true
	}
	c.summed = true
	bonus := slices.Grow(e.bonus[:0], len(c.mixes))[:len(c.mixes)]
	for at := range c.mixes {
		bonus[at] = c.mixes[at].bonus
	}
	for group := range c.peaks {
		c.peaks[group] = -1
	}
	for block := range c.blocks {
		feasible, best := c.blocks[block].feasible, int32(-1)
		from, to := block<<blockBits, min((block+1)<<blockBits, c.nodes)
		places, totals := c.places[from:to], c.totals[from:to]
		for i := range totals {
			if feasible&(1<<i) == 0 {
				continue
			}
			p := &places[i]
			totals[i] = p.kept + bonus[p.mix]
			best = max(best, totals[i])
		}
		c.raise(block, best)
	}
	return true
}

// highest returns the highest total of any feasible place and brings down the
// bounds that are above it. At least one place is feasible.
func (c *class) highest() int32 {
	for {
		group, peak := top(c.peaks)
		first := group << blockBits
		at, best := top(c.best[first:min(first+blockSize, len(c.best))])
		switch {
		case best < peak:
			c.peaks[group] = best
		case c.loose[group]&(1<<at) != 0:
			c.tighten(first + at)
		default:
			return best
		}
	}
}

// top returns where the first of the highest values is, and the value.
func top(values []int32) (int, int32) {
	at, highest := 0, values[0]
	for i, value := range values {
		if value > highest {
			at, highest = i, value
		}
	}
	return at, highest
}

// tighten finds the maximum of a block.
func (c *class) tighten(block int) {
	best := int32(-1)
	totals := c.totals[block<<blockBits:]
	for word := c.blocks[block].feasible; word != 0; word &= word - 1 {
		best = max(best, totals[bits.TrailingZeros64(word)])
	}
	c.best[block] = best
	c.loose[block>>blockBits] &^= 1 << (block & (blockSize - 1))
}

// tied returns the places of a block that share a total, which is the bound of the
// block. If it was only that, it is brought down.
func (c *class) tied(block int, total int32) uint64 {
	var out uint64
	best := int32(-1)
	totals := c.totals[block<<blockBits:]
	for word := c.blocks[block].feasible; word != 0; word &= word - 1 {
		i := bits.TrailingZeros64(word)
		if totals[i] == total {
			out |= 1 << i
		}
		best = max(best, totals[i])
	}
	c.best[block] = best
	c.loose[block>>blockBits] &^= 1 << (block & (blockSize - 1))
	return out
}

// best returns the place to take, and its total. One at least is feasible.
func (e *Incremental) best(c *class) (int, int64) {
	highest := c.highest()
	switch e.ties {
	case TiesFirst:
		return e.nth(c, highest, 0, 0), int64(highest)
	case TiesRandom:
		return e.drawTied(c, highest), int64(highest)
	case TiesByName:
		return e.namedTied(c, highest), int64(highest)
	}
	return e.root(c, highest), int64(highest)
}

// nth returns the place of the n-th of those tied, from a place round the list.
func (e *Incremental) nth(c *class, total int32, from, n int) int {
	for _, part := range [2][2]int{{from, c.nodes}, {0, from}} {
		for block := part[0] >> blockBits; block < blocks(part[1]); block++ {
			if c.peaks[block>>blockBits] < total {
				block |= blockSize - 1
				continue
			}
			if c.best[block] != total {
				continue
			}
			tied := c.tied(block, total) & span(block, part[0], part[1])
			if count := bits.OnesCount64(tied); n >= count {
				n -= count
				continue
			}
			return block<<blockBits + nthBit(tied, n)
		}
	}
	return models.None
}

func (e *Incremental) drawTied(c *class, total int32) int {
	tied := 0
	for block, best := range c.best {
		if best == total {
			tied += bits.OnesCount64(c.tied(block, total))
		}
	}
	n := 0
	if tied > 1 {
		n = e.draw(e.cycle.Pod, tied)
	}
	return e.nth(c, total, e.nodes.next, n)
}

// namedTied returns the place of the node with the smallest name among those tied.
func (e *Incremental) namedTied(c *class, total int32) int {
	winner, name := models.None, ""
	for block, best := range c.best {
		if best != total {
			continue
		}
		for tied := c.tied(block, total); tied != 0; tied &= tied - 1 {
			place := block<<blockBits + bits.TrailingZeros64(tied)
			if other := e.cycle.View.Node(e.nodes.list[place]).Name(); winner == models.None || other < name {
				winner, name = place, other
			}
		}
	}
	return winner
}

// root returns the place that the heap of the feasible nodes has at its root: of
// those tied, the first in pre-order of the implicit tree over ranks. On one level
// of the tree that is the first one.
func (e *Incremental) root(c *class, total int32) int {
	r := rootSearch{class: c, total: total, winner: models.None}
	for _, part := range [2][2]int{{e.nodes.next, c.nodes}, {0, e.nodes.next}} {
		for group := part[0] >> (2 * blockBits); group < blocks(blocks(part[1])); group++ {
			if r.inGroup(group, part[0], part[1]) {
				return r.winner
			}
		}
	}
	return r.winner
}

// rootSearch is the search for the root under way.
type rootSearch struct {
	*class
	total      int32
	winner     int // place and rank of the first so far
	winnerRank int
	seen       int // feasible places
	done       int // ranks below are on levels of which the first is known
}

// inGroup goes on with the places of a group in [from, to). It reports true if
// nobody can come before the winner any more.
func (r *rootSearch) inGroup(group, from, to int) bool {
	first, last := group<<blockBits, min((group+1)<<blockBits, len(r.best))
	whole := first<<blockBits >= from && min(last<<blockBits, r.nodes) <= to
	end := r.seen + int(r.fits[group])
	if whole && r.done < end && r.peaks[group] == r.total { // it may be a bound only
		_, r.peaks[group] = top(r.best[first:last])
	}
	if whole && r.peaks[group] < r.total {
		r.seen = end
		return false
	}
	for at := max(first, from>>blockBits); at < min(last, blocks(to)); at++ {
		if whole && end <= r.done {
			r.seen = end
			return false
		}
		if r.inBlock(at, span(at, from, to)) {
			return true
		}
	}
	return false
}

// inBlock goes on with some places of a block.
func (r *rootSearch) inBlock(at int, of uint64) bool {
	feasible := r.blocks[at].feasible & of
	end := r.seen + bits.OnesCount64(feasible)
	if r.best[at] == r.total && end > r.done {
		for tied := feasible & r.tied(at, r.total); tied != 0; tied &= tied - 1 {
			i := bits.TrailingZeros64(tied)
			rank := r.seen + bits.OnesCount64(feasible&(1<<i-1))
			if rank < r.done {
				continue
			}
			if r.winner == models.None || preorder(rank, r.winnerRank) {
				r.winner, r.winnerRank = at<<blockBits+i, rank
			}
			if leftmost(rank) {
				return true
			}
			r.done = 1<<bits.Len(uint(rank+1)) - 1
		}
	}
	r.seen = end
	return false
}

// nthBit returns the place of the n-th bit that is set.
func nthBit(word uint64, n int) int {
	for ; n > 0; n-- {
		word &= word - 1
	}
	return bits.TrailingZeros64(word)
}
