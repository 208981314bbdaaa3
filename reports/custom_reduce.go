package reports

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// reductions are the ways in which rows become one number.
var reductions = []string{"mean", "sum", "count", "min", "max", "p50", "p90", "p95", "p99"}

// reducer reduces values as they come. Quantiles are exact for up to exactSamples
// values; then values are counted in buckets, 2048 for each doubling, which moves a
// quantile by less than 0.025 %. All else is exact in any case.
type reducer struct {
	n        int64
	sum      float64
	min, max float64
	quantile bool // keep the values
	values   []float64
	buckets  map[uint64]int64 // by the leading bits of a value
}

// droppedBits are those of a float64 that tell values of one bucket apart.
const droppedBits = 52 - bucketBits

func newReducer(reduce string) reducer {
	_, quantile := quantileOf[reduce]
	return reducer{quantile: quantile}
}

func (r *reducer) add(x float64) {
	r.n++
	r.sum += x
	if r.n == 1 || x < r.min {
		r.min = x
	}
	if r.n == 1 || x > r.max {
		r.max = x
	}
	switch {
	case !r.quantile:
	case r.buckets != nil:
		r.buckets[math.Float64bits(x)>>droppedBits]++
	case len(r.values) == exactSamples:
		r.buckets = make(map[uint64]int64)
		for _, x := range append(r.values, x) {
			r.buckets[math.Float64bits(x)>>droppedBits]++
		}
		r.values = nil
	default:
		r.values = append(r.values, x)
	}
}

// result is what the values come to; ok is false if there are none that it takes.
func (r *reducer) result(reduce string) (value float64, ok bool) {
	switch reduce {
	case "count":
		return float64(r.n), true
	case "sum":
		return r.sum, true
	}
	if r.n == 0 {
		return 0, false
	}
	switch reduce {
	case "mean":
		return r.sum / float64(r.n), true
	case "min":
		return r.min, true
	case "max":
		return r.max, true
	}
	x, weights := r.sorted()
	return min(max(stat.Quantile(quantileOf[reduce], stat.Empirical, x, weights), r.min), r.max), true
}

// sorted returns the values in order with their weights (nil: one each).
func (r *reducer) sorted() (x, weights []float64) {
	if r.buckets == nil {
		slices.Sort(r.values)
		return r.values, nil
	}
	type bucket struct {
		middle float64
		n      int64
	}
	var all []bucket
	for _, key := range slices.Sorted(maps.Keys(r.buckets)) {
		all = append(all, bucket{math.Float64frombits(key<<droppedBits | 1<<(droppedBits-1)), r.buckets[key]})
	}
	slices.SortStableFunc(all, func(a, b bucket) int { return cmp.Compare(a.middle, b.middle) })
	for _, b := range all {
		x, weights = append(x, b.middle), append(weights, float64(b.n))
	}
	return x, weights
}
