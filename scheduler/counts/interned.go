package counts

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// hasher mixes small numbers into one. Equal values have equal hashes; unequal ones
// are told apart by comparing them.
type hasher uint64

func (h *hasher) add(n int64) {
	x := uint64(*h) ^ uint64(n)
	x *= 0x9e3779b97f4a7c15
	*h = hasher(x ^ x>>29)
}

func (h *hasher) flag(b bool) {
	if b {
		h.add(1)
	} else {
		h.add(2)
	}
}

func (h *hasher) syms(s []models.Sym) {
	h.add(int64(len(s)))
	for _, sym := range s {
		h.add(int64(sym))
	}
}

func (h *hasher) selector(s *models.LabelSelector) {
	h.flag(s.None)
	h.add(int64(len(s.Requirements)))
	for i := range s.Requirements {
		r := &s.Requirements[i]
		h.add(int64(r.Key)<<8 | int64(r.Op))
		h.syms(r.Values)
	}
}

// selects mixes in what a term selects.
func (h *hasher) selects(t *models.AffinityTerm) {
	h.syms(t.Namespaces)
	h.selector(&t.NamespaceSelector)
	h.selector(&t.Selector)
}

func hashMatcher(m *framework.Matcher) uint64 {
	var h hasher
	h.flag(m.SkipTerminating)
	for i := range m.Terms {
		h.selects(&m.Terms[i])
	}
	return uint64(h)
}

func hashTerm(t *models.AffinityTerm) uint64 {
	var h hasher
	h.add(int64(t.TopologyKey))
	h.add(int64(t.Weight))
	h.selects(t)
	return uint64(h)
}

func sameSelector(a, b *models.LabelSelector) bool {
	return a.None == b.None && slices.EqualFunc(a.Requirements, b.Requirements, func(x, y models.Requirement) bool {
		return x.Key == y.Key && x.Op == y.Op && slices.Equal(x.Values, y.Values)
	})
}

func sameSelection(a, b *models.AffinityTerm) bool {
	return slices.Equal(a.Namespaces, b.Namespaces) && sameSelector(&a.NamespaceSelector, &b.NamespaceSelector) &&
		sameSelector(&a.Selector, &b.Selector)
}

func sameMatcher(a, b *framework.Matcher) bool {
	if a.SkipTerminating != b.SkipTerminating || len(a.Terms) != len(b.Terms) {
		return false
	}
	for i := range a.Terms {
		if !sameSelection(&a.Terms[i], &b.Terms[i]) {
			return false
		}
	}
	return true
}

func sameTerm(a, b *models.AffinityTerm) bool {
	return a.TopologyKey == b.TopologyKey && a.Weight == b.Weight && sameSelection(a, b)
}

// cloneMatcher copies a matcher in full: whoever asked may use its own again.
func cloneMatcher(m *framework.Matcher) framework.Matcher {
	out := framework.Matcher{SkipTerminating: m.SkipTerminating, Terms: slices.Clone(m.Terms)}
	for i := range out.Terms {
		t := &out.Terms[i]
		t.Namespaces = slices.Clone(t.Namespaces)
		cloneSelector(&t.Selector)
		cloneSelector(&t.NamespaceSelector)
	}
	return out
}

func cloneSelector(s *models.LabelSelector) {
	s.Requirements = slices.Clone(s.Requirements)
	for i := range s.Requirements {
		s.Requirements[i].Values = slices.Clone(s.Requirements[i].Values)
	}
}

// hashes are the ids of what is interned, by hash of its content.
type hashes map[uint64][]int32

// remove forgets an id that is there.
func (h hashes) remove(hash uint64, id int32) {
	ids := h[hash]
	i := slices.Index(ids, id)
	if ids = slices.Delete(ids, i, i+1); len(ids) == 0 {
		delete(h, hash)
	} else {
		h[hash] = ids
	}
}
