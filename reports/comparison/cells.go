package comparison

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/reports"
)

// cell tells what came out at one point of the grid.
func (c *Comparison) cell(d *document, cell *Cell) {
	title := []piece{prose("Metrics")}
	if len(cell.Settings) > 0 {
		title = []piece{prose("With "), named(Label(cell.Settings))}
	}
	d.heading(2, title...)
	if len(cell.Settings) > 0 && len(c.Cells) > 1 {
		var sentences [][]piece
		others := c.others()
		for _, p := range others[:min(len(others), headlinesMost)] {
			sentences = append(sentences, c.sentence(cell, p.Name))
		}
		d.list(sentences)
	}
	shown, equal, missing := sift(cell.Metrics, c)
	switch len(c.Policies) {
	case 1:
		d.table(c.single(shown), nil)
	case 2:
		d.table(c.pair(shown), c.many(shown))
	default:
		d.table(c.many(shown), nil)
	}
	if len(equal) > 0 {
		d.paragraph(append([]piece{prose("Equal for all policies in every seed: ")}, listed(equal)...)...)
	}
	if len(missing) > 0 {
		d.paragraph(append([]piece{prose("Nothing to measure: ")}, listed(missing)...)...)
	}
	c.pairing(d, cell)
	c.bounds(d, cell)
	c.worst(d, cell)
	c.failures(d, cell)
}

// sift sets apart the metrics that say nothing about any policy.
func sift(metrics []Metric, c *Comparison) (shown []*Metric, equal, missing [][]piece) {
	for i := range metrics {
		m := &metrics[i]
		measured, same := false, len(c.Policies) > 1
		for _, p := range c.Policies {
			measured = measured || m.outcome(p.Name) != nil
			same = same && (p.Name == c.Baseline || m.verdict(p.Name) == Same)
		}
		switch {
		case !measured:
			missing = append(missing, []piece{named(m.Name)})
		case same:
			item := []piece{named(m.Name)}
			if o := m.outcome(c.Baseline); o != nil {
				item = append(item, prose(" "+m.Scale().Text(o.Mean)))
			}
			equal = append(equal, item)
		default:
			shown = append(shown, m)
		}
	}
	return shown, equal, missing
}

// single is the table of one policy.
func (c *Comparison) single(metrics []*Metric) *table {
	t := &table{
		header:   []string{"metric", "mean", reports.Percent(c.Confidence) + " interval", "min", "median", "max"},
		left:     make([]bool, 6),
		optional: []bool{false, false, false, true, true, true},
	}
	var rows [][]piece
	for _, m := range metrics {
		o, s := m.outcome(c.Policies[0].Name), m.Scale()
		rows = append(rows, []piece{named(m.Name), prose(s.Text(o.Mean)), prose(between(o.Interval, s.Between)),
			prose(s.Text(o.Min)), prose(s.Text(o.Median)), prose(s.Text(o.Max))})
	}
	t.groups = []group{{rows: rows}}
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
func (c *Comparison) pair(metrics []*Metric) *table {
	other := c.others()
	if len(other) != 1 { // the baseline is unknown
		return c.many(metrics)
	}
	t := &table{
		header: []string{"metric", "better", c.Baseline, other[0].Name, "difference", reports.Percent(c.Confidence) + " interval",
			"verdict", "won", "pairing"},
		left:     []bool{true, true, false, false, false, false, true, false, false},
		optional: []bool{false, true, false, false, false, false, false, true, true},
	}
	for i := range t.header {
		t.header[i] = reports.Visible(t.header[i])
	}
	var rows [][]piece
	for _, m := range metrics {
		row := []piece{named(m.Name), toned(direction(m.Better), faint), c.mean(m, c.Baseline), c.mean(m, other[0].Name)}
		rows = append(rows, append(row, c.difference(m, other[0].Name)...))
	}
	t.groups = []group{{rows: rows}}
	return t
}

// many is the table of three policies or more: one group a metric.
func (c *Comparison) many(metrics []*Metric) *table {
	t := &table{
		header:   []string{"policy", "mean", "±", "difference", reports.Percent(c.Confidence) + " interval", "verdict", "won", "pairing"},
		left:     []bool{true, false, false, false, false, true, false, false},
		optional: []bool{false, false, true, false, false, false, true, true},
	}
	for _, m := range metrics {
		title := []piece{{text: reports.Visible(m.Name), name: true, tone: strong}}
		if word := direction(m.Better); word != "" {
			title = append(title, toned("  "+word+" is better", faint))
		}
		g := group{title: title}
		for _, p := range c.Policies {
			row := []piece{named(p.Name), c.mean(m, p.Name), c.spread(m, p.Name)}
			if p.Name == c.Baseline {
				row = append(row, prose(""), prose(""), toned("baseline", faint), prose(""), prose(""))
			} else {
				row = append(row, c.difference(m, p.Name)...)
			}
			g.rows = append(g.rows, row)
		}
		t.groups = append(t.groups, g)
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
func (c *Comparison) mean(m *Metric, policy string) piece {
	o := m.outcome(policy)
	if o == nil {
		return toned(reports.Missing, faint)
	}
	return prose(m.Scale().Text(o.Mean))
}

// spread writes half of the width of the interval of a mean.
func (c *Comparison) spread(m *Metric, policy string) piece {
	o := m.outcome(policy)
	if o == nil || o.Interval == nil {
		return prose("")
	}
	return toned(m.Scale().Bare(halfWidth(o.Interval)), faint)
}

// difference fills the columns from difference on.
func (c *Comparison) difference(m *Metric, policy string) []piece {
	d := m.delta(policy)
	if d == nil || d.N == 0 {
		none := toned(reports.Missing, faint)
		return []piece{none, none, toned(string(NotMeasured), faint), none, none}
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
	return []piece{prose(text), prose(between(d.Interval, s.SignedBetween)), judged(m.verdict(policy)),
		prose(fmt.Sprintf("%d/%d", d.Wins, d.N)), prose(ratio)}
}

func judged(v Verdict) piece {
	switch v {
	case Better:
		return toned(string(v), good)
	case Worse:
		return toned(string(v), bad)
	case Inconclusive:
		return toned(string(v), doubtful)
	case Higher, Lower:
		return prose(string(v))
	}
	return toned(string(v), faint)
}

// pairing sums up what common seeds did for the width of intervals.
func (c *Comparison) pairing(d *document, cell *Cell) {
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
	d.paragraph(prose(text))
}

// bounds tells how much any policy could still gain.
func (c *Comparison) bounds(d *document, cell *Cell) {
	t := &table{header: []string{"policy", "mean", "from the best possible"}, left: []bool{true, false, false}, optional: make([]bool, 3)}
	for i := range cell.Metrics {
		m := &cell.Metrics[i]
		if m.Bound == nil {
			continue
		}
		word := "at least "
		if m.Better > 0 {
			word = "at most "
		}
		g := group{title: []piece{{text: reports.Visible(m.Name), name: true, tone: strong},
			prose("  " + word + m.Scale().Text(m.Bound.Value))}}
		for j, p := range c.Policies {
			gap := reports.Missing
			if j < len(m.Bound.Gaps) && m.outcome(p.Name) != nil {
				gap = unsigned(reports.Relative(m.Bound.Gaps[j]))
			}
			g.rows = append(g.rows, []piece{named(p.Name), c.mean(m, p.Name), prose(gap)})
		}
		t.groups = append(t.groups, g)
	}
	if len(t.groups) > 0 {
		d.heading(3, prose("How far from the best possible"))
		d.table(t, nil)
	}
}

// worstMost is how many metrics the worst seeds are told of for each policy.
const worstMost = 3

// worst names the seeds in which a policy loses most, for the metrics where it
// loses: they are the runs to look into.
func (c *Comparison) worst(d *document, cell *Cell) {
	var items [][]piece
	for _, p := range c.others() {
		var losing []*Metric
		for i := range cell.Metrics {
			m := &cell.Metrics[i]
			if delta := m.delta(p.Name); delta != nil && len(delta.WorstSeeds) > 0 && delta.Losses > 0 && m.Better != reports.Neutral {
				losing = append(losing, m)
			}
		}
		slices.SortStableFunc(losing, func(a, b *Metric) int {
			return cmp.Compare(concern(a.verdict(p.Name)), concern(b.verdict(p.Name)))
		})
		var parts [][]piece
		for _, m := range losing[:min(len(losing), worstMost)] {
			parts = append(parts, []piece{named(m.Name), prose(" in " + seedText(m.delta(p.Name).WorstSeeds))})
		}
		if parts != nil {
			items = append(items, append([]piece{named(p.Name), prose(": ")}, joined(parts, "; ", "; ")...))
		}
	}
	if items != nil {
		d.heading(3, prose("Seeds to look into: where a policy loses most"))
		d.list(items)
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
func (c *Comparison) failures(d *document, cell *Cell) {
	if len(cell.Failures) == 0 {
		return
	}
	d.heading(3, prose("Assertions of the scenario that failed in some runs"))
	var items [][]piece
	for _, f := range cell.Failures {
		items = append(items, []piece{toned("FAIL", bad), prose("  "), named(f.Policy), prose(": "), named(f.Assertion),
			prose(fmt.Sprintf(" in %d of %s (%s)", len(f.Seeds), plural(len(c.Seeds), "seed", "seeds"), seedList(f.Seeds)))})
	}
	d.list(items)
}
