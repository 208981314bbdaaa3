package engine

import (
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// steepShare is which part of the feasible places may get something of their own
// before it is better to look at one node after the other, inverse.
const steepShare = 6

// terraces are the scores of a plugin that follow from domains, in the decision
// under way. All places of a quarter have the same score but for some, which get
// more or less because of keys with many domains.
type terraces struct {
	flat, steep []framework.ByDomain // by how many domains the key has
	lone        []int32              // places that get something of their own
	isLone      words
	seen        words   // places of the key under way
	own         []int64 // by place: what it gets; all 0 between decisions
	base        []int64 // by quarter
	weighted    [maxQuarters]int64
	nodes       []models.NodeID // one of each quarter, then all that are alone
	raw         []int64         // of nodes
	quarters    []uint8         // of the first of nodes
	before      []int32         // by block: how many places of those listed stand before it
}

// addByDomain adds the weighted scores of a plugin to the totals, domain by domain.
// It reports false if it is better to do so node by node, and not ok if the plugin
// breaks the contract.
func (e *Incremental) addByDomain(p *roledScore) (done, ok bool) {
	e.topologies.at(e.nodes)
	if !e.sortOut(p) {
		return false, true
	}
	t, x := &e.terraces, e.topologies.crossing(e.nodes, e.terraces.flat)
	if !x.possible {
		return false, true
	}
	e.isolate()
	e.survey(x)
	for _, place := range t.lone {
		t.nodes = append(t.nodes, e.nodes.list[place])
		t.raw = append(t.raw, t.base[x.quarter[place]]+t.own[place])
		t.own[place] = 0
	}
	if p.normalize != nil {
		p.normalize.NormalizeScore(&e.cycle, t.nodes, t.raw)
	}
	if slices.ContainsFunc(t.raw, func(score int64) bool { return uint64(score) > uint64(framework.MaxNodeScore) }) {
		return true, false
	}
	e.level(x, p.weight)
	return true, true
}

// sortOut tells keys with few domains from those with many. It reports false if too
// many places get something because of the latter.
func (e *Incremental) sortOut(p *roledScore) bool {
	t := &e.terraces
	t.steep = p.domains.ScoreDomains(&e.cycle, t.steep[:0])
	t.flat = t.flat[:0]
	n, room := 0, len(e.places)/steepShare
	for i := range t.steep {
		by := t.steep[i]
		where := e.topologies.topology(e.nodes, by.Domains)
		worth := 0
		for _, at := range by.Nonzero {
			if by.Values[at] != 0 {
				worth += len(where.in(at))
			}
		}
		switch {
		case worth == 0:
		case where.sets != nil:
			at := len(t.flat)
			for at > 0 && e.topologies.topology(e.nodes, t.flat[at-1].Domains).number > where.number {
				at--
			}
			t.flat = slices.Insert(t.flat, at, by)
		default:
			t.steep[n] = by
			n++
			room -= worth
		}
	}
	t.steep = t.steep[:n]
	return room >= 0
}

// isolate finds the places that get something of their own.
func (e *Incremental) isolate() {
	t, n := &e.terraces, len(e.nodes.list)
	if len(t.own) < n {
		t.own = make([]int64, n)
	}
	t.lone, t.isLone = t.lone[:0], t.isLone.emptied(n)
	for i := range t.steep {
		by := &t.steep[i]
		where := e.topologies.topology(e.nodes, by.Domains)
		t.seen = t.seen.emptied(n)
		for _, at := range by.Nonzero {
			if by.Values[at] == 0 {
				continue
			}
			for _, place := range where.in(at) {
				if !e.listed.has(place) || t.seen.has(place) {
					continue
				}
				t.seen.add(place)
				t.own[place] += by.Values[at]
				if !t.isLone.has(place) {
					t.isLone.add(place)
					t.lone = append(t.lone, place)
				}
			}
		}
	}
}

// survey finds the raw scores of quarters and lists those that have a feasible place
// which is not alone.
func (e *Incremental) survey(x *crossing) {
	t := &e.terraces
	t.base, t.nodes, t.raw, t.quarters = t.base[:0], t.nodes[:0], t.raw[:0], t.quarters[:0]
	for number, domains := range x.domains {
		var sum int64
		for i, at := range domains {
			sum += t.flat[i].Values[at]
		}
		t.base = append(t.base, sum)
		set := x.sets[number]
		for block, listed := range e.listed {
			if here := listed & set[block] &^ t.isLone[block]; here != 0 {
				t.nodes = append(t.nodes, e.nodes.list[block<<blockBits+bits.TrailingZeros64(here)])
				t.raw, t.quarters = append(t.raw, sum), append(t.quarters, uint8(number))
				break
			}
		}
	}
}

// level adds the weighted scores to the totals.
func (e *Incremental) level(x *crossing, weight int64) {
	t := &e.terraces
	clear(t.weighted[:])
	for i, number := range t.quarters {
		t.weighted[number] = t.raw[i] * weight
	}
	totals := e.totals[:len(e.places)]
	if len(x.sets) > 1 {
		for i, place := range e.places {
			totals[i] += t.weighted[x.quarter[place]]
		}
	} else if t.weighted[0] != 0 {
		for i := range totals {
			totals[i] += t.weighted[0]
		}
	}
	if len(t.lone) == 0 {
		return
	}
	e.rank()
	first := e.standing(int32(e.start))
	for i, place := range t.lone {
		at := e.standing(place) - first
		if at < 0 {
			at += len(totals)
		}
		totals[at] += t.raw[len(t.quarters)+i]*weight - t.weighted[x.quarter[place]]
	}
}

// rank counts the listed places before each block.
func (e *Incremental) rank() {
	t, n := &e.terraces, 0
	t.before = t.before[:0]
	for _, word := range e.listed {
		t.before = append(t.before, int32(n))
		n += bits.OnesCount64(word)
	}
}

// standing returns how many listed places stand before one.
func (e *Incremental) standing(place int32) int {
	block := place >> blockBits
	return int(e.terraces.before[block]) + bits.OnesCount64(e.listed[block]&(1<<(place&(blockSize-1))-1))
}
