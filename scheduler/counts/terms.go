package counts

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// term is an affinity term that placed pods carry, with those pods.
type term struct {
	*models.AffinityTerm
	id     int32
	hash   uint64
	anchor []models.Label
	specs  int32 // placed specifications that carry it
	tally  tally
}

// terms are the terms of one kind that placed pods carry, and some that they no
// longer do.
type terms struct {
	all     []*term // by id; nil if free
	free    []int32
	byHash  hashes
	anchors anchors
	unused  int
	// generation changes with every term that comes or goes.
	generation uint64
}

func (ts *terms) reset() {
	*ts = terms{byHash: make(hashes), anchors: make(anchors), generation: 1}
}

// get returns the term that says what t does, carried by one more specification.
// t stays as it is: it belongs to a specification.
func (ts *terms) get(x *Index, t *models.AffinityTerm) *term {
	hash := hashTerm(t)
	for _, id := range ts.byHash[hash] {
		if known := ts.all[id]; sameTerm(known.AffinityTerm, t) {
			if known.specs++; known.specs == 1 {
				ts.unused--
			}
			return known
		}
	}
	added := &term{AffinityTerm: t, hash: hash, specs: 1,
		anchor: anchor(&framework.Matcher{Terms: []models.AffinityTerm{*t}})}
	x.heed(t)
	if n := len(ts.free); n > 0 {
		added.id, ts.free = ts.free[n-1], ts.free[:n-1]
		ts.all[added.id] = added
	} else {
		added.id = int32(len(ts.all))
		ts.all = append(ts.all, added)
	}
	ts.byHash[hash] = append(ts.byHash[hash], added.id)
	ts.anchors.add(added.id, added.anchor)
	ts.generation++
	return added
}

// release tells that one specification fewer carries a term. Terms that nobody
// carries are kept for a while: pods of their kind tend to come back.
func (ts *terms) release(t *term) {
	if t.specs--; t.specs > 0 {
		return
	}
	if ts.unused++; ts.unused > keep {
		ts.sweep()
	}
}

func (ts *terms) sweep() {
	for _, t := range ts.all {
		if t == nil || t.specs > 0 {
			continue
		}
		ts.anchors.remove(t.id, t.anchor)
		ts.byHash.remove(t.hash, t.id)
		ts.all[t.id] = nil
		ts.free = append(ts.free, t.id)
	}
	ts.unused = 0
	ts.generation++
}

// selecting returns the terms that select a specification, with their pods.
func (ts *terms) selecting(x *Index, s *spec, kind framework.TermKind) []framework.Carrier {
	if len(ts.all) == len(ts.free) {
		return nil
	}
	if s.selected == nil {
		s.selected = new([framework.TermKinds]selected)
	}
	known := &s.selected[kind]
	if known.generation != ts.generation {
		known.generation = ts.generation
		known.terms = known.terms[:0]
		bearings(s.PodSpec, func(label models.Label) {
			for _, id := range ts.anchors[label] {
				if t := ts.all[id]; matches(x.view, t.AffinityTerm, s.PodSpec) {
					known.terms = append(known.terms, t)
				}
			}
		})
	}
	known.out = known.out[:0]
	for _, t := range known.terms {
		if t.tally.Total > 0 {
			known.out = append(known.out, framework.Carrier{Term: t.AffinityTerm, Tally: t.tally.Tally})
		}
	}
	return known.out
}
