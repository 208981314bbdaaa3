package place

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

func (b *bed) schedulers() Schedulers {
	s := &bed{T: b.T}
	return func(d *models.Dictionary) (*scheduler.Scheduler, error) {
		s.d = d
		return s.scheduler()
	}
}

// A cell has the nodes as they are now and the pods that have not ended; what leaves
// is told apart from what stays.
func TestACellIsTheClusterAsItStands(t *testing.T) {
	b := newBed(t)
	key := b.d.Sym("key")
	first := b.node("first", asItIs)
	second := b.node("second", asItIs)
	gone := b.node("gone", asItIs)
	b.apply(models.Op{Kind: models.OpTaintNode, Node: first, Taint: models.Taint{Key: key, Effect: models.NoSchedule}})
	b.apply(models.Op{Kind: models.OpLabelNode, Node: first, Taint: models.Taint{Key: key, Value: key}})
	b.apply(models.Op{Kind: models.OpCordonNode, Node: second, Arg: 1})
	bound, waits, leaves, ended := b.pod("bound", 100, asItIs), b.pod("waits", 200, asItIs), b.pod("leaves", 100, asItIs), b.pod("ended", 100, asItIs)
	for _, op := range []models.Op{
		{Kind: models.OpBindPod, Pod: bound, Node: second}, {Kind: models.OpBindPod, Pod: leaves, Node: first}, {Kind: models.OpDeletePod, Pod: leaves},
		{Kind: models.OpBindPod, Pod: ended, Node: first}, {Kind: models.OpStartPod, Pod: ended}, {Kind: models.OpFinishPod, Pod: ended},
		{Kind: models.OpRemoveNode, Node: gone},
	} {
		b.apply(op)
	}
	_ = waits
	cell := NewCell(b.c)
	if len(cell.Nodes) != 2 || !cell.Nodes[0].Open || cell.Nodes[1].Open || len(cell.Nodes[0].Taints) != 1 {
		t.Errorf("got nodes %+v", cell.Nodes)
	}
	if value, ok := cell.Nodes[0].Labels.Get(key); !ok || value != key {
		t.Error("a label that came later is missing")
	}
	want := []CellPod{{Node: 1}, {Node: -1}, {Node: 0, Deleting: true}}
	for i, name := range []string{"default/bound", "default/waits", "default/leaves"} {
		if p := &cell.Pods[i]; cell.PodName(p) != name || p.Node != want[i].Node || p.Deleting != want[i].Deleting {
			t.Errorf("pod %d is %s on %d, deleting %v", i, cell.PodName(p), p.Node, p.Deleting)
		}
	}
	// Bound and leaves are alike and bare, so they are one workload.
	if len(cell.Pods) != 3 || len(cell.Workloads) != 2 || cell.Workloads[0] != (Workload{"Pod", "default", "bound", 2}) {
		t.Errorf("got %d pods of %+v", len(cell.Pods), cell.Workloads)
	}
}

// What is packed of a cell goes where it goes when it is placed in a cluster as usual,
// and the cell stays as it is for the next packing.
func TestPackingIsPlacing(t *testing.T) {
	b := newBed(t)
	for _, name := range []string{"a", "b", "c"} {
		b.node(name, asItIs)
	}
	var pods []models.PodID
	for i, milli := range []int64{2500, 1000, 3000, 2000, 3500, 900} {
		pods = append(pods, b.pod(string(rune('p'+i)), milli, asItIs))
	}
	cell := NewCell(b.c)
	for round := range 2 {
		p, err := cell.Pack([]int{0, 1, 2}, b.schedulers())
		if err != nil {
			t.Fatal(err)
		}
		placer := New(b.c.Clone(), must(b.scheduler()), Options{})
		for i, pod := range pods {
			got, err := p.Place(&cell.Pods[i])
			if err != nil {
				t.Fatal(err)
			}
			want := placer.Place(pod)[0]
			name := ""
			if got.Node >= 0 {
				name = cell.NodeName(got.Node)
			}
			if name != want.Node || got.Message != want.Message {
				t.Errorf("round %d: pod %d goes to %q (%s), want %q (%s)", round, i, name, got.Message, want.Node, want.Message)
			}
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// What is put stays where it is; copies come beside it, and copied nodes have names and
// host names of their own.
func TestWhatIsPutTakesItsRoom(t *testing.T) {
	b := newBed(t)
	node := b.node("a", asItIs)
	b.node("b", asItIs)
	pod := b.pod("big", 3000, asItIs)
	if err := b.c.Apply(models.Time(time.Minute), &models.Op{Kind: models.OpBindPod, Pod: pod, Node: node}); err != nil {
		t.Fatal(err)
	}
	cell := NewCell(b.c)
	cell.CopyNode(1, 1, "b-copy")
	hostname := cell.Dictionary().Sym(models.LabelHostname)
	if value, _ := cell.Nodes[2].Labels.Get(hostname); cell.NodeName(2) != "b-copy" || cell.Dictionary().String(value) != "b-copy" || cell.Nodes[2].Copy != 1 {
		t.Errorf("the copy is %+v", cell.Nodes[2])
	}
	p, err := cell.Pack([]int{0, 2}, b.schedulers())
	if err != nil {
		t.Fatal(err)
	}
	if there, err := p.Put(&cell.Pods[0]); !there || err != nil {
		t.Fatalf("it is put: %v, %v", there, err)
	}
	var got []int
	for i := range 3 {
		copied := cell.Pods[0].Copy(i + 1)
		placed, err := p.Place(&copied)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, placed.Node)
	}
	if got[0] != 2 || got[1] != -1 || got[2] != -1 {
		t.Errorf("copies go to %v, want one to the node that is free", got)
	}
	without, err := cell.Pack([]int{1}, b.schedulers())
	if err != nil {
		t.Fatal(err)
	}
	if there, err := without.Put(&cell.Pods[0]); there || err != nil {
		t.Errorf("its node is not there, yet it is put: %v, %v", there, err)
	}
}

func TestWhatAnEmptyNodeCouldHold(t *testing.T) {
	b := newBed(t)
	key := b.d.Sym("key")
	b.node("tainted", func(n *models.NodeSpec) { n.Taints = []models.Taint{{Key: key, Effect: models.NoExecute}} })
	b.node("soft", func(n *models.NodeSpec) { n.Taints = []models.Taint{{Key: key, Effect: models.PreferNoSchedule}} })
	b.node("small", func(n *models.NodeSpec) { n.Allocatable[models.CPU] = 500 })
	b.node("far", func(n *models.NodeSpec) { n.Labels = n.Labels.With(b.d.Sym("place"), b.d.Sym("far")) })
	near := b.d.Sym("near")
	b.c.DefineVolume(&models.VolumeSpec{Name: near, Affinity: models.VolumeAffinity{Limited: true, Terms: []models.NodeTerm{
		{Labels: models.Selector{{Key: b.d.Sym("place"), Op: models.In, Values: []models.Sym{b.d.Sym("far")}}}}}}})
	b.c.DefineClaim(&models.ClaimSpec{Namespace: b.d.Sym("default"), Name: b.d.Sym("data"), Volume: near, Completed: true})
	b.pod("plain", 1000, asItIs)
	b.pod("tolerant", 1000, func(p *models.PodSpec) { p.Tolerations = []models.Toleration{{Key: key, Exists: true}} })
	b.pod("named", 1000, func(p *models.PodSpec) { p.NodeName = b.d.Sym("soft") })
	b.pod("bound", 100, func(p *models.PodSpec) {
		p.Volumes = []models.Volume{{Kind: models.ClaimVolume, Claim: b.d.Sym("data")}, {Kind: models.ClaimVolume, Claim: b.d.Sym("unknown")}}
	})
	cell := NewCell(b.c)
	for i, want := range []string{".x.x", "xx.x", ".x..", "...x"} {
		got := ""
		for node := range cell.Nodes {
			if cell.Suits(cell.Pods[i].Spec, node) {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != want {
			t.Errorf("%s suits %s, want %s", cell.PodName(&cell.Pods[i]), got, want)
		}
	}
}
