package page

import (
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// rowsShown bounds the rows of one table of a page; the files of the run have the rest.
const rowsShown = 60

// tableOf is a table while rows are added.
type tableOf struct {
	document.Table
	noun string // of what the rows are
	most int    // rows
	more int    // that have no room
}

func newTable(noun string, header ...string) *tableOf {
	return &tableOf{Table: document.Table{Header: header, Groups: make([]document.Group, 1)}, noun: noun, most: rowsShown}
}

// row adds a row of a name and cells, as long as there is room.
func (t *tableOf) row(first document.Piece, cells ...string) {
	row := []document.Piece{first}
	for _, text := range cells {
		row = append(row, document.Prose(text))
	}
	t.pieces(row)
}

func (t *tableOf) pieces(row []document.Piece) {
	g := &t.Groups[0]
	if len(g.Rows) == t.most {
		t.more++
		return
	}
	g.Rows = append(g.Rows, row)
}

// left aligns columns to the left.
func (t *tableOf) left(columns ...int) *tableOf {
	t.Left = make([]bool, len(t.Header))
	for _, i := range columns {
		t.Left[i] = true
	}
	return t
}

// add puts the table into a document, without the columns in which there is nothing.
func (t *tableOf) add(d *document.Document) {
	var empty []string
	for column := 1; column < len(t.Header); column++ {
		if !t.some(column) {
			empty = append(empty, t.Header[column])
		}
	}
	d.Table(t.Without(empty...), nil)
	if t.more > 0 {
		d.Paragraph(document.Toned("And "+reports.Plural(t.more, "more "+t.noun)+": see summary.json.", document.Faint))
	}
}

// some reports whether a cell of a column says anything.
func (t *tableOf) some(column int) bool {
	for _, row := range t.Groups[0].Rows {
		switch row[column].Text {
		case "", "0", "0s", "-", "0%":
		default:
			return true
		}
	}
	return false
}

// nameOr is a name that others chose, or what stands for none.
func nameOr(name, none string) document.Piece {
	if name == "" {
		return document.Toned(none, document.Faint)
	}
	return document.Named(name)
}
