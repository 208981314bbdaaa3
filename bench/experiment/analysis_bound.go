package experiment

import (
	"math"

	"github.com/podsim/podsim/bench/bounds"
	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// bound returns the mean over the seeds of the best value that any policy could
// reach. Each run proves one for the work that it served; of a seed the weakest
// counts, so that it holds for all policies.
func (a *analysis) bound(cell int, m metricInfo) *comparison.Bound {
	if m.better == reports.Neutral {
		return nil
	}
	var least []float64
	values := make([][]float64, len(a.experiment.Policies))
	for seed := range a.runs.seeds {
		weakest, known := a.weakest(cell, seed, m)
		if !known {
			continue
		}
		least = append(least, weakest)
		for policy := range values {
			if v, ok := a.runs.value(cell, policy, seed, m.name); ok {
				values[policy] = append(values[policy], v)
			}
		}
	}
	if len(least) == 0 {
		return nil
	}
	b := &comparison.Bound{Value: rounded(statistics.Mean(least)), Gaps: []float64{}, How: bounds.How(m.name)}
	size := math.Abs(statistics.Mean(least))
	for _, v := range values {
		gap := float64(-float64(m.better) * (statistics.Mean(v) - statistics.Mean(least)) / size)
		if len(v) != len(least) || math.IsNaN(gap) || math.IsInf(gap, 0) {
			b.Gaps = []float64{} // there is no gap for each policy
			break
		}
		b.Gaps = append(b.Gaps, rounded(gap))
	}
	return b
}

// weakest returns the weakest bound of the runs of a seed, if all have one.
func (a *analysis) weakest(cell, seed int, m metricInfo) (bound float64, known bool) {
	for policy := range a.experiment.Policies {
		row := a.runs.runs[a.runs.at(cell, policy, seed)]
		if row == nil {
			return 0, false
		}
		v, ok := find(row.result.Bounds, m.name)
		switch {
		case !ok:
			return 0, false
		case !known || float64(m.better)*(v-bound) > 0:
			bound, known = v, true
		}
	}
	return bound, known
}

func find(measures []reports.Measure, name string) (v float64, ok bool) {
	for _, m := range measures {
		if m.Name == name && m.Value != nil && !math.IsNaN(*m.Value) && math.Abs(*m.Value) < 1e100 {
			return *m.Value, true
		}
	}
	return 0, false
}
