package yamlnode

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/models/limits"
)

// Problem is one thing wrong with an input.
type Problem struct {
	File   string
	Line   int    // from 1; 0 if the problem is with the file as a whole
	Column int    // from 1, in characters
	Path   string // such as spec.containers[0].name; empty for the document
	What   string // such as: got 1.5; want a whole number
	Meant  Meant  // of an unknown field
}

// Meant is the known field that an unknown one was probably meant to be. It is
// empty if there is no guess, or if the map has that field, too.
type Meant struct {
	Name         string
	Line, Column int // of the map that holds the unknown field
}

// Misses reports whether p says that a field is missing which m has under another
// name: p is only the echo of the misspelling.
func (m Meant) Misses(p Problem) bool {
	if m.Name == "" || m.Line != p.Line || m.Column != p.Column {
		return false
	}
	names, _, ok := strings.Cut(p.What, " is missing")
	return ok && slices.Contains(strings.Split(names, " or "), m.Name)
}

// Error returns file:line:col: path: what, without what is empty. It is one line
// that a terminal shows as it is: the names of files and fields, which others
// chose, can hide nothing and move no cursor.
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(visible(p.File))
		b.WriteByte(':')
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", p.Line, p.Column)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if p.Path != "" {
		b.WriteString(visible(p.Path))
		b.WriteString(": ")
	}
	b.WriteString(visible(p.What))
	return b.String()
}

// visible escapes what a terminal would act on or not show: control characters,
// characters that change the direction of text, and bytes that are no UTF-8.
func visible(text string) string {
	shown := func(c rune) bool { return c != utf8.RuneError && unicode.IsPrint(c) }
	if !strings.ContainsFunc(text, func(c rune) bool { return !shown(c) }) {
		return text
	}
	var b strings.Builder
	for i, size := 0, 0; i < len(text); i += size {
		var c rune
		c, size = utf8.DecodeRuneInString(text[i:])
		if shown(c) {
			b.WriteRune(c)
			continue
		}
		quoted := strconv.Quote(text[i : i+size])
		if c == utf8.RuneError && size > 1 {
			quoted = strconv.QuoteToASCII(text[i : i+size])
		}
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// Problems is a list of problems as one error.
type Problems []Problem

// Error lists the problems, one a line, at most limits.Problems of them.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i == limits.Problems {
			fmt.Fprintf(&b, "\n… and %d more", len(ps)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
	}
	return b.String()
}

// Err returns the problems as an error, or nil if there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add appends a problem at node n. A nil node gives a problem without position.
func (ps *Problems) Add(n *Node, path, what string) {
	p := Problem{Path: path, What: what}
	if n != nil {
		p.File, p.Line, p.Column = n.File(), int(n.Line), int(n.Column)
	}
	*ps = append(*ps, p)
}

// Addf appends a problem at node n with a formatted text.
func (ps *Problems) Addf(n *Node, path, format string, args ...any) {
	ps.Add(n, path, fmt.Sprintf(format, args...))
}

// Sort orders the problems by file, in order of first appearance, then by line
// and column. Problems at one place keep their order.
func (ps Problems) Sort() {
	rank := make(map[string]int)
	for _, p := range ps {
		if _, ok := rank[p.File]; !ok {
			rank[p.File] = len(rank)
		}
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(rank[a.File], rank[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column))
	})
}
