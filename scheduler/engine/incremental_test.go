package engine_test

import (
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/engine"
)

// twins are the plain engine and the incremental one side by side.
type twins struct {
	*history
	plain       *engine.Scan
	incremental *engine.Incremental
}

func newTwins(h *history, percentage int, ties engine.Ties) *twins {
	return &twins{h, engine.NewScan(h.config(percentage, ties), new(engine.Nodes)),
		engine.NewIncremental(h.config(percentage, ties), new(engine.Nodes))}
}

// decide asks both about a pod and returns what they agree on.
func (w *twins) decide(id models.PodID) engine.Result {
	v := w.c.View()
	want, because := w.plain.Schedule(v, id)
	got, why := w.incremental.Schedule(v, id)
	if got != want {
		w.Fatalf("pod %d: %+v; want %+v", id, got, want)
	}
	if (why == nil) != (because == nil) {
		w.Fatalf("pod %d: diagnosis %v; want %v", id, why, because)
	}
	if why == nil {
		return want
	}
	if why.Message() != because.Message() {
		w.Fatalf("pod %d: %q; want %q", id, why.Message(), because.Message())
	}
	if why.Rejectors != because.Rejectors || why.Pending != because.Pending || why.Nodes != because.Nodes {
		w.Fatalf("pod %d: rejectors %b of %d nodes; want %b of %d", id, why.Rejectors, why.Nodes, because.Rejectors, because.Nodes)
	}
	for i, r := range because.Rejected {
		if i >= len(why.Rejected) || why.Rejected[i].Node != r.Node || why.Rejected[i].Plugin != r.Plugin ||
			why.Rejected[i].Status.Message() != r.Status.Message() {
			w.Fatalf("pod %d: rejected %v; want %v", id, why.Rejected, because.Rejected)
		}
	}
	if why.Room.Nominated != because.Room.Nominated || why.Room.Override != because.Room.Override ||
		!slices.Equal(why.Room.Victims, because.Room.Victims) {
		w.Fatalf("pod %d: room %+v; want %+v", id, why.Room, because.Room)
	}
	return want
}

func (w *twins) run(steps int) {
	for range steps {
		for range w.IntN(6) {
			w.happen()
		}
		if w.one(2) {
			w.arrive()
		}
		if len(w.pending) == 0 {
			continue
		}
		i := w.IntN(len(w.pending))
		id := w.pending[i]
		result := w.decide(id)
		if w.one(8) {
			w.decide(id) // nothing has changed
		}
		if result.Node != models.None && !w.one(8) {
			w.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: result.Node})
			w.pending = slices.Delete(w.pending, i, i+1)
			w.placed = append(w.placed, id)
		}
	}
}

func TestIncrementalDecidesAsScanDoes(t *testing.T) {
	histories := 60
	if text := os.Getenv("PODSIM_HISTORIES"); text != "" {
		histories, _ = strconv.Atoi(text)
	}
	for seed := range histories {
		ties := []engine.Ties{engine.TiesHeap, engine.TiesFirst, engine.TiesHeap, engine.TiesRandom}[seed%4]
		percentage := []int{100, 0, 5}[seed%3]
		nodes := []int{1, 5, 30, 70, 150, 280}[seed/3%6]
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			newTwins(newHistory(t, uint64(seed), nodes), percentage, ties).run(170)
		})
	}
}
