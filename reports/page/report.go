package page

import (
	"html/template"

	"github.com/podsim/podsim/reports/document"
)

// report is the body of a page that shows a document.
type report struct {
	Verdict  string
	Tone     string        // of the verdict: pass, fail or plain
	Lead     template.HTML // what stands before the first heading, such as warnings
	Short    template.HTML // what stands under the first heading
	Figures  []number
	Sections []section
}

// number is one of a few numbers that sum a report up.
type number struct{ Label, Value, Note string }

// section is a part of the page with a heading.
type section struct {
	ID            string
	Heading, Body template.HTML
}

var reportLayout = layout("report")

// fill sets a document, whose first section is what it says in short, with further
// sections after that one.
func (r *report) fill(d *document.Document, drawn map[string]template.HTML, further *document.Document) (nav []link) {
	_, all := document.HTML(d, drawn)
	r.Lead = all[0].Body
	if len(all) > 1 {
		r.Short = all[1].Body
		all = all[2:]
	} else {
		all = nil
	}
	_, more := document.HTML(further, nil)
	ids := make(anchors)
	for _, s := range append(more[1:], all...) {
		id := ids.name(s.Title)
		r.Sections = append(r.Sections, section{id, s.Heading, s.Body})
		nav = append(nav, link{id, s.Title})
	}
	return nav
}
