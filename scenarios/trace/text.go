package trace

import (
	"compress/flate"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/podsim/podsim/models/yamlnode"
)

// table reads CSV whose header says where the columns stand.
type table struct {
	r      *Reader
	header []string
	line   string
	fields []string
}

// readHeader reads the first row. Without one it tells what is wanted.
func (t *table) readHeader(wanted string) bool {
	if !t.nextRow() {
		if len(t.r.problems) == 0 {
			t.r.blame(wholeRow, "", "empty file; want a header with %s", wanted)
		}
		return false
	}
	t.header = slices.Clone(t.fields)
	for i, name := range t.header {
		t.header[i] = strings.TrimSpace(name)
		if slices.Contains(t.header[:i], t.header[i]) {
			t.r.blame(wholeRow, "", "column %q twice", cut(t.header[i]))
		}
	}
	return true
}

// nextRow reads the fields of the next row.
func (t *table) nextRow() bool {
	t.line, t.fields = "", t.fields[:0]
	for {
		line, ok := t.r.nextText()
		if !ok {
			return false
		}
		t.line = string(line)
		var err error
		if t.fields, err = splitRow(t.fields[:0], t.line); err == nil {
			return true
		}
		t.r.blame(wholeRow, "", "%v", err)
		if len(t.r.problems) >= t.r.options.Limits.Problems {
			return false
		}
	}
}

// complete reports whether the row has a field for each column.
func (t *table) complete() bool {
	if len(t.fields) == len(t.header) {
		return true
	}
	t.r.blame(wholeRow, "", "row has %d of %d columns", len(t.fields), len(t.header))
	return false
}

// field returns the text of a column by its place; a negative one is empty.
func (t *table) field(at int) string {
	if at < 0 {
		return ""
	}
	return strings.TrimSpace(t.fields[at])
}

// blame notes a problem with a column of the present row.
func (t *table) blame(at int, format string, args ...any) {
	t.r.blame(columnOf(t.line, at), t.header[at], format, args...)
}

// splitRow appends the fields of one row to fields. A row is one line: traces
// hold no line breaks within a field, and looking for them would let one
// quotation mark swallow the rest of the file.
func splitRow(fields []string, line string) ([]string, error) {
	if !utf8.ValidString(line) {
		return fields, errors.New("not UTF-8")
	}
	if !strings.Contains(line, `"`) {
		for field := range strings.SplitSeq(line, ",") {
			fields = append(fields, field)
		}
		return fields, nil
	}
	record, err := csv.NewReader(strings.NewReader(line)).Read()
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		err = syntax.Err
	}
	return append(fields, record...), err
}

// columnOf returns where a field begins in a line, in characters from 1. In a
// line with quotation marks that is the beginning of the line.
func columnOf(line string, field int) int {
	if strings.Contains(line, `"`) {
		return 1
	}
	column := 1
	for range field {
		i := strings.IndexByte(line, ',')
		if i < 0 {
			return column
		}
		column += utf8.RuneCountInString(line[:i+1])
		line = line[i+1:]
	}
	return column
}

// cut shortens what a message repeats.
func cut(text string) string {
	const most = 40
	text = strings.ToValidUTF8(text, "?")
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}

func isFlateError(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt)
}

// century is more than any trace spans; times beyond are mistakes.
const century = 100 * 365 * 24 * time.Hour

// seconds reads a time exactly: seconds, or a duration such as 1h30m.
func seconds(text string) (time.Duration, error) {
	if text != "" && strings.Trim(text, "0123456789.") == "" {
		text += "s"
	}
	d, err := yamlnode.Duration(text)
	if err == nil && d > century {
		err = fmt.Errorf("more than 100 years (got %s)", cut(text))
	}
	return d, err
}

// isLabelValue reports whether a text can be the value of a label.
func isLabelValue(text string) bool {
	valid := text != "" && len(text) <= 63 && isAlphanumeric(text[0]) && isAlphanumeric(text[len(text)-1])
	for i := range len(text) {
		valid = valid && (isAlphanumeric(text[i]) || strings.IndexByte("-_.", text[i]) >= 0)
	}
	return valid
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
