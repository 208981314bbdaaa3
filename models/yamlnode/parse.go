package yamlnode

import (
	"bufio"
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
	data, problem := l.readText(file, r)
	if problem != nil {
		return nil, Problems{*problem}
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

// headBytes is how much of a file is looked at before the rest is read.
const headBytes = 4096

// readText reads a file whole. One that is no text is mostly told by its first
// bytes, so a disk image or an endless stream of zeros costs next to nothing.
func (l Limits) readText(file string, r io.Reader) ([]byte, *Problem) {
	buffered := bufio.NewReaderSize(io.LimitReader(r, l.FileBytes+1), headBytes)
	head, _ := buffered.Peek(headBytes) // an error comes again with the rest
	if foreignText(head) != "" || bytes.IndexByte(head, 0) >= 0 {
		return nil, checkEncoding(file, head)
	}
	data, err := io.ReadAll(buffered)
	if err != nil {
		return nil, &Problem{File: file, What: err.Error()}
	}
	if err := l.CheckSize(int64(len(data))); err != nil {
		return nil, &Problem{File: file, What: err.Error()}
	}
	return data, checkEncoding(file, data)
}

// foreignText says what a file is that is no UTF-8, or "" if that cannot be told.
// UTF-16 without a mark shows by the NUL in each ASCII character.
func foreignText(data []byte) string {
	begins := func(mark string) bool { return bytes.HasPrefix(data, []byte(mark)) }
	switch {
	case begins("\xff\xfe\x00\x00"), begins("\x00\x00\xfe\xff"):
		return "UTF-32; save it as UTF-8"
	case begins("\xff\xfe"), begins("\xfe\xff"):
		return "UTF-16; save it as UTF-8"
	case begins("\x1f\x8b"):
		return "packed with gzip; unpack it"
	case len(data) < 4:
		return ""
	case data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0,
		data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		return "UTF-16; save it as UTF-8"
	}
	return ""
}

// checkEncoding refuses what is not UTF-8, and NUL, which no text holds. It
// returns nil if all is right.
func checkEncoding(file string, data []byte) *Problem {
	if what := foreignText(data); what != "" {
		return &Problem{File: file, Line: 1, Column: 1, What: what}
	}
	bad, what := bytes.IndexByte(data, 0), "NUL byte at byte %d"
	if !utf8.Valid(data) {
		for i := 0; i < len(data); {
			r, size := utf8.DecodeRune(data[i:])
			if r == 0 {
				break
			}
			if r == utf8.RuneError && size == 1 {
				bad, what = i, "not UTF-8 at byte %d"
				break
			}
			i += size
		}
	}
	if bad < 0 {
		return nil
	}
	line, column := position(data, bad)
	return &Problem{File: file, Line: line, Column: column, What: fmt.Sprintf(what, bad)}
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
