package plan

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// axis is a candidate as the search sees it: its counts are min, min+step and so on,
// one for each level from 0 on.
type axis struct {
	min, step, levels int
	price             float64
}

func (a *axis) count(level int) int { return a.min + level*a.step }

// mix is a level on each axis.
type mix []int

// mixKey names a mix.
type mixKey string

func (m mix) key() mixKey {
	var text []byte
	for _, level := range m {
		text = binary.AppendUvarint(text, uint64(level))
	}
	return mixKey(text)
}

func (k mixKey) mix() mix {
	var m mix
	for text := []byte(k); len(text) > 0; {
		level, n := binary.Uvarint(text)
		m, text = append(m, int(level)), text[n:]
	}
	return m
}

// covers reports whether m has at least as many nodes of each candidate as b.
func (m mix) covers(b mix) bool {
	for i := range m {
		if m[i] < b[i] {
			return false
		}
	}
	return true
}

// space is all mixes there are, in the order in which the plan prefers them.
type space struct {
	axes      []axis
	fixedCost float64 // of nodes that are no candidates
	byNodes   bool    // fewer nodes are better, whatever they cost
}

// size is the number of mixes.
func (s *space) size() float64 {
	size := 1.0
	for i := range s.axes {
		size *= float64(s.axes[i].levels)
	}
	return size
}

func (s *space) counts(m mix) []int {
	counts := make([]int, len(m))
	for i, level := range m {
		counts[i] = s.axes[i].count(level)
	}
	return counts
}

// nodes of the candidates.
func (s *space) nodes(m mix) int {
	sum := 0
	for i, level := range m {
		sum += s.axes[i].count(level)
	}
	return sum
}

// cost of all nodes of a run for an hour, to millionths, so that equal costs are equal.
func (s *space) cost(m mix) float64 {
	sum := s.fixedCost
	for i, level := range m {
		sum += float64(s.axes[i].price * float64(s.axes[i].count(level)))
	}
	return rounded(sum)
}

func rounded(cost float64) float64 {
	if r := math.Round(cost * 1e6); math.Abs(r) < 1<<53 {
		return r / 1e6
	}
	return cost
}

// worth is what the plan minimises.
func (s *space) worth(m mix) float64 {
	if s.byNodes {
		return float64(s.nodes(m))
	}
	return s.cost(m)
}

// stepWorth is what one level more of an axis adds to the worth of a mix.
func (s *space) stepWorth(i int) float64 {
	if s.byNodes {
		return float64(s.axes[i].step)
	}
	return float64(s.axes[i].price * float64(s.axes[i].step))
}

// compare orders mixes: less worth, then fewer nodes or less cost, whichever the plan
// does not minimise, then fewer of the earliest candidate. A mix that covers another
// never comes before it.
func (s *space) compare(a, b mix) int {
	return cmp.Or(cmp.Compare(s.worth(a), s.worth(b)), cmp.Compare(s.nodes(a), s.nodes(b)), cmp.Compare(s.cost(a), s.cost(b)), slices.Compare(a, b))
}

// least is the mix of the fewest nodes, most that of all.
func (s *space) least() mix { return make(mix, len(s.axes)) }

func (s *space) most() mix {
	m := s.least()
	for i := range m {
		m[i] = s.axes[i].levels - 1
	}
	return m
}

// path leads from a mix to the largest one, one level at a time: first along the axes
// that are free, in the proportions of the mix, then along all others. It ends before
// a mix that is not below the limit; nil is no limit.
func (s *space) path(from mix, free []bool, limit mix) []mix {
	var path []mix
	for m := from; limit == nil || s.compare(m, limit) < 0; {
		path = append(path, m)
		i := s.next(m, from, free)
		if i < 0 {
			break
		}
		m = slices.Clone(m)
		m[i]++
	}
	return path
}

// next is the axis along which a path goes on from m; -1 at its end.
func (s *space) next(m, from mix, free []bool) int {
	best, least := -1, math.Inf(1)
	for i := range m {
		if m[i] == s.axes[i].levels-1 || free != nil && !free[i] {
			continue
		}
		progress := float64(m[i]+1) / (float64(from[i]) + 1e-3)
		if from[i] == 0 {
			progress += 1e6 // after those that the mix has already
		}
		if progress < least {
			best, least = i, progress
		}
	}
	return best
}
