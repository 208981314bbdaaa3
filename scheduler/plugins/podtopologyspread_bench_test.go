package plugins

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// kept is a Counts that walks once and keeps the answers.
type kept struct {
	framework.Walk
	domains map[models.Sym]*framework.Domains
	tallies map[*framework.Matcher]*framework.Tally
}

func (k *kept) Domains(key models.Sym) *framework.Domains {
	if k.domains[key] == nil {
		k.domains[key] = k.Walk.Domains(key)
	}
	return k.domains[key]
}

func (k *kept) Matching(m *framework.Matcher) *framework.Tally {
	if k.tallies[m] == nil {
		k.tallies[m] = k.Walk.Matching(m)
	}
	return k.tallies[m]
}

// spreadCell has n nodes in three zones, with a pod of app x on every other one.
func spreadCell(tb testing.TB, n int, constraints func(*bed) []models.SpreadConstraint) (*PodTopologySpread, *framework.Cycle) {
	b := newBed(tb)
	b.service("", "app=x")
	for i := range n {
		node := b.node(fmt.Sprint("node-", i), labelled(b, fmt.Sprint("topology.kubernetes.io/zone=", i%3), fmt.Sprint("kubernetes.io/hostname=node-", i)))
		if i%2 == 0 {
			b.place(node, app(b, "x"))
		}
	}
	c := b.cycle(app(b, "x"), spread(constraints(b)...))
	c.Counts = &kept{c.Counts.(framework.Walk), make(map[models.Sym]*framework.Domains), make(map[*framework.Matcher]*framework.Tally)}
	c.Memo = new(framework.Memo)
	return spreadPlugin(b, nil), c
}

var spreadCells = []struct {
	name        string
	constraints func(*bed) []models.SpreadConstraint
}{
	{"hard zones", func(b *bed) []models.SpreadConstraint {
		return []models.SpreadConstraint{spreadOver(b, models.LabelZone)}
	}},
	{"hard hostnames and zones", func(b *bed) []models.SpreadConstraint {
		return []models.SpreadConstraint{spreadOver(b, models.LabelHostname), spreadOver(b, models.LabelZone)}
	}},
	{"soft zones", func(b *bed) []models.SpreadConstraint {
		return []models.SpreadConstraint{spreadOver(b, models.LabelZone, soft)}
	}},
	{"system defaults", func(*bed) []models.SpreadConstraint { return nil }},
}

func TestSpreadAllocatesNothing(t *testing.T) {
	for _, cell := range spreadCells {
		p, c := spreadCell(t, 60, cell.constraints)
		nodes := nodesOf(c)
		statuses, scores := make([]*framework.Status, len(nodes)), make([]int64, len(nodes))
		counts := []int32{int32(len(nodes))}
		pod, node := c.View.Pod(0), framework.Node{Node: c.View.Node(0)}
		cycle := func() {
			p.PreFilter(c)
			p.FilterNodes(c, nodes, statuses)
			p.RemovePod(c, pod, node)
			p.Filter(c, node)
			p.AddPod(c, pod, node)
			p.PreScore(c, nodes)
			p.ScoreNodes(c, nodes, scores)
			p.NormalizeScore(c, nodes, scores)
			p.Strata(c)
			p.PreScoreStrata(c, nodes[:1], counts)
		}
		cycle()
		if n := testing.AllocsPerRun(20, cycle); n != 0 {
			t.Errorf("%s: %v allocations a cycle", cell.name, n)
		}
	}
}

// A pod that no constraint is about costs nothing even if nothing is remembered.
func TestSpreadSkipsWithoutAllocating(t *testing.T) {
	b := zones(t)
	b.service("", "app=y")
	p, c := spreadPlugin(b, nil), b.cycle(app(b, "x"))
	nodes := nodesOf(c)
	if n := testing.AllocsPerRun(20, func() {
		if _, _, s := p.PreFilter(c); s != framework.Skipped {
			t.Fatal("not skipped")
		}
		if s := p.PreScore(c, nodes); s != framework.Skipped {
			t.Fatal("not skipped")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSpread5000Nodes(b *testing.B) {
	for _, cell := range spreadCells {
		p, c := spreadCell(b, 5000, cell.constraints)
		nodes := nodesOf(c)
		statuses, scores := make([]*framework.Status, len(nodes)), make([]int64, len(nodes))
		run := func(name string, f func()) {
			b.Run(cell.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(nodes)), "ns/node")
			})
		}
		if _, _, s := p.PreFilter(c); s == nil {
			run("PreFilter", func() { p.PreFilter(c) })
			run("FilterNodes", func() { p.FilterNodes(c, nodes, statuses) })
		}
		if p.PreScore(c, nodes) == nil {
			run("PreScore", func() { p.PreScore(c, nodes) })
			run("ScoreNodes", func() { p.ScoreNodes(c, nodes, scores) })
			run("NormalizeScore", func() { p.ScoreNodes(c, nodes, scores); p.NormalizeScore(c, nodes, scores) })
		}
	}
}
