package experiment

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// narrowEnough applies the stopping rule of a sequential experiment to its results
// so far: in every cell, half of the interval of the metric's difference to the
// baseline is at most as wide as wanted, for every policy. Without other policies
// it is the interval of the metric itself. why says how it stands.
func narrowEnough(e *scenarios.Experiment, results []Result) (enough bool, why string) {
	var seeds []uint64
	for i := range results {
		seeds = append(seeds, results[i].Seed)
	}
	slices.Sort(seeds)
	t := newRunTable(e, slices.Compact(seeds), results)
	estimator := statistics.NewEstimator(e.Confidence)
	enough = true
	widest, wanted, wide := -1.0, 0.0, ""
	for cell := range t.settings {
		for policy, p := range e.Policies {
			if policy == e.Baseline && len(e.Policies) > 1 {
				continue
			}
			differences, base := t.forWidth(cell, policy)
			target := e.Until.HalfWidth
			if e.Until.Relative {
				target = float64(target * math.Abs(statistics.Mean(base)))
			}
			i, ok := estimator.Interval(differences)
			if !ok {
				return false, fmt.Sprintf("%s of policy %s was measured in %d seeds, too few for an interval", e.Until.Metric, p.Name, len(differences))
			}
			enough = enough && estimator.Enough(differences, target, min(firstSeeds, e.Until.AtMost))
			if over := i.Width()/2 - target; wide == "" || over > widest {
				widest, wanted, wide = over, target, p.Name
			}
		}
	}
	return enough, t.howWide(enough, widest+wanted, wanted, wide)
}

// forWidth returns the differences of the metric to the baseline, and the
// baseline's values; of the baseline itself its values twice.
func (t *runTable) forWidth(cell, policy int) (differences, base []float64) {
	e := t.experiment
	for seed := range t.seeds {
		v, ok := t.value(cell, policy, seed, e.Until.Metric)
		b, also := t.value(cell, e.Baseline, seed, e.Until.Metric)
		if !ok || !also {
			continue
		}
		base = append(base, b)
		if policy != e.Baseline {
			v -= b
		}
		differences = append(differences, v)
	}
	return differences, base
}

func (t *runTable) howWide(enough bool, half, wanted float64, policy string) string {
	unit := ""
	t.each(func(r *Result) {
		for _, m := range r.Measures {
			if m.Name == t.experiment.Until.Metric {
				unit = m.Unit
			}
		}
	})
	scale := reports.NewScale(unit, []float64{half, wanted}, []float64{half, wanted})
	metric, confidence := t.experiment.Until.Metric, reports.Percent(t.experiment.Confidence)
	if enough {
		return fmt.Sprintf("%s is known to ±%s or better for every policy (%s confidence; wanted: ±%s)",
			metric, scale.Text(half), confidence, scale.Text(wanted))
	}
	return fmt.Sprintf("%s of policy %s is known to ±%s only (%s confidence; wanted: ±%s)",
		metric, policy, scale.Text(half), confidence, scale.Text(wanted))
}
