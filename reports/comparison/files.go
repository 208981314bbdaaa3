package comparison

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/podsim/podsim/reports"
)

// The files that a comparison is written to.
const (
	JSONFile     = "comparison.json"
	CSVFile      = "comparison.csv"
	ValuesFile   = "values.csv"
	MarkdownFile = "comparison.md"
	TextFile     = "comparison.txt"
	JUnitFile    = "junit.xml"

	// SoFarFile is JSONFile while the experiment is under way, or was interrupted.
	SoFarFile = "comparison.so-far.json"
)

// WriteJSON writes comparison.json.
func WriteJSON(w io.Writer, c *Comparison) error { return reports.WriteJSON(w, c) }

// ReadJSON reads what WriteJSON wrote. It refuses what no comparison can be, so
// that the other functions of this package and of reports/plot may rely on it.
func ReadJSON(text []byte) (*Comparison, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	c := new(Comparison)
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("no comparison: %w", err)
	}
	if len(c.Policies) == 0 {
		return nil, fmt.Errorf("no comparison: it has no policies")
	}
	return c, nil
}

// Label names a point of the grid: nodes=40, zones=3; empty without axes.
func Label(settings []Setting) string {
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = s.Axis + "=" + s.Value
	}
	return strings.Join(parts, ", ")
}

// Delta returns the comparison of a policy to the baseline; nil if there is none.
func (m *Metric) Delta(policy string) *Delta {
	for i := range m.Deltas {
		if m.Deltas[i].Policy == policy {
			return &m.Deltas[i]
		}
	}
	return nil
}

// Outcome returns what a policy came to; nil if nothing was measured.
func (m *Metric) Outcome(policy string) *Outcome {
	for i := range m.Outcomes {
		if o := &m.Outcomes[i]; o.Policy == policy && o.N > 0 {
			return o
		}
	}
	return nil
}

// Scale returns how the values of a metric are written.
func (m *Metric) Scale() reports.Scale {
	var values, differences []float64
	for i := range m.Outcomes {
		if o := &m.Outcomes[i]; o.N > 0 {
			values = append(values, o.Mean)
			differences = append(differences, halfWidth(o.Interval))
		}
	}
	for i := range m.Deltas {
		if d := &m.Deltas[i]; d.N > 0 {
			differences = append(differences, halfWidth(d.Interval))
			if d.Interval == nil {
				differences = append(differences, d.Mean)
			}
		}
	}
	if m.Bound != nil {
		values = append(values, m.Bound.Value)
	}
	return reports.NewScale(m.Unit, values, differences)
}

func halfWidth(i *Interval) float64 {
	if i == nil {
		return 0
	}
	return (i.High - i.Low) / 2
}

// Verdict returns what is known about a policy against the baseline.
func (m *Metric) Verdict(policy string) Verdict {
	if d := m.Delta(policy); d != nil && d.Verdict != "" {
		return d.Verdict
	}
	return NotMeasured
}

// Others returns the policies that are compared to the baseline.
func (c *Comparison) Others() []Policy {
	var out []Policy
	for _, p := range c.Policies {
		if p.Name != c.Baseline {
			out = append(out, p)
		}
	}
	return out
}
