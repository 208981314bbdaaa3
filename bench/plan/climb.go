package plan

import (
	"cmp"
	"context"
	"slices"
)

// explore climbs from the first mixes that are not ruled out: of all candidates, of each
// alone, and of pairs, the most promising first. It leaves half of the budget.
func (s *search) explore(ctx context.Context) error {
	type direction struct {
		free []bool
		from mix
	}
	var directions []direction
	for _, free := range s.directions() {
		if from := s.start(free); from != nil {
			directions = append(directions, direction{free, from})
		}
	}
	slices.SortStableFunc(directions, func(a, b direction) int { return s.compare(a.from, b.from) })
	for _, d := range directions {
		if s.best != nil && (s.compare(d.from, s.best) >= 0 || s.left() < s.budget/2) {
			break
		}
		if err := s.climb(ctx, s.path(d.from, d.free, s.best)); err != nil {
			return err
		}
	}
	return nil
}

// start is where a climb begins; nil if nothing in its direction can do.
func (s *search) start(free []bool) mix {
	from, _ := s.first(slices.Concat(s.cuts, s.guesses), free, nil)
	if from == nil {
		from, _ = s.first(s.cuts, free, nil)
	}
	return from
}

// directions lists which axes may leave level 0 together; nil is all.
func (s *search) directions() [][]bool {
	all := [][]bool{nil}
	for i := range s.axes {
		for j := range i + 1 {
			free := make([]bool, len(s.axes))
			free[i], free[j] = true, true
			all = append(all, free)
		}
	}
	return all
}

// climb looks for the first mix of a path that promises to meet, as if all after it did
// too.
func (s *search) climb(ctx context.Context, path []mix) error {
	high, err := s.gallop(ctx, path)
	if err != nil || high == len(path) {
		return err
	}
	return s.improve(ctx, path[high])
}

// gallop returns the first of a path that promises to meet, by steps that double and
// then halve; the length of the path if there is none.
func (s *search) gallop(ctx context.Context, path []mix) (int, error) {
	low, high := -1, len(path)
	for step := 1; low < len(path)-1 && !s.spent(); step *= 2 {
		i := min(low+step, len(path)-1)
		met, err := s.promises(ctx, path[i], path[min(i+2*step, len(path)-1):][:1])
		if err != nil {
			return len(path), err
		}
		if met {
			high = i
			break
		}
		low = i
	}
	if high == len(path) {
		return high, nil
	}
	return s.halve(ctx, path, low, high)
}

// halve narrows down where on a path the promises begin: not at low, but at high.
func (s *search) halve(ctx context.Context, path []mix, low, high int) (int, error) {
	for high-low > 1 && !s.spent() {
		middle := (low + high) / 2
		met, err := s.promises(ctx, path[middle], path[(low+middle+1)/2:][:1])
		if err != nil {
			return high, err
		}
		if met {
			high = middle
		} else {
			low = middle
		}
	}
	return high, nil
}

// improve takes a mix that promises to meet for the best one, if it is, and takes away what it
// does not need, the dearest nodes first.
func (s *search) improve(ctx context.Context, m mix) error {
	if s.best != nil && s.compare(m, s.best) >= 0 {
		return nil
	}
	s.best = m
	axes := make([]int, len(m))
	for i := range axes {
		axes[i] = i
	}
	slices.SortStableFunc(axes, func(a, b int) int { return cmp.Compare(s.stepWorth(b), s.stepWorth(a)) })
	for _, i := range axes {
		if err := s.reduce(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// reduce lowers the best mix along one axis as far as it promises to meet.
func (s *search) reduce(ctx context.Context, axis int) error {
	var path []mix
	for level := range s.best[axis] {
		m := slices.Clone(s.best)
		m[axis] = level
		if !s.ruled(m) {
			path = append(path, m)
		}
	}
	low, high := -1, len(path)
	for step := 1; high > low+1 && !s.spent(); step *= 2 {
		i := max(high-step, low+1)
		met, err := s.promises(ctx, path[i], path[max(i-2*step, 0):][:1])
		if err != nil {
			return err
		}
		if !met {
			low = i
			break
		}
		high = i
	}
	high, err := s.halve(ctx, path, low, high)
	if err == nil && high < len(path) {
		s.best = path[high]
	}
	return err
}
