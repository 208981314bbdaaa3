package timelines

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Options say what is printed.
type Options struct {
	ByField bool // a row for each field, not only for each kind
	All     bool // all differences, not only the first
}

// Print writes comparisons as text, each with a table, and sums them up.
func Print(w io.Writer, all []*Comparison, o Options) error {
	p := &printer{w: w}
	total := Tally{Of: "total"}
	for _, c := range all {
		p.comparison(c, o)
		t := c.Total()
		total.plus(&t)
	}
	if len(all) > 1 {
		var rows []Tally
		for _, c := range all {
			rows = append(rows, c.Total())
		}
		p.table("recording", append(rows, total))
		p.lacks("not modelled", lacksOf(all))
	}
	return p.err
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *printer) comparison(c *Comparison, o Options) {
	p.printf("%s: %s (seed %d)\n\n", c.Recording, c.About, c.Seed)
	total := c.Total()
	total.Of = "total"
	p.table("facts about", append(c.Tallies(o.ByField), total))
	p.list("not possible yet", c.Impossible)
	p.lacks("not modelled", c.Lacks())
	p.lacks("ignored", c.LeftOut())
	p.list("not compared", c.Uncompared)
	if d, ok := c.First(); ok {
		p.first(d)
	}
	if o.All {
		p.printf("all differences:\n")
		for _, d := range c.Differences() {
			p.printf("  %7.1f  expected %s\n           got      %s\n", d.At, d.Expected, d.Got)
		}
		p.printf("\n")
	}
}

func (p *printer) lacks(what string, lacks []Lack) {
	var items []string
	for _, l := range lacks {
		items = append(items, fmt.Sprintf("%s %d", l.Of, l.Facts))
	}
	p.list(what, items)
}

func (p *printer) list(what string, items []string) {
	if len(items) > 0 {
		p.printf("%s: %s\n\n", what, strings.Join(items, "; "))
	}
}

func (p *printer) first(d Difference) {
	p.printf("first difference, at %.1f s\n  expected %s\n  got      %s\n", d.At, d.Expected, d.Got)
	for _, side := range []struct {
		name  string
		facts []string
	}{{"recorded", d.Recorded}, {"run", d.Ran}} {
		if len(side.facts) > 0 {
			p.printf("  %s around it:\n    %s\n", side.name, strings.Join(side.facts, "\n    "))
		}
	}
	p.printf("\n")
}

func (p *printer) table(of string, rows []Tally) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "%s\texpected\tmatched\twithin bounds\tother time\tother value\tmissing\tnot modelled\tunexpected\tignored\tmet\n", of)
	for _, r := range rows {
		share := "-"
		if r.Expected > 0 {
			share = fmt.Sprintf("%.1f%%", 100*float64(r.Met())/float64(r.Expected))
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", r.Of, r.Expected, r.Matched, r.Bounded, r.Misdated,
			r.Differing, r.Missing, r.NotModelled, r.Unexpected, r.Ignored, share)
	}
	p.err = t.Flush()
	p.printf("\n")
}

// report is a comparison as JSON has it.
type report struct {
	*Comparison
	Tallies     []Tally      `json:"tallies"`
	Total       Tally        `json:"total"`
	Lacks       []Lack       `json:"lacks,omitempty"`
	Ignored     []Lack       `json:"ignored,omitempty"`
	First       *Difference  `json:"first,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// PrintJSON writes comparisons as a list.
func PrintJSON(w io.Writer, all []*Comparison) error {
	reports := []report{}
	for _, c := range all {
		r := report{Comparison: c, Tallies: c.Tallies(true), Total: c.Total(), Lacks: c.Lacks(), Ignored: c.LeftOut(), Differences: c.Differences()}
		if d, ok := c.First(); ok {
			r.First = &d
		}
		reports = append(reports, r)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(reports)
}
