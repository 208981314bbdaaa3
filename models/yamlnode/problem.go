package yamlnode

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with an input.
type Problem struct {
	File   string
	Line   int    // from 1; 0 if the problem is with the file as a whole
	Column int    // from 1, in characters
	Path   string // such as spec.containers[0].name; empty for the document
	What   string // such as: got 1.5; want a whole number
}

// Error returns file:line:col: path: what, without what is empty.
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		b.WriteByte(':')
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", p.Line, p.Column)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	return b.String()
}

// Problems is a list of problems as one error.
type Problems []Problem

// Error lists the problems, one a line, at most MaxProblemsShown of them.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i == MaxProblemsShown {
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
