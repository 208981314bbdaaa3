package reports

import (
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/models"
)

// buffered collects output and remembers the first error.
type buffered struct {
	w   io.Writer
	b   []byte
	err error
}

const bufferSize = 1 << 16

func newBuffered(w io.Writer) buffered {
	return buffered{w: w, b: make([]byte, 0, bufferSize+4096)}
}

func (o *buffered) spill() {
	if len(o.b) >= bufferSize {
		o.empty()
	}
}

func (o *buffered) empty() {
	if o.err == nil {
		_, o.err = o.w.Write(o.b)
	}
	o.b = o.b[:0]
}

func (o *buffered) flush() error {
	o.empty()
	return o.err
}

// appendTime appends nanoseconds as seconds, exactly, without trailing zeros.
func appendTime(b []byte, ns int64) []byte {
	if ns < 0 {
		b = append(b, '-')
		ns = -ns
	}
	b = strconv.AppendInt(b, ns/nanosInSecond, 10)
	rest := ns % nanosInSecond
	if rest == 0 {
		return b
	}
	n := 9
	if rest%1_000_000 == 0 { // most moments are whole milliseconds
		n, rest = 3, rest/1_000_000
	}
	var digits [9]byte
	for i := n - 1; i >= 0; i-- {
		digits[i] = byte('0' + rest%10)
		rest /= 10
	}
	for digits[n-1] == '0' {
		n--
	}
	return append(append(b, '.'), digits[:n]...)
}

// appendMoment appends a moment, or nothing for Never.
func appendMoment(b []byte, t models.Time) []byte {
	if t == models.Never {
		return b
	}
	return appendTime(b, int64(t))
}

// cell makes a text that was appended to b from start on a cell of a CSV file:
// quoted as encoding/csv does, and with an apostrophe in front where a
// spreadsheet would take it for a formula.
func cell(b []byte, start int) []byte {
	text := b[start:]
	if len(text) == 0 {
		return b
	}
	formula := false
	switch text[0] {
	case '=', '+', '-', '@', '\t', '\r':
		formula = true
	}
	quote := text[0] == ' ' && !formula
	quotes := 0
	for _, c := range text {
		switch c {
		case '"':
			quotes++
			quote = true
		case ',', '\n', '\r':
			quote = true
		}
	}
	if !formula && !quote {
		return b
	}
	raw := string(text)
	b = b[:start]
	if quote {
		b = append(b, '"')
	}
	if formula {
		b = append(b, '\'')
	}
	for i := range len(raw) {
		if raw[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, raw[i])
	}
	if quote {
		b = append(b, '"')
	}
	return b
}

func appendCell(b []byte, text string) []byte { return cell(append(b, text...), len(b)) }

// closeQuote ends the JSON string whose opening quotation mark is at start.
func closeQuote(b []byte, start int) []byte {
	for _, c := range b[start+1:] {
		if c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return requote(b[:start], string(b[start+1:]))
		}
	}
	return append(b, '"')
}

func appendQuoted(b []byte, text string) []byte {
	return closeQuote(append(append(b, '"'), text...), len(b))
}

// requote writes the slow form: escapes of what a terminal would act on or not
// show, and U+FFFD for what is no UTF-8.
func requote(b []byte, text string) []byte {
	b = append(b, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c != utf8.RuneError && !unicode.IsPrint(c):
			b = appendEscaped(b, c)
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return append(b, '"')
}

// AppendQuoted appends a text as a JSON string. What a terminal would act on or not show
// is escaped, and what is no UTF-8 is U+FFFD.
func AppendQuoted(b []byte, text string) []byte { return appendQuoted(b, text) }
