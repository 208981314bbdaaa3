package trace

import (
	"compress/flate"
	"encoding/csv"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

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
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}

func isFlateError(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt)
}

// name reads the name of the instance as Kubernetes could have it: instance_17
// is instance-17. A number at the end is kept as such, so that a name costs no
// string of its own.
func (d *dlrm) name() (instanceName, bool) {
	text := d.field(instance)
	plain := strings.ReplaceAll(strings.ToLower(text), "_", "-")
	if !isObjectName(plain) {
		d.blame(instance, "got %q; want a name of letters, digits, - and _", cut(text))
		return instanceName{}, false
	}
	base, number := plain, int32(-1)
	if i := strings.LastIndexByte(plain, '-'); i > 0 {
		digits := plain[i+1:]
		n, err := strconv.ParseInt(digits, 10, 32)
		if err == nil && n < math.MaxInt32-1 && strconv.FormatInt(n, 10) == digits && isObjectName(plain[:i]) {
			base, number = plain[:i], int32(n)
		}
	}
	id, known := d.bases[base]
	if !known {
		id = int32(len(d.trace.Bases))
		base = strings.Clone(base)
		d.bases[base] = id
		d.trace.Bases = append(d.trace.Bases, base)
	}
	name := instanceName{id, number}
	if first, twice := d.seen[name]; twice {
		d.blame(instance, "%s already in row %d", cut(text), first)
		return name, false
	}
	d.seen[name] = int32(d.lines.number)
	return name, true
}

// label reads a text that becomes the value of a label.
func (d *dlrm) label(column int) string {
	text := d.field(column)
	valid := text != "" && len(text) <= 63 && isAlphanumeric(text[0]) && isAlphanumeric(text[len(text)-1])
	for i := range len(text) {
		valid = valid && (isAlphanumeric(text[i]) || strings.IndexByte("-_.", text[i]) >= 0)
	}
	if !valid {
		d.blame(column, "got %q; want at most 63 letters, digits, -, _ and ., as of a label", cut(text))
	}
	return text
}

// isObjectName reports whether name is a DNS label of Kubernetes, short enough to
// take a number.
func isObjectName(name string) bool {
	if name == "" || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != '-' && !isAlphanumeric(c) || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
