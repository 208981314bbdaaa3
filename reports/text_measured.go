package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// sinceWarmUp says from when on a section counts, if not from the beginning.
func (p *page) sinceWarmUp() string {
	if from := p.summary.Measured.From; from > 0 {
		return ", from " + Clock(from) + " on"
	}
	return ""
}

func (p *page) evictions() {
	e, lost := &p.summary.Measured.Evictions, &p.summary.Measured.Lost
	if e.Total == 0 && lost.WorkPodSeconds == 0 {
		return
	}
	p.section("Evictions  " + plural(e.Total, "pod") + p.sinceWarmUp())
	var parts []string
	for _, c := range e.Causes {
		if c.Count > 0 {
			parts = append(parts, count(c.Count)+" by "+c.Cause)
		}
	}
	if len(parts) > 0 {
		p.flow("  ", ", ", parts, 4)
	}
	if lost.WorkPodSeconds > 0 {
		p.flow("  ", ",", []string{"work lost: " + Duration(Seconds(lost.WorkPodSeconds)) + " of run-to-completion pods",
			CoreTime(lost.WorkCoreSeconds)}, 4)
	}
}

func (p *page) cost() {
	c := p.summary.Measured.Cost
	if c == nil {
		return
	}
	p.section(fmt.Sprintf("Cost  %s, %s of it idle%s", Money(c.Total), RoundedPercent(c.IdleShare), p.sinceWarmUp()))
	p.costs("group", c.Groups)
	if len(c.Namespaces) > 1 {
		p.costs("namespace", c.Namespaces)
	}
	if c.Label != "" {
		p.costs("label "+Visible(c.Label), c.Labels)
	}
}

// costs shows parts of the cost, the dearest first.
func (p *page) costs(noun string, all []CostShare) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b CostShare) int { return cmp.Compare(b.Cost, a.Cost) })
	t := p.table(noun, "cost", "idle", "stranded")
	for _, s := range all[:min(len(all), linesMost)] {
		name := Visible(s.Name)
		if name == "" {
			name = "(none)"
		}
		t.row(name, Money(s.Cost), Money(s.Idle), Money(s.Stranded))
	}
	t.dropZeros()
	t.write()
	p.more(len(all)-linesMost, "row", "summary.json")
}

// Money writes an amount in the user's currency, with commas; a dash for nothing.
func Money(x float64) string {
	digits := 2
	if math.Abs(x) < 1 {
		digits = 4
	}
	if x == 0 {
		return "-"
	}
	text := strconv.FormatFloat(x, 'f', digits, 64)
	whole, rest, _ := strings.Cut(text, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = count(n)
	}
	return whole + "." + rest
}
