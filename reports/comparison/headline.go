package comparison

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

const (
	headlinesMost = 12 // policies that the summary speaks of
	namedMost     = 2  // metrics that a sentence names of each kind
)

// headlines sums up each policy in a sentence.
func (c *Comparison) headlines() [][]document.Piece {
	var out [][]document.Piece
	others := c.Others()
	for _, p := range others[:min(len(others), headlinesMost)] {
		var sentence []document.Piece
		if len(c.Cells) == 1 {
			sentence = c.sentence(&c.Cells[0], p.Name)
		} else {
			sentence = c.gridSentence(p.Name)
		}
		if sentence != nil {
			out = append(out, sentence)
		}
	}
	if n := len(others) - headlinesMost; n > 0 {
		out = append(out, []document.Piece{document.Prose(fmt.Sprintf("and %s more: see the tables", reports.PluralOf(n, "policy", "policies")))})
	}
	return out
}

// findings are the metrics of a cell by what they say of one policy.
type findings struct {
	better, worse, different [][]document.Piece
	inconclusive, same       int
	missing                  int
	all                      int
}

// sentence sums up one policy in one cell.
func (c *Comparison) sentence(cell *Cell, policy string) []document.Piece {
	var f findings
	for _, m := range largestFirst(cell.Metrics, policy) {
		f.all++
		finding := append([]document.Piece{document.Named(m.Name)}, c.change(m, policy)...)
		switch m.Verdict(policy) {
		case Better:
			f.better = append(f.better, finding)
		case Worse:
			f.worse = append(f.worse, finding)
		case Higher, Lower:
			f.different = append(f.different, finding)
		case Inconclusive:
			f.inconclusive++
		case Same:
			f.same++
		default:
			f.missing++
		}
	}
	return f.sentence(c, policy)
}

// largestFirst orders metrics by the relative change of a policy: a reader wants to
// know of the large ones.
func largestFirst(metrics []Metric, policy string) []*Metric {
	out := make([]*Metric, len(metrics))
	for i := range metrics {
		out[i] = &metrics[i]
	}
	size := func(m *Metric) float64 {
		if d := m.Delta(policy); d != nil && d.Relative != nil {
			return math.Abs(*d.Relative)
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b *Metric) int { return cmp.Compare(size(b), size(a)) })
	return out
}

func (f *findings) sentence(c *Comparison, policy string) []document.Piece {
	subject := []document.Piece{document.Subject(policy)}
	if f.all == 0 || f.missing == f.all {
		return append(subject, document.Prose(" cannot be compared: nothing was measured"))
	}
	if f.same+f.missing == f.all {
		return append(subject, document.Prose(" is the same as "), document.Named(c.Baseline), document.Prose(" in every metric of every seed"))
	}
	var clauses [][]document.Piece
	clause := func(words string, t document.Tone, metrics [][]document.Piece) {
		if len(metrics) > 0 {
			clauses = append(clauses, append([]document.Piece{document.Toned(words, t), document.Prose(" in ")}, few(metrics)...))
		}
	}
	clause("better", document.Good, f.better)
	clause("worse", document.Bad, f.worse)
	clause("different", document.Plain, f.different)
	if clauses == nil {
		subject = append(subject, document.Prose(" cannot be told from "), document.Named(c.Baseline))
	} else {
		subject = append(subject, document.Prose(" against "), document.Named(c.Baseline), document.Prose(": "))
		subject = append(subject, document.Joined(clauses, "; ", "; ")...)
	}
	return append(subject, document.Prose(f.rest()))
}

// rest tells of the metrics that decide nothing.
func (f *findings) rest() string {
	text := ""
	for _, part := range []struct {
		n    int
		what string
	}{{f.inconclusive, "inconclusive"}, {f.same, "equal in every seed"}, {f.missing, "not measured"}} {
		if part.n > 0 {
			text += "; " + reports.Plural(part.n, "metric") + " " + part.what
		}
	}
	return text
}

// few names the first metrics of a list.
func few(metrics [][]document.Piece) []document.Piece {
	more := len(metrics) - namedMost
	if more <= 1 {
		return document.Enumerated(metrics)
	}
	return append(document.Listed(metrics[:namedMost]), document.Prose(fmt.Sprintf(" and %d more", more)))
}

// change tells by how much a policy differs: (12% lower, 95%: 10 to 14%).
func (c *Comparison) change(m *Metric, policy string) []document.Piece {
	d := m.Delta(policy)
	if d == nil || d.N == 0 {
		return nil
	}
	scale, size := c.sizes(m, d)
	word := "higher"
	if d.Mean < 0 {
		word = "lower"
	}
	text := " (" + unsigned(scale.Signed(math.Abs(d.Mean)/size)) + " " + word
	if i := d.Interval; i != nil {
		low, high := i.Low/size, i.High/size
		if d.Mean < 0 {
			low, high = -high, -low
		}
		text += ", " + reports.Percent(c.Confidence) + ": " + scale.DifferenceBetween(low, high)
	}
	return []document.Piece{document.Prose(text + ")")}
}

// sizes returns how differences to the baseline are written in a sentence: over
// its mean, as a percentage, or in the metric's unit where that says more: nothing
// gets lower by more than 100%.
func (c *Comparison) sizes(m *Metric, d *Delta) (scale reports.Scale, size float64) {
	base := m.Outcome(c.Baseline)
	if base == nil || base.Mean == 0 || m.Unit == reports.UnitShare {
		return m.Scale(), 1
	}
	size = math.Abs(base.Mean)
	if d.Interval != nil && d.Interval.Low < -size {
		return m.Scale(), 1
	}
	return reports.PercentScale(halfWidth(d.Interval) / size), size
}

func unsigned(text string) string { return strings.TrimPrefix(text, "+") }

// gridSentence sums up one policy over all cells: what it betters and worsens in
// how many of them.
func (c *Comparison) gridSentence(policy string) []document.Piece {
	var names []string
	counts := make(map[string]map[Verdict]int)
	for i := range c.Cells {
		for j := range c.Cells[i].Metrics {
			m := &c.Cells[i].Metrics[j]
			if counts[m.Name] == nil {
				counts[m.Name] = make(map[Verdict]int)
				names = append(names, m.Name)
			}
			counts[m.Name][m.Verdict(policy)]++
		}
	}
	var f findings
	for _, name := range names {
		n := counts[name]
		f.all++
		decided := false
		for _, kind := range []struct {
			n    int
			list *[][]document.Piece
		}{{n[Better], &f.better}, {n[Worse], &f.worse}, {n[Higher] + n[Lower], &f.different}} {
			if kind.n > 0 {
				*kind.list = append(*kind.list, []document.Piece{document.Named(name), document.Prose(fmt.Sprintf(" (%d of %d points)", kind.n, len(c.Cells)))})
				decided = true
			}
		}
		switch {
		case decided:
		case n[Inconclusive] > 0:
			f.inconclusive++
		case n[Same] > 0:
			f.same++
		default:
			f.missing++
		}
	}
	return f.sentence(c, policy)
}
