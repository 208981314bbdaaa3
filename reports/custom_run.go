package reports

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Custom adds metrics of the user, to be found at the end of Summary.Measures. They
// must be added before the run. When an expression fails in a run, Finish returns an
// error that names the metric.
func (r *Recorder) Custom(list ...*Custom) {
	if len(list) == 0 {
		return
	}
	run := &customRun{}
	for _, c := range list {
		run.metrics = append(run.metrics, customFold{custom: c, reducer: newReducer(c.reduce)})
	}
	r.read(run)
}

// customRun computes the metrics of the user in one run. It is a tableReader.
type customRun struct {
	metrics []customFold
	pods    rowOf[podLine]
	nodes   rowOf[NodeSummary]
	samples rowOf[seriesLine]
}

// customFold is one of them.
type customFold struct {
	custom  *Custom
	reducer reducer
	steps   uint64 // taken so far
	err     error  // the first; nothing is computed from then on
}

func (c *customRun) readPod(line *podLine) {
	c.pods.set(podColumns, line)
	c.each(overPods, &c.pods)
}

func (c *customRun) readNode(node *NodeSummary) {
	c.nodes.set(nodeColumns, node)
	c.each(overNodes, &c.nodes)
}

func (c *customRun) readSample(line *seriesLine) {
	if c.samples.index == nil {
		c.samples.set(columnsOfSeries(line.series), line)
	}
	c.samples.row = line
	c.each(overTimeseries, &c.samples)
}

// columnsOfSeries are the columns of timeseries.csv in a run.
func columnsOfSeries(s *Series) []column[seriesLine] {
	columns := append([]column[seriesLine](nil), seriesColumns...)
	for i := range s.Resources {
		if name := s.Resources[i].Resource; !standard(name) {
			for _, c := range extendedColumns {
				columns = append(columns, c.forResource(i, name))
			}
		}
	}
	return columns
}

// each computes the metrics over a table for one row.
func (c *customRun) each(table string, row tableRow) {
	for i := range c.metrics {
		if f := &c.metrics[i]; f.custom.over == table && f.err == nil {
			f.err = f.row(row)
		}
	}
}

// row takes in one row.
func (f *customFold) row(row tableRow) error {
	if where := f.custom.where; where != nil {
		value, ok, err := f.evaluate(where, row)
		if err != nil || !ok || value != 1 {
			return err
		}
	}
	value, ok, err := f.evaluate(f.custom.value, row)
	if ok && err == nil {
		f.reducer.add(value)
	}
	return err
}

// evaluate computes an expression; ok is false if it has no value.
func (f *customFold) evaluate(e *expression, row tableRow) (value float64, ok bool, err error) {
	row.rename(e.aliases)
	result, details, err := e.program.Eval(row)
	if details != nil && details.ActualCost() != nil {
		f.steps += *details.ActualCost()
	}
	switch {
	case err != nil && hasNoValue(err):
		return 0, false, nil
	case err != nil:
		return 0, false, f.fail(e, explain(err))
	case f.steps > stepsOfRun:
		return 0, false, f.fail(e, fmt.Sprintf("takes more than %d steps over all rows", stepsOfRun))
	}
	switch v := result.(type) {
	case types.Bool:
		return map[types.Bool]float64{true: 1}[v], true, nil
	case types.Double:
		value = float64(v)
	case types.Int:
		value = float64(v)
	case types.Uint:
		value = float64(v)
	default:
		return 0, false, f.fail(e, "is no number and no condition: "+typeName(result.Type().TypeName()))
	}
	return value, !math.IsNaN(value) && !math.IsInf(value, 0), nil
}

func (f *customFold) fail(e *expression, what string) error {
	return fmt.Errorf("custom metric %s: %s: %s", strconv.Quote(f.custom.name), e.field, what)
}

// hasNoValue tells that an expression reads what is missing, or divides by zero.
// CEL has no other mark of the latter than its text.
func hasNoValue(err error) bool {
	return errors.Is(err, errMissing) || strings.Contains(err.Error(), "division by zero") || strings.Contains(err.Error(), "modulus by zero")
}

func explain(err error) string {
	if strings.Contains(err.Error(), "cost limit exceeded") {
		return fmt.Sprintf("takes more than %d steps at once", stepsOfOne)
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return message
}

// measures returns the metrics in their order. Those without over are computed now:
// from the summary and from those before them.
func (c *customRun) measures(s *Summary) ([]Measure, error) {
	known := s.Measures()
	var out []Measure
	var problems []error
	for i := range c.metrics {
		f := &c.metrics[i]
		m := Measure{Name: f.custom.name, Unit: f.custom.unit, Better: f.custom.better}
		var value float64
		var ok bool
		switch {
		case f.err != nil:
		case f.custom.over == "":
			value, ok, f.err = f.evaluate(f.custom.value, &measuresRow{known: known})
		default:
			value, ok = f.reducer.result(f.custom.reduce)
		}
		if ok {
			value += 0 // no negative zero
			m.Value = finite(&value)
		}
		out, known = append(out, m), append(known, m)
		problems = append(problems, f.err)
	}
	return out, errors.Join(problems...)
}

// tableRow is what the names in an expression stand for.
type tableRow interface {
	cel.Activation
	rename(aliases map[string]string)
}

// rowOf is a row of a table.
type rowOf[T any] struct {
	index   map[string]*column[T]
	row     *T
	aliases map[string]string
	buffer  []byte
}

func (r *rowOf[T]) set(columns []column[T], row *T) {
	if r.index == nil {
		r.index = make(map[string]*column[T], len(columns))
		for i := range columns {
			r.index[columns[i].name] = &columns[i]
		}
	}
	r.row = row
}

func (r *rowOf[T]) rename(aliases map[string]string) { r.aliases = aliases }

// Parent returns nil: there are no other names.
func (r *rowOf[T]) Parent() cel.Activation { return nil }

// ResolveName returns the value of a cell. A column that this run does not have is
// empty.
func (r *rowOf[T]) ResolveName(name string) (any, bool) {
	if column, renamed := r.aliases[name]; renamed {
		name = column
	}
	c, known := r.index[name]
	if !known {
		return missingValue, true
	}
	return r.cell(c), true
}

func (r *rowOf[T]) cell(c *column[T]) ref.Val {
	if c.kind == typeText {
		r.buffer = c.text(r.buffer[:0], r.row)
		return types.String(r.buffer)
	}
	r.buffer = c.append(r.buffer[:0], r.row)
	if c.kind == typeBoolean {
		return types.Bool(string(r.buffer) == "true")
	}
	number, err := strconv.ParseFloat(string(r.buffer), 64)
	if err != nil {
		return missingValue // the cell is empty
	}
	return types.Double(number)
}

// measuresRow resolves metric().
type measuresRow struct {
	known   []Measure
	aliases map[string]string
}

func (r *measuresRow) rename(aliases map[string]string) { r.aliases = aliases }

// Parent returns nil: there are no other names.
func (r *measuresRow) Parent() cel.Activation { return nil }

// ResolveName returns the value of a metric.
func (r *measuresRow) ResolveName(name string) (any, bool) {
	for i := range r.known {
		if r.known[i].Name == r.aliases[name] && r.known[i].Value != nil {
			return types.Double(*r.known[i].Value), true
		}
	}
	return missingValue, true
}
