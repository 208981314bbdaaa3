package control

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

const second = models.Time(time.Second)

// world is a cluster to drive controllers by hand.
type world struct {
	*cluster.Cluster
	t           *testing.T
	now         models.Time
	controllers *Controllers
}

func newWorld(t *testing.T) *world {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	return &world{Cluster: c, t: t, controllers: New(d, c.DefinePod)}
}

func (w *world) do(ops ...models.Op) {
	w.t.Helper()
	for _, op := range ops {
		if err := w.Apply(w.now, &op); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) node(zone string) models.NodeID {
	d, id := w.Dictionary(), models.NodeID(w.View().Nodes())
	def := w.DefineNode(&models.NodeSpec{
		Name:   d.Sym(fmt.Sprintf("n%d", id)),
		Labels: models.NewLabels(models.Label{Key: d.Sym(models.LabelZone), Value: d.Sym(zone)}),
	})
	w.do(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(def)})
	return id
}

func (w *world) owner(spec models.OwnerSpec) cluster.Owner {
	spec.Template = w.DefinePod(&models.PodSpec{RestartPolicy: models.RestartNever, GracePeriod: 30 * time.Second})
	def, id := w.DefineOwner(&spec), models.OwnerID(w.View().Owners())
	w.do(models.Op{
		Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Def: int32(def),
		Name: w.Dictionary().Sym("o"), Ordinal: models.Exact,
	})
	return w.View().Owner(id)
}

// sync reconciles an owner and applies what its controller proposes.
func (w *world) sync(o cluster.Owner) ([]models.Op, models.Time) {
	w.t.Helper()
	ops, next := w.controllers.Reconcile(w.now, w.View(), o, nil)
	w.do(ops...)
	return ops, next.Wake
}

func (w *world) run(pod models.PodID, node models.NodeID) {
	w.t.Helper()
	w.do(models.Op{Kind: models.OpBindPod, Pod: pod, Node: node}, models.Op{Kind: models.OpStartPod, Pod: pod},
		models.Op{Kind: models.OpReadyPod, Pod: pod})
}

func (w *world) finish(pod models.PodID, exitCode int64) {
	w.t.Helper()
	w.do(models.Op{Kind: models.OpFinishPod, Pod: pod, Arg: exitCode})
}

// created lists the pods that operations create.
func created(ops []models.Op) (pods []models.PodID) {
	for _, op := range ops {
		if op.Kind == models.OpCreatePod {
			pods = append(pods, op.Pod)
		}
	}
	return pods
}

func kinds(ops []models.Op) string {
	var list []string
	for _, op := range ops {
		list = append(list, op.Kind.String())
	}
	return strings.Join(list, " ")
}

func TestAReplicaSetKeepsItsNumberOfActivePods(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.owner(models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 3})
	if ops, _ := w.sync(o); kinds(ops) != "CreatePod CreatePod CreatePod" {
		t.Fatalf("at first: %s", kinds(ops))
	}
	w.run(0, node)
	w.do(DeletePod(w.View().Pod(0), 0))
	if ops, _ := w.sync(o); kinds(ops) != "CreatePod" {
		t.Errorf("a terminating pod is replaced at once; got %q", kinds(ops))
	}
	w.finish(1, 1)
	if ops, _ := w.sync(o); kinds(ops) != "CreatePod" {
		t.Errorf("a failed pod is replaced; got %q", kinds(ops))
	}
	if ops, _ := w.sync(o); len(ops) != 0 {
		t.Errorf("nothing is amiss, yet %s", kinds(ops))
	}
}

func TestAReplicaSetCreatesAtMost500PodsASync(t *testing.T) {
	w := newWorld(t)
	o := w.owner(models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 1200})
	for _, want := range []int{500, 500, 200} {
		ops, wake := w.sync(o)
		if len(ops) != want || (wake == models.Never) != (want == 200) {
			t.Fatalf("%d operations, next sync %s; want %d", len(ops), wake, want)
		}
	}
}

func TestScaleDownTakesTheLeastUsefulPodsFirst(t *testing.T) {
	w := newWorld(t)
	n := w.node("a")
	o := w.owner(models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 6})
	w.sync(o)
	const unassigned, pending, unready, restarted, young, old = 0, 1, 2, 3, 4, 5
	w.do(models.Op{Kind: models.OpBindPod, Pod: pending, Node: n})
	w.now = 100 * second
	for _, pod := range []models.PodID{old, restarted} {
		w.run(pod, n)
	}
	w.do(models.Op{Kind: models.OpExitPod, Pod: restarted, Arg: 1}, models.Op{Kind: models.OpStartPod, Pod: restarted})
	w.do(models.Op{Kind: models.OpBindPod, Pod: unready, Node: n}, models.Op{Kind: models.OpStartPod, Pod: unready})
	w.do(models.Op{Kind: models.OpReadyPod, Pod: restarted})
	w.now = 900 * second
	w.run(young, n)
	w.now = 1000 * second
	want := []models.PodID{unassigned, pending, unready, young, restarted, old}
	var got []models.PodID
	for _, pod := range newChoice().victims(w.now, w.View(), o, 6) {
		got = append(got, pod.ID())
	}
	if !slices.Equal(got, want) {
		t.Errorf("deleted in the order %v, want %v", got, want)
	}
}

func TestADeploymentMakesAReplicaSetAndScalesIt(t *testing.T) {
	w := newWorld(t)
	d := w.Dictionary()
	spec := w.DefinePod(&models.PodSpec{})
	set := w.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Template: spec})
	o := w.owner(models.OwnerSpec{Kind: models.Deployment, Replicas: 2, ReplicaSet: set, TemplateHash: d.Sym("5d4f8")})
	if ops, _ := w.sync(o); kinds(ops) != "CreateOwner ReviseOwner ScaleOwner SetCondition" {
		t.Fatalf("at first: %s", kinds(ops))
	}
	child := w.View().Owner(o.Child())
	if child.Name() != "o-5d4f8" || child.Replicas() != 2 {
		t.Errorf("made %s with %d replicas, want o-5d4f8 with 2", child.Name(), child.Replicas())
	}
	w.do(models.Op{Kind: models.OpScaleOwner, Owner: o.ID(), Arg: 5})
	if ops, _ := w.sync(o); kinds(ops) != "ScaleOwner" || child.Replicas() != 5 {
		t.Errorf("%s; the ReplicaSet has %d replicas, want 5", kinds(ops), child.Replicas())
	}
	w.do(models.Op{Kind: models.OpDeleteOwner, Owner: o.ID()})
	if ops, _ := w.sync(o); kinds(ops) != "DeleteOwner" || !child.Deleted() {
		t.Errorf("%s; the ReplicaSet of a deleted Deployment goes too", kinds(ops))
	}
}

// The starts of a failing single pod wait 0, 10, 20, 40, 80, 160 and 320 s after
// the failure before; the seventh failure ends a Job with backoffLimit 6.
func TestAFailingJobBacksOffAndGivesUp(t *testing.T) {
	w := newWorld(t)
	o := w.owner(models.OwnerSpec{Kind: models.Job, Replicas: 1, Completions: 1, BackoffLimit: 6, TTLAfterFinished: -1})
	var waits []models.Time
	for failed := w.now; o.Live(); {
		ops, wake := w.sync(o)
		made := created(ops)
		switch {
		case len(made) == 1:
			waits = append(waits, (w.now-failed)/second)
			w.finish(made[0], 1)
			failed = w.now
		case wake != models.Never:
			w.now = wake
		}
	}
	if want := []models.Time{0, 10, 20, 40, 80, 160, 320}; !slices.Equal(waits, want) {
		t.Errorf("waits %v s, want %v", waits, want)
	}
	if got := w.Dictionary().String(o.Reason()); !o.Failed() || got != "BackoffLimitExceeded" {
		t.Errorf("failed %t, reason %s", o.Failed(), got)
	}
}

func TestAJobRunsItsCompletionsWithItsParallelism(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.owner(models.OwnerSpec{Kind: models.Job, Replicas: 3, Completions: 7, BackoffLimit: 6, TTLAfterFinished: 100 * time.Second})
	var batches []int
	for o.Live() {
		ops, _ := w.sync(o)
		made := created(ops)
		if len(made) > 0 {
			batches = append(batches, len(made))
		}
		for _, pod := range made {
			w.run(pod, node)
			w.finish(pod, 0)
		}
	}
	if want := []int{3, 3, 1}; !slices.Equal(batches, want) || !o.Complete() {
		t.Errorf("created %v pods, complete %t; want %v", batches, o.Complete(), want)
	}
	w.now += 50 * second
	if _, wake := w.sync(o); wake != w.now+50*second {
		t.Errorf("to be deleted at %s, want 100 s after its end", wake)
	}
	w.now += 50 * second
	if ops, _ := w.sync(o); kinds(ops) != "TerminateOwner" {
		t.Errorf("at the end of its time to live: %q", kinds(ops))
	}
}

func TestAJobWithoutCompletionsEndsWithItsFirstSuccess(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.owner(models.OwnerSpec{Kind: models.Job, Replicas: 2, Completions: models.Unset, BackoffLimit: 6})
	w.sync(o)
	w.run(0, node)
	w.run(1, node)
	w.finish(0, 0)
	if ops, _ := w.sync(o); len(created(ops)) != 0 || !o.Live() {
		t.Errorf("one pod still works, yet %q", kinds(ops))
	}
	w.finish(1, 0)
	if w.sync(o); !o.Complete() {
		t.Error("all pods have ended, yet the Job is not complete")
	}
}

func TestSilenceIsNoticedTenPassesAfterTheLastRenewalWasSeen(t *testing.T) {
	tests := []struct{ joined, crash, want models.Time }{
		{0, 0, 50},    // lease just renewed, pass at the same time
		{0, 9, 50},    // renewed at 0
		{0, 10, 60},   // renewed at 10
		{0, 19, 60},   //
		{3, 12, 55},   // renewed at 3, seen at 5
		{3, 13, 65},   // renewed at 13, seen at 15
		{5, 104, 145}, // renewed at 95, seen at 95
	}
	for _, test := range tests {
		w := newWorld(t)
		w.now = test.joined * second
		node := w.View().Node(w.node("a"))
		if got := SilentAt(test.crash*second, node); got != test.want*second {
			t.Errorf("joined at %d s, crashed at %d s: Unknown at %s, want %d s", test.joined, test.crash, got, test.want)
		}
	}
}

// A kubelet that is started, or reaches the API server again, renews its Lease from then
// on: every 10 s from 37 s on here.
func TestRenewalsBeginAnewWhenAKubeletIsBack(t *testing.T) {
	w := newWorld(t)
	w.now = 3 * second
	id := w.node("a")
	w.do(models.Op{Kind: models.OpSilenceNode, Node: id, Arg: int64(models.Stopped)})
	if got := SilentAt(20*second, w.View().Node(id)); got != 55*second {
		t.Errorf("silent since 3 s: Unknown at %s, want 55 s", got)
	}
	w.now = 37 * second
	w.do(models.Op{Kind: models.OpSilenceNode, Node: id, Arg: int64(models.Heard)})
	if got := SilentAt(46*second, w.View().Node(id)); got != 90*second {
		t.Errorf("back at 37 s and silent at 46 s: Unknown at %s, want 90 s", got)
	}
}

func TestEvictedPodsAndThenTheOldestEndedOneGoFirst(t *testing.T) {
	var ended TerminatedPods
	for _, id := range []models.PodID{5, 3, 9, 1, 7, 2, 8} {
		ended.Add(id, id >= 8)
	}
	var got []models.PodID
	for ended.Len() > 0 {
		got = append(got, ended.Next())
	}
	if want := []models.PodID{8, 9, 1, 2, 3, 5, 7}; !slices.Equal(got, want) {
		t.Errorf("collected %v, want %v", got, want)
	}
}
