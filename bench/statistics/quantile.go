package statistics

import (
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// QuantileInterval returns an interval for the p-quantile of the distribution
// that x was drawn from. Its ends are values of x, and it holds the quantile with
// the estimator's confidence at least, whatever the distribution. ok is false if x
// is too small for that: the largest of 30 values need not lie above the 99th
// percentile.
func (e *Estimator) QuantileInterval(x []float64, p float64) (i Interval, ok bool) {
	low, high, _, ok := quantileRanks(len(x), p, e.confidence)
	if !ok {
		return Interval{}, false
	}
	sorted := slices.Sorted(slices.Values(x))
	return Interval{sorted[low-1], sorted[high-1]}, true
}

// quantileRanks returns the ranks, from 1, of the interval's ends, and how likely
// it holds the quantile at least: both tails have at most half of what may be
// missed. The number of values below the
// quantile is binomial (David and Nagaraja, Order Statistics, §7.1).
func quantileRanks(n int, p, confidence float64) (low, high int, covered float64, ok bool) {
	if n < 2 || !(p > 0 && p < 1) {
		return 0, 0, 0, false
	}
	below := distuv.Binomial{N: float64(n), P: p}
	half := (1-confidence)/2 + 1e-12
	// The low end is wrong if fewer than low values lie below the quantile.
	for low < n && below.CDF(float64(low)) <= half {
		low++
	}
	high = n
	for high > low+1 && 1-below.CDF(float64(high-2)) <= half {
		high--
	}
	if low == 0 || 1-below.CDF(float64(high-1)) > half {
		return 0, 0, 0, false
	}
	return low, high, below.CDF(float64(high-1)) - below.CDF(float64(low-1)), true
}
