package chrometrace

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// thread is one lane of a process. Numbers are unique over the trace and those of no process:
// Perfetto names threads by their number alone, and takes events without a thread for those of
// one with the number of the process.
// Source: src/trace_processor/importers/json (google/perfetto).
type thread struct{ process, id int32 }

// firstThread lies above the numbers of all processes.
const firstThread = 10_000_000

// process is what lanes are grouped by.
type process struct {
	id     int32
	name   string
	labels string
	order  int
	named  bool
	lanes  []lanes
}

// lanes are alike lanes of a process: as many as are needed for slices that overlap.
type lanes struct {
	name    string
	threads []thread
	taken   []bool
}

// order of lanes within a process: a step for each kind of them.
const laneOrder = 10_000

// declare names a process when something first happens there.
func (r *Recorder) declare(p *process) {
	if p.named {
		return
	}
	p.named = true
	r.about(thread{process: p.id}, "process_name", func() { r.out.text("name", p.name) })
	r.about(thread{process: p.id}, "process_sort_index", func() { r.out.integer("sort_index", int64(p.order)) })
	if p.labels != "" {
		r.about(thread{process: p.id}, "process_labels", func() { r.out.text("labels", p.labels) })
	}
}

// about writes something about a process or a lane.
func (r *Recorder) about(t thread, name string, arguments func()) {
	r.out.begin(phaseMetadata, 0, t)
	r.out.name("", name)
	arguments()
	r.out.end()
}

// take returns the first lane of a kind that is free, and its number. most is how many
// there may be, 0 for any number.
func (r *Recorder) take(p *process, kind, most int) (lane int, ok bool) {
	l := &p.lanes[kind]
	for i, taken := range l.taken {
		if !taken {
			l.taken[i] = true
			return i, true
		}
	}
	if most > 0 && len(l.threads) == most {
		return 0, false
	}
	r.declare(p)
	r.threads++
	t := thread{p.id, firstThread + r.threads}
	l.threads, l.taken = append(l.threads, t), append(l.taken, true)
	name := l.name
	if n := len(l.threads); n > 1 {
		name = fmt.Sprintf("%s %d", name, n)
	}
	r.about(t, "thread_name", func() { r.out.text("name", name) })
	r.about(t, "thread_sort_index", func() { r.out.integer("sort_index", int64(kind*laneOrder+len(l.threads))) })
	return len(l.threads) - 1, true
}

// slot is a lane of a process that is taken.
type slot struct {
	process    *process
	kind, lane int
}

func (s slot) thread() thread { return s.process.lanes[s.kind].threads[s.lane] }

// free lets the lane go.
func (s slot) free() { s.process.lanes[s.kind].taken[s.lane] = false }

// fixed returns the only lane of a kind: for instants, and slices that never overlap.
func (r *Recorder) fixed(p *process, kind int) thread {
	l := &p.lanes[kind]
	if len(l.threads) == 0 {
		r.take(p, kind, 0)
	}
	return l.threads[0]
}

// open begins a slice; add adds its arguments.
func (r *Recorder) open(at models.Time, in thread, category, name string, add func()) {
	r.out.begin(phaseBegin, at, in)
	r.out.name(category, name)
	if add != nil {
		add()
	}
	r.out.end()
}

// shut ends the slice that was opened last in a lane.
func (r *Recorder) shut(at models.Time, in thread, add func()) {
	r.out.begin(phaseEnd, at, in)
	if add != nil {
		add()
	}
	r.out.end()
}

// instant writes that something happened.
func (r *Recorder) instant(at models.Time, in thread, category, name string, add func()) {
	r.out.begin(phaseInstant, at, in)
	r.out.name(category, name)
	r.out.b = append(r.out.b, `,"s":"t"`...)
	if add != nil {
		add()
	}
	r.out.end()
}
