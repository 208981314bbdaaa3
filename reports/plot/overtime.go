package plot

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/podsim/podsim/reports"
)

// Run is a run to be drawn over time. Of the summary it needs the time series, the
// disruptions and the end.
type Run struct {
	Name    string
	Summary *reports.Summary
}

// OverTime draws the utilisation of each resource, the pods that are pending and
// the nodes that are down over the virtual time of one or more runs, with bands
// where faults had nodes down.
func OverTime(w io.Writer, runs []Run, o Options) error {
	end := 0.0
	for _, r := range runs {
		if t := r.Summary.Series.Time; len(t) > 0 {
			end = max(end, float64(r.Summary.End), float64(t[len(t)-1]))
		}
	}
	if end <= 0 {
		return errors.New("there is nothing to draw: no run has a time series")
	}
	width := o.width()
	f := &figure{columns: 1, panelHeight: 128, panelLeast: 70, title: timeTitle(runs), subtitle: timeSubtitle(runs)}
	for i, r := range runs {
		f.legend = append(f.legend, entry{name: r.Name, colour: colour(i), dashes: dashes(i)})
	}
	faults := outages(runs)
	if len(faults) > 0 {
		f.legend = append(f.legend, entry{name: "nodes down by a fault", colour: fault, area: true})
	}
	for _, s := range seriesOf(runs) {
		p := panel(s.title)
		p.X.Min, p.X.Max = 0, end
		p.Y.Min, p.Y.Max = 0, s.top()
		p.X.Tick.Marker = times(min(max(width/90, 2), 14))
		p.Y.Tick.Marker = wholes(4)
		p.Y.Label.Text = s.unit
		p.Add(bands(faults))
		grid(p, true, true)
		for i, line := range s.lines {
			p.Add(&steps{points: thin(line, 2*width), style: draw.LineStyle{Color: colour(i), Width: lineWidth(i, len(runs)), Dashes: dashes(i)}})
		}
		f.panels = append(f.panels, p)
	}
	last := f.panels[len(f.panels)-1]
	last.X.Label.Text = "virtual time (hours:minutes)"
	return f.write(w, o)
}

// lineWidth makes lines that are drawn over others narrower, so that runs which go
// the same way can all be seen.
func lineWidth(i, runs int) vg.Length {
	const narrow, wide = 1.3, 3.4
	if runs == 1 {
		return 1.5
	}
	return narrow + (wide-narrow)*vg.Length(runs-1-i)/vg.Length(runs-1)
}

func timeTitle(runs []Run) string {
	if len(runs) == 1 {
		return label(runs[0].Name, 80) + " over time"
	}
	return fmt.Sprintf("%d runs over time", len(runs))
}

// timeSubtitle names the scenario and the seed, if they are the same for all.
func timeSubtitle(runs []Run) string {
	text := ""
	s := runs[0].Summary
	if !slices.ContainsFunc(runs, func(r Run) bool { return r.Summary.Scenario != s.Scenario }) && s.Scenario != "" {
		text = "scenario " + reports.Visible(s.Scenario)
	}
	if !slices.ContainsFunc(runs, func(r Run) bool { return r.Summary.Seed != s.Seed }) {
		text = joined(text, fmt.Sprintf("seed %d", s.Seed))
	}
	return text
}

// point is a value from a moment on.
type point struct{ at, value float64 }

// series is one panel: a line for each run.
type series struct {
	title, unit string
	whole       bool // shares: the axis may reach 100 %
	lines       [][]point
}

// top returns where the vertical axis ends.
func (s *series) top() float64 {
	most := 0.0
	for _, line := range s.lines {
		for _, p := range line {
			most = max(most, p.value)
		}
	}
	switch {
	case s.whole && most > 50:
		return max(100, most)
	case most == 0:
		return 1
	}
	return most * 1.08
}

// seriesOf returns the panels: resources in the order in which runs have them,
// pending pods, nodes that are down if any ever were.
func seriesOf(runs []Run) []series {
	var out []series
	for _, r := range runs {
		for i := range r.Summary.Series.Resources {
			res := &r.Summary.Series.Resources[i]
			title := label(res.Resource, 40) + " requested"
			known := slices.ContainsFunc(out, func(s series) bool { return s.title == title })
			if !known && slices.ContainsFunc(res.Allocatable, func(n int64) bool { return n > 0 }) {
				out = append(out, series{title: title, unit: "% of allocatable", whole: true, lines: utilisation(runs, res.Resource)})
			}
		}
	}
	pending := series{title: "pods pending", unit: "pods"}
	down := series{title: "nodes down", unit: "nodes"}
	for _, r := range runs {
		s := &r.Summary.Series
		pending.lines = append(pending.lines, counts(s.Time, s.Pending))
		down.lines = append(down.lines, counts(s.Time, s.NodesDown))
	}
	out = append(out, pending)
	if down.top() > 1 || slices.ContainsFunc(down.lines, func(l []point) bool {
		return slices.ContainsFunc(l, func(p point) bool { return p.value > 0 })
	}) {
		out = append(out, down)
	}
	return out
}

func utilisation(runs []Run, resource string) [][]point {
	out := make([][]point, len(runs))
	for i, r := range runs {
		s := &r.Summary.Series
		at := slices.IndexFunc(s.Resources, func(res reports.ResourceSeries) bool { return res.Resource == resource })
		if at < 0 {
			continue
		}
		values := s.Resources[at].Utilisation
		for j := range min(len(values), len(s.Time)) {
			out[i] = append(out[i], point{float64(s.Time[j]), float64(values[j] * 100)})
		}
	}
	return out
}

func counts(times []reports.Seconds, values []int64) []point {
	var out []point
	for j := range min(len(values), len(times)) {
		out = append(out, point{float64(times[j]), float64(values[j])})
	}
	return out
}

// thin keeps of a long line what can be seen: of each bucket of points the first,
// the least, the most and the last.
func thin(line []point, most int) []point {
	if len(line) <= most {
		return line
	}
	buckets := max(most/4, 1)
	out := make([]point, 0, 4*buckets)
	for b := range buckets {
		part := line[b*len(line)/buckets : (b+1)*len(line)/buckets]
		least := slices.MinFunc(part, byValue)
		largest := slices.MaxFunc(part, byValue)
		kept := []point{part[0], least, largest, part[len(part)-1]}
		slices.SortStableFunc(kept, func(a, b point) int { return cmp.Compare(a.at, b.at) })
		out = append(out, slices.Compact(kept)...)
	}
	return out
}

func byValue(a, b point) int { return cmp.Compare(a.value, b.value) }

// steps is a line whose values stay until the next point.
type steps struct {
	points []point
	style  draw.LineStyle
}

// Plot implements gonum's Plotter.
func (s *steps) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	var path []vg.Point
	for i, at := range s.points {
		if math.IsNaN(at.value) || math.IsInf(at.value, 0) {
			continue
		}
		here := vg.Point{X: tx(at.at), Y: ty(at.value)}
		if i > 0 && len(path) > 0 {
			path = append(path, vg.Point{X: here.X, Y: path[len(path)-1].Y})
		}
		path = append(path, here)
	}
	if len(path) > 1 {
		c.StrokeLines(s.style, path)
	}
}

// outage is a time in which nodes are down.
type outage struct{ from, to float64 }

// outages returns when faults had nodes down in any run, joined where they overlap.
func outages(runs []Run) []outage {
	var all []outage
	for _, r := range runs {
		for i := range r.Summary.Disruptions {
			d := &r.Summary.Disruptions[i]
			to := r.Summary.End
			if d.Until != nil {
				to = *d.Until
			}
			all = append(all, outage{float64(d.At), float64(max(to, d.At))})
		}
	}
	slices.SortFunc(all, func(a, b outage) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []outage
	for _, o := range all {
		if n := len(out); n > 0 && o.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, o.to)
		} else {
			out = append(out, o)
		}
	}
	return out
}

// bands draws outages behind the lines.
type bands []outage

// Plot implements gonum's Plotter.
func (b bands) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, _ := p.Transforms(&c)
	for _, o := range b {
		left, right := tx(o.from), tx(o.to)
		right = min(max(right, left+1.2), c.Max.X)
		if right > left {
			c.FillPolygon(color.Color(fault), rectangle(left, c.Min.Y, right, c.Max.Y))
		}
	}
}
