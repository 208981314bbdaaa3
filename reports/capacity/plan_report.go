package capacity

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// CostFigure is the name of the figure that may show what mixes cost.
const CostFigure = "what mixes cost"

// Report tells the whole plan to a reader who has not seen one before: what to buy,
// what it withstands, why less does not do, what would change it and how sure it is.
func (p *Plan) Report() *document.Document {
	d := new(document.Document)
	d.Heading(1, document.Prose("capacity plan "), document.Named(cmp.Or(p.Name, p.Scenario)))
	if p.Description != "" {
		d.Paragraph(document.Prose(p.Description))
	}
	if p.Partial {
		d.Paragraph(document.Toned(fmt.Sprintf("Unfinished: after %s of %s. What follows is what is known so far.",
			reports.Plural(p.Effort.Runs, "run"), reports.PluralOf(p.Effort.Judged, "mix", "mixes")), document.Warning))
	}
	d.Heading(2, document.Prose("In short"))
	d.List(p.headlines())
	p.candidates(d)
	p.withstands(d)
	p.whyNotLess(d)
	p.leaves(d)
	p.frontier(d)
	p.changes(d)
	p.others(d)
	p.certainty(d)
	sentences(d, "What it takes for granted", p.Assumptions)
	sentences(d, "Notes", p.Notes)
	p.origin(d)
	return d
}

// sentences is a section that lists some; none without any.
func sentences(d *document.Document, title string, list []string) {
	if len(list) == 0 {
		return
	}
	d.Heading(2, document.Prose(title))
	items := make([][]document.Piece, len(list))
	for i, text := range list {
		items[i] = []document.Piece{document.Prose(sentence(text) + ".")}
	}
	d.List(items)
}

// MinimisesNodes reports whether fewer nodes are better whatever they cost.
func (p *Plan) MinimisesNodes() bool { return p.Minimise == "nodes" }

// words for what is least.
func (p *Plan) less() string {
	if p.MinimisesNodes() {
		return "smaller"
	}
	return "cheaper"
}

func (p *Plan) least() string {
	if p.MinimisesNodes() {
		return "smallest"
	}
	return "cheapest"
}

// Money returns how all costs of the plan are written.
func (p *Plan) Money() Money {
	var amounts []float64
	for i := range p.Candidates {
		amounts = append(amounts, p.Candidates[i].Price)
	}
	for _, m := range p.allMixes() {
		amounts = append(amounts, m.Cost)
	}
	return NewMoney(p.Currency, amounts...)
}

// Priced reports whether anything costs anything.
func (p *Plan) Priced() bool {
	for i := range p.Candidates {
		if p.Candidates[i].Price != 0 {
			return true
		}
	}
	return p.FixedCost != 0
}

// headlines is the answer in a few sentences.
func (p *Plan) headlines() [][]document.Piece {
	if p.Recommendation == nil {
		return p.noAnswer()
	}
	items := [][]document.Piece{p.recommends()}
	if text := p.untested(); text != "" {
		items = append(items, []document.Piece{document.Toned(text, document.Warning)})
	}
	items = append(items, p.holds(), p.nothingLess())
	if text := p.chance(); text != "" {
		items = append(items, []document.Piece{document.Prose(text)})
	}
	return items
}

// untested says of how many pods it is not known what the loss of their node does.
func (p *Plan) untested() string {
	if p.Unreplaced <= 0 {
		return ""
	}
	words := [3]string{"are", "their", "them"}
	if p.Unreplaced == 1 {
		words = [3]string{"is", "its", "it"}
	}
	return fmt.Sprintf("%s of %s %s not replaced when %s node dies, so what a lost node or zone does is not tested for %s. "+
		"If their controllers are missing, take the snapshot with nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs.",
		reports.Count(int64(p.Unreplaced)), reports.Plural(p.Pods, "pod"), words[0], words[1], words[2])
}

// noAnswer says that there is no recommendation, and why.
func (p *Plan) noAnswer() [][]document.Piece {
	text := "No mix of the candidates was found that meets the plan"
	switch {
	case p.Partial:
		text += " so far"
	case p.Proven:
		text = "Nothing that is allowed meets the plan"
	}
	if p.Argument != "" && !p.Partial {
		text += ": " + clause(p.Argument)
	}
	items := [][]document.Piece{{document.Toned(text+".", document.Bad)}}
	if len(p.Below) > 0 && !p.Partial {
		items = append(items, []document.Piece{document.Prose(p.wayOut())})
	}
	return items
}

// wayOut says what may help where nothing meets the plan: more nodes only if they were
// seen to make a difference.
func (p *Plan) wayOut() string {
	if miss := p.sameMiss(); miss != nil {
		return fmt.Sprintf("The %d mixes that come nearest all miss alike (%s, situation %s): more of these nodes do not help. "+
			"What keeps the plan from being met stands below; add other shapes, or ask for less.", len(p.Below), miss.Objective, miss.Contingency)
	}
	return "What the mixes that come nearest miss stands below; allow more nodes, add larger shapes, or ask for less."
}

// sameMiss is what mixes of different numbers of nodes that come nearest all miss, by the
// same value; nil if they differ, or are too few to tell.
func (p *Plan) sameMiss() *Miss {
	first, differ := p.Below[0].Miss, false
	for i := range p.Below {
		m := p.Below[i].Miss
		if first == nil || m == nil || first.Value == nil || m.Value == nil || *m.Value != *first.Value ||
			m.Objective != first.Objective || m.Contingency != first.Contingency {
			return nil
		}
		differ = differ || p.Below[i].Nodes != p.Below[0].Nodes
	}
	if !differ {
		return nil
	}
	return first
}

// atLeast writes a bound on what the plan minimises.
func (p *Plan) atLeast(b *Bound) string {
	if p.MinimisesNodes() || !p.Priced() {
		return "has at least " + reports.Plural(b.Nodes, "node")
	}
	return "costs at least " + p.Money().Text(b.Cost) + " an hour"
}

// clause makes a sentence a part of another one.
func clause(text string) string { return strings.TrimSuffix(strings.TrimSpace(text), ".") }

// recommends says what to buy and what it costs.
func (p *Plan) recommends() []document.Piece {
	m := p.Recommendation
	out := []document.Piece{document.Toned("Buy ", document.Strong)}
	parts := p.parts(m)
	if parts == nil {
		out = []document.Piece{document.Toned("Buy nothing", document.Strong)}
	}
	out = append(out, document.Enumerated(parts)...)
	text := ": " + reports.Plural(m.Nodes, "node")
	if p.Priced() {
		money := p.Money()
		text += " for " + money.Text(m.Cost) + " an hour, or " + money.Month(m.Cost) + fmt.Sprintf(" a month (of %d hours)", HoursOfMonth)
	}
	text += "."
	if p.FixedNodes > 0 {
		text += " Beside them the run has " + reports.Plural(p.FixedNodes, "node") + " that stay whatever is bought"
		if p.FixedCost != 0 {
			text += "; " + p.Money().Text(p.FixedCost) + " an hour of the cost is theirs"
		}
		text += "."
	}
	return append(out, document.Prose(text))
}

// parts are the counts of a mix that are not 0: 12 × m-16.
func (p *Plan) parts(m *Mix) [][]document.Piece {
	var out [][]document.Piece
	for i, n := range m.Counts {
		if n > 0 {
			out = append(out, []document.Piece{document.Toned(reports.Count(int64(n))+" × ", document.Strong), document.Subject(p.Candidates[i].Name)})
		}
	}
	return out
}

// mix writes the counts of a mix in one piece of text.
func (p *Plan) mix(m *Mix) document.Piece {
	if m.Nodes == 0 {
		return document.Toned(p.MixText(m), document.Faint)
	}
	return document.Prose(p.MixText(m))
}

// MixText writes the counts of a mix: 12 × m-16, 3 × g-4. Names of candidates stand in
// it as they are.
func (p *Plan) MixText(m *Mix) string {
	var parts []string
	for i, n := range m.Counts {
		if n > 0 {
			parts = append(parts, reports.Count(int64(n))+" × "+p.Candidates[i].Name)
		}
	}
	if parts == nil {
		return "no nodes"
	}
	return strings.Join(parts, ", ")
}

// holds says what the recommendation was put through.
func (p *Plan) holds() []document.Piece {
	f := &p.Failures
	met, of, asked := 1, 1, 0 // of the cell that holds least often
	for _, row := range f.Cells {
		for _, c := range row {
			if !c.Asked || c.Of == 0 {
				continue
			}
			asked++
			if float64(c.Met*of) < float64(met*c.Of) || asked == 1 {
				met, of = c.Met, c.Of
			}
		}
	}
	situations := reports.Plural(len(f.Contingencies), "situation")
	if asked == 0 {
		return []document.Piece{document.Toned("It is not judged yet.", document.Warning)}
	}
	seeds := reports.Plural(len(p.Seeds), "seed")
	text := fmt.Sprintf("Every objective holds wherever the plan asks for it: in %s, each with %s (%s in all)", situations, seeds,
		reports.Plural(p.Recommendation.Runs, "run"))
	if len(f.Contingencies) == 1 {
		text = fmt.Sprintf("Every objective holds in the scenario as it is, with each of %s", seeds)
	}
	tone := document.Good
	if met < of {
		tone = document.Doubtful
		text = fmt.Sprintf("Every objective holds in at least %d of %s of each situation (%s, %s)", met, reports.Plural(of, "run"), situations, seeds)
		if p.Reliability > 0 {
			text += ". The plan asks for " + reports.Percent(p.Reliability) + " of the seeds"
		}
	}
	out := []document.Piece{document.Toned(text+".", tone)}
	if len(f.Contingencies) == 1 {
		out = append(out, document.Toned(" Nothing was made to fail: what the loss of a zone or of a node does is not known (see --survive).", document.Doubtful))
	}
	return out
}

// nothingLess says whether less would do.
func (p *Plan) nothingLess() []document.Piece {
	if p.Recommendation.Nodes == 0 && p.Proven {
		return []document.Piece{document.Prose("Nothing costs less than nothing.")}
	}
	argument := ""
	if p.Argument != "" {
		argument = ": " + clause(p.Argument)
	}
	if p.Proven {
		return []document.Piece{document.Prose("No " + p.less() + " mix does" + argument + ".")}
	}
	return []document.Piece{document.Toned("It is not proven that no "+p.less()+" mix does"+argument+".", document.Doubtful), document.Prose(p.couldSave())}
}

// couldSave says how much a mix that is less could save at most.
func (p *Plan) couldSave() string {
	b, m := p.Bound, p.Recommendation
	switch {
	case b == nil:
		return ""
	case p.MinimisesNodes():
		if b.Nodes >= m.Nodes {
			return ""
		}
		return fmt.Sprintf(" It has at least %s, so that %s could be saved at most.", reports.Plural(b.Nodes, "node"), reports.Count(int64(m.Nodes-b.Nodes)))
	case m.Cost <= b.Cost || b.Cost <= 0:
		return ""
	}
	money := p.Money()
	return fmt.Sprintf(" It costs at least %s an hour, so that %s (%s) could be saved at most.", money.Text(b.Cost),
		money.Text(m.Cost-b.Cost), Percent((m.Cost-b.Cost)/m.Cost))
}

// chance says what other seeds may bring.
func (p *Plan) chance() string {
	switch {
	case p.MissChance != nil:
		return fmt.Sprintf("With a seed that was not run, the chance that an objective is missed is at most %s (%s confidence)%s.",
			Percent(*p.MissChance), reports.Percent(p.Confidence), p.moreSeeds())
	case len(p.Seeds) == 1:
		return "It was judged on one seed: what other draws of chance bring is not known. Take 10 seeds or more."
	case len(p.Seeds) > 1 && !p.Partial:
		return "Nothing in the runs hangs on the seed: every seed gives the same answer."
	}
	return ""
}

// safely is the chance of a miss that planners tend to be content with.
const safely = 0.05

// moreSeeds says how many seeds would make the chance of a miss small, if none of them
// missed: with confidence c, none of n seeds misses but with a chance of 1-(1-c)^(1/n)
// at most.
func (p *Plan) moreSeeds() string {
	if *p.MissChance <= safely || !(p.Confidence > 0 && p.Confidence < 1) {
		return ""
	}
	n := math.Ceil(math.Log(1-p.Confidence) / math.Log(1-safely))
	return fmt.Sprintf("; %s seeds without a miss would show that it is at most %s", reports.Count(int64(n)), Percent(safely))
}
