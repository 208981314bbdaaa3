package page

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// axis is a range of values that is as wide as the cell of a table, whatever that is.
type axis struct {
	low, high float64
	ticks     []float64
	line      *float64 // where a line stands across all rows: 0, or the best possible
	class     string   // of the line
}

// newAxis returns an axis that shows values, with a few ticks; false if there is
// nothing to show or no axis can hold it.
func newAxis(values []float64) (*axis, bool) {
	if len(values) == 0 {
		return nil, false
	}
	low, high := slices.Min(values), slices.Max(values)
	if !drawable(low) || !drawable(high) {
		return nil, false
	}
	if high-low <= math.Abs(high)*1e-9 { // one value, but for its last digits
		room := math.Max(math.Abs(high)*0.05, 1e-9)
		low, high = low-room, high+room
	}
	margin := float64((high - low) * 0.05)
	a := &axis{low: low - margin, high: high + margin}
	const most = 5
	step := math.Pow(10, math.Floor(math.Log10((a.high-a.low)/most)))
	for _, factor := range []float64{2, 2.5, 2} { // 2, 5, 10 times a power of ten
		if (a.high-a.low)/step > most {
			step *= factor
		}
	}
	for i := math.Ceil(a.low / step); i <= math.Floor(a.high/step) && len(a.ticks) <= 2*most; i++ {
		a.ticks = append(a.ticks, float64(i*step))
	}
	return a, true
}

// drawable reports whether a value is a number that is far from where sums and products
// overflow.
func drawable(x float64) bool { return math.Abs(x) < 1e100 }

// share is where a value stands on the axis, from 0 to 1.
func (a *axis) share(x float64) float64 { return (x - a.low) / (a.high - a.low) }

func (a *axis) percent(x float64) string {
	return strconv.FormatFloat(math.Round(float64(a.share(x)*1e4))/100, 'f', -1, 64) + "%"
}

// labels is the row with the values of the ticks.
func (a *axis) labels(signed bool) string {
	decimals := 0
	if len(a.ticks) > 1 {
		decimals = max(0, min(9, -int(math.Floor(math.Log10(a.ticks[1]-a.ticks[0])+1e-9))))
	}
	var b strings.Builder
	b.WriteString(`<svg class="chart strip labels" aria-hidden="true">`)
	for i, tick := range a.ticks {
		class := "middle"
		if i%2 == 1 && len(a.ticks) > 3 {
			class += " spare" // left out where room is short
		}
		fmt.Fprintf(&b, `<text class="%s" x="%s" y="12">%s</text>`, class, a.percent(tick), html.EscapeString(reports.Decimal(tick, decimals, signed && tick != 0)))
	}
	b.WriteString("</svg>")
	return b.String()
}

// strip is one row of a chart: the values of seeds on an axis.
type strip struct {
	values   []float64
	box      bool // shows quartiles
	interval *comparison.Interval
	mean     *float64
	class    string // gives its colour
	marked   []mark
	tip      []string // lines; nil for a row with nothing in it
}

// mark is a value that is told of by itself.
type mark struct {
	at  float64
	tip string
}

// Of the rows of a chart, in pixels.
const (
	rowHeight = 26
	rowMiddle = rowHeight / 2
	dotSize   = 4
	rowWidth  = 400 // for which dots are stacked; they stand looser or closer in others
)

// draw returns the row. Without dots it shows the rest.
func (s *strip) draw(a *axis, dots bool) string {
	var b strings.Builder
	if s.tip == nil {
		b.WriteString(`<svg class="chart strip" aria-hidden="true">`)
	} else {
		fmt.Fprintf(&b, `<svg class="chart strip" tabindex="0" role="img" aria-label="%s" data-tip="%s">`,
			html.EscapeString(strings.Join(s.tip, ", ")), html.EscapeString(strings.Join(s.tip, "\n")))
	}
	for _, tick := range a.ticks {
		upright(&b, "grid", a.percent(tick), 0, rowHeight)
	}
	if a.line != nil {
		upright(&b, a.class, a.percent(*a.line), 0, rowHeight)
	}
	if s.box && len(s.values) > 1 {
		sorted := slices.Sorted(slices.Values(s.values))
		low, middle, high := comparison.Quantile(sorted, 0.25), comparison.Quantile(sorted, 0.5), comparison.Quantile(sorted, 0.75)
		width := strconv.FormatFloat(math.Round((a.share(high)-a.share(low))*1e4)/100, 'f', -1, 64) + "%"
		fmt.Fprintf(&b, `<rect class="box %s" x="%s" width="%s" y="4" height="%d"/>`, s.class, a.percent(low), width, rowHeight-8)
		upright(&b, "median "+s.class, a.percent(middle), 4, rowHeight-4)
	}
	if dots && len(s.values) > 0 {
		fmt.Fprintf(&b, `<svg class="all" width="100%%" height="%d" viewBox="0 0 1000 %d" preserveAspectRatio="none"><path class="dots %s" vector-effect="non-scaling-stroke" d="%s"/></svg>`,
			rowHeight, rowHeight, s.class, s.stacked(a))
	}
	if s.interval != nil {
		fmt.Fprintf(&b, `<line class="interval %s" x1="%s" x2="%s" y1="%d" y2="%d"/>`, s.class, a.percent(s.interval.Low), a.percent(s.interval.High), rowMiddle, rowMiddle)
	}
	for _, m := range s.marked {
		fmt.Fprintf(&b, `<circle class="marked %s" cx="%s" cy="%d" r="4" data-tip="%s"/>`, s.class, a.percent(m.at), rowMiddle, html.EscapeString(m.tip))
	}
	if s.mean != nil {
		fmt.Fprintf(&b, `<circle class="dot %s" cx="%s" cy="%d" r="4.5"/>`, s.class, a.percent(*s.mean), rowMiddle)
	}
	b.WriteString("</svg>")
	return b.String()
}

func upright(b *strings.Builder, class, x string, from, to int) {
	fmt.Fprintf(b, `<line class="%s" x1="%s" x2="%s" y1="%d" y2="%d"/>`, class, x, x, from, to)
}

// stacked is the path of a dot for each value: those that would hide each other stand
// above and below the middle, closer together the more there are.
func (s *strip) stacked(a *axis) string {
	columns := make(map[int]int)
	most := 0
	column := func(v float64) int { return int(math.Floor(float64(a.share(v) * rowWidth / dotSize))) }
	for _, v := range s.values {
		columns[column(v)]++
		most = max(most, columns[column(v)])
	}
	apart := math.Min(dotSize, float64(rowHeight-dotSize)/float64(max(1, most-1)))
	clear(columns)
	var b strings.Builder
	for _, v := range s.values {
		at := column(v)
		n := columns[at]
		columns[at]++
		up := float64((n + 1) / 2)
		if n%2 == 1 {
			up = -up
		}
		fmt.Fprintf(&b, "M%s %sh0", strconv.FormatFloat(math.Round(float64(a.share(v)*1000)), 'f', -1, 64),
			strconv.FormatFloat(math.Round(float64((rowMiddle+float64(up*apart))*10))/10, 'f', -1, 64))
	}
	return b.String()
}
