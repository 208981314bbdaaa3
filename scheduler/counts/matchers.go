package counts

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// matcher is a matcher that somebody asked about, with the pods that it selects.
type matcher struct {
	framework.Matcher
	id     int32
	hash   uint64
	anchor []models.Label
	tally  tally
	used   uint64 // when it was last asked about
}

// keep is how many matchers are kept that nobody asks about.
const keep = 4096

// matchers are the matchers that are counted.
type matchers struct {
	all     []*matcher // by id; nil if free
	free    []int32
	byHash  hashes
	anchors anchors
	clock   uint64
}

func (ms *matchers) reset() {
	*ms = matchers{byHash: make(hashes), anchors: make(anchors)}
}

// get returns the matcher that says what m does, and counts it from now on.
func (ms *matchers) get(x *Index, m *framework.Matcher) *matcher {
	ms.clock++
	hash := hashMatcher(m)
	for _, id := range ms.byHash[hash] {
		if known := ms.all[id]; sameMatcher(&known.Matcher, m) {
			known.used = ms.clock
			return known
		}
	}
	added := &matcher{Matcher: cloneMatcher(m), hash: hash, used: ms.clock}
	added.anchor = anchor(&added.Matcher)
	for i := range added.Terms {
		x.heed(&added.Terms[i])
	}
	if n := len(ms.free); n > 0 {
		added.id, ms.free = ms.free[n-1], ms.free[:n-1]
		ms.all[added.id] = added
	} else {
		added.id = int32(len(ms.all))
		ms.all = append(ms.all, added)
	}
	ms.byHash[hash] = append(ms.byHash[hash], added.id)
	ms.anchors.add(added.id, added.anchor)
	x.count(added)
	return added
}

// count finds the pods that a matcher selects.
func (x *Index) count(m *matcher) {
	x.narrow(m.anchor, &m.Matcher, func(s *spec) {
		if !m.Matches(x.view, s.PodSpec) {
			return
		}
		s.matchers = append(s.matchers, m)
		m.tally.addAll(&s.placed, 1)
		if m.SkipTerminating {
			m.tally.addAll(&s.terminating, -1)
		}
	})
}

// narrow visits the placed specifications that m may select: those that bear the
// labels of the requirement that the fewest meet, the anchor being one.
func (x *Index) narrow(at []models.Label, m *framework.Matcher, visit func(*spec)) {
	if len(at) == 0 {
		return
	}
	fewest := x.bearing(at)
	for i := range m.Terms {
		for j := range m.Terms[i].Selector.Requirements {
			r := &m.Terms[i].Selector.Requirements[j]
			if r.Op != models.In {
				continue
			}
			if others := labels(r.Key, r.Values); x.bearing(others) < fewest {
				at, fewest = others, x.bearing(others)
			}
		}
	}
	for _, label := range at {
		for _, s := range x.bearers[label] {
			visit(s)
		}
	}
}

// bearing returns how many placed specifications have one of the labels.
func (x *Index) bearing(at []models.Label) int {
	n := 0
	for _, label := range at {
		n += len(x.bearers[label])
	}
	return n
}

// sweep forgets matchers that nobody asked about for long. It runs only when the
// cluster has changed, so that no answer that still holds is lost.
func (ms *matchers) sweep(x *Index) {
	if len(ms.all)-len(ms.free) <= 2*keep {
		return
	}
	for _, m := range ms.all {
		if m == nil || ms.clock-m.used < keep {
			continue
		}
		x.narrow(m.anchor, &m.Matcher, func(s *spec) {
			if i := slices.Index(s.matchers, m); i >= 0 {
				s.matchers = slices.Delete(s.matchers, i, i+1)
			}
		})
		ms.anchors.remove(m.id, m.anchor)
		ms.byHash.remove(m.hash, m.id)
		ms.all[m.id] = nil
		ms.free = append(ms.free, m.id)
	}
}
