package plot

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
)

// chart is a figure over the metrics of a comparison.
type chart struct {
	figure
	options Options
	metrics []*comparison.Metric
	letters int // of a name beside a row
	ticks   int // on an axis of values
}

// newChart lays out a figure of a cell with a panel for each metric by these names;
// without any, of the first that tell policies apart.
func newChart(c *comparison.Comparison, cell int, what string, names []string, o Options) (*chart, error) {
	metrics, err := choose(c, cell, names)
	if err != nil {
		return nil, err
	}
	name := c.Name
	if name == "" {
		name = c.Scenario
	}
	f := &chart{options: o, metrics: metrics}
	f.title = reports.Visible(name) + ": " + what
	f.subtitle = "scenario " + reports.Visible(c.Scenario) + ", " + reports.Plural(len(c.Seeds), "seed")
	if len(c.Policies) > 1 {
		f.subtitle += ", baseline " + label(c.Baseline, 40)
	}
	if settings := comparison.Label(c.Cells[cell].Settings); settings != "" {
		f.subtitle += ", " + reports.Visible(settings)
	}
	if c.Partial {
		f.subtitle += ", unfinished"
	}
	f.columns = 1
	if len(metrics) > 1 && o.width() >= 900 {
		f.columns = 2
	}
	each := o.width() / f.columns
	f.letters = min(max(each/24, 8), 32)
	f.ticks = min(max(each/85, 2), 8)
	return f, nil
}

// write draws the panels, each with a row for every policy.
func (f *chart) write(w io.Writer, policies []string, draw func(m *comparison.Metric, rows []string) *gonum.Plot) error {
	rows := make([]string, len(policies))
	for i, name := range policies {
		rows[i] = label(name, f.letters)
	}
	for _, m := range f.metrics {
		f.panels = append(f.panels, draw(m, rows))
	}
	f.panelHeight, f.panelLeast = panelHeights(len(rows))
	return f.figure.write(w, f.options)
}

// panelHeights returns the usual and the least height of a panel of rows.
func panelHeights(rows int) (usual, least vg.Length) {
	const around = 62 // title and axis
	return around + vg.Length(rows)*max(16, 30-vg.Length(rows)), around + 8*vg.Length(rows)
}

// panelsUsual is how many metrics are drawn if none are named.
const panelsUsual = 6

// choose returns the metrics of a cell by name.
func choose(c *comparison.Comparison, cell int, names []string) ([]*comparison.Metric, error) {
	if cell < 0 || cell >= len(c.Cells) {
		return nil, fmt.Errorf("the comparison has no results")
	}
	if len(names) == 0 {
		names = Metrics(c, cell)
		names = names[:min(len(names), panelsUsual)]
	}
	var out []*comparison.Metric
	for _, name := range names {
		at := slices.IndexFunc(c.Cells[cell].Metrics, func(m comparison.Metric) bool { return m.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("unknown metric %q", name)
		}
		out = append(out, &c.Cells[cell].Metrics[at])
	}
	if out == nil {
		return nil, errors.New("the comparison has no metrics")
	}
	return out, nil
}

// Metrics returns the names of the metrics of a cell that are worth drawing: those
// in which policies differ in any seed or, of a single policy, seeds differ. It
// returns all if there are none.
func Metrics(c *comparison.Comparison, cell int) []string {
	var all, telling []string
	for i := range c.Cells[cell].Metrics {
		m := &c.Cells[cell].Metrics[i]
		all = append(all, m.Name)
		var values [][]*float64
		for _, p := range c.Policies {
			values = append(values, m.Values(p.Name))
		}
		if len(values) == 1 {
			values = split(values[0])
		}
		if differ(values) {
			telling = append(telling, m.Name)
		}
	}
	if telling == nil {
		return all
	}
	return telling
}

// split makes each value a list of its own.
func split(values []*float64) [][]*float64 {
	out := make([][]*float64, len(values))
	for i := range values {
		out[i] = values[i : i+1]
	}
	return out
}

// differ reports whether lists differ at any place where two have a value.
func differ(lists [][]*float64) bool {
	first := make(map[int]float64)
	for _, list := range lists {
		for at := range list {
			for _, v := range finite(list[at : at+1]) {
				if known, ok := first[at]; !ok {
					first[at] = v
				} else if v != known {
					return true
				}
			}
		}
	}
	return false
}

// drawable bounds the values that can be drawn: differences of larger ones may be
// infinite.
const drawable = 1e150

// finite returns the values that can be drawn.
func finite(values []*float64) []float64 {
	var out []float64
	for _, v := range values {
		if v != nil && math.Abs(*v) < drawable {
			out = append(out, *v)
		}
	}
	return out
}

// axisLabel says what an axis of values shows.
func axisLabel(unit string, better reports.Direction) string {
	switch {
	case better < 0:
		return joined(unitName(unit), "lower is better")
	case better > 0:
		return joined(unitName(unit), "higher is better")
	}
	return unitName(unit)
}

var unitNames = map[string]string{"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days", "pp": "percentage points"}

func unitName(unit string) string {
	if name, ok := unitNames[unit]; ok || unit == "" {
		return name
	}
	return label(unit, 24)
}

// joined puts a comma between two texts that are not empty.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}
