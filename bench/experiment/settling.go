package experiment

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports"
)

// clearly is how many standard deviations of the rest the very beginning of a run
// must lie away from it. A system that fills up from nothing does; one whose load
// comes and goes, day by day, does not.
const clearly = 2

// opening is how many samples are the very beginning: as many as MSER-5 looks at
// together.
const opening = 5

// settling returns how many seconds at the beginning of a run look like a warm-up, by
// MSER-5 over the time series: 0 if the beginning is like the rest, nil if the run
// never settles, has nothing to do in the end or is too short for an answer.
func settling(s *reports.Series) *float64 {
	load := loadOf(s)
	if len(load) < 2 {
		return nil
	}
	load = load[1:] // nothing can have started at the moment 0
	drop, ok := statistics.WarmUp(load)
	if !ok {
		return nil
	}
	rest := load[drop:]
	mean, seconds := statistics.Mean(rest), 0.0
	switch {
	case mean == 0:
		return nil
	case drop > 0 && math.Abs(statistics.Mean(load[:opening])-mean) > float64(clearly*statistics.SD(rest)):
		seconds = float64(s.Time[drop+1])
	}
	return &seconds
}

// loadOf returns how busy the cluster was at each sample: the utilisation of cpu, or
// the pods that ran where nobody requests any.
func loadOf(s *reports.Series) []float64 {
	for i := range s.Resources {
		r := &s.Resources[i]
		if r.Resource == "cpu" && slices.ContainsFunc(r.Requested, func(n int64) bool { return n > 0 }) {
			return r.Utilisation
		}
	}
	out := make([]float64, len(s.Running))
	for i, n := range s.Running {
		out[i] = float64(n)
	}
	return out
}

// settled returns the median over the runs of what looks like a warm-up, in seconds,
// and how many runs say so; 0 if runs do not agree that there is one.
func (a *analysis) settled() (seconds float64, runs int) {
	var values []float64
	a.runs.each(func(r *Result) {
		if r.Settled != nil {
			values = append(values, *r.Settled)
		}
	})
	if len(values) == 0 || 2*len(values) < a.runs.count {
		return 0, 0
	}
	return statistics.Median(values), len(values)
}

// warmUpNote suggests to leave the beginning of the runs out, where metrics hold one
// that looks like a warm-up.
func (a *analysis) warmUpNote() []string {
	seconds, runs := a.settled()
	if a.experiment.WarmUp > 0 || seconds == 0 {
		return nil
	}
	return []string{fmt.Sprintf("By MSER-5 the first %s or so of a run look like a warm-up (median over %s); --warm-up leaves it out.",
		reports.Duration(reports.Seconds(seconds)), reports.Plural(runs, "run"))}
}
