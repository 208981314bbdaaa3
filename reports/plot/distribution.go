package plot

import (
	"image/color"
	"io"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/podsim/podsim/reports/comparison"
)

// Distributions draws for each of the metrics how its values are distributed over
// the seeds, policy by policy. Without metrics it draws the first six that tell
// policies apart.
func Distributions(w io.Writer, c *comparison.Comparison, cell int, metrics []string, o Options) error {
	f, err := newChart(c, cell, "how metrics differ between seeds", metrics, o)
	if err != nil {
		return err
	}
	f.caption = "Each dot is the run of one seed. The box holds the middle half of the seeds, its bar the median; the diamond is the mean."
	var policies []string
	for _, p := range c.Policies {
		policies = append(policies, p.Name)
	}
	return f.write(w, policies, func(m *comparison.Metric, rows []string) *gonum.Plot { return distribution(c, m, rows, f.ticks) })
}

func distribution(c *comparison.Comparison, m *comparison.Metric, rows []string, ticks int) *gonum.Plot {
	p := panel(label(m.Name, 48))
	rowsAxis(p, rows)
	scale := m.Scale()
	p.X.Label.Text = axisLabel(scale.Unit(), m.Better)
	var marks []*strip
	var all []float64
	for i, policy := range c.Policies {
		s := &strip{at: rowAt(i, len(rows)), colour: colour(i)}
		for _, v := range finite(m.Values(policy.Name)) {
			s.values = append(s.values, scale.Of(v))
		}
		all = append(all, s.values...)
		marks = append(marks, s)
	}
	if all == nil {
		return empty(p)
	}
	p.X.Min, p.X.Max = limits(all, 0.06)
	p.X.Tick.Marker = numbers(ticks)
	grid(p, true, false)
	for _, s := range marks {
		p.Add(s)
	}
	return p
}

// empty makes a panel one that says that there is nothing to see.
func empty(p *gonum.Plot) *gonum.Plot {
	p.X.Min, p.X.Max = 0, 1
	p.X.Tick.Marker = gonum.ConstantTicks(nil)
	p.X.Tick.Length = 0
	p.X.LineStyle.Width = 0
	p.X.Label.Text = ""
	p.Add(note("nothing was measured"))
	return p
}

// strip is one row: a dot for each value over a box, and the mean.
type strip struct {
	at     float64
	colour color.RGBA
	values []float64
}

// Plot implements gonum's Plotter.
func (s *strip) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	y := ty(s.at)
	row := ty(1) - ty(0)
	if len(s.values) == 0 {
		style := letters(smallSize, quiet)
		style.YAlign = draw.YCenter
		c.FillText(style, vg.Point{X: c.Min.X + 4, Y: y}, "nothing was measured")
		return
	}
	half := min(row*0.36, 11)
	radius := min(max(row*0.09, 1.4), 2.4)
	if len(s.values) == 1 {
		dot(c, vg.Point{X: tx(s.values[0]), Y: y}, 2*radius, s.colour)
		return
	}
	sorted := slices.Sorted(slices.Values(s.values))
	left, middle, right := tx(comparison.Quantile(sorted, 0.25)), tx(comparison.Quantile(sorted, 0.5)), tx(comparison.Quantile(sorted, 0.75))
	box := rectangle(left, y-half, right, y+half)
	c.FillPolygon(tint(s.colour, 0.16), box)
	shade := s.colour
	if len(s.values) > crowd {
		shade, radius = tint(s.colour, 0.5), 1.4
	}
	for i, v := range s.values {
		dot(c, vg.Point{X: tx(v), Y: y + half*0.72*vg.Length(jitter(i))}, radius, shade)
	}
	c.StrokeLines(draw.LineStyle{Color: tint(s.colour, 0.65), Width: 0.9}, append(box, box[0]))
	c.StrokeLine2(draw.LineStyle{Color: s.colour, Width: 2}, middle, y-half, middle, y+half)
	total := 0.0
	for _, v := range s.values {
		total += v / float64(len(s.values))
	}
	diamond(c, vg.Point{X: tx(total), Y: y}, min(max(row*0.2, 3.5), 5.5), ink)
}

// crowd is how many dots begin to hide the box behind them.
const crowd = 80

// jitter spreads dots over a row, from -1 to 1: the fractional parts of multiples
// of the golden ratio never lump together.
func jitter(i int) float64 {
	_, part := math.Modf(float64(float64(i+1) * 0.6180339887498949))
	return float64(2*part) - 1
}

// dot draws a point with a thin white edge, so that points that touch can be told
// apart.
func dot(c draw.Canvas, at vg.Point, radius vg.Length, fill color.Color) {
	for _, disc := range []struct {
		radius vg.Length
		colour color.Color
	}{{radius + 0.6, paper}, {radius, fill}} {
		var path vg.Path
		path.Move(vg.Point{X: at.X + disc.radius, Y: at.Y})
		path.Arc(at, disc.radius, 0, 2*math.Pi)
		path.Close()
		c.SetColor(disc.colour)
		c.Fill(path)
	}
}

func diamond(c draw.Canvas, at vg.Point, size vg.Length, fill color.Color) {
	corners := func(size vg.Length) []vg.Point {
		return []vg.Point{{X: at.X - size, Y: at.Y}, {X: at.X, Y: at.Y + size}, {X: at.X + size, Y: at.Y}, {X: at.X, Y: at.Y - size}}
	}
	c.FillPolygon(paper, corners(size+1.2))
	c.FillPolygon(fill, corners(size))
}
