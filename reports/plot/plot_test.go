package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/comparison/madeup"
	"github.com/podsim/podsim/reports/hostile"
)

// save keeps a picture to be looked at, if PODSIM_PLOTS names a folder.
func save(t *testing.T, name string, picture []byte) {
	t.Helper()
	if dir := os.Getenv("PODSIM_PLOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// drawing is a picture to be drawn.
type drawing struct {
	name string
	draw func(io.Writer, Options) error
}

func comparisons(name string, c *comparison.Comparison, metrics ...string) []drawing {
	return []drawing{
		{"distribution_" + name, func(w io.Writer, o Options) error { return Distributions(w, c, 0, metrics, o) }},
		{"difference_" + name, func(w io.Writer, o Options) error { return Differences(w, c, 0, metrics, o) }},
	}
}

func overTime(name string, runs ...Run) drawing {
	return drawing{"time_" + name, func(w io.Writer, o Options) error { return OverTime(w, runs, o) }}
}

// drawings are the cases that must look well and come out the same.
func drawings() []drawing {
	long := madeup.New(4, 30)
	for i := range long.Policies {
		madeup.Rename(long, long.Policies[i].Name, strings.Repeat("a-very-long-name-of-a-policy-", 4)+fmt.Sprint(i))
	}
	long.Cells[0].Metrics[0].Name = `pending.p99{class="` + strings.Repeat("long-", 20) + `"}`
	strange := madeup.New(3, 10)
	madeup.Rename(strange, "binpack", "=1+1\x1b[31m\u202e<b>&\"'|]]>\x00\xff")
	strange.Name = "<script>\x1b\u202e"
	strange.Cells[0].Metrics[0].Name = "<&>\x1b[31m"
	strange.Cells[0].Metrics[0].Unit = "</text>\x1b"
	odd := madeup.New(3, 10)
	for _, o := range odd.Cells[0].Metrics[0].Outcomes {
		*o.Values[1], *o.Values[2], *o.Values[4] = math.NaN(), math.Inf(1), 1e308
		o.Values[3] = nil
	}
	var all []drawing
	all = append(all, comparisons("four", madeup.New(4, 30))...)
	all = append(all, comparisons("two", madeup.New(2, 30), "cost")...)
	all = append(all, comparisons("twelve", madeup.New(12, 30))...)
	all = append(all, comparisons("oneseed", madeup.New(3, 1))...)
	all = append(all, comparisons("hundreds", madeup.New(3, 300), "pending.mean", "utilisation(cpu)")...)
	all = append(all, comparisons("long", long)...)
	all = append(all, comparisons("hostile", strange)...)
	all = append(all, comparisons("odd", odd, "pending.mean", "restarts", "replacement.max", "cost")...)
	all = append(all, comparisons("one", madeup.New(1, 30))[0])
	return append(all, overTime("one", day("out/default", 0)), overTime("three", day("default", 0), day("binpack", 1), day("spread", 2)),
		overTime("many", many()...))
}

// many are more runs than there are colours, some with hostile names.
func many() []Run {
	var runs []Run
	for i := range 9 {
		runs = append(runs, day(strings.Repeat("run-", 3*i)+"\x1b<"+fmt.Sprint(i), i%3))
	}
	return runs
}

func TestPicturesAreWholeAndRepeatThemselves(t *testing.T) {
	for _, d := range drawings() {
		for _, format := range []string{PNG, SVG} {
			t.Run(d.name+"."+format, func(t *testing.T) {
				var first, second bytes.Buffer
				if err := errors.Join(d.draw(&first, Options{Format: format}), d.draw(&second, Options{Format: format})); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(first.Bytes(), second.Bytes()) {
					t.Error("a second picture differs")
				}
				save(t, d.name+"."+format, first.Bytes())
				if format == PNG {
					painted(t, first.Bytes())
				} else {
					wellFormed(t, first.String())
				}
			})
		}
	}
}

// painted checks that a picture shows something.
func painted(t *testing.T, picture []byte) {
	t.Helper()
	image, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if width := image.Bounds().Dx(); width != widthUsual {
		t.Errorf("%d pixels wide; want %d", width, widthUsual)
	}
	dark := 0
	for y := 0; y < image.Bounds().Dy(); y += 2 {
		for x := 0; x < image.Bounds().Dx(); x += 2 {
			if r, g, b, _ := image.At(x, y).RGBA(); r+g+b < 3*0x6000 {
				dark++
			}
		}
	}
	if dark < 125 {
		t.Errorf("only %d dark pixels of every fourth", dark)
	}
}

// wellFormed checks that an SVG is XML, that names stand in it as text only, and
// that no number in it is beyond all bounds.
func wellFormed(t *testing.T, picture string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && (start.Name.Local == "script" || start.Name.Local == "b") {
			t.Errorf("a name became the element %s", start.Name.Local)
		}
	}
	for _, r := range picture {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			t.Fatalf("the picture holds %U", r)
		}
	}
	if strings.Contains(picture, "NaN") || strings.Contains(picture, "Inf") {
		t.Error("a number is none")
	}
}

func TestHostileNamesAreTextInEveryPicture(t *testing.T) {
	for _, name := range hostile.Names {
		c := madeup.New(2, 3)
		madeup.Rename(c, "default", name)
		madeup.Rename(c, "binpack", name+"2")
		c.Name, c.Scenario = name, name
		c.Cells[0].Settings = []comparison.Setting{{Axis: name, Value: name}}
		m := &c.Cells[0].Metrics[0]
		m.Name, m.Unit = name, name
		for _, d := range append(comparisons(name, c, name), overTime(name, day(name, 0), day(name+"2", 1))) {
			var b bytes.Buffer
			if err := d.draw(&b, Options{Format: SVG}); err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
			wellFormed(t, b.String())
		}
	}
}

func TestAnySizeIsDrawnOrRefused(t *testing.T) {
	c := madeup.New(12, 5)
	drawn := 0
	for _, width := range []int{0, 320, 900, 8000} {
		for _, height := range []int{0, 320, 1400, 8000} {
			o := Options{Format: SVG, Width: width, Height: height}
			for _, draw := range []func(io.Writer) error{
				func(w io.Writer) error { return Distributions(w, c, 0, nil, o) },
				func(w io.Writer) error { return Differences(w, c, 0, nil, o) },
				func(w io.Writer) error { return OverTime(w, many(), o) },
			} {
				var b bytes.Buffer
				if err := draw(&b); err == nil {
					drawn++
					wellFormed(t, b.String())
				} else if height == 0 || height > 3000 {
					t.Errorf("%dx%d: %v", width, height, err)
				}
			}
		}
	}
	if drawn < 30 {
		t.Errorf("only %d of 48 sizes were drawn", drawn)
	}
}

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	c := madeup.New(2, 3)
	png := Options{Format: PNG}
	for name, err := range map[string]error{
		"format":   Distributions(io.Discard, c, 0, nil, Options{Format: "gif"}),
		"width":    Distributions(io.Discard, c, 0, nil, Options{Format: PNG, Width: 10}),
		"height":   Distributions(io.Discard, c, 0, nil, Options{Format: PNG, Height: 10000}),
		"metric":   Distributions(io.Discard, c, 0, []string{"pendin.p99"}, png),
		"cell":     Differences(io.Discard, c, 1, nil, png),
		"policies": Differences(io.Discard, madeup.New(1, 3), 0, nil, png),
		"series":   OverTime(io.Discard, []Run{{"a", &reports.Summary{}}}, png),
		"nothing":  OverTime(io.Discard, nil, png),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTicksAreRoundAndFew(t *testing.T) {
	for _, test := range []struct {
		low, high float64
		want      string
	}{
		{0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"}, {-3, 12, "-2 0 2 4 6 8 10 12"}, {1130000, 1190000, "1,130,000 1,140,000 1,150,000 1,160,000 1,170,000 1,180,000 1,190,000"},
		{-0.004, 0.004, "-0.004 -0.003 -0.002 -0.001 0.000 0.001 0.002 0.003 0.004"},
	} {
		var labels []string
		for _, tick := range numbers(8).Ticks(test.low, test.high) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("from %g to %g: got %s; want %s", test.low, test.high, got, test.want)
		}
	}
	for end, want := range map[float64]string{86400: "0:00 6:00 12:00 18:00 24:00", 60: "0:00:00 0:00:15 0:00:30 0:00:45 0:01:00", 10 * 86400: "0d 2d 4d 6d 8d 10d", 7200: "0:00 0:30 1:00 1:30 2:00"} {
		var labels []string
		for _, tick := range times(5).Ticks(0, end) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != want {
			t.Errorf("to %g s: got %s; want %s", end, got, want)
		}
	}
}

func TestThinKeepsPeaks(t *testing.T) {
	var line []point
	for i := range 10000 {
		line = append(line, point{float64(i), float64(i % 7)})
	}
	line[5003].value = 1000
	short := thin(line, 400)
	most := 0.0
	for i, p := range short {
		most = max(most, p.value)
		if i > 0 && p.at < short[i-1].at {
			t.Fatal("time runs backwards")
		}
	}
	if most != 1000 || len(short) > 400 {
		t.Errorf("%d points with a peak of %g", len(short), most)
	}
}

func TestMetricsWorthDrawing(t *testing.T) {
	if got := strings.Join(Metrics(madeup.New(3, 4), 0), " "); strings.Contains(got, "restarts") || !strings.Contains(got, "cost") {
		t.Errorf("got %s", got)
	}
	same := madeup.New(3, 4)
	m := &same.Cells[0].Metrics[0]
	m.Outcomes[1].Values, m.Outcomes[2].Values = m.Outcomes[0].Values, m.Outcomes[0].Values
	if got := strings.Join(Metrics(same, 0), " "); strings.Contains(got, "pending.mean") {
		t.Errorf("got %s, but policies do not differ in pending.mean", got)
	}
	if got := strings.Join(Metrics(madeup.New(1, 4), 0), " "); !strings.Contains(got, "pending.mean") || strings.Contains(got, "restarts") {
		t.Errorf("of one policy: got %s", got)
	}
}

func TestAnyComparisonIsDrawnOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := madeup.New(rapid.IntRange(1, 4).Draw(t, "policies"), rapid.IntRange(1, 3).Draw(t, "seeds"))
		madeup.Batter(t, c)
		for _, draw := range []func(io.Writer, *comparison.Comparison, int, []string, Options) error{Distributions, Differences} {
			var picture bytes.Buffer
			if err := draw(&picture, c, 0, nil, Options{Format: SVG}); err == nil {
				if strings.Contains(picture.String(), "NaN") || strings.Contains(picture.String(), "Inf") {
					t.Error("a number is none")
				}
			}
		}
	})
}
