package cluster_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// fatal is what *testing.T and *rapid.T have in common.
type fatal interface {
	Helper()
	Fatal(args ...any)
}

// world is a small cluster to drive by hand.
type world struct {
	*cluster.Cluster
	t    fatal
	now  models.Time
	spec models.SpecID
	job  models.OwnerSpecID
}

func newWorld(t fatal, nodes int) *world { return newWorldWithLog(t, nodes, nil) }

func newWorldWithLog(t fatal, nodes int, log io.Writer) *world {
	d := models.NewDictionary()
	w := &world{Cluster: cluster.New(d, log), t: t}
	for i := range nodes {
		capacity := models.Resources{models.CPU: 4000, models.Memory: 8 << 30, models.Pods: 110}
		w.DefineNode(&models.NodeSpec{
			Name: d.Sym("n" + string(rune('a'+i))), Capacity: capacity, Allocatable: capacity,
		})
	}
	d.Sym("p")
	d.Sym("job")
	w.spec = w.DefinePod(podSpec(d, 1000))
	w.job = w.DefineOwner(&models.OwnerSpec{Kind: models.Job, Template: w.spec, Replicas: 1, Completions: 1})
	for i := range nodes {
		w.do(models.Op{Kind: models.OpAddNode, Node: models.NodeID(i), Def: int32(i)})
	}
	return w
}

func podSpec(d *models.Dictionary, cpu int64) *models.PodSpec {
	return &models.PodSpec{
		Namespace:  d.Sym("default"),
		Requests:   models.Resources{models.CPU: cpu, models.Memory: 1 << 30, models.Pods: 1},
		NonZeroCPU: cpu, NonZeroMemory: 1 << 30, ScoredCPU: cpu, ScoredMemory: 1 << 30,
		HostPorts: []models.HostPort{{Port: 8080}},
	}
}

func (w *world) do(op models.Op) {
	w.t.Helper()
	if err := w.Apply(w.now, &op); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) create(owner models.OwnerID) models.PodID {
	id := models.PodID(w.View().Pods())
	ordinal := models.Exact
	if owner != models.None {
		ordinal = w.View().Owner(owner).NextOrdinal()
	}
	w.do(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(w.spec), Ordinal: ordinal,
		Name: w.Dictionary().Sym("p")})
	return id
}

func (w *world) owner() models.OwnerID {
	id := models.OwnerID(w.View().Owners())
	w.do(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Def: int32(w.job),
		Name: w.Dictionary().Sym("job"), Ordinal: models.Exact})
	return id
}

func (w *world) step(kind models.OpKind, pod models.PodID) {
	w.t.Helper()
	w.do(models.Op{Kind: kind, Pod: pod})
}

func (w *world) bind(pod models.PodID, node models.NodeID) {
	w.t.Helper()
	w.do(models.Op{Kind: models.OpBindPod, Pod: pod, Node: node})
}

func (w *world) check() {
	w.t.Helper()
	if err := w.Check(); err != nil {
		w.t.Fatal(err)
	}
}

func TestAPodGoesThroughItsLife(t *testing.T) {
	w := newWorld(t, 1)
	pod := w.create(models.None)
	w.now = models.Time(time.Second)
	w.bind(pod, 0)
	w.now += models.Time(time.Second)
	w.step(models.OpStartPod, pod)
	w.step(models.OpReadyPod, pod)
	if got := w.View().Node(0).Requested()[models.CPU]; got != 1000 {
		t.Errorf("the node's requested cpu is %d, want 1000", got)
	}
	w.check()
	w.now += models.Time(time.Minute)
	w.step(models.OpFinishPod, pod)
	p := w.View().Pod(pod)
	if p.Phase() != models.Succeeded || p.Ready() || p.Up() {
		t.Errorf("phase %s, ready %t, up %t; want Succeeded, not ready, not up", p.Phase(), p.Ready(), p.Up())
	}
	if got := *w.View().Node(0).Requested(); got != (models.Resources{}) {
		t.Errorf("an ended pod still takes %v", got)
	}
	w.check()
	w.step(models.OpRemovePod, pod)
	want := cluster.Totals{Created: 1, Succeeded: 1}
	if got := w.View().Totals(); got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
	w.check()
}

func TestATerminatingPodHoldsItsRoom(t *testing.T) {
	w := newWorld(t, 1)
	pod := w.create(models.None)
	w.bind(pod, 0)
	w.step(models.OpStartPod, pod)
	w.do(models.Op{Kind: models.OpDeletePod, Pod: pod, Arg: int64(30 * time.Second)})
	if got := w.View().Node(0).Requested()[models.CPU]; got != 1000 {
		t.Errorf("requested cpu %d while the pod terminates, want 1000", got)
	}
	w.step(models.OpRemovePod, pod)
	if got := w.View().Node(0).Requested()[models.CPU]; got != 0 {
		t.Errorf("requested cpu %d after the pod went, want 0", got)
	}
	w.check()
}

func TestACrashStopsContainersButReportsNothing(t *testing.T) {
	w := newWorld(t, 1)
	pod := w.create(models.None)
	w.bind(pod, 0)
	w.step(models.OpStartPod, pod)
	w.step(models.OpReadyPod, pod)
	epoch := w.View().Pod(pod).Epoch()
	w.do(models.Op{Kind: models.OpCrashNode, Node: 0})
	p := w.View().Pod(pod)
	if p.Up() || !p.Ready() || p.Phase() != models.Running {
		t.Errorf("up %t, ready %t, phase %s; want down, but Ready and Running in the API", p.Up(), p.Ready(), p.Phase())
	}
	if p.Epoch() == epoch {
		t.Error("what was planned for the pod before the crash still counts")
	}
	w.check()
}

func TestUnlawfulOperationsAreRefused(t *testing.T) {
	pods := func(w *world) (pending, bound, running, deleting, ended models.PodID) {
		pending, bound, running, deleting, ended =
			w.create(models.None), w.create(models.None), w.create(models.None), w.create(models.None), w.create(models.None)
		for _, id := range []models.PodID{bound, running, deleting, ended} {
			w.bind(id, 0)
		}
		for _, id := range []models.PodID{running, deleting, ended} {
			w.step(models.OpStartPod, id)
		}
		w.do(models.Op{Kind: models.OpDeletePod, Pod: deleting, Arg: int64(10 * time.Second)})
		w.step(models.OpFinishPod, ended)
		return
	}
	const pending, bound, running, deleting, ended = 0, 1, 2, 3, 4
	tests := []struct {
		rule string
		op   models.Op
		want string
	}{
		{"a pod is bound once", models.Op{Kind: models.OpBindPod, Pod: bound, Node: 1}, "on a node already"},
		{"an ended pod is not bound", models.Op{Kind: models.OpBindPod, Pod: ended, Node: 1}, "on a node already"},
		{"a pod needs a node that exists", models.Op{Kind: models.OpBindPod, Pod: pending, Node: 9}, "no node has id 9"},
		{"a pod needs an id that exists", models.Op{Kind: models.OpBindPod, Pod: 99, Node: 0}, "no pod has id 99"},
		{"a pod on no node does not start", models.Op{Kind: models.OpStartPod, Pod: pending}, "on no node"},
		{"a running pod does not start", models.Op{Kind: models.OpStartPod, Pod: running}, "runs already"},
		{"an ended pod does not start", models.Op{Kind: models.OpStartPod, Pod: ended}, "has ended"},
		{"a pod that does not run is not Ready", models.Op{Kind: models.OpReadyPod, Pod: bound}, "does not run"},
		{"a pod that never started does not exit", models.Op{Kind: models.OpExitPod, Pod: bound}, "not Running"},
		{"a terminal phase is final", models.Op{Kind: models.OpFinishPod, Pod: ended}, "ended already"},
		{"a grace may only shrink", models.Op{Kind: models.OpDeletePod, Pod: deleting, Arg: int64(time.Minute)}, "shorter grace"},
		{"a grace is not negative", models.Op{Kind: models.OpDeletePod, Pod: pending, Arg: -1}, "negative"},
		{"a live pod is not removed", models.Op{Kind: models.OpRemovePod, Pod: running}, "neither ended nor been deleted"},
		{"ids count up", models.Op{Kind: models.OpCreatePod, Pod: 77}, "not the next one"},
		{"a specification must exist", models.Op{Kind: models.OpCreatePod, Pod: 5, Owner: models.None, Def: 42}, "no pod specification"},
		{"a node that is up does not come back", models.Op{Kind: models.OpRestoreNode, Node: 0}, "is up"},
		{"a taint is there once", models.Op{Kind: models.OpUntaintNode, Node: 0, Taint: models.Taint{Key: 1}}, "does not have taint"},
		{"Ready changes", models.Op{Kind: models.OpSetNodeReady, Node: 0, Arg: int64(models.ConditionTrue)}, "Ready is True already"},
		{"a scheduling failure is of a pending pod", models.Op{Kind: models.OpFailScheduling, Pod: running}, "on a node already"},
		{"replicas are not negative", models.Op{Kind: models.OpScaleOwner, Owner: 0, Arg: -1}, "replicas must be"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			w := newWorld(t, 2)
			pods(w)
			w.owner()
			before := w.Digest()
			err := w.Apply(w.now, &test.op)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
			if w.Digest() != before {
				t.Error("the refused operation left a record")
			}
			w.check()
		})
	}
}

func TestTimeDoesNotRunBackwards(t *testing.T) {
	w := newWorld(t, 1)
	w.now = 5
	w.create(models.None)
	op := models.Op{Kind: models.OpBindPod, Pod: 0, Node: 0}
	if err := w.Apply(4, &op); err == nil || !strings.Contains(err.Error(), "time runs backwards") {
		t.Fatalf("got %v, want a refusal", err)
	}
}

func TestOwnersCountTheirPods(t *testing.T) {
	w := newWorld(t, 1)
	owner := w.owner()
	a, b, c := w.create(owner), w.create(owner), w.create(owner)
	for _, id := range []models.PodID{a, b} {
		w.bind(id, 0)
		w.step(models.OpStartPod, id)
		w.step(models.OpReadyPod, id)
	}
	w.do(models.Op{Kind: models.OpDeletePod, Pod: b, Arg: int64(time.Second)})
	want := cluster.OwnerCounts{Active: 2, Bound: 1, Ready: 1, Terminating: 1}
	if got := w.View().Owner(owner).Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	w.step(models.OpUntrackPod, b)
	w.step(models.OpRemovePod, b)
	w.step(models.OpFinishPod, a)
	w.do(models.Op{Kind: models.OpFinishPod, Pod: c, Arg: 1})
	want = cluster.OwnerCounts{Succeeded: 1, Failed: 1, Lost: 1}
	if got := w.View().Owner(owner).Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	var listed []models.PodID
	for pod := range w.View().Owner(owner).Pods() {
		listed = append(listed, pod.ID())
	}
	if len(listed) != 2 || listed[0] != a || listed[1] != c {
		t.Errorf("the owner lists %v, want [%d %d]", listed, a, c)
	}
	w.check()
}

func TestEqualTemplatesShareOneSpecification(t *testing.T) {
	w := newWorld(t, 1)
	if again := w.DefinePod(podSpec(w.Dictionary(), 1000)); again != w.spec {
		t.Errorf("an equal template became %d, want %d", again, w.spec)
	}
	if other := w.DefinePod(podSpec(w.Dictionary(), 2000)); other == w.spec {
		t.Error("another template became the same")
	}
}

func TestTheLogIsWhatTheDigestIsOf(t *testing.T) {
	run := func(log *bytes.Buffer, cpu int64) string {
		d := models.NewDictionary()
		c := cluster.New(d, log)
		spec := c.DefinePod(podSpec(d, cpu))
		op := models.Op{Kind: models.OpCreatePod, Owner: models.None, Def: int32(spec), Name: d.Sym("p"), Ordinal: models.Exact}
		if err := c.Apply(7, &op); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		return c.Digest()
	}
	var a, b, other bytes.Buffer
	first, second, third := run(&a, 1000), run(&b, 1000), run(&other, 1001)
	if first != second || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same operations gave another log")
	}
	if first == third {
		t.Error("another specification gave the same digest")
	}
	if !bytes.HasPrefix(a.Bytes(), []byte("podsim-log\x00")) {
		t.Errorf("the log begins with %q", a.Bytes()[:min(16, a.Len())])
	}
}

func TestRemovedPodsGiveTheirMemoryBack(t *testing.T) {
	w := newWorld(t, 1)
	for range 10_000 {
		pod := w.create(models.None)
		w.do(models.Op{Kind: models.OpDeletePod, Pod: pod})
		w.step(models.OpRemovePod, pod)
	}
	live := w.create(models.None)
	count := 0
	for pod := range w.View().Live() {
		count++
		if pod.ID() != live {
			t.Errorf("pod %d still lives", pod.ID())
		}
	}
	if count != 1 || !w.View().Pod(0).Removed() {
		t.Errorf("%d pods live, want 1; pod 0 removed: %t", count, w.View().Pod(0).Removed())
	}
	w.check()
}
