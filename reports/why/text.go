package why

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// WriteText writes the answer for people: the cause first, the evidence after it.
func (a *Answer) WriteText(w io.Writer, t reports.Terminal) error {
	return document.WriteText(w, a.document(), t)
}

// WriteJSON writes the answer for programs.
func (a *Answer) WriteJSON(w io.Writer) error { return reports.WriteJSON(w, a) }

// page is the answer being told.
type page struct {
	document.Document
	*Answer
}

func (a *Answer) document() *document.Document {
	p := page{Answer: a}
	p.Heading(1, document.Prose(fmt.Sprintf("%s at %s: %s", a.Object, reports.Clock(a.At), a.State)))
	p.Paragraph(document.Toned(a.Cause.Text, document.Strong))
	switch {
	case len(a.Changes) == 0 || a.Changes[0].Kind == "wait": // what it waits for has been said
	case a.Changes[0].Taken:
		p.Paragraph(document.Prose("No change that was tried would have helped it alone: the pods in front of it would take the room."))
	case a.Workload != nil && a.Asked != "":
		p.Paragraph(document.Prose("The smallest change that would have placed " + a.Asked + ": " + a.Changes[0].What + "."))
	default:
		p.Paragraph(document.Prose("The smallest change that would have helped: " + a.Changes[0].What + "."))
	}
	if a.Outcome != "" {
		p.Paragraph(document.Prose(a.Outcome))
	}
	if a.Workload != nil {
		p.workload(a.Workload)
	}
	p.placing()
	p.chain()
	p.facts("What happened until then", a.Evidence)
	p.facts("What happened next", a.Next)
	for _, note := range a.Notes {
		p.Paragraph(document.Toned("Note: "+note+".", document.Faint))
	}
	return &p.Document
}

func cells(texts ...string) []document.Piece {
	out := make([]document.Piece, len(texts))
	for i, text := range texts {
		out[i] = document.Prose(text)
	}
	return out
}

// factsShown is how many facts are shown before and after the moment; JSON has all.
const factsShown = 25

// facts lists what happened; of many before the moment the last ones, of many after it
// the first ones.
func (p *page) facts(title string, list []Fact) {
	if len(list) == 0 {
		return
	}
	p.Heading(2, document.Prose(title))
	left := len(list) - factsShown
	until := list[0].At <= p.At
	if left > 0 && until {
		p.Paragraph(document.Toned(fmt.Sprintf("(%s before that)", reports.PluralOf(left, "fact", "facts")), document.Faint))
		list = list[left:]
	} else if left > 0 {
		list = list[:factsShown]
	}
	table := &document.Table{Header: []string{"at", "what"}, Left: []bool{true, true}, Wrap: true, Groups: []document.Group{{}}}
	for _, f := range list {
		text := f.Text
		if f.Times > 1 {
			text += fmt.Sprintf(" (%d times, the last at %s)", f.Times, reports.Clock(*f.Until))
		}
		table.Groups[0].Rows = append(table.Groups[0].Rows, cells(reports.Clock(f.At), text))
	}
	p.Table(table, nil)
	if left > 0 && !until {
		p.Paragraph(document.Toned(fmt.Sprintf("(%s after that)", reports.PluralOf(left, "fact", "facts")), document.Faint))
	}
}

// placing tells where the pod could have gone, who has the room, and what would have
// placed it.
func (p *page) placing() {
	if p.AskedAt != nil {
		asked := ""
		if p.Workload != nil {
			asked = " (asked about " + p.Asked + ", the last in the queue)"
		}
		if *p.AskedAt != p.At {
			asked = " (at " + reports.Clock(*p.AskedAt) + ", its last attempt)"
		}
		p.where(asked)
		p.holders()
	}
	p.changes()
}

func (p *page) where(asked string) {
	if len(p.Nodes) == 0 || p.Nodes[0].Count == 0 {
		return
	}
	p.Heading(2, document.Prose("Where it could have gone"+asked))
	table := &document.Table{Header: []string{"nodes", "why not"}, Left: []bool{false, true}, Wrap: true, Groups: []document.Group{{}}}
	for i := range p.Nodes {
		g := &p.Nodes[i]
		text := g.Text + ": " + strings.Join(g.Examples, ", ")
		if g.Count > len(g.Examples) {
			text += ", …"
		}
		if len(g.Zones) > 0 {
			var zones []string
			for _, z := range g.Zones {
				zones = append(zones, fmt.Sprintf("%s %d", z.Zone, z.Count))
			}
			text += " (by zone: " + strings.Join(zones, ", ") + ")"
		}
		table.Groups[0].Rows = append(table.Groups[0].Rows, cells(reports.Count(int64(g.Count)), text))
	}
	p.Table(table, nil)
}

// holdersShown is how many holders are shown.
const holdersShown = 8

func (p *page) holders() {
	if len(p.Holders) == 0 {
		return
	}
	p.Heading(2, document.Prose("Who has what it lacks"))
	table := &document.Table{Header: []string{"workload", "holds", "pods", "nodes", "priority", "since"}, Left: []bool{true, true},
		Optional: []bool{false, false, false, true, false, true}, Groups: []document.Group{{}}}
	for i := range p.Holders[:min(len(p.Holders), holdersShown)] {
		h := &p.Holders[i]
		priority := fmt.Sprintf("%d (%s)", h.Priority, h.Relation)
		pods := reports.Count(int64(h.Pods))
		if h.Leaving > 0 {
			pods += fmt.Sprintf(" (%d leaving)", h.Leaving)
		}
		row := cells(h.Workload, h.Holds, pods, reports.Count(int64(h.Nodes)), priority, reports.Clock(h.Since))
		row[0] = document.Named(h.Workload)
		table.Groups[0].Rows = append(table.Groups[0].Rows, row)
	}
	p.Table(table, nil)
	if left := len(p.Holders) - holdersShown; left > 0 {
		p.Paragraph(document.Toned(fmt.Sprintf("(%s more)", reports.Count(int64(left))), document.Faint))
	}
}

func (p *page) changes() {
	if len(p.Changes) == 0 {
		if p.AskedAt != nil && p.Fits == "" {
			p.Heading(2, document.Prose("What would have placed it"))
			text := "No single change was found that would have placed it."
			if p.Cut {
				text = "No single change was found; the search ended early, so there may be one."
			}
			p.Paragraph(document.Prose(text))
		}
		return
	}
	title := "What would have placed it (each was tried, the smallest first)"
	if p.Changes[0].Kind == "quota" {
		title = "What would have let it be created (each was tried, the smallest first)"
	}
	first := slices.IndexFunc(p.Changes, func(c Change) bool { return c.Taken })
	if first < 0 {
		first = len(p.Changes)
	}
	p.changesOf(title, 0, p.Changes[:first])
	p.changesOf("What would have made room that the pods in front of it would take", first, p.Changes[first:])
	if p.Cut {
		p.Paragraph(document.Prose("The search ended early: there may be others."))
	}
}

// changesOf lists changes, of which so many have been told before.
func (p *page) changesOf(title string, before int, changes []Change) {
	if len(changes) == 0 {
		return
	}
	p.Heading(2, document.Prose(title))
	var items [][]document.Piece
	for i, c := range changes {
		item := cells(fmt.Sprintf("%d. %s", before+i+1, c.What))
		if c.Node != "" && !c.Taken {
			item = append(item, document.Toned(" (it would go to "+c.Node+")", document.Faint))
		}
		items = append(items, item)
	}
	p.List(items)
}

// chain tells how the pod left, what it replaces and what replaced it.
func (p *page) chain() {
	if d := p.Departure; d != nil {
		p.Heading(2, document.Prose("How it came to leave"))
		items := [][]document.Piece{cells(fmt.Sprintf("%s  %s", reports.Clock(d.At), d.Text)), cells("by: " + d.By), cells("reason: " + or(d.Reason, "none is given"))}
		if d.Node != "" {
			items = append(items, cells("from node: "+d.Node))
		}
		for _, b := range d.Budgets {
			items = append(items, cells(fmt.Sprintf("budget %s wants %d healthy: healthy %d -> %d, disruptions allowed %d -> %d",
				b.Name, b.Desired, b.Healthy, b.HealthyAfter, b.Allowed, b.AllowedAfter)))
		}
		p.List(items)
	}
	var items [][]document.Piece
	for _, r := range p.Before {
		items = append(items, cells("it replaces "+r.text()))
	}
	if p.After != nil {
		items = append(items, cells("it was replaced by "+p.After.text()))
	}
	if len(items) > 0 {
		p.Heading(2, document.Prose("Before and after it"))
		p.List(items)
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// text tells of a pod in a chain of replacements.
func (r *Relative) text() string {
	text := r.Pod + ", created at " + reports.Clock(r.Created)
	if r.Node != "" {
		text += ", on node " + r.Node
	}
	switch {
	case r.Ready != nil:
		text += ", Ready at " + reports.Clock(*r.Ready)
	default:
		text += ", never Ready"
	}
	if r.Departure != nil {
		text += "; at " + reports.Clock(r.Departure.At) + " it " + r.Departure.Text
	}
	return text
}
