package engine

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// search collects the feasible nodes, from where the last search ended round the
// list until there are enough.
func (e *Incremental) search(c *class, want int) {
	e.places, e.feasible, e.wrap = e.places[:0], e.feasible[:0], 0
	e.looked, e.listed = c.nodes, e.listed.emptied(c.nodes)
	barred, all := e.bar(), want >= c.nodes
	if all {
		e.repair(c, 0, c.nodes)
	}
	start := e.nodes.next
	for _, part := range [2][2]int{{start, c.nodes}, {0, start}} {
		for from := part[0]; from < part[1]; {
			to := part[1]
			if want < c.nodes { // no more than may be needed, but whole blocks
				to = min(to, (from+want-len(e.places)+blockSize)&^(blockSize-1))
			}
			if !all {
				e.repair(c, from, to)
			}
			if c.unfit || e.collect(c, from, to, want, barred) {
				return
			}
			from = to
		}
		if part[0] == start {
			e.wrap = len(e.feasible)
		}
	}
}

// collect adds the feasible nodes among places to the list. It reports true if
// there are enough. barred tells that some places are.
func (e *Incremental) collect(c *class, from, to, want int, barred bool) bool {
	b := &e.chunk
	b.reset()
	for block := from >> blockBits; block < blocks(to); block++ {
		word := c.blocks[block].feasible & span(block, from, to)
		if barred {
			word &^= e.barred[block]
		}
		if word != 0 {
			b.take(e.nodes.list, block, word)
			e.listed[block] |= word
		}
	}
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofCycle && f.domains == nil && e.skipped&(1<<f.plugin) == 0 && b.len() > 0 {
			e.winnow(f, b)
		}
	}
	if e.nominees.any() {
		e.consider(b)
	}
	room := want - len(e.places)
	if b.len() <= room {
		e.places, e.feasible = append(e.places, b.places...), append(e.feasible, b.nodes...)
		return false
	}
	e.places, e.feasible = append(e.places, b.places[:room]...), append(e.feasible, b.nodes[:room]...)
	for _, place := range b.places[room:] {
		e.listed.remove(place)
	}
	// What was rejected on the way to the first that is too many counts as looked at.
	if e.looked = int(b.places[room]) - e.nodes.next; e.looked < 0 {
		e.looked += c.nodes
	}
	return true
}

// winnow leaves in a batch whom a filter does not reject.
func (e *Incremental) winnow(f *roledFilter, b *batch) {
	out := b.status()
	f.ask(&e.cycle, b.nodes, out)
	n := 0
	for n < len(out) && !out[n].Rejected() {
		n++
	}
	for i := n; i < len(out); i++ {
		if !out[i].Rejected() {
			b.places[n], b.nodes[n] = b.places[i], b.nodes[i]
			n++
		} else {
			e.listed.remove(b.places[i])
		}
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
}

// consider leaves in a batch the nodes on which the pod fits beside those that are
// nominated to them.
func (e *Incremental) consider(b *batch) {
	n := 0
	for i, place := range b.places {
		if e.nominees.has(int(place)) {
			if _, ok := e.fits(b.nodes[i]); !ok {
				e.listed.remove(place)
				continue
			}
		}
		b.places[n], b.nodes[n] = place, b.nodes[i]
		n++
	}
	b.places, b.nodes = b.places[:n], b.nodes[:n]
}

// rateList rates the feasible nodes. It reports false if a plugin breaks the
// contract: which one, the plain way will tell.
func (e *Incremental) rateList(c *class) bool {
	asked, ok := e.preScoreCycle()
	if !ok {
		return false
	}
	e.noticeMixes(c)
	if !e.bonuses(c, func(mix int) bool { return e.present[mix] }) {
		return false
	}
	e.listTotals(c)
	n := len(e.places)
	e.raw = slices.Grow(e.raw[:0], n)[:n]
	for i := range e.roledScores {
		if asked&(1<<i) != 0 && !e.add(&e.roledScores[i]) {
			return false
		}
	}
	e.recallScoring(c.scoring | asked)
	return true
}

// listTotals lists the sums of the kept scores of the feasible nodes.
func (e *Incremental) listTotals(c *class) {
	rise := e.bonus
	for at := range c.mixes {
		rise[at] -= c.mixes[at].bonus
	}
	e.totals = slices.Grow(e.totals[:0], len(e.places))[:len(e.places)]
	totals, known, places := e.totals, c.totals, c.places
	if len(rise) == 1 {
		for i, at := range e.places {
			totals[i] = int64(known[at] + rise[0])
		}
		return
	}
	for i, at := range e.places {
		totals[i] = int64(known[at] + rise[places[at].mix])
	}
}

// noticeMixes finds the mixes of the feasible nodes.
func (e *Incremental) noticeMixes(c *class) {
	e.present = slices.Grow(e.present[:0], len(c.mixes))[:len(c.mixes)]
	present, unseen := e.present, 0
	for at := range c.mixes {
		present[at] = c.mixes[at].feasible > 0
		if present[at] {
			unseen++
		}
	}
	if e.looked == c.nodes && len(e.places) == c.fit || unseen == 1 {
		return
	}
	clear(present)
	for _, place := range e.places {
		if mix := c.places[place].mix; !present[mix] {
			present[mix] = true
			if unseen--; unseen == 0 {
				return
			}
		}
	}
}

// preScoreCycle asks PreScore of the plugins that are asked in every cycle and
// returns the scores to ask for, as bits.
func (e *Incremental) preScoreCycle() (asked uint64, ok bool) {
	skipped := uint64(0)
	for i := range e.roledPreScores {
		p := &e.roledPreScores[i]
		if p.role != ofCycle {
			continue
		}
		switch status := p.PreScore.PreScore(&e.cycle, e.feasible); {
		case status.Rejected():
			return 0, false
		case status != nil && status.Code == framework.Skip:
			skipped |= 1 << p.plugin
		}
	}
	e.memo.loud = false
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofCycle && skipped&(1<<p.plugin) == 0 {
			asked |= 1 << i
			e.memo.loud = e.memo.loud || !e.byStrata(p.plugin)
		}
	}
	return asked, true
}

// add adds the weighted scores of one plugin to the totals.
func (e *Incremental) add(p *roledScore) bool {
	if p.domains != nil {
		if done, ok := e.addByDomain(p); done {
			return ok
		}
	}
	raw := e.raw
	p.ask(&e.cycle, e.feasible, raw)
	if p.normalize != nil {
		p.normalize.NormalizeScore(&e.cycle, e.feasible, raw)
	}
	totals := e.totals[:len(raw)]
	for i, value := range raw {
		if uint64(value) > uint64(framework.MaxNodeScore) {
			return false
		}
		totals[i] += value * p.weight
	}
	return true
}

// recallScoring notes which scores took part, as bits, for Ratings.
func (e *Incremental) recallScoring(scores uint64) {
	e.scoring = e.scoring[:0]
	for i := range e.roledScores {
		if scores&(1<<i) != 0 {
			e.scoring = append(e.scoring, e.roledScores[i].score)
		}
	}
}

// around returns the place that is looked at after i others.
func (e *Incremental) around(i int) int {
	place := e.start + i
	if n := len(e.nodes.list); place >= n {
		place -= n
	}
	return place
}

// rejected ends an attempt in which every node was rejected.
func (e *Incremental) rejected() *Diagnosis {
	e.advance(e.diagnosis.Nodes)
	for i := range e.diagnosis.answers {
		a := &e.diagnosis.answers[i]
		e.blame(&Rejection{Plugin: a.plugin, Status: a.status})
	}
	return e.failed()
}

// advance makes the next search begin so many nodes further on.
func (e *Incremental) advance(looked int) {
	e.nodes.next = (e.nodes.next + looked) % len(e.nodes.list)
}

// first returns the first feasible place.
func (c *class) first() int {
	for block := range c.blocks {
		if word := c.blocks[block].feasible; word != 0 {
			return block<<blockBits + nthBit(word, 0)
		}
	}
	return models.None
}
