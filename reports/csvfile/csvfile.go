// Package csvfile writes tables for programs and spreadsheets as CSV, and documents
// their columns: what documents a column also writes it, so that neither can be
// without the other.
//
// It refuses to know what tables are about. Texts pass through reports.AppendCSV, so
// that no spreadsheet takes one for a formula.
package csvfile

import (
	"io"
	"iter"
	"strconv"

	"github.com/podsim/podsim/reports"
)

// Column is a column of a file with rows of T.
type Column[T any] struct {
	Name, Type, Unit, Help string // as in reports.Column
	Append                 func([]byte, *T) []byte
}

// Text returns a column of texts.
func Text[T any](name, help string, get func(*T) string) Column[T] {
	return Column[T]{name, "text", "", help, func(b []byte, row *T) []byte { return reports.AppendCSV(b, get(row)) }}
}

// Number returns a column of numbers; a cell without one, nil, is empty.
func Number[T any](name, unit, help string, get func(*T) *float64) Column[T] {
	return Column[T]{name, "number", unit, help, func(b []byte, row *T) []byte {
		if x := get(row); x != nil {
			return reports.AppendNumber(b, *x)
		}
		return b
	}}
}

// Integer returns a column of whole numbers.
func Integer[T any](name, help string, get func(*T) int) Column[T] {
	return Column[T]{name, "integer", "", help, func(b []byte, row *T) []byte { return strconv.AppendInt(b, int64(get(row)), 10) }}
}

// Boolean returns a column of true and false.
func Boolean[T any](name, help string, get func(*T) bool) Column[T] {
	return Column[T]{name, "boolean", "", help, func(b []byte, row *T) []byte { return strconv.AppendBool(b, get(row)) }}
}

// Documented returns what documents the columns of a file.
func Documented[T any](file string, columns []Column[T]) []reports.Column {
	out := make([]reports.Column, len(columns))
	for i, c := range columns {
		out[i] = reports.Column{File: file, Name: c.Name, Type: c.Type, Unit: c.Unit, Help: c.Help}
	}
	return out
}

// Write writes a file: the names of its columns and one line for each row.
func Write[T any](w io.Writer, columns []Column[T], rows iter.Seq[*T]) error {
	var b []byte
	for i := range columns {
		b = reports.AppendCSV(separated(b, i), columns[i].Name)
	}
	b = append(b, '\n')
	for row := range rows {
		for i := range columns {
			b = columns[i].Append(separated(b, i), row)
		}
		b = append(b, '\n')
	}
	_, err := w.Write(b)
	return err
}

func separated(b []byte, column int) []byte {
	if column > 0 {
		b = append(b, ',')
	}
	return b
}
