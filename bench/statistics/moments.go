package statistics

import (
	"math"
	"slices"
)

// Mean returns the mean of x, summed in the order of x; 0 of nothing.
func Mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// SD returns the standard deviation of x with n-1 in the denominator; 0 of fewer
// than two values. Equal values have exactly 0.
func SD(x []float64) float64 {
	if len(x) < 2 || constant(x) {
		return 0
	}
	mean, squares := Mean(x), 0.0
	for _, v := range x {
		squares += float64((v - mean) * (v - mean))
	}
	return math.Sqrt(squares / float64(len(x)-1))
}

// Median returns the middle of x, or the mean of its two middles; 0 of nothing.
func Median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(x))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return sorted[half-1] + (sorted[half]-sorted[half-1])/2
}

// constant tells whether all values are equal.
func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}
