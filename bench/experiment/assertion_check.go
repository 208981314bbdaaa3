package experiment

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// assert evaluates an assertion in each cell. One that cannot be read fails.
func (a *analysis) assert(text string) []comparison.Assertion {
	var out []comparison.Assertion
	compiled, err := CompileAssertion(text, policyNames(a.experiment), MetricKinds(a.experiment))
	for cell, settings := range a.runs.settings {
		result := comparison.Assertion{Text: text, Settings: settingsOf(settings)}
		if err != nil {
			result.Message = err.Error()
		} else {
			compiled.check(&result, a.runs, cell, a.estimator, a.experiment.Confidence)
		}
		out = append(out, result)
	}
	return out
}

// check fills in how the assertion went in one cell.
func (a *PolicyAssertion) check(out *comparison.Assertion, runs *runTable, cell int, e *statistics.Estimator, confidence float64) {
	var left, right, differences []float64
	for seed := range runs.seeds {
		values, ok := a.values(runs, cell, seed)
		if !ok {
			continue
		}
		l, r := a.left.of(values), a.right.of(values)
		left, right, differences = append(left, l), append(right, r), append(differences, l-r)
	}
	if len(differences) == 0 {
		out.Got = "nothing was measured"
		out.Message = a.unmeasured(runs, cell)
		return
	}
	scale, interval, ok := a.show(out, left, right, e, confidence)
	if a.operator == "==" {
		unequal := slices.IndexFunc(differences, func(d float64) bool { return d != 0 })
		if out.Passed = unequal < 0; !out.Passed {
			out.Message = fmt.Sprintf("the sides differ, by %s in the first such seed", scale.Signed(differences[unequal]))
		}
		return
	}
	if !ok {
		out.Message = "one seed shows what happened, not what would happen again: run more seeds"
		return
	}
	opposite := false
	out.Passed, opposite = side(a.operator, interval)
	switch {
	case out.Passed:
	case opposite:
		out.Message = "the opposite holds"
	default:
		out.Message = "not shown: the interval of the difference reaches over 0; more seeds may tell"
	}
}

// side tells whether the whole interval of left minus right is on the side that
// an operator asks for, and whether it is on the other.
func side(operator string, i statistics.Interval) (right, wrong bool) {
	switch operator {
	case "<":
		return i.High < 0, i.Low >= 0
	case "<=":
		return i.High <= 0, i.Low > 0
	case ">":
		return i.Low > 0, i.High <= 0
	case ">=":
		return i.Low >= 0, i.High < 0
	}
	return i.Excludes(0), i == statistics.Interval{}
}

// show writes what was found: both sides and the interval of their difference.
func (a *PolicyAssertion) show(out *comparison.Assertion, left, right []float64, e *statistics.Estimator, confidence float64) (reports.Scale, statistics.Interval, bool) {
	differences := make([]float64, len(left))
	for i := range left {
		differences[i] = left[i] - right[i]
	}
	interval, ok := e.Interval(differences)
	l, r, d := statistics.Mean(left), statistics.Mean(right), statistics.Mean(differences)
	scale := reports.NewScale(a.unit, []float64{l, r}, []float64{d, interval.Width() / 2})
	out.Got = fmt.Sprintf("left %s, right %s, left - right %s", scale.Text(l), scale.Text(r), scale.Signed(d))
	if ok {
		out.Got += fmt.Sprintf(" (%s interval, two-sided, of %s: %s to %s)", reports.Percent(confidence),
			reports.Plural(len(left), "seed"), scale.Signed(interval.Low), scale.Signed(interval.High))
	}
	return scale, interval, ok
}

// values returns the metrics of one seed, if all have one.
func (a *PolicyAssertion) values(runs *runTable, cell, seed int) (values []float64, ok bool) {
	for _, m := range a.metrics {
		v, ok := runs.value(cell, m.policy, seed, m.metric)
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

// of returns the value of a side.
func (a linear) of(metrics []float64) float64 {
	sum := 0.0
	for _, t := range a.terms {
		sum += float64(t.factor * metrics[t.metric])
	}
	return sum + a.constant
}

// unmeasured says which metric has no value in any seed.
func (a *PolicyAssertion) unmeasured(runs *runTable, cell int) string {
	for _, m := range a.metrics {
		found := false
		for seed := range runs.seeds {
			_, ok := runs.value(cell, m.policy, seed, m.metric)
			found = found || ok
		}
		if !found {
			return fmt.Sprintf("%s of policy %s has no value in any seed", m.metric, runs.experiment.Policies[m.policy].Name)
		}
	}
	return "no seed has a value of every metric in it"
}
