package place

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
)

const gi = int64(1) << 30

// bed is a cluster with a pod that fits nowhere: every kind of obstacle is there.
type bed struct {
	*testing.T
	d *models.Dictionary
	c *cluster.Cluster
}

func newBed(t *testing.T) *bed {
	d := models.NewDictionary()
	b := &bed{t, d, cluster.New(d, nil)}
	d.Sym(models.TaintUnschedulable)
	return b
}

func (b *bed) apply(op models.Op) {
	b.Helper()
	if err := b.c.Apply(b.c.Now(), &op); err != nil {
		b.Fatal(err)
	}
}

func (b *bed) node(name string, edit func(*models.NodeSpec)) models.NodeID {
	b.Helper()
	spec := &models.NodeSpec{Name: b.d.Sym(name), Allocatable: models.Resources{models.CPU: 4000, models.Memory: 8 * gi, models.Pods: 10}}
	spec.Labels = spec.Labels.With(b.d.Sym(models.LabelHostname), spec.Name)
	edit(spec)
	spec.Capacity = spec.Allocatable
	id := models.NodeID(b.c.View().Nodes())
	b.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(b.c.DefineNode(spec))})
	return id
}

func (b *bed) pod(name string, cpu int64, edit func(*models.PodSpec)) models.PodID {
	b.Helper()
	spec := &models.PodSpec{Namespace: b.d.Sym("default"), SchedulerName: b.d.Sym(models.DefaultScheduler),
		Requests: models.Resources{models.CPU: cpu, models.Pods: 1}, NonZeroCPU: cpu, ScoredCPU: cpu}
	edit(spec)
	id := models.PodID(b.c.View().Pods())
	b.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(b.c.DefinePod(spec)), Name: b.d.Sym(name), Ordinal: models.Exact})
	return id
}

func (b *bed) scheduler() (*scheduler.Scheduler, error) {
	return scheduler.New(scheduler.DefaultConfig(plugins.Table()), plugins.Table(), b.d)
}

func (b *bed) placer() *Placer {
	b.Helper()
	s, err := b.scheduler()
	if err != nil {
		b.Fatal(err)
	}
	return New(b.c, s, Options{Detail: Scores})
}

func asItIs[T any](*T) {}

// obstacles fills a bed with nodes of which each refuses the pod for another
// reason.
func (b *bed) obstacles() models.PodID {
	key := b.d.Sym("key")
	b.node("tainted", func(n *models.NodeSpec) {
		n.Taints = []models.Taint{{Key: key, Effect: models.PreferNoSchedule}, {Key: key, Effect: models.NoSchedule}, {Key: b.d.Sym("other"), Effect: models.PreferNoSchedule}}
	})
	b.node("cordoned", func(n *models.NodeSpec) {
		n.Unschedulable = true
		n.Taints = []models.Taint{{Key: b.d.Sym(models.TaintUnschedulable), Effect: models.NoSchedule}, {Key: key, Effect: models.PreferNoSchedule}}
	})
	full := b.node("full", func(n *models.NodeSpec) { n.Allocatable[models.CPU] = 2000 })
	for _, name := range []string{"first", "second"} {
		id := b.pod(name, 900, asItIs)
		b.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: full})
	}
	b.c.DefineStorageClass(&models.StorageClassSpec{Name: b.d.Sym("fast"), Provisioner: b.d.Sym("csi")})
	b.c.DefineClaim(&models.ClaimSpec{Namespace: b.d.Sym("default"), Name: b.d.Sym("data")})
	return b.pod("new", 1000, asItIs)
}

func TestExplainingChangesNothingAndRepeatsItself(t *testing.T) {
	b := newBed(t)
	id := b.obstacles()
	before := b.c.Snapshot()
	p := b.placer()
	first, err := p.Explain(id, b.scheduler)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Changes) < 7 || first.Placement.Node != "" || len(first.Nodes) != 3 || first.Cut {
		t.Errorf("got %+v", first)
	}
	second, err := p.Explain(id, b.scheduler)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second time it says something else (-first +second):\n%s", diff)
	}
	if !bytes.Equal(before, b.c.Snapshot()) {
		t.Error("the cluster has changed")
	}
}

// What a kind of change leaves behind must not change what another finds, or the
// answer would depend on their order.
func TestWhatWasTriedIsTakenBack(t *testing.T) {
	b := newBed(t)
	id := b.obstacles()
	spec := b.c.View().Pod(id).Spec()
	s, err := b.scheduler()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := newTrial(b.c, s, id)
	if err != nil {
		t.Fatal(err)
	}
	facts := func() (out []any) {
		v := tr.cluster.View()
		for id := range models.NodeID(3) {
			n := v.Node(id)
			out = append(out, n.Taints(), n.Labels(), n.Unschedulable(), *n.Allocatable(), *n.Requested(), n.NonZero(), len(n.Pods()), n.Ports())
		}
		return out
	}
	before := facts()
	if _, err := tr.changes(spec); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, facts()); diff != "" {
		t.Errorf("the nodes have changed (-before +after):\n%s", diff)
	}
}

func TestPodsStartOneSecondAfterTheOther(t *testing.T) {
	b := newBed(t)
	b.node("n", asItIs)
	old := b.pod("old", 100, asItIs)
	op := models.Op{Kind: models.OpBindPod, Pod: old}
	if err := b.c.Apply(models.Time(time.Hour), &op); err != nil {
		t.Fatal(err)
	}
	p := b.placer()
	for i := range 3 {
		id := b.pod("new", 100, asItIs)
		if placed := p.Place(id); len(placed) != 1 || placed[0].Node != "n" {
			t.Fatalf("got %+v", placed)
		}
		if got, want := b.c.View().Pod(id).BoundAt(), models.Time(time.Hour).Add(time.Duration(i+1)*time.Second); got != want {
			t.Errorf("pod %d starts at %s, want %s", i, got, want)
		}
	}
}

func TestFitStopsBetweenTwoPods(t *testing.T) {
	b := newBed(t)
	b.node("n", asItIs)
	waiting := b.pod("small", 1500, asItIs)
	mix := []Template{{Name: "small", Pod: b.c.View().Pod(waiting).Spec(), Replicas: 2}}
	before := b.c.View().Totals().Pending
	got, err := b.placer().Fit(context.Background(), mix, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Fit{Copies: 1, Pods: 2, Templates: []FitTemplate{{"small", 2, 2}}, Nodes: []FitNode{{"n", 2, []int{2}}}, Next: "small", Stop: got.Stop}
	if diff := cmp.Diff(want, got); diff != "" || got.Stop.Message == "" {
		t.Errorf("(-want +got):\n%s%q", diff, got.Stop.Message)
	}
	if after := b.c.View().Totals().Pending; after != before {
		t.Errorf("%d pods wait, want %d: the one that did not fit goes again", after, before)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.placer().Fit(ended, mix, 0, nil); err == nil {
		t.Error("it goes on after the end")
	}
}

func TestAmountsAreExact(t *testing.T) {
	for _, test := range []struct {
		resource string
		amount   int64
		want     string
	}{
		{"cpu", 1500, "1500m"}, {"cpu", 2000, "2"}, {"cpu", 0, "0"},
		{"memory", 3 * gi, "3Gi"}, {"memory", gi + 1, "1073741825"}, {"memory", 1536 << 20, "1536Mi"}, {"memory", 0, "0"},
		{"ephemeral-storage", 2048, "2Ki"}, {"hugepages-2Mi", 4 << 20, "4Mi"}, {"nvidia.com/gpu", 1024, "1024"}, {"pods", 110, "110"},
	} {
		if got := Amount(test.resource, test.amount); got != test.want {
			t.Errorf("%d of %s is %q, want %q", test.amount, test.resource, got, test.want)
		}
	}
}
