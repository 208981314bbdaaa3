package page

import (
	"cmp"
	"io"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/document"
)

// Comparison writes the page of a comparison.
func Comparison(w io.Writer, c *comparison.Comparison) error {
	name := reports.Visible(cmp.Or(c.Name, c.Scenario))
	f := frame{Title: "comparison " + name, Kind: "comparison", Name: name, Facts: []string{
		"scenario " + reports.Visible(c.Scenario), reports.PluralOf(len(c.Policies), "policy", "policies"), reports.Plural(len(c.Seeds), "seed"),
		reports.Plural(c.Runs, "run"), "podsim " + reports.Visible(c.Version)}}
	body := new(report)
	body.Verdict, body.Tone = ComparisonVerdict(c)
	charts := seedCharts{c, panelsMost, dotsMost}
	f.Nav = body.fill(c.Report(), charts.figures(), acrossGrid(c))
	f.Body = body
	return f.write(w, reportLayout())
}

// acrossGrid shows at which points of a grid a policy is better or worse in a metric.
func acrossGrid(c *comparison.Comparison) *document.Document {
	d := new(document.Document)
	others := c.Others()
	if len(c.Cells) < 2 || len(others) == 0 {
		return d
	}
	t := &document.Table{Of: "metric", Header: []string{"point"}, Outcomes: true}
	for _, p := range others {
		t.Header = append(t.Header, p.Name)
	}
	for _, name := range decided(c) {
		g := document.Group{Title: []document.Piece{document.Subject(name)}}
		for i := range c.Cells {
			g.Rows = append(g.Rows, gridRow(&c.Cells[i], name, others))
		}
		t.Groups = append(t.Groups, g)
	}
	if t.Groups == nil {
		return d
	}
	d.Heading(2, document.Prose("Across the grid"))
	d.Paragraph(document.Prose("The difference to "), document.Named(c.Baseline),
		document.Prose(" at each point, of the metrics in which some policy is better or worse at some point. Without colour: not decided."))
	d.Table(t, nil)
	return d
}

// decided returns the metrics that have a verdict somewhere.
func decided(c *comparison.Comparison) []string {
	var names []string
	told := make(map[string]bool)
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			m := &c.Cells[i].Metrics[j]
			for _, p := range c.Others() {
				if v := m.Verdict(p.Name); !told[m.Name] && (v == comparison.Better || v == comparison.Worse) {
					told[m.Name] = true
					names = append(names, m.Name)
				}
			}
		}
	}
	return names
}

func gridRow(cell *comparison.Cell, metric string, others []comparison.Policy) []document.Piece {
	row := []document.Piece{document.Named(comparison.Label(cell.Settings))}
	for _, p := range others {
		piece := document.Toned(reports.Missing, document.Faint)
		for i := range cell.Metrics {
			m := &cell.Metrics[i]
			if d := m.Delta(p.Name); m.Name == metric && d != nil && d.N > 0 {
				piece = document.Prose(m.Scale().Signed(d.Mean))
				switch m.Verdict(p.Name) {
				case comparison.Better:
					piece.Tone = document.Good
				case comparison.Worse:
					piece.Tone = document.Bad
				}
			}
		}
		row = append(row, piece)
	}
	return row
}
