package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/podsim/podsim/models/yamlnode"
)

// Visible escapes what a terminal would act on or not show: control characters,
// characters that change the direction of text, and bytes that are no UTF-8. The
// escapes are those of Go, such as \x1b and \u202e, as in problems of the input.
func Visible(text string) string { return yamlnode.Problem{What: text}.Error() }

// WriteJSON writes a value as indented JSON. Characters that Visible escapes are
// escaped as JSON does it.
func WriteJSON(w io.Writer, value any) error {
	var page bytes.Buffer
	e := json.NewEncoder(&page)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(page.Bytes()))
	return err
}

// escapeJSON escapes in a JSON text what Visible escapes. Such characters stand in
// strings only; those that are escaped already are ASCII.
func escapeJSON(text []byte) []byte {
	unsafe := func(c rune) bool { return c >= 0x7f && c != utf8.RuneError && !unicode.IsPrint(c) }
	if !bytes.ContainsFunc(text, unsafe) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for _, c := range string(text) {
		if unsafe(c) {
			out = appendEscaped(out, c)
		} else {
			out = utf8.AppendRune(out, c)
		}
	}
	return out
}

// appendEscaped appends a character as \uXXXX, or as two if it needs them.
func appendEscaped(b []byte, c rune) []byte {
	if high, low := utf16.EncodeRune(c); high != utf8.RuneError {
		return appendEscaped(appendEscaped(b, high), low)
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[c>>12&15], digits[c>>8&15], digits[c>>4&15], digits[c&15])
}
