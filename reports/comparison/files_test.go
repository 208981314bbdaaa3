package comparison_test

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
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/comparison/madeup"
	"github.com/podsim/podsim/reports/golden"
	"github.com/podsim/podsim/reports/hostile"
)

// writers are all that write a comparison, by the file that they make.
var writers = []struct {
	name  string
	write func(io.Writer, *comparison.Comparison) error
}{
	{comparison.JSONFile, comparison.WriteJSON}, {comparison.CSVFile, comparison.WriteCSV}, {comparison.ValuesFile, comparison.WriteValuesCSV},
	{comparison.MarkdownFile, comparison.WriteMarkdown}, {comparison.JUnitFile, comparison.WriteJUnit},
	{comparison.TextFile, func(w io.Writer, c *comparison.Comparison) error {
		return comparison.WriteText(w, c, reports.Terminal{Width: 80, Unicode: true})
	}},
}

func outputs(t testing.TB, c *comparison.Comparison) map[string]string {
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
	for name, text := range outputs(t, madeup.Asserted(madeup.Grid(madeup.New(3, 4)))) {
		if name != comparison.TextFile {
			golden.Match(t, name, text)
		}
	}
}

func TestJSONReadsBack(t *testing.T) {
	c := madeup.Asserted(madeup.New(4, 6))
	back, err := comparison.ReadJSON([]byte(outputs(t, c)[comparison.JSONFile]))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("-wrote +read:\n%s", diff)
	}
	for _, text := range []string{"", "{}", `{"policies": []}`, `{"policies": 1}`, `[]`} {
		if _, err := comparison.ReadJSON([]byte(text)); err == nil {
			t.Errorf("%q was read as a comparison", text)
		}
	}
}

func TestColumnsAreThoseThatAreWritten(t *testing.T) {
	files := outputs(t, madeup.New(2, 3))
	for _, file := range []string{comparison.CSVFile, comparison.ValuesFile} {
		var documented []string
		for _, c := range comparison.Columns() {
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
	c := madeup.New(2, 30)
	rows, err := csv.NewReader(strings.NewReader(outputs(t, c)[comparison.CSVFile])).ReadAll()
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
		"median_low": m.Outcomes[1].MedianInterval.Low, "median_high": m.Outcomes[1].MedianInterval.High,
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

// named returns a comparison in which everything that others chose has a name.
func namedAll(name string) *comparison.Comparison {
	c := madeup.Asserted(madeup.Grid(madeup.New(3, 3)))
	madeup.Rename(c, "default", name)
	madeup.Rename(c, "binpack", name+"2")
	c.Name, c.Scenario, c.Description, c.Version, c.Digest, c.Stopped = name, name, name, name, name, name
	c.Notes, c.Methods = []string{name}, []string{name}
	for i := range c.Policies {
		c.Policies[i].Description = name
	}
	for i := range c.Assertions {
		c.Assertions[i].Text, c.Assertions[i].Got = name, name
		c.Assertions[i].Settings = []comparison.Setting{{Axis: name, Value: name}}
		if !c.Assertions[i].Passed {
			c.Assertions[i].Message = name
		}
	}
	for i := range c.Cells {
		cell := &c.Cells[i]
		cell.Settings = []comparison.Setting{{Axis: name, Value: name + strconv.Itoa(i)}}
		cell.Failures = []comparison.Failure{{Policy: name, Assertion: name, Seeds: []uint64{1}}}
		for j := range cell.Metrics {
			m := &cell.Metrics[j]
			m.Name, m.Unit = name+strconv.Itoa(j), name
			m.Bound = &comparison.Bound{Value: 1, Gaps: []float64{1, 1, 1}, How: name}
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
	for _, name := range hostile.Names {
		t.Run(strconv.Quote(name)[:min(20, len(strconv.Quote(name)))], func(t *testing.T) { harmless(t, namedAll(name), name) })
	}
}

// harmless checks all outputs of a comparison.
func harmless(t *testing.T, c *comparison.Comparison, name string) {
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
			var back comparison.Comparison
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
	for _, name := range hostile.Names {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		name = name[:min(len(name), 400)] // longer ones only take time
		harmless(t, namedAll(name), name)
	})
}

func TestAnyComparisonIsWrittenAndReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := madeup.Asserted(madeup.New(rapid.IntRange(1, 4).Draw(t, "policies"), rapid.IntRange(1, 3).Draw(t, "seeds")))
		if rapid.Bool().Draw(t, "grid") {
			c = madeup.Grid(c)
		}
		madeup.Batter(t, c)
		var first, again bytes.Buffer
		if err := comparison.WriteJSON(&first, c); err != nil {
			t.Fatal(err)
		}
		back, err := comparison.ReadJSON(first.Bytes())
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
