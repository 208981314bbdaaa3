package statistics

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// SignFlip returns the two-sided p-value of the sign-flip (paired permutation)
// test that the differences are centred at 0: the share of all 2ⁿ ways to choose
// their signs whose sum is at least as far from 0 as the real one (Fisher, The
// Design of Experiments, §21). It asks about the mean, needs no distribution
// but that exchanging the two policies of a seed changes nothing, and is right
// for ties and zeros too. All ways are counted, none drawn; for that differences
// are first rounded to a common number of decimals, which leaves the test exact.
// All differences 0, or none, have 1.
func SignFlip(differences []float64) float64 {
	sizes, sum, real := roundedSizes(differences)
	if real == 0 {
		return 1
	}
	// Let s be the sum of the sizes whose sign is minus. The signed sum is sum - 2s,
	// and equally likely its negative.
	p := 0.0
	for _, share := range negatives(sizes, (sum-real)/2) {
		p += share
	}
	return min(1, 2*p)
}

// fineness is how many steps there are at least for each difference.
const fineness = 12.8

// roundedSizes returns the absolute differences as whole numbers, their sum and
// that of the signed ones without its sign. The unit is a power of ten, so that
// ties of decimal numbers remain ties.
func roundedSizes(differences []float64) (sizes []int, sum, real int) {
	total := 0.0
	for _, d := range differences {
		total += math.Abs(d)
	}
	if total == 0 || total > math.MaxFloat64/1e6 || math.IsNaN(total) {
		return nil, 0, 0
	}
	digits, most := 0, float64(10*fineness*float64(len(differences)))
	for digits < 300 && total*math.Pow10(digits+1) <= most {
		digits++
	}
	for total*math.Pow10(digits) > most {
		digits--
	}
	for _, d := range differences {
		size := int(math.Round(d * math.Pow10(digits)))
		real += size
		if size = max(size, -size); size > 0 {
			sizes = append(sizes, size)
			sum += size
		}
	}
	return sizes, sum, max(real, -real)
}

// negatives returns how likely each sum up to most of a random half of the sizes
// is.
func negatives(sizes []int, most int) []float64 {
	share := make([]float64, most+1)
	share[0] = 1
	top := 0
	for _, size := range sizes {
		top = min(top+size, most)
		for s := top; s >= size; s-- {
			share[s] = (share[s] + share[s-size]) / 2
		}
		for s := min(size-1, top); s >= 0; s-- {
			share[s] /= 2
		}
	}
	return share
}

// SmallestSignFlip is the smallest p-value that SignFlip can have of n
// differences.
func SmallestSignFlip(n int) float64 { return math.Min(1, math.Ldexp(1, 1-n)) }

// StudentTest returns the two-sided p-value of the paired t test that the mean
// of the differences is 0. ok is false for fewer than two.
func StudentTest(differences []float64) (p float64, ok bool) {
	n := len(differences)
	if n < 2 {
		return 0, false
	}
	mean, sd := Mean(differences), SD(differences)
	switch {
	case mean == 0:
		return 1, true
	case sd == 0:
		return 0, true
	}
	t := math.Abs(mean) / (sd / math.Sqrt(float64(n)))
	return min(1, 2*distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.CDF(-t)), true
}

// Holm adjusts p-values for their number so that with probability 1 - alpha none
// of those below alpha is an error (Holm, A Simple Sequentially Rejective
// Multiple Test Procedure, 1979). The result is in the order of p.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, float64(float64(len(p)-rank)*p[i])))
		adjusted[i] = least
	}
	return adjusted
}
