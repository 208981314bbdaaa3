package capacity

import (
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// certainty says how sure the answer is, and what that rests on.
func (p *Plan) certainty(d *document.Document) {
	var items [][]document.Piece
	fact := func(what, text string) {
		items = append(items, []document.Piece{document.Toned(what+": ", document.Faint), document.Prose(text)})
	}
	nothing := p.Recommendation != nil && p.Recommendation.Nodes == 0 && p.Proven
	if b := p.Bound; b != nil && !nothing {
		fact("arithmetic", p.bound(b))
		if text := p.searched(b); text != "" {
			fact("runs", text)
		}
	}
	if nothing {
		fact("proven to be the "+p.least(), "yes; nothing costs less than nothing")
	} else if p.Recommendation != nil {
		word := "yes"
		if !p.Proven {
			word = "no"
		}
		if p.Argument != "" {
			word += "; " + clause(p.Argument)
		}
		fact("proven to be the "+p.least(), word)
	}
	if len(p.Seeds) > 0 && p.Effort.Runs > 0 {
		fact("judged on", reports.Plural(len(p.Seeds), "seed")+" ("+reports.SeedRanges(p.Seeds)+"), the same for every mix, so that differences between mixes are not chance")
	}
	if p.MissChance != nil {
		fact("chance of a miss", fmt.Sprintf("at most %s: if more of all seeds missed an objective, these would have shown it with a probability of %s",
			Percent(*p.MissChance), reports.Percent(p.Confidence)))
	}
	if items == nil {
		return
	}
	d.Heading(2, document.Prose("How sure it is"))
	d.List(items)
}

// bound says what no mix that meets the plan can go below by arithmetic alone, and how
// far the recommendation is above it.
func (p *Plan) bound(b *Bound) string {
	if b.How == "" {
		return "no bound is known without runs."
	}
	text := "of what is allowed, whatever meets the plan " + p.atLeast(b)
	if b.Contingency != "" {
		text += ", in situation " + b.Contingency
	}
	text += ": " + clause(b.How)
	if b.Gap != nil && finite(*b.Gap) {
		if *b.Gap <= 0 {
			text += ". The recommendation reaches it"
		} else {
			text += fmt.Sprintf(". The recommendation is %s above it", reports.Percent(math.Round(*b.Gap*1000)/1000))
		}
	}
	return text + "."
}

// searched says what runs have ruled out beyond arithmetic.
func (p *Plan) searched(b *Bound) string {
	if b.SearchedTo == nil {
		return ""
	}
	from, to := p.Money().Text(b.Cost), p.Money().Text(*b.SearchedTo)
	if p.MinimisesNodes() || !p.Priced() {
		from, to = reports.Count(int64(b.Nodes)), reports.Plural(int(*b.SearchedTo), "node")
	}
	text := "mixes from " + from + " up to " + to + " that arithmetic leaves were all run, and miss"
	if b.Assumed {
		text = "mixes from " + from + " up to " + to + " that arithmetic leaves were all run, or are no more than ones that were, and miss"
	}
	return text + "."
}

// sentence makes a clause one of its own, without its point.
func sentence(text string) string {
	text = clause(text)
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || first == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// origin says what was asked and what it took.
func (p *Plan) origin(d *document.Document) {
	d.Heading(2, document.Prose("How it was found"))
	e := &p.Effort
	var items [][]document.Piece
	fact := func(what string, rest ...document.Piece) {
		items = append(items, append([]document.Piece{document.Toned(what+": ", document.Faint)}, rest...))
	}
	fact("scenario", document.Named(p.Scenario))
	if p.Demand != 0 && p.Demand != 1 {
		fact("demand", document.Prose(fmt.Sprintf("%g times that of the scenario", p.Demand)))
	}
	what := "least cost"
	if p.MinimisesNodes() {
		what = "fewest nodes"
	}
	fact("looked for", document.Prose(what))
	text := spaceText(e.Space) + " are allowed; "
	if e.Ruled > 0 {
		text += reports.Count(int64(e.Ruled)) + " ruled out by arithmetic without a run, "
	}
	text += reports.Count(int64(e.Judged)) + " judged by simulation, in " + reports.Plural(e.Runs, "run")
	if p.Proven && p.Recommendation != nil && e.Space > float64(e.Ruled+e.Judged) {
		text += "; the others are no " + p.less()
	}
	fact("mixes", document.Prose(text))
	fact("made by", document.Prose("podsim "+p.Version+", digest "+p.Digest[:min(16, len(p.Digest))]))
	d.List(items)
}

// spaceText writes how many mixes there are, of which there may be more than can be
// counted.
func spaceText(n float64) string {
	switch {
	case !finite(n):
		return "more than can be counted"
	case n < 1e9:
		return reports.Count(int64(n))
	}
	return fmt.Sprintf("about 10^%.0f", math.Log10(n))
}
