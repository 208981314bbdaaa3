package kubectl

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Watch writes the changes of the objects that a query asks for, as kubectl get -w
// does: a line for each object at each moment at which something else than an age
// changes. It implements cluster.Observer; Advance comes before the first operation of
// each moment.
type Watch struct {
	q       *Query
	w       io.Writer
	m       Moment
	err     error
	tables  []*table
	shown   []map[int32]object
	touched []map[int32]bool
}

// Begin writes the objects as they are and returns the watch on what follows.
func (q *Query) Begin(w io.Writer, m Moment) (*Watch, error) {
	watch := &Watch{q: q, w: w, m: m}
	for i := range q.wanted {
		want := &q.wanted[i]
		objects, _ := q.pick(want, &m) // what is not there may come
		watch.tables = append(watch.tables, new(table))
		watch.shown = append(watch.shown, make(map[int32]object))
		watch.touched = append(watch.touched, make(map[int32]bool))
		for k := range objects {
			watch.tables[i].measure(q.row(want, &objects[k]))
		}
		if !q.NoHeaders && q.Output != "name" && q.Output != "yaml" && q.Output != "json" {
			watch.put(i, q.header(want))
		}
		for k := range objects {
			if want.one != nil {
				watch.shown[i][objects[k].id] = objects[k]
			}
			watch.show(i, &objects[k])
		}
	}
	if q.NeedsEvents() && m.Events != nil {
		m.Events.Told = watch.event
	}
	return watch, watch.err
}

// Advance writes what has changed before a moment, and returns the first error of all
// writing.
func (watch *Watch) Advance(next models.Time) error {
	if next != watch.m.At {
		watch.flush()
		watch.m.At = next
	}
	return watch.err
}

// Observe takes in one operation that was applied.
func (watch *Watch) Observe(_ models.Time, op *models.Op, v cluster.View) {
	for i := range watch.q.wanted {
		for _, id := range watch.q.wanted[i].touched(op, v) {
			watch.touched[i][id] = true
		}
	}
}

func (watch *Watch) flush() {
	for i := range watch.q.wanted {
		want := &watch.q.wanted[i]
		for _, id := range slices.Sorted(maps.Keys(watch.touched[i])) {
			was, shown := watch.shown[i][id]
			is, there := want.one(&watch.m, id)
			switch {
			case !there && shown:
				delete(watch.shown[i], id)
				watch.show(i, &was)
			case there && watch.q.picks(want, &is) && !(shown && watch.same(want, &was, &is)):
				watch.shown[i][id] = is
				watch.show(i, &is)
			}
		}
		clear(watch.touched[i])
	}
}

// same reports whether two states of an object look alike, but for what changes by
// itself.
func (watch *Watch) same(want *wanted, a, b *object) bool {
	for i, cell := range a.cells {
		before, _, _ := strings.Cut(cell, " (") // when the last restart was
		after, _, _ := strings.Cut(b.cells[i], " (")
		if before != after && !slices.Contains(want.aging, want.columns[i]) {
			return false
		}
	}
	return slices.Equal(a.wide, b.wide)
}

func (watch *Watch) event(e Event) {
	at := slices.IndexFunc(watch.q.wanted, func(w wanted) bool { return w.name == "event" })
	m := watch.m
	m.At = e.Last
	o := m.event(e)
	if watch.q.picks(&watch.q.wanted[at], &o) {
		watch.show(at, &o)
	}
}

func (watch *Watch) show(i int, o *object) {
	want := &watch.q.wanted[i]
	switch watch.q.Output {
	case "name":
		watch.put(i, []string{want.full() + "/" + o.name})
	case "yaml", "json":
		if watch.err != nil {
			return
		}
		if watch.q.Output == "yaml" {
			_, watch.err = io.WriteString(watch.w, "---\n")
		}
		if watch.err == nil {
			watch.err = watch.q.document(watch.w, o.manifest())
		}
	default:
		watch.put(i, watch.q.row(want, o))
	}
}

func (watch *Watch) put(i int, line []string) {
	watch.tables[i].measure(line)
	watch.tables[i].put(line)
	if err := watch.tables[i].flush(watch.w); watch.err == nil {
		watch.err = err
	}
}
