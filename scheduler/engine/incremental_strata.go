package engine

import (
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// strata is the search for the best node when one plugin, asked in every cycle,
// rates nodes by stratum: totals are those of the class and a bonus of the stratum,
// but for odd nodes. Blocks whose bound is below what was found are not looked at.
type strata struct {
	plugin *roledScore
	score  framework.ScoreStrata // nil if no plugin does that

	// Of the decision under way.
	*class
	words   []uint64 // of the stratification
	size    int      // of it
	counts  []int32  // feasible nodes by stratum
	found   []stratum
	sizes   []int32 // of those found
	odd     batch   // feasible ones, and samples after them
	isOdd   []uint64
	oddBest []int32 // which of the odd may have the highest total
	oddTied []uint64
	best    []int32 // by block: the highest total of all, or something below it
	peaks   []int32
	highest int32
}

// stratum is a stratum of which nodes are feasible.
type stratum struct {
	number int
	bonus  int32
}

// stratification tells which places are of which stratum.
type stratification struct {
	of    *framework.Strata
	set   uint64   // the node set of the list of places
	words []uint64 // a bit by place, by block and stratum
}

// stratify returns the words of a stratification.
func (e *Incremental) stratify(of *framework.Strata) []uint64 {
	s := e.memo.strata
	if s == nil || s.of != of {
		s = e.memos.stratification(of)
		e.memo.strata = s
	}
	if s.words == nil || s.set != e.nodes.set {
		s.set, s.words = e.nodes.set, make([]uint64, blocks(len(e.nodes.list))*of.Size)
		for place, id := range e.nodes.list {
			s.words[place>>blockBits*of.Size+int(of.Of[id])] |= 1 << (place & (blockSize - 1))
		}
	}
	return s.words
}

// stratification returns the one of some strata, which pods of many kinds share.
func (ms *memos) stratification(of *framework.Strata) *stratification {
	for _, s := range ms.strata {
		if s.of == of {
			return s
		}
	}
	s := &stratification{of: of}
	ms.strata = append(ms.strata, s)
	return s
}

// bestOfStrata returns the place to take, and its total. At least two are feasible.
// It reports false if a plugin rejects or breaks the contract.
func (e *Incremental) bestOfStrata(c *class, of *framework.Strata) (place int, total int64, ok bool) {
	s := &e.strata
	s.class, s.words, s.size = c, e.stratify(of), of.Size
	s.count(e.nodes.list)
	odd, status := s.score.PreScoreStrata(&e.cycle, s.odd.nodes, s.sizes)
	if status != nil || !e.rateStrata(odd) {
		return 0, 0, false
	}
	s.search()
	m := maxima{nodes: c.nodes, blocks: c.blocks, fits: c.fits, best: s.best, peaks: s.peaks, rater: s}
	return e.choosePlace(&m, s.highest), int64(s.highest), true
}

// count finds the strata of feasible nodes, with a sample of each in the batch.
func (s *strata) count(list []models.NodeID) {
	s.counts = zeroed(s.counts, s.size)
	counts, words := s.counts, s.words
	for at := range s.blocks {
		feasible := s.blocks[at].feasible
		for i, word := range words[:len(counts)] {
			counts[i] += int32(bits.OnesCount64(feasible & word))
		}
		words = words[len(counts):]
	}
	s.isOdd = zeroed(s.isOdd, len(s.blocks))
	s.found, s.sizes = s.found[:0], s.sizes[:0]
	s.odd.reset()
	for number, n := range counts {
		if n > 0 {
			s.found, s.sizes = append(s.found, stratum{number: number}), append(s.sizes, n)
			s.odd.nodes = append(s.odd.nodes, list[s.sample(number)])
		}
	}
}

// zeroed returns a slice of n zeros, made of another.
func zeroed[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// sample returns a feasible place of a stratum that is not odd, or None.
func (s *strata) sample(number int) int {
	for at := range s.blocks {
		if word := s.rest(at, number); word != 0 {
			return at<<blockBits + bits.TrailingZeros64(word)
		}
	}
	return models.None
}

// rest are the feasible places of a block and a stratum that are not odd.
func (s *strata) rest(block, number int) uint64 {
	return s.blocks[block].feasible &^ s.isOdd[block] & s.words[block*s.size+number]
}

// rateStrata asks for the scores of odd nodes and of each stratum that has feasible
// nodes besides, those with the highest bonus first.
func (e *Incremental) rateStrata(odd []models.NodeID) bool {
	s, b := &e.strata, &e.strata.odd
	s.gatherOdd(odd, e.nodes.at)
	n := 0
	for _, m := range s.found {
		if sample := s.sample(m.number); sample != models.None {
			s.found[n] = m
			n++
			b.nodes = append(b.nodes, e.nodes.list[sample])
		}
	}
	s.found = s.found[:n]
	raw := b.scores()
	s.plugin.ask(&e.cycle, b.nodes, raw)
	s.score.NormalizeScore(&e.cycle, b.nodes, raw)
	for i, value := range raw {
		if uint64(value) > uint64(framework.MaxNodeScore) {
			return false
		}
		raw[i] = value * s.plugin.weight
	}
	for i, bonus := range raw[len(b.places):] {
		s.found[i].bonus = int32(bonus)
	}
	slices.SortFunc(s.found, func(a, b stratum) int { return int(b.bonus - a.bonus) })
	return true
}

// gatherOdd lists the odd nodes that are feasible, each once.
func (s *strata) gatherOdd(odd []models.NodeID, placeOf []int32) {
	s.isOdd = zeroed(s.isOdd, len(s.blocks))
	b, known, n := &s.odd, s.isOdd, 0
	b.places = slices.Grow(b.places[:0], len(odd))[:len(odd)]
	b.nodes = slices.Grow(b.nodes[:0], len(odd)+len(s.found))[:len(odd)]
	places, nodes := b.places, b.nodes
	for _, id := range odd {
		place := placeOf[id]
		at, i := place>>blockBits, place&(blockSize-1)
		is := (s.blocks[at].feasible &^ known[at]) >> i & 1
		known[at] |= is << i
		places[n], nodes[n] = place, id // without a branch that nobody can foresee
		n += int(is)
	}
	b.places, b.nodes = places[:n], nodes[:n]
}

// search finds the highest total, and for each block that or less.
func (s *strata) search() {
	c := s.class
	s.best = slices.Grow(s.best[:0], len(c.best))[:len(c.best)]
	s.peaks = slices.Grow(s.peaks[:0], len(c.peaks))[:len(c.peaks)]
	for i := range s.best {
		s.best[i] = -1
	}
	for i := range s.peaks {
		s.peaks[i] = -1
	}
	s.highest = -1
	if len(s.found) > 0 {
		group, _ := top(c.peaks)
		first := group << blockBits
		at, _ := top(c.best[first:min(first+blockSize, len(c.best))])
		s.look(first + at) // so that more of the others can be left out
		for group, peak := range c.peaks {
			if peak+s.found[0].bonus < s.highest {
				continue
			}
			for at := group << blockBits; at < min((group+1)<<blockBits, len(c.best)); at++ {
				s.look(at)
			}
		}
	}
	s.lookAtOdd()
}

// lookAtOdd does what search does for odd nodes.
func (s *strata) lookAtOdd() {
	c, bonus := s.class, s.odd.raw
	s.oddBest, s.oddTied = s.oddBest[:0], zeroed(s.oddTied, len(s.blocks))
	for i, place := range s.odd.places {
		block := int(place >> blockBits)
		if c.best[block]+int32(bonus[i]) < s.highest {
			continue
		}
		if total := c.totals[place] + int32(bonus[i]); total >= s.highest {
			s.raise(block, total)
			s.oddBest = append(s.oddBest, int32(i))
		}
	}
	for _, i := range s.oddBest {
		if place := s.odd.places[i]; c.totals[place]+int32(bonus[i]) == s.highest {
			s.oddTied[place>>blockBits] |= 1 << (place & (blockSize - 1))
		}
	}
}

// raise notes that a place of a block has a total, none there being higher.
func (s *strata) raise(block int, total int32) {
	group := block >> blockBits
	s.best[block] = total
	s.peaks[group] = max(s.peaks[group], total)
	s.highest = max(s.highest, total)
}

// look finds the highest total of a block, unless that is below the highest of
// others.
func (s *strata) look(block int) {
	c := s.class
	if c.best[block] < 0 || c.best[block]+s.found[0].bonus < s.highest {
		return
	}
	if c.loose[block>>blockBits]&(1<<(block&(blockSize-1))) != 0 {
		c.tighten(block)
	}
	bound, out := c.best[block], int32(-1)
	totals := c.totals[block<<blockBits:]
	for i := range s.found {
		bonus := s.found[i].bonus
		if bound+bonus < s.highest || bound+bonus <= out {
			break
		}
		best := int32(-1)
		for word := s.rest(block, s.found[i].number); word != 0; word &= word - 1 {
			best = max(best, totals[bits.TrailingZeros64(word)])
		}
		if best >= 0 {
			out = max(out, best+bonus)
		}
	}
	if out >= 0 {
		s.raise(block, out)
	}
}

// tied implements rater.
func (s *strata) tied(block int, total int32) uint64 {
	out := s.oddTied[block]
	totals := s.totals[block<<blockBits:]
	for i := range s.found {
		without := total - s.found[i].bonus
		if s.class.best[block] < without {
			break
		}
		for word := s.rest(block, s.found[i].number); word != 0; word &= word - 1 {
			at := bits.TrailingZeros64(word)
			if totals[at] == without {
				out |= 1 << at
			}
		}
	}
	return out
}
