package comparison

import (
	"fmt"
	"io"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// WriteText writes the report that a person reads in a terminal.
func WriteText(w io.Writer, c *Comparison, t reports.Terminal) error {
	return document.WriteText(w, c.Report(), t)
}

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func WriteMarkdown(w io.Writer, c *Comparison) error { return document.WriteMarkdown(w, c.Report()) }

// SeedsFigure is the name of the figure that may show the seeds of a cell of Cells.
func SeedsFigure(cell int) string { return fmt.Sprintf("seeds of cell %d", cell) }

// Report tells the whole comparison to a reader who has not seen one before.
func (c *Comparison) Report() *document.Document {
	d := new(document.Document)
	name := c.Name
	if name == "" {
		name = c.Scenario
	}
	d.Heading(1, document.Prose("comparison "), document.Named(name))
	if c.Description != "" {
		d.Paragraph(document.Prose(c.Description))
	}
	c.warnings(d)
	d.Heading(2, document.Prose("In short"))
	if headlines := c.headlines(); len(headlines) > 0 {
		d.List(headlines)
	} else {
		d.Paragraph(document.Prose("There is one policy: nothing to compare it to."))
	}
	c.facts(d)
	for i := range c.Cells {
		c.cell(d, i)
	}
	c.assertions(d)
	c.remarks(d)
	return d
}

// warnings come first: whoever reads on must know.
func (c *Comparison) warnings(d *document.Document) {
	warn := func(text string) { d.Paragraph(document.Toned(text, document.Warning)) }
	if c.Partial {
		warn(fmt.Sprintf("Unfinished: after %s.", reports.Plural(c.Runs, "run")))
	}
	if len(c.Seeds) == 1 && len(c.Policies) > 1 {
		warn("One seed: the differences below may be chance, so there are no verdicts. Take 10 seeds or more.")
	}
	for i := range c.Cells {
		cell := &c.Cells[i]
		var seeds []uint64
		for _, input := range cell.Inputs {
			if !input.Equal {
				seeds = append(seeds, input.Seed)
			}
		}
		if len(seeds) == 0 {
			continue
		}
		where := ""
		if len(cell.Settings) > 0 {
			where = " with " + Label(cell.Settings)
		}
		warn(fmt.Sprintf("Not the same arrivals, lifetimes or faults for all policies%s in %s (%s): their differences are partly chance.",
			where, reports.Plural(len(seeds), "seed"), reports.SeedRanges(seeds)))
	}
}

// facts says what was compared.
func (c *Comparison) facts(d *document.Document) {
	d.Heading(2, document.Prose("What was compared"))
	var items [][]document.Piece
	fact := func(what string, rest ...document.Piece) {
		items = append(items, append([]document.Piece{document.Toned(what+": ", document.Faint)}, rest...))
	}
	fact("scenario", document.Named(c.Scenario))
	for _, p := range c.Policies {
		rest := []document.Piece{document.Named(p.Name)}
		if p.Name == c.Baseline {
			rest = append(rest, document.Prose(" (the baseline)"))
		}
		if p.Description != "" {
			rest = append(rest, document.Prose(", "+p.Description))
		}
		fact("policy", rest...)
	}
	if len(c.Cells) > 1 {
		fact("grid", document.Prose(reports.Plural(len(c.Cells), "point")+", each compared by itself"))
	}
	seeds := reports.Plural(len(c.Seeds), "seed")
	if len(c.Seeds) > 0 {
		seeds += " (" + reports.SeedRanges(c.Seeds) + ")"
	}
	if c.Stopped != "" {
		seeds += ", " + c.Stopped
	}
	fact("repeated with", document.Prose(seeds+"; "+reports.Plural(c.Runs, "run")+" in all"))
	fact("confidence", document.Prose(reports.Percent(c.Confidence)))
	if c.WarmUp > 0 {
		fact("left out", document.Prose("the first "+reports.Duration(reports.Seconds(c.WarmUp))+" of every run"))
	}
	if text := c.inputs(); text != "" {
		fact("inputs", document.Prose(text))
	}
	fact("made by", document.Prose("podsim "+c.Version+", digest "+short(c.Digest)))
	d.List(items)
}

func short(digest string) string { return digest[:min(16, len(digest))] }

// inputs says that what came from outside was the same for all policies; empty if
// it was not.
func (c *Comparison) inputs() string {
	n, first := 0, ""
	for i := range c.Cells {
		for _, input := range c.Cells[i].Inputs {
			if !input.Equal {
				return ""
			}
			if n++; n == 1 && len(input.Digests) > 0 {
				first = input.Digests[0]
			}
		}
	}
	if n == 0 || len(c.Policies) < 2 {
		return ""
	}
	text := "the same arrivals, lifetimes and faults for all policies in every seed"
	if first != "" {
		text += " (digest of the first " + short(first) + ")"
	}
	return text
}

// assertions tells how the assertions over policies went.
func (c *Comparison) assertions(d *document.Document) {
	if len(c.Assertions) == 0 {
		return
	}
	passed := 0
	var items [][]document.Piece
	for _, a := range c.Assertions {
		mark := document.Toned("PASS", document.Good)
		if a.Passed {
			passed++
		} else {
			mark = document.Toned("FAIL", document.Bad)
		}
		item := []document.Piece{mark, document.Prose("  "), document.Named(a.Text)}
		if len(a.Settings) > 0 {
			item = append(item, document.Prose(" with "), document.Named(Label(a.Settings)))
		}
		if a.Got != "" {
			item = append(item, document.Prose(", got "+a.Got))
		}
		if !a.Passed && a.Message != "" {
			item = append(item, document.Prose(": "+a.Message))
		}
		items = append(items, item)
	}
	d.Heading(2, document.Prose(fmt.Sprintf("Assertions: %d of %d passed", passed, len(c.Assertions))))
	d.List(items)
}

// remarks are the notes, and how to read all this.
func (c *Comparison) remarks(d *document.Document) {
	sentences := func(title string, list []string) {
		if len(list) == 0 {
			return
		}
		d.Heading(2, document.Prose(title))
		items := make([][]document.Piece, len(list))
		for i, text := range list {
			items[i] = []document.Piece{document.Prose(text)}
		}
		d.List(items)
	}
	sentences("Notes", c.Notes)
	if len(c.Others()) > 0 {
		sentences("How to read it", c.guide())
	}
	if proofs := c.proofs(); len(proofs) > 0 {
		d.Heading(2, document.Prose("Where the best possible values come from"))
		d.List(proofs)
	}
	sentences("Methods", c.Methods)
}

// proofs says of each metric with a bound how it was found.
func (c *Comparison) proofs() [][]document.Piece {
	var items [][]document.Piece
	told := make(map[string]bool)
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			if m := &c.Cells[i].Metrics[j]; m.Bound != nil && m.Bound.How != "" && !told[m.Name] {
				told[m.Name] = true
				items = append(items, []document.Piece{document.Named(m.Name), document.Prose(": " + m.Bound.How)})
			}
		}
	}
	return items
}

// guide explains the columns of the tables.
func (c *Comparison) guide() []string {
	confidence := reports.Percent(c.Confidence)
	guide := []string{
		"mean: over the seeds; ± is half of the width of its " + confidence + " interval.",
		"difference: the policy minus " + c.Baseline + " on the same seeds, on average.",
		"interval: where the true difference lies with " + confidence + " confidence.",
		"verdict: better or worse if chance alone hardly explains the difference; inconclusive if it may: more seeds may tell. " +
			"It allows for the number of comparisons, so that an interval may miss 0 and the verdict be inconclusive all the same. " +
			"same: equal in every seed.",
		"won: in how many seeds the policy is ahead of " + c.Baseline + ".",
		"pairing: how wide the interval is against one that does not compare seed by seed; below 1, the shared seeds paid off.",
	}
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			if c.Cells[i].Metrics[j].Unit == reports.UnitShare {
				return append(guide, "pp: percentage points; from 50% to 60% is +10 pp.")
			}
		}
	}
	return guide
}
