package experiment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/reports"
)

// allMetrics, as a metric to compare, stands for every measure.
const allMetrics = "*"

// defaultMetrics are what is compared if nobody says what: how long pods waited,
// what got done, how well the nodes were used, what was lost and what it cost.
// Of measures with an argument all are taken. What is 0 in every run is left out.
var defaultMetrics = []string{
	"pending.mean", "pending.p50", "pending.p95", "pending.p99", "pending.max", "ready.p95",
	"pods.pending", "pods.never_bound",
	"makespan", "throughput.succeeded",
	"utilisation.mean", "stranded", "fragmentation",
	"evictions", "preemptions", "restarts",
	"replica_seconds_lost", "work_lost",
	"node_hours", "cost",
}

// metricInfo is a measure that some run has.
type metricInfo struct {
	name, unit string
	better     reports.Direction
	telling    bool // neither missing nor 0 everywhere
}

// chosen returns the metrics to compare, in the order in which results list them,
// and those that were asked for and that no run has.
func (t *runTable) chosen() (metrics []metricInfo, missing []string) {
	all := t.measured()
	wanted := t.experiment.Metrics
	if len(wanted) == 0 {
		return slices.DeleteFunc(all, func(m metricInfo) bool { return !t.isDefault(m) }), nil
	}
	if slices.Contains(wanted, allMetrics) {
		return all, nil
	}
	take := make([]bool, len(all))
	for _, name := range wanted {
		if !mark(take, all, name) {
			missing = append(missing, name)
		}
	}
	for i, m := range all {
		if take[i] {
			metrics = append(metrics, m)
		}
	}
	return metrics, missing
}

// mark takes the metric of that name, or all of its arguments.
func mark(take []bool, all []metricInfo, name string) bool {
	name = strings.ReplaceAll(strings.TrimSpace(name), " ", "")
	if i := slices.IndexFunc(all, func(m metricInfo) bool { return m.name == name }); i >= 0 {
		take[i] = true
		return true
	}
	found := false
	for i, m := range all {
		if strings.HasPrefix(m.name, name+"(") {
			take[i], found = true, true
		}
	}
	return found
}

func (t *runTable) isDefault(m metricInfo) bool {
	e := t.experiment
	for _, c := range e.Custom {
		if c.Name == m.name {
			return true
		}
	}
	if e.Until != nil && e.Until.Metric == m.name {
		return true
	}
	base, _, _ := strings.Cut(m.name, "(")
	return m.telling && slices.Contains(defaultMetrics, base)
}

// measured lists the measures of all runs: those of the first run in its order,
// then what only later ones have, each behind what stands before it there.
func (t *runTable) measured() []metricInfo {
	var list []metricInfo
	known := make(map[string]bool)
	telling := make(map[string]bool)
	t.each(func(r *Result) {
		at := 0
		for _, m := range r.Measures {
			if m.Value != nil && *m.Value != 0 {
				telling[m.Name] = true
			}
			if known[m.Name] {
				if at < len(list) && list[at].name == m.Name {
					at++
				} else {
					at = 1 + slices.IndexFunc(list, func(i metricInfo) bool { return i.name == m.Name })
				}
				continue
			}
			known[m.Name] = true
			list = slices.Insert(list, at, metricInfo{name: m.Name, unit: m.Unit, better: m.Better})
			at++
		}
	})
	for i := range list {
		list[i].telling = telling[list[i].name]
	}
	return list
}

// unknownMetric notes that a metric was asked for that no run has.
func (t *runTable) unknownMetric(name string) string {
	var known []string
	for _, m := range t.measured() {
		known = append(known, m.name)
	}
	text := fmt.Sprintf("No run has the metric %q.", name)
	if guess := spelling.Guess(name, known); guess != "" {
		text = fmt.Sprintf("No run has the metric %q; did you mean %q?", name, guess)
	}
	return text
}
