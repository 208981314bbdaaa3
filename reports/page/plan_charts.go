package page

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
)

// costBars draws what mixes cost, or how many nodes they are, by candidate.
func costBars(p *capacity.Plan) string {
	all, most := bars(p), 0.0
	for _, b := range all {
		_, total := barParts(p, b.mix)
		most = math.Max(most, total)
	}
	if len(all) < 2 || most <= 0 || !drawable(most) {
		return ""
	}
	var b strings.Builder
	what := "What mixes cost, " + p.Money().Hourly()
	if p.MinimisesNodes() || !p.Priced() {
		what = "Nodes of mixes"
	}
	b.WriteString("<figure><figcaption>" + visible(what) + ". Pale: seen to miss an objective.</figcaption>\n" + barLegend(p, all) + `<table class="bars"><tbody>` + "\n")
	for _, one := range all {
		fmt.Fprintf(&b, `<tr><th scope="row">%s<small><bdi>%s</bdi></small></th><td>`, visible(one.label), visible(p.MixText(one.mix)))
		drawBar(&b, p, &one, most)
		size := p.Money().Bare(one.mix.Cost)
		if p.MinimisesNodes() || !p.Priced() {
			size = reports.Count(int64(one.mix.Nodes))
		}
		b.WriteString(`</td><td class="n">` + visible(size) + "</td></tr>\n")
	}
	b.WriteString("</tbody></table></figure>\n")
	return b.String()
}

// visible is text as it stands in elements and attributes.
func visible(text string) string { return html.EscapeString(reports.Visible(text)) }

// tip is text of several lines as it stands in an attribute.
func tip(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}

func drawBar(b *strings.Builder, p *capacity.Plan, one *bar, most float64) {
	parts, _ := barParts(p, one.mix)
	class := "chart strip"
	if one.faint {
		class += " pale"
	}
	b.WriteString(`<svg class="` + class + `" role="group" aria-label="` + visible(one.label) + `">`)
	from := 0.0
	for _, part := range parts {
		to := from + part.size
		fmt.Fprintf(b, `<rect class="%s" x="%s" width="%s" y="4" height="18" tabindex="0" role="img" aria-label="%s" data-tip="%s"/>`, part.class,
			percentOf(from/most), percentOf(part.size/most), visible(strings.ReplaceAll(part.tip, "\n", ", ")), tip(part.tip))
		from = to
	}
	b.WriteString("</svg>")
}

func percentOf(share float64) string {
	return strconv.FormatFloat(math.Round(float64(share*1e4))/100, 'f', -1, 64) + "%"
}

// barLegend names the candidates that are in some bar.
func barLegend(p *capacity.Plan, all []bar) string {
	used := make(map[string]bool)
	for _, one := range all {
		parts, _ := barParts(p, one.mix)
		for _, part := range parts {
			used[part.class] = true
		}
	}
	var b strings.Builder
	b.WriteString(`<ul class="legend">`)
	entry := func(class, name string) {
		if used[class] {
			fmt.Fprintf(&b, `<li><svg class="swatch" viewBox="0 0 8 8" aria-hidden="true"><rect class="%s" width="8" height="8"/></svg><bdi>%s</bdi></li>`, class, visible(name))
		}
	}
	for i := range p.Candidates {
		entry(fmt.Sprintf("f%d", i%colours), p.Candidates[i].Name)
	}
	entry("f12", "nodes that stay")
	b.WriteString("</ul>\n")
	return b.String()
}

// Of the drawing of a frontier, in pixels and shares of its width.
const (
	stairsTop, stairsBottom, stairsHeight = 24, 214, 240
	stairsLeft, stairsWidth               = 0.08, 0.88
)

// stairs places values in the drawing of a frontier.
type stairs struct{ *capacity.Staircase }

func (s stairs) at(across, up float64) (x string, y float64, ok bool) {
	a, b := s.Position(across, up)
	if !drawable(a) || !drawable(b) {
		return "", 0, false
	}
	return percentOf(stairsLeft + float64(a*stairsWidth)), math.Round(float64((stairsBottom-float64(b*(stairsBottom-stairsTop)))*10)) / 10, true
}

// staircase draws what a better value of an objective costs.
func staircase(c *capacity.Staircase, p *capacity.Plan) string {
	s := stairs{c}
	low, high, _ := c.Ends()
	var b strings.Builder
	fmt.Fprintf(&b, `<figure><svg class="chart stairs" role="group" aria-label="%s">`, visible("what a better value costs: "+c.Objective))
	level := func(up float64, class string) {
		if _, y, ok := s.at(low.Across, up); ok {
			fmt.Fprintf(&b, `<line class="%s" x1="0" x2="100%%" y1="%g" y2="%g"/><text x="0" y="%g">%s</text>`, class, y, y, y-5, visible(c.WriteUp(up)))
		}
	}
	level(low.Up, "axis")
	level(high.Up, "grid")
	if c.Limit != nil {
		level(*c.Limit, "bound")
	}
	for _, across := range []float64{low.Across, high.Across} {
		if x, _, ok := s.at(across, low.Up); ok && (across == low.Across || high.Across > low.Across) {
			fmt.Fprintf(&b, `<text class="middle" x="%s" y="%d">%s</text>`, x, stairsHeight-8, visible(c.WriteAcross(across)))
		}
	}
	b.WriteString(s.line())
	for _, d := range c.Dots {
		b.WriteString(s.dot(&d, p))
	}
	b.WriteString("</svg></figure>\n")
	return b.String()
}

// line is what joins the dots: a value is reached until the next mix reaches a better.
func (s stairs) line() string {
	var path strings.Builder
	for i, d := range s.Dots {
		x, y, ok := s.at(d.Across, d.Up)
		if !ok {
			return ""
		}
		x = strings.TrimSuffix(x, "%")
		if i == 0 {
			fmt.Fprintf(&path, "M%s %g", x, y)
		} else {
			fmt.Fprintf(&path, "H%sV%g", x, y)
		}
	}
	return fmt.Sprintf(`<svg class="all" width="100%%" height="%d" viewBox="0 0 100 %d" preserveAspectRatio="none"><path class="line s0" vector-effect="non-scaling-stroke" d="%s"/></svg>`,
		stairsHeight, stairsHeight, path.String())
}

func (s stairs) dot(d *capacity.Dot, p *capacity.Plan) string {
	x, y, ok := s.at(d.Across, d.Up)
	if !ok {
		return ""
	}
	size := "an hour: " + p.Money().Text(d.Across)
	if p.MinimisesNodes() {
		size = "nodes: " + s.WriteAcross(d.Across)
	}
	text := d.Mix + "\nvalue: " + s.WriteUp(d.Up) + "\n" + size + "\n" + d.Standing.String()
	shape := `<circle class="hollow s0" r="4.5"/>`
	switch d.Standing {
	case capacity.Meets:
		shape = `<circle class="dot f0" r="5"/>`
	case capacity.Recommended:
		shape = `<path class="dot pass" d="M0-8 8 0 0 8-8 0Z"/>`
	}
	return fmt.Sprintf(`<svg class="all" x="%s" y="%g" width="1" height="1" tabindex="0" role="img" aria-label="%s" data-tip="%s">%s</svg>`, x, y,
		visible(strings.ReplaceAll(text, "\n", ", ")), tip(text), shape)
}
