package kernel_test

import (
	"container/heap"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// pending is how many events wait while one is taken and one is added: a
// cluster of 100,000 running pods, each with its end on the agenda.
const pending = 100_000

// delays are drawn before the clock runs, so that no draw is measured.
func delays() []time.Duration {
	src := rand.New(rand.NewPCG(1, 2))
	drawn := make([]time.Duration, 1<<16)
	for i := range drawn {
		drawn[i] = time.Duration(src.ExpFloat64()*3600e3) * time.Millisecond
	}
	return drawn
}

// BenchmarkAgenda takes the next event and schedules another, with the agenda
// and with the standard library's heap of pointers to the same fields in the
// same order.
func BenchmarkAgenda(b *testing.B) {
	drawn := delays()
	b.Run("podsim", func(b *testing.B) { benchmarkPodsim(b, drawn) })
	b.Run("container-heap", func(b *testing.B) { benchmarkContainerHeap(b, drawn) })
}

func benchmarkPodsim(b *testing.B, drawn []time.Duration) {
	var agenda kernel.Agenda
	agenda.Reserve(pending + 1)
	for i := range pending {
		agenda.After(drawn[i%len(drawn)], kernel.Kind(i%8), 0, int32(i), 0)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e, _ := agenda.Next()
		agenda.After(drawn[i%len(drawn)], e.Kind, e.Gen+1, e.A, e.B)
		i++
	}
}

func benchmarkContainerHeap(b *testing.B, drawn []time.Duration) {
	var queue pointerHeap
	queue.events = make([]*kernel.Event, 0, pending+1)
	for i := range pending {
		queue.after(drawn[i%len(drawn)], kernel.Kind(i%8), 0, int32(i), 0)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e := heap.Pop(&queue).(*kernel.Event)
		queue.now = e.At
		queue.after(drawn[i%len(drawn)], e.Kind, e.Gen+1, e.A, e.B)
		i++
	}
}

// pointerHeap is an event queue as one writes it with container/heap.
type pointerHeap struct {
	events []*kernel.Event
	now    models.Time
	seq    uint64
}

func (h *pointerHeap) after(d time.Duration, k kernel.Kind, gen uint32, a, b int32) {
	h.seq++
	heap.Push(h, &kernel.Event{At: h.now.Add(d), Seq: h.seq, Kind: k, Gen: gen, A: a, B: b})
}

func (h *pointerHeap) Len() int { return len(h.events) }

func (h *pointerHeap) Less(i, j int) bool {
	x, y := h.events[i], h.events[j]
	if x.At != y.At {
		return x.At < y.At
	}
	if x.Kind != y.Kind {
		return x.Kind < y.Kind
	}
	return x.Seq < y.Seq
}

func (h *pointerHeap) Swap(i, j int) { h.events[i], h.events[j] = h.events[j], h.events[i] }

func (h *pointerHeap) Push(x any) { h.events = append(h.events, x.(*kernel.Event)) }

func (h *pointerHeap) Pop() any {
	last := len(h.events) - 1
	e := h.events[last]
	h.events[last] = nil
	h.events = h.events[:last]
	return e
}
