package comparison

import (
	"math"
	"strconv"

	"github.com/podsim/podsim/reports/csvfile"
)

var statisticColumns = []csvfile.Column[statistic]{
	csvfile.Text("cell", "point of the grid: axis=value, …; empty without axes", func(r *statistic) string { return Label(r.cell.Settings) }),
	csvfile.Text("metric", "name of the metric, as assertions write it", func(r *statistic) string { return r.metric.Name }),
	csvfile.Text("unit", "unit of its values; empty for counts", func(r *statistic) string { return r.metric.Unit }),
	csvfile.Text("better", "which way is better: lower, neither or higher", func(r *statistic) string { return r.metric.Better.String() }),
	csvfile.Text("policy", "name of the policy", func(r *statistic) string { return r.all.Policies[r.policy].Name }),
	csvfile.Boolean("baseline", "whether the others are compared to it", func(r *statistic) bool {
		return r.all.Policies[r.policy].Name == r.all.Baseline
	}),
	csvfile.Integer("seeds", "seeds that have a value", func(r *statistic) int {
		if r.outcome == nil {
			return 0
		}
		return r.outcome.N
	}),
	ofOutcome("mean", "mean over the seeds", func(o *Outcome) float64 { return o.Mean }),
	ofOutcome("sd", "standard deviation between seeds", func(o *Outcome) float64 { return o.SD }),
	ofOutcome("median", "median over the seeds", func(o *Outcome) float64 { return o.Median }),
	ofOutcome("median_low", "lower end of the interval of the median; empty with too few seeds for one",
		func(o *Outcome) float64 { return end(low(o.MedianInterval)) }),
	ofOutcome("median_high", "upper end of it", func(o *Outcome) float64 { return end(high(o.MedianInterval)) }),
	ofOutcome("min", "the least of all seeds", func(o *Outcome) float64 { return o.Min }),
	ofOutcome("max", "the most of all seeds", func(o *Outcome) float64 { return o.Max }),
	ofOutcome("mean_low", "lower end of the interval of the mean", func(o *Outcome) float64 { return end(low(o.Interval)) }),
	ofOutcome("mean_high", "upper end of it", func(o *Outcome) float64 { return end(high(o.Interval)) }),
	countOf("pairs", "seeds in which policy and baseline have a value", func(d *Delta) int { return d.N }),
	ofDelta("difference", metricUnit, "policy minus baseline, paired by seed, mean", func(d *Delta) *float64 { return &d.Mean }),
	ofDelta("difference_relative", "share", "the same over the mean of the baseline", func(d *Delta) *float64 { return d.Relative }),
	ofDelta("difference_low", metricUnit, "lower end of its interval, from which the verdict is taken",
		func(d *Delta) *float64 { return low(d.Interval) }),
	ofDelta("difference_high", metricUnit, "upper end of it", func(d *Delta) *float64 { return high(d.Interval) }),
	ofDelta("t_low", metricUnit, "lower end of the interval by Student's t", func(d *Delta) *float64 { return low(d.T) }),
	ofDelta("t_high", metricUnit, "upper end of it", func(d *Delta) *float64 { return high(d.T) }),
	ofDelta("bootstrap_low", metricUnit, "lower end of the interval by the bootstrap", func(d *Delta) *float64 { return low(d.Bootstrap) }),
	ofDelta("bootstrap_high", metricUnit, "upper end of it", func(d *Delta) *float64 { return high(d.Bootstrap) }),
	ofDelta("effect", "", "standardised effect: mean over standard deviation of the differences", func(d *Delta) *float64 { return d.Effect }),
	ofDelta("p", "", "p-value of the difference", func(d *Delta) *float64 { return d.P }),
	ofDelta("p_adjusted", "", "the same after Holm's correction over all metrics and policies of the cell",
		func(d *Delta) *float64 { return d.Adjusted }),
	countOf("wins", "seeds in which the policy is better (lower, where neither is better)", func(d *Delta) int { return d.Wins }),
	countOf("losses", "seeds in which it is worse", func(d *Delta) int { return d.Losses }),
	ofDelta("width_ratio", "", "width of the paired interval over that of one that ignores the pairs",
		func(d *Delta) *float64 { return d.WidthRatio }),
	csvfile.Text("verdict", "better, worse, inconclusive, same, higher, lower or not measured; empty for the baseline", verdictOf),
	csvfile.Text("worst_seeds", "seeds in which the policy loses most against the baseline", func(r *statistic) string {
		if r.delta == nil {
			return ""
		}
		return spaced(r.delta.WorstSeeds)
	}),
	csvfile.Number("bound", metricUnit, "value that no policy can better, mean over the seeds", func(r *statistic) *float64 {
		if r.metric.Bound == nil {
			return nil
		}
		return &r.metric.Bound.Value
	}),
	csvfile.Number("bound_gap", "share", "how far the mean is from the bound, over the bound", func(r *statistic) *float64 {
		if r.metric.Bound == nil || r.policy >= len(r.metric.Bound.Gaps) {
			return nil
		}
		return &r.metric.Bound.Gaps[r.policy]
	}),
}

// end returns the end of an interval, or what is written as nothing.
func end(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

func verdictOf(r *statistic) string {
	if r.all.Policies[r.policy].Name == r.all.Baseline {
		return ""
	}
	return string(r.metric.Verdict(r.all.Policies[r.policy].Name))
}

func spaced(seeds []uint64) string {
	var b []byte
	for i, seed := range seeds {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, seed, 10)
	}
	return string(b)
}

var valueColumns = []csvfile.Column[value]{
	csvfile.Text("cell", "point of the grid: axis=value, …; empty without axes", func(r *value) string { return Label(r.cell.Settings) }),
	csvfile.Text("metric", "name of the metric, as assertions write it", func(r *value) string { return r.metric.Name }),
	csvfile.Text("unit", "unit of its values; empty for counts", func(r *value) string { return r.metric.Unit }),
	csvfile.Text("policy", "name of the policy", func(r *value) string { return r.all.Policies[r.policy].Name }),
	{Name: "seed", Type: "integer", Help: "seed of the run",
		Append: func(b []byte, r *value) []byte { return strconv.AppendUint(b, r.all.Seeds[r.seed], 10) }},
	csvfile.Number("value", metricUnit, "value of the metric in this run; empty if there was nothing to measure",
		func(r *value) *float64 { return r.value }),
	csvfile.Text("inputs", "digest of the arrivals, lifetimes and faults of the run: equal for all policies of a seed", func(r *value) string {
		for _, input := range r.cell.Inputs {
			if input.Seed == r.all.Seeds[r.seed] && r.policy < len(input.Digests) {
				return input.Digests[r.policy]
			}
		}
		return ""
	}),
}
