package plugins

import (
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

const (
	mi = int64(1) << 20
	gi = int64(1) << 30
)

// bed is a real cluster under test.
type bed struct {
	testing.TB
	d *models.Dictionary
	c *cluster.Cluster
}

func newBed(t testing.TB) *bed {
	d := models.NewDictionary()
	return &bed{t, d, cluster.New(d, nil)}
}

func (b *bed) apply(op models.Op) {
	b.Helper()
	if err := b.c.Apply(b.c.Now(), &op); err != nil {
		b.Fatal(err)
	}
}

// node adds a node of 4 cores, 8 GiB, 100 GiB of disk and 110 pods, as edited.
func (b *bed) node(name string, edit ...func(*models.NodeSpec)) framework.Node {
	b.Helper()
	spec := &models.NodeSpec{
		Name:        b.d.Sym(name),
		Allocatable: models.Resources{models.CPU: 4000, models.Memory: 8 * gi, models.EphemeralStorage: 100 * gi, models.Pods: 110},
	}
	for _, e := range edit {
		e(spec)
	}
	spec.Capacity = spec.Allocatable
	id := models.NodeID(b.c.View().Nodes())
	b.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(b.c.DefineNode(spec))})
	return framework.Node{Node: b.c.View().Node(id)}
}

// pod creates a pod that asks for nothing, as edited.
func (b *bed) pod(edit ...func(*models.PodSpec)) cluster.Pod {
	b.Helper()
	spec := &models.PodSpec{Requests: models.Resources{models.Pods: 1}}
	for _, e := range edit {
		e(spec)
	}
	id := models.PodID(b.c.View().Pods())
	b.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(b.c.DefinePod(spec)),
		Name: b.d.Sym("pod"), Ordinal: models.Numbered(int32(id))})
	return b.c.View().Pod(id)
}

// place creates a pod and binds it.
func (b *bed) place(n framework.Node, edit ...func(*models.PodSpec)) cluster.Pod {
	b.Helper()
	pod := b.pod(edit...)
	b.apply(models.Op{Kind: models.OpBindPod, Pod: pod.ID(), Node: n.ID()})
	return pod
}

// cycle is an attempt to schedule a new pod.
func (b *bed) cycle(edit ...func(*models.PodSpec)) *framework.Cycle {
	b.Helper()
	pod := b.pod(edit...)
	v := b.c.View()
	return &framework.Cycle{View: v, Pod: pod, Spec: pod.Spec(), Nodes: v.Nodes(), Counts: framework.Walk{View: v}}
}

// plugin makes the plugin of that name through the table.
func (b *bed) plugin(name string, args any) framework.Plugin {
	b.Helper()
	for _, e := range Table() {
		if e.Name == name {
			p, err := e.New(args, b.d)
			if err != nil {
				b.Fatal(err)
			}
			return p
		}
	}
	b.Fatalf("no plugin %s", name)
	return nil
}

// labels reads labels such as zone=a.
func (b *bed) labels(texts ...string) models.Labels {
	var out []models.Label
	for _, text := range texts {
		key, value, _ := strings.Cut(text, "=")
		out = append(out, models.Label{Key: b.d.Sym(key), Value: b.d.Sym(value)})
	}
	return models.NewLabels(out...)
}

func (b *bed) syms(texts ...string) []models.Sym {
	var out []models.Sym
	for _, text := range texts {
		out = append(out, b.d.Sym(text))
	}
	return out
}

func (b *bed) resource(name string) models.Resource {
	r, err := b.d.Resource(name)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// want asks for resources; nonzero CPU and memory follow.
func want(cpu, memory int64) func(*models.PodSpec) {
	return func(s *models.PodSpec) {
		s.Requests[models.CPU], s.Requests[models.Memory] = cpu, memory
		s.NonZeroCPU, s.NonZeroMemory = cpu, memory
		s.ScoredCPU, s.ScoredMemory = cpu, memory
	}
}

// answer is a status as text: its code and its reasons.
func answer(s *framework.Status) string {
	if s == nil {
		return "ok"
	}
	code := map[framework.Code]string{
		framework.Success: "ok", framework.Skip: "skip",
		framework.Unschedulable: "U: ", framework.UnschedulableAndUnresolvable: "X: ",
	}[s.Code]
	return code + strings.Join(s.Reasons, ", ")
}

// queues reports what the hints of a plugin say to an event: yes if any does.
func queues(p framework.EventsToRegister, c *framework.Cycle, e *framework.Event) bool {
	for _, h := range p.EventsToRegister() {
		if h.On&e.Kind != 0 && (h.Queue == nil || h.Queue(c.View, c.Pod, e)) {
			return true
		}
	}
	return false
}

// kinds are the kinds of events that any hint of a plugin answers to.
func kinds(p framework.EventsToRegister) framework.EventKind {
	var on framework.EventKind
	for _, h := range p.EventsToRegister() {
		on |= h.On
	}
	return on
}
