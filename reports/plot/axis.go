package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel returns an empty plot in the style of all panels.
func panel(title string) *gonum.Plot {
	p := gonum.New()
	p.BackgroundColor = nil
	p.Title.Text = title
	p.Title.TextStyle = boldLetters(11)
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	p.Title.Padding = 7
	for _, axis := range []*gonum.Axis{&p.X, &p.Y} {
		axis.LineStyle = draw.LineStyle{Color: lines, Width: 0.75}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = 4
		axis.Padding = 0
		x, y := axis.Tick.Label.XAlign, axis.Tick.Label.YAlign
		axis.Tick.Label = letters(smallSize+0.5, ink)
		axis.Tick.Label.XAlign, axis.Tick.Label.YAlign = x, y
		axis.Label.TextStyle = letters(smallSize+0.5, quiet)
		axis.Label.TextStyle.XAlign = draw.XCenter
		axis.Label.Padding = 4
	}
	return p
}

// grid adds lines along the ticks of an axis.
func grid(p *gonum.Plot, vertical, horizontal bool) {
	g := plotter.NewGrid()
	style := draw.LineStyle{Color: faint, Width: 0.75}
	if vertical {
		g.Vertical = style
	} else {
		g.Vertical.Color = nil
	}
	if horizontal {
		g.Horizontal = style
	} else {
		g.Horizontal.Color = nil
	}
	p.Add(g)
}

// limits makes room around values; values that are all the same get some, too.
func limits(values []float64, room float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	switch {
	case low > high:
		return 0, 1
	case high-low <= float64(1e-9*max(math.Abs(low), math.Abs(high))):
		space := math.Abs(low) / 10
		if space == 0 {
			space = 1
		}
		return low - space, high + space
	}
	space := float64((high - low) * room)
	return low - space, high + space
}

// numbers marks about as many round numbers as wanted.
func numbers(wanted int) gonum.Ticker { return roundNumbers(wanted, 0) }

// wholes marks whole numbers only.
func wholes(wanted int) gonum.Ticker { return roundNumbers(wanted, 1) }

func roundNumbers(wanted int, least float64) gonum.Ticker {
	return gonum.TickerFunc(func(low, high float64) []gonum.Tick {
		step := max(niceStep((high-low)/float64(wanted)), least)
		var out []gonum.Tick
		for i := math.Ceil(low / step); i <= math.Floor(high/step) && len(out) < 100; i++ {
			v := float64(i * step)
			out = append(out, gonum.Tick{Value: v, Label: roundNumber(v, step)})
		}
		return out
	})
}

// niceStep returns the first of 1, 2, 5, 10, … that is not smaller.
func niceStep(least float64) float64 {
	if least <= 0 || math.IsInf(least, 0) || math.IsNaN(least) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, nice := range []float64{1, 2, 5} {
		if float64(nice*power) >= float64(least*(1-1e-9)) {
			return float64(nice * power)
		}
	}
	return float64(10 * power)
}

// roundNumber writes a multiple of a step without needless digits.
func roundNumber(v, step float64) string {
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	if math.Abs(v) >= 1e7 || decimals > 5 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, rest, hasRest := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasRest {
		whole += "." + rest
	}
	if v < 0 && strings.Trim(text, "0.") != "" {
		return "-" + whole
	}
	return whole
}

// timeSteps are distances of ticks in seconds.
var timeSteps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400}

// times marks moments of virtual time, at most as many as wanted: 6:00, or 0:00:30
// where seconds matter, or 2d where days do.
func times(wanted int) gonum.Ticker {
	return gonum.TickerFunc(func(low, high float64) []gonum.Tick {
		least := (high - low) / float64(wanted)
		step := 0.0
		for _, s := range timeSteps {
			if step = s; s >= least {
				break
			}
		}
		if step < least {
			step = float64(niceStep(least/86400) * 86400)
		}
		var out []gonum.Tick
		for i := math.Ceil(low / step); float64(i*step) <= high && len(out) < 100; i++ {
			v := float64(i * step)
			out = append(out, gonum.Tick{Value: v, Label: clock(v, step)})
		}
		return out
	})
}

func clock(seconds, step float64) string {
	s := int64(math.Round(seconds))
	switch {
	case step >= 86400:
		return strconv.FormatInt(s/86400, 10) + "d"
	case step < 60:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/3600, s/60%60)
}

// names marks the rows of a panel: the first name stands at the top.
func names(list []string) gonum.ConstantTicks {
	out := make(gonum.ConstantTicks, len(list))
	for i, name := range list {
		out[i] = gonum.Tick{Value: rowAt(i, len(list)), Label: name}
	}
	return out
}

// rowAt returns the height of a row.
func rowAt(i, rows int) float64 { return float64(rows - 1 - i) }

// rowsAxis makes the vertical axis one of rows without marks.
func rowsAxis(p *gonum.Plot, list []string) {
	p.Y.Min, p.Y.Max = -0.6, float64(len(list))-0.4
	p.Y.Tick.Marker = names(list)
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
}

// note writes a word in the middle of a panel that has nothing to show.
type note string

// Plot implements gonum's Plotter.
func (n note) Plot(c draw.Canvas, _ *gonum.Plot) {
	style := letters(textSize, quiet)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Center().Y}, string(n))
}
