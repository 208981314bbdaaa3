package kernel

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// TypeHelp describes a type of distribution.
type TypeHelp struct {
	Name     string
	Help     string
	Accepts  [][]string // each a complete set of parameters
	Optional []string   // may go with any of them
}

// Types returns the types of distribution in the order of the documentation.
func Types() []TypeHelp {
	help := make([]TypeHelp, len(types))
	for i, t := range types {
		help[i] = TypeHelp{Name: t.name, Help: t.help, Optional: t.optional}
		for _, f := range t.forms {
			help[i].Accepts = append(help[i].Accepts, f.parameters)
		}
	}
	return help
}

// lawType is a line of the table that constructor, help and schema share.
type lawType struct {
	name     string
	help     string
	forms    []form
	optional []string
	heavy    bool // the mean may be infinite
}

// form is one way to give a law. build may rely on its parameters being given
// and each within its own range.
type form struct {
	parameters []string
	build      func(*Parameters) (law, []ParameterError)
}

var types = []lawType{
	{name: "constant", help: "always the same value", forms: []form{
		{[]string{"value"}, buildConstant}}},
	{name: "uniform", help: "every value between min and max alike", forms: []form{
		{[]string{"min", "max"}, buildUniform}}},
	{name: "exponential", help: "time between independent events; no memory", forms: []form{
		{[]string{"mean"}, exponentialMean},
		{[]string{"rate"}, exponentialRate},
		{[]string{"median"}, exponentialMedian}}},
	{name: "lognormal", help: "many small causes multiplied: run times, pull times", forms: []form{
		{[]string{"median", "p95"}, lognormalMedianP95},
		{[]string{"mean", "cv"}, lognormalMeanCV},
		{[]string{"mean", "stddev"}, lognormalMeanStdDev},
		{[]string{"mean", "p95"}, lognormalMeanP95},
		{[]string{"mu", "sigma"}, lognormalMuSigma}}},
	{name: "normal", help: "many small causes added, cut off at 0; the parameters are those after the cut", forms: []form{
		{[]string{"mean", "stddev"}, normalMeanStdDev},
		{[]string{"mean", "cv"}, normalMeanCV},
		{[]string{"median", "p95"}, normalMedianP95}}},
	{name: "gamma", help: "several exponential stages one after the other", forms: []form{
		{[]string{"mean", "cv"}, gammaMeanCV},
		{[]string{"mean", "stddev"}, gammaMeanStdDev},
		{[]string{"mean", "shape"}, gammaMeanShape},
		{[]string{"shape", "scale"}, gammaShapeScale}}},
	{name: "weibull", help: "time to failure: shape < 1 early deaths, > 1 wear", forms: []form{
		{[]string{"shape", "scale"}, weibullShapeScale},
		{[]string{"shape", "mean"}, weibullShapeMean},
		{[]string{"median", "p95"}, weibullMedianP95}}},
	{name: "pareto", help: "heavy tail: few values make most of the sum; mean infinite for shape <= 1", heavy: true, forms: []form{
		{[]string{"shape", "min"}, paretoShapeMin},
		{[]string{"shape", "scale"}, paretoShapeScale},
		{[]string{"shape", "mean"}, paretoShapeMean},
		{[]string{"median", "p95"}, paretoMedianP95}}},
	{name: "hyperexponential", help: "one of several exponential laws, chosen by weight: short and long jobs", forms: []form{
		{[]string{"branches"}, hyperexponentialBranches},
		{[]string{"mean", "cv"}, hyperexponentialMeanCV}}},
	{name: "discrete", help: "one of the values, by weight: exit codes, batch sizes", forms: []form{
		{[]string{"values", "weights"}, discreteWeighted},
		{[]string{"values"}, discreteEqual}}},
	{name: "empirical", help: "as measured: one of the samples", optional: []string{"interpolate"}, forms: []form{
		{[]string{"samples"}, buildEmpirical}}},
}

// choose returns the form that p gives completely, or what keeps p from being
// one.
func (t *lawType) choose(p *Parameters) (form, []ParameterError) {
	var problems []ParameterError
	blame := func(parameter, format string, args ...any) {
		problems = append(problems, ParameterError{parameter, fmt.Sprintf(format, args...)})
	}
	var own []string
	for _, name := range p.given() {
		switch {
		case slices.Contains(t.optional, name):
		case t.takes(name):
			own = append(own, name)
		default:
			blame(name, "does not belong to %s, which takes %s", t.name, t.accepted())
		}
	}
	if len(own) == 0 {
		blame("type", "%s needs parameters; it takes %s", t.name, t.accepted())
		return form{}, problems
	}
	f := t.nearest(own)
	missing, surplus := without(f.parameters, own), without(own, f.parameters)
	for _, name := range missing {
		blame(name, "missing; %s takes %s", t.name, t.accepted())
	}
	for _, name := range surplus {
		blame(name, "contradicts %s; %s takes %s", strings.Join(f.parameters, " and "), t.name, t.accepted())
	}
	return f, problems
}

// nearest returns the form that differs least from the parameters given:
// fewest missing, then fewest left over, then the first.
func (t *lawType) nearest(own []string) form {
	return slices.MinFunc(t.forms, func(x, y form) int {
		return cmp.Or(
			cmp.Compare(len(without(x.parameters, own)), len(without(y.parameters, own))),
			cmp.Compare(len(without(own, x.parameters)), len(without(own, y.parameters))))
	})
}

func (t *lawType) takes(name string) bool {
	return slices.ContainsFunc(t.forms, func(f form) bool { return slices.Contains(f.parameters, name) })
}

// accepted lists the forms: "mean and cv, or shape and scale".
func (t *lawType) accepted() string {
	sets := make([]string, len(t.forms))
	for i, f := range t.forms {
		sets[i] = strings.Join(f.parameters, " and ")
	}
	return strings.Join(sets, ", or ")
}

// without returns the names that are not among others.
func without(names, others []string) []string {
	var left []string
	for _, name := range names {
		if !slices.Contains(others, name) {
			left = append(left, name)
		}
	}
	return left
}
