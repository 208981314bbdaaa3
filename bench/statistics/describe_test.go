package statistics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The ranks and coverages are those of tables of the sign test (Conover, Practical
// Nonparametric Statistics, table A3).
func TestQuantileRanksAgainstTables(t *testing.T) {
	for _, c := range []struct {
		n          int
		p          float64
		low, high  int // 0: there is no such interval
		covered    float64
		confidence float64
	}{
		{5, 0.5, 0, 0, 0, 0.95},
		{6, 0.5, 1, 6, 0.9688, 0.95},
		{10, 0.5, 2, 9, 0.9785, 0.95},
		{15, 0.5, 4, 12, 0.9648, 0.95},
		{20, 0.5, 6, 15, 0.9586, 0.95},
		{25, 0.5, 8, 18, 0.9567, 0.95},
		{30, 0.5, 10, 21, 0.9572, 0.95},
		{50, 0.5, 18, 33, 0.9672, 0.95},
		{20, 0.5, 4, 17, 0.9974, 0.99},
		{30, 0.99, 0, 0, 0, 0.95},
		{20, 0.25, 2, 10, 0.9618, 0.95},
		{0, 0.5, 0, 0, 0, 0.95},
		{10, 1, 0, 0, 0, 0.95},
	} {
		low, high, covered, ok := quantileRanks(c.n, c.p, c.confidence)
		if low != c.low || high != c.high || ok != (c.high > 0) || math.Abs(covered-c.covered) > 0.00006 {
			t.Errorf("n=%d p=%v at %v: ranks %d and %d with %.4f, want %d and %d with %.4f",
				c.n, c.p, c.confidence, low, high, covered, c.low, c.high, c.covered)
		}
	}
}

func TestQuantileIntervalsCoverAtLeastWhatTheySay(t *testing.T) {
	e := NewEstimator(0.95)
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 30)
	covered := 0
	for range experiments {
		for i := range x {
			x[i] = r.ExpFloat64()
		}
		if i, ok := e.QuantileInterval(x, 0.8); ok && !i.Excludes(math.Log(5)) {
			covered++
		}
	}
	if share := float64(covered) / experiments; share < 0.94 {
		t.Errorf("the 80th percentile lies in %.1f%% of intervals, want 95%% or more", 100*share)
	}
}

func TestMedian(t *testing.T) {
	x := []float64{4, 1, 3, 2}
	if Median(x) != 2.5 || Median(x[:3]) != 3 || Median(nil) != 0 {
		t.Error("the median is wrong")
	}
}

func TestHedgesG(t *testing.T) {
	// J(9) = 0.9139 for ten pairs (Borenstein et al., Introduction to Meta-Analysis,
	// chapter 4, give 1 - 3/(4·9 - 1) = 0.9143 as its approximation).
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	g, ok := HedgesG(x)
	if want := 0.9139 * 5.5 / 3.02765; !ok || math.Abs(g-want) > 0.0005 {
		t.Errorf("g = %v, want %v", g, want)
	}
	if g, ok := HedgesG([]float64{0, 0, 0}); !ok || g != 0 {
		t.Errorf("no difference has the effect %v", g)
	}
	for _, x := range [][]float64{nil, {1}, {1, 2}, {3, 3, 3}} {
		if _, ok := HedgesG(x); ok {
			t.Errorf("%v has an effect", x)
		}
	}
}

func TestWelch(t *testing.T) {
	// The example of R's sleep data: 95 % interval from -3.3655 to 0.2055.
	x := []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2}
	y := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	e := NewEstimator(0.95)
	i, ok := e.Welch(x, y)
	if !ok || math.Abs(i.Low+3.365483) > 1e-5 || math.Abs(i.High-0.205483) > 1e-5 {
		t.Errorf("interval %v", i)
	}
	// Paired, R has -2.4598858 to -0.7001142.
	if ratio, ok := e.WidthRatio(x, y); !ok || math.Abs(ratio-1.7597716/3.570966) > 1e-5 {
		t.Errorf("ratio %v", ratio)
	}
	if _, ok := e.WidthRatio(x, y[:9]); ok {
		t.Error("pairs without partners have a ratio")
	}
	if _, ok := e.WidthRatio([]float64{1, 1}, []float64{2, 2}); ok {
		t.Error("intervals without width have a ratio")
	}
	if _, ok := e.Welch(x[:1], y); ok {
		t.Error("one value has an interval")
	}
}

func TestWarmUp(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	settling := func(n int, from float64, until float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = 10 + r.NormFloat64() + from*math.Exp(-3*float64(i)/until)
		}
		return x
	}
	for _, c := range []struct {
		name      string
		series    []float64
		low, high int
		ok        bool
	}{
		{"falls for about 100 steps", settling(1000, 50, 100), 80, 300, true},
		{"rises for about 200 steps", settling(1000, -50, 200), 160, 450, true},
		{"never settles", settling(1000, 500, 3000), 0, 1000, false},
		{"constant", make([]float64, 100), 0, 0, true},
		{"too short", settling(49, 0, 1), 0, 0, false},
	} {
		drop, ok := WarmUp(c.series)
		if ok != c.ok || drop < c.low || drop > c.high {
			t.Errorf("%s: leave out %d, %v; want %d to %d, %v", c.name, drop, ok, c.low, c.high, c.ok)
		}
	}
}

func TestSelectRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-3, 3), 1, 40).Draw(t, "values")
		rank := rapid.IntRange(0, len(x)-1).Draw(t, "rank")
		want := slices.Sorted(slices.Values(x))[rank]
		if got := selectRank(x, rank); got != want || x[rank] != want {
			t.Fatalf("value %d is %v, want %v", rank, got, want)
		}
	})
}
