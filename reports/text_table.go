package reports

import (
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// grid is a table of a report. Its first columns are texts, the others numbers.
type grid struct {
	page     *page
	header   []string
	rows     [][]string
	leftTo   int // columns before this one are aligned to the left
	gap      int // columns between columns
	leftFrom int // so are columns from this one on; 0 for none
	optional int // the column to leave out first when room is short; 0 for none
}

func (p *page) table(header ...string) *grid {
	return &grid{page: p, header: header, leftTo: 1, gap: 2}
}

func (g *grid) row(cells ...string) { g.rows = append(g.rows, cells) }

// dropZeros leaves out columns of numbers that hold nothing but zeros.
func (g *grid) dropZeros() {
	g.drop(func(column int, cell string) bool {
		return column >= g.leftTo && (cell == "0" || cell == "0s" || cell == "-")
	})
}

// dropEmpty leaves out columns without any text.
func (g *grid) dropEmpty() { g.drop(func(_ int, cell string) bool { return cell == "" }) }

func (g *grid) drop(idle func(column int, cell string) bool) {
	for column := len(g.header) - 1; column >= 0; column-- {
		used := slices.ContainsFunc(g.rows, func(row []string) bool { return !idle(column, row[column]) })
		if !used {
			g.remove(column)
		}
	}
}

func (g *grid) remove(column int) {
	g.header = slices.Delete(slices.Clone(g.header), column, column+1)
	for i := range g.rows {
		g.rows[i] = slices.Delete(g.rows[i], column, column+1)
	}
	if column < g.leftTo {
		g.leftTo--
	}
	switch {
	case column == g.leftFrom:
		g.leftFrom = 0
	case column < g.leftFrom:
		g.leftFrom--
	}
}

const (
	tableIndent = 2
	nameLeast   = 16 // columns that a text may be cut down to
)

// widths returns the width of each column and of the table.
func (g *grid) widths() (columns []int, all int) {
	columns = make([]int, len(g.header))
	for i, title := range g.header {
		columns[i] = columnsOf(title)
		for _, row := range g.rows {
			columns[i] = max(columns[i], columnsOf(row[i]))
		}
		all += columns[i] + g.gap
	}
	return columns, all - g.gap + tableIndent
}

// fit makes the table as narrow as the page: it narrows the gaps, cuts the
// longest text, leaves out the optional column and at last splits the table.
func (g *grid) fit() {
	columns, all := g.widths()
	if all > g.page.width {
		g.gap = 1
		columns, all = g.widths()
	}
	over := all - g.page.width
	if over <= 0 {
		return
	}
	text := 0
	if g.leftFrom > 0 && columns[g.leftFrom] > columns[0] {
		text = g.leftFrom
	}
	switch room := columns[text] - max(nameLeast, columnsOf(g.header[text])); {
	case room >= over:
		g.cut(text, columns[text]-over)
	case g.optional > 0 && g.optional < len(g.header):
		g.remove(g.optional)
		g.optional = 0
		g.gap = 2
		g.fit()
	default:
		g.cut(0, g.page.width/2)
		g.splitOff()
	}
}

func (g *grid) cut(column, width int) {
	for _, row := range g.rows {
		row[column] = g.page.clip(row[column], width)
	}
}

// splitOff moves the columns that do not fit into a table of their own below,
// under the same names.
func (g *grid) splitOff() {
	columns, _ := g.widths()
	all, keep := tableIndent, 0
	for keep < len(columns) && all+columns[keep] <= g.page.width {
		all += columns[keep] + g.gap
		keep++
	}
	names := max(1, g.leftTo)
	if keep <= names || keep >= len(columns) {
		return
	}
	rest := &grid{page: g.page, leftTo: g.leftTo, gap: 2,
		header: slices.Concat(g.header[:names], g.header[keep:])}
	for i, row := range g.rows {
		rest.row(slices.Concat(row[:names], row[keep:])...)
		g.rows[i] = row[:keep:keep]
	}
	g.header = g.header[:keep:keep]
	g.writeFitted()
	g.page.line("")
	*g = *rest
	g.fit()
}

func (g *grid) write() {
	if len(g.rows) == 0 {
		return
	}
	g.fit()
	g.writeFitted()
}

func (g *grid) writeFitted() {
	align := make([]tw.Align, len(g.header))
	for i := range align {
		align[i] = tw.AlignRight
		if i < g.leftTo || g.leftFrom > 0 && i >= g.leftFrom {
			align[i] = tw.AlignLeft
		}
	}
	var out strings.Builder
	table := tablewriter.NewTable(&out,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{
				Lines:      tw.LinesNone,
				Separators: tw.SeparatorsNone,
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: strings.Repeat(" ", g.gap), Overwrite: true}),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
	)
	table.Header(g.header)
	for _, row := range g.rows {
		if err := table.Append(row); err != nil {
			panic(err) // a strings.Builder takes everything
		}
	}
	if err := table.Render(); err != nil {
		panic(err)
	}
	for i, text := range strings.Split(strings.TrimRight(out.String(), "\n"), "\n") {
		text = strings.Repeat(" ", tableIndent) + strings.TrimRight(text, " ")
		if i == 0 {
			text = g.page.paint(dim, text)
		}
		g.page.line("%s", text)
	}
}
