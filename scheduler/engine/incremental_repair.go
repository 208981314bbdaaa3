package engine

import (
	"math"
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// maxKeptWeight is up to which sum of weights totals are kept.
const maxKeptWeight = math.MaxInt32 / framework.MaxNodeScore

// batch is a list of places that are looked at together, with what was found.
type batch struct {
	places   []int32
	nodes    []models.NodeID
	statuses []*framework.Status
	raw      []int64
	sums     []int64
	columns  [][]int64 // raw scores that are normalised, by plugin and place
}

func (b *batch) reset() { b.places, b.nodes = b.places[:0], b.nodes[:0] }

func (b *batch) len() int { return len(b.places) }

// take appends the places of a word.
func (b *batch) take(list []models.NodeID, word int, of uint64) {
	first := word << blockBits
	if of == ^uint64(0) {
		for place := first; place < first+blockSize; place++ {
			b.places = append(b.places, int32(place))
		}
		b.nodes = append(b.nodes, list[first:first+blockSize]...)
		return
	}
	for ; of != 0; of &= of - 1 {
		place := first + bits.TrailingZeros64(of)
		b.places = append(b.places, int32(place))
		b.nodes = append(b.nodes, list[place])
	}
}

func (b *batch) status() []*framework.Status {
	b.statuses = slices.Grow(b.statuses[:0], len(b.nodes))[:len(b.nodes)]
	return b.statuses
}

func (b *batch) scores() []int64 {
	b.raw = slices.Grow(b.raw[:0], len(b.nodes))[:len(b.nodes)]
	return b.raw
}

// span returns the bits of a block that lie in [from, to).
func span(block, from, to int) uint64 {
	mask := ^uint64(0)
	if first := block << blockBits; from > first {
		mask <<= from - first
	}
	if end := (block + 1) << blockBits; to < end {
		mask &= ^uint64(0) >> (end - to)
	}
	return mask
}

// repair brings the places in [from, to) up to date.
func (e *Incremental) repair(c *class, from, to int) {
	list := e.nodes.list
	e.changed.reset()
	e.renewed.reset()
	e.imagesStale.reset()
	facts, images := c.anyFacts, c.anyImages
	left := uint64(0)
	for block := from >> blockBits; block < blocks(to); block++ {
		mask := span(block, from, to)
		stale := mask & c.staleLoad[block]
		if images {
			only := mask & c.staleImages[block] & c.feasible[block] &^ stale
			e.imagesStale.take(list, block, only)
			c.staleImages[block] &^= only
			left |= c.staleImages[block]
		}
		if stale == 0 {
			continue
		}
		e.changed.take(list, block, stale)
		c.staleLoad[block] &^= stale
		if facts {
			e.renewed.take(list, block, mask&c.staleFacts[block])
			c.staleFacts[block] &^= mask
		}
	}
	if from == 0 && to == c.nodes {
		c.anyFacts, c.anyImages = false, left != 0
	}
	if e.imagesStale.len() > 0 { // the rest of these places holds
		e.rateImages(c)
		for _, place := range e.imagesStale.places {
			e.settle(c, place, true)
		}
	}
	if e.changed.len() == 0 {
		return
	}
	if e.renewed.len() > 0 {
		e.judgeFacts(c)
	}
	e.judgeLoad(c)
}

// judgeFacts asks the filters of facts about the renewed places and finds the mix
// of those that pass.
func (e *Incremental) judgeFacts(c *class) {
	b := &e.renewed
	for _, place := range b.places {
		c.facts[place] = 0
	}
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofFacts && c.filtering&(1<<i) != 0 {
			e.sieve(c, f, b, c.facts)
		}
	}
	b.columns = b.columns[:0]
	for i := range e.roledScores {
		p := &e.roledScores[i]
		if p.role != ofFacts || c.scoring&(1<<i) == 0 {
			continue
		}
		k := len(b.columns)
		b.columns = slices.Grow(b.columns, 1)[:k+1]
		b.columns[k] = slices.Grow(b.columns[k][:0], b.len())[:b.len()]
		p.ask(&e.cycle, b.nodes, b.columns[k])
	}
	last := uint16(0)
	for i, place := range b.places {
		e.settle(c, place, false) // under its former mix
		last = c.mixOf(b, i, last)
		c.mix[place] = last
	}
}

// mixOf returns the mix of the raw scores in row i of the columns; guess is one to
// try first.
func (c *class) mixOf(b *batch, i int, guess uint16) uint16 {
	if int(guess) < len(c.mixes) && c.mixes[guess].is(b, i) {
		return guess
	}
	for at := range c.mixes {
		if c.mixes[at].is(b, i) {
			return uint16(at)
		}
	}
	at := len(c.mixes)
	if at == maxMixes {
		c.unfit = true
		return 0
	}
	c.mixes = slices.Grow(c.mixes, 1)[:at+1]
	m := &c.mixes[at]
	m.raw, m.feasible, m.bonus, m.sample = m.raw[:0], 0, 0, b.nodes[i]
	for k := range b.columns {
		m.raw = append(m.raw, b.columns[k][i])
	}
	return uint16(at)
}

func (m *mix) is(b *batch, i int) bool {
	for k, raw := range m.raw {
		if b.columns[k][i] != raw {
			return false
		}
	}
	return true
}

// sieve asks a filter about the places of a batch, notes in a column who is
// rejected and leaves the others in the batch. Whoever a filter of load rejects is
// settled.
func (e *Incremental) sieve(c *class, f *roledFilter, b *batch, column []uint8) {
	out := b.status()
	f.ask(&e.cycle, b.nodes, out)
	n := 0
	for n < len(out) && !out[n].Rejected() {
		n++
	}
	var last *framework.Status
	var number uint8
	for i := n; i < len(out); i++ {
		status, place := out[i], b.places[i]
		if !status.Rejected() {
			b.places[n], b.nodes[n] = place, b.nodes[i]
			n++
			continue
		}
		if status != last {
			last, number = status, c.verdict(f, status)
		}
		column[place] = number
		if f.role == ofLoad {
			e.settle(c, place, false)
		}
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
}

// judgeLoad asks the filters of load about the changed places, rates those that
// pass and notes what came of it.
func (e *Incremental) judgeLoad(c *class) {
	b := &e.changed
	n := 0
	for i, place := range b.places {
		if c.load[place] != 0 {
			c.load[place] = 0
		}
		if facts := c.facts[place]; facts != 0 && c.verdicts[facts].order < e.firstLoad {
			e.settle(c, place, false)
			continue
		}
		b.places[n], b.nodes[n] = place, b.nodes[i]
		n++
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofLoad && c.filtering&(1<<i) != 0 {
			e.sieve(c, f, b, c.load)
		}
	}
	e.rateKept(c, b)
}

// rateKept finds the scores of places that the filters of load let pass.
func (e *Incremental) rateKept(c *class, b *batch) {
	n := 0
	for i, place := range b.places {
		if c.facts[place] != 0 {
			e.settle(c, place, false)
			continue
		}
		b.places[n], b.nodes[n] = place, b.nodes[i]
		n++
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
	b.sums = slices.Grow(b.sums[:0], n)[:n]
	clear(b.sums)
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofLoad && c.scoring&(1<<i) != 0 {
			e.addUp(c, p, b)
		}
	}
	for i, place := range b.places {
		c.base[place] = int32(b.sums[i])
	}
	if c.anyImages {
		e.takeStaleImages(c, b)
		e.rateImages(c)
	}
	for _, place := range b.places {
		e.settle(c, place, true)
	}
}

// addUp adds the weighted scores of a plugin to the sums of a batch.
func (e *Incremental) addUp(c *class, p *roledScore, b *batch) {
	raw := b.scores()
	p.ask(&e.cycle, b.nodes, raw)
	sums := b.sums[:len(raw)]
	for i, value := range raw {
		if uint64(value) > uint64(framework.MaxNodeScore) {
			c.unfit = true
			return
		}
		sums[i] += value * p.weight
	}
}

// takeStaleImages lists the places of a batch whose scores for images are stale.
func (e *Incremental) takeStaleImages(c *class, b *batch) {
	e.imagesStale.reset()
	for i, place := range b.places {
		word, bit := place>>blockBits, uint64(1)<<(place&(blockSize-1))
		if c.staleImages[word]&bit != 0 {
			c.staleImages[word] &^= bit
			e.imagesStale.places = append(e.imagesStale.places, place)
			e.imagesStale.nodes = append(e.imagesStale.nodes, b.nodes[i])
		}
	}
}

// rateImages finds the scores for images where they are stale.
func (e *Incremental) rateImages(c *class) {
	stale := &e.imagesStale
	if stale.len() == 0 {
		return
	}
	stale.sums = slices.Grow(stale.sums[:0], stale.len())[:stale.len()]
	clear(stale.sums)
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofImages && c.scoring&(1<<i) != 0 {
			e.addUp(c, p, stale)
		}
	}
	for i, place := range stale.places {
		c.images[place] = int32(stale.sums[i])
	}
}

// settle notes whether a place is feasible, and its total if totals are kept.
func (e *Incremental) settle(c *class, place int32, feasible bool) {
	block, bit := place>>blockBits, uint64(1)<<(place&(blockSize-1))
	was := c.feasible[block]&bit != 0
	if was != feasible {
		c.feasible[block] ^= bit
		m := &c.mixes[c.mix[place]]
		if feasible {
			c.fit++
			m.feasible++
			m.sample = e.nodes.list[place]
			c.regroup = c.regroup || m.feasible == 1
		} else {
			c.fit--
			m.feasible--
			c.regroup = c.regroup || m.feasible == 0
		}
	}
	if !c.summed {
		return
	}
	before := c.totals[place]
	if was && before == c.best[block] {
		c.loose[block>>blockBits] |= 1 << (block & (blockSize - 1))
	}
	if feasible {
		total := c.base[place] + c.images[place] + c.mixes[c.mix[place]].bonus
		c.totals[place] = total
		c.best[block] = max(c.best[block], total)
	}
}
