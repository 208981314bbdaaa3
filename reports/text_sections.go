package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// linesMost bounds the rows of one section; the files have the rest.
const linesMost = 12

// failure is a line about something that failed.
type failure struct {
	at    Seconds
	fault string
	parts []string
	worth [3]int64 // by which the worst are found
}

// failures lists what failed, in order of time, and how many more there were.
func (p *page) failures() (shown []failure, more int) {
	for i := range p.summary.Disruptions {
		d := &p.summary.Disruptions[i]
		shown = append(shown, failure{d.At, d.Fault, d.story(), [3]int64{d.PodsLost, d.PodsHit, int64(d.Nodes)}})
	}
	for i := range p.summary.Faults {
		f := &p.summary.Faults[i]
		shown = append(shown, failure{f.At, f.Fault, f.story(), [3]int64{0, f.PendingMost - f.PendingBefore, f.Nodes}})
	}
	if len(shown) > linesMost {
		slices.SortStableFunc(shown, func(a, b failure) int { return slices.Compare(b.worth[:], a.worth[:]) })
		shown, more = shown[:linesMost], len(shown)-linesMost
	}
	slices.SortStableFunc(shown, func(a, b failure) int { return cmp.Compare(a.at, b.at) })
	return shown, more
}

func (p *page) disruptions() {
	shown, more := p.failures()
	if len(shown) == 0 {
		return
	}
	p.section("What failed, and what replaced it")
	indent := 4 + len(Clock(shown[len(shown)-1].at))
	for i := range shown {
		f := &shown[i]
		fault := Visible(f.fault)
		if fault == "" {
			fault = "crash"
		}
		for j := range f.parts {
			f.parts[j] = Visible(f.parts[j])
		}
		f.parts[0] = fault + ": " + f.parts[0]
		p.flow(fmt.Sprintf("  %-*s  ", indent-4, Clock(f.at)), "; ", f.parts, indent)
	}
	p.more(more, "disruption", "summary.json")
}

// more says how many rows a section left out.
func (p *page) more(n int, noun, file string) {
	if n > 0 {
		p.line("  %s", p.paint(dim, fmt.Sprintf("and %s more: see %s", plural(int64(n), noun), file)))
	}
}

func (p *page) workloads() {
	all := p.summary.Workloads
	if len(all) == 0 {
		return
	}
	rest := 0
	p.section("Workloads")
	t := p.table("workload", "desired", "ready", "available", "min", "mean", "time below", "replica-time lost")
	for i := range all {
		w := &all[i]
		if i >= linesMost {
			rest++
			continue
		}
		least, name := count(int64(w.AvailableMin)), Visible(strings.Replace(w.Name, "/default/", "/", 1))
		if w.ReachedDesired == nil {
			least = "never all"
		}
		if w.Deleted {
			name += " (deleted)"
		}
		t.row(name, count(int64(w.Desired)), count(int64(w.Ready)), count(int64(w.Available)), least,
			fmt.Sprintf("%.2f", w.AvailableMean), Duration(w.BelowDesired), Duration(Seconds(w.ReplicaSecondsLost)))
	}
	t.write()
	p.more(rest, "workload", "summary.json")
}

func (p *page) jobs() {
	all := p.summary.Jobs
	if len(all) == 0 {
		return
	}
	p.section("Jobs")
	t := p.table("name", "created", "complete", "failed", "deleted", "unfinished", "pod failures", "mean time", "longest")
	for _, j := range all[:min(len(all), linesMost)] {
		average, longest := Duration(j.DurationMean), Duration(j.DurationMax)
		if j.Complete == 0 {
			average, longest = "-", "-"
		}
		t.row(Visible(j.Name), count(j.Created), count(j.Complete), count(j.Failed), count(j.Deleted),
			count(j.Unfinished), count(j.PodFailures), average, longest)
	}
	t.dropZeros()
	t.write()
	p.more(len(all)-linesMost, "group", "summary.json")
}

func (p *page) unschedulable() {
	u := &p.summary.Unschedulable
	if u.Attempts == 0 {
		return
	}
	p.section(fmt.Sprintf("Why pods were not scheduled  %s of %s", plural(u.Attempts, "attempt"), plural(u.Pods, "pod")))
	t := p.table("reason", "attempts", "pods", "nodes/attempt")
	for _, r := range u.Reasons[:min(len(u.Reasons), linesMost)] {
		t.row(Visible(r.Reason), count(r.Attempts), count(r.Pods), fmt.Sprintf("%.1f", Share(r.Nodes, r.Attempts)))
	}
	t.write()
	p.more(len(u.Reasons)-linesMost, "reason", "summary.json")
}

// nodesMost is how many nodes are shown one by one.
const nodesMost = 12

func (p *page) nodes() {
	nodes := p.summary.Nodes
	if len(nodes) == 0 {
		return
	}
	p.section(fmt.Sprintf("Nodes  %s", count(int64(len(nodes)))))
	if len(nodes) > nodesMost {
		p.nodeGroups(nodes)
		return
	}
	t := p.table("node", "zone", "cpu", "memory", "pods", "cpu mean", "peak", "mem mean", "peak", "crashes", "down")
	for i := range nodes {
		n := &nodes[i]
		down := Duration(n.DownTime)
		if n.Down {
			down += ", still"
		}
		t.row(Visible(n.Name), Visible(n.Zone), cores(n.CPU), Bytes(n.Memory), count(n.Pods),
			RoundedPercent(n.CPUMean), RoundedPercent(n.CPUPeak), RoundedPercent(n.MemoryMean), RoundedPercent(n.MemoryPeak),
			count(int64(n.Crashes)), down)
	}
	t.leftTo = 2
	t.dropEmpty()
	t.dropZeros()
	t.write()
}

// cores writes thousandths of a core.
func cores(milli int64) string {
	if milli%1000 == 0 {
		return count(milli / 1000)
	}
	return fmt.Sprintf("%dm", milli)
}

func (p *page) nodeGroups(nodes []NodeSummary) {
	groups := GroupNodes(nodes)
	t := p.table("group", "zone", "nodes", "cpu", "memory", "pods", "cpu mean", "peak", "mem mean", "peak", "crashes", "node-time down")
	for i := range groups[:min(len(groups), 2*linesMost)] {
		g := &groups[i]
		down := Duration(g.DownTime)
		if g.Down > 0 {
			down += fmt.Sprintf(", %d still", g.Down)
		}
		t.row(Visible(g.Group), Visible(g.Zone), count(g.Nodes), cores(g.CPU), Bytes(g.Memory), count(g.Pods),
			RoundedPercent(g.CPUMean), RoundedPercent(g.CPUPeak), RoundedPercent(g.MemoryMean), RoundedPercent(g.MemoryPeak), count(g.Crashes), down)
	}
	t.leftTo = 2
	t.dropEmpty()
	t.dropZeros()
	t.write()
	p.more(len(groups)-2*linesMost, "group", NodesFile)
}
