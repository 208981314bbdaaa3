package kernel

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// z95 is the 95th percentile of the standard normal law.
const z95 = 1.6448536269514722

type constant float64

func (c constant) Quantile(float64) float64 { return float64(c) }
func (c constant) Mean() float64            { return float64(c) }

func buildConstant(p *Parameters) (law, []ParameterError) { return constant(*p.Value), nil }

func buildUniform(p *Parameters) (law, []ParameterError) {
	if *p.Max <= *p.Min {
		return nil, refuse("max", "must be > min (got %s; min is %s)", number(*p.Max), number(*p.Min))
	}
	return distuv.Uniform{Min: *p.Min, Max: *p.Max}, nil
}

func exponentialMean(p *Parameters) (law, []ParameterError) {
	return distuv.Exponential{Rate: 1 / *p.Mean}, nil
}

func exponentialRate(p *Parameters) (law, []ParameterError) {
	return distuv.Exponential{Rate: *p.Rate}, nil
}

func exponentialMedian(p *Parameters) (law, []ParameterError) {
	return distuv.Exponential{Rate: math.Ln2 / *p.Median}, nil
}

func lognormalMuSigma(p *Parameters) (law, []ParameterError) {
	return distuv.LogNormal{Mu: *p.Mu, Sigma: *p.Sigma}, nil
}

func lognormalMedianP95(p *Parameters) (law, []ParameterError) {
	if problems := p95AboveMedian(p); problems != nil {
		return nil, problems
	}
	return distuv.LogNormal{Mu: math.Log(*p.Median), Sigma: math.Log(*p.P95 / *p.Median) / z95}, nil
}

func lognormalMeanCV(p *Parameters) (law, []ParameterError) {
	return lognormalOf(*p.Mean, *p.CV), nil
}

func lognormalMeanStdDev(p *Parameters) (law, []ParameterError) {
	return lognormalOf(*p.Mean, *p.StdDev / *p.Mean), nil
}

func lognormalOf(mean, cv float64) law {
	variance := math.Log1p(cv * cv)
	return distuv.LogNormal{Mu: math.Log(mean) - variance/2, Sigma: math.Sqrt(variance)}
}

// lognormalMeanP95 takes, of the two log-normal laws with this mean and 95th
// percentile, the one that spreads less: σ²/2 - z95 σ + ln(p95/mean) = 0.
func lognormalMeanP95(p *Parameters) (law, []ParameterError) {
	most := math.Exp(z95 * z95 / 2)
	ratio := *p.P95 / *p.Mean
	if ratio <= 1 || ratio > most {
		return nil, refuse("p95", "must lie between mean and %.2f x mean for a log-normal law (got %s; mean is %s)",
			most, number(*p.P95), number(*p.Mean))
	}
	sigma := z95 - math.Sqrt(float64(z95*z95)-2*math.Log(ratio))
	return distuv.LogNormal{Mu: math.Log(*p.Mean) - float64(sigma*sigma)/2, Sigma: sigma}, nil
}

func weibullShapeScale(p *Parameters) (law, []ParameterError) {
	return distuv.Weibull{K: *p.Shape, Lambda: *p.Scale}, nil
}

func weibullShapeMean(p *Parameters) (law, []ParameterError) {
	return distuv.Weibull{K: *p.Shape, Lambda: *p.Mean / math.Gamma(1 + 1 / *p.Shape)}, nil
}

func weibullMedianP95(p *Parameters) (law, []ParameterError) {
	if problems := p95AboveMedian(p); problems != nil {
		return nil, problems
	}
	shape := math.Log(math.Log(20)/math.Ln2) / math.Log(*p.P95 / *p.Median)
	return distuv.Weibull{K: shape, Lambda: *p.Median / math.Pow(math.Ln2, 1/shape)}, nil
}

func paretoShapeMin(p *Parameters) (law, []ParameterError) {
	if *p.Min == 0 {
		return nil, refuse("min", "must be > 0 for a Pareto law (got 0)")
	}
	return distuv.Pareto{Alpha: *p.Shape, Xm: *p.Min}, nil
}

func paretoShapeScale(p *Parameters) (law, []ParameterError) {
	return distuv.Pareto{Alpha: *p.Shape, Xm: *p.Scale}, nil
}

func paretoShapeMean(p *Parameters) (law, []ParameterError) {
	if *p.Shape <= 1 {
		return nil, refuse("shape", "must be > 1, since a Pareto law of shape <= 1 has no finite mean (got %s); give shape and min",
			number(*p.Shape))
	}
	return distuv.Pareto{Alpha: *p.Shape, Xm: *p.Mean * (1 - 1 / *p.Shape)}, nil
}

func paretoMedianP95(p *Parameters) (law, []ParameterError) {
	if problems := p95AboveMedian(p); problems != nil {
		return nil, problems
	}
	shape := math.Ln10 / math.Log(*p.P95 / *p.Median)
	return distuv.Pareto{Alpha: shape, Xm: *p.Median / math.Pow(2, 1/shape)}, nil
}

func p95AboveMedian(p *Parameters) []ParameterError {
	if *p.P95 > *p.Median {
		return nil
	}
	return refuse("p95", "must be > median (got %s; median is %s)", number(*p.P95), number(*p.Median))
}

// refuse returns the one problem of one parameter.
func refuse(parameter, format string, args ...any) []ParameterError {
	return []ParameterError{{parameter, fmt.Sprintf(format, args...)}}
}
