package capacity

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// WriteText writes the report that a person reads in a terminal.
func (s *Survival) WriteText(w io.Writer, t reports.Terminal) error {
	return document.WriteText(w, s.report(), t)
}

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func (s *Survival) WriteMarkdown(w io.Writer) error { return document.WriteMarkdown(w, s.report()) }

// WriteJSON writes the answer as indented JSON.
func (s *Survival) WriteJSON(w io.Writer) error { return reports.WriteJSON(w, s) }

// report tells the answer to a reader who has not seen one before: what is survived,
// what breaks first and why, then the tables.
func (s *Survival) report() *document.Document {
	d := new(document.Document)
	d.Heading(1, document.Prose("what "), document.Named(s.Scenario), document.Prose(" survives"))
	if s.Partial {
		d.Paragraph(document.Toned(fmt.Sprintf("Unfinished: interrupted after %s. What follows is what is known so far.",
			reports.Plural(s.Runs, "run")), document.Warning))
	}
	if s.Bare > 0 {
		d.Paragraph(document.Toned(fmt.Sprintf("%s no controller: with their nodes they are lost for good, and no objective about pods that wait misses them. "+
			"If this is a snapshot, add what owns them: kubectl get nodes,deployments,replicasets,statefulsets,daemonsets,jobs,pods -A -o yaml.",
			reports.PluralOf(s.Bare, "pod has", "pods have")), document.Warning))
	}
	d.Heading(2, document.Prose("In short"))
	d.List(s.headlines())
	s.requirements(d)
	s.whatBreaks(d)
	s.singles(d)
	s.doubles(d)
	s.losses(d)
	s.question(d)
	sentences(d, "What it takes for granted", s.Assumptions)
	sentences(d, "Notes", s.Notes)
	return d
}

// headlines is the answer in a few sentences.
func (s *Survival) headlines() [][]document.Piece {
	var items [][]document.Piece
	for i, cell := range s.Undisturbed {
		if cell.Met < cell.Of {
			items = append(items, []document.Piece{document.Subject(s.Objectives[i]),
				document.Toned(" does not hold even without a failure.", document.Bad)})
		}
	}
	for _, family := range []string{FamilyNode, FamilyRack, FamilyZone} {
		if item := s.headline(family); item != nil {
			items = append(items, item)
		}
	}
	if s.Doubles.Tried > 0 {
		items = append(items, s.doubleHeadline())
	}
	if s.Tolerated != nil && *s.Tolerated >= 0 {
		items = append(items, s.lossHeadline())
	}
	return items
}

// headline tells of the single failures of a family; nil if there are none.
func (s *Survival) headline(family string) []document.Piece {
	of, survived := 0, 0
	var broken [][]document.Piece
	for i := range s.Failures {
		f := &s.Failures[i]
		if len(f.Parts) != 1 || f.Parts[0].Family != family {
			continue
		}
		of += f.Stands
		if f.Survived {
			survived += f.Stands
		} else {
			broken = append(broken, []document.Piece{document.Named(f.Parts[0].Name)})
		}
	}
	switch {
	case of == 0:
		return nil
	case survived == of && of == 1:
		return []document.Piece{document.Toned(fmt.Sprintf("The loss of its only %s is survived.", family), document.Good)}
	case survived == of:
		return []document.Piece{document.Toned(fmt.Sprintf("The loss of any one %s is survived (%s tried).", family, reports.Count(int64(of))), document.Good)}
	case survived == 0:
		return []document.Piece{document.Toned(fmt.Sprintf("The loss of a %s is not survived, whichever of %s it is.", family, reports.Count(int64(of))), document.Bad)}
	}
	out := []document.Piece{document.Toned(fmt.Sprintf("The loss of one %s is survived in %s of %s cases", family,
		reports.Count(int64(survived)), reports.Count(int64(of))), document.Bad), document.Prose("; not survived is that of ")}
	const most = 5
	if len(broken) > most {
		broken = append(broken[:most:most], []document.Piece{document.Prose(fmt.Sprintf("%d more", len(broken)-most))})
	}
	return append(append(out, document.Enumerated(broken)...), document.Prose("."))
}

func (s *Survival) doubleHeadline() []document.Piece {
	survived := 0
	for i := range s.Failures {
		if f := &s.Failures[i]; len(f.Parts) == 2 && f.Survived {
			survived++
		}
	}
	tone, tried := document.Good, ""
	if survived < s.Doubles.Tried {
		tone = document.Bad
	}
	if s.Doubles.Tried < s.Doubles.Of {
		tried = fmt.Sprintf(", drawn from %s", reports.Count(int64(s.Doubles.Of)))
	}
	return []document.Piece{document.Toned(fmt.Sprintf("Of two failures at once, %s of %s different ones are survived%s.",
		reports.Count(int64(survived)), reports.Count(int64(s.Doubles.Tried)), tried), tone)}
}

func (s *Survival) lossHeadline() []document.Piece {
	n := *s.Tolerated
	text := fmt.Sprintf("N+%d: the loss of any %s is survived", n, reports.Plural(n, "node"))
	var tried []string
	for i := range s.Losses {
		if row := &s.Losses[i]; row.Lost <= n && !row.Complete {
			tried = append(tried, row.triedOf()+" "+setsOf(row.Lost))
		}
	}
	switch {
	case n == 0:
		text = "N+0: there is a node whose loss is not survived"
	case tried != nil:
		text += fmt.Sprintf(", as far as it was tried: %s, the worst by greed and others by draws", strings.Join(tried, ", "))
	}
	switch {
	case n < len(s.Losses) && n > 0:
		text += fmt.Sprintf("; there are %d whose loss is not", s.Losses[n].Lost)
	case n == len(s.Losses):
		text += "; more were not tried"
	}
	tone := document.Good
	if n == 0 {
		tone = document.Bad
	}
	return []document.Piece{document.Toned(text+".", tone)}
}

// setsOf names sets of so many nodes.
func setsOf(size int) string {
	switch size {
	case 1:
		return "nodes"
	case 2:
		return "pairs"
	}
	return fmt.Sprintf("sets of %d", size)
}

// triedOf writes how many of the sets that differ were tried: all 36, or 20 of 36.
func (t *Tolerance) triedOf() string {
	if t.Complete {
		return "all " + reports.Count(int64(t.Tried))
	}
	const exact = 1e12 // beyond it nobody counts
	of := strconv.FormatFloat(t.Different, 'g', 2, 64)
	if t.Different < exact {
		of = reports.Count(int64(t.Different))
	}
	return reports.Count(int64(t.Tried)) + " of " + of
}

func (s *Survival) requirements(d *document.Document) {
	if len(s.Requirements) == 0 {
		return
	}
	d.Heading(2, document.Prose("What is required"))
	var items [][]document.Piece
	for _, r := range s.Requirements {
		item := []document.Piece{document.Toned("PASS", document.Good), document.Prose("  "), document.Subject(r.Text)}
		if !r.Met {
			item[0] = document.Toned("FAIL", document.Bad)
			item = append(item, document.Prose(": "+r.Message))
		}
		items = append(items, item)
	}
	d.List(items)
}

// whatBreaks tells for each objective the least failure that breaks it, and why.
func (s *Survival) whatBreaks(d *document.Document) {
	d.Heading(2, document.Prose("What breaks first"))
	d.Paragraph(document.Prose("For each objective the failure that breaks it and takes the fewest nodes."))
	var items [][]document.Piece
	for i := range s.First {
		items = append(items, s.breaks(&s.First[i]))
	}
	d.List(items)
}

func (s *Survival) breaks(b *Breakage) []document.Piece {
	out := []document.Piece{document.Subject(b.Objective), document.Prose(": ")}
	switch {
	case b.Undisturbed:
		out = append(out, document.Toned("does not hold without any failure", document.Bad))
	case b.Failure != nil:
		f := &s.Failures[*b.Failure]
		out = append(out, document.Prose("the failure of "))
		out = append(out, parts(f)...)
		out = append(out, document.Prose(fmt.Sprintf(", which takes %s", reports.Plural(f.Nodes, "node"))))
	case b.Lost != nil:
		out = append(out, document.Prose(fmt.Sprintf("the loss of %s: ", reports.Plural(len(b.Lost.Nodes), "node"))))
		out = append(out, nodeList(b.Lost.Nodes)...)
	default:
		return append(out, document.Toned("nothing that was tried breaks it.", document.Good))
	}
	if b.Miss != nil {
		out = append(out, document.Prose(fmt.Sprintf(" (then %s, with seed %d)", missed(b.Objective, b.Miss), b.Miss.Seed)))
	}
	if b.Why != "" {
		out = append(out, document.Prose("; "+b.Why))
	}
	return append(out, document.Prose("."))
}

// missed writes the value of an objective that does not hold.
func missed(objective string, m *Miss) string {
	if m.Value != nil && finite(*m.Value) {
		return survivalValues(objective, m.Unit, *m.Value)(*m.Value)
	}
	return "nothing to measure"
}

// parts names what fails.
func parts(f *Failure) []document.Piece {
	var out [][]document.Piece
	for _, p := range f.Parts {
		out = append(out, []document.Piece{document.Prose(p.Family + " "), document.Named(p.Name)})
	}
	return document.Enumerated(out)
}

// nodesMost is how many nodes a line names.
const nodesMost = 6

func nodeList(names []string) []document.Piece {
	var out [][]document.Piece
	for i, name := range names {
		if i == nodesMost && len(names) > nodesMost+1 {
			out = append(out, []document.Piece{document.Prose(fmt.Sprintf("%d more", len(names)-nodesMost))})
			break
		}
		out = append(out, []document.Piece{document.Named(name)})
	}
	return document.Enumerated(out)
}

// question says what was asked.
func (s *Survival) question(d *document.Document) {
	d.Heading(2, document.Prose("What was asked"))
	var items [][]document.Piece
	fact := func(what string, rest ...document.Piece) {
		items = append(items, append([]document.Piece{document.Toned(what+": ", document.Faint)}, rest...))
	}
	fact("scenario", document.Named(s.Scenario))
	lasts := "to the end of the run"
	if s.For != nil {
		lasts = "for " + reports.Duration(*s.For)
	}
	fact("failures", document.Prose("crashes at "+reports.Clock(s.At)+" "+lasts))
	there := []string{reports.Plural(s.Nodes, "node")}
	if s.Racks > 0 {
		there = append(there, reports.Plural(s.Racks, "rack"))
	}
	if s.Zones > 0 {
		there = append(there, reports.Plural(s.Zones, "zone"))
	}
	fact("there at that moment", document.Prose(strings.Join(there, ", ")))
	fact("repeated with", document.Prose(reports.Plural(len(s.Seeds), "seed")+" ("+reports.SeedRanges(s.Seeds)+"); "+reports.Plural(s.Runs, "run")+" in all"))
	fact("made by", document.Prose("podsim "+s.Version+", digest "+s.Digest[:min(16, len(s.Digest))]))
	d.List(items)
}

// valuesOf returns how the values of an objective are written.
func (s *Survival) valuesOf(objective int) func(float64) string {
	var values []float64
	take := func(c *MatrixCell) {
		if c.Worst != nil {
			values = append(values, *c.Worst)
		}
	}
	take(&s.Undisturbed[objective])
	for i := range s.Failures {
		take(&s.Failures[i].Cells[objective])
	}
	for i := range s.Losses {
		take(&s.Losses[i].Cells[objective])
	}
	return survivalValues(s.Objectives[objective], s.Undisturbed[objective].Unit, values...)
}

// worstFirst sorts failures: those first that are not survived although each of their
// parts is, then others that are not; of these the one that takes fewer nodes.
func worstFirst(list []*Failure) {
	rank := func(f *Failure) int {
		switch {
		case f.Survived:
			return 2
		case f.EachSurvived:
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b *Failure) int {
		if rank(a) == 2 && rank(b) == 2 {
			return 0
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Nodes, b.Nodes), cmp.Compare(len(b.Misses), len(a.Misses)))
	})
}
