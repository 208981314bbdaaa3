package capacity

import (
	"io"
	"slices"
	"strconv"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/csvfile"
)

// PlanColumns documents the columns of mixes.csv, frontier.csv and failures.csv, in
// the order in which they stand there. nodes(<candidate>) stands for one column for
// each candidate.
func PlanColumns() []reports.Column {
	generic := new(Plan)
	generic.Candidates = []Candidate{{Name: "<candidate>"}}
	out := csvfile.Documented(MixesFile, generic.mixColumns())
	out = append(out, csvfile.Documented(FrontierFile, generic.pointColumns())...)
	return append(out, csvfile.Documented(FailuresFile, failureColumns)...)
}

// WriteCSV writes mixes.csv: a row for each mix that was judged.
func (p *Plan) WriteCSV(w io.Writer) error {
	return csvfile.Write(w, p.mixColumns(), rows(p.Mixes))
}

// WriteFrontierCSV writes frontier.csv: a row for each point of the frontier.
func (p *Plan) WriteFrontierCSV(w io.Writer) error {
	return csvfile.Write(w, p.pointColumns(), rows(p.Frontier))
}

// WriteFailuresCSV writes failures.csv: a row for each contingency and objective.
func (p *Plan) WriteFailuresCSV(w io.Writer) error {
	return csvfile.Write(w, failureColumns, func(yield func(*failureRow) bool) {
		f := &p.Failures
		for i := range f.Cells {
			for j := range f.Cells[i] {
				if !yield(&failureRow{f.Contingencies[i].Name, f.Objectives[j], &f.Cells[i][j]}) {
					return
				}
			}
		}
	})
}

// rows yields the elements of a list.
func rows[T any](list []T) func(yield func(*T) bool) {
	return func(yield func(*T) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// countColumns are one column for each candidate.
func countColumns[T any](p *Plan, mixOf func(*T) *Mix) []csvfile.Column[T] {
	columns := make([]csvfile.Column[T], len(p.Candidates))
	for i := range p.Candidates {
		columns[i] = csvfile.Integer("nodes("+p.Candidates[i].Name+")", "nodes of this candidate",
			func(row *T) int { return mixOf(row).Counts[i] })
	}
	return columns
}

const (
	costUnit  = "currency of the plan"
	valueUnit = "unit of the objective"
)

func (p *Plan) mixColumns() []csvfile.Column[Mix] {
	columns := []csvfile.Column[Mix]{
		csvfile.Number("cost", costUnit, "for an hour, also of nodes that are no candidates", func(m *Mix) *float64 { return &m.Cost }),
		csvfile.Integer("nodes", "nodes of all candidates", func(m *Mix) int { return m.Nodes }),
	}
	columns = append(columns, countColumns(p, func(m *Mix) *Mix { return m })...)
	missText := func(name, help string, get func(*Miss) string) csvfile.Column[Mix] {
		return csvfile.Text(name, help, func(m *Mix) string {
			if m.Miss == nil {
				return ""
			}
			return get(m.Miss)
		})
	}
	return append(columns,
		csvfile.Boolean("recommended", "whether it is the recommendation", func(m *Mix) bool {
			return p.Recommendation != nil && slices.Equal(p.Recommendation.Counts, m.Counts)
		}),
		csvfile.Boolean("meets", "whether it meets the plan in all runs that it was judged on", func(m *Mix) bool { return m.Meets }),
		csvfile.Integer("runs", "that it was judged on; a mix is dropped at its first miss", func(m *Mix) int { return m.Runs }),
		missText("missed", "the first objective that it was seen to miss", func(m *Miss) string { return m.Objective }),
		missText("contingency", "in which it misses it", func(m *Miss) string { return m.Contingency }),
		missText("seed", "with which it misses it", func(m *Miss) string { return strconv.FormatUint(m.Seed, 10) }),
		csvfile.Number("value", valueUnit, "of the objective in that run", func(m *Mix) *float64 {
			if m.Miss == nil {
				return nil
			}
			return m.Miss.Value
		}),
		missText("unit", "of the value; empty for counts", func(m *Miss) string { return m.Unit }),
		missText("message", "what the objective says of that run", func(m *Miss) string { return m.Message }),
	)
}

func (p *Plan) pointColumns() []csvfile.Column[Point] {
	columns := []csvfile.Column[Point]{
		csvfile.Text("objective", "whose value it is", func(f *Point) string { return f.Objective }),
		csvfile.Number("value", valueUnit, "the worst over contingencies and seeds", func(f *Point) *float64 { return &f.Value }),
		csvfile.Text("unit", "of the value; empty for counts", func(f *Point) string { return f.Unit }),
		csvfile.Number("limit", valueUnit, "what the objective asks for; empty if it is not one number", func(f *Point) *float64 { return f.Limit }),
		csvfile.Number("cost", costUnit, "for an hour, the least at which a mix reaches the value", func(f *Point) *float64 { return &f.Mix.Cost }),
		csvfile.Integer("nodes", "nodes of all candidates", func(f *Point) int { return f.Mix.Nodes }),
	}
	columns = append(columns, countColumns(p, func(f *Point) *Mix { return &f.Mix })...)
	return append(columns, csvfile.Boolean("meets", "whether the mix meets the plan", func(f *Point) bool { return f.Meets }))
}

// failureRow is a row of failures.csv.
type failureRow struct {
	contingency, objective string
	cell                   *MatrixCell
}

var failureColumns = []csvfile.Column[failureRow]{
	csvfile.Text("contingency", "what happens", func(r *failureRow) string { return r.contingency }),
	csvfile.Text("objective", "what is looked at", func(r *failureRow) string { return r.objective }),
	csvfile.Boolean("asked", "whether the plan asks for the objective in this contingency", func(r *failureRow) bool { return r.cell.Asked }),
	csvfile.Integer("met", "runs in which the recommendation holds it", func(r *failureRow) int { return r.cell.Met }),
	csvfile.Integer("of", "runs, one for each seed", func(r *failureRow) int { return r.cell.Of }),
	csvfile.Number("worst", valueUnit, "worst value in any of them", func(r *failureRow) *float64 { return r.cell.Worst }),
	csvfile.Text("unit", "of the value; empty for counts", func(r *failureRow) string { return r.cell.Unit }),
}
