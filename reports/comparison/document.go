package comparison

import (
	"github.com/podsim/podsim/reports"
)

// document is a report for people before it is set for a medium.
type document struct{ blocks []block }

// block is a heading, a paragraph, a list or a table.
type block struct {
	heading int // 1 to 3; 0 for no heading
	text    []piece
	items   [][]piece
	table   *table
	narrow  *table // says the same as table where room is short; nil if there is no such form
}

// tone is what a piece of text says of itself; a terminal shows it in colour.
type tone int8

const (
	plain tone = iota
	strong
	faint
	doubtful
	good
	bad
	warning
)

// piece is a run of text. Its text is safe for a terminal.
type piece struct {
	text string
	tone tone
	name bool // a name that others chose, which is set off from prose
}

// table has rows in groups. Its first column holds names, the others are aligned
// to the right unless left is set.
type table struct {
	header   []string
	left     []bool
	optional []bool // columns that may be left out where room is short, the last first
	groups   []group
}

// group is a part of a table with a title of its own, if it has one.
type group struct {
	title []piece
	rows  [][]piece // one piece a column
}

func prose(text string) piece         { return piece{text: reports.Visible(text)} }
func named(text string) piece         { return piece{text: reports.Visible(text), name: true} }
func toned(text string, t tone) piece { return piece{text: reports.Visible(text), tone: t} }

func (d *document) heading(level int, text ...piece) {
	d.blocks = append(d.blocks, block{heading: level, text: text})
}

func (d *document) paragraph(text ...piece) { d.blocks = append(d.blocks, block{text: text}) }

func (d *document) list(items [][]piece) {
	if len(items) > 0 {
		d.blocks = append(d.blocks, block{items: items})
	}
}

func (d *document) table(t, narrow *table) {
	if t.rows() > 0 {
		d.blocks = append(d.blocks, block{table: t, narrow: narrow})
	}
}

func (t *table) rows() int {
	n := 0
	for _, g := range t.groups {
		n += len(g.rows)
	}
	return n
}

// titled reports whether groups have titles.
func (t *table) titled() bool { return len(t.groups) > 0 && len(t.groups[0].title) > 0 }

// without returns the table without one column.
func (t *table) without(column int) *table {
	out := &table{header: cut(t.header, column), left: cut(t.left, column), optional: cut(t.optional, column)}
	for _, g := range t.groups {
		rows := make([][]piece, len(g.rows))
		for i, row := range g.rows {
			rows[i] = cut(row, column)
		}
		out.groups = append(out.groups, group{g.title, rows})
	}
	return out
}

func cut[T any](list []T, at int) []T {
	return append(append([]T(nil), list[:at]...), list[at+1:]...)
}

// joined puts separators between lists of pieces.
func joined(parts [][]piece, separator, last string) []piece {
	var out []piece
	for i, part := range parts {
		switch {
		case i > 0 && i == len(parts)-1:
			out = append(out, prose(last))
		case i > 0:
			out = append(out, prose(separator))
		}
		out = append(out, part...)
	}
	return out
}

// enumerated writes a, b and c.
func enumerated(parts [][]piece) []piece { return joined(parts, ", ", " and ") }

// listed writes a, b, c.
func listed(parts [][]piece) []piece { return joined(parts, ", ", ", ") }
