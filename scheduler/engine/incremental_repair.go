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
	n, taken := len(b.places), bits.OnesCount64(of)
	b.places, b.nodes = slices.Grow(b.places, blockSize), slices.Grow(b.nodes, blockSize)
	places, nodes, here := b.places[n:n+blockSize], b.nodes[n:n+blockSize], list[first:]
	if taken == blockSize {
		for i := range places {
			places[i] = int32(first + i)
		}
		copy(nodes, here)
		b.places, b.nodes = b.places[:n+blockSize], b.nodes[:n+blockSize]
		return
	}
	for i := range taken {
		at := bits.TrailingZeros64(of)
		of &= of - 1
		places[i], nodes[i] = int32(first+at), here[at]
	}
	b.places, b.nodes = b.places[:n+taken], b.nodes[:n+taken]
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
		for i, place := range e.imagesStale.places {
			c.accept(place, c.totals[place]-c.mix(place).bonus+int32(e.imagesStale.sums[i]), e.nodes.list)
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
		sum += c.totals[at]
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

// sieve asks a filter about the places of a batch, notes who is rejected and leaves
// the others in the batch. None are feasible when a filter of facts is asked.
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
		c.reject(place)
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
}

// judgedAtOnce is how many places are judged at a time by all plugins of load, so
// that what one of them looks at is near for the next.
const judgedAtOnce = 256

// judgeLoad asks the filters of load about the changed places, rates those that
// pass and notes what came of it.
func (e *Incremental) judgeLoad(c *class) {
	b := &e.judged
	for from := 0; from < e.changed.len(); from += judgedAtOnce {
		to := min(from+judgedAtOnce, e.changed.len())
		b.places, b.nodes = e.changed.places[from:to], e.changed.nodes[from:to]
		e.judgeSome(c, b)
	}
}

func (e *Incremental) judgeSome(c *class, b *batch) {
	c.leaveOut(b, e.firstLoad)
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofLoad && c.filtering&(1<<i) != 0 {
			e.sieve(c, f, b)
		}
	}
	e.rateKept(c, b)
}

// leaveOut leaves in a batch the places that no filter of facts before the given one
// rejects. No filter of load has rejected them yet.
func (c *class) leaveOut(b *batch, before int32) {
	if len(c.verdicts) == 1 {
		return
	}
	n := 0
	for i, at := range b.places {
		b.places[n], b.nodes[n] = at, b.nodes[i]
		order := before
		if !c.has(at) {
			p := &c.places[at]
			p.load = 0
			order = c.verdicts[p.facts].order
		}
		if order >= before { // hard to foresee: this compiles to no branch
			n++
		}
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
}

// rateKept finds the scores of places that the filters of load let pass.
func (e *Incremental) rateKept(c *class, b *batch) {
	if e.lateFacts {
		c.leaveOut(b, MaxPlugins)
	}
	b.sums = zeroed(b.sums, b.len())
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofLoad && c.scoring&(1<<i) != 0 {
			e.addUp(c, p, b)
		}
	}
	if c.anyImages {
		e.takeStaleImages(c, b)
		e.rateImages(c)
	}
	if c.liked {
		for i, place := range b.places {
			b.sums[i] += int64(c.images[place])
		}
	}
	if !c.summed {
		e.admit(c, b)
		return
	}
	for i, place := range b.places {
		c.accept(place, int32(b.sums[i]), e.nodes.list)
	}
}

// admit is accept for all places of a batch, as long as no mix has a bonus.
func (e *Incremental) admit(c *class, b *batch) {
	for i, place := range b.places {
		c.totals[place] = int32(b.sums[i])
	}
	for i := 0; i < b.len(); {
		in, word := b.places[i]>>blockBits, uint64(0)
		for ; i < b.len() && b.places[i]>>blockBits == in; i++ {
			word |= 1 << (b.places[i] & (blockSize - 1))
		}
		word &^= c.blocks[in].feasible
		c.blocks[in].feasible |= word
		n := bits.OnesCount64(word)
		c.fit += n
		c.fits[in>>blockBits] += int32(n)
		for word != 0 {
			place := int(in)<<blockBits + bits.TrailingZeros64(word)
			mix, run := c.places[place].mix, int32(0)
			for ; word != 0 && c.places[int(in)<<blockBits+bits.TrailingZeros64(word)].mix == mix; word &= word - 1 {
				run++
			}
			m := &c.mixes[mix]
			c.regroup = c.regroup || m.feasible == 0
			m.feasible, m.sample = m.feasible+run, e.nodes.list[place]
		}
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
	stale.sums = zeroed(stale.sums, stale.len())
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofImages && c.scoring&(1<<i) != 0 {
			e.addUp(c, p, stale)
		}
	}
	for i, place := range stale.places {
		if now := int32(stale.sums[i]); c.liked || now != 0 {
			stale.sums[i] -= int64(c.images[place])
			c.images[place], c.liked = now, true
		}
	}
}
