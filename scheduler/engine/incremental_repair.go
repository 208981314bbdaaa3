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
	e.changed.reset()
	e.renewed.reset()
	e.imagesStale.reset()
	first, last := from>>blockBits, blocks(to)
	for group := first >> blockBits; group < blocks(last); group++ {
		look := span(group, first, last)
		if !c.anyImages && len(c.dirty) > 0 {
			look &= c.dirty[group]
		}
		e.takeStale(c, group, look, from, to)
	}
	if from == 0 && to == c.nodes {
		c.anyFacts = false
		c.anyImages = c.anyImages && slices.ContainsFunc(c.staleImages, func(stale uint64) bool { return stale != 0 })
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
	if e.changed.len() < last-first { // otherwise the processor reads ahead
		e.touched = c.touch(e.changed.places)
	}
	if e.renewed.len() > 0 {
		e.judgeFacts(c)
	}
	e.judgeLoad(c)
}

// touch reads a little of all that will be looked at of these places, all at once so
// that memory is not waited for again and again. What it returns means nothing.
func (c *class) touch(places []int32) int32 {
	var sum int32
	for _, at := range places {
		sum += c.places[at].kept + c.totals[at]
	}
	return sum
}

// takeStale lists what is stale of the places of some blocks of a group that lie in
// [from, to).
func (e *Incremental) takeStale(c *class, group int, look uint64, from, to int) {
	list := e.nodes.list
	for ; look != 0; look &= look - 1 {
		at := group<<blockBits + bits.TrailingZeros64(look)
		b, mask := &c.blocks[at], span(at, from, to)
		stale := mask & b.staleLoad
		if c.anyImages {
			only := mask & c.staleImages[at] & b.feasible &^ stale
			e.imagesStale.take(list, at, only)
			c.staleImages[at] &^= only
		}
		if stale == 0 {
			continue
		}
		e.changed.take(list, at, stale)
		b.staleLoad &^= stale
		if c.anyFacts {
			e.renewed.take(list, at, mask&c.staleFacts[at])
			c.staleFacts[at] &^= mask
		}
		if len(c.dirty) > 0 && b.staleLoad == 0 {
			c.dirty[group] &^= look & -look
		}
	}
}

// judgeFacts asks the filters of facts about the renewed places and finds the mix
// of those that pass.
func (e *Incremental) judgeFacts(c *class) {
	b := &e.renewed
	for _, place := range b.places {
		c.places[place].facts = 0
	}
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofFacts && c.filtering&(1<<i) != 0 {
			e.sieve(c, f, b)
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
		c.places[place].mix = last
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

// sieve asks a filter about the places of a batch, notes who is rejected and leaves
// the others in the batch. Whoever a filter of load rejects is settled.
func (e *Incremental) sieve(c *class, f *roledFilter, b *batch) {
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
		if f.role == ofFacts {
			c.places[place].facts = number
			continue
		}
		c.places[place].load = number
		e.settle(c, place, false)
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
}

// judgeLoad asks the filters of load about the changed places, rates those that
// pass and notes what came of it.
func (e *Incremental) judgeLoad(c *class) {
	b := &e.changed
	n := 0
	for i, at := range b.places {
		p := &c.places[at]
		p.load = 0
		if p.facts != 0 && c.verdicts[p.facts].order < e.firstLoad {
			e.settle(c, at, false)
			continue
		}
		b.places[n], b.nodes[n] = at, b.nodes[i]
		n++
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofLoad && c.filtering&(1<<i) != 0 {
			e.sieve(c, f, b)
		}
	}
	e.rateKept(c, b)
}

// rateKept finds the scores of places that the filters of load let pass.
func (e *Incremental) rateKept(c *class, b *batch) {
	n := 0
	for i, place := range b.places {
		if c.places[place].facts != 0 {
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
		c.places[place].kept = int32(b.sums[i])
	}
	if c.liked {
		for _, place := range b.places {
			c.places[place].kept += c.images[place]
		}
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
		if now := int32(stale.sums[i]); c.liked || now != 0 {
			c.places[place].kept += now - c.images[place]
			c.images[place], c.liked = now, true
		}
	}
}

// settle notes whether a place is feasible, and its total if totals are kept.
func (e *Incremental) settle(c *class, at int32, feasible bool) {
	in, bit := at>>blockBits, uint64(1)<<(at&(blockSize-1))
	p, b := &c.places[at], &c.blocks[in]
	was := b.feasible&bit != 0
	if was != feasible {
		b.feasible ^= bit
		m, group := &c.mixes[p.mix], in>>blockBits
		if feasible {
			c.fit++
			c.fits[group]++
			m.feasible++
			m.sample = e.nodes.list[at]
			c.regroup = c.regroup || m.feasible == 1
		} else {
			c.fit--
			c.fits[group]--
			m.feasible--
			c.regroup = c.regroup || m.feasible == 0
		}
	}
	if !c.summed {
		return
	}
	best := &c.best[in]
	if was && c.totals[at] == *best {
		c.loose[in>>blockBits] |= 1 << (in & (blockSize - 1))
	}
	if feasible {
		total := p.kept + c.mixes[p.mix].bonus
		c.totals[at] = total
		if total >= *best {
			c.raise(int(in), total)
		}
	}
}

// raise notes that a place of a block has a total that is no less than its bound.
func (c *class) raise(block int, total int32) {
	group := block >> blockBits
	c.best[block] = total
	c.loose[group] &^= 1 << (block & (blockSize - 1))
	c.peaks[group] = max(c.peaks[group], total)
}
