package queue

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// toy is a plugin made of what a test needs.
type toy struct {
	name  string
	hints []framework.Hint
}

func (p *toy) Name() string                       { return p.name }
func (p *toy) Reads() framework.Reads             { return framework.ReadsPodOnly }
func (p *toy) EventsToRegister() []framework.Hint { return p.hints }
func (p *toy) Less(a, b framework.QueuedPod) bool { return byPriority(a, b) }
func byPriority(a, b framework.QueuedPod) bool {
	return a.Priority > b.Priority || a.Priority == b.Priority && a.Since < b.Since
}
func always(on framework.EventKind) *toy { return &toy{"always", []framework.Hint{{On: on}}} }
func asked(on framework.EventKind, f func() bool) *toy {
	return &toy{"asked", []framework.Hint{{On: on, Queue: func(cluster.View, cluster.Pod, *framework.Event) bool { return f() }}}}
}

// gatekeeper holds pods back while closed.
type gatekeeper struct {
	toy
	closed bool
}

func (g *gatekeeper) PreEnqueue(cluster.View, cluster.Pod) *framework.Status {
	if g.closed {
		return framework.NewStatus(framework.UnschedulableAndUnresolvable, "closed")
	}
	return nil
}

// world is a queue over a real cluster.
type world struct {
	*Queue
	c *cluster.Cluster
}

func newWorld(config Config, plugins ...framework.Plugin) *world {
	return &world{New(config, always(0), []Profile{NewProfile(plugins)}), cluster.New(models.NewDictionary(), nil)}
}

// create makes n pods of one priority and adds them.
func (w *world) create(t testing.TB, now models.Time, priority int32, n int) []models.PodID {
	t.Helper()
	spec := w.c.DefinePod(&models.PodSpec{Priority: priority})
	var ids []models.PodID
	for range n {
		id := models.PodID(w.c.View().Pods())
		op := models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(spec), Ordinal: models.Exact}
		if err := w.c.Apply(now, &op); err != nil {
			t.Fatal(err)
		}
		w.Add(now, id, 0, w.c.View())
		ids = append(ids, id)
	}
	return ids
}

// fail takes the next pod and has it rejected.
func (w *world) fail(t testing.TB, now models.Time, rejectors PluginSet) models.PodID {
	t.Helper()
	id, ok := w.Pop()
	if !ok {
		t.Fatalf("%s: nothing to pop", now)
	}
	w.Reject(now, id, rejectors, 0, w.c.View())
	return id
}

func (w *world) event(now models.Time, kind framework.EventKind) {
	w.Notify(now, &framework.Event{Kind: kind}, w.c.View())
}

func at(seconds float64) models.Time { return models.Time(seconds * float64(time.Second)) }

func (w *world) want(t testing.TB, when string, want Lengths) {
	t.Helper()
	if got := w.Lengths(); got != want {
		t.Fatalf("%s: lengths %+v; want %+v", when, got, want)
	}
}

func (w *world) wantPop(t testing.TB, want ...models.PodID) {
	t.Helper()
	for _, id := range want {
		if got, ok := w.Pop(); !ok || got != id {
			t.Fatalf("popped %d, %t; want %d", got, ok, id)
		}
	}
}
