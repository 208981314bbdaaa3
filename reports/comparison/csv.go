package comparison

import (
	"io"
	"strconv"

	"github.com/podsim/podsim/reports"
)

// column is a column of a CSV file with rows of T: what documents it also writes
// it.
type column[T any] struct {
	name, kind, unit, help string
	append                 func([]byte, *T) []byte
}

// Columns documents the columns of comparison.csv and values.csv, in the order in
// which they stand there.
func Columns() []reports.Column {
	var out []reports.Column
	for _, c := range statisticColumns {
		out = append(out, reports.Column{File: CSVFile, Name: c.name, Type: c.kind, Unit: c.unit, Help: c.help})
	}
	for _, c := range valueColumns {
		out = append(out, reports.Column{File: ValuesFile, Name: c.name, Type: c.kind, Unit: c.unit, Help: c.help})
	}
	return out
}

// statistic is a row of comparison.csv.
type statistic struct {
	all     *Comparison
	cell    *Cell
	metric  *Metric
	policy  int
	outcome *Outcome // nil if nothing was measured
	delta   *Delta   // nil for the baseline
}

// WriteCSV writes comparison.csv: a row for each cell, metric and policy, with all
// that is known of it. Cells without a value are empty.
func WriteCSV(w io.Writer, c *Comparison) error {
	b := header(nil, statisticColumns)
	for i := range c.Cells {
		cell := &c.Cells[i]
		for j := range cell.Metrics {
			m := &cell.Metrics[j]
			for k, p := range c.Policies {
				row := &statistic{c, cell, m, k, m.outcome(p.Name), m.delta(p.Name)}
				b = line(b, statisticColumns, row)
			}
		}
	}
	_, err := w.Write(b)
	return err
}

// value is a row of values.csv.
type value struct {
	all    *Comparison
	cell   *Cell
	metric *Metric
	policy int
	seed   int // index of Comparison.Seeds
	value  *float64
}

// WriteValuesCSV writes values.csv: a row for each cell, metric, policy and seed.
func WriteValuesCSV(w io.Writer, c *Comparison) error {
	b := header(nil, valueColumns)
	for i := range c.Cells {
		cell := &c.Cells[i]
		for j := range cell.Metrics {
			m := &cell.Metrics[j]
			for k, p := range c.Policies {
				values := m.Values(p.Name)
				for n := range c.Seeds {
					row := &value{c, cell, m, k, n, nil}
					if n < len(values) {
						row.value = values[n]
					}
					b = line(b, valueColumns, row)
				}
			}
		}
	}
	_, err := w.Write(b)
	return err
}

// Values returns the values of a policy by seed; nil if nothing was measured.
func (m *Metric) Values(policy string) []*float64 {
	if o := m.outcome(policy); o != nil {
		return o.Values
	}
	return nil
}

func header[T any](b []byte, columns []column[T]) []byte {
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, columns[i].name...)
	}
	return append(b, '\n')
}

func line[T any](b []byte, columns []column[T], row *T) []byte {
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = columns[i].append(b, row)
	}
	return append(b, '\n')
}

func text[T any](name, help string, get func(*T) string) column[T] {
	return column[T]{name, "text", "", help, func(b []byte, row *T) []byte { return reports.AppendCSV(b, get(row)) }}
}

const metricUnit = "unit of the metric"

// ofOutcome is a column that a policy has where something was measured.
func ofOutcome(name, help string, get func(*Outcome) float64) column[statistic] {
	return column[statistic]{name, "number", metricUnit, help, func(b []byte, row *statistic) []byte {
		if row.outcome == nil {
			return b
		}
		return reports.AppendNumber(b, get(row.outcome))
	}}
}

// ofDelta is a column that policies other than the baseline have.
func ofDelta(name, unit, help string, get func(*Delta) *float64) column[statistic] {
	return column[statistic]{name, "number", unit, help, func(b []byte, row *statistic) []byte {
		if row.delta == nil || row.delta.N == 0 {
			return b
		}
		return number(b, get(row.delta))
	}}
}

func countOf(name, help string, get func(*Delta) int) column[statistic] {
	return column[statistic]{name, "integer", "", help, func(b []byte, row *statistic) []byte {
		if row.delta == nil {
			return b
		}
		return strconv.AppendInt(b, int64(get(row.delta)), 10)
	}}
}

func number(b []byte, x *float64) []byte {
	if x == nil {
		return b
	}
	return reports.AppendNumber(b, *x)
}

func low(i *Interval) *float64 {
	if i == nil {
		return nil
	}
	return &i.Low
}

func high(i *Interval) *float64 {
	if i == nil {
		return nil
	}
	return &i.High
}
