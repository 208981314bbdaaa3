package experiment

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports/comparison"
)

// noise is how metrics vary that policies have no influence on.
type noise struct {
	name                     string
	seeds, policies, metrics int
	test                     testKind
	// draw returns all metrics of one run, given what its seed has in common.
	draw func(r *rand.Rand, load float64) []float64
}

func each(metrics int, draw func(r *rand.Rand, load float64) float64) func(*rand.Rand, float64) []float64 {
	return func(r *rand.Rand, load float64) []float64 {
		out := make([]float64, metrics)
		for i := range out {
			out[i] = draw(r, load)
		}
		return out
	}
}

// correlated makes metrics that mostly say the same, as pending.p95 and
// pending.p99 do.
func correlated(metrics int) func(*rand.Rand, float64) []float64 {
	return func(r *rand.Rand, load float64) []float64 {
		out := make([]float64, metrics)
		common := math.Exp(r.NormFloat64()) + load
		for i := range out {
			out[i] = common + 0.3*r.NormFloat64()
		}
		return out
	}
}

// opposites differ by 1 in every seed, one way or the other: so do metrics that
// count something rare. No t test is right for them.
func opposites(metrics int) func(*rand.Rand, float64) []float64 {
	var base []float64
	return func(r *rand.Rand, _ float64) []float64 {
		out := make([]float64, metrics)
		for i := range out {
			if base != nil {
				out[i] = 1 - base[i]
			} else {
				out[i] = float64(r.IntN(2))
			}
		}
		if base != nil {
			base = nil
		} else {
			base = out
		}
		return out
	}
}

// family returns pairings of policies whose runs come from one
// distribution.
func (n *noise) family(r *rand.Rand) *family {
	f := &family{}
	for policy := range n.policies {
		for range n.metrics {
			f.pairs = append(f.pairs, &pairing{delta: &comparison.Delta{}, better: -1, policy: policy + 1, excludesZero: true})
		}
	}
	for seed := range n.seeds {
		load := r.ExpFloat64()
		base := n.draw(r, load)
		for policy := range n.policies {
			for i, v := range n.draw(r, load) {
				p := f.pairs[policy*n.metrics+i]
				p.differences, p.seeds = append(p.differences, v-base[i]), append(p.seeds, seed)
			}
		}
	}
	for _, p := range f.pairs {
		p.delta.Mean = statistics.Mean(p.differences)
	}
	return f
}

// If all policies are the same, a verdict on any metric is an error. Whether the
// interval excludes 0 is not asked here: it could only make errors rarer.
func TestAlikePoliciesSeldomDiffer(t *testing.T) {
	const experiments, alpha = 2000, 0.05
	most := alpha + 2*math.Sqrt(alpha*(1-alpha)/experiments)
	skewed := func(r *rand.Rand, load float64) float64 { return load + math.Exp(r.NormFloat64()) }
	coin := func(r *rand.Rand, _ float64) float64 { return float64(r.IntN(2)) }
	for _, n := range []noise{
		{"normal, 30 seeds", 30, 1, 20, bySigns, each(20, func(r *rand.Rand, load float64) float64 { return load + r.NormFloat64() })},
		{"correlated and skewed, 20 seeds, 2 policies", 20, 2, 20, bySigns, correlated(20)},
		{"skewed, 10 seeds, 3 policies", 10, 3, 20, byStudent, each(20, skewed)},
		{"0 or 1, 10 seeds, 3 policies", 10, 3, 20, byStudent, each(20, coin)},
		{"1 apart in every seed, 10 seeds", 10, 1, 60, byStudent, opposites(60)},
		{"correlated, 8 seeds, 3 policies", 8, 3, 20, byStudent, correlated(20)},
	} {
		t.Run(n.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			wrong := 0
			for range experiments {
				f := n.family(r)
				if test := testFor(f.tests(), n.seeds, alpha); test != n.test {
					t.Fatalf("test %d, want %d", test, n.test)
				}
				f.judge(n.test, alpha, n.seeds)
				for _, p := range f.pairs {
					if p.delta.Verdict != comparison.Inconclusive && p.delta.Verdict != comparison.Same {
						wrong++
						break
					}
				}
			}
			share := float64(wrong) / experiments
			t.Logf("%.3f", share)
			if share > most {
				t.Errorf("a verdict in %.1f%% of experiments, want at most %.1f%%", 100*share, 100*most)
			}
		})
	}
}

// A test that never says anything would pass the one above.
func TestDifferencesAreFound(t *testing.T) {
	for _, n := range []noise{
		{"30 seeds", 30, 3, 20, bySigns, each(20, func(r *rand.Rand, _ float64) float64 { return r.NormFloat64() })},
		{"10 seeds", 10, 3, 20, byStudent, each(20, func(r *rand.Rand, _ float64) float64 { return r.NormFloat64() / 3 })},
	} {
		r := rand.New(rand.NewPCG(3, 4))
		found := 0
		for range 50 {
			f := n.family(r)
			for i := range f.pairs[0].differences {
				f.pairs[0].differences[i] -= 1.5
			}
			f.judge(n.test, 0.05, n.seeds)
			if f.pairs[0].delta.Verdict != comparison.Inconclusive {
				found++
			}
		}
		t.Logf("%s: found in %d of 50", n.name, found)
		if found < 40 {
			t.Errorf("%s: found in %d of 50 experiments", n.name, found)
		}
	}
}
