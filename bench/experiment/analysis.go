package experiment

import (
	"slices"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

// worstMost is how many of the worst seeds a comparison names.
const worstMost = 5

// Analyse compares the policies of an experiment by the results of its runs on
// these seeds. The order of results does not matter, and those of a seed may be
// missing: partial says that the experiment was interrupted. e.Metrics chooses
// what is compared; "*" stands for every measure.
func Analyse(e *scenarios.Experiment, version string, seeds []uint64, results []Result, partial bool) *comparison.Comparison {
	a := &analysis{experiment: e, runs: newRunTable(e, seeds, results), estimator: statistics.NewEstimator(e.Confidence)}
	c := &comparison.Comparison{
		Name: e.Name, Scenario: e.Scenario, Description: e.Description,
		Version: version, Digest: store.Key(e.Digest, version),
		Policies: []comparison.Policy{}, Seeds: append([]uint64{}, seeds...), Partial: partial, Runs: a.runs.count,
		Confidence: e.Confidence, WarmUp: e.WarmUp.Seconds(),
		Assertions: []comparison.Assertion{},
	}
	for _, p := range e.Policies {
		c.Policies = append(c.Policies, comparison.Policy{Name: p.Name, Description: p.Description, Digest: p.Digest})
	}
	if e.Baseline < len(e.Policies) {
		c.Baseline = e.Policies[e.Baseline].Name
	}
	var missing []string
	a.metrics, missing = a.runs.chosen()
	for cell, settings := range a.runs.settings {
		c.Cells = append(c.Cells, a.cell(cell, settings))
	}
	a.judge()
	for _, assertion := range e.Assertions {
		c.Assertions = append(c.Assertions, a.assert(assertion.Text)...)
	}
	c.Methods = a.methods()
	c.Notes = a.notes(missing)
	return c
}

// analysis is one call of Analyse.
type analysis struct {
	experiment *scenarios.Experiment
	runs       *runTable
	estimator  *statistics.Estimator
	metrics    []metricInfo
	families   []*family // by cell
	test       testKind
	bounded    bool // a bound is known of some metric
}

func (a *analysis) cell(cell int, settings []scenarios.Setting) comparison.Cell {
	out := comparison.Cell{Settings: settingsOf(settings), Metrics: make([]comparison.Metric, len(a.metrics)),
		Inputs: a.runs.inputs(cell), Failures: a.runs.failures(cell)}
	f := &family{}
	a.families = append(a.families, f)
	for i, info := range a.metrics {
		m := &out.Metrics[i]
		*m = comparison.Metric{Name: info.name, Unit: info.unit, Better: info.better,
			Outcomes: []comparison.Outcome{}, Deltas: []comparison.Delta{}}
		for policy := range a.experiment.Policies {
			m.Outcomes = append(m.Outcomes, a.outcome(cell, policy, info.name))
			if policy != a.experiment.Baseline {
				m.Deltas = append(m.Deltas, comparison.Delta{})
			}
		}
		at := 0
		for policy := range a.experiment.Policies {
			if policy != a.experiment.Baseline {
				f.pairs = append(f.pairs, a.delta(&m.Deltas[at], info, cell, policy))
				at++
			}
		}
		m.Bound = a.bound(cell, info)
		a.bounded = a.bounded || m.Bound != nil
	}
	return out
}

func settingsOf(settings []scenarios.Setting) []comparison.Setting {
	out := []comparison.Setting{}
	for _, s := range settings {
		out = append(out, comparison.Setting{Axis: s.Axis, Value: s.Value})
	}
	return out
}

// outcome describes what one policy came to in the seeds that have a value.
func (a *analysis) outcome(cell, policy int, metric string) comparison.Outcome {
	o := comparison.Outcome{Policy: a.experiment.Policies[policy].Name, Values: make([]*float64, len(a.runs.seeds))}
	var values []float64
	for seed := range a.runs.seeds {
		if v, ok := a.runs.value(cell, policy, seed, metric); ok {
			o.Values[seed] = &v
			values = append(values, v)
		}
	}
	if o.N = len(values); o.N == 0 {
		return o
	}
	o.Mean, o.SD, o.Median = rounded(statistics.Mean(values)), rounded(statistics.SD(values)), rounded(statistics.Median(values))
	o.Min, o.Max = slices.Min(values), slices.Max(values)
	o.Interval = intervalOf(a.estimator.Interval(values))
	o.MedianInterval = intervalOf(a.estimator.QuantileInterval(values, 0.5))
	return o
}

// delta compares a policy to the baseline in the seeds that have both values, and
// fills in d but for p-values and verdict.
func (a *analysis) delta(d *comparison.Delta, info metricInfo, cell, policy int) *pairing {
	p := &pairing{delta: d, better: info.better, policy: policy, metric: info.name}
	var x, base []float64
	for seed := range a.runs.seeds {
		v, ok := a.runs.value(cell, policy, seed, info.name)
		b, also := a.runs.value(cell, a.experiment.Baseline, seed, info.name)
		if ok && also {
			x, base = append(x, v), append(base, b)
			p.differences = append(p.differences, v-b)
			p.seeds = append(p.seeds, seed)
		}
	}
	*d = comparison.Delta{Policy: a.experiment.Policies[policy].Name, N: len(x), WorstSeeds: p.worst(a.runs.seeds)}
	d.Wins, d.Losses = p.score()
	mean := statistics.Mean(p.differences)
	d.Mean = rounded(mean)
	d.Relative = numberOf(mean/max(statistics.Mean(base), -statistics.Mean(base)), len(x) > 0)
	d.T = intervalOf(a.estimator.Student(p.differences))
	d.Bootstrap = intervalOf(a.estimator.Bootstrap(p.differences))
	interval, ok := a.estimator.Interval(p.differences)
	d.Interval = intervalOf(interval, ok)
	p.excludesZero = ok && interval.Excludes(0)
	d.Effect = numberOf(statistics.HedgesG(p.differences))
	d.WidthRatio = numberOf(a.estimator.WidthRatio(x, base))
	return p
}

func intervalOf(i statistics.Interval, ok bool) *comparison.Interval {
	if !ok {
		return nil
	}
	return &comparison.Interval{Low: rounded(i.Low), High: rounded(i.High)}
}
