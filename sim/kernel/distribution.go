package kernel

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Distribution is a law of numbers that are not negative: seconds, sizes,
// exit codes.
type Distribution interface {
	// Draw takes one number from src and returns the value that it stands
	// for. It does not allocate.
	Draw(src Source) float64
	// Mean returns the mean, +Inf for a Pareto law of shape 1 or less.
	Mean() float64
	// String returns the law as it was given: lognormal{median: 30, p95: 120}.
	String() string
}

// Duration draws a duration from a law of seconds, rounded to whole
// milliseconds and held within [0, 292 years]. Floating point differs in its
// last bit between builds; rounding keeps that out of a run.
func Duration(d Distribution, src Source) time.Duration { return Seconds(d.Draw(src)) }

// Fixed returns the duration that a law of seconds always yields, and whether it is
// such a law: then nobody has to look for a stream.
func Fixed(d Distribution) (time.Duration, bool) {
	of, ok := d.(distribution)
	if !ok {
		return 0, false
	}
	value, ok := of.law.(constant)
	return Seconds(float64(value)), ok
}

// Seconds returns s seconds as a duration, rounded and held as by Duration.
func Seconds(s float64) time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	ms := math.Round(s * 1000)
	if !(ms > 0) {
		return 0
	}
	if ms >= float64(most) {
		return time.Duration(most) * time.Millisecond
	}
	return time.Duration(ms) * time.Millisecond
}

// Count draws a whole number: the nearest one, halves upwards, held within
// [0, 2⁶³-1].
func Count(d Distribution, src Source) int64 {
	n := math.Round(d.Draw(src))
	if !(n > 0) {
		return 0
	}
	if n >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(n)
}

// Constant returns the law that always gives value. It panics unless value is
// finite and not negative; values of users go through NewDistribution.
func Constant(value float64) Distribution {
	d, problems := NewDistribution(Parameters{Type: "constant", Value: &value})
	if len(problems) > 0 {
		panic(fmt.Sprintf("kernel: constant %v", problems[0]))
	}
	return d
}

// law is what a type of distribution knows. The laws of gonum's distuv fit as
// they are; their own random generation is never used, so that their Src may
// stay nil.
type law interface {
	// Quantile returns the value with probability p, in (0, 1), below it.
	Quantile(p float64) float64
	Mean() float64
}

// distribution draws from a law by inversion. One uniform number a draw keeps
// paired runs in step (a longer median makes every draw longer instead of
// another), and without a rejection loop no last bit decides what comes next.
type distribution struct {
	law
	given string
}

func (d distribution) Draw(src Source) float64 { return d.Quantile(Uniform(src)) }

func (d distribution) String() string { return d.given }

// NewDistribution returns the distribution that p describes, or everything
// that is wrong with p.
func NewDistribution(p Parameters) (Distribution, []ParameterError) {
	t, problem := findType(p.Type)
	if problem != nil {
		return nil, append([]ParameterError{*problem}, checkRanges(&p)...)
	}
	problems := checkRanges(&p)
	chosen, wrong := t.choose(&p)
	problems = append(problems, wrong...)
	if len(problems) > 0 {
		return nil, problems
	}
	made, problems := chosen.build(&p)
	if len(problems) > 0 {
		return nil, problems
	}
	if !representable(made, t.heavy) {
		return nil, []ParameterError{{
			Parameter: chosen.parameters[0],
			Problem:   "these parameters lie beyond what floating point can hold: " + p.describe(),
		}}
	}
	return distribution{law: made, given: p.describe()}, nil
}

// representable reports whether the mean and the extreme draws of a law are
// numbers, not negative; those of a heavy law may overflow.
func representable(l law, heavy bool) bool {
	if math.IsInf(l.Mean(), 1) && !heavy {
		return false
	}
	for _, x := range [...]float64{l.Mean(), l.Quantile(0x1p-53), l.Quantile(1 - 0x1p-53)} {
		if !(x >= 0) {
			return false
		}
	}
	return true
}

// describe writes p as in a scenario, on one line.
func (p *Parameters) describe() string {
	var b strings.Builder
	b.WriteString(p.Type + "{")
	for i, name := range p.given() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + ": " + findParameter(name).show(p))
	}
	b.WriteString("}")
	return b.String()
}
