package capacity

import (
	"math"
	"strings"

	"github.com/podsim/podsim/reports/document"
)

// chart draws a staircase: what is reached (up) for what it takes (across).
type chart struct {
	dots                 []dot                // in the order of across, at least one
	limit                *float64             // a line across, if not nil
	writeUp, writeAcross func(float64) string // in ASCII, without names that others chose
}

// dot is one point of a chart.
type dot struct {
	across, up float64
	standing   standing
}

// standing is what a plan makes of a mix.
type standing int

const (
	misses standing = iota
	meets
	recommended
)

var (
	marks     = [...]string{misses: "○", meets: "●", recommended: "◆"}
	markTones = [...]document.Tone{misses: document.Faint, meets: document.Plain, recommended: document.Good}
)

const (
	chartHeight = 9
	chartWidest = 64
	// logarithmicFrom is the ratio of the largest value to the least one above 0 from
	// which an axis is logarithmic: the small ones would all lie on its floor.
	logarithmicFrom = 30
)

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// axis maps values to cells.
type axis struct {
	low, high   float64 // of a logarithmic axis, low is the least value above 0
	zero        bool    // a logarithmic axis has a cell for 0 below the others
	logarithmic bool
	cells       int
}

func newAxis(values []float64, cells int, mayBeLogarithmic bool) axis {
	a := axis{low: math.Inf(1), high: math.Inf(-1), cells: cells}
	positive := math.Inf(1)
	for _, v := range values {
		a.low, a.high = math.Min(a.low, v), math.Max(a.high, v)
		if v > 0 {
			positive = math.Min(positive, v)
		}
	}
	if mayBeLogarithmic && a.low >= 0 && a.high > float64(positive*logarithmicFrom) {
		a.logarithmic, a.zero = true, a.low == 0
		a.low = positive
	}
	return a
}

// at returns the cell of a value, from 0.
func (a axis) at(x float64) int {
	low, high, floor := a.low, a.high, 0
	if a.logarithmic {
		if x <= 0 {
			return 0
		}
		low, high, x = math.Log(low), math.Log(high), math.Log(x)
		if a.zero {
			floor = 1
		}
	}
	if high <= low {
		return 0
	}
	return floor + int(math.Round((x-low)/(high-low)*float64(a.cells-1-floor)))
}

// floor is the value of the lowest cell.
func (a axis) floor() float64 {
	if a.zero {
		return 0
	}
	return a.low
}

// upright returns the axis that goes up.
func (c *chart) upright() axis {
	values := make([]float64, 0, len(c.dots)+1)
	for _, d := range c.dots {
		values = append(values, d.up)
	}
	if c.limit != nil {
		values = append(values, *c.limit)
	}
	return newAxis(values, chartHeight, true)
}

// draw returns the lines of the chart, none wider than width columns.
func (c *chart) draw(width int) [][]document.Piece {
	y := c.upright()
	var labels [chartHeight]string
	labels[0], labels[chartHeight-1] = c.writeUp(y.floor()), c.writeUp(y.high)
	if c.limit != nil {
		labels[y.at(*c.limit)] = c.writeUp(*c.limit)
	}
	label := 0
	for _, text := range labels {
		label = max(label, len(text))
	}
	acrosses := make([]float64, len(c.dots))
	for i, d := range c.dots {
		acrosses[i] = d.across
	}
	x := newAxis(acrosses, max(10, min(width-label-2, chartWidest)), false)
	grid := c.plot(x, y)
	var out [][]document.Piece
	for row := chartHeight - 1; row >= 0; row-- {
		margin := strings.Repeat(" ", label-len(labels[row])) + labels[row] + " │"
		out = append(out, append([]document.Piece{document.Toned(margin, document.Faint)}, runs(grid[row])...))
	}
	space := strings.Repeat(" ", label+1)
	low, high := c.writeAcross(x.low), c.writeAcross(x.high)
	between := strings.Repeat(" ", max(1, x.cells-len(low)-len(high)))
	return append(out,
		[]document.Piece{document.Toned(space+"└"+strings.Repeat("─", x.cells), document.Faint)},
		[]document.Piece{document.Toned(space+" "+low+between+high, document.Faint)})
}

// sign is a character of a chart.
type sign struct {
	text string
	tone document.Tone
}

// plot fills the cells of a chart: first the limit, then the stairs, then the dots.
func (c *chart) plot(x, y axis) [][]sign {
	grid := make([][]sign, y.cells)
	for row := range grid {
		grid[row] = make([]sign, x.cells)
		for column := range grid[row] {
			grid[row][column] = sign{" ", document.Plain}
		}
	}
	if c.limit != nil {
		for column := range x.cells {
			grid[y.at(*c.limit)][column] = sign{"┄", document.Doubtful}
		}
	}
	stair := sign{"·", document.Faint}
	for i := 1; i < len(c.dots); i++ {
		from, to := c.dots[i-1], c.dots[i]
		for column := x.at(from.across); column <= x.at(to.across); column++ {
			grid[y.at(from.up)][column] = stair
		}
		low, high := min(y.at(from.up), y.at(to.up)), max(y.at(from.up), y.at(to.up))
		for row := low; row <= high; row++ {
			grid[row][x.at(to.across)] = stair
		}
	}
	for s := misses; s <= recommended; s++ {
		for _, d := range c.dots {
			if d.standing == s {
				grid[y.at(d.up)][x.at(d.across)] = sign{marks[s], markTones[s]}
			}
		}
	}
	return grid
}

// runs joins signs of one tone.
func runs(row []sign) []document.Piece {
	var out []document.Piece
	for _, s := range row {
		if n := len(out); n > 0 && out[n-1].Tone == s.tone {
			out[n-1].Text += s.text
		} else {
			out = append(out, document.Piece{Text: s.text, Tone: s.tone})
		}
	}
	return out
}
