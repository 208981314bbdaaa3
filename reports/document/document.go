package document

import (
	"slices"

	"github.com/podsim/podsim/reports"
)

// Document is a report for people before it is set for a medium. Its zero value is
// an empty one.
type Document struct{ blocks []block }

// block is a heading, a paragraph, a list, a table, a figure or a gap.
type block struct {
	heading int // 1 to 3; 0 for no heading
	text    []Piece
	items   [][]Piece
	table   *Table
	narrow  *Table // says the same as table where room is short; nil if there is no such form
	figure  *figure
	gap     bool // nothing but an empty line
}

// silent reports whether characters show nothing of the block but what sets others apart.
func (b *block) silent() bool { return b.gap || b.figure != nil && b.figure.draw == nil }

// Tone is what a piece of text says of itself; a terminal shows it in colour.
type Tone int8

// The tones.
const (
	Plain Tone = iota
	Strong
	Faint
	Doubtful
	Good
	Bad
	Warning
)

// Piece is a run of text. Its text is safe for a terminal.
type Piece struct {
	Text string
	Tone Tone
	Name bool // a name that others chose, which is set off from prose
}

// Table has rows in groups. Its first column holds names, the others are aligned
// to the right unless Left is set.
type Table struct {
	Of       string // what the titles of groups are, such as metric; heads their column in Markdown
	Header   []string
	Left     []bool // by column; those that are missing are false
	Optional []bool // by column: may be left out where room is short, the last first
	Wrap     bool   // the last column holds sentences, which may take several lines
	Outcomes bool   // the tones of its cells are what it is about
	Groups   []Group
}

// Group is a part of a table with a title of its own, if it has one.
type Group struct {
	Title []Piece
	Rows  [][]Piece // one piece a column
}

// Figure draws lines of characters that are no wider than width columns. Where a
// terminal shows ASCII alone, its lines and marks are replaced one by one.
type Figure func(width int) [][]Piece

// figure is a figure with the name under which a medium may have a drawing of its own.
type figure struct {
	name string
	draw Figure // nil if characters cannot show it
}

// Prose returns plain text.
func Prose(text string) Piece { return Piece{Text: reports.Visible(text)} }

// Named returns a name that others chose.
func Named(text string) Piece { return Piece{Text: reports.Visible(text), Name: true} }

// Subject returns a name that others chose and that what follows is about.
func Subject(text string) Piece { return Piece{Text: reports.Visible(text), Tone: Strong, Name: true} }

// Toned returns text in a tone.
func Toned(text string, t Tone) Piece { return Piece{Text: reports.Visible(text), Tone: t} }

// Heading adds a heading, from level 1 for the title of the document to 3.
func (d *Document) Heading(level int, text ...Piece) {
	d.blocks = append(d.blocks, block{heading: level, text: text})
}

// Paragraph adds a paragraph.
func (d *Document) Paragraph(text ...Piece) { d.blocks = append(d.blocks, block{text: text}) }

// List adds a list; an empty one is left out.
func (d *Document) List(items [][]Piece) {
	if len(items) > 0 {
		d.blocks = append(d.blocks, block{items: items})
	}
}

// Table adds a table; one without rows is left out. narrow, if not nil, says the
// same where room is short.
func (d *Document) Table(t, narrow *Table) {
	if t.rows() > 0 {
		d.blocks = append(d.blocks, block{table: t.whole(), narrow: narrow.whole()})
	}
}

// Gap sets what follows apart from what comes before in a section.
func (d *Document) Gap() { d.blocks = append(d.blocks, block{gap: true}) }

// Figure adds a figure with a name; Markdown shows it as preformatted text, HTML as the
// drawing of this name that it is given. Without draw, only HTML has it.
func (d *Document) Figure(name string, draw Figure) {
	d.blocks = append(d.blocks, block{figure: &figure{name, draw}})
}

func (t *Table) rows() int {
	n := 0
	for _, g := range t.Groups {
		n += len(g.Rows)
	}
	return n
}

// whole returns the table with what says of every column how it is set.
func (t *Table) whole() *Table {
	if t == nil {
		return nil
	}
	out := *t
	out.Header = make([]string, len(t.Header))
	for i, title := range t.Header {
		out.Header[i] = reports.Visible(title)
	}
	out.Left = padded(t.Left, len(t.Header))
	out.Optional = padded(t.Optional, len(t.Header))
	out.Left[len(out.Left)-1] = out.Left[len(out.Left)-1] || t.Wrap
	return &out
}

func padded(list []bool, n int) []bool {
	return append(slices.Clone(list), make([]bool, max(0, n-len(list)))...)
}

// titled reports whether groups have titles.
func (t *Table) titled() bool { return len(t.Groups) > 0 && len(t.Groups[0].Title) > 0 }

// Without returns the table without the columns of some titles.
func (t *Table) Without(titles ...string) *Table {
	out := t.whole()
	for i := len(t.Header) - 1; i >= 0; i-- {
		if slices.Contains(titles, t.Header[i]) {
			out = out.without(i)
		}
	}
	return out
}

// without returns the table without one column.
func (t *Table) without(column int) *Table {
	out := &Table{Of: t.Of, Header: cut(t.Header, column), Left: cut(t.Left, column), Optional: cut(t.Optional, column),
		Wrap: t.Wrap && column < len(t.Header)-1, Outcomes: t.Outcomes}
	for _, g := range t.Groups {
		rows := make([][]Piece, len(g.Rows))
		for i, row := range g.Rows {
			rows[i] = cut(row, column)
		}
		out.Groups = append(out.Groups, Group{g.Title, rows})
	}
	return out
}

func cut[T any](list []T, at int) []T {
	return append(append([]T(nil), list[:at]...), list[at+1:]...)
}

// Joined puts separators between lists of pieces, another one before the last.
func Joined(parts [][]Piece, separator, last string) []Piece {
	var out []Piece
	for i, part := range parts {
		switch {
		case i > 0 && i == len(parts)-1:
			out = append(out, Prose(last))
		case i > 0:
			out = append(out, Prose(separator))
		}
		out = append(out, part...)
	}
	return out
}

// Enumerated writes a, b and c.
func Enumerated(parts [][]Piece) []Piece { return Joined(parts, ", ", " and ") }

// Listed writes a, b, c.
func Listed(parts [][]Piece) []Piece { return Joined(parts, ", ", ", ") }
