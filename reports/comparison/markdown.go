package comparison

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func WriteMarkdown(w io.Writer, c *Comparison) error {
	var b strings.Builder
	for i, block := range c.document().blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch {
		case block.heading > 0:
			b.WriteString(strings.Repeat("#", block.heading) + " ")
			b.WriteString(markdownLine(block.text) + "\n")
		case block.table != nil:
			markdownTable(&b, block.table)
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

func markdownTable(b *strings.Builder, t *table) {
	header := t.header
	if t.titled() {
		header = append([]string{"metric"}, header...)
	}
	for _, title := range header {
		b.WriteString("| " + markdownProse(title) + " ")
	}
	b.WriteString("|\n")
	for i := range header {
		column := i - (len(header) - len(t.header))
		if column <= 0 || t.left[column] {
			b.WriteString("| --- ")
		} else {
			b.WriteString("| ---: ")
		}
	}
	b.WriteString("|\n")
	for _, g := range t.groups {
		title := markdownLine(g.title)
		for _, row := range g.rows {
			if t.titled() {
				b.WriteString("| " + title + " ")
				title = ""
			}
			for _, cell := range row {
				b.WriteString("| " + markdownLine([]piece{cell}) + " ")
			}
			b.WriteString("|\n")
		}
	}
}

// markdownLine sets pieces. Their texts hold no line breaks.
func markdownLine(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		text := markdownProse(p.text)
		if p.name && p.text != "" {
			text = markdownName(p.text)
		}
		if p.tone >= good && strings.TrimSpace(p.text) != "" {
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
