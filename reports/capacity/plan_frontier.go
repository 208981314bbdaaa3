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
	objectives := p.objectivesWithFrontier()
	if len(objectives) == 0 {
		return
	}
	d.Heading(2, document.Prose("What a better value costs"))
	d.Paragraph(document.Prose("Each point is the " + p.least() + " mix that was run and reaches the value, the worst of all situations and seeds. " +
		"Mixes that cost more and reach less are left out."))
	for _, objective := range objectives {
		points := p.pointsOf(objective)
		d.Heading(3, document.Named(objective))
		c := p.staircase(points)
		if len(points) >= chartLeast {
			d.Paragraph(p.legend(points, c)...)
			d.Figure(objective, c.draw)
		}
		d.Table(p.frontierTable(points), nil)
	}
}

// legend explains a chart.
func (p *Plan) legend(points []*Point, c *Staircase) []document.Piece {
	text := "Up: the value"
	if unit := points[0].Unit; unit != chartUnit(points) {
		text += ", in " + unit
	}
	if c.upright().logarithmic {
		text += ", on a logarithmic scale"
	}
	if p.MinimisesNodes() {
		text += ". Across: nodes."
	} else {
		text += ". Across: cost, " + p.Money().Hourly() + "."
	}
	shown := make(map[Standing]bool)
	for _, d := range c.Dots {
		shown[d.Standing] = true
	}
	for s := Recommended; s >= Misses; s-- {
		if shown[s] {
			text += " " + marks[s] + " " + s.String() + ";"
		}
	}
	text = strings.TrimSuffix(text, ";")
	if c.Limit != nil {
		text += "; ┄ is what the objective asks for"
	}
	return []document.Piece{document.Prose(text + ".")}
}

// chartLeast is how many points make a chart worth its room.
const chartLeast = 3

// objectivesWithFrontier returns the objectives whose values differ from mix to mix.
func (p *Plan) objectivesWithFrontier() []string {
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
	if p.MinimisesNodes() {
		return float64(m.Nodes)
	}
	return m.Cost
}

func (p *Plan) frontierTable(points []*Point) *document.Table {
	money := p.Money()
	t := &document.Table{Header: []string{"value", "cost", "nodes", "plan", "mix"},
		Left: []bool{false, false, false, true}, Wrap: true}
	write := valuesOfPoints(points, points[0].Unit)
	var rows [][]document.Piece
	for _, f := range points {
		rows = append(rows, []document.Piece{document.Prose(write(f.Value)), document.Prose(money.Bare(f.Mix.Cost)),
			document.Prose(reports.Count(int64(f.Mix.Nodes))), judged(p.standing(f)), p.mix(&f.Mix)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	if !p.Priced() {
		t = t.Without("cost")
	}
	return t
}

// judged says what the plan makes of a point.
func judged(s Standing) document.Piece {
	switch s {
	case Recommended:
		return document.Toned("recommended", document.Good)
	case Meets:
		return document.Prose("meets it")
	}
	return document.Toned("misses it", document.Faint)
}

// standing returns what the plan makes of a point.
func (p *Plan) standing(f *Point) Standing {
	switch {
	case p.Recommendation != nil && slices.Equal(p.Recommendation.Counts, f.Mix.Counts):
		return Recommended
	case f.Meets:
		return Meets
	}
	return Misses
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

// Staircases returns the frontiers that have points enough to be drawn, by the names of
// their objectives, which are those of the figures in the report.
func (p *Plan) Staircases() []*Staircase {
	var out []*Staircase
	for _, objective := range p.objectivesWithFrontier() {
		if points := p.pointsOf(objective); len(points) >= chartLeast {
			out = append(out, p.staircase(points))
		}
	}
	return out
}

// staircase returns the drawing of the points of an objective.
func (p *Plan) staircase(points []*Point) *Staircase {
	c := &Staircase{Objective: points[0].Objective, Limit: points[0].Limit, WriteUp: valuesOfPoints(points, chartUnit(points)), WriteAcross: p.Money().Bare}
	if p.MinimisesNodes() {
		c.WriteAcross = func(x float64) string { return reports.Count(int64(x)) }
	}
	for _, f := range points {
		c.Dots = append(c.Dots, Dot{p.size(&f.Mix), f.Value, p.standing(f), p.MixText(&f.Mix)})
	}
	return c
}
