package comparison

import (
	"math"
	"strconv"
)

var statisticColumns = []column[statistic]{
	text("cell", "point of the grid: axis=value, …; empty without axes", func(r *statistic) string { return Label(r.cell.Settings) }),
	text("metric", "name of the metric, as assertions write it", func(r *statistic) string { return r.metric.Name }),
	text("unit", "unit of its values; empty for counts", func(r *statistic) string { return r.metric.Unit }),
	text("better", "which way is better: lower, neither or higher", func(r *statistic) string { return r.metric.Better.String() }),
	text("policy", "name of the policy", func(r *statistic) string { return r.all.Policies[r.policy].Name }),
	{"baseline", "boolean", "", "whether the others are compared to it", func(b []byte, r *statistic) []byte {
		return strconv.AppendBool(b, r.all.Policies[r.policy].Name == r.all.Baseline)
	}},
	{"seeds", "integer", "", "seeds that have a value", func(b []byte, r *statistic) []byte {
		if r.outcome == nil {
			return append(b, '0')
		}
		return strconv.AppendInt(b, int64(r.outcome.N), 10)
	}},
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
	text("verdict", "better, worse, inconclusive, same, higher, lower or not measured; empty for the baseline", verdictOf),
	text("worst_seeds", "seeds in which the policy loses most against the baseline", func(r *statistic) string {
		if r.delta == nil {
			return ""
		}
		return spaced(r.delta.WorstSeeds)
	}),
	{"bound", "number", metricUnit, "value that no policy can better, mean over the seeds", func(b []byte, r *statistic) []byte {
		if r.metric.Bound == nil {
			return b
		}
		return number(b, &r.metric.Bound.Value)
	}},
	{"bound_gap", "number", "share", "how far the mean is from the bound, over the bound", func(b []byte, r *statistic) []byte {
		if r.metric.Bound == nil || r.policy >= len(r.metric.Bound.Gaps) {
			return b
		}
		return number(b, &r.metric.Bound.Gaps[r.policy])
	}},
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
	return string(r.metric.verdict(r.all.Policies[r.policy].Name))
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

var valueColumns = []column[value]{
	text("cell", "point of the grid: axis=value, …; empty without axes", func(r *value) string { return Label(r.cell.Settings) }),
	text("metric", "name of the metric, as assertions write it", func(r *value) string { return r.metric.Name }),
	text("unit", "unit of its values; empty for counts", func(r *value) string { return r.metric.Unit }),
	text("policy", "name of the policy", func(r *value) string { return r.all.Policies[r.policy].Name }),
	{"seed", "integer", "", "seed of the run", func(b []byte, r *value) []byte { return strconv.AppendUint(b, r.all.Seeds[r.seed], 10) }},
	{"value", "number", metricUnit, "value of the metric in this run; empty if there was nothing to measure",
		func(b []byte, r *value) []byte { return number(b, r.value) }},
	text("inputs", "digest of the arrivals, lifetimes and faults of the run: equal for all policies of a seed", func(r *value) string {
		for _, input := range r.cell.Inputs {
			if input.Seed == r.all.Seeds[r.seed] && r.policy < len(input.Digests) {
				return input.Digests[r.policy]
			}
		}
		return ""
	}),
}
