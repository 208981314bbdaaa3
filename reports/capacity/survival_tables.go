package capacity

import (
	"fmt"
	"io"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/csvfile"
	"github.com/podsim/podsim/reports/document"
)

// rowsMost is how many failures of a family a table shows.
const rowsMost = 20

// heldIs explains the columns of objectives.
const heldIs = "Of each objective: n/m, that it holds in n of m runs, one for each seed and failure tried, then its worst value in any of them."

// failureHeader are the columns before those of objectives, alike what one of them means.
var (
	failureHeader = []string{"failure", "alike", "nodes"}
	alike         = []string{"alike", "failures that are alike, of which this one was tried", "nodes", "how many it takes"}
)

// singles is the table of single failures, below what happens without any.
func (s *Survival) singles(d *document.Document) {
	d.Heading(2, document.Prose("One failure"))
	d.Paragraph(append(legend(failureHeader, alike...), document.Prose(heldIs))...)
	if meanings := s.meanings(); meanings != nil {
		d.Paragraph(meanings...)
	}
	t := s.newTable(failureHeader...)
	t.row("", []document.Piece{document.Prose("none"), document.Prose("1"), document.Prose("0")}, s.Undisturbed)
	left := ""
	for _, family := range []string{FamilyZone, FamilyRack, FamilyNode} {
		var list []*Failure
		for i := range s.Failures {
			if f := &s.Failures[i]; len(f.Parts) == 1 && f.Parts[0].Family == family {
				list = append(list, f)
			}
		}
		left += t.failures(family+"s", list)
	}
	t.add(d)
	if left != "" {
		d.Paragraph(document.Toned(strings.TrimSpace(left), document.Faint))
	}
}

// doubles is the table of double failures that are not survived.
func (s *Survival) doubles(d *document.Document) {
	if s.Doubles.Tried == 0 {
		return
	}
	d.Heading(2, document.Prose("Two failures at once"))
	var list []*Failure
	for i := range s.Failures {
		if f := &s.Failures[i]; len(f.Parts) == 2 && !f.Survived {
			list = append(list, f)
		}
	}
	if list == nil {
		d.Paragraph(document.Prose("Each that was tried is survived."))
		return
	}
	alone := 0
	for _, f := range list {
		if f.EachSurvived {
			alone++
		}
	}
	first := ""
	if alone > 0 {
		first = fmt.Sprintf("; first the %s of which each alone is", reports.Count(int64(alone)))
	}
	d.Paragraph(document.Prose(fmt.Sprintf("Those of %s that are not survived%s. %s", reports.Count(int64(s.Doubles.Tried)), first, heldIs)))
	t := s.newTable(failureHeader...)
	left := t.failures("", list)
	t.add(d)
	if left != "" {
		d.Paragraph(document.Toned(strings.TrimSpace(left), document.Faint))
	}
}

// losses is the N+k table.
func (s *Survival) losses(d *document.Document) {
	if len(s.Losses) == 0 {
		return
	}
	d.Heading(2, document.Prose("How many nodes may be lost"))
	t := s.newTable("lost", "tried", "survived")
	d.Paragraph(append(legend(t.header, "lost", "how many nodes crash at once", "tried", "how many of the sets of so many nodes, sets of nodes that are alike "+
		"counted once; where that is not all, they are the worst by greed, which adds to the worst set the node whose loss is worst, and sets drawn at random",
		"survived", "sets with all objectives"), document.Prose(heldIs))...)
	d.Gap()
	for i := range s.Losses {
		row := &s.Losses[i]
		survived := document.Toned(reports.Count(int64(row.Survived)), document.Good)
		if row.Survived < row.Tried {
			survived.Tone = document.Bad
		}
		t.row("", []document.Piece{document.Prose(fmt.Sprint(row.Lost)), document.Prose(row.triedOf()), survived}, row.Cells)
	}
	t.add(d)
	d.Gap()
	s.worstLosses(d)
}

// worstLosses names the worst set of each size, where one breaks something.
func (s *Survival) worstLosses(d *document.Document) {
	var items [][]document.Piece
	broken := false
	for i := range s.Losses {
		row := &s.Losses[i]
		nodes := reports.Plural(row.Lost, "node")
		if row.Survived == row.Tried {
			items = append(items, []document.Piece{document.Prose(nodes + " lost: none of the sets tried breaks an objective.")})
			continue
		}
		broken = true
		item := append([]document.Piece{document.Prose(fmt.Sprintf("The worst %s: ", nodes))}, nodeList(row.Worst)...)
		if row.Why != "" {
			item = append(item, document.Prose("; "+row.Why))
		}
		items = append(items, append(item, document.Prose(".")))
	}
	if broken {
		d.Paragraph(document.Prose("The worst set is the one with which the most objectives do not hold; of these the one with the most pods on no node at the end, " +
			"then with objectives furthest beyond their limits, then with the fullest nodes; of equals the first."))
	}
	d.List(items)
}

// objectiveTable has a column for each objective where there is room, and a group for
// each objective where there is not.
type objectiveTable struct {
	s      *Survival
	header []string // of the columns before
	groups []objectiveRows
}

type objectiveRows struct {
	title string
	rows  []objectiveRow
}

type objectiveRow struct {
	first []document.Piece
	cells []MatrixCell
}

func (s *Survival) newTable(header ...string) *objectiveTable {
	return &objectiveTable{s: s, header: header}
}

func (t *objectiveTable) row(title string, first []document.Piece, cells []MatrixCell) {
	if n := len(t.groups); n == 0 || t.groups[n-1].title != title {
		t.groups = append(t.groups, objectiveRows{title: title})
	}
	g := &t.groups[len(t.groups)-1]
	g.rows = append(g.rows, objectiveRow{first, cells})
}

// failures adds rows, the worst first, and tells of those for which there is no room.
func (t *objectiveTable) failures(title string, list []*Failure) string {
	worstFirst(list)
	left, survived := 0, 0
	for i, f := range list {
		if i >= rowsMost {
			left += f.Stands
			if f.Survived {
				survived += f.Stands
			}
			continue
		}
		name := f.Name()
		if title != "" {
			name = f.Parts[0].Name
		}
		t.row(title, []document.Piece{
			document.Named(name), document.Prose(reports.Count(int64(f.Stands))), document.Prose(reports.Count(int64(f.Nodes))),
		}, f.Cells)
	}
	switch {
	case left == 0:
		return ""
	case title == "":
		return fmt.Sprintf("Not shown: %s more. ", reports.Count(int64(left)))
	}
	return fmt.Sprintf("Not shown: %s more %s, of which %s are survived. ", reports.Count(int64(left)), title, reports.Count(int64(survived)))
}

// add adds the table to a document.
func (t *objectiveTable) add(d *document.Document) { d.Table(t.wide(), t.tall()) }

// wide has a column for each objective.
func (t *objectiveTable) wide() *document.Table {
	out := &document.Table{Header: append(append([]string{}, t.header...), t.s.Objectives...)}
	for _, g := range t.groups {
		group := document.Group{}
		if g.title != "" {
			group.Title = []document.Piece{document.Prose(g.title)}
		}
		for _, r := range g.rows {
			row := append([]document.Piece{}, r.first...)
			for i := range r.cells {
				held, worst := cell(&r.cells[i], t.s.valuesOf(i))
				if worst.Text != "" {
					held.Text += "  " + worst.Text
				}
				row = append(row, held)
			}
			group.Rows = append(group.Rows, row)
		}
		out.Groups = append(out.Groups, group)
	}
	return titled(out)
}

// titled makes all groups have titles if one has.
func titled(t *document.Table) *document.Table {
	t.Of = "what"
	for i := range t.Groups {
		if t.Groups[i].Title == nil && len(t.Groups) > 1 {
			t.Groups[i].Title = []document.Piece{document.Prose("undisturbed")}
		}
	}
	return t
}

// tall has the rows of each objective below each other.
func (t *objectiveTable) tall() *document.Table {
	out := &document.Table{Of: "objective", Header: append(append([]string{}, t.header...), "held", "worst")}
	for i, objective := range t.s.Objectives {
		group := document.Group{Title: []document.Piece{document.Subject(objective)}}
		for _, g := range t.groups {
			for _, r := range g.rows {
				held, worst := cell(&r.cells[i], t.s.valuesOf(i))
				row := append(append([]document.Piece{}, r.first...), held, worst)
				if g.title != "" {
					row[0] = document.Named(strings.TrimSuffix(g.title, "s") + " " + row[0].Text)
				}
				group.Rows = append(group.Rows, row)
			}
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}

// SurvivalFile is the name under which the columns of WriteCSV are documented.
const SurvivalFile = "survival.csv"

// survivalRow is an objective under a failure, or under the loss of so many nodes.
type survivalRow struct {
	kind, failure     string
	nodes, alike, try int
	different         *float64
	objective         string
	cell              *MatrixCell
	why               string
}

var survivalColumns = []csvfile.Column[survivalRow]{
	csvfile.Text("kind", "none, single, double, or lost: any so many nodes at once", func(r *survivalRow) string { return r.kind }),
	csvfile.Text("failure", "what fails; of lost: the worst set of nodes, the first of equals", func(r *survivalRow) string { return r.failure }),
	csvfile.Integer("nodes", "nodes that it takes", func(r *survivalRow) int { return r.nodes }),
	csvfile.Integer("stands_for", "failures that are alike, this one counted", func(r *survivalRow) int { return r.alike }),
	csvfile.Integer("tried", "failures that were tried", func(r *survivalRow) int { return r.try }),
	csvfile.Number("different", "", "of so many that are not alike", func(r *survivalRow) *float64 { return r.different }),
	csvfile.Text("objective", "what is looked at", func(r *survivalRow) string { return r.objective }),
	csvfile.Integer("met", "runs in which it holds", func(r *survivalRow) int { return r.cell.Met }),
	csvfile.Integer("of", "runs, one for each seed and failure tried", func(r *survivalRow) int { return r.cell.Of }),
	csvfile.Number("worst", valueUnit, "worst value in any of them", func(r *survivalRow) *float64 { return r.cell.Worst }),
	csvfile.Text("unit", "of the value: s, share, or what is counted, such as pods; empty for other numbers", func(r *survivalRow) string { return r.cell.Unit }),
	csvfile.Text("why", "why pods are on no node in the worst run; empty if none is", func(r *survivalRow) string { return r.why }),
}

// SurvivalColumns documents the columns of WriteCSV, in the order in which they stand
// there.
func SurvivalColumns() []reports.Column { return csvfile.Documented(SurvivalFile, survivalColumns) }

// WriteCSV writes a row for each failure and objective.
func (s *Survival) WriteCSV(w io.Writer) error {
	return csvfile.Write(w, survivalColumns, func(yield func(*survivalRow) bool) {
		s.csvRows(func(r survivalRow, cells []MatrixCell) bool {
			for i := range cells {
				r.objective, r.cell = s.Objectives[i], &cells[i]
				if !yield(&r) {
					return false
				}
			}
			return true
		})
	})
}

// csvRows yields what fails with its cells, until it is told to stop.
func (s *Survival) csvRows(yield func(r survivalRow, cells []MatrixCell) bool) {
	one := 1.0
	if !yield(survivalRow{kind: "none", alike: 1, try: 1, different: &one}, s.Undisturbed) {
		return
	}
	for i := range s.Failures {
		f := &s.Failures[i]
		kind := "single"
		if len(f.Parts) > 1 {
			kind = "double"
		}
		if !yield(survivalRow{kind: kind, failure: f.Name(), nodes: f.Nodes, alike: f.Stands, try: 1, different: &one, why: f.Why}, f.Cells) {
			return
		}
	}
	for i := range s.Losses {
		l := &s.Losses[i]
		if !yield(survivalRow{kind: "lost", failure: strings.Join(l.Worst, " "), nodes: l.Lost, alike: 1, try: l.Tried, different: &l.Different, why: l.Why}, l.Cells) {
			return
		}
	}
}
