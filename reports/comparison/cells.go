package comparison

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// cell tells what came out at one point of the grid.
func (c *Comparison) cell(d *document.Document, index int) {
	cell := &c.Cells[index]
	title := []document.Piece{document.Prose("Metrics")}
	if len(cell.Settings) > 0 {
		title = []document.Piece{document.Prose("With "), document.Named(Label(cell.Settings))}
	}
	d.Heading(2, title...)
	if len(cell.Settings) > 0 && len(c.Cells) > 1 {
		var sentences [][]document.Piece
		others := c.Others()
		for _, p := range others[:min(len(others), headlinesMost)] {
			sentences = append(sentences, c.sentence(cell, p.Name))
		}
		d.List(sentences)
	}
	d.Figure(SeedsFigure(index), nil)
	shown, equal, missing := sift(cell.Metrics, c)
	switch len(c.Policies) {
	case 1:
		d.Table(c.single(shown), nil)
	case 2:
		d.Table(c.pair(shown), c.many(shown))
	default:
		d.Table(c.many(shown), nil)
	}
	if len(equal) > 0 {
		d.Paragraph(append([]document.Piece{document.Prose("Equal for all policies in every seed: ")}, document.Listed(equal)...)...)
	}
	if len(missing) > 0 {
		d.Paragraph(append([]document.Piece{document.Prose("Nothing to measure: ")}, document.Listed(missing)...)...)
	}
	c.pairing(d, cell)
	c.bounds(d, cell)
	c.worst(d, cell)
	c.failures(d, cell)
}

// Telling returns the metrics of a cell that say something about a policy.
func (c *Comparison) Telling(cell *Cell) []*Metric {
	shown, _, _ := sift(cell.Metrics, c)
	return shown
}

// sift sets apart the metrics that say nothing about any policy.
func sift(metrics []Metric, c *Comparison) (shown []*Metric, equal, missing [][]document.Piece) {
	for i := range metrics {
		m := &metrics[i]
		measured, same := false, len(c.Policies) > 1
		for _, p := range c.Policies {
			measured = measured || m.Outcome(p.Name) != nil
			same = same && (p.Name == c.Baseline || m.Verdict(p.Name) == Same)
		}
		switch {
		case !measured:
			missing = append(missing, []document.Piece{document.Named(m.Name)})
		case same:
			item := []document.Piece{document.Named(m.Name)}
			if o := m.Outcome(c.Baseline); o != nil {
				item = append(item, document.Prose(" "+m.Scale().Text(o.Mean)))
			}
			equal = append(equal, item)
		default:
			shown = append(shown, m)
		}
	}
	return shown, equal, missing
}

// single is the table of one policy.
func (c *Comparison) single(metrics []*Metric) *document.Table {
	t := &document.Table{
		Of:       "metric",
		Header:   []string{"metric", "mean", reports.Percent(c.Confidence) + " interval", "min", "median", "max"},
		Left:     make([]bool, 6),
		Optional: []bool{false, false, false, true, true, true},
	}
	var rows [][]document.Piece
	for _, m := range metrics {
		o, s := m.Outcome(c.Policies[0].Name), m.Scale()
		rows = append(rows, []document.Piece{document.Named(m.Name), document.Prose(s.Text(o.Mean)), document.Prose(between(o.Interval, s.Between)),
			document.Prose(s.Text(o.Min)), document.Prose(s.Text(o.Median)), document.Prose(s.Text(o.Max))})
	}
	t.Groups = []document.Group{{Rows: rows}}
	return t
}

// between writes an interval.
func between(i *Interval, write func(low, high float64) string) string {
	if i == nil {
		return reports.Missing
	}
	return write(i.Low, i.High)
}

// pair is the table of two policies: one row a metric.
func (c *Comparison) pair(metrics []*Metric) *document.Table {
	other := c.Others()
	if len(other) != 1 { // the baseline is unknown
		return c.many(metrics)
	}
	t := &document.Table{
		Of: "metric",
		Header: []string{"metric", "better", c.Baseline, other[0].Name, "difference", reports.Percent(c.Confidence) + " interval",
			"verdict", "won", "pairing"},
		Left:     []bool{true, true, false, false, false, false, true, false, false},
		Optional: []bool{false, true, false, false, false, false, false, true, true},
	}
	var rows [][]document.Piece
	for _, m := range metrics {
		row := []document.Piece{document.Named(m.Name), document.Toned(direction(m.Better), document.Faint), c.mean(m, c.Baseline), c.mean(m, other[0].Name)}
		rows = append(rows, append(row, c.difference(m, other[0].Name)...))
	}
	t.Groups = []document.Group{{Rows: rows}}
	return t
}

// many is the table of three policies or more: one group a metric.
func (c *Comparison) many(metrics []*Metric) *document.Table {
	t := &document.Table{
		Of:       "metric",
		Header:   []string{"policy", "mean", "±", "difference", reports.Percent(c.Confidence) + " interval", "verdict", "won", "pairing"},
		Left:     []bool{true, false, false, false, false, true, false, false},
		Optional: []bool{false, false, true, false, false, false, true, true},
	}
	for _, m := range metrics {
		title := []document.Piece{document.Subject(m.Name)}
		if word := direction(m.Better); word != "" {
			title = append(title, document.Toned("  "+word+" is better", document.Faint))
		}
		g := document.Group{Title: title}
		for _, p := range c.Policies {
			row := []document.Piece{document.Named(p.Name), c.mean(m, p.Name), c.spread(m, p.Name)}
			if p.Name == c.Baseline {
				row = append(row, document.Prose(""), document.Prose(""), document.Toned("baseline", document.Faint), document.Prose(""), document.Prose(""))
			} else {
				row = append(row, c.difference(m, p.Name)...)
			}
			g.Rows = append(g.Rows, row)
		}
		t.Groups = append(t.Groups, g)
	}
	return t
}

func direction(d reports.Direction) string {
	switch {
	case d < 0:
		return "lower"
	case d > 0:
		return "higher"
	}
	return ""
}

// mean writes the mean of a policy.
func (c *Comparison) mean(m *Metric, policy string) document.Piece {
	o := m.Outcome(policy)
	if o == nil {
		return document.Toned(reports.Missing, document.Faint)
	}
	return document.Prose(m.Scale().Text(o.Mean))
}

// spread writes half of the width of the interval of a mean.
func (c *Comparison) spread(m *Metric, policy string) document.Piece {
	o := m.Outcome(policy)
	if o == nil || o.Interval == nil {
		return document.Prose("")
	}
	return document.Toned(m.Scale().Bare(halfWidth(o.Interval)), document.Faint)
}

// difference fills the columns from difference on.
func (c *Comparison) difference(m *Metric, policy string) []document.Piece {
	d := m.Delta(policy)
	if d == nil || d.N == 0 {
		none := document.Toned(reports.Missing, document.Faint)
		return []document.Piece{none, none, document.Toned(string(NotMeasured), document.Faint), none, none}
	}
	s := m.Scale()
	text := s.Signed(d.Mean)
	if d.Relative != nil {
		text += " (" + reports.Relative(*d.Relative) + ")"
	}
	ratio := reports.Missing
	if d.WidthRatio != nil && !math.IsNaN(*d.WidthRatio) {
		ratio = fmt.Sprintf("%.2f", *d.WidthRatio)
	}
	return []document.Piece{document.Prose(text), document.Prose(between(d.Interval, s.SignedBetween)), judged(m.Verdict(policy)),
		document.Prose(fmt.Sprintf("%d/%d", d.Wins, d.N)), document.Prose(ratio)}
}

func judged(v Verdict) document.Piece {
	switch v {
	case Better:
		return document.Toned(string(v), document.Good)
	case Worse:
		return document.Toned(string(v), document.Bad)
	case Inconclusive:
		return document.Toned(string(v), document.Doubtful)
	case Higher, Lower:
		return document.Prose(string(v))
	}
	return document.Toned(string(v), document.Faint)
}

// pairing sums up what common seeds did for the width of intervals.
func (c *Comparison) pairing(d *document.Document, cell *Cell) {
	var ratios []float64
	for i := range cell.Metrics {
		for _, delta := range cell.Metrics[i].Deltas {
			if r := delta.WidthRatio; r != nil && !math.IsNaN(*r) {
				ratios = append(ratios, *r)
			}
		}
	}
	if len(ratios) == 0 {
		return
	}
	slices.Sort(ratios)
	text := fmt.Sprintf("Comparing seed by seed: intervals are %.2f times as wide as without pairing (median of %d; %.2f to %.2f).",
		ratios[(len(ratios)-1)/2], len(ratios), ratios[0], ratios[len(ratios)-1])
	d.Paragraph(document.Prose(text))
}

// bounds tells how much any policy could still gain.
func (c *Comparison) bounds(d *document.Document, cell *Cell) {
	t := &document.Table{Of: "metric", Header: []string{"policy", "mean", "from the best possible"}}
	for i := range cell.Metrics {
		m := &cell.Metrics[i]
		if m.Bound == nil {
			continue
		}
		word := "at least "
		if m.Better > 0 {
			word = "at most "
		}
		g := document.Group{Title: []document.Piece{document.Subject(m.Name),
			document.Prose("  " + word + m.Scale().Text(m.Bound.Value))}}
		for j, p := range c.Policies {
			gap := reports.Missing
			if j < len(m.Bound.Gaps) && m.Outcome(p.Name) != nil {
				gap = unsigned(reports.Relative(m.Bound.Gaps[j]))
			}
			g.Rows = append(g.Rows, []document.Piece{document.Named(p.Name), c.mean(m, p.Name), document.Prose(gap)})
		}
		t.Groups = append(t.Groups, g)
	}
	if len(t.Groups) > 0 {
		d.Heading(3, document.Prose("How far from the best possible"))
		d.Table(t, nil)
	}
}

// worstMost is how many metrics the worst seeds are told of for each policy.
const worstMost = 3

// worst names the seeds in which a policy loses most, for the metrics where it
// loses: they are the runs to look into.
func (c *Comparison) worst(d *document.Document, cell *Cell) {
	var items [][]document.Piece
	for _, p := range c.Others() {
		var losing []*Metric
		for i := range cell.Metrics {
			m := &cell.Metrics[i]
			if delta := m.Delta(p.Name); delta != nil && len(delta.WorstSeeds) > 0 && delta.Losses > 0 && m.Better != reports.Neutral {
				losing = append(losing, m)
			}
		}
		slices.SortStableFunc(losing, func(a, b *Metric) int {
			return cmp.Compare(concern(a.Verdict(p.Name)), concern(b.Verdict(p.Name)))
		})
		var parts [][]document.Piece
		for _, m := range losing[:min(len(losing), worstMost)] {
			parts = append(parts, []document.Piece{document.Named(m.Name), document.Prose(" in " + seedText(m.Delta(p.Name).WorstSeeds))})
		}
		if parts != nil {
			items = append(items, append([]document.Piece{document.Named(p.Name), document.Prose(": ")}, document.Joined(parts, "; ", "; ")...))
		}
	}
	if items != nil {
		d.Heading(3, document.Prose("Seeds to look into: where a policy loses most"))
		d.List(items)
	}
}

func concern(v Verdict) int {
	if v == Worse {
		return 0
	}
	return 1
}

// seedText writes seeds in their order.
func seedText(seeds []uint64) string {
	text := "seed "
	if len(seeds) > 1 {
		text = "seeds "
	}
	for i, seed := range seeds {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(seed)
	}
	return text
}

// failures tells of assertions of the scenario that failed in single runs.
func (c *Comparison) failures(d *document.Document, cell *Cell) {
	if len(cell.Failures) == 0 {
		return
	}
	d.Heading(3, document.Prose("Assertions of the scenario that failed in some runs"))
	var items [][]document.Piece
	for _, f := range cell.Failures {
		items = append(items, []document.Piece{document.Toned("FAIL", document.Bad), document.Prose("  "), document.Named(f.Policy), document.Prose(": "), document.Named(f.Assertion),
			document.Prose(fmt.Sprintf(" in %d of %s (%s)", len(f.Seeds), reports.Plural(len(c.Seeds), "seed"), reports.SeedRanges(f.Seeds)))})
	}
	d.List(items)
}
