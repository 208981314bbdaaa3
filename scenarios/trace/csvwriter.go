package trace

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// Writer writes rows in the format CSV. The cells of a spreadsheet's formulas are
// escaped.
type Writer struct {
	csv     *csv.Writer
	columns []string
	cells   []string
}

// NewWriter writes the header. See Reader.Columns for columns that suffice.
func NewWriter(w io.Writer, columns []string) (*Writer, error) {
	out := &Writer{csv: csv.NewWriter(w), columns: columns, cells: make([]string, len(columns))}
	return out, out.csv.Write(columns)
}

// Write writes a row of a reader. What has no column is left out.
func (w *Writer) Write(r *Reader, row *Row) error {
	shape := r.Shape(row.Shape)
	for i, column := range w.columns {
		var text string
		switch column {
		case timeColumn:
			text = secondsText(time.Duration(row.At))
		case nameColumn:
			text = r.Name(row)
		case lifetimeColumn:
			text = secondsText(row.Lifetime)
		case runTimeColumn:
			text = secondsText(row.RunTime)
		case scalingsColumn:
			text = scalingsCell(row.Scalings)
		default:
			text = shape.cell(column)
		}
		w.cells[i] = escapeCell(text)
	}
	return w.csv.Write(w.cells)
}

// Flush writes what is still held back.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// cell writes what a column says of a shape.
func (s *Shape) cell(column string) string {
	switch column {
	case namespaceColumn:
		return s.Namespace
	case kindColumn:
		return s.Kind
	case countColumn:
		if s.Count == 0 {
			return ""
		}
		return strconv.Itoa(int(s.Count))
	case templateColumn:
		return s.Template
	case objectColumn:
		return s.Object
	case priorityClassColumn:
		return s.PriorityClass
	case nodeSelectorColumn:
		return pairsCell(s.NodeSelector)
	case labelsColumn:
		return pairsCell(s.Labels)
	case imageColumn:
		return s.Image
	}
	resource, limit, _ := columnResource(column)
	if limit {
		return s.Limits.Get(resource)
	}
	return s.Requests.Get(resource)
}

// secondsText writes a time in seconds, exactly; empty if it is negative.
func secondsText(d time.Duration) string {
	if d < 0 {
		return ""
	}
	text := strconv.FormatInt(int64(d/time.Second), 10)
	if rest := int64(d % time.Second); rest > 0 {
		digits := strconv.FormatInt(int64(time.Second)+rest, 10)[1:] // with leading zeros
		text += "." + strings.TrimRight(digits, "0")
	}
	return text
}

// end returns when an object of a row is gone: deleted, or its pods ended. It is
// Never if nobody knows.
func (r *Row) end() models.Time {
	stay := time.Duration(math.MaxInt64)
	if r.Lifetime >= 0 {
		stay = r.Lifetime
	}
	if r.RunTime >= 0 {
		stay = min(stay, r.RunTime)
	}
	return r.At.Add(stay)
}
