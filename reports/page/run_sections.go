package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// runDocument is what a page tells of a run in words and tables, the part that came
// from outside first.
func runDocument(r *RunReport) *document.Document {
	d := new(document.Document)
	s := r.Summary
	failures(d, s)
	userSteps(d, s)
	upgrades(d, s)
	reasons(d, s)
	waits(d, r)
	outcomes(d, s)
	workloads(d, s)
	losses(d, s)
	evictions(d, s)
	pingPong(d, s)
	violations(d, s)
	jobs(d, s)
	nodes(d, s)
	cost(d, s)
	usage(d, s)
	outside(d, r)
	return d
}

// assertions are told before all else.
func assertions(s *reports.Summary) *document.Document {
	d := new(document.Document)
	if len(s.Assertions) == 0 {
		return d
	}
	d.Heading(2, document.Prose("Assertions"))
	t := newTable("assertion", "", "assertion", "when", "got", "at", "look at").left(1, 2, 3, 4, 5)
	sorted := slices.Clone(s.Assertions)
	slices.SortStableFunc(sorted, func(a, b reports.AssertionResult) int { return cmp.Compare(number01(a.Passed), number01(b.Passed)) })
	for _, a := range sorted {
		mark, got, at := document.Toned("passed", document.Good), a.Got, ""
		if !a.Passed {
			mark, at = document.Toned("failed", document.Bad), reports.Clock(a.At)
		}
		if got == "" {
			_, got, _ = strings.Cut(a.Message, a.Text+": ")
		}
		t.pieces([]document.Piece{mark, document.Named(a.Text), document.Prose(a.When), document.Prose(got), document.Prose(at), document.Named(a.Offender)})
	}
	t.add(d)
	return d
}

func number01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// faultsShown bounds the faults that are told one by one, the worst.
const faultsShown = 25

// failures tell what struck, and what became of it.
func failures(d *document.Document, s *reports.Summary) {
	if len(s.Disruptions)+len(s.Faults) == 0 {
		return
	}
	type failure struct {
		at          reports.Seconds
		fault, text string
		worth       [3]int64
	}
	var all []failure
	for i := range s.Disruptions {
		f := &s.Disruptions[i]
		all = append(all, failure{f.At, f.Fault, f.Text, [3]int64{f.PodsLost, f.PodsHit, int64(f.Nodes)}})
	}
	for i := range s.Faults {
		f := &s.Faults[i]
		all = append(all, failure{f.At, f.Fault, f.Text, [3]int64{0, f.PendingMost - f.PendingBefore, f.Nodes}})
	}
	more := max(len(all)-faultsShown, 0)
	slices.SortStableFunc(all, func(a, b failure) int { return slices.Compare(b.worth[:], a.worth[:]) })
	all = all[:len(all)-more]
	slices.SortStableFunc(all, func(a, b failure) int { return cmp.Compare(a.at, b.at) })
	d.Heading(2, document.Prose("What failed, and what replaced it"))
	if _, left := bands(s); left > 0 {
		d.Paragraph(document.Prose("Over time only the larger faults are marked, without " + reports.Plural(left, "smaller one") + "."))
	}
	t := newTable("fault", "at", "fault", "what happened").left(1, 2)
	t.Wrap, t.more = true, more
	for _, f := range all {
		t.pieces([]document.Piece{document.Prose(reports.Clock(f.at)), nameOr(f.fault, "crash"), document.Prose(f.text)})
	}
	t.add(d)
}

func userSteps(d *document.Document, s *reports.Summary) {
	if s.UserSteps == nil {
		return
	}
	d.Heading(2, document.Prose("Steps of users"))
	t := newTable("step", "at", "step", "", "what came of it").left(1, 2, 3)
	t.Wrap = true
	for _, step := range s.UserSteps.Steps {
		mark := document.Toned("done", document.Good)
		if step.Failed {
			mark = document.Toned("failed", document.Bad)
		}
		t.pieces([]document.Piece{document.Prose(reports.Clock(step.At)), document.Named(step.Text), mark, document.Prose(strings.ReplaceAll(step.Message, "\n", "; "))})
	}
	t.add(d)
}

func reasons(d *document.Document, s *reports.Summary) {
	u := &s.Unschedulable
	if u.Attempts == 0 {
		return
	}
	d.Heading(2, document.Prose("Why pods were not scheduled"))
	d.Paragraph(document.Prose(reports.Plural(int(u.Attempts), "attempt") + " to place " + reports.Plural(int(u.Pods), "pod") + " found no node. An attempt may fail for several reasons."))
	t := newTable("reason", "reason", "attempts", "pods", "nodes per attempt")
	for _, r := range u.Reasons {
		t.row(document.Named(r.Reason), reports.Count(r.Attempts), reports.Count(r.Pods), reports.Decimal(float64(r.Nodes)/float64(max(r.Attempts, 1)), 1, false))
	}
	t.add(d)
}

// waits tell how long pods took, as a table and as a histogram.
func waits(d *document.Document, r *RunReport) {
	s := r.Summary
	if s.Pods.Created == 0 {
		return
	}
	d.Heading(2, document.Prose("Time from creation"))
	if _, drawn := runFigures(r)[waitsFigure]; drawn {
		d.Figure(waitsFigure, nil)
	}
	t := newTable("row", "until", "pods", "mean", "p50", "p90", "p95", "p99", "max", "slowest").left(8)
	for _, w := range []struct {
		name string
		q    *reports.Quantiles
	}{{"bound", &s.Pending.Quantiles}, {"running", &s.Running}, {"ready", &s.Ready}} {
		if q := w.q; q.Count > 0 {
			row := []document.Piece{document.Prose(w.name), document.Prose(reports.Count(q.Count))}
			for _, value := range []reports.Seconds{q.Mean, q.P50, q.P90, q.P95, q.P99, q.Max} {
				row = append(row, document.Prose(reports.Duration(value)))
			}
			t.pieces(append(row, document.Named(q.Worst)))
		}
	}
	t.add(d)
	if n := s.Pending.StillPending; n > 0 {
		d.Paragraph(document.Toned(reports.Plural(int(n), "pod")+" still pending", document.Warning), document.Prose(", the oldest "),
			document.Named(s.Pending.Oldest), document.Prose(" for "+reports.Duration(s.Pending.OldestWaits)+"."))
	}
	if n := s.Pending.NeverBound; n > 0 {
		d.Paragraph(document.Prose(reports.Plural(int(n), "pod") + " ended or went without ever having a node."))
	}
	if len(s.Measured.Classes) > 1 {
		classWaits(d, s)
	}
}

func classWaits(d *document.Document, s *reports.Summary) {
	d.Heading(3, document.Prose("By priority class, until bound"))
	t := newTable("class", "class", "pods", "mean", "p50", "p99", "max")
	for i := range s.Measured.Classes {
		c := &s.Measured.Classes[i]
		t.row(nameOr(c.Class, "(none)"), reports.Count(c.Pending.Count), reports.Duration(c.Pending.Mean), reports.Duration(c.Pending.P50),
			reports.Duration(c.Pending.P99), reports.Duration(c.Pending.Max))
	}
	t.add(d)
}

func outcomes(d *document.Document, s *reports.Summary) {
	if s.Pods.Created == 0 {
		return
	}
	d.Heading(2, document.Prose("What became of the pods"))
	t := newTable("kind", "kind of workload", "created", "succeeded", "failed", "deleted", "running", "starting", "pending", "restarts")
	add := func(name document.Piece, o *reports.Outcomes) {
		t.row(name, reports.Count(o.Created), reports.Count(o.Succeeded), reports.Count(o.Failed), reports.Count(o.Deleted),
			reports.Count(o.Running), reports.Count(o.Bound), reports.Count(o.Pending), reports.Count(o.Restarts))
	}
	for i := range s.PodsByKind {
		k := &s.PodsByKind[i]
		name := document.Prose(k.Kind)
		if k.Kind == "Pod" {
			name = document.Prose("(no owner)")
		}
		add(name, &k.Outcomes)
	}
	if len(s.PodsByKind) > 1 {
		add(document.Toned("all", document.Strong), &s.Pods)
	}
	t.add(d)
}

// outside tells what the run took for granted or took no notice of.
func outside(d *document.Document, r *RunReport) {
	for _, part := range []struct {
		title, note string
		list        []string
	}{
		{"Assumed", "Nobody said otherwise.", r.Assumptions},
		{"Not simulated", "The run took no notice of this part of its input.", r.Summary.NotSimulated},
		{"Simulated more simply than it is", "", r.Approximated},
	} {
		if len(part.list) == 0 {
			continue
		}
		d.Heading(2, document.Prose(part.title))
		if part.note != "" {
			d.Paragraph(document.Prose(part.note))
		}
		var items [][]document.Piece
		for _, text := range part.list[:min(len(part.list), rowsShown)] {
			items = append(items, []document.Piece{document.Prose(text)})
		}
		d.List(items)
		if more := len(part.list) - rowsShown; more > 0 {
			d.Paragraph(document.Toned("And "+reports.Count(int64(more))+" more.", document.Faint))
		}
	}
}
