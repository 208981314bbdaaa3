package engine

import (
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

const (
	// sheetBytes is about what sheets may take in all.
	sheetBytes = 8 << 20
	// minSheets and maxSheets bound how many there are.
	minSheets, maxSheets = 16, 512
	// maxAnswers is how many answers a sheet can tell apart.
	maxAnswers = 1 << 8
)

// sheet is what a plugin says of all nodes to pods that have some parts in common.
// Classes copy from it.
type sheet struct {
	answers  []uint8             // by place: the number of the answer
	statuses []*framework.Status // by number, of a filter; number 0 is to fit
	rejected words
	scores   []int64 // by number, of a score
	crowded  bool    // there are more answers than numbers
}

// sheets are known as long as the facts of nodes stay as they are.
type sheets struct {
	set, facts uint64
	known      map[string]*sheet
	key        keyWriter
}

// sheet returns the sheet of a plugin for the pod under way, and whether it is new.
func (ss *sheets) sheet(e *Incremental, plugin int32, score bool, parts framework.PodParts) (s *sheet, fresh bool) {
	n := len(e.nodes.list)
	limit := min(max(sheetBytes/(n+1), minSheets), maxSheets)
	if facts := e.nodes.counts.Facts(); ss.known == nil || ss.set != e.nodes.set || ss.facts != facts || len(ss.known) >= limit {
		ss.set, ss.facts, ss.known = e.nodes.set, facts, make(map[string]*sheet)
	}
	ss.key = ss.key[:0]
	ss.key.add(int64(plugin))
	ss.key.flag(score)
	ss.key.parts(e.cycle.Spec, parts)
	if s = ss.known[string(ss.key)]; s != nil {
		return s, false
	}
	s = &sheet{answers: make([]uint8, n)}
	ss.known[string(ss.key)] = s
	return s, true
}

// parts appends some parts of a specification.
func (k *keyWriter) parts(s *models.PodSpec, parts framework.PodParts) {
	if parts&framework.PodNodeName != 0 {
		k.add(int64(s.NodeName))
	}
	if parts&framework.PodRequiredNodes != 0 {
		k.requiredNodes(s)
	}
	if parts&framework.PodPreferredNodes != 0 {
		k.preferredNodes(s)
	}
	if parts&framework.PodTolerations != 0 {
		k.tolerations(s.Tolerations)
	}
	if parts&framework.PodFeatures != 0 {
		k.syms(s.Features)
	}
}

func (e *Incremental) filterSheet(f *roledFilter) *sheet {
	s, fresh := e.sheets.sheet(e, f.plugin, false, f.parts)
	if !fresh {
		return s
	}
	b := &e.grouped
	b.reset()
	b.nodes = append(b.nodes, e.nodes.list...)
	s.statuses, s.rejected = append(s.statuses, nil), s.rejected.emptied(len(b.nodes))
	out := b.status()
	f.ask(&e.cycle, b.nodes, out)
	for place, status := range out {
		if !status.Rejected() {
			continue
		}
		var ok bool
		if s.statuses, s.answers[place], ok = numbered(s.statuses, status); !ok {
			s.crowded = true
			return s
		}
		s.rejected.add(int32(place))
	}
	return s
}

func (e *Incremental) scoreSheet(p *roledScore) *sheet {
	s, fresh := e.sheets.sheet(e, p.plugin, true, p.parts)
	if !fresh {
		return s
	}
	b := &e.grouped
	b.reset()
	b.nodes = append(b.nodes, e.nodes.list...)
	raw := b.scores()
	p.ask(&e.cycle, b.nodes, raw)
	for place, score := range raw {
		var ok bool
		if s.scores, s.answers[place], ok = numbered(s.scores, score); !ok {
			s.crowded = true
			return s
		}
	}
	return s
}

// copyFacts is judgeFacts for all places at once, by what is known from other
// classes. It reports false if it cannot be done that way.
func (e *Incremental) copyFacts(c *class) bool {
	for i := range c.blocks {
		for word := c.blocks[i].feasible; word != 0; word &= word - 1 {
			c.reject(int32(i<<blockBits + bits.TrailingZeros64(word)))
		}
	}
	if !e.copyMixes(c) {
		return false
	}
	e.scratch = e.scratch.emptied(c.nodes)
	rejected := e.scratch
	for i := range e.roledFilters {
		f := &e.roledFilters[i]
		if f.role != ofFacts || c.filtering&(1<<i) == 0 {
			continue
		}
		s := e.filterSheet(f)
		if s.crowded {
			return false
		}
		last, number := uint8(0), uint8(0)
		for block, word := range s.rejected {
			word &^= rejected[block]
			rejected[block] |= word
			for ; word != 0; word &= word - 1 {
				place := block<<blockBits + bits.TrailingZeros64(word)
				if answer := s.answers[place]; answer != last {
					last, number = answer, c.verdict(f, s.statuses[answer])
				}
				c.places[place].facts = number
			}
		}
	}
	return true
}

// copyMixes finds the mixes of all places and forgets who rejects them.
func (e *Incremental) copyMixes(c *class) bool {
	e.columns = e.columns[:0]
	size := 1
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role == ofFacts && c.scoring&(1<<i) != 0 {
			s := e.scoreSheet(p)
			if size *= len(s.scores); s.crowded || size > maxMixes {
				return false
			}
			e.columns = append(e.columns, s)
		}
	}
	combined := e.combine(c.nodes)
	const unknown = maxMixes
	e.mixOf = slices.Grow(e.mixOf[:0], size)[:size]
	for i := range e.mixOf {
		e.mixOf[i] = unknown
	}
	for at, number := range combined {
		mix := e.mixOf[number]
		if mix == unknown {
			mix = c.mixAt(e.columns, at, e.nodes.list[at])
			if c.unfit {
				return false
			}
			e.mixOf[number] = mix
		}
		p := &c.places[at]
		p.facts, p.mix = 0, mix
	}
	return true
}

// combine makes one number of the answers in all columns, by place.
func (e *Incremental) combine(n int) []uint16 {
	e.combined = zeroed(e.combined, n)
	combined := e.combined
	for i, s := range e.columns {
		answers, factor := s.answers[:n], uint16(len(s.scores))
		if i == 0 {
			for place, answer := range answers {
				combined[place] = uint16(answer)
			}
			continue
		}
		for place, answer := range answers {
			combined[place] = combined[place]*factor + uint16(answer)
		}
	}
	return combined
}

// mixAt returns the mix of the scores in some sheets of a place.
func (c *class) mixAt(columns []*sheet, place int, node models.NodeID) uint16 {
	is := func(m *mix) bool {
		for k, s := range columns {
			if m.raw[k] != s.scores[s.answers[place]] {
				return false
			}
		}
		return true
	}
	for at := range c.mixes {
		if is(&c.mixes[at]) {
			return uint16(at)
		}
	}
	m, at := c.addMix(node)
	for _, s := range columns {
		if m != nil {
			m.raw = append(m.raw, s.scores[s.answers[place]])
		}
	}
	return at
}

// numbered returns the position of an answer in a list, to which a new one is
// appended; ok is false if there are too many.
func numbered[T comparable](list []T, answer T) (grown []T, at uint8, ok bool) {
	i := slices.Index(list, answer)
	if i < 0 {
		if i = len(list); i == maxAnswers {
			return list, 0, false
		}
		list = append(list, answer)
	}
	return list, uint8(i), true
}
