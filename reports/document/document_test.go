package document_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
	"github.com/podsim/podsim/reports/golden"
	"github.com/podsim/podsim/reports/hostile"
)

// sample has every kind of block.
func sample(name string) *document.Document {
	d := new(document.Document)
	d.Heading(1, document.Prose("report "), document.Named(name))
	d.Paragraph(document.Prose("All of "), document.Subject(name), document.Prose(" is "), document.Toned("well", document.Good),
		document.Prose(", as far as anyone can tell who has not looked at it for longer than it takes to read this line."))
	d.List([][]document.Piece{
		document.Enumerated([][]document.Piece{{document.Named(name)}, {document.Prose("b")}, {document.Prose("c")}}),
		document.Listed([][]document.Piece{{document.Named(name)}, {document.Toned("b", document.Doubtful)}}),
	})
	rows := [][]document.Piece{
		{document.Named(name), document.Prose("12"), document.Prose("1.5 ±0.2"), document.Prose("in words")},
		{document.Named("b"), document.Prose("3"), document.Prose(""), document.Toned("nothing", document.Faint)},
	}
	t := &document.Table{Header: []string{"name", "number", "mean", "why"}, Left: []bool{false, false, false, true},
		Optional: []bool{false, false, true}, Groups: []document.Group{{Rows: rows}}}
	d.Heading(2, document.Prose("Tables"))
	d.Table(t, nil)
	titled := *t
	titled.Of, titled.Groups = "group", []document.Group{{Title: []document.Piece{document.Subject("first")}, Rows: rows}}
	d.Table(&titled, &document.Table{Header: []string{"name", "number"}, Groups: []document.Group{{Rows: [][]document.Piece{rows[0][:2]}}}})
	d.Table(&document.Table{Header: []string{"name", "mean", "why"}, Wrap: true, Groups: []document.Group{{Rows: [][]document.Piece{
		{document.Named(name), document.Prose("1.5"), document.Prose("a sentence that takes more room than a line of a narrow terminal has beside others")},
		{document.Named("b"), document.Prose("12"), document.Prose("")},
	}}}}, nil)
	d.Table(&document.Table{Header: []string{"never seen"}}, nil)
	d.List(nil)
	d.Figure("drawing", nil)
	d.Figure("bar", func(width int) [][]document.Piece {
		return [][]document.Piece{{document.Prose("``` "), document.Toned(strings.Repeat("█", width-4), document.Good)}, {document.Prose("  ")}}
	})
	return d
}

func TestText(t *testing.T) {
	for _, terminal := range []reports.Terminal{{Width: 80, Unicode: true}, {Width: 60}, {Width: 40, Unicode: true, Color: true}} {
		var b bytes.Buffer
		if err := document.WriteText(&b, sample("a-name"), terminal); err != nil {
			t.Fatal(err)
		}
		golden.Match(t, fmt.Sprintf("sample_%d.txt", terminal.Width), b.String())
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := document.WriteMarkdown(&b, sample("a|name")); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "sample.md", b.String())
}

func TestHTML(t *testing.T) {
	title, sections := document.HTML(sample("a<name"), map[string]template.HTML{"drawing": "<svg></svg>\n"})
	var b strings.Builder
	fmt.Fprintf(&b, "%s: <h1>%s</h1>\n", title.Title, title.Heading)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n%s: <h2>%s</h2>\n%s", s.Title, s.Heading, s.Body)
	}
	golden.Match(t, "sample.html", b.String())
}

// Whatever others choose as names, the elements and their attributes are the same.
func TestNamesAreNeverMarkup(t *testing.T) {
	want := elements(t, "harmless")
	for _, name := range hostile.Names {
		if name == "" { // which is not set off
			continue
		}
		if got := elements(t, name); got != want {
			t.Errorf("%q changes the elements of the page: %s", name, got)
		}
	}
}

// elements are the tags of a document with a name, in order.
func elements(t *testing.T, name string) string {
	t.Helper()
	title, sections := document.HTML(sample(name), nil)
	text := string(title.Heading)
	for _, s := range sections {
		text += string(s.Heading) + string(s.Body)
	}
	var tags strings.Builder
	d := xml.NewDecoder(strings.NewReader("<all>" + text + "</all>"))
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return tags.String()
		}
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if start, ok := token.(xml.StartElement); ok {
			fmt.Fprintf(&tags, "%v ", start)
		}
	}
}

func TestLinesFitWhateverTheNames(t *testing.T) {
	for _, name := range hostile.Names {
		for width := 40; width <= 100; width += 7 {
			var b bytes.Buffer
			if err := document.WriteText(&b, sample(name), reports.Terminal{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := twwidth.Width(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("%q in %d columns: a line of %d: %q", name, width, n, line)
				}
			}
		}
	}
}
