package statistics

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// exactFlips is up to how many observations JointSignFlip goes through all signs.
const exactFlips = 15

// JointSignFlip returns adjusted p-values of several series of differences that
// were observed together, differences[k][i] in series k and observation i, NaN
// where there is none. The signs of an observation flip in all series at once,
// and a series is compared to the largest statistic of those not above it:
// step-down maxT (Westfall and Young, Resampling-Based Multiple Testing, 1993,
// §2.6). However series depend on each other, and however few observations there
// are, the chance of any error is as stated.
func JointSignFlip(differences [][]float64) []float64 {
	f := newFlips(differences)
	count := make([]int, len(f.order))
	total := f.each(func(sums []float64) {
		largest := 0.0
		for k := len(f.order) - 1; k >= 0; k-- {
			largest = max(largest, math.Abs(sums[k]))
			if largest >= f.real[k] {
				count[k]++
			}
		}
	})
	adjusted := make([]float64, len(differences))
	least := 0.0
	for rank, k := range f.order {
		least = max(least, float64(count[rank])/float64(total))
		adjusted[k] = least
	}
	return adjusted
}

// flips are series in falling order of their statistic, |Σd|/√Σd², which orders
// sign flips as |t| does.
type flips struct {
	order  []int
	scaled [][]float64 // by observation and rank
	real   []float64   // by rank
}

func newFlips(differences [][]float64) *flips {
	scaled := make([][]float64, len(differences))
	statistic := make([]float64, len(differences))
	observations := 0
	f := &flips{order: make([]int, len(differences))}
	for k, series := range differences {
		scaled[k] = unit(series)
		for _, v := range scaled[k] {
			statistic[k] += v
		}
		statistic[k] = math.Abs(statistic[k])
		observations = max(observations, len(series))
		f.order[k] = k
	}
	slices.SortStableFunc(f.order, func(a, b int) int { return cmp.Compare(statistic[b], statistic[a]) })
	f.real = make([]float64, len(f.order))
	f.scaled = make([][]float64, observations)
	for i := range f.scaled {
		f.scaled[i] = make([]float64, len(f.order))
	}
	for rank, k := range f.order {
		f.real[rank] = statistic[k] - 1e-9 // sums of one set of signs may differ in their last bits
		for i, v := range scaled[k] {
			f.scaled[i][rank] = v
		}
	}
	return f
}

// unit scales to a sum of squares of 1; what is missing becomes 0, and so do all
// of a series of zeros.
func unit(series []float64) []float64 {
	out := make([]float64, len(series))
	largest := 0.0
	for _, v := range series {
		if !math.IsNaN(v) {
			largest = max(largest, math.Abs(v))
		}
	}
	if largest == 0 {
		return out
	}
	squares := 0.0
	for i, v := range series {
		if !math.IsNaN(v) {
			out[i] = v / largest
			squares += float64(out[i] * out[i])
		}
	}
	for i := range out {
		out[i] /= math.Sqrt(squares)
	}
	return out
}

// each calls f with the sums of every set of signs, or of 2¹⁴ of them if there
// are more, and says how often. The real signs are always among them.
func (f *flips) each(visit func(sums []float64)) int {
	sums := make([]float64, len(f.order))
	signs := make([]float64, len(f.scaled))
	for i, row := range f.scaled {
		signs[i] = 1
		for k, v := range row {
			sums[k] += v
		}
	}
	visit(sums)
	if len(f.scaled) > exactFlips {
		return f.drawn(sums, visit)
	}
	// In Gray's order one sign changes at a time. The last sign stays: to flip all
	// changes no statistic.
	total := 1 << max(0, len(f.scaled)-1)
	for step := 1; step < total; step++ {
		i := bits.TrailingZeros(uint(step))
		signs[i] = -signs[i]
		for k, v := range f.scaled[i] {
			sums[k] += float64(2 * signs[i] * v)
		}
		visit(sums)
	}
	return total
}

func (f *flips) drawn(sums []float64, visit func([]float64)) int {
	const total = 1 << (exactFlips - 1)
	random := counter{flipsSeed}
	for range total - 1 {
		clear(sums)
		word := uint64(0)
		for i, row := range f.scaled {
			if i%64 == 0 {
				word = random.next()
			}
			sign := float64(int(word&1)*2 - 1)
			word >>= 1
			for k, v := range row {
				sums[k] += float64(sign * v)
			}
		}
		visit(sums)
	}
	return total
}
