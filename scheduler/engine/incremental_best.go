package engine

import "github.com/podsim/podsim/scheduler/framework"

// bonuses finds what the normalised scores add to the totals, by mix, when the
// feasible nodes are those that present counts: the scores that are normalised
// together are each value once a mix. It reports false if a plugin breaks the
// contract.
func (e *Incremental) bonuses(c *class, present func(mix int) bool) bool {
	e.bonus = zeroed(e.bonus, len(c.mixes))
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
			m := &c.mixes[at]
			e.bonus[at] = 0
			if m.feasible > 0 && m.bonus != bonus {
				e.bonus[at] = bonus - m.bonus
				m.bonus, c.summed = bonus, false
			}
		}
		c.regroup = false
	}
	if !c.summed {
		c.add(e.bonus)
		c.summed = true
	}
	return true
}

// add adds to the totals what bonuses rose by, by mix, and finds the maxima.
func (c *class) add(rise []int32) {
	for group := range c.peaks {
		c.peaks[group] = -1
	}
	for block := range c.blocks {
		feasible, best := c.blocks[block].feasible, int32(-1)
		from, to := block<<blockBits, min((block+1)<<blockBits, c.nodes)
		places, totals := c.places[from:to], c.totals[from:to]
		for i := range totals {
			if feasible&(1<<i) == 0 {
				totals[i] = -1
				continue
			}
			totals[i] += rise[places[i].mix]
			best = max(best, totals[i])
		}
		c.raise(block, best)
	}
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
	c.best[block] = maximum(c.totals[block<<blockBits : min((block+1)<<blockBits, c.nodes)])
	c.loose[block>>blockBits] &^= 1 << (block & (blockSize - 1))
}

// tied returns the places of a block that share a total, which is the bound of the
// block. If it was only that, it is brought down.
func (c *class) tied(block int, total int32) uint64 {
	var out uint64
	best := int32(-1)
	for i, other := range c.totals[block<<blockBits : min((block+1)<<blockBits, c.nodes)] {
		if other == total {
			out |= 1 << i
		}
		best = max(best, other)
	}
	c.best[block] = best
	c.loose[block>>blockBits] &^= 1 << (block & (blockSize - 1))
	return out
}

// best returns the place to take, and its total. At least two are feasible. It
// reports false if the plugin that is asked by strata rejects or breaks the contract.
func (e *Incremental) best(c *class, strata *framework.Strata) (place int, total int64, ok bool) {
	if strata != nil {
		return e.bestOfStrata(c, strata)
	}
	highest := c.highest()
	m := maxima{nodes: c.nodes, blocks: c.blocks, fits: c.fits, best: c.best, peaks: c.peaks, rater: c}
	return e.choosePlace(&m, highest), int64(highest), true
}
