package plot

import (
	"image/color"
	"unicode/utf8"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/podsim/podsim/reports"
)

// The palette of Okabe and Ito (Color Universal Design, 2008), which people with
// any kind of colour vision can tell apart, without its yellow: that cannot be
// seen on white.
var (
	blue       = color.RGBA{0, 114, 178, 255}
	vermillion = color.RGBA{213, 94, 0, 255}
	green      = color.RGBA{0, 158, 115, 255}
	purple     = color.RGBA{204, 121, 167, 255}
	orange     = color.RGBA{230, 159, 0, 255}
	sky        = color.RGBA{86, 180, 233, 255}
	black      = color.RGBA{0, 0, 0, 255}

	palette = []color.RGBA{blue, vermillion, green, purple, orange, sky, black}
)

var (
	ink   = color.RGBA{34, 34, 34, 255}    // texts
	quiet = color.RGBA{100, 100, 100, 255} // texts that explain
	lines = color.RGBA{150, 150, 150, 255} // axes
	faint = color.RGBA{228, 228, 228, 255} // grids
	paper = color.RGBA{255, 255, 255, 255}
	fault = color.RGBA{250, 226, 212, 255} // times with nodes down
)

// colour returns the colour of the policy or run at an index.
func colour(i int) color.RGBA { return palette[i%len(palette)] }

// dashes tells those apart that share a colour.
func dashes(i int) []vg.Length {
	switch i / len(palette) % 3 {
	case 1:
		return []vg.Length{6, 3}
	case 2:
		return []vg.Length{2, 2}
	}
	return nil
}

// tint mixes a colour with white: shapes that lie over each other need no
// transparency, which not all viewers draw alike.
func tint(c color.RGBA, share float64) color.RGBA {
	mix := func(v uint8) uint8 { return uint8(255 - float64(share*float64(255-v)) + 0.5) }
	return color.RGBA{mix(c.R), mix(c.G), mix(c.B), 255}
}

const bold = 3 // the weight, as golang.org/x/image/font counts it

// letters returns a style of text of a size in points.
func letters(size vg.Length, c color.Color) text.Style {
	return text.Style{Color: c, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: gonum.DefaultTextHandler, YAlign: draw.YBottom}
}

func boldLetters(size vg.Length) text.Style {
	style := letters(size, ink)
	style.Font.Weight = bold
	return style
}

// label makes a name fit to be shown: it escapes what Visible escapes and leaves
// out the middle of what is longer than a number of characters.
func label(name string, most int) string {
	name = reports.Visible(name)
	if name == "" {
		return "(no name)"
	}
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	runes := []rune(name)
	tail := most / 3
	return string(runes[:most-tail-1]) + "…" + string(runes[len(runes)-tail:])
}

// fitting shortens a text until it is no wider than a length.
func fitting(style text.Style, name string, width vg.Length) string {
	for most := utf8.RuneCountInString(name); most > 4; most-- {
		if short := label(name, most); style.Width(short) <= width {
			return short
		}
	}
	return label(name, 4)
}
