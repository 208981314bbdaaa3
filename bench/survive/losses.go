package survive

import (
	"context"
	"slices"

	"github.com/podsim/podsim/reports/capacity"
)

// loss is the loss of so many nodes at once: the sets that were tried.
type loss struct {
	size     int
	trials   []*trial
	complete bool // no set was left out but those that are alike
}

// FewRuns is how many runs the sets of a size may take to be all tried.
const FewRuns = 100

// widest is how many nodes greed looks at for each that it adds: those whose single
// losses are worst.
const widest = 50

// lose tries the loss of more and more nodes, until no objective survives it.
func (s *survey) lose(ctx context.Context) error {
	order := s.worstNodes()
	for size := 1; size <= min(s.q.Most, len(s.layout)); size++ {
		sets, complete := s.setsOf(size, order)
		if err := s.try(ctx, sets); err != nil {
			return err
		}
		l := loss{size: size, complete: complete}
		for _, nodes := range sets {
			if t := s.of(nodes); !slices.Contains(l.trials, t) {
				l.trials = append(l.trials, t)
			}
		}
		s.losses = append(s.losses, l)
		if s.allBroken() {
			break
		}
	}
	return nil
}

// allBroken tells whether each objective is broken by the loss of as few nodes as were
// tried, or does not hold without.
func (s *survey) allBroken() bool {
	for i := range s.q.Objectives {
		broken := s.of(nil).miss(i, "", s.q.Seeds) != nil
		for j := range s.losses {
			broken = broken || s.losses[j].breaking(i) != nil
		}
		if !broken {
			return false
		}
	}
	return true
}

// breaking returns the worst of the sets that break an objective; nil if none does.
func (l *loss) breaking(objective int) *trial {
	var out *trial
	for _, t := range l.trials {
		if t.miss(objective, "", make([]uint64, len(t.verdicts))) != nil && (out == nil || t.worseThan(out)) {
			out = t
		}
	}
	return out
}

func (t *trial) worseThan(other *trial) bool {
	return t.verdicts[t.worst()].worse(other.verdicts[other.worst()])
}

// worst returns the set whose loss ends worst, the first of equals.
func (l *loss) worst() *trial {
	out := l.trials[0]
	for _, t := range l.trials[1:] {
		if t.worseThan(out) {
			out = t
		}
	}
	return out
}

// worstNodes returns one node of each class, the one first whose loss is worst.
func (s *survey) worstNodes() []int {
	var out []int
	for _, members := range classesOf(s.layout) {
		out = append(out, members[0])
	}
	slices.SortStableFunc(out, func(a, b int) int {
		switch x, y := s.of([]int{a}), s.of([]int{b}); {
		case x.worseThan(y):
			return -1
		case y.worseThan(x):
			return 1
		}
		return 0
	})
	return out
}

// setsOf lists the sets of nodes of a size that are tried: all that are not alike if
// there are few; else those that were tried as pairs, those of greed and draws.
func (s *survey) setsOf(size int, order []int) (sets [][]int, complete bool) {
	most := max(s.q.Sets+min(widest, len(order)), FewRuns/len(s.q.Seeds))
	if sets = s.all(size, most); sets != nil {
		return sets, true
	}
	if size == 1 {
		return each(order), true
	}
	if size == 2 {
		for i := range s.failures {
			if f := &s.failures[i]; len(f.parts) == 2 && len(f.nodes) == 2 {
				sets = append(sets, f.nodes)
			}
		}
		complete = s.q.Double && s.pairs <= s.q.Pairs
	}
	if complete {
		return sets, true
	}
	sets = append(sets, s.greedy(order)...)
	for i := range s.q.Sets {
		sets = append(sets, drawnSet(len(s.layout), size, uint64(i), s.q.Seeds[0]))
	}
	return sets, false
}

func each(nodes []int) (sets [][]int) {
	for _, n := range nodes {
		sets = append(sets, []int{n})
	}
	return sets
}

// greedy adds to the worst set of one node fewer each of the nodes whose single losses
// are worst.
func (s *survey) greedy(order []int) (sets [][]int) {
	base := s.losses[len(s.losses)-1].worst().nodes
	classes := classesOf(s.layout)
	for _, n := range order[:min(widest, len(order))] {
		members := classes[s.layout[n].class]
		if next := slices.IndexFunc(members, func(m int) bool { return !slices.Contains(base, m) }); next >= 0 {
			set := append(slices.Clone(base), members[next])
			slices.Sort(set)
			sets = append(sets, set)
		}
	}
	return sets
}

// all lists every set of a size, sets that are alike once; nil if there are more than
// most.
func (s *survey) all(size, most int) (sets [][]int) {
	classes := classesOf(s.layout)
	var extend func(set []int, from int) bool
	extend = func(set []int, from int) bool {
		if len(set) == size {
			sets = append(sets, slices.Sorted(slices.Values(set)))
			return len(sets) <= most
		}
		for c := from; c < len(classes); c++ {
			for n := 1; n <= min(len(classes[c]), size-len(set)); n++ {
				if !extend(append(slices.Clip(set), classes[c][:n]...), c+1) {
					return false
				}
			}
		}
		return true
	}
	if !extend(nil, 0) {
		return nil
	}
	return sets
}

// tolerance is a row of the N+k table.
func (s *survey) tolerance(l *loss) capacity.Tolerance {
	worst := l.worst()
	out := capacity.Tolerance{
		Lost: l.size, Of: choose(len(s.layout), l.size), Different: different(classesOf(s.layout), l.size), Tried: len(l.trials), Complete: l.complete,
		Cells: cells(s.q.Objectives, l.trials), Worst: s.names(worst.nodes), Why: worst.why(),
	}
	for _, t := range l.trials {
		if t.survived() {
			out.Survived++
		}
	}
	return out
}

// choose is the number of sets of k of n things.
func choose(n, k int) float64 {
	out := 1.0
	for i := range k {
		out = float64(out*float64(n-i)) / float64(i+1)
	}
	return out
}

// different is the number of sets of k nodes, of which those count once that have as many
// nodes of each class.
func different(classes [][]int, k int) float64 {
	ways := make([]float64, k+1) // by size, of the classes so far
	ways[0] = 1
	for _, class := range classes {
		for size := k; size > 0; size-- {
			for n := 1; n <= min(len(class), size); n++ {
				ways[size] += ways[size-n]
			}
		}
	}
	return ways[k]
}

// tolerated fills in how many nodes may be lost.
func (s *survey) tolerated(out *capacity.Survival) {
	out.ToleratedBy = make([]*int, len(out.Objectives))
	if !slices.Contains(s.q.Families, capacity.FamilyNode) || len(out.Losses) == 0 {
		return
	}
	least := len(s.layout)
	for i := range out.Objectives {
		n := -1
		if met := &out.Undisturbed[i]; met.Met == met.Of {
			n = 0
			for _, row := range out.Losses {
				if row.Cells[i].Met < row.Cells[i].Of {
					break
				}
				n = row.Lost
			}
		}
		out.ToleratedBy[i] = &n
		least = min(least, n)
	}
	out.Tolerated = &least
}
