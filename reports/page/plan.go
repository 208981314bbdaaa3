package page

import (
	"cmp"
	"fmt"
	"html/template"
	"io"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/document"
)

// Plan writes the page of a capacity plan.
func Plan(w io.Writer, p *capacity.Plan) error {
	name := reports.Visible(cmp.Or(p.Name, p.Scenario))
	f := frame{Title: "capacity plan " + name, Kind: "capacity plan", Name: name, Facts: []string{
		"scenario " + reports.Visible(p.Scenario), reports.PluralOf(p.Effort.Judged, "mix", "mixes") + " judged",
		reports.Plural(p.Effort.Runs, "run"), reports.Plural(len(p.Seeds), "seed"), "podsim " + reports.Visible(p.Version)}}
	body := &report{Figures: planNumbers(p)}
	body.Verdict, body.Tone = PlanVerdict(p)
	drawn := map[string]template.HTML{capacity.CostFigure: template.HTML(costBars(p))}
	for _, s := range p.Staircases() {
		drawn[s.Objective] = template.HTML(staircase(s, p))
	}
	f.Nav = body.fill(p.Report(), drawn, new(document.Document))
	f.Body = body
	return f.write(w, reportLayout())
}

// PlanVerdict says what to buy, or that nothing does. The tone is pass, fail or plain.
func PlanVerdict(p *capacity.Plan) (text, tone string) {
	switch m := p.Recommendation; {
	case m == nil && p.Partial:
		return "No mix that meets the plan was found so far.", "plain"
	case m == nil:
		return "No mix that meets the plan was found.", "fail"
	case m.Nodes == 0:
		return "Buy nothing.", "pass"
	default:
		return "Buy " + reports.Visible(p.MixText(m)) + ".", "pass"
	}
}

// planNumbers are what is asked first of a recommendation.
func planNumbers(p *capacity.Plan) []number {
	m := p.Recommendation
	if m == nil {
		return nil
	}
	numbers := []number{{"Nodes to buy", reports.Count(int64(m.Nodes)), ""}}
	if p.FixedNodes > 0 {
		numbers[0].Note = "beside " + reports.Count(int64(p.FixedNodes)) + " that stay"
	}
	if p.Priced() {
		numbers = append(numbers, number{"Cost of an hour", reports.Visible(p.Money().Text(m.Cost)), reports.Visible(p.Money().Month(m.Cost)) + " a month"})
	}
	what := "cheapest"
	if p.MinimisesNodes() {
		what = "smallest"
	}
	proven := number{"Proven to be the " + what, "no", ""}
	if p.Proven {
		proven.Value = "yes"
	} else if b := p.Bound; b != nil && b.Gap != nil && *b.Gap > 0 && drawable(*b.Gap) {
		proven.Note = "at most " + capacity.Percent(*b.Gap) + " above what must be"
	}
	numbers = append(numbers, proven)
	if f := &p.Failures; len(f.Contingencies) > 0 {
		numbers = append(numbers, number{"Situations withstood", reports.Count(int64(len(f.Contingencies))), "each with " + reports.Plural(len(p.Seeds), "seed")})
	}
	if p.MissChance != nil {
		numbers = append(numbers, number{"Chance of a miss", "≤ " + capacity.Percent(*p.MissChance), "on another seed, " + reports.Percent(p.Confidence) + " confidence"})
	}
	return numbers
}

// bar is a row of what a mix costs, or of its nodes.
type bar struct {
	mix   *capacity.Mix
	label string
	faint bool // it does not do
}

// barsOfAKind is how many mixes of each kind are drawn.
const barsOfAKind = 5

// bars are the mixes whose costs say something beside each other.
func bars(p *capacity.Plan) []bar {
	var out []bar
	if p.Recommendation != nil {
		out = append(out, bar{p.Recommendation, "recommended", false})
	}
	for i := range p.RunnersUp[:min(len(p.RunnersUp), barsOfAKind)] {
		out = append(out, bar{&p.RunnersUp[i], "would do, too", false})
	}
	for i := range p.Below[:min(len(p.Below), barsOfAKind)] {
		out = append(out, bar{&p.Below[i], "does not do", true})
	}
	for i := range p.Sensitivity {
		if c := &p.Sensitivity[i]; c.Mix != nil && c.Demand > 0 {
			out = append(out, bar{c.Mix, "for " + c.What, false})
		}
	}
	return out
}

// part is what the nodes of one candidate, or those that stay, take of a bar.
type part struct {
	size  float64
	class string
	tip   string
}

// barParts cuts a mix by candidate.
func barParts(p *capacity.Plan, m *capacity.Mix) (parts []part, total float64) {
	byCost := p.Priced() && !p.MinimisesNodes()
	add := func(n int, what string, cost float64, class string) {
		one := part{float64(n), class, fmt.Sprintf("%s × %s", reports.Count(int64(n)), what)}
		if byCost {
			one.size = cost
		}
		if p.Priced() {
			one.tip += "\nan hour: " + p.Money().Text(cost)
		}
		if one.size > 0 {
			parts = append(parts, one)
			total += one.size
		}
	}
	for i, n := range m.Counts {
		add(n, p.Candidates[i].Name, float64(float64(n)*p.Candidates[i].Price), fmt.Sprintf("f%d", i%colours))
	}
	add(p.FixedNodes, "nodes that stay", p.FixedCost, "f12")
	return parts, total
}
