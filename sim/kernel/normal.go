package kernel

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// truncatedNormal is the normal law of location mu and spread sigma on
// condition that it is not negative.
type truncatedNormal struct {
	mu, sigma float64
	kept      float64 // probability that the uncut law is not negative
	mean      float64 // of the cut law
}

func (t truncatedNormal) Mean() float64 { return t.mean }

func (t truncatedNormal) Quantile(p float64) float64 {
	z := distuv.UnitNormal.Quantile(float64((1 - p) * t.kept))
	return max(0, t.mu-float64(t.sigma*z))
}

// leastCut bounds mu/sigma from below: further down the cut law is an
// exponential one to three digits, and the tail of the normal law runs out of
// floating-point numbers.
const leastCut = -30

// mostCut bounds mu/sigma from above, where no digit of the law is left to cut.
const mostCut = 1e9

// cutMoments returns mean and coefficient of variation of a normal law with
// mu = a and sigma = 1 cut off at 0 (Johnson, Kotz and Balakrishnan: Continuous
// Univariate Distributions, volume 1, section 13.10.1).
func cutMoments(a float64) (mean, cv float64) {
	hazard := distuv.UnitNormal.Prob(a) / distuv.UnitNormal.CDF(a)
	mean = a + hazard
	return mean, math.Sqrt(max(0, 1-float64(hazard*mean))) / mean
}

// cutQuantile returns a quantile of the law of cutMoments.
func cutQuantile(a, p float64) float64 {
	return a - distuv.UnitNormal.Quantile((1-p)*distuv.UnitNormal.CDF(a))
}

// truncatedNormalOf returns the cut law with mu/sigma = a and spread sigma.
func truncatedNormalOf(a, sigma float64) law {
	mean, _ := cutMoments(a)
	return truncatedNormal{mu: a * sigma, sigma: sigma, kept: distuv.UnitNormal.CDF(a), mean: mean * sigma}
}

func normalMeanStdDev(p *Parameters) (law, []ParameterError) {
	return normalOf(*p.Mean, *p.StdDev / *p.Mean, "stddev", "must be < %.3f x mean", *p.Mean)
}

func normalMeanCV(p *Parameters) (law, []ParameterError) {
	return normalOf(*p.Mean, *p.CV, "cv", "must be < %.3f", 1)
}

// normalOf finds the cut law with this mean and coefficient of variation.
// scale turns the latter into the parameter that gave it.
func normalOf(mean, cv float64, parameter, wanted string, scale float64) (law, []ParameterError) {
	_, most := cutMoments(leastCut)
	if cv >= most {
		return nil, refuse(parameter, wanted+" for a normal law cut off at 0 (got %s); gamma and lognormal spread more",
			most, number(cv*scale))
	}
	a := 1 / cv
	if a < 8 { // beyond, what is cut off is less than the last digit
		a = bisect(func(a float64) bool { _, got := cutMoments(a); return got > cv }, leastCut, 8)
	}
	a = min(a, mostCut)
	unit, _ := cutMoments(a)
	return truncatedNormalOf(a, mean/unit), nil
}

// normalMedianP95 finds the cut law with this median and 95th percentile.
func normalMedianP95(p *Parameters) (law, []ParameterError) {
	if problems := p95AboveMedian(p); problems != nil {
		return nil, problems
	}
	ratio := func(a float64) float64 { return cutQuantile(a, 0.95) / cutQuantile(a, 0.5) }
	wanted := *p.P95 / *p.Median
	if most := ratio(leastCut); wanted >= most {
		return nil, refuse("p95", "must be < %.2f x median for a normal law cut off at 0 (got %s; median is %s); gamma and lognormal spread more",
			most, number(*p.P95), number(*p.Median))
	}
	a := min(z95/(wanted-1), mostCut)
	if a < 8 {
		a = bisect(func(a float64) bool { return ratio(a) > wanted }, leastCut, 8)
	}
	return truncatedNormalOf(a, *p.Median/cutQuantile(a, 0.5)), nil
}

// bisect returns where below turns from true to false between low and high.
func bisect(below func(float64) bool, low, high float64) float64 {
	for range 100 {
		middle := low + (high-low)/2
		if below(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low + (high-low)/2
}
