package document

import (
	"slices"
	"strings"
)

const (
	gap       = 2  // columns between columns
	nameMost  = 32 // columns of a name in a table, where others stand beside it
	nameLeast = 12
	wrapLeast = 18 // columns of sentences in a table
)

// table writes a table in the widest form that fits: in columns, without the
// optional ones, with shorter names, in its narrow form if it has one, or as a
// stack of lines for each row.
func (p *page) table(t, narrow *Table) {
	for {
		widths, all := p.widths(t)
		if over, last := all-p.width, len(widths)-1; t.Wrap && over > 0 && widths[last]-over >= wrapLeast {
			widths[last] -= over
			all -= over
		}
		if over := all - p.width; over > 0 && widths[0]-over >= nameLeast && !slices.Contains(t.Optional, true) {
			widths[0] -= over
			all -= over
		}
		if all <= p.width {
			p.columns(t, widths)
			return
		}
		at := lastTrue(t.Optional)
		switch {
		case at >= 0:
			t = t.without(at)
		case narrow != nil:
			t, narrow = narrow, nil
		default:
			p.stack(t)
			return
		}
	}
}

func lastTrue(list []bool) int {
	for i, set := range slices.Backward(list) {
		if set {
			return i
		}
	}
	return -1
}

// widths returns the width of each column and of the table.
func (p *page) widths(t *Table) (columns []int, all int) {
	columns = make([]int, len(t.Header))
	for i, title := range t.Header {
		columns[i] = min(columnsOf(p.shown(Piece{Text: title})), nameMost)
		for _, g := range t.Groups {
			for _, row := range g.Rows {
				wide := columnsOf(p.shown(row[i]))
				if i == 0 {
					wide = min(wide, nameMost)
				}
				columns[i] = max(columns[i], wide)
			}
		}
		all += columns[i] + gap
	}
	all += p.indentOf(t) - gap
	return columns, all
}

// indentOf returns where the rows of a table begin.
func (p *page) indentOf(t *Table) int {
	if t.titled() {
		return 2 * indent
	}
	return indent
}

func (p *page) columns(t *Table, widths []int) {
	header := make([]Piece, len(t.Header))
	for i, title := range t.Header {
		header[i] = Piece{Text: title, Tone: Faint}
	}
	p.row(t, header, widths)
	for _, g := range t.Groups {
		if len(g.Title) > 0 {
			p.wrap(g.Title, indent, 2*indent)
		}
		for _, row := range g.Rows {
			p.row(t, row, widths)
		}
	}
}

func (p *page) row(t *Table, row []Piece, widths []int) {
	var line strings.Builder
	space := p.indentOf(t)  // owed before the next text
	beside := p.indentOf(t) // the column where a cell begins
	for i, cell := range row {
		if i == len(row)-1 && t.Wrap && cell.Text != "" {
			p.b.WriteString(line.String() + strings.Repeat(" ", space))
			p.flow([]Piece{cell}, beside, beside, beside+widths[i])
			return
		}
		beside += widths[i] + gap
		text := p.clip(p.shown(cell), widths[i])
		fill := widths[i] - columnsOf(text)
		left := i == 0 || t.Left[i]
		if !left {
			space += fill
		}
		if text != "" {
			line.WriteString(strings.Repeat(" ", space) + p.paint(text, cell.Tone))
			space = 0
		}
		space += gap
		if left {
			space += fill
		}
	}
	p.b.WriteString(line.String())
	p.b.WriteByte('\n')
}

// stack writes each row as lines of their own: its name, then what the columns
// say.
func (p *page) stack(t *Table) {
	for _, g := range t.Groups {
		if len(g.Title) > 0 {
			p.wrap(g.Title, indent, 2*indent)
		}
		for _, row := range g.Rows {
			at := p.indentOf(t)
			var pieces []Piece
			for i, cell := range row {
				switch {
				case cell.Text == "":
					continue
				case i == 0:
					if cell.Tone == Plain {
						cell.Tone = Strong
					}
					pieces = append(pieces, cell)
				default:
					separator := "; "
					if len(pieces) == 1 {
						separator = ": "
					}
					pieces = append(pieces, Piece{Text: separator}, Piece{Text: t.Header[i] + " ", Tone: Faint}, cell)
				}
			}
			p.wrap(pieces, at, at+indent)
		}
	}
}
