package reports

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// Terminal says what the text report may use.
type Terminal struct {
	Width   int  // columns; below 40 counts as 40
	Color   bool // ANSI colours
	Unicode bool // block characters; otherwise ASCII
}

// WriteText writes the report that a person reads in a terminal. wall says how
// long the run took in real time; a zero Wall is not shown.
func WriteText(w io.Writer, s *Summary, wall Wall, t Terminal) error {
	p := &page{summary: s, wall: wall, terminal: t, width: max(t.Width, 40)}
	p.glance()
	p.assertions()
	p.outcomes()
	p.waits()
	p.chart()
	p.userSteps()
	p.disruptions()
	p.upgrades()
	p.evictions()
	p.workloads()
	p.losses()
	p.pingPong()
	p.violations()
	p.jobs()
	p.unschedulable()
	p.nodes()
	p.cost()
	p.notSimulated()
	_, err := io.WriteString(w, p.b.String())
	return err
}

// page is a report being written.
type page struct {
	b        strings.Builder
	summary  *Summary
	wall     Wall
	terminal Terminal
	width    int
}

// style is an ANSI colour.
type style string

const (
	bold   style = "1"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	dim    style = "2"
)

func (p *page) paint(s style, text string) string {
	if !p.terminal.Color || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// sign picks the Unicode form of something or its ASCII one.
func (p *page) sign(unicode, ascii string) string {
	if p.terminal.Unicode {
		return unicode
	}
	return ascii
}

func (p *page) line(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	p.b.WriteString(strings.TrimRight(text, " "))
	p.b.WriteByte('\n')
}

func (p *page) section(title string) {
	p.line("")
	p.line("%s", p.paint(bold, p.clip(title, p.width)))
}

func columnsOf(text string) int { return twwidth.Width(text) }

// clip shortens text to a width.
func (p *page) clip(text string, width int) string { return p.terminal.Clip(text, width) }

// ColumnsOf returns how many columns a text takes on a terminal.
func ColumnsOf(text string) int { return columnsOf(text) }

// Clip shortens a text to so many columns.
func (t Terminal) Clip(text string, width int) string {
	if columnsOf(text) <= width {
		return text
	}
	dots := ".."
	if t.Unicode {
		dots = "…"
	}
	var b strings.Builder
	room := width - columnsOf(dots)
	if room < 0 {
		return strings.Repeat(".", max(width, 0))
	}
	for _, c := range text {
		room -= columnsOf(string(c))
		if room < 0 {
			break
		}
		b.WriteRune(c)
	}
	return b.String() + dots
}

// flow writes parts after a first text, joined by a separator, and breaks lines
// between parts so that they fit; continued lines are indented.
func (p *page) flow(first, separator string, parts []string, indent int) {
	p.flowIn("", first, separator, parts, indent)
}

// flowIn paints the first text.
func (p *page) flowIn(paint style, first, separator string, parts []string, indent int) {
	line, used := p.paint(paint, first), columnsOf(first)
	if paint == "" {
		line = first
	}
	fresh := true // nothing but the first text or the indentation stands here
	for i, part := range parts {
		if i+1 < len(parts) {
			part += strings.TrimRight(separator, " ")
		}
		part = p.clip(part, p.width-indent)
		width := columnsOf(part)
		if !fresh && used+1+width > p.width || fresh && used+width > p.width && used > indent {
			p.line("%s", line)
			line, used, fresh = strings.Repeat(" ", indent), indent, true
		}
		if !fresh {
			line += " "
			used++
		}
		line += part
		used += width
		fresh = false
	}
	p.line("%s", line)
}

func (p *page) glance() {
	s := p.summary
	name := Visible(s.Scenario)
	if name == "" {
		name = "unnamed"
	}
	title := "scenario " + p.clip(name, p.width-9)
	p.line("%s", p.paint(bold, title))
	parts := []string{fmt.Sprintf("seed %d", s.Seed), "virtual time " + Duration(s.End), plural(int64(s.Operations), "operation")}
	if p.wall.Elapsed > 0 {
		parts = append(parts, "in "+wallText(p.wall.Elapsed))
	}
	if p.wall.EventsPerSecond > 0 {
		parts = append(parts, count(int64(math.Round(p.wall.EventsPerSecond)))+" events/s")
	}
	if s.Digest != "" {
		parts = append(parts, "digest "+s.Digest[:min(16, len(s.Digest))])
	}
	p.flow("", p.sign(" ·", " |"), parts, 0)
}

// wallText writes real time with the precision that matters.
func wallText(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return Duration(Seconds(d.Seconds()))
}

func (p *page) assertions() {
	if len(p.summary.Assertions) == 0 {
		return
	}
	passed := 0
	for _, a := range p.summary.Assertions {
		if a.Passed {
			passed++
		}
	}
	all := len(p.summary.Assertions)
	verdict := fmt.Sprintf("%d of %d passed", passed, all)
	p.section("Assertions  " + verdict)
	for _, a := range p.summary.Assertions {
		mark, colour := "PASS", green
		if !a.Passed {
			mark, colour = "FAIL", red
		}
		parts := []string{Visible(a.Text), a.When}
		switch {
		case a.Got == "":
			_, why, _ := strings.Cut(a.Message, a.Text+": ")
			parts = append(parts, why)
		case a.Passed:
			parts = append(parts, "got "+a.Got)
		default:
			parts = append(parts, "got "+a.Got+" at "+Clock(a.At))
		}
		if a.Offender != "" {
			parts = append(parts, Visible(a.Offender))
		}
		p.flowIn(colour, "  "+mark+"  ", ", ", parts, 8)
	}
}

func (p *page) outcomes() {
	n := &p.summary.Pods
	p.section("Pods")
	if n.Created == 0 {
		p.line("  none were created")
		return
	}
	parts := []string{count(n.Created) + " created ="}
	for _, part := range []struct {
		n    int64
		text string
	}{
		{n.Succeeded, "succeeded"}, {n.Failed, "failed"}, {n.Deleted, "deleted before ending"},
		{n.Running, "running"}, {n.Bound, "starting"}, {n.Pending, "pending"},
	} {
		if part.n > 0 {
			parts = append(parts, count(part.n)+" "+part.text+" +")
		}
	}
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(parts[last], " +")
	p.flow("  ", "", parts, 4)
	if len(p.summary.PodsByKind) < 2 && n.Restarts == 0 {
		return
	}
	t := p.table("kind", "created", "succeeded", "failed", "deleted", "running", "starting", "pending", "restarts")
	for _, k := range p.summary.PodsByKind {
		kind := k.Kind
		if kind == "Pod" {
			kind = "(no owner)"
		}
		t.row(kind, count(k.Created), count(k.Succeeded), count(k.Failed), count(k.Deleted),
			count(k.Running), count(k.Bound), count(k.Pending), count(k.Restarts))
	}
	t.dropZeros()
	t.write()
}

func (p *page) waits() {
	s := p.summary
	if s.Pods.Created == 0 {
		return
	}
	p.section("Time from creation")
	t := p.table("until", "pods", "mean", "p50", "p90", "p95", "p99", "max", "slowest")
	for _, w := range []struct {
		name string
		q    *Quantiles
	}{{"bound", &s.Pending.Quantiles}, {"running", &s.Running}, {"ready", &s.Ready}} {
		if w.q.Count == 0 {
			continue
		}
		t.row(w.name, count(w.q.Count), Duration(w.q.Mean), Duration(w.q.P50), Duration(w.q.P90),
			Duration(w.q.P95), Duration(w.q.P99), Duration(w.q.Max), Visible(w.q.Worst))
	}
	t.leftFrom = 8
	t.optional = 8
	t.write()
	if n := s.Pending.StillPending; n > 0 {
		p.flow("  ", "", []string{p.paint(yellow, plural(n, "pod")+" still pending,"),
			"the oldest " + Visible(s.Pending.Oldest), "for " + Duration(s.Pending.OldestWaits)}, 4)
	}
	if n := s.Pending.NeverBound; n > 0 {
		p.line("  %s ended or went without ever having a node", plural(n, "pod"))
	}
}

func (p *page) notSimulated() {
	if len(p.summary.NotSimulated) == 0 {
		return
	}
	kinds := make([]string, len(p.summary.NotSimulated))
	for i, kind := range p.summary.NotSimulated {
		kinds[i] = Visible(kind)
	}
	p.section("Not simulated")
	p.flow("  ", ", ", kinds, 2)
}
