package capacity

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// frontier tells what a better value of an objective costs: a chart and a table for
// each objective that has one.
func (p *Plan) frontier(d *document.Document) {
	objectives := p.frontiers()
	if len(objectives) == 0 {
		return
	}
	d.Heading(2, document.Prose("What a better value costs"))
	d.Paragraph(document.Prose("Each point is the " + p.least() + " mix that was run and reaches the value, the worst of all situations and seeds. " +
		"Mixes that cost more and reach less are left out."))
	for _, objective := range objectives {
		points := p.pointsOf(objective)
		d.Heading(3, document.Named(objective))
		c := p.chart(points)
		if len(points) >= chartLeast {
			d.Paragraph(p.legend(points, c)...)
			d.Figure(objective, c.draw)
		}
		d.Table(p.frontierTable(points), nil)
	}
}

// legend explains a chart.
func (p *Plan) legend(points []*Point, c *chart) []document.Piece {
	text := "Up: the value"
	if unit := points[0].Unit; unit != chartUnit(points) {
		text += ", in " + unit
	}
	if c.upright().logarithmic {
		text += ", on a logarithmic scale"
	}
	if p.minimisesNodes() {
		text += ". Across: nodes."
	} else {
		text += ". Across: cost, " + p.money().Hourly() + "."
	}
	shown := make(map[standing]bool)
	for _, d := range c.dots {
		shown[d.standing] = true
	}
	for s := recommended; s >= misses; s-- {
		if shown[s] {
			text += " " + marks[s] + " " + [...]string{"misses the plan", "meets the plan", "recommended"}[s] + ";"
		}
	}
	text = strings.TrimSuffix(text, ";")
	if c.limit != nil {
		text += "; ┄ is what the objective asks for"
	}
	return []document.Piece{document.Prose(text + ".")}
}

// chartLeast is how many points make a chart worth its room.
const chartLeast = 3

// frontiers returns the objectives whose values differ from mix to mix.
func (p *Plan) frontiers() []string {
	var out []string
	for i := range p.Frontier {
		name := p.Frontier[i].Objective
		points := p.pointsOf(name)
		differs := func(f *Point) bool { return f.Value != points[0].Value }
		if !slices.Contains(out, name) && slices.ContainsFunc(points, differs) {
			out = append(out, name)
		}
	}
	return out
}

// pointsOf returns the points of one objective, the least cost first.
func (p *Plan) pointsOf(objective string) []*Point {
	var out []*Point
	for i := range p.Frontier {
		if f := &p.Frontier[i]; f.Objective == objective && finite(f.Value) && finite(p.size(&f.Mix)) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *Point) int {
		switch x, y := p.size(&a.Mix), p.size(&b.Mix); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return out
}

// size is what the plan minimises.
func (p *Plan) size(m *Mix) float64 {
	if p.minimisesNodes() {
		return float64(m.Nodes)
	}
	return m.Cost
}

func (p *Plan) frontierTable(points []*Point) *document.Table {
	money := p.money()
	t := &document.Table{Header: []string{"value", "cost", "nodes", "plan", "mix"},
		Left: []bool{false, false, false, true}, Wrap: true}
	write := valuesOfPoints(points, points[0].Unit)
	var rows [][]document.Piece
	for _, f := range points {
		rows = append(rows, []document.Piece{document.Prose(write(f.Value)), document.Prose(money.Bare(f.Mix.Cost)),
			document.Prose(reports.Count(int64(f.Mix.Nodes))), judged(p.standing(f)), p.mix(&f.Mix)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	if !p.priced() {
		t = t.Without("cost")
	}
	return t
}

// judged says what the plan makes of a point.
func judged(s standing) document.Piece {
	switch s {
	case recommended:
		return document.Toned("recommended", document.Good)
	case meets:
		return document.Prose("meets it")
	}
	return document.Toned("misses it", document.Faint)
}

// standing returns what the plan makes of a point.
func (p *Plan) standing(f *Point) standing {
	switch {
	case p.Recommendation != nil && slices.Equal(p.Recommendation.Counts, f.Mix.Counts):
		return recommended
	case f.Meets:
		return meets
	}
	return misses
}

func valuesOfPoints(points []*Point, unit string) func(float64) string {
	var values []float64
	for _, f := range points {
		values = append(values, f.Value)
		if f.Limit != nil {
			values = append(values, *f.Limit)
		}
	}
	return valuesOf(points[0].Objective, unit, values...)
}

// chartUnit is the unit that stands beside values in a chart: none if it is no unit of
// the measures that podsim has.
func chartUnit(points []*Point) string {
	switch unit := points[0].Unit; unit {
	case reports.UnitSeconds, reports.UnitShare, reports.UnitBytes, reports.UnitMillicores:
		return unit
	}
	return ""
}

// chart returns the chart of the points of an objective.
func (p *Plan) chart(points []*Point) *chart {
	c := &chart{limit: points[0].Limit, writeUp: valuesOfPoints(points, chartUnit(points)), writeAcross: p.money().Bare}
	if p.minimisesNodes() {
		c.writeAcross = func(x float64) string { return reports.Count(int64(x)) }
	}
	for _, f := range points {
		c.dots = append(c.dots, dot{p.size(&f.Mix), f.Value, p.standing(f)})
	}
	return c
}
