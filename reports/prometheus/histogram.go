package prometheus

import "sort"

// Distribution is the state of one series of a histogram.
type Distribution struct {
	Counts []uint64 // by bucket, each for itself; the last is that beyond all bounds
	Sum    float64
	Count  uint64
}

func newDistribution(bounds []float64) *Distribution {
	return &Distribution{Counts: make([]uint64, len(bounds)+1)}
}

func (d *Distribution) observe(bounds []float64, x float64) {
	d.Counts[sort.SearchFloat64s(bounds, x)]++
	d.Sum += x
	d.Count++
}

// clone copies the state: the fold goes on with its own.
func (d *Distribution) clone() *Distribution {
	c := *d
	c.Counts = append([]uint64(nil), d.Counts...)
	return &c
}
