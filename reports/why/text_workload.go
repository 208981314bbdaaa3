package why

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// namesShown is how many names of pods are shown of a group.
const namesShown = 4

func (p *page) workload(w *Workload) {
	p.Heading(2, document.Prose("Its pods"))
	line := fmt.Sprintf("%s desired, %s Ready, %s available", reports.Count(int64(w.Desired)), reports.Count(int64(w.Ready)), reports.Count(int64(w.Available)))
	if w.Missing > 0 {
		line += fmt.Sprintf(", %s missing", reports.Count(int64(w.Missing)))
	}
	if w.Completions != "" {
		line += "; " + w.Completions
	}
	p.Paragraph(document.Prose(line))
	table := &document.Table{Header: []string{"pods", "cause", "how they stand"}, Left: []bool{false, true, true}, Wrap: true, Groups: []document.Group{{}}}
	for i := range w.Groups {
		g := &w.Groups[i]
		n, names := len(g.Pods), ""
		if n == 0 {
			n = int(w.Missing)
		} else {
			names = ": " + strings.Join(g.Pods[:min(n, namesShown)], ", ")
		}
		if n > namesShown && names != "" {
			names += ", …"
		}
		table.Groups[0].Rows = append(table.Groups[0].Rows, cells(reports.Count(int64(n)), g.Kind, g.Text+names))
	}
	p.Table(table, nil)
	p.list("Its rollout", w.Rollout)
	var budgets []string
	for _, b := range w.Budgets {
		budgets = append(budgets, fmt.Sprintf("%s wants %d healthy, has %d, allows %s", b.Name, b.Desired, b.Healthy, reports.Plural(int(b.Allowed), "disruption")))
	}
	p.list("Its budgets", budgets)
	var losses []string
	for _, l := range w.Losses {
		losses = append(losses, fmt.Sprintf("%s (%s), the last at %s: %s", reports.Count(int64(l.Count)), l.Kind, reports.Clock(l.Last), l.Text))
	}
	p.list("How its pods left until then", losses)
}

func (p *page) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.Heading(2, document.Prose(title))
	var items [][]document.Piece
	for _, line := range lines {
		items = append(items, cells(line))
	}
	p.List(items)
}
