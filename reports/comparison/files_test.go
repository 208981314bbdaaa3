package comparison

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/podsim/podsim/reports"
)

// writers are all that write a comparison, by the file that they make.
var writers = []struct {
	name  string
	write func(io.Writer, *Comparison) error
}{
	{JSONFile, WriteJSON}, {CSVFile, WriteCSV}, {ValuesFile, WriteValuesCSV}, {MarkdownFile, WriteMarkdown}, {JUnitFile, WriteJUnit},
	{TextFile, func(w io.Writer, c *Comparison) error {
		return WriteText(w, c, reports.Terminal{Width: 80, Unicode: true})
	}},
}

func outputs(t testing.TB, c *Comparison) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, w := range writers {
		var b bytes.Buffer
		if err := w.write(&b, c); err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		out[w.name] = b.String()
	}
	return out
}

func TestFiles(t *testing.T) {
	for name, text := range outputs(t, asserted(grid(made(3, 4)))) {
		if name != TextFile {
			golden(t, name, text)
		}
	}
}

func TestJSONReadsBack(t *testing.T) {
	c := asserted(made(4, 6))
	back, err := ReadJSON([]byte(outputs(t, c)[JSONFile]))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("-wrote +read:\n%s", diff)
	}
	for _, text := range []string{"", "{}", `{"policies": []}`, `{"policies": 1}`, `[]`} {
		if _, err := ReadJSON([]byte(text)); err == nil {
			t.Errorf("%q was read as a comparison", text)
		}
	}
}

func TestColumnsAreThoseThatAreWritten(t *testing.T) {
	files := outputs(t, made(2, 3))
	for _, file := range []string{CSVFile, ValuesFile} {
		var documented []string
		for _, c := range Columns() {
			if c.File == file {
				documented = append(documented, c.Name)
			}
		}
		written, _, _ := strings.Cut(files[file], "\n")
		if want := strings.Join(documented, ","); written != want {
			t.Errorf("%s has the columns %s; documented are %s", file, written, want)
		}
	}
}

func TestCSVHoldsAllStatisticsExactly(t *testing.T) {
	c := made(2, 30)
	rows, err := csv.NewReader(strings.NewReader(outputs(t, c)[CSVFile])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := &c.Cells[0].Metrics[0]
	row := make(map[string]string)
	for i, name := range rows[0] {
		row[name] = rows[2][i]
	}
	for name, want := range map[string]float64{
		"mean": m.Outcomes[1].Mean, "sd": m.Outcomes[1].SD, "difference": m.Deltas[0].Mean, "difference_low": m.Deltas[0].Interval.Low,
		"p": *m.Deltas[0].P, "width_ratio": *m.Deltas[0].WidthRatio,
	} {
		if got, err := strconv.ParseFloat(row[name], 64); err != nil || got != want {
			t.Errorf("%s is %q; want %g", name, row[name], want)
		}
	}
	if row["policy"] != "binpack" || row["verdict"] != "worse" || row["pairs"] != "30" || row["bootstrap_low"] != "" {
		t.Errorf("got %v", row)
	}
}

// hostile are names that some program acts on if they reach it as they are.
var hostile = []string{
	"=HYPERLINK(\"http://evil\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "'=1", "\r=1", "a\r\nb", "a\nb",
	"\x1b[31mred\x1b[0m", "\x1b]8;;http://evil\x07", "\x9b31m", "a|b", "a\\|b", "`code`", "``", "` |", "\\`", "**bold**", "_a_", "[a](http://evil)",
	"![a](http://evil)", "http://evil.example", "www.evil.example", "@someone", "#1", "<script>alert(1)</script>", "<!--", "&lt;", "&#60;", "--- | ---",
	"]]>", "<![CDATA[", "\"'", "a\x00b", "\x01\x02", "\ufffe\uffff", "\xff\xfe", "\xed\xa0\x80", "\u202eabc", "\u2066a\u2069", "\u200b", "\ufeff",
	"a\u2028b\u0085", "\u0301", "漢字", "😀", "", " ", " a ", "a,b;c", strings.Repeat("x", 300), "%s%n", "$x$", "~~a~~", ":smile:", "- a", "1. a",
}

// named returns a comparison in which everything that others chose has a name.
func namedAll(name string) *Comparison {
	c := asserted(grid(made(3, 3)))
	rename(c, "default", name)
	rename(c, "binpack", name+"2")
	c.Name, c.Scenario, c.Description, c.Version, c.Digest, c.Stopped = name, name, name, name, name, name
	c.Notes, c.Methods = []string{name}, []string{name}
	for i := range c.Policies {
		c.Policies[i].Description = name
	}
	for i := range c.Assertions {
		c.Assertions[i].Text, c.Assertions[i].Got = name, name
		c.Assertions[i].Settings = []Setting{{name, name}}
		if !c.Assertions[i].Passed {
			c.Assertions[i].Message = name
		}
	}
	for i := range c.Cells {
		cell := &c.Cells[i]
		cell.Settings = []Setting{{name, name + strconv.Itoa(i)}}
		cell.Failures = []Failure{{name, name, []uint64{1}}}
		for j := range cell.Metrics {
			m := &cell.Metrics[j]
			m.Name, m.Unit = name+strconv.Itoa(j), name
			m.Bound = &Bound{1, []float64{1, 1, 1}, name}
		}
		for j := range cell.Inputs {
			for k := range cell.Inputs[j].Digests {
				cell.Inputs[j].Digests[k] = name
			}
		}
	}
	return c
}

func TestHostileNamesAreHarmlessInEveryOutput(t *testing.T) {
	for _, name := range hostile {
		t.Run(strconv.Quote(name)[:min(20, len(strconv.Quote(name)))], func(t *testing.T) { harmless(t, namedAll(name), name) })
	}
}

// harmless checks all outputs of a comparison.
func harmless(t *testing.T, c *Comparison, name string) {
	t.Helper()
	for file, text := range outputs(t, c) {
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s holds %U", file, r)
				break
			}
		}
		switch {
		case strings.HasSuffix(file, ".csv"):
			spreadsheet(t, file, text, name)
		case strings.HasSuffix(file, ".xml"):
			if err := wellFormed(text); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		case strings.HasSuffix(file, ".json"):
			var back Comparison
			if err := json.Unmarshal([]byte(text), &back); err != nil || back.Baseline != string([]rune(c.Baseline)) {
				t.Errorf("%s reads back as %q (%v)", file, back.Baseline, err)
			}
		case strings.HasSuffix(file, ".md"):
			markdown(t, text)
		}
	}
}

// spreadsheet checks that no cell is a formula and that names can be told.
func spreadsheet(t *testing.T, file, text, name string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			_, err := strconv.ParseFloat(cell, 64)
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && err != nil {
				t.Errorf("%s: column %s holds the formula %q", file, rows[0][i], cell)
			}
		}
		if want := reports.Visible(name) + "0"; rows[1][1] != want && rows[1][1] != "'"+want {
			t.Errorf("%s: the metric is %q; want %q", file, rows[1][1], want)
		}
	}
}

func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// markdown checks that rows of tables have the cells of their header and that
// nothing outside code is markup that podsim did not write.
func markdown(t *testing.T, text string) {
	t.Helper()
	pipes := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			pipes = 0
		} else if n := strings.Count(line, "|"); pipes != 0 && n != pipes {
			t.Errorf("a row has %d bars, its header %d: %s", n, pipes, line)
		} else {
			pipes = n
		}
		bare := strings.NewReplacer("<code>", "", "</code>", "").Replace(line)
		for i, part := range strings.Split(bare, "`") {
			if i%2 == 0 && strings.ContainsAny(part, "<>[]@$~\\") || i%2 == 0 && strings.Contains(part, "://") {
				t.Errorf("markup outside code: %q in %s", part, line)
			}
		}
	}
}

func FuzzOutputsParseBack(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 400 {
			t.Skip()
		}
		harmless(t, namedAll(name), name)
	})
}

// battered breaks a comparison in ways that its file allows.
func battered(t *rapid.T, c *Comparison) {
	odd := rapid.SampledFrom([]float64{0, -1, 0.5, 1e308, -1e308, 5e-324, 1e15 + 0.5, -3e200})
	often := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) == 0 }
	if often("another baseline") {
		c.Baseline = rapid.SampledFrom([]string{"", "nobody", "binpack"}).Draw(t, "baseline")
	}
	if often("more seeds") {
		c.Seeds = append(c.Seeds, 99, 7)
	}
	if often("no cells") {
		c.Cells = nil
	}
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			m := &c.Cells[i].Metrics[j]
			if often("no outcomes") {
				m.Outcomes = m.Outcomes[:len(m.Outcomes)/2]
			}
			if often("no deltas") {
				m.Deltas = m.Deltas[:len(m.Deltas)/2]
			}
			for k := range m.Outcomes {
				o := &m.Outcomes[k]
				if often("odd outcome") {
					o.N, o.Mean = rapid.IntRange(-1, 3).Draw(t, "n"), odd.Draw(t, "mean")
					o.Values = append(o.Values[:len(o.Values)/2], nil)
				}
			}
			for k := range m.Deltas {
				d := &m.Deltas[k]
				if often("odd delta") {
					relative := odd.Draw(t, "relative")
					d.N, d.Mean, d.Relative = rapid.IntRange(0, 3).Draw(t, "pairs"), odd.Draw(t, "difference"), &relative
					d.Interval = &Interval{Low: odd.Draw(t, "low"), High: odd.Draw(t, "high")}
					d.Verdict = rapid.SampledFrom([]Verdict{"", "odd", Same, Worse}).Draw(t, "verdict")
				}
				if often("no interval") {
					d.Interval = nil
				}
			}
		}
	}
}

func TestAnyComparisonIsWrittenAndReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := asserted(made(rapid.IntRange(1, 4).Draw(t, "policies"), rapid.IntRange(1, 3).Draw(t, "seeds")))
		if rapid.Bool().Draw(t, "grid") {
			c = grid(c)
		}
		battered(t, c)
		var first, again bytes.Buffer
		if err := WriteJSON(&first, c); err != nil {
			t.Fatal(err)
		}
		back, err := ReadJSON(first.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range writers {
			first.Reset()
			again.Reset()
			if err := errors.Join(w.write(&first, c), w.write(&again, back)); err != nil {
				t.Fatal(err)
			}
			if first.String() != again.String() {
				t.Errorf("%s differs after reading back", w.name)
			}
		}
	})
}
