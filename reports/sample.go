package reports

import (
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/podsim/podsim/models"
)

// sample collects durations. Up to exactSamples of them are kept as they are, so
// that quantiles are exact; then it goes over to counting in logarithmic buckets,
// 2048 for each doubling, which moves a quantile by less than 0.025 %. Count,
// mean and maximum are exact in any case.
type sample struct {
	values  []int64 // nanoseconds, while few
	buckets []int64 // once many
	n       int64
	sum     float64 // nanoseconds
	max     int64
	worst   []byte // the name of the first pod that took max
	worstAt models.Time
}

const (
	exactSamples  = 1 << 20
	bucketBits    = 11
	bucketsInAll  = (64 - bucketBits) << bucketBits
	nanosInSecond = 1e9
)

// add takes a duration and reports whether it is the longest so far.
func (s *sample) add(d int64) bool {
	s.n++
	s.sum += float64(d)
	switch {
	case s.buckets != nil:
		s.buckets[bucketOf(d)]++
	case len(s.values) == exactSamples:
		s.spill()
		s.buckets[bucketOf(d)]++
	default:
		s.values = append(s.values, d)
	}
	if d > s.max || s.n == 1 {
		s.max = d
		return true
	}
	return false
}

func (s *sample) spill() {
	s.buckets = make([]int64, bucketsInAll)
	for _, d := range s.values {
		s.buckets[bucketOf(d)]++
	}
	s.values = nil
}

// clone copies s, to add to the copy.
func (s *sample) clone() *sample {
	c := *s
	c.values, c.buckets, c.worst = slices.Clone(s.values), slices.Clone(s.buckets), slices.Clone(s.worst)
	return &c
}

// merge adds the values of another sample.
func (s *sample) merge(o *sample) {
	worst, worstAt, longest := s.worst, s.worstAt, s.max
	if o.n > 0 && (s.n == 0 || o.max > s.max) {
		worst, worstAt, longest = o.worst, o.worstAt, o.max
	}
	n, sum := s.n+o.n, s.sum+o.sum
	for _, d := range o.values {
		s.add(d)
	}
	if o.buckets != nil && s.buckets == nil {
		s.spill()
	}
	for i, times := range o.buckets {
		s.buckets[i] += times
	}
	s.n, s.sum, s.max, s.worst, s.worstAt = n, sum, longest, worst, worstAt
}

func bucketOf(d int64) int {
	n := uint64(max(d, 0))
	shift := max(0, bits.Len64(n)-bucketBits-1)
	return shift<<bucketBits + int(n>>shift)
}

// bucketMiddle returns the middle of a bucket's range.
func bucketMiddle(bucket int) float64 {
	shift := max(0, bucket>>bucketBits-1)
	low := uint64(bucket-shift<<bucketBits) << shift
	return float64(low) + float64(uint64(1)<<shift-1)/2
}

// seconds returns the sorted values in seconds with their weights (nil: one each).
func (s *sample) seconds() (x, weights []float64) {
	if s.buckets == nil {
		slices.Sort(s.values)
		x = make([]float64, len(s.values))
		for i, d := range s.values {
			x[i] = float64(d) / nanosInSecond
		}
		return x, nil
	}
	for bucket, n := range s.buckets {
		if n > 0 {
			x = append(x, min(bucketMiddle(bucket), float64(s.max))/nanosInSecond)
			weights = append(weights, float64(n))
		}
	}
	return x, weights
}

// quantiles summarises the sample.
func (s *sample) quantiles() Quantiles {
	q := Quantiles{Count: s.n, Exact: s.buckets == nil, Worst: string(s.worst)}
	if s.n == 0 {
		return q
	}
	x, weights := s.seconds()
	for _, want := range []struct {
		p   float64
		out *Seconds
	}{{0.5, &q.P50}, {0.9, &q.P90}, {0.95, &q.P95}, {0.99, &q.P99}} {
		*want.out = roundSeconds(stat.Quantile(want.p, stat.Empirical, x, weights))
	}
	q.Max = roundSeconds(float64(s.max) / nanosInSecond)
	q.Mean = roundSeconds(s.sum / float64(s.n) / nanosInSecond)
	return q
}

// roundSeconds rounds to milliseconds.
func roundSeconds(s float64) Seconds { return Seconds(math.Round(s*1000) / 1000) }

func round3(x float64) float64 { return math.Round(x*1000) / 1000 }

// round6 keeps what tells similar runs apart.
func round6(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// statistic returns one number of the sample in seconds, unrounded: mean, max or
// the quantile p. An empty sample has none.
func (s *sample) statistic(name string) (float64, bool) {
	if s.n == 0 {
		return 0, false
	}
	switch name {
	case "mean":
		return s.sum / float64(s.n) / nanosInSecond, true
	case "max":
		return float64(s.max) / nanosInSecond, true
	}
	x, weights := s.seconds()
	return stat.Quantile(quantileOf[name], stat.Empirical, x, weights), true
}

var quantileOf = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
