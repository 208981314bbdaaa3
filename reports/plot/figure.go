package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The formats of a picture.
const (
	PNG = "png"
	SVG = "svg"
)

// The bounds on the size of a picture in pixels.
const (
	SizeLeast = 320
	SizeMost  = 8000
)

const widthUsual = 1200

// Options say how a picture is made.
type Options struct {
	Format string // PNG or SVG
	Width  int    // pixels; 0 for 1200
	Height int    // pixels; 0 for as high as the content needs
}

func (o Options) width() int {
	if o.Width == 0 {
		return widthUsual
	}
	return o.Width
}

// Check says what is wrong with the options.
func (o Options) Check() error {
	if o.Format != PNG && o.Format != SVG {
		return fmt.Errorf("unknown format %q (want png or svg)", o.Format)
	}
	for _, side := range []struct {
		name  string
		value int
	}{{"width", o.Width}, {"height", o.Height}} {
		if side.value != 0 && (side.value < SizeLeast || side.value > SizeMost) {
			return fmt.Errorf("the %s of a picture lies between %d and %d pixels (got %d)", side.name, SizeLeast, SizeMost, side.value)
		}
	}
	return nil
}

// pixel is the length of one pixel at 96 dots per inch.
const pixel = vg.Length(0.75)

// figure is a picture with what stands around its panels.
type figure struct {
	title, subtitle, caption string
	legend                   []entry
	panels                   []*gonum.Plot
	columns                  int
	panelHeight              vg.Length // of one row of panels
	panelLeast               vg.Length // the same, where room is short
}

// entry explains a colour.
type entry struct {
	name   string
	colour color.Color
	dashes []vg.Length
	area   bool // a band and not a line
}

const (
	margin    = vg.Length(18)
	titleSize = vg.Length(15)
	textSize  = vg.Length(10.5)
	smallSize = vg.Length(9)
	leading   = 1.35 // of lines, by size of letters
)

// write draws the figure.
func (f *figure) write(w io.Writer, o Options) error {
	if err := o.Check(); err != nil {
		return err
	}
	width := vg.Length(o.width()) * pixel
	rows := (len(f.panels) + f.columns - 1) / f.columns
	height, least := f.height(width, rows, f.panelHeight), f.height(width, rows, f.panelLeast)
	switch {
	case least > SizeMost:
		return fmt.Errorf("the picture would be more than %d pixels high: draw fewer metrics, policies or runs at once", SizeMost)
	case o.Height == 0:
		o.Height = min(max(height, SizeLeast), SizeMost)
	case o.Height < least:
		return fmt.Errorf("a height of %d pixels is too little for what is to be drawn (want at least %d)", o.Height, least)
	}
	return f.render(w, o.Format, width, vg.Length(o.Height)*pixel, rows)
}

// height returns the height of the picture, in pixels, with panels of a height.
func (f *figure) height(width vg.Length, rows int, panel vg.Length) int {
	points := f.head(width) + panel*vg.Length(rows) + gutter*vg.Length(rows-1) + f.foot(width)
	return int(math.Ceil(float64(points / pixel)))
}

func (f *figure) render(w io.Writer, format string, width, height vg.Length, rows int) error {
	if format == PNG {
		canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(96))}
		f.draw(draw.New(canvas), rows)
		_, err := canvas.WriteTo(w)
		return err
	}
	canvas := vgsvg.New(width, height)
	f.draw(draw.New(canvas), rows)
	var page bytes.Buffer
	if _, err := canvas.WriteTo(&page); err != nil {
		return err
	}
	// Arial and Helvetica are as wide as Liberation Sans, which few machines have.
	_, err := w.Write(bytes.ReplaceAll(page.Bytes(), []byte(`style="font-family:Liberation Sans;`),
		[]byte(`style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`)))
	return err
}

const gutter = vg.Length(20) // between panels

// head returns the height of what stands above the panels.
func (f *figure) head(width vg.Length) vg.Length {
	h := margin + titleSize*leading
	if f.subtitle != "" {
		h += textSize * leading
	}
	h += vg.Length(len(f.legendLines(width))) * textSize * legendLeading
	return h + 14
}

func (f *figure) foot(width vg.Length) vg.Length {
	return margin + vg.Length(len(f.captionLines(width)))*smallSize*leading + 6
}

func (f *figure) draw(c draw.Canvas, rows int) {
	c.SetColor(paper)
	c.Fill(c.Rectangle.Path())
	width := c.Max.X - c.Min.X
	room := width - 2*margin
	y := c.Max.Y - margin
	write := func(size vg.Length, name string, heavy bool) {
		style := letters(size, quiet)
		if heavy {
			style = boldLetters(size)
		}
		y -= size * leading
		c.FillText(style, vg.Point{X: c.Min.X + margin, Y: y}, fitting(style, name, room))
	}
	write(titleSize, f.title, true)
	if f.subtitle != "" {
		write(textSize, f.subtitle, false)
	}
	for _, line := range f.legendLines(width) {
		y -= textSize * legendLeading
		drawLegend(c, line, c.Min.X+margin, y)
	}
	bottom := c.Min.Y + margin
	captions := f.captionLines(width)
	for i := len(captions) - 1; i >= 0; i-- {
		c.FillText(letters(smallSize, quiet), vg.Point{X: c.Min.X + margin, Y: bottom}, captions[i])
		bottom += smallSize * leading
	}
	f.drawPanels(draw.Crop(c, margin, -margin, bottom-c.Min.Y+6, y-14-c.Max.Y), rows)
}

// drawPanels sets the panels side by side, with their axes in line.
func (f *figure) drawPanels(c draw.Canvas, rows int) {
	tiles := draw.Tiles{Rows: rows, Cols: f.columns, PadX: gutter, PadY: gutter}
	grid := make([][]*gonum.Plot, rows)
	for j := range grid {
		grid[j] = make([]*gonum.Plot, f.columns)
		for i := range grid[j] {
			if at := j*f.columns + i; at < len(f.panels) {
				grid[j][i] = f.panels[at]
			}
		}
	}
	canvases := gonum.Align(grid, tiles, c)
	for j := range grid {
		for i, p := range grid[j] {
			if p != nil {
				p.Draw(canvases[j][i])
			}
		}
	}
}
