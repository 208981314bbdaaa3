package page_test

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/hostile"
	"github.com/podsim/podsim/reports/page"
)

// madeUpPlan is the plan with everything that one may have.
func madeUpPlan(t testing.TB) *capacity.Plan {
	t.Helper()
	text, err := os.ReadFile("../capacity/testdata/capacity.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := capacity.ReadPlan(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func planPage(t *testing.T, p *capacity.Plan) *written {
	t.Helper()
	page := write(t, func(w io.Writer) error { return page.Plan(w, p) })
	page.checkPolicy(t)
	return page
}

func TestPlansSayWhatToBuyOnTop(t *testing.T) {
	p := madeUpPlan(t)
	planPage(t, p).says(t, "Buy 30 × m-16, 3 × g-4.", "40.05 USD", "What it withstands", "lose zone b", "What a better value costs", "demand +10%", "How sure it is")
	p.Recommendation.Counts, p.Recommendation.Nodes = []int{0, 0, 0}, 0
	planPage(t, p).says(t, "Buy nothing.")
	p = madeUpPlan(t)
	p.Proven = false
	planPage(t, p).says(t, "at most 3.9% above what must be")
	p.Minimise = "nodes"
	planPage(t, p).says(t, "Proven to be the smallest", "Nodes of mixes")
	p.Recommendation = nil
	planPage(t, p).says(t, "No mix that meets the plan was found.")
	p.Partial = true
	planPage(t, p).says(t, "No mix that meets the plan was found so far.", "Unfinished")
}

func TestChartsOfPlansTellWhatTheyShow(t *testing.T) {
	text := planPage(t, madeUpPlan(t)).text
	for _, want := range []string{
		`aria-label="what a better value costs: pending.p99 &lt; 60s"`, "data-tip=\"30 × m-16, 3 × g-4\nvalue: 41.2s\nan hour: 40.05 USD\nrecommended\"",
		"data-tip=\"30 × m-16\nan hour: 24.00 USD\"", `<table class="matrix">`,
	} {
		if !bytes.Contains([]byte(text), []byte(want)) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestNoNameOfAPlanIsMarkup(t *testing.T) {
	named := func(name string) *written {
		p := madeUpPlan(t)
		p.Name, p.Scenario, p.Description, p.Currency = "n"+name, "s"+name, "d"+name, "c"+name
		p.Candidates[0].Name, p.Candidates[2].Zones = "k"+name, []string{name}
		for i := range p.Frontier {
			p.Frontier[i].Objective = "o" + name
		}
		for i := range p.Sensitivity {
			p.Sensitivity[i].What = "w" + name
		}
		p.Failures.Objectives[0], p.Failures.Contingencies[1].Name = "o"+name, "s"+name
		p.Binding[0].What = "b" + name
		return planPage(t, p)
	}
	want := named("harmless").elements
	for _, name := range hostile.Names {
		if got := named(name).elements; got != want {
			t.Errorf("%q changes the elements of the page: %s", name, firstDifference(got, want))
		}
	}
}

// Whatever a file of a plan says, it is refused or has a page.
func FuzzPlan(f *testing.F) {
	text, err := os.ReadFile("../capacity/testdata/capacity.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"candidates": [{"name": "a", "price": -1e308}], "recommendation": {"counts": [1], "nodes": 1, "cost": 1e308}, "runnersUp": [{"counts": [3]}]}`))
	f.Add([]byte(`{"candidates": [{}], "frontier": [{"objective": "a", "value": 1e308, "mix": {"counts": [1]}}, {"objective": "a", "value": -1e308, "mix": {"counts": [1]}},
		{"objective": "a", "value": 0, "limit": 1e308, "mix": {"counts": [2]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := capacity.ReadPlan(text)
		if err != nil {
			return
		}
		if err := page.Plan(io.Discard, p); err != nil {
			t.Error(err)
		}
	})
}
