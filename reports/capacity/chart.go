package capacity

import (
	"math"
	"strings"

	"github.com/podsim/podsim/reports/document"
)

// Staircase is a frontier as it is drawn: what is reached (up) for what it takes
// (across).
type Staircase struct {
	Objective            string
	Dots                 []Dot                // in the order of across, at least one
	Limit                *float64             // a line across, if not nil
	WriteUp, WriteAcross func(float64) string // in ASCII, without names that others chose
}

// Dot is one point of a staircase.
type Dot struct {
	Across, Up float64
	Standing   Standing
	Mix        string // in words
}

// Standing is what a plan makes of a mix.
type Standing int

// The standings.
const (
	Misses Standing = iota
	Meets
	Recommended
)

// String says it in words.
func (s Standing) String() string {
	return [...]string{Misses: "misses the plan", Meets: "meets the plan", Recommended: "recommended"}[s]
}

var (
	marks     = [...]string{Misses: "○", Meets: "●", Recommended: "◆"}
	markTones = [...]document.Tone{Misses: document.Faint, Meets: document.Plain, Recommended: document.Good}
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
	floor := 0
	if a.zero {
		if x <= 0 {
			return 0
		}
		floor = 1
	}
	return floor + int(math.Round(a.share(x)*float64(a.cells-1-floor)))
}

// share is how far up a value is between the ends of the axis, from 0 to 1.
func (a axis) share(x float64) float64 {
	low, high := a.low, a.high
	if a.logarithmic {
		if x <= 0 {
			return 0
		}
		low, high, x = math.Log(low), math.Log(high), math.Log(x)
	}
	if high <= low {
		return 0
	}
	return (x - low) / (high - low)
}

// floor is the value of the lowest cell.
func (a axis) floor() float64 {
	if a.zero {
		return 0
	}
	return a.low
}

// upright returns the axis that goes up.
func (c *Staircase) upright() axis {
	values := make([]float64, 0, len(c.Dots)+1)
	for _, d := range c.Dots {
		values = append(values, d.Up)
	}
	if c.Limit != nil {
		values = append(values, *c.Limit)
	}
	return newAxis(values, chartHeight, true)
}

// Position returns where a value stands for what it takes: shares of the width of a
// drawing from the left, and of its height from the bottom.
func (c *Staircase) Position(across, up float64) (x, y float64) {
	a := c.upright()
	y = a.share(up)
	if a.zero {
		const floor = 0.1
		if up > 0 {
			y = floor + float64(y*(1-floor))
		}
	}
	return c.level().share(across), y
}

// Ends returns the least and the most of what is drawn, and whether up is logarithmic.
func (c *Staircase) Ends() (low, high Dot, logarithmic bool) {
	x, y := c.level(), c.upright()
	return Dot{Across: x.low, Up: y.floor()}, Dot{Across: x.high, Up: y.high}, y.logarithmic
}

// level returns the axis that goes across, for as many cells as are set in it later.
func (c *Staircase) level() axis {
	values := make([]float64, len(c.Dots))
	for i, d := range c.Dots {
		values[i] = d.Across
	}
	return newAxis(values, 0, false)
}

// draw returns the lines of the chart, none wider than width columns.
func (c *Staircase) draw(width int) [][]document.Piece {
	y := c.upright()
	var labels [chartHeight]string
	labels[0], labels[chartHeight-1] = c.WriteUp(y.floor()), c.WriteUp(y.high)
	if c.Limit != nil {
		labels[y.at(*c.Limit)] = c.WriteUp(*c.Limit)
	}
	label := 0
	for _, text := range labels {
		label = max(label, len(text))
	}
	x := c.level()
	x.cells = max(10, min(width-label-2, chartWidest))
	grid := c.plot(x, y)
	var out [][]document.Piece
	for row := chartHeight - 1; row >= 0; row-- {
		margin := strings.Repeat(" ", label-len(labels[row])) + labels[row] + " │"
		out = append(out, append([]document.Piece{document.Toned(margin, document.Faint)}, runs(grid[row])...))
	}
	space := strings.Repeat(" ", label+1)
	low, high := c.WriteAcross(x.low), c.WriteAcross(x.high)
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
func (c *Staircase) plot(x, y axis) [][]sign {
	grid := make([][]sign, y.cells)
	for row := range grid {
		grid[row] = make([]sign, x.cells)
		for column := range grid[row] {
			grid[row][column] = sign{" ", document.Plain}
		}
	}
	if c.Limit != nil {
		for column := range x.cells {
			grid[y.at(*c.Limit)][column] = sign{"┄", document.Doubtful}
		}
	}
	stair := sign{"·", document.Faint}
	for i := 1; i < len(c.Dots); i++ {
		from, to := c.Dots[i-1], c.Dots[i]
		for column := x.at(from.Across); column <= x.at(to.Across); column++ {
			grid[y.at(from.Up)][column] = stair
		}
		low, high := min(y.at(from.Up), y.at(to.Up)), max(y.at(from.Up), y.at(to.Up))
		for row := low; row <= high; row++ {
			grid[row][x.at(to.Across)] = stair
		}
	}
	for s := Misses; s <= Recommended; s++ {
		for _, d := range c.Dots {
			if d.Standing == s {
				grid[y.at(d.Up)][x.at(d.Across)] = sign{marks[s], markTones[s]}
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
