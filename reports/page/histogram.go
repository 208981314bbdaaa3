package page

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/playback"
)

// drawings are the figures of a document, by name.
type drawings = map[string]template.HTML

// waitsFigure is the name of the histogram of waits.
const waitsFigure = "waits"

// runFigures are the drawings that a run has besides those of the script.
func runFigures(r *RunReport) drawings {
	w := &r.Played.Waits
	h := histogram{title: "How long pods took from their creation", series: []stepCounts{
		{"until bound", w.Bound[:]}, {"until ready", w.Ready[:]},
	}}
	if svg, ok := h.draw(); ok {
		return drawings{waitsFigure: svg}
	}
	return nil
}

// histogram counts durations in the steps of playback.WaitBounds.
type histogram struct {
	title  string
	series []stepCounts
}

// stepCounts are how many there are in each step.
type stepCounts struct {
	name   string
	counts []int64
}

func (b *stepCounts) total() (n int64) {
	for _, c := range b.counts {
		n += c
	}
	return n
}

// Of a histogram, in units of its view box.
const (
	histogramWidth  = 720
	histogramHeight = 220
	histogramFloor  = 180 // where stepCounts stand
	histogramTop    = 16
	histogramLeft   = 44
)

// draw returns the histogram as SVG; false if there is nothing in it.
func (h *histogram) draw() (template.HTML, bool) {
	first, last, most := h.reach()
	if last < first {
		return "", false
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<figure><figcaption>%s</figcaption>`, html.EscapeString(h.title))
	h.legend(&b)
	fmt.Fprintf(&b, `<svg class="chart" width="%[1]d" viewBox="0 0 %[1]d %[2]d" role="group" aria-label="%s">`, histogramWidth, histogramHeight, html.EscapeString(h.title))
	for _, part := range []float64{0.25, 0.5, 0.75, 1} {
		y := histogramFloor - float64(part*(histogramFloor-histogramTop))
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text class="end" x="%d" y="%.1f">%s</text>`,
			histogramLeft, histogramWidth, y, y, histogramLeft-6, y+4, reports.RoundedPercent(float64(part*most)))
	}
	slot := float64(histogramWidth-histogramLeft) / float64(last-first+1)
	for step := first; step <= last; step++ {
		h.step(&b, step, histogramLeft+float64(float64(step-first)*slot), slot, most)
	}
	fmt.Fprintf(&b, `<line class="axis" x1="%d" x2="%d" y1="%d" y2="%d"/></svg></figure>`, histogramLeft, histogramWidth, histogramFloor, histogramFloor)
	return template.HTML(b.String()), true
}

// reach returns the first and the last step with anything in it, and a round share that
// none exceeds.
func (h *histogram) reach() (first, last int, most float64) {
	first, last = len(playback.WaitBounds)+1, -1
	for i := range h.series {
		total := h.series[i].total()
		for step, n := range h.series[i].counts {
			if n > 0 {
				first, last = min(first, step), max(last, step)
				most = max(most, float64(n)/float64(total))
			}
		}
	}
	for _, round := range []float64{0.1, 0.2, 0.4, 0.6, 0.8, 1} {
		if most <= round {
			return first, last, round
		}
	}
	return first, last, 1
}

func (h *histogram) legend(b *strings.Builder) {
	b.WriteString(`<ul class="legend">`)
	for i := range h.series {
		if s := &h.series[i]; s.total() > 0 {
			fmt.Fprintf(b, `<li><svg class="swatch" viewBox="0 0 8 8" aria-hidden="true"><rect class="f%d" width="8" height="8"/></svg> %s, %s</li>`,
				i, html.EscapeString(s.name), reports.Plural(int(s.total()), "pod"))
		}
	}
	b.WriteString(`</ul>`)
}

// step draws the stepCounts of one step, side by side.
func (h *histogram) step(b *strings.Builder, step int, x, slot, most float64) {
	width := float64(slot * 0.8 / float64(len(h.series)))
	for i := range h.series {
		s := &h.series[i]
		n := s.counts[step]
		if n == 0 {
			continue
		}
		part := float64(n) / float64(s.total())
		height := max(float64(part/most*(histogramFloor-histogramTop)), 1)
		tip := fmt.Sprintf("%s: %s\npods: %s of %s", s.name, stepText(step), reports.Count(n), reports.Count(s.total()))
		fmt.Fprintf(b, `<rect class="f%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f" tabindex="0" role="img" aria-label="%s" data-tip="%s"/>`,
			i, x+float64(slot*0.1)+float64(float64(i)*width), histogramFloor-height, width, height,
			html.EscapeString(strings.ReplaceAll(tip, "\n", ", ")), html.EscapeString(tip))
	}
	if step < len(playback.WaitBounds) { // what begins here has no end
		fmt.Fprintf(b, `<text class="middle" x="%.1f" y="%d">%s</text>`, min(x+slot, histogramWidth-14), histogramFloor+18, html.EscapeString(boundText(step)))
	}
}

// stepText says which waits a step is of.
func stepText(step int) string {
	switch step {
	case 0:
		return "below " + boundText(0)
	case len(playback.WaitBounds):
		return boundText(step-1) + " and more"
	}
	return boundText(step-1) + " to " + boundText(step)
}

func boundText(i int) string { return reports.Duration(reports.SecondsOf(playback.WaitBounds[i])) }
