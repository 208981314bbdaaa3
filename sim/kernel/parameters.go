package kernel

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Parameters describes a distribution as a scenario gives it. Durations are in
// seconds. What is nil or empty was not given.
type Parameters struct {
	Type string // a name among Types

	Value, Mean, Median, P95, StdDev, CV *float64
	Min, Max, Shape, Scale               *float64
	Mu, Sigma, Rate                      *float64

	Values, Weights, Samples []float64
	Branches                 []Branch
	Interpolate              bool
}

// Branch is one phase of a hyperexponential law.
type Branch struct {
	Weight float64 // relative to the other branches
	Mean   float64 // of the exponential law of this branch
}

// ParameterError says what is wrong with one parameter.
type ParameterError struct {
	Parameter string // its name, or "type" when no single parameter is to blame
	Problem   string // what is wrong, and what is wanted
}

// Error returns "parameter: problem".
func (e ParameterError) Error() string { return e.Parameter + ": " + e.Problem }

// Unit says what a parameter is measured in.
type Unit uint8

const (
	// Drawn is the unit of what is drawn: a duration, where durations are drawn.
	Drawn Unit = iota
	// PerDrawn is its reciprocal: events a second.
	PerDrawn
	// Pure is a number without unit.
	Pure
)

// ParameterHelp describes a parameter.
type ParameterHelp struct {
	Name string
	Help string
	Unit Unit
	List bool // several numbers (or branches) instead of one
}

// KnownParameters returns the parameters of all types.
func KnownParameters() []ParameterHelp {
	help := make([]ParameterHelp, len(parameters))
	for i, p := range parameters {
		help[i] = p.ParameterHelp
	}
	return help
}

// SetNumber gives the parameter called name the value x. It returns false when
// no parameter that takes one number has this name.
func (p *Parameters) SetNumber(name string, x float64) bool {
	if known := findParameter(name); known != nil && known.number != nil {
		*known.number(p) = &x
		return true
	}
	return false
}

// SetNumbers gives the parameter called name the values xs. It returns false
// when no parameter that takes a list of numbers has this name.
func (p *Parameters) SetNumbers(name string, xs []float64) bool {
	if known := findParameter(name); known != nil && known.numbers != nil {
		*known.numbers(p) = xs
		return true
	}
	return false
}

// bound is the least value of a parameter.
type bound uint8

const (
	anyFinite bound = iota
	notNegative
	positive
)

// parameter is one line of the table: its description, what it may be, and
// where Parameters keeps it (one of number and numbers, or neither).
type parameter struct {
	ParameterHelp
	bound   bound
	number  func(*Parameters) **float64
	numbers func(*Parameters) *[]float64
}

var parameters = []parameter{
	{ParameterHelp{"value", "the one value drawn", Drawn, false}, notNegative,
		func(p *Parameters) **float64 { return &p.Value }, nil},
	{ParameterHelp{"mean", "mean", Drawn, false}, positive,
		func(p *Parameters) **float64 { return &p.Mean }, nil},
	{ParameterHelp{"median", "half of the draws lie below", Drawn, false}, positive,
		func(p *Parameters) **float64 { return &p.Median }, nil},
	{ParameterHelp{"p95", "95 of 100 draws lie below", Drawn, false}, positive,
		func(p *Parameters) **float64 { return &p.P95 }, nil},
	{ParameterHelp{"stddev", "standard deviation", Drawn, false}, positive,
		func(p *Parameters) **float64 { return &p.StdDev }, nil},
	{ParameterHelp{"cv", "coefficient of variation: standard deviation / mean", Pure, false}, positive,
		func(p *Parameters) **float64 { return &p.CV }, nil},
	{ParameterHelp{"min", "least value", Drawn, false}, notNegative,
		func(p *Parameters) **float64 { return &p.Min }, nil},
	{ParameterHelp{"max", "greatest value", Drawn, false}, notNegative,
		func(p *Parameters) **float64 { return &p.Max }, nil},
	{ParameterHelp{"shape", "shape: k of gamma and weibull, tail index of pareto", Pure, false}, positive,
		func(p *Parameters) **float64 { return &p.Shape }, nil},
	{ParameterHelp{"scale", "scale", Drawn, false}, positive,
		func(p *Parameters) **float64 { return &p.Scale }, nil},
	{ParameterHelp{"mu", "mean of the natural logarithm", Pure, false}, anyFinite,
		func(p *Parameters) **float64 { return &p.Mu }, nil},
	{ParameterHelp{"sigma", "standard deviation of the natural logarithm", Pure, false}, positive,
		func(p *Parameters) **float64 { return &p.Sigma }, nil},
	{ParameterHelp{"rate", "events in a unit of time: 1 / mean", PerDrawn, false}, positive,
		func(p *Parameters) **float64 { return &p.Rate }, nil},
	{ParameterHelp{"values", "the values drawn", Drawn, true}, notNegative,
		nil, func(p *Parameters) *[]float64 { return &p.Values }},
	{ParameterHelp{"weights", "how likely each value is, relative to the others", Pure, true}, notNegative,
		nil, func(p *Parameters) *[]float64 { return &p.Weights }},
	{ParameterHelp{"samples", "measured values", Drawn, true}, notNegative,
		nil, func(p *Parameters) *[]float64 { return &p.Samples }},
	{ParameterHelp{"branches", "phases, each a weight and a mean", Drawn, true}, positive, nil, nil},
	{ParameterHelp{"interpolate", "draw between neighbouring samples too", Pure, false}, anyFinite, nil, nil},
}

func findParameter(name string) *parameter {
	for i := range parameters {
		if parameters[i].Name == name {
			return &parameters[i]
		}
	}
	return nil
}

// isGiven reports whether p gives the parameter.
func (known *parameter) isGiven(p *Parameters) bool {
	switch {
	case known.number != nil:
		return *known.number(p) != nil
	case known.numbers != nil:
		return *known.numbers(p) != nil
	case known.Name == "branches":
		return p.Branches != nil
	default:
		return p.Interpolate
	}
}

// given returns the names of the parameters that p gives, in table order.
func (p *Parameters) given() []string {
	var names []string
	for i := range parameters {
		if parameters[i].isGiven(p) {
			names = append(names, parameters[i].Name)
		}
	}
	return names
}

// checkRanges checks every number given by itself.
func checkRanges(p *Parameters) []ParameterError {
	var problems []ParameterError
	check := func(name string, b bound, x float64) {
		if problem := b.check(x); problem != "" {
			problems = append(problems, ParameterError{name, problem})
		}
	}
	for i := range parameters {
		known := &parameters[i]
		switch {
		case !known.isGiven(p):
		case known.number != nil:
			check(known.Name, known.bound, **known.number(p))
		case known.numbers != nil:
			for i, x := range *known.numbers(p) {
				check(fmt.Sprintf("%s[%d]", known.Name, i), known.bound, x)
			}
		case known.Name == "branches":
			for i, branch := range p.Branches {
				check(fmt.Sprintf("branches[%d].weight", i), notNegative, branch.Weight)
				check(fmt.Sprintf("branches[%d].mean", i), known.bound, branch.Mean)
			}
		}
	}
	return problems
}

// check returns what is wrong with x, or nothing.
func (b bound) check(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return fmt.Sprintf("must be finite (got %v)", x)
	case b == positive && x <= 0:
		return fmt.Sprintf("must be > 0 (got %s)", number(x))
	case b == notNegative && x < 0:
		return fmt.Sprintf("must be >= 0 (got %s)", number(x))
	default:
		return ""
	}
}

// show writes the value that p gives; long lists are cut.
func (known *parameter) show(p *Parameters) string {
	switch {
	case known.number != nil:
		return number(**known.number(p))
	case known.numbers != nil:
		return list(*known.numbers(p), number)
	case known.Name == "branches":
		return list(p.Branches, func(b Branch) string {
			return "{weight: " + number(b.Weight) + ", mean: " + number(b.Mean) + "}"
		})
	default:
		return strconv.FormatBool(p.Interpolate)
	}
}

func list[T any](items []T, show func(T) string) string {
	const shown = 8
	texts := make([]string, 0, shown+1)
	for i, item := range items {
		if i == shown {
			texts = append(texts, fmt.Sprintf("… %d in all", len(items)))
			break
		}
		texts = append(texts, show(item))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
