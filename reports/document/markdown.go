package document

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown sets a document as GitHub Flavored Markdown.
func WriteMarkdown(w io.Writer, d *Document) error {
	var b strings.Builder
	for _, block := range d.blocks {
		if block.silent() {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		switch {
		case block.heading > 0:
			b.WriteString(strings.Repeat("#", block.heading) + " ")
			b.WriteString(markdownLine(block.text) + "\n")
		case block.table != nil:
			markdownTable(&b, block.table)
		case block.figure != nil:
			markdownFigure(&b, block.figure.draw)
		case block.items != nil:
			for _, item := range block.items {
				b.WriteString("- " + markdownLine(item) + "\n")
			}
		default:
			b.WriteString(markdownLine(block.text) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// figureWidth is how many columns a figure may have where nobody tells.
const figureWidth = 80

// markdownFigure sets a figure as code between fences that nothing in it can be.
func markdownFigure(b *strings.Builder, draw Figure) {
	var figure strings.Builder
	for _, line := range draw(figureWidth) {
		var text strings.Builder
		for _, piece := range line {
			text.WriteString(piece.Text)
		}
		figure.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	fence := "```"
	for strings.Contains(figure.String(), fence) {
		fence += "`"
	}
	b.WriteString(fence + "text\n" + figure.String() + fence + "\n")
}

func markdownTable(b *strings.Builder, t *Table) {
	header := t.Header
	if t.titled() {
		header = append([]string{t.Of}, header...)
	}
	for _, title := range header {
		b.WriteString("| " + markdownProse(title) + " ")
	}
	b.WriteString("|\n")
	for i := range header {
		column := i - (len(header) - len(t.Header))
		if column <= 0 || t.Left[column] {
			b.WriteString("| --- ")
		} else {
			b.WriteString("| ---: ")
		}
	}
	b.WriteString("|\n")
	for _, g := range t.Groups {
		title := markdownLine(g.Title)
		for _, row := range g.Rows {
			if t.titled() {
				b.WriteString("| " + title + " ")
				title = ""
			}
			for _, cell := range row {
				b.WriteString("| " + markdownLine([]Piece{cell}) + " ")
			}
			b.WriteString("|\n")
		}
	}
}

// markdownLine sets pieces. Their texts hold no line breaks.
func markdownLine(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		text := markdownProse(p.Text)
		if p.Name && p.Text != "" {
			text = markdownName(p.Text)
		}
		if p.Tone >= Good && strings.TrimSpace(p.Text) != "" {
			text = "**" + text + "**"
		}
		b.WriteString(text)
	}
	return strings.TrimSpace(b.String())
}

// markdownName sets a name as code: no site links it, mentions anyone by it or
// takes marks in it for its own. A name that could break out of a code span or of a
// table is written character by character.
func markdownName(text string) string {
	if strings.ContainsAny(text, "`|\\") || strings.TrimSpace(text) != text {
		return "<code>" + entities(text, func(c rune) bool { return !alphanumeric(c) && c < 0x80 }) + "</code>"
	}
	return "`" + text + "`"
}

// markdownProse sets a text so that every character stands for itself.
func markdownProse(text string) string {
	return entities(text, func(c rune) bool { return strings.ContainsRune("\\`*_[]<>|~#&@!$", c) })
}

// entities writes characters as numeric references, which Markdown takes for
// nothing but themselves.
func entities(text string, special func(rune) bool) string {
	var b strings.Builder
	for _, c := range text {
		if special(c) {
			fmt.Fprintf(&b, "&#%d;", c)
		} else {
			b.WriteRune(c)
		}
	}
	// Sites make links of these on their own.
	return strings.NewReplacer("://", "&#58;//", "www.", "www&#46;").Replace(b.String())
}

func alphanumeric(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ' ' || c == '.' || c == '-'
}
