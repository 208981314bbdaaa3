package madeup

import (
	"pgregory.net/rapid"

	"github.com/podsim/podsim/reports/comparison"
)

// Asserted adds assertions, of which some fail.
func Asserted(c *comparison.Comparison) *comparison.Comparison {
	c.Assertions = []comparison.Assertion{
		{Text: "cost(binpack) < 0.9 * cost(default)", Passed: true, Got: "1,155 and 1,181, difference -26 (95%: -31 to -22)"},
		{Text: "pending.p99(binpack) < pending.p99(default)", Got: "131s and 85s, difference +46s (95%: +41s to +51s)",
			Message: "the difference is above 0 with 95% confidence"},
	}
	c.Cells[0].Failures = []comparison.Failure{{Policy: "binpack", Assertion: "pending.p99 < 2m", Seeds: []uint64{2, 5, 6, 7, 21}}}
	return c
}

// Grid repeats the only cell for several values of an axis.
func Grid(c *comparison.Comparison) *comparison.Comparison {
	one := c.Cells[0]
	c.Cells = nil
	for _, nodes := range []string{"40", "60", "80"} {
		cell := one
		cell.Settings = []comparison.Setting{{Axis: "nodes", Value: nodes}}
		c.Cells = append(c.Cells, cell)
	}
	c.Runs *= 3
	return c
}

// Rename gives a policy another name wherever it stands.
func Rename(c *comparison.Comparison, old, name string) {
	change := func(s *string) {
		if *s == old {
			*s = name
		}
	}
	change(&c.Baseline)
	for i := range c.Policies {
		change(&c.Policies[i].Name)
	}
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			m := &c.Cells[i].Metrics[j]
			for k := range m.Outcomes {
				change(&m.Outcomes[k].Policy)
			}
			for k := range m.Deltas {
				change(&m.Deltas[k].Policy)
			}
		}
		for j := range c.Cells[i].Failures {
			change(&c.Cells[i].Failures[j].Policy)
		}
	}
}

// Batter breaks a comparison in ways that its file allows.
func Batter(t *rapid.T, c *comparison.Comparison) {
	odd := rapid.SampledFrom([]float64{0, -1, 0.5, 1e308, -1e308, 5e-324, 1e15 + 0.5, -3e200})
	often := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) == 0 }
	if often("another baseline") {
		c.Baseline = rapid.SampledFrom([]string{"", "nobody", "binpack"}).Draw(t, "baseline")
	}
	if often("more seeds") {
		c.Seeds = append(c.Seeds, 99, 7)
	}
	if often("no cells") {
		c.Cells = nil
	}
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			m := &c.Cells[i].Metrics[j]
			if often("no outcomes") {
				m.Outcomes = m.Outcomes[:len(m.Outcomes)/2]
			}
			if often("no deltas") {
				m.Deltas = m.Deltas[:len(m.Deltas)/2]
			}
			for k := range m.Outcomes {
				o := &m.Outcomes[k]
				if often("odd outcome") {
					o.N, o.Mean = rapid.IntRange(-1, 3).Draw(t, "n"), odd.Draw(t, "mean")
					o.Values = append(o.Values[:len(o.Values)/2], nil)
				}
			}
			for k := range m.Deltas {
				d := &m.Deltas[k]
				if often("odd delta") {
					relative := odd.Draw(t, "relative")
					d.N, d.Mean, d.Relative = rapid.IntRange(0, 3).Draw(t, "pairs"), odd.Draw(t, "difference"), &relative
					d.Interval = &comparison.Interval{Low: odd.Draw(t, "low"), High: odd.Draw(t, "high")}
					d.Verdict = rapid.SampledFrom([]comparison.Verdict{"", "odd", comparison.Same, comparison.Worse}).Draw(t, "verdict")
				}
				if often("no interval") {
					d.Interval = nil
				}
			}
		}
	}
}
