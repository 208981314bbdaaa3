package engine

import (
	"math/bits"

	"github.com/podsim/podsim/models"
)

// maxima are bounds of the totals of blocks and of groups of blocks. Those of blocks
// that are the highest of all are met.
type maxima struct {
	nodes       int
	blocks      []block
	fits        []int32 // feasible places by group
	best, peaks []int32
	rater
}

// rater knows the totals of places.
type rater interface {
	// tied returns the feasible places of a block that share a total, which is the
	// bound of the block.
	tied(block int, total int32) uint64
}

// choosePlace returns the place to take of those with the highest total.
func (e *Incremental) choosePlace(m *maxima, highest int32) int {
	switch e.ties {
	case TiesFirst:
		return m.nth(highest, 0, 0)
	case TiesRandom:
		return e.drawTied(m, highest)
	case TiesByName:
		return e.namedTied(m, highest)
	}
	return e.root(m, highest)
}

// nth returns the place of the n-th of those tied, from a place round the list.
func (m *maxima) nth(total int32, from, n int) int {
	for _, part := range [2][2]int{{from, m.nodes}, {0, from}} {
		for block := part[0] >> blockBits; block < blocks(part[1]); block++ {
			if m.peaks[block>>blockBits] < total {
				block |= blockSize - 1
				continue
			}
			if m.best[block] != total {
				continue
			}
			tied := m.tied(block, total) & span(block, part[0], part[1])
			if count := bits.OnesCount64(tied); n >= count {
				n -= count
				continue
			}
			return block<<blockBits + nthBit(tied, n)
		}
	}
	return models.None
}

func (e *Incremental) drawTied(m *maxima, total int32) int {
	tied := 0
	for block, best := range m.best {
		if best == total {
			tied += bits.OnesCount64(m.tied(block, total))
		}
	}
	n := 0
	if tied > 1 {
		n = e.draw(e.cycle.Pod, tied)
	}
	return m.nth(total, e.nodes.next, n)
}

// namedTied returns the place of the node with the smallest name among those tied.
func (e *Incremental) namedTied(m *maxima, total int32) int {
	winner, name := models.None, ""
	for block, best := range m.best {
		if best != total {
			continue
		}
		for tied := m.tied(block, total); tied != 0; tied &= tied - 1 {
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
func (e *Incremental) root(m *maxima, total int32) int {
	r := rootSearch{maxima: m, total: total, winner: models.None}
	for _, part := range [2][2]int{{e.nodes.next, m.nodes}, {0, e.nodes.next}} {
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
	*maxima
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
