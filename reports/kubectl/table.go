package kubectl

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/podsim/podsim/reports"
)

// How columns are set. Source: k8s.io/cli-runtime/pkg/printers/tabwriter.go.
const (
	minColumn = 6
	padding   = 3
)

// table sets rows in columns, which never become narrower: rows of a watch come one
// by one.
type table struct {
	widths []int
	b      strings.Builder
}

// measure makes the columns wide enough for a row.
func (t *table) measure(row []string) {
	visible(row)
	for len(t.widths) < len(row) {
		t.widths = append(t.widths, minColumn)
	}
	for i, cell := range row {
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell)+padding)
	}
}

// put writes a row. The last cell is not filled up.
func (t *table) put(row []string) {
	visible(row)
	for i, cell := range row {
		t.b.WriteString(cell)
		if i+1 < len(row) {
			t.b.WriteString(strings.Repeat(" ", max(t.widths[i]-utf8.RuneCountInString(cell), 0)))
		}
	}
	t.b.WriteByte('\n')
}

// flush hands over what has been put.
func (t *table) flush(w io.Writer) error {
	_, err := io.WriteString(w, t.b.String())
	t.b.Reset()
	return err
}

// visible escapes what would move the cursor of a terminal.
func visible(row []string) {
	for i := range row {
		row[i] = reports.Visible(row[i])
	}
}
