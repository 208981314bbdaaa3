package statistics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// family is a distribution of differences and its mean.
type family struct {
	name string
	mean float64
	draw func(*rand.Rand) float64
	// conservative families may be covered more often than stated: Student's
	// interval alone already is too wide for them.
	conservative bool
}

func lognormal(sigma float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return math.Exp(sigma * r.NormFloat64()) }
}

// orZero is 0 half of the time.
func orZero(draw func(*rand.Rand) float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 {
		if r.IntN(2) == 0 {
			return 0
		}
		return draw(r)
	}
}

var families = []family{
	{name: "normal", mean: 0, draw: (*rand.Rand).NormFloat64},
	{name: "skewed: exponential", mean: 1, draw: (*rand.Rand).ExpFloat64},
	{name: "skewed: lognormal, sigma 0.5", mean: math.Exp(0.125), draw: lognormal(0.5)},
	{name: "skewed: lognormal, sigma 1", mean: math.Exp(0.5), draw: lognormal(1)},
	{name: "tied: -1, 0 or 1", mean: 0, draw: func(r *rand.Rand) float64 { return float64(r.IntN(3) - 1) }},
	{name: "tied: whole numbers around 1", mean: 1, draw: func(r *rand.Rand) float64 { return math.Round(1 + 1.5*r.NormFloat64()) }},
	{name: "tied and skewed: geometric", mean: 1, draw: func(r *rand.Rand) float64 { return math.Floor(r.ExpFloat64() / math.Ln2) }},
	{name: "half zeros, half normal", mean: 0, conservative: true, draw: orZero((*rand.Rand).NormFloat64)},
	{name: "half zeros, half exponential", mean: 0.5, draw: orZero((*rand.Rand).ExpFloat64)},
	{name: "difference of two lognormals", mean: 0, conservative: true,
		draw: func(r *rand.Rand) float64 { return lognormal(1)(r) - lognormal(1)(r) }},
}

const experiments = 2000

// coverage returns how often each interval held the mean.
func coverage(e *Estimator, f family, n int) (both, student, bootstrap float64) {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	x := make([]float64, n)
	hit := func(i Interval) float64 {
		if i.Excludes(f.mean) {
			return 0
		}
		return 1.0 / experiments
	}
	for range experiments {
		for i := range x {
			x[i] = f.draw(r)
		}
		s, _ := e.Student(x)
		b, _ := e.Bootstrap(x)
		both += hit(s.hull(b))
		student += hit(s)
		bootstrap += hit(b)
	}
	return both, student, bootstrap
}

func TestIntervalsCoverWhatTheySay(t *testing.T) {
	e := NewEstimator(0.95)
	for _, n := range []int{10, 30} {
		for _, f := range families {
			t.Run(fmt.Sprintf("%s n=%d", f.name, n), func(t *testing.T) {
				both, student, bootstrap := coverage(e, f, n)
				t.Logf("both %.3f, Student's %.3f, bootstrap %.3f", both, student, bootstrap)
				most := 0.98
				if f.conservative {
					most = 1
				}
				if both < 0.92 || both > most {
					t.Errorf("the mean lies in %.1f%% of intervals, want 92 to %.0f%%", 100*both, 100*most)
				}
			})
		}
	}
}

// Stopping where the interval happens to be narrow costs coverage; the rule must
// cost little.
func TestStoppingWhenNarrowEnoughCostsLittleCoverage(t *testing.T) {
	for _, f := range families[:3] {
		e := NewEstimator(0.95)
		r := rand.New(rand.NewPCG(3, 4))
		covered, seeds := 0, 0
		for range experiments / 2 {
			var x []float64
			for !e.Enough(x, 0.4, 10) {
				for range 5 {
					x = append(x, f.draw(r))
				}
			}
			if i, _ := e.Interval(x); !i.Excludes(f.mean) {
				covered++
			}
			seeds += len(x)
		}
		share := float64(covered) / (experiments / 2)
		t.Logf("%s: coverage %.3f, %.1f seeds", f.name, share, float64(seeds)/(experiments/2))
		if share < 0.92 || share > 0.98 {
			t.Errorf("%s: the mean lies in %.1f%% of intervals, want 92 to 98%%", f.name, 100*share)
		}
	}
}

func TestEnough(t *testing.T) {
	wide := []float64{1, 9, 2, 8, 3, 7, 4, 6, 5, 5}
	for _, c := range []struct {
		name    string
		x       []float64
		width   float64
		atLeast int
		want    bool
	}{
		{"narrow", wide, 5, 10, true},
		{"too wide", wide, 0.5, 10, false},
		{"too few", wide, 5, 11, false},
		{"one value, however wide it may be", wide[:1], 1e9, 0, false},
		{"all equal", []float64{0, 0, 0}, 0, 2, true},
		{"no width is narrow enough for NaN", wide, math.NaN(), 2, false},
	} {
		if got := NewEstimator(0.95).Enough(c.x, c.width, c.atLeast); got != c.want {
			t.Errorf("%s: Enough = %v", c.name, got)
		}
	}
}

func TestStudentAgainstPublishedQuantiles(t *testing.T) {
	for _, c := range []struct {
		n          int
		confidence float64
		want       float64 // quantile of Student's t with n-1 degrees of freedom
	}{{2, 0.95, 12.706}, {5, 0.95, 2.776}, {10, 0.95, 2.262}, {30, 0.95, 2.045}, {10, 0.99, 3.250}, {21, 0.9, 1.725}} {
		x := make([]float64, c.n)
		x[0] = 1
		i, ok := NewEstimator(c.confidence).Student(x)
		got := i.Width() / 2 / SD(x) * math.Sqrt(float64(c.n))
		if !ok || math.Abs(got-c.want) > 0.0005 {
			t.Errorf("n=%d at %v: %.4f standard errors, want %v", c.n, c.confidence, got, c.want)
		}
	}
}

func TestIntervalsOfFewAndEqualValues(t *testing.T) {
	e := NewEstimator(0.95)
	for _, x := range [][]float64{nil, {3}} {
		if _, ok := e.Interval(x); ok {
			t.Errorf("%v has an interval", x)
		}
	}
	for _, x := range [][]float64{{0, 0, 0}, {0.1, 0.1, 0.1, 0.1, 0.1}} {
		if i, ok := e.Interval(x); !ok || i.Width() > 0 || i.Low != x[0] {
			t.Errorf("%v has the interval %v", x, i)
		}
	}
	if i, ok := e.Interval([]float64{0, 1}); !ok || !(i.Low < 0 && i.High > 1) {
		t.Errorf("two values have the interval %v", i)
	}
}

// Neither scale, nor shift, nor who asked before may change an interval.
func TestBootstrapIsAFunctionOfTheData(t *testing.T) {
	x := []float64{1, 2, 4, 8, 16, 32, 3, 9}
	one := NewEstimator(0.95)
	a, _ := one.Bootstrap(x)
	other := NewEstimator(0.95)
	other.Bootstrap([]float64{1, 2, 3})
	if b, _ := other.Bootstrap(x); a != b {
		t.Errorf("%v, and after other data %v", a, b)
	}
	scaled := make([]float64, len(x))
	for i, v := range x {
		scaled[i] = 4 * v
	}
	if b, _ := one.Bootstrap(scaled); b != (Interval{4 * a.Low, 4 * a.High}) {
		t.Errorf("four times the data have %v instead of four times %v", b, a)
	}
}

func TestMoreConfidenceDrawsMore(t *testing.T) {
	for confidence, want := range map[float64]int{0.5: 1999, 0.95: 1999, 0.99: 9999, 0.999: 19999} {
		if got := NewEstimator(confidence).Resamples(); got != want {
			t.Errorf("%v: %d resamples, want %d", confidence, got, want)
		}
	}
}
