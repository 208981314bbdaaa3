package headroom

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/podsim/podsim/bench/statistics"
	"github.com/podsim/podsim/reports/capacity"
)

// Observation is the demand at a moment, in any unit.
type Observation struct {
	At     time.Time
	Demand float64
}

// fit is a law through observations, by least squares: a line through the demand or
// through its logarithm. Its times are seconds from the last observation, which is now.
type fit struct {
	line        statistics.Line
	exponential bool
	observed    []Observation
	// linearFit and exponentialFit are how well each fits: the share of the variance of
	// the demand that it explains; nil for a law that is not possible.
	linearFit, exponentialFit *float64
}

// FitGrowth fits a law to what was observed. It takes the line or the exponential,
// whichever makes the observations likelier: errors about the line are normal, those
// about the exponential lognormal.
func FitGrowth(name string, observed []Observation) (*Growth, error) {
	observed = slices.Clone(observed)
	slices.SortStableFunc(observed, func(a, b Observation) int { return a.At.Compare(b.At) })
	if len(observed) < 3 {
		return nil, fmt.Errorf("%s: got %d observations; want 3 or more to fit a law of growth", name, len(observed))
	}
	var x, y, logs []float64
	now := observed[len(observed)-1].At
	positive := true
	for _, o := range observed {
		x, y = append(x, o.At.Sub(now).Seconds()), append(y, o.Demand)
		positive = positive && o.Demand > 0
		logs = append(logs, math.Log(o.Demand))
	}
	line, ok := statistics.FitLine(x, y)
	if !ok {
		return nil, fmt.Errorf("%s: all observations are of one moment; want different dates", name)
	}
	f := &fit{line: line, observed: observed, linearFit: explained(y, func(i int) float64 { return line.At(x[i]) })}
	if positive {
		if bent, ok := statistics.FitLine(x, logs); ok {
			f.exponentialFit = explained(y, func(i int) float64 { return math.Exp(bent.At(x[i])) })
			f.exponential = likelier(&bent, &line, y, logs)
			if f.exponential {
				f.line = bent
			}
		}
	}
	if f.at(0) <= 0 {
		return nil, fmt.Errorf("%s: the fitted demand is %g at %s; want more than 0", name, f.at(0), now.Format(time.DateOnly))
	}
	return &Growth{text: name, fit: f}, nil
}

// likelier compares the greatest likelihood of the observations under a lognormal error
// about an exponential with that under a normal error about a line: both have three
// parameters, so neither is preferred for having more.
func likelier(bent, line *statistics.Line, y, logs []float64) bool {
	n, sumLogs, square := float64(len(y)), 0.0, 0.0
	for i := range y {
		sumLogs += logs[i]
		square += float64(y[i] * y[i])
	}
	// What is exact but for rounding is exact.
	tiny := 1e-20 * (1 + square)
	if line.Residual <= tiny {
		return false
	}
	if bent.Residual <= 1e-20*n {
		return true
	}
	return float64(n*math.Log(bent.Residual))+2*sumLogs < float64(n*math.Log(line.Residual))
}

// explained is the share of the variance of y that a law explains; nil if there is none
// to explain.
func explained(y []float64, law func(i int) float64) *float64 {
	mean, all, left := statistics.Mean(y), 0.0, 0.0
	for i := range y {
		d, e := y[i]-mean, y[i]-law(i)
		all += float64(d * d)
		left += float64(e * e)
	}
	if all == 0 {
		return nil
	}
	share := 1 - left/all
	return &share
}

// at is the expected demand.
func (f *fit) at(seconds float64) float64 {
	if f.exponential {
		return math.Exp(f.line.At(seconds))
	}
	return f.line.At(seconds)
}

// horizon bounds how far a fit is followed: a hundred years.
const horizon = 100 * 365.25 * 24 * 3600

// when tells when the demand is expected to be so many times what the law says of now.
func (f *fit) when(times float64) float64 { return firstReach(f.at(0)*times, f.at) }

// between is the interval of prediction about when: from when a single day may ask for so
// much, until each does.
func (f *fit) between(times, confidence float64) (low, high float64) {
	predict := f.line.Prediction(confidence)
	bend := func(height float64) float64 {
		if f.exponential {
			return math.Exp(height)
		}
		return height
	}
	wanted := f.at(0) * times
	return firstReach(wanted, func(s float64) float64 { return bend(predict(s).High) }),
		firstReach(wanted, func(s float64) float64 { return bend(predict(s).Low) })
}

// firstReach finds when a curve first comes up to a height, by steps that grow and then
// by halving; infinite if it does not within the horizon. Bounds of predictions bend, but
// only once, so that none comes up between two steps and goes down again.
func firstReach(height float64, curve func(float64) float64) float64 {
	// Rounding must not make a demand that is reached seem to be missed.
	reached := func(s float64) bool { return curve(s) >= height-1e-12*math.Abs(height) }
	if reached(0) {
		return 0
	}
	low, high := 0.0, 1.0
	for !reached(high) {
		if high > horizon {
			return math.Inf(1)
		}
		low, high = high, high*1.25
	}
	for range 100 {
		middle := low + (high-low)/2
		if reached(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

func (f *fit) describe() *capacity.GrowthFit {
	first, last := f.observed[0], f.observed[len(f.observed)-1]
	out := &capacity.GrowthFit{Observations: len(f.observed), From: first.At.Format(time.RFC3339), To: last.At.Format(time.RFC3339),
		Now: f.at(0), Linear: f.linearFit, Exponential: f.exponentialFit}
	week := (7 * day).Seconds()
	if f.exponential {
		out.PerWeek = math.Expm1(float64(f.line.Slope * week))
	} else {
		out.PerWeek = float64(f.line.Slope * week)
	}
	return out
}
