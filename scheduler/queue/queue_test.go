package queue

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

const plugin0, plugin1 PluginSet = 1, 2

func TestActivePodsArePoppedByPriorityThenSinceThenOrderOfEntry(t *testing.T) {
	w := newWorld(DefaultConfig())
	low := w.create(t, at(0), 0, 2)
	late := w.create(t, at(1), 5, 1)
	high := w.create(t, at(2), 9, 2)
	w.wantPop(t, high[0], high[1], late[0], low[0], low[1])
	if _, ok := w.Pop(); ok {
		t.Fatal("popped from an empty queue")
	}
}

// The vector of the specification: a pod fails first at 5.3 s and an event comes
// at 5.4 s. Its backoff expires at floor(6.3 s) and lasts through that second.
func TestBackoffOfABusySchedulerEndsAtTheFlushAfterItsLastSecond(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd))
	pod := w.create(t, at(5), 0, 1)[0]
	w.fail(t, at(5.3), plugin0)
	w.create(t, at(5.35), 0, 1) // keeps the scheduler busy
	w.event(at(5.4), framework.NodeAdd)
	w.want(t, "after the event", Lengths{Active: 1, Backoff: 1})
	if next := w.NextFlush(at(5.4)); next != at(7) {
		t.Fatalf("next flush at %s; want 7s", next)
	}
	w.Flush(at(6), w.c.View())
	w.want(t, "at 6 s", Lengths{Active: 1, Backoff: 1})
	w.Flush(at(7), w.c.View())
	w.want(t, "at 7 s", Lengths{Active: 2})
	// It waits since 5.3 s, the other since 5.35 s.
	w.wantPop(t, pod)
	if next := w.NextFlush(at(7)); next != models.Never {
		t.Fatalf("next flush at %s; want never", next)
	}
}

func TestIdleSchedulerPopsPodsThatStillBackOff(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd))
	pod := w.create(t, at(5), 0, 1)[0]
	w.fail(t, at(5.3), plugin0)
	if _, ok := w.Pop(); ok {
		t.Fatal("popped an unschedulable pod")
	}
	w.event(at(5.4), framework.NodeAdd)
	w.wantPop(t, pod)
}

func TestIdleSchedulerLeavesPodsThatFailedWithAnError(t *testing.T) {
	w := newWorld(DefaultConfig())
	pod := w.create(t, at(5), 0, 1)[0]
	w.Pop()
	w.Fail(at(5.3), pod, w.c.View())
	w.want(t, "after the error", Lengths{Backoff: 1})
	if _, ok := w.Pop(); ok {
		t.Fatal("popped from the error backoff queue")
	}
	if next := w.NextFlush(at(5.3)); next != at(7) {
		t.Fatalf("next flush at %s; want 7s", next)
	}
	w.Flush(at(7), w.c.View())
	w.wantPop(t, pod)
}

func TestBackoffDoublesUpToTheMaximum(t *testing.T) {
	for name, rejectors := range map[string]PluginSet{"rejected": plugin0, "error": 0} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(DefaultConfig(), always(framework.NodeAdd))
			w.create(t, 0, 0, 1)
			now := models.Time(0)
			for _, want := range []float64{1, 2, 4, 8, 10, 10} {
				w.fail(t, now, rejectors)
				w.event(now, framework.NodeAdd)
				// On a whole second the backoff ends a second after it expires.
				next := w.NextFlush(now)
				if next-now != at(want+1) {
					t.Fatalf("backoff until %s after a failure at %s; want %g s and one", next, now, want)
				}
				now = next
				w.Flush(now, w.c.View())
				w.want(t, "after backoff", Lengths{Active: 1})
			}
		})
	}
}

func TestErrorsCountAnewAfterARejection(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd))
	w.create(t, 0, 0, 1)
	now := models.Time(0)
	for i, step := range []struct {
		rejectors PluginSet
		seconds   float64
	}{{0, 1}, {0, 2}, {plugin0, 1}, {0, 1}, {plugin0, 2}} {
		w.fail(t, now, step.rejectors)
		w.event(now, framework.NodeAdd)
		next := w.NextFlush(now)
		if next-now != at(step.seconds+1) {
			t.Fatalf("step %d: backoff until %s after %s; want %g s and one", i, next, now, step.seconds)
		}
		now = next
		w.Flush(now, w.c.View())
	}
}

func TestBackoffQueueIsOrderedByPriorityWithinASecond(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd))
	low := w.create(t, at(1), 0, 1)[0]
	w.fail(t, at(1.1), plugin0)
	high := w.create(t, at(1.2), 7, 1)[0]
	w.fail(t, at(1.8), plugin0) // expires in the same second
	first := w.create(t, at(1.9), 1, 1)[0]
	w.event(at(1.9), framework.NodeAdd)
	w.wantPop(t, first, high, low)
}

func TestEventAfterTheBackoffMakesActiveAtOnce(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd))
	w.create(t, 0, 0, 1)
	w.fail(t, at(0.5), plugin0) // expires at 1 s
	w.event(at(1.9), framework.NodeCondition)
	w.event(at(2), framework.NodeAdd)
	w.want(t, "at 2 s", Lengths{Active: 1})
}

func TestEventsDuringTheAttemptAreReplayed(t *testing.T) {
	for _, c := range []struct {
		name string
		kind framework.EventKind
		want Lengths
	}{
		{"registered", framework.NodeAdd, Lengths{Backoff: 1}},
		{"not registered", framework.NodeLabel, Lengths{Unschedulable: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(DefaultConfig(), always(framework.NodeAdd))
			pods := w.create(t, 0, 0, 2)
			w.wantPop(t, pods[0])
			w.event(at(0.1), c.kind)
			w.Reject(at(0.2), pods[0], plugin0, 0, w.c.View())
			got := w.Lengths()
			got.Active = 0
			if got != c.want {
				t.Fatalf("lengths %+v; want %+v", got, c.want)
			}
			// The second pod was popped after the event and has not missed it.
			w.wantPop(t, pods[1])
			w.Reject(at(0.3), pods[1], plugin0, 0, w.c.View())
			if n := w.Lengths().Unschedulable; n != c.want.Unschedulable+1 {
				t.Fatalf("%d unschedulable pods; want %d", n, c.want.Unschedulable+1)
			}
			if len(w.events) != 0 {
				t.Fatalf("%d events are kept though nothing is in flight", len(w.events))
			}
		})
	}
}

func TestOnlyHintsOfRejectingPluginsAreAskedOnceAClass(t *testing.T) {
	calls, answer := 0, false
	w := newWorld(DefaultConfig(),
		asked(framework.NodeAdd, func() bool { calls++; return answer }),
		asked(framework.NodeAdd, func() bool { t.Error("asked a plugin that rejected nobody"); return true }))
	w.create(t, 0, 0, 3)
	for range 3 {
		w.fail(t, at(1), plugin0)
	}
	w.event(at(2), framework.NodeAdd)
	w.want(t, "after the hint said no", Lengths{Unschedulable: 3})
	answer = true
	w.event(at(3), framework.NodeAdd)
	w.want(t, "after the hint said yes", Lengths{Active: 3})
	if calls != 2 {
		t.Fatalf("the hint was asked %d times; want once an event", calls)
	}
}

func TestPluginWithNodeAddButNoNodeTaintIsWokenByAnyTaint(t *testing.T) {
	never := func() bool { return false }
	w := newWorld(DefaultConfig(), asked(framework.NodeAdd, never), asked(framework.NodeAdd|framework.NodeTaint, never))
	w.create(t, 0, 0, 2)
	w.fail(t, at(0.1), plugin0)
	w.fail(t, at(0.2), plugin1)
	w.event(at(5), framework.NodeTaint)
	w.want(t, "after a taint", Lengths{Active: 1, Unschedulable: 1})
}

type mute struct{ name string }

func (m mute) Name() string           { return m.name }
func (m mute) Reads() framework.Reads { return framework.ReadsPodOnly }

func TestPluginThatRegistersNothingHearsEverything(t *testing.T) {
	w := newWorld(DefaultConfig(), mute{"mute"})
	w.create(t, 0, 0, 1)
	w.fail(t, at(0.1), plugin0)
	w.event(at(5), framework.NodeCondition)
	w.want(t, "after an event", Lengths{Active: 1})
}

func TestUnschedulablePodsAreTriedAgainAtTheScanAfterFiveMinutes(t *testing.T) {
	for _, c := range []struct{ failed, scan float64 }{{0, 330}, {12.3, 330}, {29.9, 330}, {30, 360}, {31, 360}} {
		w := newWorld(DefaultConfig(), always(0))
		w.create(t, 0, 0, 1)
		w.fail(t, at(c.failed), plugin0)
		if next := w.NextFlush(at(c.failed)); next != at(c.scan) {
			t.Errorf("failed at %g s: next flush at %s; want %g s", c.failed, next, c.scan)
		}
		w.Flush(at(c.scan-1), w.c.View())
		w.want(t, "before the scan", Lengths{Unschedulable: 1})
		w.Flush(at(c.scan), w.c.View())
		w.want(t, "after the scan", Lengths{Active: 1})
	}
}

func TestGatedPodsWaitForTheGate(t *testing.T) {
	gate := &gatekeeper{toy: toy{"gate", []framework.Hint{{On: framework.NodeLabel}}}, closed: true}
	w := newWorld(DefaultConfig(), always(framework.NodeAdd), gate)
	pod := w.create(t, 0, 0, 1)[0]
	w.want(t, "at creation", Lengths{Gated: 1})
	if next := w.NextFlush(0); next != models.Never {
		t.Fatalf("next flush at %s: age does not open gates", next)
	}
	w.Flush(at(600), w.c.View())
	w.event(at(600), framework.NodeLabel)
	w.want(t, "while closed", Lengths{Gated: 1})
	gate.closed = false
	w.event(at(601), framework.NodeAdd) // not what the gate registers
	w.want(t, "after another event", Lengths{Gated: 1})
	w.event(at(602), framework.NodeLabel)
	w.want(t, "after the gate's event", Lengths{Active: 1})
	w.wantPop(t, pod)

	// The gate closes again: a rejected pod that an event wakes is gated.
	w.Reject(at(603), pod, plugin0, 0, w.c.View())
	gate.closed = true
	w.event(at(603.5), framework.NodeAdd)
	w.want(t, "woken before a closed gate", Lengths{Gated: 1})
}

func TestDeletedPodsAreForgottenWhereverTheyAre(t *testing.T) {
	gate := &gatekeeper{toy: toy{"gate", nil}}
	w := newWorld(DefaultConfig(), always(framework.NodeAdd), gate)
	pods := w.create(t, 0, 0, 5)
	v := w.c.View()
	w.wantPop(t, pods[0])
	w.Fail(at(1), pods[0], v)
	w.wantPop(t, pods[1])
	w.Reject(at(1), pods[1], plugin0, 0, v)
	w.wantPop(t, pods[2])
	w.event(at(1), framework.NodeAdd)
	w.Reject(at(1.1), pods[2], plugin0, 0, v)
	w.wantPop(t, pods[3])
	gate.closed = true
	pods = append(pods, w.create(t, at(1), 1, 1)...)
	w.want(t, "before", Lengths{Active: 1, Backoff: 3, Gated: 1, InFlight: 1})
	for _, id := range pods {
		w.Delete(id)
	}
	w.want(t, "after", Lengths{InFlight: 1})
	w.Reject(at(2), pods[3], plugin0, 0, v)
	w.want(t, "after the flight", Lengths{})
	w.Add(at(3), pods[0], 0, v)
	w.want(t, "added again", Lengths{Gated: 1})
}

func TestPodIsAddedOnce(t *testing.T) {
	w := newWorld(DefaultConfig())
	pod := w.create(t, 0, 0, 1)[0]
	w.Add(at(1), pod, 0, w.c.View())
	w.wantPop(t, pod)
	w.Add(at(1), pod, 0, w.c.View())
	w.want(t, "in flight", Lengths{InFlight: 1})
	w.Done(pod)
	w.Done(pod)
	w.want(t, "done", Lengths{})
}

func TestPopFromBackoffQCanBeTurnedOff(t *testing.T) {
	config := DefaultConfig()
	config.PopFromBackoffQ = false
	w := newWorld(config, always(framework.NodeAdd))
	pod := w.create(t, at(5), 0, 1)[0]
	w.fail(t, at(5.3), plugin0) // backs off until 6.3 s exactly
	w.event(at(5.4), framework.NodeAdd)
	if _, ok := w.Pop(); ok {
		t.Fatal("popped from the backoff queue")
	}
	if next := w.NextFlush(at(5.4)); next != at(7) {
		t.Fatalf("next flush at %s; want 7s", next)
	}
	w.Flush(at(7), w.c.View())
	w.wantPop(t, pod)
}

func TestMaximumBackoffOfZeroTurnsBackoffOff(t *testing.T) {
	w := newWorld(Config{UnschedulableAge: time.Minute}, always(framework.NodeAdd))
	pod := w.create(t, 0, 0, 1)[0]
	w.Pop()
	w.Fail(0, pod, w.c.View())
	w.want(t, "after an error", Lengths{Active: 1})
}

func TestEachProfileAsksItsOwnPlugins(t *testing.T) {
	w := newWorld(DefaultConfig())
	w.Queue = New(DefaultConfig(), always(0), []Profile{
		NewProfile([]framework.Plugin{always(framework.NodeAdd)}),
		NewProfile([]framework.Plugin{always(framework.NodeLabel)}),
	})
	v := w.c.View()
	first := w.create(t, 0, 0, 1)[0]
	second := w.create(t, 0, 1, 1)[0]
	w.Delete(second)
	w.Add(0, second, 1, v)
	w.fail(t, at(1), plugin0)
	w.fail(t, at(1), plugin0)
	w.event(at(9), framework.NodeLabel)
	w.want(t, "after the event", Lengths{Active: 1, Unschedulable: 1})
	w.wantPop(t, second)
	w.event(at(10), framework.NodeAdd)
	w.wantPop(t, first)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	w := newWorld(DefaultConfig(), &toy{"hint", []framework.Hint{{On: framework.AssignedPodDelete,
		Queue: func(_ cluster.View, pod cluster.Pod, _ *framework.Event) bool { return pod.ID()%2 == 0 }}}})
	pods := w.create(t, 0, 0, 64)
	v := w.c.View()
	for range pods {
		w.Pop()
	}
	for _, id := range pods {
		w.Done(id)
	}
	now := models.Time(0)
	event := &framework.Event{Kind: framework.AssignedPodDelete}
	round := func() {
		now += at(1)
		for _, id := range pods {
			w.Add(now, id, 0, v)
		}
		for range pods {
			id, _ := w.Pop()
			w.Reject(now, id, plugin0, 0, v)
		}
		w.Notify(now, event, v)
		w.Flush(now+at(400), v)
		for _, id := range pods {
			w.Delete(id)
		}
	}
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Fatalf("a round allocates %g times; want 0", n)
	}
}

func BenchmarkAddPop(b *testing.B) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd))
	pods := w.create(b, 0, 0, 10_000)
	v := w.c.View()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		id, _ := w.Pop()
		w.Done(id)
		w.Add(models.Time(i), pods[id], 0, v)
	}
}

func BenchmarkNotifyThatNobodyRegisters(b *testing.B) {
	w := newWorld(DefaultConfig(), always(framework.NodeAdd), always(framework.AssignedPodAdd))
	w.create(b, 0, 0, 10_000)
	for range 10_000 {
		w.fail(b, 0, plugin0)
	}
	event := &framework.Event{Kind: framework.AssignedPodAdd}
	b.ReportAllocs()
	for b.Loop() {
		w.Notify(at(1), event, w.c.View())
	}
}
