package queue

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
	"pgregory.net/rapid"
)

// twin is the queue written down as plainly as possible: a list of pods, each
// with its state, searched from end to end.
type twin struct {
	pods   []*twinPod
	hints  [2]func(pod models.PodID, e *framework.Event) bool
	closed *bool
}

type twinPod struct {
	id            models.PodID
	priority      int32
	place         string // active, backoff, error, unschedulable, gated, flight
	since         models.Time
	entered       int
	expiry        models.Time
	rejectors     PluginSet
	unschedulable int
	errors        int
	missed        []framework.Event
	gone          bool
}

func (w *twin) find(id models.PodID) *twinPod {
	for _, p := range w.pods {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (w *twin) enter(p *twinPod, now models.Time, force bool) {
	late := now - now%models.Time(time.Second)
	switch {
	case *w.closed:
		p.place = "gated"
		p.rejectors |= 4
	case force || p.expiry < late:
		p.place = "active"
	case p.rejectors == 0:
		p.place = "error"
	default:
		p.place = "backoff"
	}
}

func (w *twin) worth(p *twinPod, e *framework.Event) bool {
	if p.place == "gated" && e.Kind != framework.NodeLabel {
		return false
	}
	return p.rejectors&1 != 0 && (e.Kind == framework.AssignedPodDelete || e.Kind == framework.NodeTaint) && w.hints[0](p.id, e) ||
		p.rejectors&2 != 0 && (e.Kind == framework.NodeAdd || e.Kind == framework.NodeTaint) && (e.Kind == framework.NodeTaint || w.hints[1](p.id, e)) ||
		p.rejectors&4 != 0 && e.Kind == framework.NodeLabel
}

func (w *twin) notify(now models.Time, e *framework.Event) {
	for _, p := range w.pods {
		switch {
		case p.place == "flight":
			p.missed = append(p.missed, *e)
		case (p.place == "unschedulable" || p.place == "gated") && w.worth(p, e):
			w.enter(p, now, false)
		}
	}
}

func (w *twin) reject(now models.Time, id models.PodID, rejectors PluginSet, entered int) {
	p := w.find(id)
	if p.gone {
		w.drop(id)
		return
	}
	p.since, p.entered, p.rejectors = now, entered, rejectors
	if rejectors == 0 {
		p.errors++
	} else {
		p.errors = 0
		p.unschedulable++
	}
	n := p.unschedulable
	if p.errors > 0 {
		n = p.errors
	}
	backoff := 10 * time.Second
	if n < 5 {
		backoff = time.Second << (n - 1)
	}
	p.expiry = now.Add(backoff).Floor(time.Second)
	p.place = "unschedulable"
	if rejectors == 0 || slices.ContainsFunc(p.missed, func(e framework.Event) bool { return w.worth(p, &e) }) {
		w.enter(p, now, false)
	}
	p.missed = nil
}

func (w *twin) drop(id models.PodID) {
	w.pods = slices.DeleteFunc(w.pods, func(p *twinPod) bool { return p.id == id })
}

// pop is the best active pod, or the best that backs off.
func (w *twin) pop() (models.PodID, bool) {
	var best *twinPod
	for _, place := range []string{"active", "backoff"} {
		for _, p := range w.pods {
			if p.place == place && (best == nil || p.before(best)) {
				best = p
			}
		}
		if best != nil {
			best.place = "flight"
			return best.id, true
		}
	}
	return models.None, false
}

func (p *twinPod) before(q *twinPod) bool {
	if p.place == "backoff" && p.expiry != q.expiry {
		return p.expiry < q.expiry
	}
	if p.priority != q.priority {
		return p.priority > q.priority
	}
	if p.since != q.since {
		return p.since < q.since
	}
	return p.entered < q.entered
}

func (w *twin) flush(now models.Time) (changed bool) {
	second, scan := now.Floor(time.Second), now.Floor(30*time.Second)
	for _, p := range w.pods {
		switch {
		case (p.place == "backoff" || p.place == "error") && p.expiry < second:
			p.place, changed = "active", true
		case p.place == "unschedulable" && scan.Sub(p.since) > 5*time.Minute:
			w.enter(p, now, false)
			changed = true
		}
	}
	return changed
}

func (w *twin) lengths() Lengths {
	var n Lengths
	for _, p := range w.pods {
		switch p.place {
		case "active":
			n.Active++
		case "backoff", "error":
			n.Backoff++
		case "unschedulable":
			n.Unschedulable++
		case "gated":
			n.Gated++
		case "flight":
			n.InFlight++
		}
	}
	return n
}

// checkPlaces holds the structures of the queue against each other: every pod is
// in exactly one place.
func (w *world) checkPlaces(t *rapid.T) {
	seen := make(map[int32]int)
	for _, h := range []*heap{&w.active, &w.backoff, &w.errorBackoff} {
		for i, slot := range h.slots {
			seen[slot]++
			if e := &w.entries[slot]; e.place != h.place || e.at != int32(i) {
				t.Fatalf("entry %+v stands in heap %d at %d", *e, h.place, i)
			}
			if i > 0 && h.less(&w.entries[slot], &w.entries[h.slots[(i-1)/2]]) {
				t.Fatalf("heap %d is out of order at %d", h.place, i)
			}
		}
	}
	for i := range w.rejections {
		for c := w.rejections[i].first; c != none; c = w.classes[c].next {
			for slot := w.classes[c].first; slot != none; slot = w.entries[slot].next {
				seen[slot]++
			}
		}
	}
	for slot := w.first; slot != none; slot = w.entries[slot].next {
		seen[slot]++
	}
	for slot, n := range seen {
		if n != 1 || w.find(w.entries[slot].pod) != slot {
			t.Fatalf("pod %d is in %d places", w.entries[slot].pod, n)
		}
	}
	if live := len(w.entries) - len(w.free); live != len(seen) {
		t.Fatalf("%d entries live, %d are in a place", live, len(seen))
	}
}

// Whatever happens, the queue does what its plain twin does: the same pods in the
// same order, and NextFlush names the first moment at which a flush matters.
func TestQueueDoesWhatItsTwinDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gate := &gatekeeper{toy: toy{"gate", []framework.Hint{{On: framework.NodeLabel}}}}
		fits := func(pod models.PodID, e *framework.Event) bool { return (int(pod)/4+int(e.Node))%2 == 0 }
		hint := func(on framework.EventKind, f func(models.PodID, *framework.Event) bool) *toy {
			return &toy{"hint", []framework.Hint{{On: on, Queue: func(_ cluster.View, p cluster.Pod, e *framework.Event) bool {
				return f(p.ID(), e)
			}}}}
		}
		w := newWorld(DefaultConfig(), hint(framework.AssignedPodDelete|framework.NodeTaint, fits), hint(framework.NodeAdd, fits), gate)
		model := &twin{hints: [2]func(models.PodID, *framework.Event) bool{fits, fits}, closed: &gate.closed}
		r := &race{w: w, model: model, gate: gate}
		for range rapid.IntRange(20, 200).Draw(t, "steps") {
			r.step(t)
		}
	})
}

type race struct {
	w      *world
	model  *twin
	gate   *gatekeeper
	now    models.Time
	flying []models.PodID
	serial int
}

func (r *race) step(t *rapid.T) {
	r.advance(t)
	v := r.w.c.View()
	switch rapid.SampledFrom([]string{"add", "pop", "pop", "end", "end", "event", "event", "delete", "gate"}).Draw(t, "step") {
	case "add":
		// Pods of one specification, four a priority, share what hints see.
		id := models.PodID(v.Pods())
		spec := r.w.c.DefinePod(&models.PodSpec{Priority: int32(id/4) % 3, SchedulerName: models.Sym(id / 4)})
		op := models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(spec), Ordinal: models.Exact}
		if err := r.w.c.Apply(r.now, &op); err != nil {
			t.Fatal(err)
		}
		r.serial++
		r.w.Add(r.now, id, 0, v)
		p := &twinPod{id: id, priority: int32(id/4) % 3, since: r.now, entered: r.serial, expiry: -1}
		r.model.pods = append(r.model.pods, p)
		r.model.enter(p, r.now, true)
	case "pop":
		got, ok := r.w.Pop()
		if want, wantOK := r.model.pop(); got != want || ok != wantOK {
			t.Fatalf("%s: popped %d, %t; want %d, %t", r.now, got, ok, want, wantOK)
		}
		if ok {
			r.flying = append(r.flying, got)
		}
	case "end":
		r.end(t, v)
	case "event":
		e := &framework.Event{Kind: framework.EventKind(1) << rapid.IntRange(0, 6).Draw(t, "kind"), Node: models.NodeID(rapid.IntRange(0, 1).Draw(t, "node"))}
		r.w.Notify(r.now, e, v)
		r.model.notify(r.now, e)
	case "delete":
		if n := v.Pods(); n > 0 {
			r.delete(models.PodID(rapid.IntRange(0, n-1).Draw(t, "pod")))
		}
	case "gate":
		r.gate.closed = !r.gate.closed
	}
	r.w.checkPlaces(t)
	if got, want := r.w.Lengths(), r.model.lengths(); got != want {
		t.Fatalf("%s: lengths %+v; want %+v", r.now, got, want)
	}
}

func (r *race) end(t *rapid.T, v cluster.View) {
	if len(r.flying) == 0 {
		return
	}
	i := rapid.IntRange(0, len(r.flying)-1).Draw(t, "flight")
	id := r.flying[i]
	r.flying = slices.Delete(r.flying, i, i+1)
	if rapid.IntRange(0, 3).Draw(t, "bound") == 0 {
		r.w.Done(id)
		r.model.drop(id)
		return
	}
	rejectors := PluginSet(rapid.IntRange(0, 3).Draw(t, "rejectors"))
	if p := r.model.find(id); !p.gone {
		r.serial++
	}
	r.w.Reject(r.now, id, rejectors, 0, v)
	r.model.reject(r.now, id, rejectors, r.serial)
}

func (r *race) delete(id models.PodID) {
	r.w.Delete(id)
	if p := r.model.find(id); p != nil {
		if p.place == "flight" {
			p.gone = true
		} else {
			r.model.drop(id)
		}
	}
}

// advance lets time pass and flushes when the queue asks for it. In between, the
// twin finds nothing to flush at any whole second.
func (r *race) advance(t *rapid.T) {
	until := r.now + models.Time(rapid.SampledFrom([]time.Duration{0, 0, time.Millisecond, 300 * time.Millisecond,
		time.Second, 7 * time.Second, 200 * time.Second}).Draw(t, "wait"))
	for second := r.now.Floor(time.Second) + at(1); second <= until; second += at(1) {
		next := r.w.NextFlush(r.now)
		changed := r.model.flush(second)
		if changed != (next <= second) {
			t.Fatalf("%s: next flush at %s, but a flush at %s changes something: %t", r.now, next, second, changed)
		}
		if changed {
			r.w.Flush(second, r.w.c.View())
		}
		r.now = second
	}
	r.now = until
}
