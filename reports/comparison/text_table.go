package comparison

import (
	"slices"
	"strings"
)

const (
	gap       = 2  // columns between columns
	nameMost  = 32 // columns of a name in a table, where others stand beside it
	nameLeast = 12
)

// table writes a table in the widest form that fits: in columns, without the
// optional ones, with shorter names, in its narrow form if it has one, or as a
// stack of lines for each row.
func (p *page) table(t, narrow *table) {
	for {
		widths, all := p.widths(t)
		if over := all - p.width; over > 0 && widths[0]-over >= nameLeast && !slices.Contains(t.optional, true) {
			widths[0] -= over
			all -= over
		}
		if all <= p.width {
			p.columns(t, widths)
			return
		}
		at := lastTrue(t.optional)
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
func (p *page) widths(t *table) (columns []int, all int) {
	columns = make([]int, len(t.header))
	for i, title := range t.header {
		columns[i] = min(columnsOf(p.shown(piece{text: title})), nameMost)
		for _, g := range t.groups {
			for _, row := range g.rows {
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
func (p *page) indentOf(t *table) int {
	if t.titled() {
		return 2 * indent
	}
	return indent
}

func (p *page) columns(t *table, widths []int) {
	header := make([]piece, len(t.header))
	for i, title := range t.header {
		header[i] = piece{text: title, tone: faint}
	}
	p.row(t, header, widths)
	for _, g := range t.groups {
		if len(g.title) > 0 {
			p.wrap(g.title, indent, 2*indent)
		}
		for _, row := range g.rows {
			p.row(t, row, widths)
		}
	}
}

func (p *page) row(t *table, row []piece, widths []int) {
	var line strings.Builder
	space := p.indentOf(t) // owed before the next text
	for i, cell := range row {
		text := p.clip(p.shown(cell), widths[i])
		fill := widths[i] - columnsOf(text)
		left := i == 0 || t.left[i]
		if !left {
			space += fill
		}
		if text != "" {
			line.WriteString(strings.Repeat(" ", space) + p.paint(text, cell.tone))
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
func (p *page) stack(t *table) {
	for _, g := range t.groups {
		if len(g.title) > 0 {
			p.wrap(g.title, indent, 2*indent)
		}
		for _, row := range g.rows {
			at := p.indentOf(t)
			var pieces []piece
			for i, cell := range row {
				switch {
				case cell.text == "":
					continue
				case i == 0:
					if cell.tone == plain {
						cell.tone = strong
					}
					pieces = append(pieces, cell)
				default:
					separator := "; "
					if len(pieces) == 1 {
						separator = ": "
					}
					pieces = append(pieces, piece{text: separator}, piece{text: t.header[i] + " ", tone: faint}, cell)
				}
			}
			p.wrap(pieces, at, at+indent)
		}
	}
}
