package comparison

import (
	"io"
	"strconv"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/csvfile"
)

// Columns documents the columns of comparison.csv and values.csv, in the order in
// which they stand there.
func Columns() []reports.Column {
	return append(csvfile.Documented(CSVFile, statisticColumns), csvfile.Documented(ValuesFile, valueColumns)...)
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
	return csvfile.Write(w, statisticColumns, func(yield func(*statistic) bool) {
		for i := range c.Cells {
			cell := &c.Cells[i]
			for j := range cell.Metrics {
				m := &cell.Metrics[j]
				for k, p := range c.Policies {
					if !yield(&statistic{c, cell, m, k, m.Outcome(p.Name), m.Delta(p.Name)}) {
						return
					}
				}
			}
		}
	})
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
	return csvfile.Write(w, valueColumns, func(yield func(*value) bool) {
		for i := range c.Cells {
			cell := &c.Cells[i]
			for j := range cell.Metrics {
				for k := range c.Policies {
					if !c.values(cell, &cell.Metrics[j], k, yield) {
						return
					}
				}
			}
		}
	})
}

// values yields the rows of one policy, one for each seed; false if no more are
// wanted.
func (c *Comparison) values(cell *Cell, m *Metric, policy int, yield func(*value) bool) bool {
	values := m.Values(c.Policies[policy].Name)
	for n := range c.Seeds {
		row := &value{c, cell, m, policy, n, nil}
		if n < len(values) {
			row.value = values[n]
		}
		if !yield(row) {
			return false
		}
	}
	return true
}

// Values returns the values of a policy by seed; nil if nothing was measured.
func (m *Metric) Values(policy string) []*float64 {
	if o := m.Outcome(policy); o != nil {
		return o.Values
	}
	return nil
}

const metricUnit = "unit of the metric"

// ofOutcome is a column that a policy has where something was measured.
func ofOutcome(name, help string, get func(*Outcome) float64) csvfile.Column[statistic] {
	return csvfile.Number(name, metricUnit, help, func(row *statistic) *float64 {
		if row.outcome == nil {
			return nil
		}
		x := get(row.outcome)
		return &x
	})
}

// ofDelta is a column that policies other than the baseline have.
func ofDelta(name, unit, help string, get func(*Delta) *float64) csvfile.Column[statistic] {
	return csvfile.Number(name, unit, help, func(row *statistic) *float64 {
		if row.delta == nil || row.delta.N == 0 {
			return nil
		}
		return get(row.delta)
	})
}

func countOf(name, help string, get func(*Delta) int) csvfile.Column[statistic] {
	return csvfile.Column[statistic]{Name: name, Type: "integer", Help: help, Append: func(b []byte, row *statistic) []byte {
		if row.delta == nil {
			return b
		}
		return strconv.AppendInt(b, int64(get(row.delta)), 10)
	}}
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
