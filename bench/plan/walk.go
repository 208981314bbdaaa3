package plan

import (
	"slices"
	"sort"
)

// cut is an inequality that every mix satisfies which meets the plan: what its nodes
// are worth, summed over the axes, is at least what is needed.
type cut struct {
	worth       [][]float64 // by axis and level; no level is worth less than the one before
	need        float64
	contingency int
	how         string
}

// slack is how much a mix is worth beyond what is needed, as a share; below 0 the mix
// is ruled out.
func (c *cut) slack(m mix) float64 {
	sum := 0.0
	for i, level := range m {
		sum += c.worth[i][level]
	}
	return sum/c.need - 1
}

// walk visits mixes one by one, without those that cuts rule out.
type walk struct {
	*space
	cuts  []cut
	free  []bool // axes that may leave level 0; nil for all
	below mix    // only mixes that come before this one; nil for all
	// largest visits only mixes to which no level can be added without reaching below.
	largest bool
	// effort is how many steps the walk may still take; it is negative when that was not
	// enough.
	effort int
	visit  func(mix) (goOn bool)

	at    mix
	worth float64     // of at, without what is below the axis
	sums  []float64   // by cut, what at is worth
	most  [][]float64 // by cut and axis: what this axis and all later ones can be worth
	over  bool
}

// run walks and reports whether it saw all mixes that there are.
func (w *walk) run() bool {
	w.at, w.sums = w.least(), make([]float64, len(w.cuts))
	w.worth = w.space.worth(w.at)
	w.most = make([][]float64, len(w.cuts))
	for c := range w.cuts {
		w.most[c] = make([]float64, len(w.axes)+1)
		for i := len(w.axes) - 1; i >= 0; i-- {
			w.most[c][i] = w.most[c][i+1] + w.cuts[c].worth[i][w.top(i)]
		}
	}
	w.descend(0)
	return !w.over && w.effort >= 0
}

func (w *walk) top(i int) int {
	if w.free != nil && !w.free[i] {
		return 0
	}
	return w.axes[i].levels - 1
}

func (w *walk) descend(i int) {
	if i == len(w.axes) {
		if w.below != nil && w.compare(w.at, w.below) >= 0 || w.largest && !w.isLargest() {
			return
		}
		w.over = !w.visit(slices.Clone(w.at))
		return
	}
	step, worth := w.stepWorth(i), w.worth
	sums := slices.Clone(w.sums)
	for level := w.lowest(i); level <= w.top(i) && !w.over && w.effort >= 0; level++ {
		w.effort--
		w.at[i] = level
		w.worth = worth + float64(step*float64(level))
		if w.below != nil && w.worth > w.space.worth(w.below)*(1+1e-9)+1e-6 {
			break
		}
		for c := range w.cuts {
			w.sums[c] = sums[c] + w.cuts[c].worth[i][level]
		}
		w.descend(i + 1)
	}
	w.at[i], w.worth = 0, worth
	copy(w.sums, sums)
}

// lowest is the first level of an axis with which the later axes can still satisfy
// all cuts.
func (w *walk) lowest(i int) int {
	low := 0
	for c := range w.cuts {
		cut := &w.cuts[c]
		need := float64(cut.need*(1-1e-9)) - w.sums[c] - w.most[c][i+1]
		low = max(low, sort.Search(w.top(i)+1, func(level int) bool { return cut.worth[i][level] >= need }))
	}
	return low
}

// isLargest reports whether one level more of any axis would reach below.
func (w *walk) isLargest() bool {
	for i := range w.at {
		if w.at[i] == w.top(i) {
			continue
		}
		w.at[i]++
		reaches := w.compare(w.at, w.below) >= 0
		w.at[i]--
		if !reaches {
			return false
		}
	}
	return true
}

// walkEffort bounds the steps of one walk, to about a second.
const walkEffort = 3_000_000

// first returns the first mix that no cut rules out, nil if there is none, and whether
// the walk came to its end.
func (s *space) first(cuts []cut, free []bool, below mix) (found mix, all bool) {
	w := walk{space: s, cuts: cuts, free: free, below: below, effort: walkEffort}
	w.visit = func(m mix) bool {
		found, w.below = m, m
		return true
	}
	all = w.run()
	return found, all
}

// list returns the mixes before a mix that no cut rules out, in their order, or
// reports that they are more than most or cannot be gone through.
func (s *space) list(cuts []cut, below mix, largest bool, most int) (list []mix, all bool) {
	w := walk{space: s, cuts: cuts, below: below, largest: largest, effort: walkEffort}
	w.visit = func(m mix) bool {
		list = append(list, m)
		return len(list) <= most
	}
	all = w.run()
	slices.SortFunc(list, s.compare)
	return list, all
}
