package plot

import (
	"errors"
	"image/color"
	"io"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// Differences draws for each of the metrics how the policies differ from the
// baseline: seed by seed, and the interval of the mean. Without metrics it draws
// the first six that tell policies apart.
func Differences(w io.Writer, c *comparison.Comparison, cell int, metrics []string, o Options) error {
	f, err := newChart(c, cell, "differences to "+label(c.Baseline, 40), metrics, o)
	if err != nil {
		return err
	}
	base := slices.IndexFunc(c.Policies, func(p comparison.Policy) bool { return p.Name == c.Baseline })
	if base < 0 || len(c.Policies) < 2 {
		return errors.New("there are no differences to draw: the comparison has no policies beside the baseline")
	}
	f.caption = "Each dot is one seed: the policy minus " + label(c.Baseline, 40) + " on the same arrivals, lifetimes and faults. " +
		"The diamond is the mean, the bar its " + reports.Percent(c.Confidence) + " interval: where it crosses the line at 0, chance alone may explain the difference. " +
		"Colours are verdicts, which allow for the number of comparisons."
	f.legend = []entry{{name: "better", colour: green, area: true}, {name: "worse", colour: vermillion, area: true},
		{name: "neither good nor bad", colour: blue, area: true}, {name: "inconclusive or the same", colour: undecided, area: true}}
	var others []string
	for i, p := range c.Policies {
		if i != base {
			others = append(others, p.Name)
		}
	}
	return f.write(w, others, func(m *comparison.Metric, rows []string) *gonum.Plot { return difference(c, m, rows, f.ticks) })
}

var undecided = color.RGBA{128, 128, 128, 255}

// judged returns the colour of a verdict.
func judged(v comparison.Verdict) color.RGBA {
	switch v {
	case comparison.Better:
		return green
	case comparison.Worse:
		return vermillion
	case comparison.Higher, comparison.Lower:
		return blue
	}
	return undecided
}

func difference(c *comparison.Comparison, m *comparison.Metric, rows []string, ticks int) *gonum.Plot {
	p := panel(label(m.Name, 48))
	rowsAxis(p, rows)
	scale := m.Scale()
	p.X.Label.Text = unitName(scale.DifferenceUnit())
	switch {
	case m.Better < 0:
		p.X.Label.Text = joined(p.X.Label.Text, "left of 0 is better")
	case m.Better > 0:
		p.X.Label.Text = joined(p.X.Label.Text, "right of 0 is better")
	}
	all := []float64{0}
	var marks []*span
	for _, policy := range c.Policies {
		if policy.Name == c.Baseline {
			continue
		}
		s := newSpan(m, policy.Name, c.Baseline)
		s.at = rowAt(len(marks), len(rows))
		all = append(all, s.scaled(scale)...)
		marks = append(marks, s)
	}
	if !slices.ContainsFunc(marks, func(s *span) bool { return len(s.values) > 0 }) {
		return empty(p)
	}
	p.X.Min, p.X.Max = limits(all, 0.06)
	p.X.Tick.Marker = numbers(ticks)
	grid(p, true, false)
	p.Add(zero{})
	for _, s := range marks {
		p.Add(s)
	}
	return p
}

// span is one row: the differences of the seeds, their mean and its interval.
type span struct {
	at       float64
	colour   color.RGBA
	text     string // beside the row
	values   []float64
	mean     *float64
	interval *comparison.Interval
}

// newSpan collects what is known of a policy.
func newSpan(m *comparison.Metric, policy, baseline string) *span {
	s := &span{colour: undecided, text: string(comparison.NotMeasured)}
	s.values = finite(m.Differences(policy, baseline))
	d := m.Delta(policy)
	if d == nil || len(s.values) == 0 {
		return s
	}
	s.colour, s.text = judged(d.Verdict), string(d.Verdict)
	if d.N > 0 && math.Abs(d.Mean) < drawable {
		s.mean = &d.Mean
	}
	if d.Relative != nil && d.Verdict != comparison.Same {
		s.text += " " + reports.Relative(*d.Relative)
	}
	if i := d.Interval; i != nil && math.Abs(i.Low) < drawable && math.Abs(i.High) < drawable {
		s.interval = &comparison.Interval{Low: i.Low, High: i.High}
	}
	return s
}

// scaled brings all numbers to the unit of the axis and returns them.
func (s *span) scaled(scale reports.Scale) []float64 {
	for i := range s.values {
		s.values[i] = scale.Of(s.values[i])
	}
	all := slices.Clone(s.values)
	if s.mean != nil {
		mean := scale.Of(*s.mean)
		s.mean = &mean
		all = append(all, mean)
	}
	if s.interval != nil {
		s.interval.Low, s.interval.High = scale.Of(s.interval.Low), scale.Of(s.interval.High)
		all = append(all, s.interval.Low, s.interval.High)
	}
	return all
}

// textWidth is the room to the right of a panel for verdicts.
var textWidth = letters(smallSize, ink).Width("inconclusive +000%")

// GlyphBoxes implements gonum's GlyphBoxer: it keeps room for the text.
func (s *span) GlyphBoxes(p *gonum.Plot) []gonum.GlyphBox {
	return []gonum.GlyphBox{{X: 1, Y: p.Y.Norm(s.at), Rectangle: vg.Rectangle{Max: vg.Point{X: textWidth + 8, Y: 1}}}}
}

// Plot implements gonum's Plotter.
func (s *span) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	y := ty(s.at)
	row := ty(1) - ty(0)
	style := letters(smallSize, ink)
	if s.colour == undecided {
		style.Color = quiet
	}
	style.YAlign = draw.YCenter
	c.FillText(style, vg.Point{X: c.Max.X + 8, Y: y + 1.8}, s.text)
	if len(s.values) == 0 {
		return
	}
	half := min(row*0.3, 9)
	for i, v := range s.values {
		dot(c, vg.Point{X: tx(v), Y: y + half*vg.Length(jitter(i))}, min(max(row*0.08, 1.3), 2), tint(s.colour, 0.45))
	}
	if s.interval != nil {
		bar := draw.LineStyle{Color: s.colour, Width: 3}
		cap := min(row*0.16, 4.5)
		low, high := tx(s.interval.Low), tx(s.interval.High)
		c.StrokeLine2(bar, low, y, high, y)
		bar.Width = 1.6
		c.StrokeLine2(bar, low, y-cap, low, y+cap)
		c.StrokeLine2(bar, high, y-cap, high, y+cap)
	}
	if s.mean != nil {
		diamond(c, vg.Point{X: tx(*s.mean), Y: y}, min(max(row*0.2, 3.5), 5), s.colour)
	}
}

// zero is the line of no difference.
type zero struct{}

// Plot implements gonum's Plotter.
func (zero) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, _ := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1}, tx(0), c.Min.Y, tx(0), c.Max.Y)
}
