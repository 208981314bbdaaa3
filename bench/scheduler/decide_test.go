package scheduler_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// trial is a cell and a way to go on with it.
type trial struct {
	name       string
	nodes      int
	percentage int
	build      func(tb testing.TB, nodes int) *cell
	// steady lets a pod depart for every one that arrives.
	steady bool
	// slow marks what the plain engine takes very long for.
	slow bool
}

// fit has plain pods of 100 kinds, so many a node to begin with.
func fit(crowd int) func(testing.TB, int) *cell {
	return func(tb testing.TB, nodes int) *cell {
		w := newCell(tb, nodes, false)
		for app := range 100 {
			w.offer(w.pod(app), false)
		}
		w.crowd(crowd * nodes)
		return w
	}
}

// spread has pods of 300 ReplicaSets, which default constraints spread.
func spread(tb testing.TB, nodes int) *cell {
	w := newCell(tb, nodes, false)
	for app := range 300 {
		w.offer(w.pod(app), true)
	}
	w.crowd(5 * nodes)
	return w
}

// everything has 600 kinds of pods that use all that the plugins look at.
func everything(tb testing.TB, nodes int) *cell {
	w := newCell(tb, nodes, true)
	for app := range 600 {
		spec := w.pod(app)
		w.everything(spec)
		w.offer(spec, app%2 == 0)
	}
	return w
}

// singletons has no two pods alike.
func singletons(tb testing.TB, nodes int) *cell {
	w := newCell(tb, nodes, false)
	for app := range 6000 {
		spec := w.pod(app)
		spec.Requests[models.CPU] += int64(app)
		w.offer(spec, false)
	}
	return w
}

var trials = []trial{
	{name: "fit/fill", nodes: 5000, percentage: 100, build: fit(0)},
	{name: "fit/steady", nodes: 5000, percentage: 100, build: fit(10), steady: true},
	{name: "fit/large", nodes: 100_000, percentage: 100, build: fit(2), steady: true, slow: true},
	{name: "sampling", nodes: 10_000, percentage: 0, build: fit(10), steady: true},
	{name: "defaultspread", nodes: 5000, percentage: 100, build: spread, steady: true, slow: true},
	{name: "all", nodes: 5000, percentage: 100, build: everything, slow: true},
	{name: "singletons", nodes: 5000, percentage: 100, build: singletons},
}

func BenchmarkDecide(b *testing.B) {
	for _, t := range trials {
		for _, incremental := range []bool{false, true} {
			name := map[bool]string{false: "scan", true: "incremental"}[incremental]
			b.Run(fmt.Sprintf("%s/%s", t.name, name), func(b *testing.B) {
				if t.slow && !incremental && testing.Short() {
					b.Skip("slow")
				}
				t.run(b, incremental)
			})
		}
	}
}

func (t *trial) run(b *testing.B, incremental bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w := t.build(b, t.nodes)
	e := w.engine(incremental, t.percentage)
	// Pods of a workload come in a random order, each workload as often.
	order := make([]int, 0, 8*len(w.workloads))
	for len(order) < 8*len(w.workloads) {
		order = append(order, w.Perm(len(w.workloads))...)
	}
	if t.steady {
		for i := range 4 * len(w.workloads) {
			t.step(w, e, order[i%len(order)])
		}
	}
	var took time.Duration
	failed, done := 0, 0
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		d, ok := t.step(w, e, order[done%len(order)])
		took += d
		done++
		if !ok {
			failed++
		}
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(done)/1000, "µs/decision")
	b.ReportMetric(float64(failed)/float64(done), "failed/decision")
}

func (t *trial) step(w *cell, e decider, workload int) (time.Duration, bool) {
	id := w.arrive(w.workloads[workload])
	begin := cpuTime()
	result, _ := e.Schedule(w.c.View(), id)
	took := cpuTime() - begin
	if result.Node == models.None {
		return took, false
	}
	w.bind(id, result.Node)
	if t.steady {
		w.depart()
	}
	return took, true
}

// BenchmarkRetry tries a pod again that fits nowhere: unchanged, and with a pod
// that came and went in between.
func BenchmarkRetry(b *testing.B) {
	for _, incremental := range []bool{false, true} {
		for _, changed := range []bool{false, true} {
			name := fmt.Sprintf("changed=%t/%s", changed, map[bool]string{false: "scan", true: "incremental"}[incremental])
			b.Run(name, func(b *testing.B) {
				w := fit(10)(b, 5000)
				e := w.engine(incremental, 100)
				spec := w.pod(0)
				spec.Requests[models.CPU] = 1_000_000
				w.offer(spec, false)
				id := w.arrive(w.workloads[100])
				e.Schedule(w.c.View(), id)
				b.ReportAllocs()
				for b.Loop() {
					if changed {
						b.StopTimer()
						other := w.arrive(w.workloads[0])
						w.bind(other, 7)
						w.depart()
						b.StartTimer()
					}
					_, d := e.Schedule(w.c.View(), id)
					d.Message()
				}
			})
		}
	}
}

// TestEnginesAgree goes on with each cell, on fewer nodes, by both engines.
func TestEnginesAgree(t *testing.T) {
	for _, trial := range trials {
		t.Run(trial.name, func(t *testing.T) {
			w := trial.build(t, 300)
			plain, incremental := w.engine(false, trial.percentage), w.engine(true, trial.percentage)
			for i := range 500 {
				id := w.arrive(w.workloads[w.IntN(len(w.workloads))])
				want, because := plain.Schedule(w.c.View(), id)
				got, why := incremental.Schedule(w.c.View(), id)
				if got != want || (why == nil) != (because == nil) || why != nil && why.Message() != because.Message() {
					t.Fatalf("decision %d: %+v, %v; want %+v, %v", i, got, why, want, because)
				}
				if want.Node != models.None {
					w.bind(id, want.Node)
				}
				if trial.steady {
					w.depart()
				}
			}
		})
	}
}
