package kernel_test

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

func TestEventIs32Bytes(t *testing.T) {
	if size := unsafe.Sizeof(kernel.Event{}); size != 32 {
		t.Errorf("an event is %d bytes; want 32", size)
	}
}

func TestEqualTimesGoByKindThenSequence(t *testing.T) {
	var agenda kernel.Agenda
	agenda.Schedule(5, 9, 0, 1, 0)
	agenda.Schedule(5, 255, 0, 2, 0)
	agenda.Schedule(5, 0, 0, 3, 0)
	agenda.Schedule(5, 9, 0, 4, 0)
	agenda.Schedule(4, 255, 0, 5, 0)
	agenda.Schedule(5, 0, 0, 6, 0)
	var order []int32
	for e, ok := agenda.Next(); ok; e, ok = agenda.Next() {
		order = append(order, e.A)
	}
	if want := []int32{5, 3, 6, 1, 4, 2}; !slices.Equal(order, want) {
		t.Errorf("events came in the order %v; want %v", order, want)
	}
}

func TestOnlyNextMovesTheClock(t *testing.T) {
	var agenda kernel.Agenda
	if _, ok := agenda.Peek(); ok {
		t.Error("an empty agenda has a next event")
	}
	agenda.After(3*time.Second, 7, 8, 9, 10)
	want := kernel.Event{At: models.Time(3 * time.Second), Seq: 1, A: 9, B: 10, Gen: 8, Kind: 7}
	if e, ok := agenda.Peek(); !ok || e != want {
		t.Errorf("Peek() = %v, %v; want %v", e, ok, want)
	}
	if agenda.Now() != 0 || agenda.Len() != 1 {
		t.Errorf("after Peek now is %v with %d to come; want 0s and 1", agenda.Now(), agenda.Len())
	}
	if e, ok := agenda.Next(); !ok || e != want {
		t.Errorf("Next() = %v, %v; want %v", e, ok, want)
	}
	if agenda.Now() != want.At || agenda.Len() != 0 {
		t.Errorf("after Next now is %v with %d to come; want 3s and 0", agenda.Now(), agenda.Len())
	}
	if _, ok := agenda.Next(); ok || agenda.Err() != nil {
		t.Errorf("an emptied agenda goes on, or has failed: %v", agenda.Err())
	}
}

func TestNeverIsDropped(t *testing.T) {
	var agenda kernel.Agenda
	agenda.Schedule(models.Never, 1, 0, 0, 0)
	agenda.After(time.Second, 1, 0, 0, 0)
	agenda.Next()
	agenda.After(math.MaxInt64, 1, 0, 0, 0) // past the end of the clock
	if agenda.Len() != 0 {
		t.Errorf("%d events are to come; want none", agenda.Len())
	}
}

func TestSchedulingInThePastPanics(t *testing.T) {
	var agenda kernel.Agenda
	agenda.After(time.Minute, 1, 0, 0, 0)
	agenda.Next()
	defer func() {
		const want = "kernel: event of kind 3 (gen 4, a 5, b 6) scheduled in the past: at 59s, now 1m0s"
		if got := recover(); got != want {
			t.Errorf("panic %v; want %q", got, want)
		}
	}()
	agenda.Schedule(models.Time(59*time.Second), 3, 4, 5, 6)
}

func TestZeroDelayLoopStalls(t *testing.T) {
	agenda := kernel.Agenda{InstantLimit: 1000}
	agenda.After(3*time.Minute+2*time.Second, 4, 0, 0, 0)
	agenda.After(time.Hour, 9, 0, 0, 0)
	taken := 0
	for e, ok := agenda.Next(); ok; e, ok = agenda.Next() {
		taken++
		agenda.After(0, 4+(e.Kind-3)%3, 0, int32(taken), 0)
	}
	var stalled *kernel.StallError
	if !errors.As(agenda.Err(), &stalled) {
		t.Fatalf("Err() = %v; want a stall", agenda.Err())
	}
	names := map[kernel.Kind]string{4: "reconcile", 5: "bind", 6: "evict"}
	got := stalled.Describe(func(k kernel.Kind) string { return names[k] })
	const want = "1000 events at t=3m2s without progress; last kinds: " +
		"reconcile, bind, evict, reconcile, bind, evict, reconcile, bind"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if last := stalled.Last[len(stalled.Last)-1]; last.A != 1000 {
		t.Errorf("the last event shown is %v; want that with a = 1000", last)
	}
	if _, ok := agenda.Next(); ok || agenda.Len() != 2 {
		t.Errorf("a stalled agenda goes on, or lost events: %d to come; want 2", agenda.Len())
	}
}

func TestLargeBatchesDoNotStall(t *testing.T) {
	for name, start := range map[string]time.Duration{"at the beginning": 0, "later": time.Hour} {
		t.Run(name, func(t *testing.T) {
			agenda := kernel.Agenda{InstantLimit: 100}
			for range 1000 {
				agenda.After(start, 1, 0, 0, 0)
			}
			for i := range 1000 {
				if _, ok := agenda.Next(); !ok {
					t.Fatalf("stopped after %d events: %v", i, agenda.Err())
				}
				if i < 100 {
					agenda.After(0, 2, 0, 0, 0)
				}
			}
			for range 100 { // as many as the limit, and no more
				if _, ok := agenda.Next(); !ok {
					t.Fatal(agenda.Err())
				}
			}
			agenda.After(0, 3, 0, 0, 0)
			if _, ok := agenda.Next(); ok || agenda.Err() == nil {
				t.Error("the event past the limit happened")
			}
		})
	}
}

func TestTimeResetsTheLimit(t *testing.T) {
	agenda := kernel.Agenda{InstantLimit: 2}
	agenda.After(1, 1, 0, 0, 0)
	for range 1000 {
		e, ok := agenda.Next()
		if !ok {
			t.Fatal(agenda.Err())
		}
		agenda.After(time.Duration(e.Seq%2), 1, 0, 0, 0)
	}
}

// twin is the agenda as one would explain it: a slice kept in order.
type twin struct {
	now    models.Time
	seq    uint64
	events []kernel.Event
}

func (w *twin) schedule(at models.Time, k kernel.Kind, gen uint32, a, b int32) {
	if at == models.Never {
		return
	}
	w.seq++
	w.events = append(w.events, kernel.Event{At: at, Seq: w.seq, Kind: k, Gen: gen, A: a, B: b})
	slices.SortFunc(w.events, func(x, y kernel.Event) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Seq, y.Seq))
	})
}

func (w *twin) next() (kernel.Event, bool) {
	if len(w.events) == 0 {
		return kernel.Event{}, false
	}
	e := w.events[0]
	w.events = w.events[1:]
	w.now = e.At
	return e, true
}

func checkAgainstTwin(t *rapid.T) {
	var agenda kernel.Agenda
	var plain twin
	t.Repeat(map[string]func(*rapid.T){
		"schedule": func(t *rapid.T) {
			at := plain.now.Add(rapid.OneOf(
				rapid.Map(rapid.IntRange(0, 5), func(n int) time.Duration { return time.Duration(n) }),
				rapid.Map(rapid.IntRange(0, 5), func(n int) time.Duration { return time.Duration(n) << 33 }),
				rapid.Map(rapid.Int64Range(0, int64(time.Minute)), func(n int64) time.Duration { return time.Duration(n) }),
				rapid.Map(rapid.Int64Range(0, math.MaxInt64), func(n int64) time.Duration { return time.Duration(n) }),
			).Draw(t, "delay"))
			k := kernel.Kind(rapid.Uint8Range(0, 255).Draw(t, "kind"))
			gen := rapid.Uint32().Draw(t, "gen")
			a, b := rapid.Int32().Draw(t, "a"), rapid.Int32().Draw(t, "b")
			agenda.Schedule(at, k, gen, a, b)
			plain.schedule(at, k, gen, a, b)
		},
		"next": func(t *rapid.T) {
			peeked, _ := agenda.Peek()
			got, ok := agenda.Next()
			want, wantOK := plain.next()
			if got != want || ok != wantOK || peeked != want {
				t.Fatalf("Next() = %v, %v after Peek() = %v; want %v, %v", got, ok, peeked, want, wantOK)
			}
		},
		"": func(t *rapid.T) {
			if agenda.Len() != len(plain.events) || agenda.Now() != plain.now {
				t.Fatalf("%d to come at %v; want %d at %v", agenda.Len(), agenda.Now(), len(plain.events), plain.now)
			}
		},
	})
}

func TestAgendaIsASortedSlice(t *testing.T) { rapid.Check(t, checkAgainstTwin) }

func FuzzAgenda(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkAgainstTwin)) }

// The property above keeps its agendas small; these are several levels deep, all at
// about one time and over hours.
func TestDeepAgendaIsOrdered(t *testing.T) {
	for _, unit := range []time.Duration{1, time.Second} {
		src := rand.New(rand.NewPCG(1, 2))
		var agenda kernel.Agenda
		for i := range 20_000 {
			agenda.After(time.Duration(src.IntN(5000))*unit, kernel.Kind(src.IntN(4)), 0, int32(i), 0)
		}
		var last kernel.Event
		for i := range 60_000 {
			e, ok := agenda.Next()
			if !ok {
				t.Fatalf("unit %s: ended after %d events: %v", unit, i, agenda.Err())
			}
			if order := cmp.Or(cmp.Compare(last.At, e.At), cmp.Compare(last.Kind, e.Kind), cmp.Compare(last.Seq, e.Seq)); order >= 0 {
				t.Fatalf("unit %s: %v came before %v", unit, last, e)
			}
			last = e
			if i < 40_000 {
				agenda.After(time.Duration(1+src.IntN(5000))*unit, kernel.Kind(src.IntN(4)), 0, 0, 0)
			}
		}
		if agenda.Len() != 0 {
			t.Errorf("unit %s: %d events are left over", unit, agenda.Len())
		}
	}
}

func TestSteadyAgendaDoesNotAllocate(t *testing.T) {
	var agenda kernel.Agenda
	agenda.Reserve(1001)
	for i := range 1000 {
		agenda.After(time.Duration(i*7919%1000)*time.Second, 1, 0, 0, 0)
	}
	step := time.Duration(0)
	allocations := testing.AllocsPerRun(10_000, func() {
		e, _ := agenda.Next()
		step = (step + 7919) % 1000
		agenda.After(step*time.Second, e.Kind, 0, 0, 0)
	})
	if allocations != 0 {
		t.Errorf("%v allocations for Next and After; want none", allocations)
	}
}
