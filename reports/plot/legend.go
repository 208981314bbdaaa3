package plot

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	legendLeading = 1.6
	sampleWidth   = vg.Length(20)
	sampleGap     = vg.Length(5)
	entryGap      = vg.Length(18)
	entryLetters  = 40
)

func entryWidth(e entry) vg.Length {
	return sampleWidth + sampleGap + letters(textSize, ink).Width(label(e.name, entryLetters)) + entryGap
}

// legendLines breaks the legend into lines that fit.
func (f *figure) legendLines(width vg.Length) [][]entry {
	var out [][]entry
	room := vg.Length(0)
	for _, e := range f.legend {
		wide := entryWidth(e)
		if wide > room || out == nil {
			out = append(out, nil)
			room = width - 2*margin
		}
		room -= wide
		out[len(out)-1] = append(out[len(out)-1], e)
	}
	return out
}

func drawLegend(c draw.Canvas, entries []entry, x, y vg.Length) {
	middle := y + textSize*0.35
	for _, e := range entries {
		if e.area {
			c.FillPolygon(e.colour, rectangle(x, middle-4.5, x+sampleWidth, middle+4.5))
		} else {
			c.StrokeLine2(draw.LineStyle{Color: e.colour, Width: 2.2, Dashes: e.dashes}, x, middle, x+sampleWidth, middle)
		}
		c.FillText(letters(textSize, ink), vg.Point{X: x + sampleWidth + sampleGap, Y: y}, label(e.name, entryLetters))
		x += entryWidth(e)
	}
}

func rectangle(left, bottom, right, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}

// captionLines breaks the caption into lines that fit.
func (f *figure) captionLines(width vg.Length) []string {
	style := letters(smallSize, quiet)
	var out []string
	line := ""
	for _, word := range strings.Fields(f.caption) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && style.Width(longer) > width-2*margin {
			out = append(out, line)
			longer = word
		}
		line = longer
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}
