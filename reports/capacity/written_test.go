package capacity_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/golden"
)

// report is an answer in all the forms in which it is written.
type report interface {
	WriteText(io.Writer, reports.Terminal) error
	WriteMarkdown(io.Writer) error
	WriteJSON(io.Writer) error
	WriteCSV(io.Writer) error
}

// matchReports compares all forms of a report with files that are named after that of
// its table.
func matchReports(t *testing.T, csvFile string, r report) {
	t.Helper()
	name := strings.TrimSuffix(csvFile, ".csv")
	for _, terminal := range []reports.Terminal{{Width: 80, Unicode: true}, {Width: 60}} {
		text := textOf(t, r, terminal)
		linesFit(t, text, terminal)
		golden.Match(t, fmt.Sprintf("%s_%d.txt", name, terminal.Width), text)
	}
	golden.Match(t, name+".md", written(t, r.WriteMarkdown))
	golden.Match(t, name+".json", written(t, r.WriteJSON))
	golden.Match(t, csvFile, written(t, r.WriteCSV))
}

func textOf(t testing.TB, r report, terminal reports.Terminal) string {
	t.Helper()
	return written(t, func(w io.Writer) error { return r.WriteText(w, terminal) })
}

func written(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tells checks that a report says something, wherever its lines break.
func tells(t *testing.T, r report, want string) {
	t.Helper()
	text := strings.Join(strings.Fields(textOf(t, r, reports.Terminal{Width: 400})), " ")
	if !strings.Contains(text, want) {
		t.Errorf("want %q in\n%s", want, text[:min(len(text), 600)])
	}
}

// plainly checks that no control character comes through from a name.
func plainly(t *testing.T, name string, r report) {
	t.Helper()
	for _, text := range []string{textOf(t, r, reports.Terminal{Width: 60}), written(t, r.WriteMarkdown), written(t, r.WriteCSV)} {
		if bad := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0x202e }); bad >= 0 {
			t.Errorf("%q: a control character comes through: %q", name, text[bad:min(bad+20, len(text))])
		}
	}
}
