package page

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

func upgrades(d *document.Document, s *reports.Summary) {
	if len(s.Upgrades) == 0 {
		return
	}
	d.Heading(2, document.Prose("Upgrades"))
	t := newTable("upgrade", "group", "from", "took", "nodes", "spare", "upgraded", "skipped", "evictions", "forced", "blocked", "time below", "replica-time lost")
	blocks := newTable("budget", "at", "node", "budget", "pods", "what would free them").left(1, 2, 3, 4)
	blocks.Wrap = true
	for i := range s.Upgrades {
		u := &s.Upgrades[i]
		took := reports.Duration(u.Duration)
		switch {
		case u.Until == nil:
			took += ", not over"
		case u.Aborted:
			took += ", aborted"
		}
		t.row(nameOr(u.Group, "(none)"), reports.Clock(u.From), took, reports.Count(u.Nodes), reports.Count(u.Spares), reports.Count(u.Upgraded), reports.Count(u.Skipped),
			reports.Count(u.Evictions), reports.Count(u.Forced), reports.Count(int64(len(u.Blocked))), reports.Duration(u.Below), reports.Duration(reports.Seconds(u.ReplicaSecondsLost)))
		for _, b := range u.Blocked {
			blocks.pieces([]document.Piece{document.Prose(reports.Clock(b.At)), document.Named(b.Node), nameOr(b.Budget, "(none)"),
				document.Named(some3(b.Pods)), document.Prose(b.Free)})
		}
	}
	t.add(d)
	if len(blocks.Groups[0].Rows) > 0 {
		d.Heading(3, document.Prose("What blocked them"))
		blocks.add(d)
	}
}

// some3 lists the first three of several names.
func some3(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func workloads(d *document.Document, s *reports.Summary) {
	if len(s.Workloads) == 0 {
		return
	}
	d.Heading(2, document.Prose("Workloads"))
	d.Paragraph(document.Prose("Those that lost the most first. Available pods are Ready and really run; minima and losses count from when all replicas were there once."))
	t := newTable("workload", "workload", "desired", "ready", "available", "least available", "mean", "time below", "replica-time lost")
	for i := range s.Workloads {
		w := &s.Workloads[i]
		least, name := reports.Count(int64(w.AvailableMin)), w.Name
		if w.ReachedDesired == nil {
			least = "never all"
		}
		if w.Deleted {
			name += " (deleted)"
		}
		t.row(document.Named(name), reports.Count(int64(w.Desired)), reports.Count(int64(w.Ready)), reports.Count(int64(w.Available)), least,
			reports.Decimal(w.AvailableMean, 2, false), reports.Duration(w.BelowDesired), reports.Duration(reports.Seconds(w.ReplicaSecondsLost)))
	}
	t.add(d)
}

func losses(d *document.Document, s *reports.Summary) {
	t := newTable("workload", "workload", "availability", "longest gap", "replica-time not Ready", "restarts", "work lost", "evicted").left(6)
	for i := range s.Measured.Owners {
		l := &s.Measured.Owners[i]
		if !l.Some() {
			continue
		}
		t.row(document.Named(l.Name), reports.PrecisePercent(l.Availability), reports.Duration(l.LongestGap),
			reports.Duration(reports.Seconds(l.ReplicaSecondsNotReady)), reports.Count(l.Restarts), reports.Duration(reports.Seconds(l.WorkPodSeconds)), reports.Causes(l.EvictedBy))
	}
	if len(t.Groups[0].Rows) > 0 {
		d.Heading(2, document.Prose("Losses"))
		t.add(d)
	}
}

func evictions(d *document.Document, s *reports.Summary) {
	e := &s.Measured.Evictions
	if e.Total+e.Restarts == 0 {
		return
	}
	d.Heading(2, document.Prose("Evictions and restarts"))
	t := newTable("cause", "cause", "pods evicted", "containers restarted")
	for _, c := range e.Causes {
		if c.Count > 0 {
			t.row(document.Prose(c.Cause), reports.Count(c.Count), "")
		}
	}
	for _, c := range e.RestartedBy {
		if c.Count > 0 {
			t.row(document.Prose(c.Cause), "", reports.Count(c.Count))
		}
	}
	t.add(d)
	if lost := &s.Measured.Lost; lost.WorkPodSeconds > 0 {
		d.Paragraph(document.Prose("Run-to-completion pods ran in vain for " + reports.Duration(reports.Seconds(lost.WorkPodSeconds)) +
			" in all, " + reports.CoreTime(lost.WorkCoreSeconds) + "."))
	}
}

func pingPong(d *document.Document, s *reports.Summary) {
	m := &s.Measured.PingPong
	if m.Replicas == 0 {
		return
	}
	d.Heading(2, document.Prose("Ping-pong"))
	d.Paragraph(document.Prose(fmt.Sprintf("%s moved more than %s within %s. The last moves of those that moved most:",
		reports.Plural(int(m.Replicas), "replica"), reports.Plural(m.Moves, "time"), reports.Duration(m.Window))))
	t := newTable("move", "workload", "at", "pod", "taken from", "by", "why", "put on").left(1, 2, 3, 4, 5, 6)
	const replicas = 5
	for _, r := range m.Worst[:min(len(m.Worst), replicas)] {
		for _, move := range r.Chain {
			why := move.Cause
			if move.Why != "" {
				why += ", " + move.Why
			}
			t.pieces([]document.Piece{document.Named(r.Workload), document.Prose(reports.Clock(move.At)), document.Named(move.Pod), document.Named(move.From),
				document.Named(move.By), document.Prose(why), nameOr(move.To, "no node yet")})
		}
	}
	t.add(d)
}

func violations(d *document.Document, s *reports.Summary) {
	b := &s.Measured.Budgets
	if b.Total == 0 {
		return
	}
	d.Heading(2, document.Prose("Budgets violated"))
	d.Paragraph(document.Prose(fmt.Sprintf("%s, %s of them by the eviction API without leave.", capital(reports.Plural(int(b.Total), "time")), reports.Count(b.Voluntary))))
	t := newTable("violation", "at", "budget", "pod", "healthy", "of desired", "by").left(1, 2, 5)
	for i := range b.First {
		v := &b.First[i]
		t.pieces([]document.Piece{document.Prose(reports.Clock(v.At)), document.Named(v.Budget), document.Named(v.Pod),
			document.Prose(fmt.Sprintf("%d to %d", v.Healthy, v.HealthyAfter)), document.Prose(reports.Count(int64(v.Desired))), document.Prose(v.By + " (" + v.Cause + ")")})
	}
	t.more += int(b.Total) - len(b.First)
	t.add(d)
}

func jobs(d *document.Document, s *reports.Summary) {
	if len(s.Jobs) == 0 {
		return
	}
	d.Heading(2, document.Prose("Jobs"))
	t := newTable("group of Jobs", "name", "created", "complete", "failed", "deleted", "unfinished", "pod failures", "mean time", "longest")
	for _, j := range s.Jobs {
		average, longest := "-", "-"
		if j.Complete > 0 {
			average, longest = reports.Duration(j.DurationMean), reports.Duration(j.DurationMax)
		}
		t.row(document.Named(j.Name), reports.Count(j.Created), reports.Count(j.Complete), reports.Count(j.Failed), reports.Count(j.Deleted),
			reports.Count(j.Unfinished), reports.Count(j.PodFailures), average, longest)
	}
	t.add(d)
}
