package comparison

import (
	"math"
)

// Differences returns by seed the value of a policy minus that of another; nil where
// one of them has none.
func (m *Metric) Differences(policy, other string) []*float64 {
	values, base := m.Values(policy), m.Values(other)
	out := make([]*float64, min(len(values), len(base)))
	for i := range out {
		if values[i] != nil && base[i] != nil {
			d := *values[i] - *base[i]
			out[i] = &d
		}
	}
	return out
}

// Quantile interpolates between sorted values, of which there is one at least (type 7
// of Hyndman and Fan, 1996). It is for drawings: the statistics of a comparison are in
// its outcomes.
func Quantile(sorted []float64, q float64) float64 {
	at := float64(q * float64(len(sorted)-1))
	below := int(math.Floor(at))
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[below] + float64((at-float64(below))*(sorted[below+1]-sorted[below]))
}
