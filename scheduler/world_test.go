package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// world is a scheduler at work on a real cluster.
type world struct {
	*scheduler.Scheduler
	t      testing.TB
	d      *models.Dictionary
	c      *cluster.Cluster
	commit scheduler.Committer
}

func newWorld(t testing.TB, config scheduler.Config, table []plugins.Entry) *world {
	t.Helper()
	d := models.NewDictionary()
	s, err := scheduler.New(config, table, d)
	if err != nil {
		t.Fatal(err)
	}
	c := cluster.New(d, nil)
	return &world{s, t, d, c, scheduler.NewCommitter(c)}
}

func newDefaultWorld(t testing.TB) *world {
	return newWorld(t, scheduler.DefaultConfig(plugins.Table()), plugins.Table())
}

func (w *world) apply(now models.Time, op models.Op) {
	w.t.Helper()
	if err := w.c.Apply(now, &op); err != nil {
		w.t.Fatal(err)
	}
}

// join adds n nodes of the given thousandths of a core.
func (w *world) join(now models.Time, n int, cpu int64) {
	w.t.Helper()
	for range n {
		id := w.c.View().Nodes()
		room := models.Resources{models.CPU: cpu, models.Memory: 64 << 30, models.Pods: 110}
		spec := w.c.DefineNode(&models.NodeSpec{Name: w.d.Sym(fmt.Sprintf("n%d", id)), Capacity: room, Allocatable: room})
		w.apply(now, models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(spec)})
	}
}

// create makes a pod that asks for thousandths of a core and adds it.
func (w *world) create(now models.Time, cpu int64, schedulerName string) (models.PodID, bool) {
	w.t.Helper()
	id := models.PodID(w.c.View().Pods())
	spec := w.c.DefinePod(&models.PodSpec{SchedulerName: w.d.Sym(schedulerName), Namespace: w.d.Sym("default"),
		Requests: models.Resources{models.CPU: cpu, models.Pods: 1}, NonZeroCPU: cpu, NonZeroMemory: 200 << 20, ScoredCPU: cpu, ScoredMemory: 200 << 20})
	w.apply(now, models.Op{Kind: models.OpCreatePod, Pod: id, Def: int32(spec), Owner: models.None,
		Name: w.d.Sym("pod"), Ordinal: models.Numbered(int32(id))})
	return id, w.Add(now, id, w.c.View())
}

// next decides and answers: a claim is committed, a failure is recorded.
func (w *world) next(now models.Time) (scheduler.Outcome, bool) {
	w.t.Helper()
	out, ok := w.Next(now, w.c.View())
	if !ok {
		return out, false
	}
	if out.Verdict != scheduler.Claimed {
		w.apply(now, out.Op)
		w.Failed(now, out.Pod, w.c.View())
		return out, true
	}
	if err := w.commit.Commit(now, &out.Claim); err != nil {
		w.t.Fatal(err)
	}
	w.Accepted(out.Pod)
	return out, true
}

// place expects the next pod to go to a node.
func (w *world) place(now models.Time, pod models.PodID, node models.NodeID) {
	w.t.Helper()
	out, ok := w.next(now)
	if !ok || out.Verdict != scheduler.Claimed || out.Pod != pod || out.Claim.Node != node {
		w.t.Fatalf("at %s: %+v, %t; want pod %d on n%d", now, out, ok, pod, node)
	}
}

// finish ends a pod and tells the scheduler that its room is free.
func (w *world) finish(now models.Time, pod models.PodID) {
	w.t.Helper()
	p := w.c.View().Pod(pod)
	node, spec := p.Node(), p.Spec()
	w.apply(now, models.Op{Kind: models.OpFinishPod, Pod: pod})
	w.Notify(now, &framework.Event{Kind: framework.AssignedPodDelete, Node: node, Spec: spec}, w.c.View())
}

func (w *world) idle(now models.Time) {
	w.t.Helper()
	if out, ok := w.Next(now, w.c.View()); ok {
		w.t.Fatalf("at %s: decided %+v; want nothing to do", now, out)
	}
}

func at(seconds float64) models.Time { return models.Time(seconds * float64(time.Second)) }
