package reports

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// TestFoldsAgreeWithARecount applies random operations, lawful or not, and holds
// what the folds have kept up to date against a recount of the whole cluster.
func TestFoldsAgreeWithARecount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, Config{})
		for _, name := range []string{"n1", "n2", "n3"} {
			w.node(name, "", 4000, gibi)
		}
		_, web := w.deployment("web", 3)
		owners := []models.OwnerID{models.None, web, w.owner(models.Job, "batch", 2, models.None)}
		specs := []models.SpecID{w.spec(100, 10), w.spec(700, 30)}
		kinds := models.OpKinds()
		for range rapid.IntRange(20, 150).Draw(rt, "steps") {
			w.now += models.Time(rapid.IntRange(0, 3).Draw(rt, "wait")) * models.Time(time.Second)
			view := w.c.View()
			op := models.Op{
				Kind:  rapid.SampledFrom(kinds).Draw(rt, "kind"),
				Node:  models.NodeID(rapid.IntRange(0, 2).Draw(rt, "node")),
				Owner: rapid.SampledFrom(owners[1:]).Draw(rt, "owner"),
				Pod:   models.PodID(rapid.IntRange(0, max(0, view.Pods()-1)).Draw(rt, "pod")),
				Arg:   int64(rapid.IntRange(0, 2).Draw(rt, "arg")),
			}
			switch op.Kind {
			case models.OpCreatePod:
				op.Pod, op.Owner = models.PodID(view.Pods()), rapid.SampledFrom(owners).Draw(rt, "of")
				op.Def = int32(rapid.SampledFrom(specs).Draw(rt, "spec"))
				op.Name, op.Ordinal = w.d.Sym("p"), models.Exact
			case models.OpAddNode, models.OpCreateOwner, models.OpDeleteOwner, models.OpTaintNode, models.OpUntaintNode,
				models.OpOrphanPod, models.OpOrphanOwner, models.OpAdoptPod, models.OpAdoptOwner: // orphans stay with the workload that they came from
				continue
			}
			if op.Kind == models.OpRelabelPod && int(op.Pod) < view.Pods() {
				was := view.Pod(op.Pod).SpecID()
				spec := *view.Spec(was)
				spec.Labels = models.NewLabels(models.Label{Key: w.d.Sym("app"), Value: w.d.Sym(rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "app"))})
				op.Def, op.Arg = int32(w.c.DefinePod(&spec)), int64(was)
			}
			if w.c.Apply(w.now, &op) == nil {
				recount(rt, w)
			}
		}
		s := w.finish(time.Duration(w.now) + time.Minute)
		n := s.Pods
		if n.Created != n.Succeeded+n.Failed+n.Deleted+n.Pending+n.Bound+n.Running {
			rt.Fatalf("pods do not add up: %+v", n)
		}
		for _, d := range s.Disruptions {
			if d.PodsLost > d.PodsHit || d.Replaced > d.PodsLost || d.ReplacementsReady > d.Replaced {
				rt.Fatalf("more replaced than lost, or lost than hit: %+v", d)
			}
		}
	})
}

func recount(t *rapid.T, w *world) {
	v, r := w.c.View(), w.r
	var g gauges
	totals := v.Totals()
	available := make(map[models.OwnerID]int32)
	for pod := range v.Live() {
		switch {
		case pod.Phase().Terminal():
		case pod.Deleting():
			g.terminating++
		case pod.Phase() == models.Running:
			g.running++
		case pod.Node() != models.None:
			g.bound++
		default:
			g.pending++
		}
		if pod.Owner() != models.None && pod.Active() && pod.Ready() && pod.Up() {
			available[pod.Owner()]++
		}
	}
	for i := range v.Nodes() {
		node := v.Node(models.NodeID(i))
		if node.Removed() {
			continue
		}
		if node.Down() {
			g.nodesDown++
		}
		if node.Ready() == models.ConditionTrue {
			g.nodesReady++
			g.requested, _ = g.requested.Add(*node.Requested())
			for _, id := range node.Pods() {
				if v.Pod(id).Node() == models.None {
					g.requested = g.requested.Sub(v.Pod(id).Spec().Requests)
				}
			}
			g.allocatable, _ = g.allocatable.Add(*node.Allocatable())
		}
	}
	have := r.gauges
	if have.pending != g.pending || have.bound != g.bound || have.running != g.running || have.terminating != g.terminating ||
		have.nodesReady != g.nodesReady || have.nodesDown != g.nodesDown || have.requested != g.requested || have.allocatable != g.allocatable {
		t.Fatalf("gauges %+v, recounted %+v", have, g)
	}
	for i := range r.workloads.services {
		sv := &r.workloads.services[i]
		child := v.Owner(sv.owner).Child()
		if sv.ready != v.Owner(child).Counts().Ready || sv.available != available[child] {
			t.Fatalf("workload has %d Ready and %d available, recounted %d and %d",
				sv.ready, sv.available, v.Owner(child).Counts().Ready, available[child])
		}
	}
	n := r.outcomes.total()
	if (cluster.Totals{Created: n.Created, Pending: n.Pending, Bound: n.Bound, Running: n.Running,
		Succeeded: n.Succeeded, Failed: n.Failed, Removed: n.Deleted}) != totals {
		t.Fatalf("outcomes %+v, the cluster counts %+v", n, totals)
	}
}

// The recorder is on the hot path: once its columns have grown it allocates
// nothing.
func TestObserveAllocatesNothing(t *testing.T) {
	w := newWorld(t, Config{Horizon: models.Time(time.Hour)})
	n := w.node("n1", "", 4000, gibi)
	_, web := w.deployment("web", 1)
	pod := w.podOf(web, w.spec(1, 1))
	w.unschedulable(pod, "0/1 nodes are available: 1 Insufficient cpu.")
	w.run(pod, n)
	ops := []models.Op{
		{Kind: models.OpFailScheduling, Pod: pod, Message: w.d.Sym("0/1 nodes are available: 1 Insufficient cpu.")},
		{Kind: models.OpUnreadyPod, Pod: pod}, {Kind: models.OpReadyPod, Pod: pod},
		{Kind: models.OpExitPod, Pod: pod, Arg: 1}, {Kind: models.OpStartPod, Pod: pod},
	}
	allocations := testing.AllocsPerRun(1000, func() {
		for i := range ops {
			w.now += 1000
			w.r.Observe(w.now, &ops[i], w.c.View())
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}
