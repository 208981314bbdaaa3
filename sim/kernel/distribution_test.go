package kernel_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/podsim/podsim/sim/kernel"
)

// parameters makes Parameters of pairs of a name and a number.
func parameters(t testing.TB, typeName string, pairs ...any) kernel.Parameters {
	t.Helper()
	p := kernel.Parameters{Type: typeName}
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		ok := false
		switch x := pairs[i+1].(type) {
		case float64:
			ok = p.SetNumber(name, x)
		case []float64:
			ok = p.SetNumbers(name, x)
		case []kernel.Branch:
			p.Branches, ok = x, true
		case bool:
			p.Interpolate, ok = x, true
		}
		if !ok {
			t.Fatalf("no parameter %q takes %v", name, pairs[i+1])
		}
	}
	return p
}

func distribution(t testing.TB, p kernel.Parameters) kernel.Distribution {
	t.Helper()
	d, problems := kernel.NewDistribution(p)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", p.Type, problems)
	}
	return d
}

func drawSorted(d kernel.Distribution, n int) []float64 {
	src := kernel.NewStreams(2024).At(d.String(), 1, 1)
	drawn := make([]float64, n)
	for i := range drawn {
		drawn[i] = d.Draw(src)
	}
	slices.Sort(drawn)
	return drawn
}

// law is what a distribution must be: its CDF from a second source, and the
// moments and quantiles by which it was given (0: not checked).
type law struct {
	given                     kernel.Parameters
	cdf                       func(float64) float64
	mean, stddev, median, p95 float64
}

func laws(t testing.TB) []law {
	p := func(name string, pairs ...any) kernel.Parameters { return parameters(t, name, pairs...) }
	branches := []kernel.Branch{{Weight: 3, Mean: 1}, {Weight: 0, Mean: 5}, {Weight: 1, Mean: 20}}
	return []law{
		{given: p("uniform", "min", 2.0, "max", 6.0), cdf: distuv.Uniform{Min: 2, Max: 6}.CDF,
			mean: 4, stddev: 4 / math.Sqrt(12), median: 4, p95: 5.8},
		{given: p("exponential", "mean", 40.0), cdf: distuv.Exponential{Rate: 0.025}.CDF,
			mean: 40, stddev: 40, median: 40 * math.Ln2},
		{given: p("exponential", "rate", 0.5), cdf: distuv.Exponential{Rate: 0.5}.CDF, mean: 2},
		{given: p("exponential", "median", 7.0), cdf: distuv.Exponential{Rate: math.Ln2 / 7}.CDF, median: 7},
		{given: p("lognormal", "median", 30.0, "p95", 120.0), median: 30, p95: 120},
		{given: p("lognormal", "mean", 30.0, "cv", 0.7), mean: 30, stddev: 21},
		{given: p("lognormal", "mean", 30.0, "stddev", 21.0), mean: 30, stddev: 21},
		{given: p("lognormal", "mean", 30.0, "p95", 75.0), mean: 30, p95: 75},
		{given: p("lognormal", "mu", 1.0, "sigma", 0.5), cdf: distuv.LogNormal{Mu: 1, Sigma: 0.5}.CDF, median: math.E},
		{given: p("normal", "mean", 10.0, "stddev", 1.0), cdf: distuv.Normal{Mu: 10, Sigma: 1}.CDF, mean: 10, stddev: 1},
		{given: p("normal", "mean", 10.0, "stddev", 7.0), mean: 10, stddev: 7},
		{given: p("normal", "mean", 10.0, "cv", 0.9), mean: 10, stddev: 9},
		{given: p("normal", "median", 10.0, "p95", 15.0), median: 10, p95: 15},
		{given: p("normal", "median", 10.0, "p95", 35.0), median: 10, p95: 35},
		{given: p("gamma", "mean", 12.0, "cv", 0.5), cdf: distuv.Gamma{Alpha: 4, Beta: 1.0 / 3}.CDF, mean: 12, stddev: 6},
		{given: p("gamma", "mean", 12.0, "cv", 2.0), cdf: distuv.Gamma{Alpha: 0.25, Beta: 0.25 / 12}.CDF, mean: 12, stddev: 24},
		{given: p("gamma", "mean", 12.0, "stddev", 36.0), cdf: distuv.Gamma{Alpha: 1.0 / 9, Beta: 1.0 / 108}.CDF, mean: 12},
		{given: p("gamma", "mean", 12.0, "shape", 1.0), cdf: distuv.Exponential{Rate: 1.0 / 12}.CDF, mean: 12},
		{given: p("gamma", "shape", 0.9, "scale", 3.0), cdf: distuv.Gamma{Alpha: 0.9, Beta: 1.0 / 3}.CDF, mean: 2.7},
		{given: p("weibull", "shape", 0.7, "scale", 5.0), cdf: distuv.Weibull{K: 0.7, Lambda: 5}.CDF},
		{given: p("weibull", "shape", 2.0, "mean", 5.0), cdf: distuv.Weibull{K: 2, Lambda: 10 / math.Sqrt(math.Pi)}.CDF, mean: 5},
		{given: p("weibull", "median", 5.0, "p95", 40.0), median: 5, p95: 40},
		{given: p("pareto", "shape", 3.0, "min", 2.0), cdf: distuv.Pareto{Alpha: 3, Xm: 2}.CDF, mean: 3},
		{given: p("pareto", "shape", 0.8, "scale", 2.0), cdf: distuv.Pareto{Alpha: 0.8, Xm: 2}.CDF},
		{given: p("pareto", "shape", 3.0, "mean", 6.0), cdf: distuv.Pareto{Alpha: 3, Xm: 4}.CDF, mean: 6},
		{given: p("pareto", "median", 6.0, "p95", 18.0), median: 6, p95: 18},
		{given: p("hyperexponential", "branches", branches), mean: 5.75,
			cdf: func(x float64) float64 { return 1 - 0.75*math.Exp(-x) - 0.25*math.Exp(-x/20) }},
		{given: p("hyperexponential", "mean", 10.0, "cv", 2.0), mean: 10, stddev: 20},
		{given: p("hyperexponential", "mean", 10.0, "cv", 1.0), cdf: distuv.Exponential{Rate: 0.1}.CDF, mean: 10, stddev: 10},
		{given: p("empirical", "samples", []float64{4, 1, 3}, "interpolate", true), mean: 2.75, median: 3,
			cdf: func(x float64) float64 { return min(max((x-1)/4, x/2-1), 1) }},
	}
}

func TestDrawsFollowTheLaw(t *testing.T) {
	const n = 200_000
	for _, want := range laws(t) {
		d := distribution(t, want.given)
		t.Run(d.String(), func(t *testing.T) {
			drawn := drawSorted(d, n)
			if drawn[0] < 0 {
				t.Errorf("drew %v; want nothing negative", drawn[0])
			}
			if want.cdf != nil {
				if distance := kolmogorovSmirnov(drawn, want.cdf); distance > ksLimit(n) {
					t.Errorf("distance to the law's CDF %.5f; want <= %.5f", distance, ksLimit(n))
				}
			}
			// Ranks are binomial: 4 standard deviations are 0.0045 and 0.002.
			checkRank(t, drawn, want.median, 0.5, 0.0045)
			checkRank(t, drawn, want.p95, 0.95, 0.002)
			checkMoments(t, drawn, d, want)
		})
	}
}

func checkRank(t *testing.T, sorted []float64, quantile, want, tolerance float64) {
	t.Helper()
	if quantile == 0 {
		return
	}
	below, _ := slices.BinarySearch(sorted, quantile)
	if got := float64(below) / float64(len(sorted)); math.Abs(got-want) > tolerance {
		t.Errorf("%.4f of the draws lie below %v; want %v", got, quantile, want)
	}
}

func checkMoments(t *testing.T, drawn []float64, d kernel.Distribution, want law) {
	t.Helper()
	if want.mean != 0 && math.Abs(d.Mean()/want.mean-1) > 1e-9 {
		t.Errorf("Mean() = %v; want %v", d.Mean(), want.mean)
	}
	if math.IsInf(d.Mean(), 1) {
		return
	}
	n := float64(len(drawn))
	var sum, squares float64
	for _, x := range drawn {
		sum += x
	}
	for _, x := range drawn {
		squares += (x - sum/n) * (x - sum/n)
	}
	stddev := math.Sqrt(squares / n)
	if off := math.Abs(sum/n-d.Mean()) / (stddev / math.Sqrt(n)); off > 4 {
		t.Errorf("mean of the draws %v is %.1f standard errors off Mean() = %v", sum/n, off, d.Mean())
	}
	if want.stddev != 0 && math.Abs(stddev/want.stddev-1) > 0.02 {
		t.Errorf("standard deviation of the draws %v; want %v", stddev, want.stddev)
	}
}

func TestValuesWithWeights(t *testing.T) {
	for _, test := range []struct {
		given kernel.Parameters
		mean  float64
		want  map[float64]float64
	}{
		{parameters(t, "constant", "value", 7.5), 7.5, map[float64]float64{7.5: 1}},
		{parameters(t, "constant", "value", 0.0), 0, map[float64]float64{0: 1}},
		{parameters(t, "discrete", "values", []float64{137, 0, 1, 2}, "weights", []float64{1, 6, 3, 0}),
			14, map[float64]float64{0: 0.6, 1: 0.3, 137: 0.1}},
		{parameters(t, "discrete", "values", []float64{8, 2, 2, 0}), 3, map[float64]float64{0: 0.25, 2: 0.5, 8: 0.25}},
		{parameters(t, "empirical", "samples", []float64{9, 1, 1, 5}), 4, map[float64]float64{1: 0.5, 5: 0.25, 9: 0.25}},
		{parameters(t, "empirical", "samples", []float64{9}, "interpolate", true), 9, map[float64]float64{9: 1}},
	} {
		d := distribution(t, test.given)
		t.Run(d.String(), func(t *testing.T) {
			const n = 200_000
			counts := make(map[float64]float64)
			for _, x := range drawSorted(d, n) {
				counts[x]++
			}
			for x, count := range counts {
				if math.Abs(count/n-test.want[x]) > 0.0045 {
					t.Errorf("%v was drawn with frequency %.4f; want %v", x, count/n, test.want[x])
				}
			}
			if len(counts) != len(test.want) || math.Abs(d.Mean()-test.mean) > 1e-12 {
				t.Errorf("%d values with mean %v; want %d with mean %v", len(counts), d.Mean(), len(test.want), test.mean)
			}
		})
	}
}

// A changed parameter moves the draw of a key and does not replace it, which
// is what makes paired runs comparable.
func TestDrawsScaleWithTheirParameters(t *testing.T) {
	s := kernel.NewStreams(5)
	for _, name := range []string{"exponential", "lognormal", "normal", "gamma", "weibull", "pareto", "hyperexponential"} {
		scaled := map[string][]any{
			"exponential": {}, "lognormal": {"cv", 0.5}, "normal": {"cv", 0.5}, "gamma": {"cv", 1.5},
			"weibull": {"shape", 0.8}, "pareto": {"shape", 2.5}, "hyperexponential": {"cv", 3.0},
		}[name]
		one := distribution(t, parameters(t, name, append(scaled, "mean", 10.0)...))
		three := distribution(t, parameters(t, name, append(scaled, "mean", 30.0)...))
		for pod := range uint64(1000) {
			x, y := one.Draw(s.At("runtime", pod, 0)), three.Draw(s.At("runtime", pod, 0))
			if math.Abs(y-3*x) > 1e-9*y {
				t.Fatalf("%v drew %v where %v drew %v; want three times as much", three, y, one, x)
			}
		}
	}
}

func TestExtremeDrawsAreFinite(t *testing.T) {
	for _, law := range laws(t) {
		d := distribution(t, law.given)
		low, high := d.Draw(bits(0)), d.Draw(bits(math.MaxUint64))
		if !(low >= 0 && low < high && !math.IsInf(high, 1)) {
			t.Errorf("%v draws between %v and %v; want finite values, not negative", d, low, high)
		}
	}
}

// The quantiles of gamma laws of shape < 1 are our own; the CDF is not.
func TestGammaQuantileInvertsTheCDF(t *testing.T) {
	for _, shape := range []float64{0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999} {
		d := distribution(t, parameters(t, "gamma", "shape", shape, "scale", 1.0))
		for _, p := range []float64{0.0001, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-6, 1 - 1e-9} {
			x := d.Draw(bits(p * 0x1p64))
			if x < 1e-290 {
				continue // below what a float64 resolves; it is 0 s in any case
			}
			if got := (distuv.Gamma{Alpha: shape, Beta: 1}).Survival(x); math.Abs(got/(1-p)-1) > 1e-6 {
				t.Errorf("shape %v: survival of the quantile of %v is %v; want %v", shape, p, got, 1-p)
			}
		}
	}
}

// fixed is a distribution that always draws a number, however absurd.
type fixed float64

func (f fixed) Draw(kernel.Source) float64 { return float64(f) }
func (f fixed) Mean() float64              { return float64(f) }
func (f fixed) String() string             { return fmt.Sprint(float64(f)) }

func TestDurationsAreWholeMilliseconds(t *testing.T) {
	const most = 9223372036854 * time.Millisecond
	for _, test := range []struct {
		seconds float64
		want    time.Duration
	}{
		{0, 0}, {-1, 0}, {math.NaN(), 0}, {math.Inf(-1), 0},
		{0.0004999, 0}, {0.0005, time.Millisecond}, {0.0014, time.Millisecond},
		{1.2345, 1235 * time.Millisecond}, {0.1 + 0.2, 300 * time.Millisecond},
		{86400, 24 * time.Hour},
		{9223372036.853, most - time.Millisecond}, {9223372036.854, most}, {9223372036.855, most},
		{1e300, most}, {math.Inf(1), most},
	} {
		if got := kernel.Duration(fixed(test.seconds), bits(0)); got != test.want {
			t.Errorf("%v s became %v; want %v", test.seconds, got, test.want)
		}
	}
}

func TestCountsAreWhole(t *testing.T) {
	for _, test := range []struct {
		drawn float64
		want  int64
	}{
		{0, 0}, {-3, 0}, {math.NaN(), 0}, {0.49, 0}, {0.5, 1}, {2.5, 3}, {137, 137},
		{0x1p63, math.MaxInt64}, {math.Inf(1), math.MaxInt64},
	} {
		if got := kernel.Count(fixed(test.drawn), bits(0)); got != test.want {
			t.Errorf("%v became %d; want %d", test.drawn, got, test.want)
		}
	}
}

func TestDrawsDoNotAllocate(t *testing.T) {
	given := []kernel.Parameters{
		parameters(t, "constant", "value", 1.0),
		parameters(t, "discrete", "values", []float64{1, 2, 3}),
		parameters(t, "empirical", "samples", []float64{1, 2, 3}),
	}
	for _, law := range laws(t) {
		given = append(given, law.given)
	}
	s := kernel.NewStreams(1)
	for _, p := range given {
		d := distribution(t, p)
		var pod uint64
		allocations := testing.AllocsPerRun(200, func() {
			pod++
			kernel.Duration(d, s.At("runtime", pod, 0))
			kernel.Count(d, s.At("count", pod, 0))
		})
		if allocations != 0 {
			t.Errorf("%v: %v allocations a draw; want none", d, allocations)
		}
	}
}

func TestSamplesOfTheCallerAreLeftAlone(t *testing.T) {
	samples := []float64{3, 1, 2}
	d := distribution(t, parameters(t, "empirical", "samples", samples))
	if !slices.Equal(samples, []float64{3, 1, 2}) {
		t.Errorf("samples became %v", samples)
	}
	samples[0], samples[1], samples[2] = 9, 9, 9
	if got := d.Draw(bits(0)); got != 1 {
		t.Errorf("drew %v after the caller changed its samples; want 1", got)
	}
}

func TestConstantForDefaults(t *testing.T) {
	if d := kernel.Constant(1.5); d.Mean() != 1.5 || d.String() != "constant{value: 1.5}" {
		t.Errorf("Constant(1.5) is %v with mean %v", d, d.Mean())
	}
	defer func() {
		if got, want := recover(), "kernel: constant value: must be >= 0 (got -1)"; got != want {
			t.Errorf("Constant(-1) panics with %v; want %q", got, want)
		}
	}()
	kernel.Constant(-1)
}
