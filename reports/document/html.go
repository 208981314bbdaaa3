package document

import (
	"html"
	"html/template"
	"strconv"
	"strings"
)

// Section is a part of a document as HTML: a heading of level 2 and what stands under
// it.
type Section struct {
	Title   string        // the text of the heading
	Heading template.HTML // the heading without its element
	Body    template.HTML
}

// HTML sets a document as HTML: its title and its sections, of which the first, without
// a heading, holds what stands before all headings of level 2. Figures are those that
// are drawn, by their names; others are shown as they are in text.
//
// Elements have classes and no other style: n for cells of numbers, name for names that
// others chose, group for titles of groups, matrix for tables of outcomes, and strong, faint, doubtful, good, bad and
// warning for tones.
func HTML(d *Document, drawn map[string]template.HTML) (title Section, sections []Section) {
	var body strings.Builder
	current := Section{}
	end := func() {
		current.Body = template.HTML(body.String())
		sections = append(sections, current)
		body.Reset()
	}
	for i := range d.blocks {
		b := &d.blocks[i]
		switch b.heading {
		case 0:
			htmlBlock(&body, b, drawn)
		case 1:
			title = headed(b)
		case 2:
			end()
			current = headed(b)
		default:
			body.WriteString("<h3>" + htmlPieces(b.text) + "</h3>\n")
		}
	}
	end()
	return title, sections
}

func headed(b *block) Section {
	return Section{Title: plain(b.text), Heading: template.HTML(htmlPieces(b.text))}
}

func plain(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

func htmlBlock(out *strings.Builder, b *block, drawn map[string]template.HTML) {
	switch {
	case b.gap:
	case b.table != nil:
		htmlTable(out, b.table)
	case b.figure != nil:
		out.WriteString(string(htmlFigure(b.figure, drawn)))
	case b.items != nil:
		out.WriteString("<ul>\n")
		for _, item := range b.items {
			out.WriteString("<li>" + htmlPieces(item) + "</li>\n")
		}
		out.WriteString("</ul>\n")
	default:
		out.WriteString("<p>" + htmlPieces(b.text) + "</p>\n")
	}
}

func htmlFigure(f *figure, drawn map[string]template.HTML) template.HTML {
	if svg, ok := drawn[f.name]; ok {
		return svg
	}
	if f.draw == nil {
		return ""
	}
	var b strings.Builder
	for _, line := range f.draw(figureWidth) {
		b.WriteString(strings.TrimRight(htmlPieces(line), " ") + "\n")
	}
	return template.HTML("<pre>" + b.String() + "</pre>\n")
}

// toneClasses are the classes of elements by tone.
var toneClasses = [...]string{Strong: "strong", Faint: "faint", Doubtful: "doubtful", Good: "good", Bad: "bad", Warning: "warning"}

func htmlTable(out *strings.Builder, t *Table) {
	out.WriteString(`<div class="scroll" tabindex="0"><table`)
	if t.Outcomes {
		out.WriteString(` class="matrix"`)
	}
	out.WriteString("><thead><tr>")
	for i, title := range t.Header {
		out.WriteString(`<th scope="col"` + class(t.alignment(i)) + ">" + html.EscapeString(title) + "</th>")
	}
	out.WriteString("</tr></thead>\n")
	for _, g := range t.Groups {
		out.WriteString("<tbody>\n")
		if len(g.Title) > 0 {
			out.WriteString(`<tr class="group"><th scope="rowgroup" colspan="` + strconv.Itoa(len(t.Header)) + `">` + htmlPieces(g.Title) + "</th></tr>\n")
		}
		for _, row := range g.Rows {
			htmlRow(out, t, row)
		}
		out.WriteString("</tbody>\n")
	}
	out.WriteString("</table></div>\n")
}

// htmlRow sets a row. The tone of a cell is that of the whole field.
func htmlRow(out *strings.Builder, t *Table, row []Piece) {
	out.WriteString("<tr>")
	for i, piece := range row {
		tone := toneClasses[piece.Tone]
		piece.Tone = Plain
		if i == 0 {
			out.WriteString(`<th scope="row"` + class(t.alignment(i), tone) + ">" + htmlPieces([]Piece{piece}) + "</th>")
		} else {
			out.WriteString("<td" + class(t.alignment(i), tone) + ">" + htmlPieces([]Piece{piece}) + "</td>")
		}
	}
	out.WriteString("</tr>\n")
}

// alignment is the class of a column.
func (t *Table) alignment(column int) string {
	if column == 0 || t.Left[column] {
		return ""
	}
	return "n"
}

func class(names ...string) string {
	if text := strings.TrimSpace(strings.Join(names, " ")); text != "" {
		return ` class="` + text + `"`
	}
	return ""
}

// htmlPieces sets a line. Names are kept from changing the direction of what stands
// beside them.
func htmlPieces(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		text := html.EscapeString(p.Text)
		tone := toneClasses[p.Tone]
		switch {
		case p.Name && p.Text != "":
			b.WriteString("<bdi" + class("name", tone) + ">" + text + "</bdi>")
		case tone != "" && strings.TrimSpace(p.Text) != "":
			b.WriteString("<span" + class(tone) + ">" + text + "</span>")
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}
