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
	e.looked = c.nodes
	start := e.nodes.next
	for _, part := range [2][2]int{{start, c.nodes}, {0, start}} {
		for from := part[0]; from < part[1]; {
			to := part[1]
			if want < c.nodes { // no more than may be needed, but whole blocks
				to = min(to, (from+want-len(e.places)+blockSize)&^(blockSize-1))
			}
			e.repair(c, from, to)
			if c.unfit || e.collect(c, from, to, want) {
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
// there are enough.
func (e *Incremental) collect(c *class, from, to, want int) bool {
	b := &e.chunk
	b.reset()
	for block := from >> blockBits; block < blocks(to); block++ {
		if word := c.blocks[block].feasible & span(block, from, to); word != 0 {
			b.take(e.nodes.list, block, word)
		}
	}
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofCycle && e.skipped&(1<<f.plugin) == 0 && b.len() > 0 {
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
	e.present = slices.Grow(e.present[:0], len(c.mixes))[:len(c.mixes)]
	clear(e.present)
	if present := e.present; len(present) == 1 {
		present[0] = true
	} else {
		for _, place := range e.places {
			present[c.places[place].mix] = true
		}
	}
	if !e.bonuses(c, func(mix int) bool { return e.present[mix] }) {
		return false
	}
	n := len(e.places)
	e.totals = slices.Grow(e.totals[:0], n)[:n]
	totals, places, bonus := e.totals, c.places, e.bonus
	for i, at := range e.places {
		p := &places[at]
		totals[i] = int64(p.kept + bonus[p.mix])
	}
	e.raw = slices.Grow(e.raw[:0], n)[:n]
	for i := range e.roledScores {
		if asked&(1<<i) != 0 && !e.add(&e.roledScores[i]) {
			return false
		}
	}
	e.recallScoring(c.scoring | asked)
	return true
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
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofCycle && skipped&(1<<p.plugin) == 0 {
			asked |= 1 << i
		}
	}
	e.memo.loud = asked != 0
	return asked, true
}

// add adds the weighted scores of one plugin to the totals.
func (e *Incremental) add(p *roledScore) bool {
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

// explain lists who rejected each node that was looked at, in the order of the
// search. All that is kept about these is up to date.
func (e *Incremental) explain(c *class) {
	e.late = slices.Grow(e.late[:0], c.nodes)[:c.nodes]
	clear(e.late)
	e.askLate(c)
	rejected := slices.Grow(e.diagnosis.Rejected[:0], e.looked)
	for i := range e.looked {
		place := e.around(i)
		id := e.nodes.list[place]
		if e.nominees.has(place) {
			if rejection, ok := e.fits(id); !ok {
				rejected = append(rejected, rejection)
			}
			continue
		}
		by := &e.late[place]
		if by.status == nil {
			by = c.rejected(place)
		}
		if by != nil {
			rejected = append(rejected, Rejection{id, by.plugin, by.status})
		}
	}
	e.diagnosis.Rejected = rejected
}

// askLate asks the filters that are asked in every cycle about the nodes that they
// come to before any kept filter rejects.
func (e *Incremental) askLate(c *class) {
	for i := range e.roledFilters {
		f := &e.roledFilters[i]
		if f.role != ofCycle || e.skipped&(1<<f.plugin) != 0 {
			continue
		}
		b := &e.chunk
		b.reset()
		for i := range e.looked {
			place := e.around(i)
			if by := c.rejected(place); e.late[place].status == nil && (by == nil || by.order > f.order) {
				b.places, b.nodes = append(b.places, int32(place)), append(b.nodes, e.nodes.list[place])
			}
		}
		out := b.status()
		f.ask(&e.cycle, b.nodes, out)
		for k, status := range out {
			if status.Rejected() {
				e.late[b.places[k]] = verdict{f.order, f.plugin, status}
			}
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
	for i := range e.diagnosis.Rejected {
		e.blame(&e.diagnosis.Rejected[i])
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
