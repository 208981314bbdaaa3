// Package madeup makes comparisons for the tests of those who write and draw them:
// no experiment has shown what they say.
package madeup

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// Noise is a small source of numbers that are the same on every machine.
type Noise uint64

// Next returns a number around 0 with a standard deviation of about 1.
func (n *Noise) Next() float64 {
	sum := 0.0
	for range 12 {
		*n = *n*6364136223846793005 + 1442695040888963407
		sum += float64(*n>>33) / (1 << 31)
	}
	return sum - 6
}

// world is how a made-up metric behaves: its mean by policy, how much seeds differ
// and how much a policy differs within a seed.
type world struct {
	name, unit    string
	better        reports.Direction
	means         []float64
	seeds, within float64
	whole         bool
}

var day = []world{
	{"pending.mean", "s", -1, []float64{12.4, 15.9, 11.8, 12.6}, 3, 0.8, false},
	{"pending.p99", "s", -1, []float64{85, 131, 79, 86}, 18, 9, false},
	{`pending.p99{class="gold"}`, "s", -1, []float64{0.42, 0.45, 0.42, 0.31}, 0.05, 0.03, false},
	{"makespan", "s", -1, []float64{15100, 15900, 15080, 15120}, 900, 70, false},
	{"utilisation(cpu)", "share", 1, []float64{0.612, 0.701, 0.611, 0.613}, 0.03, 0.008, false},
	{"balance(cpu)", "share", 0, []float64{0.08, 0.31, 0.05, 0.09}, 0.01, 0.01, false},
	{"evictions", "", -1, []float64{41, 38, 41.5, 44}, 8, 3, true},
	{`evictions{cause="preemption"}`, "", -1, []float64{0, 0, 0, 0}, 0, 0, true},
	{"node.hours", "node-h", -1, []float64{288, 253.4, 288, 287}, 4, 1.5, false},
	{"cost", "", -1, []float64{1312.4, 1154.9, 1312.4, 1307}, 20, 8, false},
	{"restarts", "", -1, []float64{7, 7, 7, 7}, 0, 0, true},
	{"replacement.max", "s", -1, nil, 0, 0, false},
}

// New returns a comparison of the first policies over made-up metrics.
func New(policies, seeds int) *comparison.Comparison {
	c := &comparison.Comparison{
		Name: "bin-packing", Scenario: "zone-outage", Version: "0.5.0", Baseline: "default", Confidence: 0.95,
		Description: "Does packing nodes tightly save money, and what does it cost the pods that wait?",
		Digest:      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Runs: policies * seeds,
		Methods: []string{
			"Differences are paired: both policies ran on the same seed, so on the same arrivals, lifetimes and faults.",
			"Intervals of means are Student's t intervals; for skewed differences the wider one of t and BCa bootstrap counts.",
			"Verdicts hold with 95% confidence over all metrics of a table together (Holm).",
		},
		Notes: []string{"PodDisruptionBudgets were not simulated."},
	}
	all := []comparison.Policy{
		{Name: "default", Description: "the default scheduler of Kubernetes", Digest: "1a"}, {Name: "binpack", Description: "MostAllocated: fills the fullest node first", Digest: "2b"},
		{Name: "spread", Description: "spreads the pods of a workload over zones", Digest: "3c"}, {Name: "gold-first", Description: "", Digest: "4d"},
	}
	for len(all) < policies {
		all = append(all, comparison.Policy{Name: fmt.Sprintf("variant-%d", len(all)), Digest: "5e"})
	}
	c.Policies = all[:policies]
	cell := comparison.Cell{}
	for s := range seeds {
		c.Seeds = append(c.Seeds, uint64(s+1))
		input := comparison.Input{Seed: uint64(s + 1), Equal: true}
		for range policies {
			input.Digests = append(input.Digests, fmt.Sprintf("%02x3f9a0c55ad015a3bf4", s))
		}
		cell.Inputs = append(cell.Inputs, input)
	}
	for i, w := range day {
		cell.Metrics = append(cell.Metrics, w.metric(c, Noise(i+1)))
	}
	c.Cells = []comparison.Cell{cell}
	return c
}

func (w *world) metric(c *comparison.Comparison, n Noise) comparison.Metric {
	m := comparison.Metric{Name: w.name, Unit: w.unit, Better: w.better}
	base := make([]float64, len(c.Seeds))
	for s := range base {
		base[s] = float64(w.seeds * n.Next())
	}
	for i, p := range c.Policies {
		o := comparison.Outcome{Policy: p.Name, Values: make([]*float64, len(c.Seeds))}
		if w.means == nil {
			m.Outcomes = append(m.Outcomes, o)
			continue
		}
		var values []float64
		for s := range base {
			v := w.means[i%len(w.means)] + base[s] + float64(w.within*n.Next())
			if w.whole {
				v = math.Round(v)
			}
			values = append(values, v)
			o.Values[s] = &v
		}
		o.N = len(values)
		o.Mean, o.SD, o.Interval = describe(values)
		slices.Sort(values)
		o.Min, o.Median, o.Max = values[0], values[len(values)/2], values[len(values)-1]
		if third := len(values) / 3; third > 1 {
			o.MedianInterval = &comparison.Interval{Low: values[third-1], High: values[len(values)-third]}
		}
		m.Outcomes = append(m.Outcomes, o)
	}
	for _, o := range m.Outcomes[1:] {
		m.Deltas = append(m.Deltas, w.delta(c, &m.Outcomes[0], &o))
	}
	if w.name == "cost" {
		m.Bound = &comparison.Bound{Value: 1104.25, How: "a relaxation of packing into nodes (LP)"}
		for _, o := range m.Outcomes {
			m.Bound.Gaps = append(m.Bound.Gaps, o.Mean/m.Bound.Value-1)
		}
	}
	return m
}

func describe(values []float64) (mean, sd float64, interval *comparison.Interval) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	if n < 2 {
		return mean, 0, nil
	}
	for _, v := range values {
		sd += float64((v-mean)*(v-mean)) / (n - 1)
	}
	sd = math.Sqrt(sd)
	half := float64(2.05*sd) / math.Sqrt(n)
	return mean, sd, &comparison.Interval{Low: mean - half, High: mean + half}
}

func (w *world) delta(c *comparison.Comparison, base, o *comparison.Outcome) comparison.Delta {
	d := comparison.Delta{Policy: o.Policy, N: o.N, Verdict: comparison.NotMeasured}
	if o.N == 0 {
		return d
	}
	var values []float64
	worst := make([]uint64, 0, len(c.Seeds))
	for s := range c.Seeds {
		v := *o.Values[s] - *base.Values[s]
		values = append(values, v)
		switch loss := -v * float64(w.better); {
		case loss > 0:
			d.Losses++
			worst = append(worst, c.Seeds[s])
		case loss < 0:
			d.Wins++
		}
	}
	slices.SortFunc(worst, func(a, b uint64) int {
		return int(math.Copysign(1, (values[a-1]-values[b-1])*float64(w.better)))
	})
	d.WorstSeeds = worst[:min(5, len(worst))]
	var sd float64
	d.Mean, sd, d.Interval = describe(values)
	d.T = d.Interval
	if base.Mean != 0 {
		relative := d.Mean / base.Mean
		d.Relative = &relative
	}
	switch {
	case slices.Max(values) == 0 && slices.Min(values) == 0:
		d.Verdict = comparison.Same
		return d
	case d.Interval == nil:
		d.Verdict = comparison.Inconclusive
		return d
	}
	d.Verdict = verdictFor(d.Interval, w.better)
	if sd == 0 {
		return d
	}
	ratio := sd / math.Hypot(base.SD, o.SD)
	effect, p := d.Mean/sd, math.Exp(-float64(math.Abs(d.Mean/sd)*5))
	d.WidthRatio, d.Effect, d.P, d.Adjusted = &ratio, &effect, &p, &p
	return d
}

func verdictFor(i *comparison.Interval, better reports.Direction) comparison.Verdict {
	switch {
	case i.Low <= 0 && i.High >= 0:
		return comparison.Inconclusive
	case better == 0 && i.Low > 0:
		return comparison.Higher
	case better == 0:
		return comparison.Lower
	case (i.Low > 0) == (better > 0):
		return comparison.Better
	}
	return comparison.Worse
}
