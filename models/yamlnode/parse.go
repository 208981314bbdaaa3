package yamlnode

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Parse reads the documents of a YAML or JSON stream under DefaultLimits. The
// file name serves positions only.
//
// The error is nil or Problems, sorted by position. Both results may be
// non-empty: a document with a broken syntax is left out and the rest is read.
// Empty documents are left out too, so a file without any yields no documents
// and no error, and the caller decides what that means.
func Parse(file string, r io.Reader) ([]*Document, error) {
	return DefaultLimits().Parse(file, r)
}

// Parse is the function Parse under the limits l.
func (l Limits) Parse(file string, r io.Reader) ([]*Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, l.FileBytes+1))
	if err != nil {
		return nil, Problems{{File: file, What: err.Error()}}
	}
	if int64(len(data)) > l.FileBytes {
		return nil, Problems{{File: file, What: l.tooLarge()}}
	}
	if problem, ok := checkEncoding(file, data); !ok {
		return nil, Problems{problem}
	}
	b := &builder{limits: l, source: &source{file}}
	var documents []*Document
	lines := 0
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	for len(data) > 0 {
		chunk := data[:chunkLen(data)]
		data = data[len(chunk):]
		b.firstLine = lines
		for _, root := range b.chunk(chunk) {
			if len(documents) == l.Documents {
				b.problems.Add(root, "", l.tooMany())
				b.problems.Sort()
				return documents, b.problems
			}
			documents = append(documents, &Document{File: file, Index: len(documents), Root: root})
		}
		lines += b.endLine - 1
	}
	b.problems.Sort()
	return documents, b.problems.Err()
}

// checkEncoding refuses text that is not UTF-8. A NUL is what UTF-16 looks like.
func checkEncoding(file string, data []byte) (Problem, bool) {
	bad := bytes.IndexByte(data, 0)
	if !utf8.Valid(data) {
		for i := 0; i < len(data); {
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size == 1 || r == 0 {
				bad = i
				break
			}
			i += size
		}
	}
	if bad < 0 {
		return Problem{}, true
	}
	line, column := position(data, bad)
	return Problem{File: file, Line: line, Column: column, What: fmt.Sprintf("not UTF-8 at byte %d", bad)}, false
}

// chunkLen returns the length of the first document of data: up to the next
// line that starts one (---), or past the line that ends it (...). YAML allows
// such lines nowhere inside a document, not even in quoted or literal text.
// Cutting early is what lets the reader go on after a broken document.
func chunkLen(data []byte) int {
	blank := true // only blank lines, comments and directives so far
	for start := 0; start < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		line := data[start:end]
		switch {
		case isMarker(line, "---"):
			if !blank {
				return start
			}
			blank = false
		case isMarker(line, "..."):
			return end
		case blank:
			text := bytes.TrimLeft(line, " \t\r\n")
			blank = len(text) == 0 || text[0] == '#' || line[0] == '%'
		}
		start = end
	}
	return len(data)
}

func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}

// lineBreak returns the length of the line break that s starts with, or 0. The
// YAML reader counts the breaks of YAML 1.1, among them NEL, LS and PS.
func lineBreak(s []byte) int {
	switch {
	case s[0] == '\n':
		return 1
	case s[0] == '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case s[0] == 0xC2 && len(s) > 1 && s[1] == 0x85:
		return 2
	case s[0] == 0xE2 && len(s) > 2 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9):
		return 3
	}
	return 0
}

// position returns the line and column, both from 1, of an offset into data.
func position(data []byte, offset int) (line, column int) {
	line, start := 1, 0
	for i := 0; i < offset; {
		c := data[i]
		if c != '\n' && c != '\r' && c < 0x80 {
			i++
			continue
		}
		if size := lineBreak(data[i:]); size > 0 && i+size <= offset {
			i += size
			line, start = line+1, i
		} else {
			i++
		}
	}
	return line, utf8.RuneCount(data[start:offset]) + 1
}

// lineAt returns the text of a line, counted from 1, without its break.
func lineAt(data []byte, line int) []byte {
	start := 0
	for i := 0; i < len(data); {
		size := lineBreak(data[i:])
		if size == 0 {
			i++
			continue
		}
		if line--; line == 0 {
			return data[start:i]
		}
		i += size
		start = i
	}
	if line == 1 {
		return data[start:]
	}
	return nil
}
