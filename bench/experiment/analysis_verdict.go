package experiment

import (
	"cmp"
	"math"
	"slices"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// pairing is one metric of one policy against the baseline.
type pairing struct {
	delta        *comparison.Delta
	better       reports.Direction
	policy       int
	metric       string
	differences  []float64 // of the seeds that have both values
	seeds        []int     // their indices
	excludesZero bool      // the interval
}

// gain is a difference with the sign turned so that more is better; less is, of
// what is neither good nor bad.
func (p *pairing) gain(difference float64) float64 {
	if p.better == reports.HigherIsBetter {
		return difference
	}
	return -difference
}

// score counts the seeds in which the policy is better and worse.
func (p *pairing) score() (wins, losses int) {
	for _, d := range p.differences {
		switch g := p.gain(d); {
		case g > 0:
			wins++
		case g < 0:
			losses++
		}
	}
	return wins, losses
}

// worst returns the seeds in which the policy loses most, the worst first.
func (p *pairing) worst(seeds []uint64) []uint64 {
	var losing []int
	for i, d := range p.differences {
		if p.gain(d) < 0 {
			losing = append(losing, i)
		}
	}
	slices.SortStableFunc(losing, func(a, b int) int {
		return cmp.Compare(p.gain(p.differences[a]), p.gain(p.differences[b]))
	})
	out := []uint64{}
	for _, i := range losing[:min(len(losing), worstMost)] {
		out = append(out, seeds[p.seeds[i]])
	}
	return out
}

func (p *pairing) equal() bool {
	return !slices.ContainsFunc(p.differences, func(d float64) bool { return d != 0 })
}

// tested tells whether there is something to test: what is equal in every seed
// needs no test and does not count as one.
func (p *pairing) tested() bool { return len(p.differences) >= 2 && !p.equal() }

// family is all that is compared in one cell: its p-values are corrected for each
// other.
type family struct {
	pairs []*pairing
}

func (f *family) tests() int {
	n := 0
	for _, p := range f.pairs {
		if p.tested() {
			n++
		}
	}
	return n
}

// testKind says where p-values come from.
type testKind int8

const (
	noTest testKind = iota // nothing to test
	// bySigns is the sign-flip test, exact whatever the distribution.
	bySigns
	// byStudent is the paired t test: of few seeds no sign-flip test can be below
	// alpha after Holm's correction. What it adds to the chance of an error where
	// differences are far from normal is taken back by a joint sign-flip test.
	byStudent
)

// judge fills in p-values and verdicts of all cells.
func (a *analysis) judge() {
	alpha := a.alpha()
	tests, pairs := 0, 0
	for _, f := range a.families {
		tests = max(tests, f.tests())
		for _, p := range f.pairs {
			pairs = max(pairs, len(p.differences))
		}
	}
	a.test = testFor(tests, pairs, alpha)
	for _, f := range a.families {
		f.judge(a.test, alpha, len(a.runs.seeds))
	}
}

// alpha is the error that the experiment accepts.
func (a *analysis) alpha() float64 { return rounded(1 - a.experiment.Confidence) }

func testFor(tests, pairs int, alpha float64) testKind {
	switch {
	case tests == 0:
		return noTest
	case float64(float64(tests)*statistics.SmallestSignFlip(pairs)) < alpha:
		return bySigns
	}
	return byStudent
}

func (f *family) judge(test testKind, alpha float64, seeds int) {
	var tested []*pairing
	var ps []float64
	for _, p := range f.pairs {
		switch {
		case p.tested() && test == bySigns:
			tested, ps = append(tested, p), append(ps, statistics.SignFlip(p.differences))
		case p.tested():
			one, _ := statistics.StudentTest(p.differences)
			tested, ps = append(tested, p), append(ps, one)
		case len(p.differences) >= 2:
			p.delta.P, p.delta.Adjusted = numberOf(1, true), numberOf(1, true)
		}
	}
	adjusted := statistics.Holm(ps)
	joint := make([]float64, len(tested))
	if test == byStudent {
		joint = jointly(tested, seeds)
	}
	for i, p := range tested {
		p.delta.P, p.delta.Adjusted = numberOf(ps[i], true), numberOf(adjusted[i], true)
		p.delta.Verdict = p.verdict(adjusted[i] < alpha && joint[i] < alpha)
	}
	for _, p := range f.pairs {
		switch {
		case len(p.differences) == 0:
			p.delta.Verdict = comparison.NotMeasured
		case len(p.differences) == 1:
			p.delta.Verdict = comparison.Inconclusive
		case p.equal():
			p.delta.Verdict = comparison.Same
		}
	}
}

// verdict says which way the difference is, if it was told from 0.
func (p *pairing) verdict(told bool) comparison.Verdict {
	up := p.delta.Mean > 0
	switch {
	case !told || !p.excludesZero:
		return comparison.Inconclusive
	case p.better == reports.Neutral && up:
		return comparison.Higher
	case p.better == reports.Neutral:
		return comparison.Lower
	case p.gain(p.delta.Mean) > 0:
		return comparison.Better
	}
	return comparison.Worse
}

// jointly returns the p-values of joint sign-flip tests: all metrics of a policy
// together, and by Bonferroni for the number of policies.
func jointly(tested []*pairing, seeds int) []float64 {
	byPolicy := make(map[int][]int)
	for i, p := range tested {
		byPolicy[p.policy] = append(byPolicy[p.policy], i)
	}
	out := make([]float64, len(tested))
	for _, members := range byPolicy { // each for itself: the order does not matter
		series := make([][]float64, len(members))
		for k, i := range members {
			series[k] = tested[i].bySeed(seeds)
		}
		for k, p := range statistics.JointSignFlip(series) {
			out[members[k]] = float64(p * float64(len(byPolicy)))
		}
	}
	return out
}

// bySeed returns the differences of all seeds, NaN where there is none.
func (p *pairing) bySeed(seeds int) []float64 {
	out := make([]float64, seeds)
	for i := range out {
		out[i] = math.NaN()
	}
	for i, seed := range p.seeds {
		out[seed] = p.differences[i]
	}
	return out
}
