package reports

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func (d *disruptions) summary(v cluster.View) []Disruption {
	out := make([]Disruption, len(d.all))
	for i := range d.all {
		of := &d.all[i]
		out[i] = Disruption{
			At: secondsOf(of.at), Fault: v.Dictionary().String(of.reason),
			Nodes: len(of.nodes), Node: v.Node(of.nodes[0]).Name(), Restored: of.restored,
			PodsHit: of.hit, PodsLost: of.lost, Replaced: of.replaced,
			ReplacementsRunning: of.running, ReplacementsReady: of.ready,
			FirstRunning: of.after(of.firstRunning), LastRunning: of.after(of.lastRunning),
			FirstReady: of.after(of.firstReady), LastReady: of.after(of.lastReady),
			Hit: of.kinds(v), Short: of.short,
		}
		if of.short == 0 {
			out[i].Recovered = of.after(of.whole)
		}
		if of.restored == len(of.nodes) {
			until := secondsOf(of.until)
			out[i].Until = &until
		}
		out[i].Text = strings.Join(out[i].story(), "; ")
	}
	return out
}

func (of *disruption) after(t models.Time) *Seconds {
	if t == models.Never {
		return nil
	}
	after := secondsOf(t - of.at)
	return &after
}

func (of *disruption) kinds(v cluster.View) []KindCount {
	var counts []int
	for _, id := range of.workloads {
		kind := int(v.Owner(id).Kind())
		for kind >= len(counts) {
			counts = append(counts, 0)
		}
		counts[kind]++
	}
	out := []KindCount{}
	for kind, n := range counts {
		if n > 0 {
			out = append(out, KindCount{models.OwnerKind(kind).String(), n})
		}
	}
	return out
}

// recovery tells when the workloads had all their replicas again.
func (d *Disruption) recovery() []string {
	switch {
	case d.Short > 0:
		return []string{plural(int64(d.Short), "workload") + " still short of replicas"}
	case d.Recovered != nil && (d.LastReady == nil || *d.Recovered != *d.LastReady):
		return []string{"all replicas available again after " + Duration(*d.Recovered)}
	}
	return nil
}

// story tells a disruption in clauses.
func (d *Disruption) story() []string {
	what := plural(int64(d.Nodes), "node") + " down"
	if d.Nodes == 1 {
		what = "node " + d.Node + " down"
	}
	switch {
	case d.Until != nil:
		what += " for " + Duration(*d.Until-d.At)
	case d.Restored > 0:
		what += fmt.Sprintf(", %s up again by the end", count(int64(d.Restored)))
	default:
		what += " until the end"
	}
	clauses := []string{what}
	if d.PodsHit == 0 {
		return append(clauses, "no pods hit")
	}
	hit := plural(d.PodsHit, "pod") + " hit"
	if len(d.Hit) > 0 {
		var of []string
		for _, k := range d.Hit {
			of = append(of, plural(int64(k.Count), k.Kind))
		}
		hit += " (of " + strings.Join(of, ", ") + ")"
	}
	clauses = append(clauses, hit)
	if d.PodsLost == 0 {
		return append(append(clauses, "none lost"), d.recovery()...)
	}
	clauses = append(clauses, fmt.Sprintf("%s lost, %s replaced", count(d.PodsLost), count(d.Replaced)))
	switch {
	case d.Replaced == 0:
	case d.LastReady == nil:
		clauses = append(clauses, "no replacement Ready")
	case d.ReplacementsReady < d.Replaced:
		clauses = append(clauses, fmt.Sprintf("%s of the replacements Ready, the last after %s",
			count(d.ReplacementsReady), Duration(*d.LastReady)))
	case d.ReplacementsReady == 1:
		clauses = append(clauses, "Ready after "+Duration(*d.LastReady))
	default:
		clauses = append(clauses, fmt.Sprintf("the first Ready after %s, the last after %s",
			Duration(*d.FirstReady), Duration(*d.LastReady)))
	}
	return append(clauses, d.recovery()...)
}
