package plot

import (
	"fmt"
	"math"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// noise is a small source of numbers around 0 that are the same on every machine.
type noise uint64

func (n *noise) next() float64 {
	sum := 0.0
	for range 12 {
		*n = *n*6364136223846793005 + 1442695040888963407
		sum += float64(*n>>33) / (1 << 31)
	}
	return sum - 6
}

// metrics are made-up ones: a mean by policy, how seeds differ, and how policies
// differ within a seed.
var metrics = []struct {
	name, unit    string
	better        reports.Direction
	means         []float64
	seeds, within float64
}{
	{"pending.mean", "s", -1, []float64{12.4, 15.9, 11.8, 12.6}, 3, 0.8},
	{"pending.p99", "s", -1, []float64{85, 131, 79, 86}, 18, 9},
	{"utilisation(cpu)", "share", 1, []float64{0.612, 0.701, 0.611, 0.613}, 0.03, 0.008},
	{"balance(cpu)", "share", 0, []float64{0.08, 0.31, 0.05, 0.09}, 0.01, 0.01},
	{"node.hours", "node-h", -1, []float64{288, 253.4, 288, 287}, 4, 1.5},
	{"cost", "", -1, []float64{131240, 115490, 131240, 130700}, 2000, 800},
	{"restarts", "", -1, []float64{7}, 0, 0},
	{"replacement.max", "s", -1, nil, 0, 0},
}

func made(policies, seeds int) *comparison.Comparison {
	c := &comparison.Comparison{Name: "bin-packing", Scenario: "zone-outage", Baseline: "default", Confidence: 0.95}
	for i := range policies {
		name := fmt.Sprintf("variant-%d", i)
		if i < 4 {
			name = []string{"default", "binpack", "spread", "gold-first"}[i]
		}
		c.Policies = append(c.Policies, comparison.Policy{Name: name})
	}
	for s := range seeds {
		c.Seeds = append(c.Seeds, uint64(s+1))
	}
	var cell comparison.Cell
	for i, w := range metrics {
		m := comparison.Metric{Name: w.name, Unit: w.unit, Better: w.better}
		n := noise(i + 1)
		base := make([]float64, seeds)
		for s := range base {
			base[s] = float64(w.seeds * n.next())
		}
		for j, p := range c.Policies {
			o := comparison.Outcome{Policy: p.Name, Values: make([]*float64, seeds)}
			for s := 0; s < seeds && w.means != nil; s++ {
				v := w.means[j%len(w.means)] + base[s] + float64(w.within*n.next())
				o.Values[s], o.N = &v, o.N+1
				o.Mean += v / float64(seeds)
			}
			m.Outcomes = append(m.Outcomes, o)
			if j > 0 {
				m.Deltas = append(m.Deltas, between(&m, p.Name, w.better))
			}
		}
		cell.Metrics = append(cell.Metrics, m)
	}
	c.Cells = []comparison.Cell{cell}
	return c
}

// between compares a policy to the first one.
func between(m *comparison.Metric, policy string, better reports.Direction) comparison.Delta {
	d := comparison.Delta{Policy: policy, Verdict: comparison.NotMeasured}
	base, o := &m.Outcomes[0], &m.Outcomes[len(m.Outcomes)-1]
	if o.N == 0 {
		return d
	}
	d.N, d.Mean = o.N, o.Mean-base.Mean
	sd := 0.0
	for s := range o.Values {
		x := *o.Values[s] - *base.Values[s] - d.Mean
		sd += float64(x*x) / float64(o.N)
	}
	half := 2.1 * math.Sqrt(sd/float64(o.N))
	relative := d.Mean / base.Mean
	d.Relative = &relative
	if o.N > 1 {
		d.Interval = &comparison.Interval{Low: d.Mean - half, High: d.Mean + half}
	}
	switch side := d.Mean * float64(better); {
	case half == 0 && d.Mean == 0:
		d.Verdict = comparison.Same
	case math.Abs(d.Mean) < half || o.N == 1:
		d.Verdict = comparison.Inconclusive
	case better == 0:
		d.Verdict = comparison.Higher
	case side > 0:
		d.Verdict = comparison.Better
	default:
		d.Verdict = comparison.Worse
	}
	return d
}

// day returns a run of a day in which policies differ.
func day(name string, policy int) Run {
	const samples = 288
	until := reports.Seconds(9 * 3600)
	s := &reports.Summary{Scenario: "zone-outage", Seed: 7, End: 86400, Disruptions: []reports.Disruption{
		{At: 8 * 3600, Until: &until, Nodes: 4}, {At: 61200, Until: nil, Nodes: 1}}}
	cpu := reports.ResourceSeries{Resource: "cpu"}
	memory := reports.ResourceSeries{Resource: "memory"}
	gpu := reports.ResourceSeries{Resource: "nvidia.com/gpu"}
	n := noise(policy + 1)
	for i := range samples {
		hour := float64(i) / 12
		load := 0.55 + 0.25*math.Sin((hour-8)/24*2*math.Pi) + 0.02*n.next() + 0.05*float64(policy)
		down := int64(0)
		if hour >= 8 && hour < 9 {
			down, load = 4, math.Min(0.98, load*1.4)
		} else if hour >= 17 {
			down = 1
		}
		s.Series.Time = append(s.Series.Time, reports.Seconds(i*300))
		cpu.Utilisation, cpu.Allocatable = append(cpu.Utilisation, min(load, 1)), append(cpu.Allocatable, 1000)
		memory.Utilisation, memory.Allocatable = append(memory.Utilisation, min(load*0.6, 1)), append(memory.Allocatable, 1000)
		gpu.Utilisation, gpu.Allocatable = append(gpu.Utilisation, 0), append(gpu.Allocatable, 0)
		s.Series.Pending = append(s.Series.Pending, int64(max(0, (load-0.8)*200+3*n.next())))
		s.Series.NodesDown = append(s.Series.NodesDown, down)
	}
	s.Series.Resources = []reports.ResourceSeries{cpu, memory, gpu}
	return Run{name, s}
}

// renamed gives a policy another name wherever it stands.
func renamed(c *comparison.Comparison, old, name string) {
	change := func(s *string) {
		if *s == old {
			*s = name
		}
	}
	change(&c.Baseline)
	for i := range c.Policies {
		change(&c.Policies[i].Name)
	}
	for i := range c.Cells[0].Metrics {
		m := &c.Cells[0].Metrics[i]
		for j := range m.Outcomes {
			change(&m.Outcomes[j].Policy)
		}
		for j := range m.Deltas {
			change(&m.Deltas[j].Policy)
		}
	}
}
