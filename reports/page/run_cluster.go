package page

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// nodesOneByOne is how many nodes are told of by themselves.
const nodesOneByOne = 30

func nodes(d *document.Document, s *reports.Summary) {
	if len(s.Nodes) == 0 {
		return
	}
	d.Heading(2, document.Prose("Nodes"))
	d.Paragraph(document.Prose("Means and peaks of what pods requested, as a share of what can be allocated."))
	if len(s.Nodes) > nodesOneByOne {
		nodeGroups(d, s)
		return
	}
	t := newTable("node", "node", "zone", "cores", "memory", "pods", "CPU mean", "CPU peak", "memory mean", "memory peak", "crashes", "down").left(1)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		down := reports.Duration(n.DownTime)
		if n.Down {
			down += ", still"
		}
		t.row(document.Named(n.Name), n.Zone, coresText(n.CPU), reports.Bytes(n.Memory), reports.Count(n.Pods),
			reports.RoundedPercent(n.CPUMean), reports.RoundedPercent(n.CPUPeak), reports.RoundedPercent(n.MemoryMean), reports.RoundedPercent(n.MemoryPeak), reports.Count(int64(n.Crashes)), down)
	}
	t.add(d)
}

// coresText writes thousandths of a core in cores.
func coresText(milli int64) string {
	if milli%1000 == 0 {
		return reports.Count(milli / 1000)
	}
	return reports.Decimal(float64(milli)/1000, 1, false)
}

func nodeGroups(d *document.Document, s *reports.Summary) {
	t := newTable("group", "group", "zone", "nodes", "cores", "memory", "pods", "CPU mean", "CPU peak", "memory mean", "memory peak", "crashes", "node-time down").left(1)
	groups := reports.GroupNodes(s.Nodes)
	for i := range groups {
		g := &groups[i]
		down := reports.Duration(g.DownTime)
		if g.Down > 0 {
			down += fmt.Sprintf(", %d still", g.Down)
		}
		t.row(nameOr(g.Group, "(none)"), g.Zone, reports.Count(g.Nodes), coresText(g.CPU), reports.Bytes(g.Memory), reports.Count(g.Pods),
			reports.RoundedPercent(g.CPUMean), reports.RoundedPercent(g.CPUPeak), reports.RoundedPercent(g.MemoryMean), reports.RoundedPercent(g.MemoryPeak), reports.Count(g.Crashes), down)
	}
	t.add(d)
}

func cost(d *document.Document, s *reports.Summary) {
	c := s.Measured.Cost
	if c == nil {
		return
	}
	d.Heading(2, document.Prose("Cost"))
	d.Paragraph(document.Prose(fmt.Sprintf("%s in all, of which %s is idle: no pod bears it. Stranded is what is idle on nodes whose room no waiting pod could use.",
		reports.Money(c.Total), reports.RoundedPercent(c.IdleShare))))
	costs(d, "group of nodes", c.Groups)
	if len(c.Namespaces) > 1 {
		costs(d, "namespace", c.Namespaces)
	}
	if c.Label != "" {
		costs(d, "label "+c.Label, c.Labels)
	}
}

func costs(d *document.Document, noun string, all []reports.CostShare) {
	t := newTable("row", noun, "cost", "idle", "stranded")
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b reports.CostShare) int { return cmp.Compare(b.Cost, a.Cost) })
	for _, c := range all {
		t.row(nameOr(c.Name, "(none)"), reports.Money(c.Cost), reports.Money(c.Idle), reports.Money(c.Stranded))
	}
	t.add(d)
}

// usage tells how well resources were used.
func usage(d *document.Document, s *reports.Summary) {
	t := newTable("resource", "resource", "mean", "peak", "stranded", "fragmentation", "imbalance of nodes", "of zones")
	for i := range s.Measured.Resources {
		u := &s.Measured.Resources[i]
		cells := make([]string, 0, 6)
		for _, value := range []*float64{u.Mean, u.Peak, u.Stranded, u.Fragmentation, u.NodeImbalance, u.ZoneImbalance} {
			text := "-"
			if value != nil {
				text = reports.Percent(*value)
			}
			cells = append(cells, text)
		}
		t.row(document.Named(u.Resource), cells...)
	}
	if len(t.Groups[0].Rows) > 0 {
		d.Heading(2, document.Prose("How resources were used"))
		d.Paragraph(document.Prose("Stranded is free on nodes where no pod that waited fitted; fragmentation is what a pod drawn from the workload cannot use of what is free."))
		t.add(d)
	}
}
