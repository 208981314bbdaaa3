package plan

import (
	"cmp"
	"context"
	"slices"
)

// largestMost bounds the list of largest mixes below the best one.
const largestMost = 20_000

// close judges the largest mixes below the best one: if more nodes never hurt and all
// of these miss, nothing below it meets.
func (s *search) close(ctx context.Context) error {
	for !s.spent() {
		list, all := s.list(s.cuts, s.best, true, largestMost)
		if !all {
			return s.exchange(ctx)
		}
		list = slices.DeleteFunc(list, s.doomed)
		if len(list) == 0 {
			s.proof = monotone
			return nil
		}
		s.likeliestFirst(list)
		if _, err := s.try(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// likeliestFirst sorts mixes by how far they are from being ruled out.
func (s *search) likeliestFirst(list []mix) {
	slack := make(map[mixKey]float64, len(list))
	for _, m := range list {
		slack[m.key()] = s.slack(m)
	}
	slices.SortStableFunc(list, func(a, b mix) int { return cmp.Compare(slack[b.key()], slack[a.key()]) })
}

// slack is how far a mix is from being ruled out.
func (s *search) slack(m mix) float64 {
	least := 1e9
	for c := range s.cuts {
		least = min(least, s.cuts[c].slack(m))
	}
	return least
}

// try judges mixes until one promises to meet, which becomes the best one, and reports
// whether one did.
func (s *search) try(ctx context.Context, list []mix) (bool, error) {
	for i, m := range list {
		if s.spent() {
			return false, nil
		}
		if s.doomed(m) {
			continue
		}
		met, err := s.promises(ctx, m, list[i+1:])
		if err != nil {
			return false, err
		}
		if met {
			return true, s.improve(ctx, m)
		}
	}
	return false, nil
}

// exchange looks around the best mix where there are too many others: fewer of one
// candidate, more of another.
func (s *search) exchange(ctx context.Context) error {
	for !s.spent() {
		found, err := s.try(ctx, s.exchanges())
		if err != nil || !found {
			return err
		}
	}
	return nil
}

// exchanges lists the mixes before the best one that have some levels less of one
// candidate and as much more of another as there can be.
func (s *search) exchanges() []mix {
	var list []mix
	for i := range s.best {
		for _, less := range []int{1, 2, 3, 5, 8, 13} {
			if less > s.best[i] {
				break
			}
			for j := range s.best {
				if m := s.exchanged(i, j, less); m != nil && !s.ruled(m) && !s.doomed(m) {
					list = append(list, m)
				}
			}
		}
	}
	s.likeliestFirst(list)
	return list
}

func (s *search) exchanged(i, j, less int) mix {
	m := slices.Clone(s.best)
	m[i] -= less
	if i == j {
		return m
	}
	for m[j] < s.axes[j].levels-1 {
		m[j]++
		if s.compare(m, s.best) >= 0 {
			m[j]--
			break
		}
	}
	if m[j] == s.best[j] {
		return nil // less of one candidate alone is tried without j
	}
	return m
}

// despair is for plans of which no mix was found that meets: what is left is judged if
// the budget allows it.
func (s *search) despair(ctx context.Context) error {
	if met, known := s.known(s.most()); !known || met {
		return nil
	}
	if list, all := s.list(s.cuts, nil, false, s.left()); all && s.unknown(list) <= s.left() {
		return s.ascend(ctx, list)
	}
	s.proof = exhausted
	return nil
}

// sweep judges all that is left below the best mix, if the budget allows it, so that
// the answer rests on no assumption.
func (s *search) sweep(ctx context.Context) error {
	list, all := s.list(s.cuts, s.best, false, s.budget)
	if !all || s.unknown(list) > s.left() || s.tedious(list) {
		return nil
	}
	return s.ascend(ctx, list)
}

// attemptsMost is how many attempts to schedule pods that fail a sweep may take: minutes.
const attemptsMost = 20_000_000

// tedious reports whether judging the rest of a list would take long, by what it took to
// see others miss: pods for which there is no room are tried again and again.
func (s *search) tedious(list []mix) bool {
	attempts, mixes := 0.0, 0.0
	for _, r := range s.sorted() {
		if r.rejected && r.first != nil {
			attempts += float64(r.verdicts[*r.first].Refused.Attempts)
			mixes++
		}
	}
	return mixes > 0 && float64(attempts/mixes*float64(s.unknown(list))) > attemptsMost
}

// left is how many more mixes may be judged.
func (s *search) left() int {
	left := s.budget - len(s.records)
	if s.runsMost > 0 {
		left = min(left, s.runsMost-s.ledger.runs)
	}
	return max(0, left)
}

// unknown counts the mixes of a list that were not judged.
func (s *search) unknown(list []mix) int {
	n := 0
	for _, m := range list {
		if _, known := s.known(m); !known {
			n++
		}
	}
	return n
}
