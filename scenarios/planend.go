package scenarios

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// The node lifecycle controller notices after its grace that nodes are silent, and gives
// one up after the other; pods go when they do not tolerate that any more.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go and
// cmd/kube-controller-manager/app/options (nodeMonitorGracePeriod, nodeEvictionRate),
// plugin/pkg/admission/defaulttolerationseconds.
const (
	beforeEviction = 50*time.Second + 300*time.Second
	eachEviction   = 10 * time.Second
)

// mostIn is how many nodes of candidates a zone has in the largest mix.
func (b *planBuilder) mostIn(zone string) int {
	nodes := 0
	for _, c := range b.buyables {
		if slices.Contains(c.zones, zone) {
			_, most, _ := c.bounds()
			nodes += (most + len(c.zones) - 1) / len(c.zones)
		}
	}
	return nodes
}

// withoutEnd is when something happens in a scenario without an end, and how long it
// goes on at least after the last that happens. Where something arrives, it may do so
// for longEnough.
const (
	withoutEnd = time.Hour
	longEnough = 30 * 24 * time.Hour
)

// giveEnd ends runs that have no end: in mixes that are too small, pods would wait for
// ever. What is lost by then has been given up.
func (b *planBuilder) giveEnd() {
	if !b.base.endless() || b.isBad {
		return
	}
	last := models.Time(withoutEnd)
	for i := range b.spec.Contingencies {
		if at := b.spec.Contingencies[i].At; at != nil {
			last = max(last, models.Time(*at))
		}
	}
	for i := range b.base.run.Config.Faults {
		for _, at := range b.base.run.Config.Faults[i].At {
			last = max(last, at)
		}
	}
	for i := range b.base.run.Config.Steps {
		last = max(last, b.base.run.Config.Steps[i].At)
	}
	lost := 0
	for _, c := range b.buyables {
		for _, zone := range c.zones {
			lost = max(lost, b.mostIn(zone))
		}
	}
	more := max(withoutEnd, beforeEviction+time.Duration(lost)*eachEviction+withoutEnd/2)
	if len(b.base.byKind("Workload")) > 0 {
		more = longEnough
	}
	b.out.base.For = time.Duration(last.Add(more))
	b.note("the scenario has no end: runs end at %s at the latest", plainDuration(b.out.base.For))
}

// noteEvictions tells of losses that the run ends too soon after: the pods of nodes that
// have not been given up then still count as placed.
func (b *planBuilder) noteEvictions() {
	for i := range b.out.Contingencies {
		c := &b.out.Contingencies[i]
		lost := c.Nodes
		if c.Zone != "" {
			lost = b.mostIn(c.Zone)
		}
		horizon := b.trials[0].loader.run.Config.Horizon
		if lost == 0 || c.For > 0 || c.At >= horizon {
			continue
		}
		left := time.Duration(horizon-c.At) - beforeEviction
		if seen := int(max(left, 0) / eachEviction); seen < lost {
			b.note("%s at %s: until the run ends, at %s, pods of %d lost nodes of a zone are made anew, since nodes are given up one in %s; those of further ones count as placed",
				c.Name, plainDuration(time.Duration(c.At)), horizon, seen, plainDuration(eachEviction))
			return
		}
	}
}

// noteStranded tells of pods that come to no other node when theirs is lost: they ask
// for no room there, and miss in no objective about room.
func (b *planBuilder) noteStranded() {
	isLoss := func(c Contingency) bool { return c.Zone != "" || c.Rack != "" || c.Nodes > 0 || c.Share > 0 }
	if !slices.ContainsFunc(b.out.Contingencies, isLoss) {
		return
	}
	sticky := 0
	for _, source := range b.trials[0].loader.run.Config.Sources {
		start, ok := source.(*start)
		if !ok {
			continue
		}
		for i := range start.arrivals {
			if t := start.arrivals[i].Template; t != nil && t.Owner != nil && t.Owner.Kind == models.StatefulSet {
				sticky += int(t.Owner.Replicas)
			}
		}
	}
	if bare := b.out.Unreplaced; bare > 0 {
		b.note("pods that no controller makes anew when their node is lost, and that ask for no room then: %d", bare)
	}
	if sticky > 0 {
		b.note("pods of StatefulSets, which come to no other node until the Node that is lost is deleted, and ask for no room till then: %d", sticky)
	}
}
