package page

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/reports"
)

// story tells in a few sentences what became of the pods. when is the moment of the
// last numbers: now, at the end.
func story(s *reports.Summary, when string) string {
	n := &s.Pods
	if n.Created == 0 {
		return "No pods were created."
	}
	var parts []string
	for _, part := range []struct {
		n    int64
		text string
	}{
		{n.Succeeded, "succeeded"}, {n.Failed, "failed"}, {n.Deleted, "were deleted before they ended"},
		{n.Running, "run " + when}, {n.Bound, "are starting " + when}, {n.Pending, "are pending " + when},
	} {
		if part.n > 0 {
			parts = append(parts, reports.Count(part.n)+" "+part.text)
		}
	}
	text := fmt.Sprintf("Of %s %s.", reports.Plural(int(n.Created), "pod"), joinWords(parts))
	if faults := len(s.Disruptions) + len(s.Faults); faults > 0 {
		text += " " + reports.Plural(faults, "fault") + " struck"
		var lost, replaced int64
		for i := range s.Disruptions {
			lost += s.Disruptions[i].PodsLost
			replaced += s.Disruptions[i].Replaced
		}
		if lost > 0 {
			text += fmt.Sprintf(": %s lost, %s replaced", were(lost, "pod"), were(replaced, ""))
		}
		text += "."
	}
	if short := stillShort(s); short > 0 {
		text += fmt.Sprintf(" %s %s fewer replicas available than desired.", capital(when), have(short, "workload"))
	}
	return text
}

// stillShort counts the workloads that lack replicas at the end.
func stillShort(s *reports.Summary) int64 {
	short := int64(0)
	for i := range s.Workloads {
		if w := &s.Workloads[i]; !w.Deleted && w.Available < w.Desired {
			short++
		}
	}
	return short
}

func were(n int64, noun string) string { return counted(n, noun, "was", "were") }
func have(n int64, noun string) string { return counted(n, noun, "has", "have") }

func counted(n int64, noun, one, many string) string {
	verb := many
	if n == 1 {
		verb = one
	}
	if noun == "" {
		return reports.Count(n) + " " + verb
	}
	return reports.Plural(int(n), noun) + " " + verb
}

// joinWords writes a, b and c.
func joinWords(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// capital begins a sentence.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// figures are the numbers that sum a run up.
func figures(r *RunReport) []number {
	s := r.Summary
	m := &s.Measured
	list := []number{{"Pods", reports.Count(s.Pods.Created), "on " + reports.Plural(len(s.Nodes), "node")}}
	if n := s.Pending.StillPending; n > 0 {
		list = append(list, number{"Pending " + r.when(), reports.Count(n), "the oldest for " + reports.Duration(s.Pending.OldestWaits)})
	}
	for _, w := range []struct {
		label string
		q     *reports.Quantiles
	}{{"Until bound", &s.Pending.Quantiles}, {"Until ready", &s.Ready}} {
		if w.q.Count > 0 {
			list = append(list, number{w.label, reports.Duration(w.q.P50), "p99 " + reports.Duration(w.q.P99)})
		}
	}
	for i := range m.Resources {
		if u := &m.Resources[i]; u.Mean != nil && u.Peak != nil && (i < 2 || *u.Peak > 0) && i < 4 {
			list = append(list, number{resourceTitle(u.Resource) + " requested", reports.RoundedPercent(*u.Mean), "peak " + reports.RoundedPercent(*u.Peak)})
		}
	}
	if n := s.Pods.Failed; n > 0 {
		list = append(list, number{"Failed pods", reports.Count(n), ""})
	}
	if e := &m.Evictions; e.Total > 0 || e.Restarts > 0 {
		list = append(list, number{"Evictions", reports.Count(e.Total), reports.Plural(int(e.Restarts), "restart")})
	}
	if a := m.Lost.Availability; a != nil {
		list = append(list, number{"Availability", reports.PrecisePercent(a), "longest gap " + reports.Duration(m.Lost.LongestGap)})
	}
	if c := m.Cost; c != nil {
		list = append(list, number{"Cost", reports.Money(c.Total), reports.RoundedPercent(c.IdleShare) + " idle"})
	} else if m.NodeHours > 0 {
		list = append(list, number{"Node-hours", reports.Decimal(m.NodeHours, 1, false), ""})
	}
	return list
}

// resourceTitle begins a label with a resource. Names that have a domain stay as they are.
func resourceTitle(name string) string {
	name = resourceName(name)
	if strings.Contains(name, "/") {
		return name
	}
	return capital(name)
}

// resourceName names a resource in labels.
func resourceName(name string) string {
	if name == "cpu" {
		return "CPU"
	}
	return reports.Visible(name)
}
