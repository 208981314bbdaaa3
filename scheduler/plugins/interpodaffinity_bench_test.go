package plugins

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// walkOnce gives the answers of Walk for a cluster that does not change, walking
// once for each question.
type walkOnce struct {
	framework.Walk
	domains  map[models.Sym]*framework.Domains
	matching map[*framework.Matcher]*framework.Tally
	carriers map[framework.TermKind][]framework.Carrier
}

func newWalkOnce(v cluster.View) *walkOnce {
	return &walkOnce{framework.Walk{View: v}, make(map[models.Sym]*framework.Domains),
		make(map[*framework.Matcher]*framework.Tally), make(map[framework.TermKind][]framework.Carrier)}
}

func (w *walkOnce) Domains(key models.Sym) *framework.Domains {
	return once(w.domains, key, func() *framework.Domains { return w.Walk.Domains(key) })
}

func (w *walkOnce) Matching(m *framework.Matcher) *framework.Tally {
	return once(w.matching, m, func() *framework.Tally { return w.Walk.Matching(m) })
}

func (w *walkOnce) Carriers(kind framework.TermKind, pod cluster.Pod) []framework.Carrier {
	return once(w.carriers, kind, func() []framework.Carrier { return w.Walk.Carriers(kind, pod) })
}

func once[K comparable, V any](known map[K]V, key K, ask func() V) V {
	value, ok := known[key]
	if !ok {
		value = ask()
		known[key] = value
	}
	return value
}

// affinityCycle is an attempt among n nodes with a pod each, with terms of all kinds
// over three keys.
func affinityCycle(t testing.TB, n int) (*bed, *framework.Cycle) {
	b := newBed(t)
	web := b.app("app=web", affine(b.toward("zone", "app=web")), antiAffine(b.toward("kubernetes.io/hostname", "app=web")),
		prefers(10, b.toward("rack", "app=web")), avoids(20, b.toward("zone", "app=web")))
	for i := range n {
		node := b.node(fmt.Sprint("node-", i), func(s *models.NodeSpec) {
			s.Labels = b.labels(fmt.Sprintf("zone=%d", i%3), fmt.Sprintf("rack=%d", i/40), fmt.Sprintf("kubernetes.io/hostname=%d", i))
		})
		if i%2 == 0 {
			b.place(node, web)
		} else {
			b.place(node, b.app("app=db"))
		}
	}
	c := b.cycle(web)
	c.Counts = newWalkOnce(c.View)
	return b, c
}

func TestInterPodAffinityDoesNotAllocate(t *testing.T) {
	b, c := affinityCycle(t, 100)
	p := b.plugin("InterPodAffinity", nil).(*InterPodAffinity)
	nodes := everyNode(c)
	statuses, scores := make([]*framework.Status, len(nodes)), make([]int64, len(nodes))
	other := framework.Node{Node: c.View.Node(1)}
	attempt := func() {
		p.PreFilter(c)
		p.AddPod(c, c.Pod, other)
		p.FilterNodes(c, nodes, statuses)
		p.RemovePod(c, c.Pod, other)
		for _, id := range nodes {
			statuses[id] = p.Filter(c, framework.Node{Node: c.View.Node(id)})
		}
		p.PreScore(c, nodes)
		p.ScoreNodes(c, nodes, scores)
		p.NormalizeScore(c, nodes, scores)
	}
	attempt()
	if answer(statuses[0]) == "ok" || statuses[1] != nil || scores[0] == scores[1] {
		t.Fatalf("the cluster shows nothing: %s and %s, scores of %d and %d", answer(statuses[0]), answer(statuses[1]), scores[0], scores[1])
	}
	if n := testing.AllocsPerRun(10, attempt); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkInterPodAffinity5000Nodes(b *testing.B) {
	bed, c := affinityCycle(b, 5000)
	p := bed.plugin("InterPodAffinity", nil).(*InterPodAffinity)
	nodes := everyNode(c)
	statuses, scores := make([]*framework.Status, len(nodes)), make([]int64, len(nodes))
	for _, stage := range []struct {
		name string
		do   func()
	}{
		{"PreFilter", func() { p.PreFilter(c) }},
		{"FilterNodes", func() { p.FilterNodes(c, nodes, statuses) }},
		{"PreScore", func() { p.PreScore(c, nodes) }},
		{"ScoreNodes", func() { p.ScoreNodes(c, nodes, scores) }},
		{"NormalizeScore", func() { p.NormalizeScore(c, nodes, scores) }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				stage.do()
			}
		})
	}
}
