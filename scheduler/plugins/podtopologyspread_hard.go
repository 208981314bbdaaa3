package plugins

import (
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

var (
	spreadTooSkewed = framework.NewStatus(framework.Unschedulable,
		"node(s) didn't match pod topology spread constraints")
	spreadKeyMissing = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"node(s) didn't match pod topology spread constraints (missing required label)")
)

// hardCycle is what PreFilter found.
type hardCycle struct {
	plan   *spreadPlan // nil if there is no hard constraint
	counts []domainCounts
}

// domainCounts are the matching pods by domain of one hard constraint.
type domainCounts struct {
	// pods are by slot, with those of domains that have a node whose pods count
	// from slot 2 on; slot 0 gathers what does not count.
	pods []int32
	// limit is how many a domain may have before it takes the pod.
	limit int
	// least is the lowest count of all domains, in domain lowest, and next that
	// of the others; moved may have another count by now, off by so many.
	least, next   int32
	lowest, moved int32
	off           int32
}

// PreFilter counts the pods in every domain.
func (p *PodTopologySpread) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	plan := p.planHard(c)
	p.hard.plan = plan
	if plan == nil {
		return nil, false, framework.Skipped
	}
	tallies := p.count(c, plan)
	p.hard.counts = slices.Grow(p.hard.counts[:0], len(plan.constraints))[:len(plan.constraints)]
	for i := range plan.constraints {
		constraint, t, counts := &plan.constraints[i], &plan.topologies[i], &p.hard.counts[i]
		counts.pods = zeroed(counts.pods, t.size)
		if constraint.matcher != models.None {
			addUp(counts.pods, t.counted, tallies[constraint.matcher])
		}
		counts.rank()
		counts.bound(constraint)
	}
	return nil, false, nil
}

// zeroed returns s with length n, all zero, in the same memory if it fits.
func zeroed(s []int32, n int) []int32 {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// addUp adds the pods on nodes to the slots of these.
func addUp(sums, slots []int32, tally *framework.Tally) {
	pods := tally.Counts[:len(tally.Nodes)]
	for i, id := range tally.Nodes {
		sums[slots[id]] += pods[i]
	}
}

// rank finds the lowest counts. No domain at all counts as a very full one.
func (d *domainCounts) rank() {
	d.least, d.next, d.lowest = math.MaxInt32, math.MaxInt32, 0
	d.moved, d.off = 0, 0
	for slot := 2; slot < len(d.pods); slot++ {
		switch n := d.pods[slot]; {
		case n < d.least:
			d.least, d.next, d.lowest = n, d.least, int32(slot)
		case n < d.next:
			d.next = n
			if n == 0 && d.least == 0 {
				return // as low as it gets
			}
		}
	}
}

// bound finds what a domain may have: with the pod itself, no more than the skew
// above the least. With too few domains the least is 0.
func (d *domainCounts) bound(constraint *plannedConstraint) {
	least := d.least
	if d.moved != 0 {
		if d.moved == d.lowest {
			least = d.next
		}
		least = min(least, d.pods[d.moved])
	}
	if len(d.pods)-2 < int(constraint.MinDomains) {
		least = 0
	}
	d.limit = int(constraint.MaxSkew) + int(least) - constraint.self
}

// move changes the count of a domain. On an overlay pods come and go on one node,
// so that one domain at a time is off and the others need no second look.
func (d *domainCounts) move(slot, by int32) {
	if d.off != 0 && d.moved != slot {
		d.rank()
	}
	d.pods[slot] += by
	d.moved, d.off = slot, d.off+by
}

// AddPod counts a pod that comes.
func (p *PodTopologySpread) AddPod(c *framework.Cycle, pod cluster.Pod, n framework.Node) {
	p.move(c, pod, n, 1)
}

// RemovePod counts a pod that goes.
func (p *PodTopologySpread) RemovePod(c *framework.Cycle, pod cluster.Pod, n framework.Node) {
	p.move(c, pod, n, -1)
}

// move counts a pod that comes or goes. As in the original, pods that are
// terminating count here, and so do all pods if the selector is empty.
// Source: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go
// (updateWithPod).
func (p *PodTopologySpread) move(c *framework.Cycle, pod cluster.Pod, n framework.Node, by int32) {
	plan, spec, id := p.hard.plan, pod.Spec(), n.ID()
	if plan == nil || spec.Namespace != c.Spec.Namespace {
		return
	}
	for i := range plan.topologies {
		if plan.topologies[i].slots[id] == 0 {
			return
		}
	}
	for i := range plan.constraints {
		slot := plan.topologies[i].counted[id]
		if constraint := &plan.constraints[i]; slot != 0 && constraint.Selector.Matches(spec.Labels, c.View.Dictionary()) {
			p.hard.counts[i].move(slot, by)
			p.hard.counts[i].bound(constraint)
		}
	}
}

// Filter rejects a node that lacks a topology key or whose domain has too many
// pods already.
func (p *PodTopologySpread) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	if p.hard.plan == nil {
		return nil
	}
	for i := range p.hard.counts {
		slot := p.hard.plan.topologies[i].slots[n.ID()]
		if slot == 0 {
			return spreadKeyMissing
		}
		if int(p.hard.counts[i].pods[slot]) > p.hard.counts[i].limit {
			return spreadTooSkewed
		}
	}
	return nil
}

// FilterNodes is Filter for many nodes.
func (p *PodTopologySpread) FilterNodes(_ *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	if p.hard.plan == nil {
		clear(out)
		return
	}
	for i := range p.hard.counts {
		slots, pods, limit := p.hard.plan.topologies[i].slots, p.hard.counts[i].pods, p.hard.counts[i].limit
		for at, id := range nodes {
			if i > 0 && out[at] != nil {
				continue
			}
			var status *framework.Status
			slot := slots[id]
			if int(pods[slot]) > limit {
				status = spreadTooSkewed
			}
			if slot == 0 {
				status = spreadKeyMissing
			}
			out[at] = status
		}
	}
}
