package capacity

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// ANodeIsLeft is the objective that is added where a failure may take all nodes, in the
// words that reports have for it.
const ANodeIsLeft = "a node is left"

// inWords are the names of what objectives in words are about.
var inWords = map[string]string{AllPodsPlaced: "pods.pending", ANodeIsLeft: "nodes.ready"}

// aboutOf is the name of what an objective is about: availability for availability >= 99%.
func aboutOf(objective string) string {
	if name, ok := inWords[objective]; ok {
		return name
	}
	if end := strings.IndexAny(objective, "({<>=! "); end >= 0 {
		objective = objective[:end]
	}
	return objective
}

// things are what counts are of, by the beginning of the name of what is counted: one of
// them. Their plural is the unit.
var things = []struct{ beginning, thing string }{
	{"pods.", "pod"}, {"ready", "pod"}, {"available", "pod"}, {"nodes.", "node"}, {"jobs.", "Job"}, {"restarts", "restart"}, {"evictions", "eviction"},
	{"preemptions", "preemption"}, {"unschedulable.attempts", "attempt"},
}

// ObjectiveUnit is the unit of the values of an objective. That of counts, which measures
// leave empty, is what they count, such as pods.
func ObjectiveUnit(objective, unit string) string {
	if unit != "" {
		return unit
	}
	about := aboutOf(objective)
	for _, t := range things {
		whole := !strings.HasSuffix(t.beginning, ".")
		if whole && about == t.beginning || !whole && strings.HasPrefix(about, t.beginning) {
			return t.thing + "s"
		}
	}
	return ""
}

// survivalValues returns how values of an objective are written that stand beside each
// other. Shares are written each by itself: 98.9% must not look like the 99% that it
// misses.
func survivalValues(objective, unit string, values ...float64) func(float64) string {
	switch {
	case objective == AllPodsPlaced:
		return valuesOf(objective, "", values...)
	case unit == reports.UnitShare:
		return func(v float64) string { return Values(unit, v)(v) }
	}
	for _, t := range things {
		if unit == t.thing+"s" {
			return func(v float64) string { return reports.Plural(int(v), t.thing) }
		}
	}
	return Values(unit, values...)
}

// meanings say what the objectives are about, each thing once.
func (s *Survival) meanings() []document.Piece {
	var out []document.Piece
	var told []string
	whole := false
	for _, objective := range s.Objectives {
		name, help, adds := meaningOf(objective)
		if help == "" || slices.Contains(told, name) {
			continue
		}
		told, whole = append(told, name), whole || adds
		out = append(out, document.Toned(name, document.Strong), document.Prose(": "+help+". "))
	}
	if out == nil {
		return nil
	}
	out = append([]document.Piece{document.Prose("What the values are: ")}, out...)
	if whole {
		out = append(out, document.Prose("What is counted or measured over time is so over the whole run after any --warm-up, not only after the failure. "))
	}
	return out
}

// meaningOf says what an objective is about, and whether that adds up over the run; help
// is empty if it is not known.
func meaningOf(objective string) (name, help string, adds bool) {
	about := aboutOf(objective)
	if name = about; inWords[objective] != "" {
		name = objective
	}
	ofWorkload := strings.HasPrefix(objective, about+"(")
	for _, m := range reports.Metrics() {
		if base, _, _ := strings.Cut(m.Name, "("); base != about {
			continue
		}
		rest, takes := strings.CutPrefix(m.Help, about+"(")
		if takes {
			_, m.Help, _ = strings.Cut(rest, "): ")
		}
		if help == "" || takes == ofWorkload {
			help, adds = m.Help, m.Kind != reports.Gauge
		}
	}
	for _, k := range reports.MeasureKinds() {
		if help == "" && k.Name == about {
			help, adds = k.Help, true
		}
	}
	if help != "" && !adds {
		help += ", at the end of the run"
	}
	return name, help, adds
}
