package watch

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
)

// Size is that of a screen, in columns and lines.
type Size struct{ Width, Height int }

// leastHeight is the height of a screen on which everything has a line at least; lower ones
// show the beginning.
const leastHeight = 14

// keys are the help at the bottom of the screen.
const keys = "space pause   + - speed   0 as fast as it goes   q stop"

// Colours of ANSI.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// screen collects lines.
type screen struct {
	terminal reports.Terminal
	width    int
	lines    []string
}

// Draw returns the lines of a screen. Its size may be any, and there are never more lines than
// fit, nor longer ones. Names are shown so that no terminal acts on them.
func Draw(f *Frame, size Size, t reports.Terminal) []string {
	s := &screen{terminal: t, width: size.Width}
	if size.Width < 1 || size.Height < 1 {
		return nil
	}
	s.head(f)
	s.counts(f)
	room := max(size.Height, leastHeight) - len(s.lines) - 1 // the keys come last
	zones := min(len(f.Zones), max(2, room/4))
	faults := min(len(f.Faults), max(2, room/5))
	below := min(len(f.Below), max(2, room/4))
	s.zones(f.Zones, zones)
	s.faults(f, faults)
	s.below(f.Below, below)
	s.happened(f.Happened, max(size.Height, leastHeight)-len(s.lines)-1)
	for len(s.lines) < size.Height-1 {
		s.add("", "")
	}
	s.lines = s.lines[:min(len(s.lines), max(size.Height-1, 1))]
	if size.Height > 1 {
		s.add(dim, keys)
	}
	return s.lines
}

// add adds a line that is cut to the width, in a colour.
func (s *screen) add(colour, text string) {
	s.lines = append(s.lines, s.paint(colour, s.terminal.Clip(reports.Visible(text), s.width)))
}

func (s *screen) paint(colour, text string) string {
	if colour == "" || text == "" || !s.terminal.Color {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// head tells the time and the speed.
func (s *screen) head(f *Frame) {
	speed := fmt.Sprintf("%sx real time", factor(f.Speed))
	switch {
	case f.Halted:
		speed = "paused"
	case f.Wanted > 0:
		speed = fmt.Sprintf("%s (%s wanted)", speed, factor(f.Wanted))
	}
	now := reports.Clock(reports.SecondsOf(f.Now))
	if f.Horizon == models.Never || f.Horizon <= 0 {
		s.add(bold, fmt.Sprintf("%s   %s   %s", f.Scenario, now, speed))
		s.add("", "")
		return
	}
	done := float64(f.Now) / float64(f.Horizon)
	s.add(bold, fmt.Sprintf("%s   %s of %s   %s", f.Scenario, now, reports.Duration(reports.SecondsOf(f.Horizon)), speed))
	s.add("", s.bar(done, max(s.width-5, 1))+fmt.Sprintf(" %3.0f%%", 100*done))
}

// factor writes a speed with two digits that count.
func factor(x float64) string {
	switch {
	case x >= 100:
		return reports.Decimal(x, 0, false)
	case x >= 10:
		return reports.Decimal(x, 1, false)
	}
	return reports.Decimal(x, 2, false)
}

// bar draws a share.
func (s *screen) bar(share float64, width int) string {
	full, empty := "█", "░"
	if !s.terminal.Unicode {
		full, empty = "#", "."
	}
	n := min(max(int(math.Round(share*float64(width))), 0), width)
	return strings.Repeat(full, n) + strings.Repeat(empty, width-n)
}

// counts tells of the queue, of pods and of nodes.
func (s *screen) counts(f *Frame) {
	q, t := f.Queue, f.Totals
	s.numbers("queue", "active", int64(q.Active), "backing off", int64(q.Backoff), "unschedulable", int64(q.Unschedulable), "gated", int64(q.Gated))
	s.numbers("pods", "waiting", t.Pending, "starting", t.Bound, "running", t.Running, "succeeded", t.Succeeded, "failed", t.Failed)
	s.numbers("nodes", "ready", int64(f.Ready), "of", int64(f.Nodes), "down", int64(f.Down), "cordoned", int64(f.Cordoned))
}

// numbers adds a line of numbers with their names.
func (s *screen) numbers(title string, pairs ...any) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-6s", title)
	for pair := range slices.Chunk(pairs, 2) {
		fmt.Fprintf(&b, "  %s %s", pair[0], reports.Decimal(float64(pair[1].(int64)), 0, false))
	}
	s.add("", b.String())
}

// more tells how many of a list are not shown.
func (s *screen) more(hidden int, noun string) {
	if hidden > 0 {
		s.lines[len(s.lines)-1] = s.paint(dim, s.terminal.Clip(fmt.Sprintf("and %s more", reports.Plural(hidden+1, noun)), s.width))
	}
}

// zones draws the utilisation of zones as bars.
func (s *screen) zones(zones []Zone, most int) {
	name := len("zone")
	for _, z := range zones[:most] {
		name = max(name, reports.ColumnsOf(z.title()))
	}
	name = min(name, max(s.width/4, 8))
	bar := (s.width - name - len("  cpu  100%  memory  100%  nodes 99999")) / 2
	for _, z := range zones[:most] {
		title := s.terminal.Clip(reports.Visible(z.title()), name)
		title += strings.Repeat(" ", max(name-reports.ColumnsOf(title), 0))
		nodes := reports.Plural(z.Nodes, "node")
		if bar < 4 {
			s.add("", fmt.Sprintf("%s  cpu %3.0f%%  memory %3.0f%%  %s", title, 100*z.CPU, 100*z.Memory, nodes))
			continue
		}
		s.add("", fmt.Sprintf("%s  cpu %s %3.0f%%  memory %s %3.0f%%  %s", title, s.bar(z.CPU, bar), 100*z.CPU, s.bar(z.Memory, bar), 100*z.Memory, nodes))
	}
	s.more(len(zones)-most, "zone")
}

func (z *Zone) title() string {
	if z.Name == "" {
		return "no zone"
	}
	return "zone " + z.Name
}

// faults tells what is not over.
func (s *screen) faults(f *Frame, most int) {
	for _, fault := range f.Faults[:most] {
		s.add(red, fmt.Sprintf("fault   %s, for %s", fault.Text, reports.Duration(reports.SecondsOf(f.Now-fault.Since))))
	}
	s.more(len(f.Faults)-most, "fault")
}

// below tells which workloads lack pods.
func (s *screen) below(list []Workload, most int) {
	for _, w := range list[:most] {
		s.add(yellow, fmt.Sprintf("below   %s: %d of %d ready", w.Name, w.Ready, w.Desired))
	}
	s.more(len(list)-most, "workload")
}

// happened lets events go by.
func (s *screen) happened(list []Happening, room int) {
	if room < 2 {
		return
	}
	s.add("", "")
	list = list[len(list)-min(len(list), room-1):]
	for i := range list {
		colour := green
		if list[i].Bad {
			colour = red
		}
		s.add(colour, Line(&list[i]))
	}
}

// Line writes a happening as a line.
func Line(h *Happening) string {
	return reports.Visible(reports.Clock(reports.SecondsOf(h.At)) + "  " + h.Text)
}

// Status tells how things stand, in a line.
func Status(f *Frame) string {
	cpu := make([]string, len(f.Zones))
	for i := range f.Zones {
		cpu[i] = fmt.Sprintf("%s %.0f%%", f.Zones[i].title(), 100*f.Zones[i].CPU)
	}
	return reports.Visible(fmt.Sprintf("%s  = %d waiting, %d unschedulable, %d starting, %d running; %d of %d nodes ready; cpu requested: %s",
		reports.Clock(reports.SecondsOf(f.Now)), f.Totals.Pending, f.Queue.Unschedulable, f.Totals.Bound, f.Totals.Running, f.Ready, f.Nodes, strings.Join(cpu, ", ")))
}
