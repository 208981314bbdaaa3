package page

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// What a page shows of a comparison whose tables say the rest.
const (
	panelsOpen = 6       // metrics that are drawn openly at each point of a grid
	panelsMost = 150     // metrics that are drawn on a page
	dotsMost   = 200_000 // dots on a page, of about 10 bytes
	colours    = 12
)

// seedCharts draws the metrics of a comparison seed by seed, as far as a page can hold.
type seedCharts struct {
	c            *comparison.Comparison
	panels, dots int // that may still be drawn
}

// figures returns the drawings of all cells by their names in the report.
func (s *seedCharts) figures() map[string]template.HTML {
	drawn := make(map[string]template.HTML)
	for i := range s.c.Cells {
		drawn[comparison.SeedsFigure(i)] = template.HTML(s.cell(&s.c.Cells[i]))
	}
	return drawn
}

// cell draws a chart for each metric of a point of the grid.
func (s *seedCharts) cell(cell *comparison.Cell) string {
	telling := s.c.Telling(cell)
	slices.SortStableFunc(telling, func(a, b *comparison.Metric) int { return s.undecided(a) - s.undecided(b) })
	var charts []string
	left := 0
	for _, m := range telling {
		if s.panels == 0 {
			left++
		} else if text := s.metric(m); text != "" {
			charts = append(charts, text)
			s.panels--
		}
	}
	if len(charts) == 0 {
		return ""
	}
	open := min(panelsOpen, len(charts))
	if len(s.c.Cells) > 1 {
		open = 0
	}
	var b strings.Builder
	b.WriteString(s.explanation() + strings.Join(charts[:open], ""))
	if rest := len(charts) - open; rest > 0 {
		what := fmt.Sprintf("%d more metrics, seed by seed", rest)
		if open == 0 {
			what = "Seed by seed: " + reports.Plural(rest, "metric")
		}
		fmt.Fprintf(&b, "<details><summary>%s</summary>%s</details>\n", what, strings.Join(charts[open:], ""))
	}
	if left > 0 {
		fmt.Fprintf(&b, `<p class="note">%s more would make this page too large: their numbers are in the table.</p>`+"\n", reports.Plural(left, "metric"))
	}
	return b.String()
}

// undecided is 0 for metrics in which some policy is better or worse, and 1 for others.
func (s *seedCharts) undecided(m *comparison.Metric) int {
	for _, p := range s.c.Others() {
		if v := m.Verdict(p.Name); v == comparison.Better || v == comparison.Worse {
			return 0
		}
	}
	return 1
}

// explanation says how the charts are read.
func (s *seedCharts) explanation() string {
	text := "Left: the value of each seed, the box its middle half with the median, the large dot the mean."
	if len(s.c.Others()) > 0 {
		text += " Right: the policy minus " + s.c.Baseline + " on the same seed; the large dot is the mean, the bar its " + reports.Percent(s.c.Confidence) +
			" interval, and rings are the seeds where the policy loses most. Where the bar crosses 0, chance alone may explain the difference."
	}
	return `<p class="note">` + html.EscapeString(reports.Visible(text)) + "</p>\n"
}

// metric draws one metric; empty if nothing of it can be drawn.
func (s *seedCharts) metric(m *comparison.Metric) string {
	scale := m.Scale()
	axis, ok := s.valueAxis(m, scale)
	if !ok {
		return ""
	}
	difference, paired := s.differenceAxis(m, scale)
	dots := len(s.c.Policies) * len(s.c.Seeds) * 2
	if dots = s.dots - dots; dots >= 0 {
		s.dots = dots
	}
	var b strings.Builder
	b.WriteString(`<figure class="seeds"><figcaption><strong><bdi>` + html.EscapeString(reports.Visible(m.Name)) + "</bdi></strong>")
	switch {
	case m.Better < 0:
		b.WriteString(" lower is better")
	case m.Better > 0:
		b.WriteString(" higher is better")
	}
	if axis.line != nil {
		b.WriteString("; dashed: best possible, " + html.EscapeString(scale.Text(m.Bound.Value)))
	}
	b.WriteString("</figcaption>\n<table class=\"seeds\"><thead><tr><th scope=\"col\">policy</th><th scope=\"col\">by seed" + unit(scale.Unit()) + "</th>")
	if paired {
		b.WriteString(`<th scope="col">difference to <bdi>` + html.EscapeString(reports.Visible(s.c.Baseline)) + "</bdi>" + unit(scale.DifferenceUnit()) + `</th><th scope="col">verdict</th>`)
	}
	b.WriteString("</tr></thead><tbody>\n")
	for i, p := range s.c.Policies {
		fmt.Fprintf(&b, `<tr><th scope="row"><bdi>%s</bdi></th><td>%s</td>`, html.EscapeString(reports.Visible(p.Name)), s.values(m, i, axis, dots >= 0))
		if paired {
			b.WriteString(s.difference(m, p.Name, difference, dots >= 0))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString(`<tr class="ticks" aria-hidden="true"><th></th><td>` + axis.labels(false) + "</td>")
	if paired {
		b.WriteString("<td>" + difference.labels(true) + "</td><td></td>")
	}
	b.WriteString("</tr>\n</tbody></table></figure>\n")
	return b.String()
}

func unit(name string) string {
	if name == "" {
		return ""
	}
	return ", " + html.EscapeString(reports.Visible(name))
}

// measured returns the values by seed that are numbers, in the unit of the scale.
func measured(values []*float64, scale reports.Scale) []float64 {
	var out []float64
	for _, v := range values {
		if v != nil && drawable(scale.Of(*v)) {
			out = append(out, scale.Of(*v))
		}
	}
	return out
}

// boundNear is how many times as far from the values as they are apart the best
// possible may lie to be drawn: beyond, the values would be one dot.
const boundNear = 2

func (s *seedCharts) valueAxis(m *comparison.Metric, scale reports.Scale) (*axis, bool) {
	var all []float64
	for _, p := range s.c.Policies {
		all = append(all, measured(m.Values(p.Name), scale)...)
		if o := m.Outcome(p.Name); o != nil && drawable(scale.Of(o.Mean)) {
			all = append(all, scale.Of(o.Mean))
		}
	}
	a, ok := newAxis(all)
	if !ok || m.Bound == nil {
		return a, ok
	}
	best, width := scale.Of(m.Bound.Value), slices.Max(all)-slices.Min(all)
	if best > slices.Min(all)-float64(boundNear*width) && best < slices.Max(all)+float64(boundNear*width) {
		if a, ok = newAxis(append(all, best)); ok {
			a.line, a.class = &best, "bound"
		}
	}
	return a, ok
}

// values is the row of a policy: how its seeds are spread.
func (s *seedCharts) values(m *comparison.Metric, policy int, a *axis, dots bool) string {
	name := s.c.Policies[policy].Name
	o := m.Outcome(name)
	if o == nil {
		return `<span class="faint">not measured</span>`
	}
	scale := m.Scale()
	row := strip{values: measured(o.Values, scale), box: true, class: colour(policy)}
	if mean := scale.Of(o.Mean); drawable(mean) {
		row.mean = &mean
	}
	row.tip = []string{reports.Visible(m.Name) + " with " + reports.Visible(name), "mean: " + scale.Text(o.Mean)}
	if i := o.Interval; i != nil {
		row.tip = append(row.tip, reports.Percent(s.c.Confidence)+" interval: "+scale.Between(i.Low, i.High))
	}
	if o.N > 1 {
		row.tip = append(row.tip, "median: "+scale.Text(o.Median), "least and most: "+scale.Between(o.Min, o.Max))
	}
	row.tip = append(row.tip, "seeds: "+reports.Count(int64(o.N)))
	return row.draw(a, dots)
}

// colour is the class of the colours of a policy, of which there are twelve.
func colour(policy int) string { return fmt.Sprintf("f%d s%d", policy%colours, policy%colours) }

func (s *seedCharts) differenceAxis(m *comparison.Metric, scale reports.Scale) (*axis, bool) {
	all := []float64{0}
	for _, p := range s.c.Others() {
		differences := measured(m.Differences(p.Name, s.c.Baseline), scale)
		all = append(all, differences...)
		d := m.Delta(p.Name)
		if d == nil || len(differences) == 0 {
			continue
		}
		ends := []float64{d.Mean}
		if d.Interval != nil {
			ends = append(ends, d.Interval.Low, d.Interval.High)
		}
		for _, end := range ends {
			if drawable(scale.Of(end)) {
				all = append(all, scale.Of(end))
			}
		}
	}
	if len(all) == 1 {
		return nil, false
	}
	a, ok := newAxis(all)
	if ok {
		a.line, a.class = new(float64), "zero"
	}
	return a, ok
}

// difference fills the cells of a policy's differences to the baseline.
func (s *seedCharts) difference(m *comparison.Metric, policy string, a *axis, dots bool) string {
	nothing := "<td>" + new(strip).draw(a, false) + `</td><td class="verdict-of faint">`
	if policy == s.c.Baseline {
		return nothing + "baseline</td>"
	}
	d, scale := m.Delta(policy), m.Scale()
	all := m.Differences(policy, s.c.Baseline)
	row := strip{values: measured(all, scale), class: "plain"}
	if d == nil || d.N == 0 || len(row.values) == 0 {
		return nothing + string(comparison.NotMeasured) + "</td>"
	}
	verdict := m.Verdict(policy)
	tone := ""
	switch verdict {
	case comparison.Better:
		row.class, tone = "pass", "good"
	case comparison.Worse:
		row.class, tone = "fail", "bad"
	}
	if mean := scale.Of(d.Mean); drawable(mean) {
		row.mean = &mean
	}
	row.tip = []string{reports.Visible(policy) + " minus " + reports.Visible(s.c.Baseline), "difference: " + scale.Signed(d.Mean)}
	if i := d.Interval; i != nil && drawable(scale.Of(i.Low)) && drawable(scale.Of(i.High)) {
		row.interval = &comparison.Interval{Low: scale.Of(i.Low), High: scale.Of(i.High)}
		row.tip = append(row.tip, reports.Percent(s.c.Confidence)+" interval: "+scale.SignedBetween(i.Low, i.High))
	}
	row.tip = append(row.tip, "verdict: "+reports.Visible(string(verdict)), fmt.Sprintf("ahead in: %d of %d seeds", d.Wins, d.N))
	if d.Losses > 0 && m.Better != reports.Neutral {
		s.mark(&row, d, all, scale)
	}
	return "<td>" + row.draw(a, dots) + `</td><td class="` + strings.TrimSpace("verdict-of "+tone) + `">` + html.EscapeString(reports.Visible(string(verdict))) + "</td>"
}

// mark sets off the seeds in which a policy loses most.
func (s *seedCharts) mark(row *strip, d *comparison.Delta, differences []*float64, scale reports.Scale) {
	for i, seed := range d.WorstSeeds {
		at := slices.Index(s.c.Seeds, seed)
		if at < 0 || at >= len(differences) || differences[at] == nil || !drawable(scale.Of(*differences[at])) {
			continue
		}
		text := fmt.Sprintf("seed %d: %s", seed, scale.Signed(*differences[at]))
		row.marked = append(row.marked, mark{scale.Of(*differences[at]), text})
		if i < 3 {
			row.tip = append(row.tip, "worst "+text)
		}
	}
}
