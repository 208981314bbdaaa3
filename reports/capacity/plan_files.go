package capacity

import (
	"io"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// The files that a plan is written to.
const (
	PlanJSONFile     = "capacity.json"
	PlanMarkdownFile = "capacity.md"
	PlanTextFile     = "capacity.txt"
	MixesFile        = "mixes.csv"
	FrontierFile     = "frontier.csv"
	FailuresFile     = "failures.csv"
)

// WriteJSON writes capacity.json.
func (p *Plan) WriteJSON(w io.Writer) error { return reports.WriteJSON(w, p) }

// allMixes returns every mix that the plan speaks of.
func (p *Plan) allMixes() []*Mix {
	var all []*Mix
	if p.Recommendation != nil {
		all = append(all, p.Recommendation)
	}
	for _, list := range [][]Mix{p.RunnersUp, p.Below, p.Mixes} {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	for i := range p.Frontier {
		all = append(all, &p.Frontier[i].Mix)
	}
	for i := range p.Sensitivity {
		if m := p.Sensitivity[i].Mix; m != nil {
			all = append(all, m)
		}
	}
	return all
}

// WriteText writes the report that a person reads in a terminal.
func (p *Plan) WriteText(w io.Writer, t reports.Terminal) error {
	return document.WriteText(w, p.report(), t)
}

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func (p *Plan) WriteMarkdown(w io.Writer) error { return document.WriteMarkdown(w, p.report()) }
