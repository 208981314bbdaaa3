package reports

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/podsim/podsim/models/spelling"
)

// CustomSpec is a metric of the user: an expression in the Common Expression
// Language (https://cel.dev). Without Over it is computed once, at the end, from
// other metrics: metric('cost') / metric('pods.succeeded'). With Over it is
// computed for each row of a table (of pods that were created and samples that were
// taken after the warm-up) and reduced to one number.
//
// All numbers are floating-point, also literals: pending_seconds * 2 is right. A
// value that is true or false counts as 1 or 0, so that its mean is a share.
//
// A cell that is empty in the file has no value, and what is computed from it has
// none either, but for || and && where the other side decides. Rows without a value,
// those for which the condition has none, and those that divide by zero are left
// out; missing(ready_seconds) tells whether a cell is empty. The column of an
// extended resource, whose name is no word, is column('nvidia.com/gpu_requested').
type CustomSpec struct {
	Name   string
	Unit   string
	Better string // lower, neither or higher
	Over   string // pods, nodes or timeseries; empty for none
	Where  string // which rows count; empty for all
	Value  string
	Reduce string // mean, sum, count, min, max, p50, p90, p95 or p99; empty for mean
}

// Custom is a compiled metric of the user. It may serve many runs, also at a time.
type Custom struct {
	name   string
	unit   string
	better Direction
	over   string
	reduce string
	where  *expression // nil for all rows
	value  *expression
}

// CustomProblem is one thing wrong with a metric of the user.
type CustomProblem struct {
	Index  int    // of the metric in its list
	Metric string // its name
	Field  string // name, better, over, where, value or reduce
	Line   int    // in the text of the field, from 1; 0 if it is the field as a whole
	Column int    // in characters, from 1
	What   string
}

// Error tells the metric, the field and the place in it.
func (p *CustomProblem) Error() string {
	place := p.Field
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", p.Field, p.Line, p.Column)
	}
	return fmt.Sprintf("custom metric %s: %s: %s", strconv.Quote(p.Metric), place, p.What)
}

// CompileCustom compiles metrics of the user. Each may read those of podsim and
// the ones before it. The error joins every *CustomProblem; see CustomProblems.
func CompileCustom(specs []CustomSpec) ([]*Custom, error) {
	var list []*Custom
	var problems []error
	var names []string
	for i := range specs {
		c := customCompiler{spec: &specs[i], index: i, earlier: names}
		list = append(list, c.compile())
		for _, p := range c.problems {
			problems = append(problems, p)
		}
		names = append(names, specs[i].Name)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return list, nil
}

// CustomProblems returns the problems in an error of CompileCustom.
func CustomProblems(err error) []*CustomProblem {
	var list []*CustomProblem
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			list = append(list, CustomProblems(one)...)
		}
		return list
	}
	var p *CustomProblem
	if errors.As(err, &p) {
		list = append(list, p)
	}
	return list
}

// The tables whose rows a metric of the user can read.
const (
	overPods       = "pods"
	overNodes      = "nodes"
	overTimeseries = "timeseries"
)

// customCompiler compiles one metric and gathers what is wrong with it.
type customCompiler struct {
	spec     *CustomSpec
	index    int
	earlier  []string // names of the metrics before it
	problems []*CustomProblem
}

func (c *customCompiler) blame(field string, line, column int, format string, args ...any) {
	c.problems = append(c.problems, &CustomProblem{c.index, c.spec.Name, field, line, column, fmt.Sprintf(format, args...)})
}

func (c *customCompiler) compile() *Custom {
	s := c.spec
	out := &Custom{name: s.Name, unit: s.Unit, over: s.Over, reduce: s.Reduce}
	c.checkName()
	tableKnown := c.choice("over", s.Over, []string{overPods, overNodes, overTimeseries})
	c.choice("reduce", s.Reduce, reductions)
	c.choice("better", s.Better, directions[:])
	out.better = Direction(max(slices.Index(directions[:], s.Better), 0) - 1)
	if s.Reduce == "" {
		out.reduce = "mean"
	}
	if s.Over == "" && s.Where != "" {
		c.blame("where", 0, 0, "needs over: without it there are no rows")
	}
	if !tableKnown {
		return out
	}
	if s.Where != "" && s.Over != "" {
		out.where = c.expression("where", s.Where, []*cel.Type{cel.BoolType}, "a condition")
	}
	out.value = c.expression("value", s.Value, []*cel.Type{cel.DoubleType, cel.IntType, cel.UintType, cel.BoolType}, "a number or a condition")
	return out
}

func (c *customCompiler) checkName() {
	name := c.spec.Name
	switch {
	case name == "":
		c.blame("name", 0, 0, "is empty")
	case slices.Contains(c.earlier, name):
		c.blame("name", 0, 0, "another metric of your own has this name")
	case slices.ContainsFunc(measureTable, func(k measureKind) bool { return k.Name == baseName(name) }):
		c.blame("name", 0, 0, "podsim has a metric of this name")
	}
}

// choice checks that a field has one of the values that it may have.
// Empty is always one of them.
func (c *customCompiler) choice(field, got string, may []string) bool {
	if got == "" || slices.Contains(may, got) {
		return true
	}
	what := fmt.Sprintf("got %s; want %s", strconv.Quote(got), strings.Join(may, ", "))
	if guess := spelling.Guess(got, may); guess != "" {
		what += fmt.Sprintf("; did you mean %s?", guess)
	}
	c.blame(field, 0, 0, "%s", what)
	return false
}

// baseName is the name of a measure without its argument and label.
func baseName(name string) string {
	if i := strings.IndexAny(name, "({"); i >= 0 {
		return name[:i]
	}
	return name
}

// metricNames are the names that metric() may be given, without argument and label.
func (c *customCompiler) metricNames() []string {
	var names []string
	for i := range measureTable {
		names = append(names, measureTable[i].Name)
	}
	return append(names, c.earlier...)
}
