package plan

import (
	"context"
	"math"
	"slices"
)

// safety is when a mix counts as one that meets.
type safety struct {
	share      float64 // of the seeds in which all objectives must hold; 0: in all that are run
	confidence float64
	first, max int // seeds at the first look, and the most
}

// judge tells whether a mix meets the plan.
func (y safety) judge(ctx context.Context, l *ledger, m mix, next []mix) (bool, error) {
	if y.share == 0 {
		return l.judge(ctx, m, slices.Clone(l.trials), next)
	}
	looks := y.looks()
	r := l.record(m)
	misses := 0
	for n := 1; n <= y.max; n++ {
		missed, err := y.misses(ctx, l, r, n-1)
		if err != nil {
			return false, err
		}
		if missed {
			misses++
		}
		if y.tooMany(misses, looks) {
			return false, nil
		}
		if slices.Contains(looks, n) {
			if atMost(n, misses, 1-y.share) <= y.chance(looks) {
				return true, nil
			}
			if misses > 0 && 1-atMost(n, misses-1, 1-y.share) <= y.chance(looks) {
				return false, nil
			}
		}
	}
	return false, nil
}

// misses reports whether some objective does not hold on a seed.
func (y safety) misses(ctx context.Context, l *ledger, r *record, seed int) (bool, error) {
	var open []trial
	for _, c := range l.contingencies {
		open = append(open, trial{c, seed})
	}
	for i, t := range open {
		v := r.verdicts[t]
		if v == nil {
			l.foresee(r.mix, open[i+1:], nil, false)
			var err error
			if v, err = l.ask(ctx, r, t); err != nil {
				return false, err
			}
		}
		if !v.Met {
			if r.first == nil {
				r.first = &t
			}
			return true, nil
		}
	}
	return false, nil
}

// looks are the numbers of seeds after which it is asked whether it is known enough.
// They are fixed beforehand, so that looking often makes nothing more likely.
func (y safety) looks() []int {
	var looks []int
	for n := min(y.first, y.max); n < y.max; n *= 2 {
		looks = append(looks, n)
	}
	return append(looks, y.max)
}

// chance is that of a wrong answer which each look may have.
func (y safety) chance(looks []int) float64 { return (1 - y.confidence) / float64(len(looks)) }

// tooMany reports whether even without a further miss the share would not be safe.
func (y safety) tooMany(misses int, looks []int) bool {
	return atMost(y.max, misses, 1-y.share) > y.chance(looks)
}

// atMost is the chance of at most k misses on n seeds if each misses with chance p.
func atMost(n, k int, p float64) float64 {
	sum := 0.0
	for i := range min(k, n) + 1 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(float64(i)*math.Log(p)) + float64(float64(n-i)*math.Log1p(-p)))
	}
	return min(sum, 1)
}
