package kernel

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// survival returns the logarithm of the probability of a value above x, and
// the hazard rate there.
type survival interface {
	logSurvival(x float64) (log, hazard float64)
}

// quantileFrom finds where the survival of a law is 1-p, starting from a point
// at or below. For laws of decreasing hazard the logarithm of the survival is
// convex, so that Newton's steps from below never overshoot.
func quantileFrom[S survival](s S, start, p float64) float64 {
	wanted := math.Log1p(-p)
	x := start
	for range 100 {
		log, hazard := s.logSurvival(x)
		next := x + (log-wanted)/hazard
		if !(next > x*(1+1e-14)) || math.IsInf(next, 1) {
			break
		}
		x = next
	}
	return x
}

// hyperexponential is a mixture of exponential laws.
type hyperexponential []Branch // weights positive, together 1

func (h hyperexponential) Mean() float64 {
	mean := 0.0
	for _, b := range h {
		mean += float64(b.Weight * b.Mean)
	}
	return mean
}

func (h hyperexponential) Quantile(p float64) float64 {
	start := 0.0 // each branch alone survives no longer than all of them
	for _, b := range h {
		start = max(start, b.Mean*math.Log(b.Weight/(1-p)))
	}
	return quantileFrom(h, start, p)
}

func (h hyperexponential) logSurvival(x float64) (log, hazard float64) {
	survived, density := 0.0, 0.0
	for _, b := range h {
		part := b.Weight * math.Exp(-x/b.Mean)
		survived += float64(part)
		density += part / b.Mean
	}
	return math.Log(survived), density / survived
}

func hyperexponentialBranches(p *Parameters) (law, []ParameterError) {
	total := 0.0
	for _, b := range p.Branches {
		total += b.Weight
	}
	switch {
	case len(p.Branches) == 0:
		return nil, refuse("branches", "must not be empty")
	case total == 0 || math.IsInf(total, 1):
		return nil, refuse("branches", "weights must add up to a positive, finite number (got %v)", total)
	}
	var h hyperexponential
	for _, b := range p.Branches {
		if weight := b.Weight / total; weight > 0 {
			h = append(h, Branch{Weight: weight, Mean: b.Mean})
		}
	}
	return h, nil
}

// hyperexponentialMeanCV makes two branches that contribute alike to the mean
// ("balanced means": Whitt, Approximating a point process by a renewal process
// I, Operations Research 30, 1982, section 3).
func hyperexponentialMeanCV(p *Parameters) (law, []ParameterError) {
	if *p.CV < 1 {
		return nil, refuse("cv", "must be >= 1 for a hyperexponential law (got %s); gamma spreads less", number(*p.CV))
	}
	square := *p.CV * *p.CV
	root := math.Sqrt((square - 1) / (square + 1))
	rare := 1 / ((square + 1) * (1 + root))
	if !(rare > 0) {
		return nil, refuse("cv", "too large for floating point (got %s)", number(*p.CV))
	}
	half := *p.Mean / 2
	return hyperexponential{{1 - rare, half / (1 - rare)}, {rare, half / rare}}, nil
}

// decreasingGamma is the gamma law of shape < 1, where the series behind
// gonum's quantile takes tens of microseconds.
type decreasingGamma struct {
	shape, scale float64
	lead         float64 // Γ(shape+1): the law begins as x^shape / lead
}

func (g decreasingGamma) Mean() float64 { return g.shape * g.scale }

func (g decreasingGamma) Quantile(p float64) float64 {
	start := math.Pow(p*g.lead, 1/g.shape) // below, since e^-t < 1 within the integral
	if start < math.SmallestNonzeroFloat64*(1<<52) {
		return 0
	}
	return g.scale * quantileFrom(g, start, p)
}

func (g decreasingGamma) logSurvival(x float64) (log, hazard float64) {
	survived := mathext.GammaIncRegComp(g.shape, x)
	density := math.Exp(float64((g.shape-1)*math.Log(x))-x) * g.shape / g.lead
	return math.Log(survived), density / survived
}

func gammaOf(shape, scale float64) law {
	if shape < 1 {
		return decreasingGamma{shape: shape, scale: scale, lead: math.Gamma(shape + 1)}
	}
	return distuv.Gamma{Alpha: shape, Beta: 1 / scale}
}

func gammaShapeScale(p *Parameters) (law, []ParameterError) {
	return gammaChecked("shape", *p.Shape, *p.Scale)
}

func gammaMeanShape(p *Parameters) (law, []ParameterError) {
	return gammaChecked("shape", *p.Shape, *p.Mean / *p.Shape)
}

func gammaMeanCV(p *Parameters) (law, []ParameterError) {
	return gammaChecked("cv", 1/(*p.CV**p.CV), *p.Mean**p.CV**p.CV)
}

func gammaMeanStdDev(p *Parameters) (law, []ParameterError) {
	cv := *p.StdDev / *p.Mean
	return gammaChecked("stddev", 1/(cv*cv), *p.Mean*cv*cv)
}

// gammaChecked bounds the shape to what the incomplete gamma function computes
// to all digits that a millisecond needs.
func gammaChecked(parameter string, shape, scale float64) (law, []ParameterError) {
	const least, most = 1e-3, 1e6
	if !(shape >= least && shape <= most) {
		return nil, refuse(parameter, "makes a gamma law of shape %.3g; want a shape between %g and %g, which is a cv between %.3g and %.3g",
			shape, least, most, 1/math.Sqrt(most), 1/math.Sqrt(least))
	}
	return gammaOf(shape, scale), nil
}
