package yamlnode

import (
	"encoding/json"
	"unicode/utf8"
)

// jsonReader is the short way for JSON, several times faster than YAML and able
// to read what the YAML reader is not: surrogate pairs such as \ud83d\ude00. It
// gives up on anything unusual, and the YAML reader then has the last word, so
// it needs no messages about syntax of its own.
type jsonReader struct {
	b      *builder
	data   []byte
	offset int

	line, column int // at offset mark
	mark         int
}

// jsonRoots reads a chunk of one or more JSON maps and lists.
func (b *builder) jsonRoots(chunk []byte) (roots []*Node, ok bool) {
	before := len(b.problems)
	r := &jsonReader{b: b, data: chunk, line: b.firstLine + 1, column: 1}
	b.path = b.path[:0]
	for r.space(); r.offset < len(r.data); r.space() {
		c := r.data[r.offset]
		root, ok := r.value(0)
		if !ok || c != '{' && c != '[' {
			b.problems = b.problems[:before]
			return nil, false
		}
		roots = append(roots, root)
	}
	return roots, len(roots) > 0
}

// space skips white space and counts lines.
func (r *jsonReader) space() {
	for r.offset < len(r.data) {
		switch r.data[r.offset] {
		case ' ', '\t':
			r.offset++
		case '\n', '\r':
			r.offset += lineBreak(r.data[r.offset:])
			r.line, r.column, r.mark = r.line+1, 1, r.offset
		default:
			return
		}
	}
}

// node starts a node at the present offset.
func (r *jsonReader) node(kind Kind) *Node {
	r.column += utf8.RuneCount(r.data[r.mark:r.offset])
	r.mark = r.offset
	n := r.b.allocate()
	*n = Node{Kind: kind, Line: int32(r.line), Column: int32(r.column), source: r.b.source}
	return n
}

// take skips white space and then c, if it is there.
func (r *jsonReader) take(c byte) bool {
	r.space()
	if r.offset == len(r.data) || r.data[r.offset] != c {
		return false
	}
	r.offset++
	return true
}

func (r *jsonReader) value(depth int) (*Node, bool) {
	r.space()
	if r.offset == len(r.data) {
		return nil, false
	}
	switch r.data[r.offset] {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		n := r.node(String)
		text, ok := r.text()
		n.Text = text
		return n, ok
	}
	return r.literal()
}

func (r *jsonReader) object(depth int) (*Node, bool) {
	m := &mapBuilder{node: r.node(Map)}
	r.offset++
	if depth == r.b.limits.Depth {
		return nil, false
	}
	if r.take('}') {
		return m.node, true
	}
	for {
		r.space()
		key := r.node(String)
		name, ok := r.text()
		if !ok || !r.take(':') {
			return nil, false
		}
		r.b.path.pushKey(name)
		value, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		if i := m.find(name); i >= 0 {
			r.b.problems.Addf(key, r.b.path.String(), "%s already set at line %d", quote(name), m.node.Fields[i].Line)
		} else {
			m.add(Field{Name: name, Line: key.Line, Column: key.Column, Value: value})
		}
		r.b.path.pop()
		if r.take('}') {
			return m.node, true
		}
		if !r.take(',') {
			return nil, false
		}
	}
}

func (r *jsonReader) array(depth int) (*Node, bool) {
	n := r.node(Seq)
	r.offset++
	if depth == r.b.limits.Depth {
		return nil, false
	}
	if r.take(']') {
		return n, true
	}
	for {
		r.b.path.pushIndex(len(n.Items))
		item, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		n.Items = append(n.Items, item)
		r.b.path.pop()
		if r.take(']') {
			return n, true
		}
		if !r.take(',') {
			return nil, false
		}
	}
}

// text reads a string in quotes.
func (r *jsonReader) text() (string, bool) {
	if r.offset == len(r.data) || r.data[r.offset] != '"' {
		return "", false
	}
	start, escaped := r.offset, false
	for i := start + 1; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '\\':
			escaped = true
			i++
		case c == '"':
			r.offset = i + 1
			if !escaped {
				return string(r.data[start+1 : i]), true
			}
			var text string
			err := json.Unmarshal(r.data[start:i+1], &text)
			return text, err == nil
		// Control characters; and possible line breaks of YAML, as the lines of
		// a file must not depend on which reader took it.
		case c < 0x20, c == 0x7F, c >= 0x80 && lineBreak(r.data[i:]) > 0:
			return "", false
		}
	}
	return "", false
}

// literal reads a number, true, false or null.
func (r *jsonReader) literal() (*Node, bool) {
	end := r.offset
	for end < len(r.data) && (isWord(string(r.data[end:end+1])) || r.data[end] == '.' || r.data[end] == '+') {
		end++
	}
	text := r.data[r.offset:end]
	if !json.Valid(text) {
		return nil, false
	}
	n := r.node(resolve(string(text)))
	n.Text = string(text)
	r.offset = end
	return n, true
}
