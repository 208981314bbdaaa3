package page

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// ComparisonVerdict says how assertions went or, without any, who is better than the
// baseline. The tone is pass, fail or plain.
func ComparisonVerdict(c *comparison.Comparison) (text, tone string) {
	failed, runs := 0, 0
	for _, a := range c.Assertions {
		if !a.Passed {
			failed++
		}
	}
	for i := range c.Cells {
		runs += len(c.Cells[i].Failures)
	}
	var sentences []string
	switch {
	case failed > 0:
		sentences = append(sentences, fmt.Sprintf("%d of %s failed.", failed, reports.Plural(len(c.Assertions), "assertion")))
	case len(c.Assertions) > 0:
		sentences = append(sentences, fmt.Sprintf("All of %s passed.", reports.Plural(len(c.Assertions), "assertion")))
	}
	if runs > 0 {
		sentences = append(sentences, "Assertions of the scenario failed in some runs.")
	}
	switch {
	case failed+runs > 0:
		return strings.Join(sentences, " "), "fail"
	case len(c.Assertions) > 0:
		return strings.Join(sentences, " "), "pass"
	}
	return reports.Visible(standings(c)), "plain"
}

// score counts the metrics in which a policy is better or worse than the baseline, at
// any point of the grid.
func score(c *comparison.Comparison, policy string) (better, worse int) {
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			switch c.Cells[i].Metrics[j].Verdict(policy) {
			case comparison.Better:
				better++
			case comparison.Worse:
				worse++
			}
		}
	}
	return better, worse
}

// standings says of all policies how they compare to the baseline.
func standings(c *comparison.Comparison) string {
	var better, worse, mixed, unclear []string
	others := c.Others()
	for _, p := range others {
		switch up, down := score(c, p.Name); {
		case up > 0 && down > 0:
			mixed = append(mixed, p.Name)
		case up > 0:
			better = append(better, p.Name)
		case down > 0:
			worse = append(worse, p.Name)
		default:
			unclear = append(unclear, p.Name)
		}
	}
	if len(others) == 0 {
		return "One policy: there is nothing to compare it to."
	}
	var sentences []string
	say := func(names []string, one, many string) {
		if len(names) > 0 {
			verb := many
			if len(names) == 1 {
				verb = one
			}
			sentences = append(sentences, several(names)+" "+verb)
		}
	}
	base, seeds := c.Baseline, reports.Plural(len(c.Seeds), "seed")
	say(better, "is better than "+base+" and worse in nothing.", "are better than "+base+" and worse in nothing.")
	say(mixed, "is better than "+base+" in some metrics and worse in others.", "are better than "+base+" in some metrics and worse in others.")
	say(worse, "is worse than "+base+" and better in nothing.", "are worse than "+base+" and better in nothing.")
	say(unclear, "cannot be told from "+base+" on "+seeds+".", "cannot be told from "+base+" on "+seeds+".")
	return strings.Join(sentences, " ")
}

// several names a few.
func several(names []string) string {
	const most = 3
	if more := len(names) - most; more > 1 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}
