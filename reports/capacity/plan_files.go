package capacity

import (
	"bytes"
	"encoding/json"
	"fmt"
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

	// PlanSoFarFile is PlanJSONFile while the search is under way, or was interrupted.
	PlanSoFarFile = "capacity.so-far.json"
)

// WriteJSON writes capacity.json.
func (p *Plan) WriteJSON(w io.Writer) error { return reports.WriteJSON(w, p) }

// ReadPlan reads what WriteJSON wrote. It refuses what no plan can be, so that the
// writers may rely on it.
func ReadPlan(text []byte) (*Plan, error) {
	p := new(Plan)
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(p); err != nil {
		return nil, fmt.Errorf("no plan: %w", err)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("no plan: %w", err)
	}
	return p, nil
}

// check refuses lists that do not belong together.
func (p *Plan) check() error {
	if len(p.Candidates) == 0 {
		return fmt.Errorf("it has no candidates")
	}
	for _, m := range p.allMixes() {
		if len(m.Counts) != len(p.Candidates) {
			return fmt.Errorf("a mix of %d counts for %d candidates", len(m.Counts), len(p.Candidates))
		}
	}
	f := &p.Failures
	if len(f.Cells) != len(f.Contingencies) {
		return fmt.Errorf("%d rows for %d contingencies", len(f.Cells), len(f.Contingencies))
	}
	for _, row := range f.Cells {
		if len(row) != len(f.Objectives) {
			return fmt.Errorf("%d cells for %d objectives", len(row), len(f.Objectives))
		}
	}
	return nil
}

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
	return document.WriteText(w, p.Report(), t)
}

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func (p *Plan) WriteMarkdown(w io.Writer) error { return document.WriteMarkdown(w, p.Report()) }
