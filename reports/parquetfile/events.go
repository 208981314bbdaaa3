package parquetfile

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/podsim/podsim/reports"
)

// Events makes a table of events.jsonl: it is written the lines, and each becomes a row.
type Events struct {
	to    reports.RowWriter
	kinds []string
	index map[string]int
	cells []reports.Cell
	rest  []byte // of a line that has not ended
	texts []byte // of the row, where they had to be unescaped
	err   error
}

// NewEvents returns a writer of events with columns as in reports.Columns.
func NewEvents(to reports.RowWriter, columns []reports.Column) *Events {
	e := &Events{to: to, index: make(map[string]int, len(columns)), cells: make([]reports.Cell, len(columns))}
	for i, c := range columns {
		e.index[c.Name] = i
		e.kinds = append(e.kinds, c.Type)
	}
	return e
}

// Write takes lines, whole or in part.
func (e *Events) Write(text []byte) (int, error) {
	all := text
	for e.err == nil {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			e.rest = append(e.rest, line...)
			break
		}
		if len(e.rest) > 0 {
			e.rest = append(e.rest, line...)
			line = e.rest
		}
		e.err = e.line(line)
		e.rest, text = e.rest[:0], rest
	}
	return len(all), e.err
}

// Err returns the first error.
func (e *Events) Err() error { return e.err }

// line makes a row of a line.
func (e *Events) line(line []byte) error {
	for i := range e.cells {
		e.cells[i].Missing = true
	}
	e.texts = e.texts[:0]
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return fmt.Errorf("%.100q is no event", line)
	}
	for rest := line[1 : len(line)-1]; len(rest) > 0; {
		end := span(rest)
		if end < 2 || end+1 >= len(rest) || rest[end] != ':' {
			return fmt.Errorf("%.100q is no field of an event", rest)
		}
		name := rest[1 : end-1]
		rest = rest[end+1:]
		end = span(rest)
		i, known := e.index[string(name)]
		if !known {
			return fmt.Errorf("field %q of an event is not documented", name)
		}
		if err := e.value(i, rest[:end]); err != nil {
			return fmt.Errorf("field %s of an event: %w", name, err)
		}
		rest = rest[end:]
		if len(rest) > 0 {
			rest = rest[1:] // the comma
		}
	}
	return e.to.WriteRow(e.cells)
}

// value reads the value of a field.
func (e *Events) value(i int, text []byte) (err error) {
	switch e.kinds[i] {
	case "object":
		e.cells[i] = reports.Cell{Text: text}
	case "text":
		if len(text) < 2 || text[0] != '"' {
			return fmt.Errorf("%.100q is no text", text)
		}
		if bytes.IndexByte(text, '\\') < 0 {
			e.cells[i] = reports.Cell{Text: text[1 : len(text)-1]}
			break
		}
		var plain string
		if err := json.Unmarshal(text, &plain); err != nil {
			return err
		}
		start := len(e.texts)
		e.texts = append(e.texts, plain...)
		e.cells[i] = reports.Cell{Text: e.texts[start:len(e.texts):len(e.texts)]}
	default:
		e.cells[i], err = reports.ParseCell(e.kinds[i], text)
	}
	return err
}

// span returns where the value at the beginning of a JSON text ends: before the comma or
// the colon after it.
func span(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}
