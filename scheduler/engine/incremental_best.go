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
	for block, feasible := range c.feasible {
		from, to := block<<blockBits, min((block+1)<<blockBits, c.nodes)
		best := int32(-1)
		totals, base, images, mixes := c.totals[from:to], c.base[from:to], c.images[from:to], c.mix[from:to]
		for i := range totals {
			if feasible&(1<<i) == 0 {
				continue
			}
			total := base[i] + images[i] + bonus[mixes[i]]
			totals[i] = total
			best = max(best, total)
		}
		c.best[block] = best
	}
	clear(c.loose)
	return true
}

// highest returns the highest total of any feasible place and makes the bounds of
// all blocks that may hold it exact. At least one place is feasible.
func (c *class) highest() int32 {
	highest, bound := int32(-1), int32(-1)
	for block, best := range c.best {
		if c.loose[block>>blockBits]&(1<<(block&(blockSize-1))) == 0 {
			highest = max(highest, best)
		} else {
			bound = max(bound, best)
		}
	}
	if bound < highest {
		return highest
	}
	for at, word := range c.loose {
		for ; word != 0; word &= word - 1 {
			block := at<<blockBits + bits.TrailingZeros64(word)
			if c.best[block] >= highest {
				c.tighten(block)
				c.loose[at] &^= word & -word
				highest = max(highest, c.best[block])
			}
		}
	}
	return highest
}

// tighten finds the maximum of a block.
func (c *class) tighten(block int) {
	best := int32(-1)
	totals := c.totals[block<<blockBits:]
	for word := c.feasible[block]; word != 0; word &= word - 1 {
		best = max(best, totals[bits.TrailingZeros64(word)])
	}
	c.best[block] = best
}

// tied returns the places of a block that share a total.
func (c *class) tied(block int, total int32) uint64 {
	var out uint64
	totals := c.totals[block<<blockBits:]
	for word := c.feasible[block]; word != 0; word &= word - 1 {
		if i := bits.TrailingZeros64(word); totals[i] == total {
			out |= 1 << i
		}
	}
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
	winner, winnerRank := models.None, 0
	seen, done := 0, 0 // ranks below done are on levels of which the first is known
	for _, part := range [2][2]int{{e.nodes.next, c.nodes}, {0, e.nodes.next}} {
		for block := part[0] >> blockBits; block < blocks(part[1]); block++ {
			feasible := c.feasible[block] & span(block, part[0], part[1])
			count := bits.OnesCount64(feasible)
			if c.best[block] == total && seen+count > done {
				for tied := feasible & c.tied(block, total); tied != 0; tied &= tied - 1 {
					i := bits.TrailingZeros64(tied)
					rank := seen + bits.OnesCount64(feasible&(1<<i-1))
					if rank < done {
						continue
					}
					place := block<<blockBits + i
					if leftmost(rank) {
						return place
					}
					if winner == models.None || preorder(rank, winnerRank) {
						winner, winnerRank = place, rank
					}
					done = 1<<bits.Len(uint(rank+1)) - 1
				}
			}
			seen += count
		}
	}
	return winner
}

// nthBit returns the place of the n-th bit that is set.
func nthBit(word uint64, n int) int {
	for ; n > 0; n-- {
		word &= word - 1
	}
	return bits.TrailingZeros64(word)
}
