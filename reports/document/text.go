package document

import (
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/podsim/podsim/reports"
)

// WriteText sets a document for a terminal. No line is wider than it, as long as it
// has 40 columns.
func WriteText(w io.Writer, d *Document, t reports.Terminal) error {
	p := &page{terminal: t, width: max(t.Width, 40)}
	for i, b := range d.blocks {
		if i > 0 && b.heading > 0 {
			p.b.WriteByte('\n')
		}
		switch {
		case b.gap:
			p.b.WriteByte('\n')
		case b.heading > 0:
			p.wrap(emphasised(b.text), 0, 2)
		case b.table != nil:
			p.table(b.table, b.narrow)
		case b.figure != nil:
			p.figure(b.figure.draw)
		case b.items != nil:
			for _, item := range b.items {
				p.wrap(item, indent, 2*indent)
			}
		default:
			p.wrap(b.text, indent, indent)
		}
	}
	var out strings.Builder
	for line := range strings.Lines(p.b.String()) {
		out.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// emphasised makes all pieces Strong.
func emphasised(pieces []Piece) []Piece {
	out := make([]Piece, len(pieces))
	for i, p := range pieces {
		p.Tone = Strong
		out[i] = p
	}
	return out
}

// figure draws what is no wider than prose.
func (p *page) figure(draw Figure) {
	if draw == nil {
		return
	}
	for _, line := range draw(min(p.width, proseMost) - indent) {
		p.b.WriteString(strings.Repeat(" ", indent) + p.painted(line))
		p.b.WriteByte('\n')
	}
}

// painted writes the pieces of one line.
func (p *page) painted(line []Piece) string {
	var b strings.Builder
	for _, piece := range line {
		b.WriteString(p.paint(p.shown(piece), piece.Tone))
	}
	return b.String()
}

const (
	indent    = 2
	proseMost = 100 // columns of a line that is to be read and not looked up
)

// page is a report being set for a terminal.
type page struct {
	b        strings.Builder
	terminal reports.Terminal
	width    int
}

var colours = [...]string{Strong: "1", Faint: "2", Doubtful: "33", Good: "32", Bad: "31", Warning: "33"}

// paint gives a text the colour of its tone.
func (p *page) paint(text string, t Tone) string {
	if !p.terminal.Color || t == Plain || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + colours[t] + "m" + text + "\x1b[0m"
}

var ascii = strings.NewReplacer("±", "+/-", "…", "..", "×", "x", "≤", "<=", "≥", ">=",
	"│", "|", "─", "-", "└", "+", "┄", "-", "·", ".", "█", "#", "●", "*", "○", "o", "◆", "#")

// shown returns the text of a piece as the terminal can show it.
func (p *page) shown(piece Piece) string {
	if p.terminal.Unicode || piece.Name {
		return piece.Text
	}
	return ascii.Replace(piece.Text)
}

func columnsOf(text string) int { return twwidth.Width(text) }

// word is what a line may break before: text without spaces.
type word struct {
	text  string
	tone  Tone
	space int // columns before it, if it does not begin a line
}

// words cuts pieces where lines may break.
func (p *page) words(pieces []Piece) []word {
	var out []word
	space := 0
	for _, piece := range pieces {
		rest := p.shown(piece)
		for rest != "" {
			text := strings.TrimLeft(rest, " ")
			space += len(rest) - len(text)
			end := wordEnd(text)
			if end > 0 {
				out = append(out, word{text[:end], piece.Tone, space})
				space = 0
			}
			rest = text[end:]
		}
	}
	return out
}

// wordEnd returns where a text may break first; counts such as 3 × m-16 stay whole.
func wordEnd(text string) int {
	end := 0
	for {
		if next := strings.IndexByte(text[end:], ' '); next >= 0 {
			end += next
		} else {
			return len(text)
		}
		switch rest := text[end:]; {
		case strings.HasPrefix(rest, " × "):
			end += len(" × ")
		case strings.HasPrefix(rest, " x "):
			end += len(" x ")
		default:
			return end
		}
	}
}

// wrap writes pieces in lines that fit, the first indented by first columns, the
// others by rest. A word that is longer than a line is cut.
func (p *page) wrap(pieces []Piece, first, rest int) {
	p.b.WriteString(strings.Repeat(" ", first))
	p.flow(pieces, first, rest, min(p.width, proseMost))
}

// flow goes on in a line of which some columns are used, and in others below it
// that begin after rest columns, none of them longer than most.
func (p *page) flow(pieces []Piece, used, rest, most int) {
	fresh := true
	all := p.words(pieces)
	for i := 0; i < len(all); {
		// Words without a space between them stay together.
		end, wide := i+1, columnsOf(all[i].text)
		for end < len(all) && all[end].space == 0 {
			wide += columnsOf(all[end].text)
			end++
		}
		space := all[i].space
		if fresh {
			space = 0
		}
		if !fresh && used+space+wide > most {
			p.newLine(rest)
			used, space = rest, 0
		}
		p.b.WriteString(strings.Repeat(" ", space))
		used += space
		for ; i < end; i++ {
			used = p.put(all[i], used, rest, most)
		}
		fresh = false
	}
	p.b.WriteByte('\n')
}

func (p *page) newLine(columns int) {
	p.b.WriteByte('\n')
	p.b.WriteString(strings.Repeat(" ", columns))
}

// put writes one word, over several lines if it is longer than one.
func (p *page) put(w word, used, rest, most int) int {
	for {
		if used >= most {
			p.newLine(rest)
			used = rest
		}
		head, tail := split(w.text, most-used)
		if tail == "" {
			p.b.WriteString(p.paint(w.text, w.tone))
			return used + columnsOf(w.text)
		}
		p.b.WriteString(p.paint(head, w.tone))
		p.newLine(rest)
		w.text, used = tail, rest
	}
}

// split cuts a text after as many columns as there is room for, at least one
// character.
func split(text string, room int) (head, tail string) {
	used := 0
	for at, c := range text {
		wide := columnsOf(string(c))
		if used+wide > room && at > 0 {
			return text[:at], text[at:]
		}
		used += wide
	}
	return text, ""
}

// clip shortens a text to a width by leaving out its middle: names often differ at
// the end.
func (p *page) clip(text string, width int) string {
	if columnsOf(text) <= width {
		return text
	}
	dots := "…"
	if !p.terminal.Unicode {
		dots = ".."
	}
	room := max(width-columnsOf(dots), 2)
	head, _ := split(text, room-room/3)
	tail := []rune(text)
	end := len(tail)
	for used := 0; end > 0; end-- {
		if used += columnsOf(string(tail[end-1])); used > room/3 {
			break
		}
	}
	return head + dots + string(tail[end:])
}
