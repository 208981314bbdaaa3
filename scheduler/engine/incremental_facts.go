package engine

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// judgeFacts asks the filters of facts about the renewed places and finds the mix
// of those that pass.
func (e *Incremental) judgeFacts(c *class) {
	if e.sharing && e.renewed.len() == c.nodes && e.copyFacts(c) {
		return
	}
	b := &e.renewed
	for _, place := range b.places {
		c.reject(place) // under its former mix
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
	m, at := c.addMix(b.nodes[i])
	for k := range b.columns {
		if m != nil {
			m.raw = append(m.raw, b.columns[k][i])
		}
	}
	return at
}

// addMix returns a new mix, without scores, and its number; nil if there are too
// many.
func (c *class) addMix(sample models.NodeID) (*mix, uint16) {
	at := len(c.mixes)
	if at == maxMixes {
		c.unfit = true
		return nil, 0
	}
	c.mixes = slices.Grow(c.mixes, 1)[:at+1]
	m := &c.mixes[at]
	m.raw, m.feasible, m.bonus, m.sample = m.raw[:0], 0, 0, sample
	return m, uint16(at)
}

func (m *mix) is(b *batch, i int) bool {
	for k, raw := range m.raw {
		if b.columns[k][i] != raw {
			return false
		}
	}
	return true
}
