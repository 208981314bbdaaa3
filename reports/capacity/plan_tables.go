package capacity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// candidates is the table of what could be bought and what is.
func (p *Plan) candidates(d *document.Document) {
	money := p.Money()
	d.Heading(2, document.Prose("What to buy"))
	t := &document.Table{Header: []string{"kind", "buy", "allowed", "each", "together"}}
	var rows, kinds [][]document.Piece
	for i := range p.Candidates {
		c := &p.Candidates[i]
		count, cost := document.Toned(reports.Missing, document.Faint), document.Toned(reports.Missing, document.Faint)
		if m := p.Recommendation; m != nil {
			count, cost = document.Prose(reports.Count(int64(m.Counts[i]))), document.Prose(money.Bare(float64(m.Counts[i])*c.Price))
			if m.Counts[i] > 0 {
				count.Tone = document.Strong
			}
		}
		rows = append(rows, []document.Piece{document.Named(c.Name), count, document.Prose(allowed(c)), document.Prose(money.Bare(c.Price)), cost})
		if text := about(c); text != "" {
			kinds = append(kinds, []document.Piece{document.Subject(c.Name), document.Prose(": " + text)})
		}
	}
	if p.FixedNodes > 0 {
		rows = append(rows, []document.Piece{document.Prose("others that stay"), document.Prose(reports.Count(int64(p.FixedNodes))), document.Prose(""),
			document.Prose(""), p.fixedCost(money)})
	}
	if m := p.Recommendation; m != nil {
		rows = append(rows, []document.Piece{document.Toned("all", document.Faint), document.Prose(reports.Count(int64(m.Nodes + p.FixedNodes))),
			document.Prose(""), document.Prose(""), document.Prose(money.Bare(m.Cost))})
	}
	t.Groups = []document.Group{{Rows: rows}}
	if !p.Priced() {
		t = t.Without("each", "together")
	}
	explained(d, t, "buy", "nodes of each kind", "allowed", "how many the plan allows", "each", "price of one node, "+money.Hourly(),
		"together", "price of all of them")
	d.Figure(CostFigure, nil)
	if kinds != nil {
		d.Gap()
		d.Paragraph(document.Prose("What pods can request of one node:"))
		d.List(kinds)
	}
}

// fixedCost writes what the nodes that stay cost; that they have no price does not make
// them free.
func (p *Plan) fixedCost(money Money) document.Piece {
	if p.FixedCost == 0 {
		return document.Toned("not priced", document.Faint)
	}
	return document.Prose(money.Bare(p.FixedCost))
}

// explained adds a table after a paragraph that says what stands in its columns: their
// names and meanings in turn.
func explained(d *document.Document, t *document.Table, columns ...string) {
	if text := legend(t.Header, columns...); text != nil {
		d.Paragraph(text...)
	}
	d.Table(t, nil)
}

// legend says what stands in columns: the names and meanings in turn of those that the
// header has.
func legend(header []string, columns ...string) (text []document.Piece) {
	for i := 0; i+1 < len(columns); i += 2 {
		if slices.Contains(header, columns[i]) {
			text = append(text, document.Toned(columns[i], document.Strong), document.Prose(": "+columns[i+1]+". "))
		}
	}
	return text
}

// allowed writes which counts the plan allows.
func allowed(c *Candidate) string {
	text := fmt.Sprintf("%d to %d", c.Min, c.Max)
	if c.Min == c.Max {
		text = fmt.Sprint(c.Min)
	}
	if c.Step > 1 {
		text += fmt.Sprintf(" by %d", c.Step)
	}
	return text
}

// about says what a node of a candidate is.
func about(c *Candidate) string {
	text := Quantities(c.Allocatable)
	switch len(c.Zones) {
	case 0:
	case 1:
		text += "; in zone " + c.Zones[0]
	default:
		text += "; spread over zones " + strings.Join(c.Zones, ", ")
	}
	if c.Spot {
		text += "; spot"
	}
	return strings.TrimPrefix(text, "; ")
}

// withstands is the failure matrix: what was demanded of the recommendation, and what
// became of it.
func (p *Plan) withstands(d *document.Document) {
	f := &p.Failures
	if len(f.Cells) == 0 || len(f.Objectives) == 0 {
		return
	}
	if p.Recommendation == nil {
		p.asks(d)
		return
	}
	d.Heading(2, document.Prose("What it withstands"))
	d.List(f.situations())
	d.Gap()
	d.Paragraph(document.Prose("In how many of its runs, one for each seed, each objective holds, and its worst value in any of them. " +
		"In parentheses: measured, though the plan does not ask for it there."))
	d.Gap()
	wide := &document.Table{Header: []string{"situation"}, Outcomes: true}
	tall := &document.Table{Of: "objective", Header: []string{"situation", "held", "worst"}}
	for j, objective := range f.Objectives {
		wide.Header = append(wide.Header, objective)
		g := document.Group{Title: []document.Piece{document.Subject(objective)}}
		write := p.worstOf(j)
		for i := range f.Cells {
			held, worst := cell(&f.Cells[i][j], write)
			g.Rows = append(g.Rows, []document.Piece{document.Named(f.Contingencies[i].Name), held, worst})
		}
		tall.Groups = append(tall.Groups, g)
	}
	var rows [][]document.Piece
	for i := range f.Cells {
		row := []document.Piece{document.Named(f.Contingencies[i].Name)}
		for j := range f.Objectives {
			held, worst := cell(&f.Cells[i][j], p.worstOf(j))
			if worst.Text != "" {
				held.Text += "  " + worst.Text
			}
			row = append(row, held)
		}
		rows = append(rows, row)
	}
	wide.Groups = []document.Group{{Rows: rows}}
	d.Table(wide, tall)
}

// situations says what happens in each contingency.
func (f *FailureMatrix) situations() [][]document.Piece {
	var items [][]document.Piece
	for _, c := range f.Contingencies {
		if c.Help != "" {
			items = append(items, []document.Piece{document.Subject(c.Name), document.Prose(": " + c.Help)})
		}
	}
	return items
}

// asks lists what was asked for where nothing was found that does.
func (p *Plan) asks(d *document.Document) {
	d.Heading(2, document.Prose("What was asked for"))
	items := make([][]document.Piece, len(p.Failures.Objectives))
	for i, objective := range p.Failures.Objectives {
		items[i] = []document.Piece{document.Named(objective)}
	}
	d.List(items)
	d.Gap()
	d.Paragraph(document.Prose("In these situations:"))
	d.List(p.Failures.situations())
}

// worstOf returns how the worst values of an objective are written.
func (p *Plan) worstOf(objective int) func(float64) string {
	var values []float64
	unit := ""
	for i := range p.Failures.Cells {
		if c := &p.Failures.Cells[i][objective]; c.Worst != nil {
			values, unit = append(values, *c.Worst), c.Unit
		}
	}
	return valuesOf(p.Failures.Objectives[objective], unit, values...)
}

// cell writes what became of an objective in a contingency.
func cell(c *MatrixCell, write func(float64) string) (held, worst document.Piece) {
	held = document.Prose(fmt.Sprintf("%d/%d", c.Met, c.Of))
	if c.Worst != nil {
		worst = document.Prose(write(*c.Worst))
	}
	switch {
	case c.Of == 0 && !c.Asked:
		return document.Toned("not asked", document.Faint), document.Prose("")
	case c.Of == 0:
		return document.Toned("not run", document.Faint), document.Prose("")
	case !c.Asked:
		held.Tone = document.Faint
		held.Text = "(" + held.Text + ")"
		if worst.Text != "" {
			worst.Text = "(" + worst.Text + ")"
		}
	case c.Met == c.Of:
		held.Tone = document.Good
	default:
		held.Tone = document.Bad
	}
	return held, worst
}

// whyNotLess tells what keeps less from being enough, and the mixes just below.
func (p *Plan) whyNotLess(d *document.Document) {
	if len(p.Binding) == 0 && len(p.Below) == 0 {
		return
	}
	switch {
	case p.Recommendation != nil:
		d.Heading(2, document.Prose("Why not less"))
	case p.Partial:
		d.Heading(2, document.Prose("What was missed so far"))
	default:
		d.Heading(2, document.Prose("What keeps the plan from being met"))
	}
	var items [][]document.Piece
	for i := range p.Binding {
		b := &p.Binding[i]
		item := []document.Piece{document.Toned(b.What, document.Strong)}
		if b.Of != "" {
			item = append(item, document.Prose(" ("+Percent(b.Share)+" "+b.Of+")"))
		}
		if b.Why != "" {
			item = append(item, document.Prose(": "+clause(b.Why)+"."))
		}
		items = append(items, item)
	}
	if items != nil {
		what := "What keeps less from being enough"
		if p.Recommendation == nil {
			what = "What keeps pods waiting with the mixes that come nearest"
		}
		d.Paragraph(document.Prose(what + ", the strongest first:"))
		d.List(items)
	}
	if len(p.Below) == 0 {
		return
	}
	if items != nil {
		d.Gap()
	}
	if p.Recommendation == nil {
		d.Paragraph(document.Prose("The mixes that come nearest, and the first objective that each was seen to miss:"))
	} else {
		d.Paragraph(document.Prose("The mixes just below the recommendation that were run, and the first objective that each was seen to miss:"))
	}
	var below [][]document.Piece
	for i := range p.Below {
		below = append(below, p.misses(&p.Below[i]))
	}
	d.List(below)
}

// misses tells of a mix which objective it was seen to miss.
func (p *Plan) misses(m *Mix) []document.Piece {
	text := " (" + reports.Plural(m.Nodes, "node")
	if p.Priced() {
		text += ", " + p.Money().Text(m.Cost) + " an hour"
	}
	return []document.Piece{p.mix(m), document.Prose(text + "): " + miss(m.Miss))}
}

// others are the next that meet the plan.
func (p *Plan) others(d *document.Document) {
	if len(p.RunnersUp) == 0 {
		return
	}
	d.Heading(2, document.Prose("What else would do"))
	d.Paragraph(document.Prose("The next " + p.least() + " mixes that meet the plan, of those that were run."))
	money := p.Money()
	t := &document.Table{Header: []string{"cost", "more", "nodes", "mix"}, Wrap: true}
	var rows [][]document.Piece
	for i := range p.RunnersUp {
		m := &p.RunnersUp[i]
		more := document.Prose("")
		if p.Recommendation != nil {
			more = document.Prose(money.Signed(m.Cost - p.Recommendation.Cost))
		}
		rows = append(rows, []document.Piece{document.Prose(money.Bare(m.Cost)), more, document.Prose(reports.Count(int64(m.Nodes))), p.mix(m)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	if !p.Priced() {
		t = t.Without("cost", "more")
	}
	explained(d, t, "cost", money.Hourly(), "more", "what it is beyond that of the recommendation")
}

// miss says which objective does not hold where.
func miss(m *Miss) string {
	if m == nil {
		return reports.Missing
	}
	text := m.Objective + ", situation " + m.Contingency + fmt.Sprintf(", seed %d", m.Seed)
	switch {
	case m.Value != nil && finite(*m.Value):
		text += ": got " + valuesOf(m.Objective, m.Unit, *m.Value)(*m.Value)
	case m.Message != "":
		text += ": " + m.Message
	}
	return text
}

// leaves tells what the recommendation leaves free.
func (p *Plan) leaves(d *document.Document) {
	if len(p.Headroom) == 0 {
		return
	}
	d.Heading(2, document.Prose("What is left"))
	d.Paragraph(document.Prose("Of each resource at the moment when most of it is requested, in the situation that leaves least of it."))
	t := &document.Table{Header: []string{"resource", "there", "requested", "free", "least in"}, Left: []bool{true, false, false, false, true}}
	var rows [][]document.Piece
	for i := range p.Headroom {
		r := &p.Headroom[i]
		scale := Amounts(r.Resource, r.Allocatable, r.Requested)
		rows = append(rows, []document.Piece{document.Named(r.Resource), document.Prose(scale.Text(r.Allocatable)), document.Prose(scale.Text(r.Requested)),
			document.Prose(Percent(r.Share)), document.Named(r.Contingency)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	explained(d, t, "there", "what the nodes that are left then have for pods", "requested", "what their pods request of it", "free", "the rest")
}
