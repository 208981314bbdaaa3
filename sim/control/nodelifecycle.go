package control

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Timing of the node lifecycle controller.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go and
// cmd/kube-controller-manager/app/options (defaults).
const (
	monitorPeriod = 5 * time.Second  // a pass looks at all nodes
	gracePeriod   = 50 * time.Second // silence that makes Ready Unknown
	taintPeriod   = 100 * time.Millisecond
	taintInterval = 10 * time.Second  // 0.1 nodes a second and zone
	slowInterval  = 100 * time.Second // 0.01, in a large zone in partial disruption

	largeZone        = 50
	unhealthyAtLeast = 3
	unhealthyShare   = 0.55
)

// NodeLifecycle is the node lifecycle controller: it learns late that nodes are
// silent, taints them and those whose kubelets report that they are not ready, and
// slows down or stops when whole zones are.
//
// Heartbeats and passes without effect are no events. SilentAt says when silence
// will be noticed; passes are asked for only around changes.
type NodeLifecycle struct {
	unreachable models.Sym
	notReady    models.Sym
	notAlone    models.Sym
	zoneKeys    [2]models.Sym
	zones       []zone
	index       map[[2]models.Sym]int
	zoneOf      []int
	stopped     bool // every zone is fully disrupted
}

// zone is the set of nodes of one region and zone.
type zone struct {
	nodes []models.NodeID
	queue []models.NodeID // waiting for a NoExecute taint, in order
	state zoneState
	// nextToken is when the rate limiter lets the next taint through.
	nextToken models.Time
}

type zoneState uint8

const (
	zoneNormal zoneState = iota
	zonePartial
	zoneFull
)

// NewNodeLifecycle groups the nodes of the view into zones.
func NewNodeLifecycle(v cluster.View) *NodeLifecycle {
	d := v.Dictionary()
	l := &NodeLifecycle{
		unreachable: d.Sym(models.TaintUnreachable),
		notReady:    d.Sym(models.TaintNotReady),
		notAlone:    d.Sym(models.LabelExcludeDisruption),
		zoneKeys:    [2]models.Sym{d.Sym(models.LabelRegion), d.Sym(models.LabelZone)},
		index:       make(map[[2]models.Sym]int),
	}
	for id := range v.Nodes() {
		l.Join(v.Node(models.NodeID(id)))
	}
	return l
}

// Join adds a node to its zone. Nodes come in the order of their ids.
func (l *NodeLifecycle) Join(n cluster.Node) {
	region, _ := n.Labels().Get(l.zoneKeys[0])
	name, _ := n.Labels().Get(l.zoneKeys[1])
	key := [2]models.Sym{region, name}
	at, ok := l.index[key]
	if !ok {
		at = len(l.zones)
		l.index[key] = at
		l.zones = append(l.zones, zone{})
	}
	l.zones[at].nodes = append(l.zones[at].nodes, n.ID())
	l.zoneOf = append(l.zoneOf, at)
}

// NextPass returns the first pass of the controller at or after t.
func NextPass(t models.Time) models.Time { return t.Ceil(monitorPeriod) }

// Pass is one look at all nodes: it takes NoExecute taints off nodes that are
// Ready again, works out the state of every zone and queues nodes that are silent or
// not ready for their NoExecute taint. A node that has one already gets the other at
// once when that is what it deserves now. If every zone is fully disrupted, the fault
// is taken to be on the controller's own side: all NoExecute taints go and no more are
// set.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (processTaintBaseEviction, handleDisruption).
func (l *NodeLifecycle) Pass(now models.Time, v cluster.View, ops []models.Op) []models.Op {
	allFull := len(l.zones) > 0
	for i := range l.zones {
		l.updateZone(now, v, &l.zones[i])
		allFull = allFull && l.zones[i].state == zoneFull
	}
	if l.stopped && !allFull {
		for i := range l.zones {
			l.zones[i].nextToken = now
		}
	}
	l.stopped = allFull
	for i := range l.zones {
		z := &l.zones[i]
		waiting := z.queue
		z.queue = z.queue[:0:0]
		for _, id := range waiting {
			if !l.stopped && unready(v.Node(id)) {
				z.queue = append(z.queue, id)
			}
		}
		for _, id := range z.nodes {
			ops = l.judge(z, v.Node(id), ops)
		}
	}
	return ops
}

// judge is what a pass does to one node. Its NoSchedule taints mirror its status already,
// unless it has joined with that.
func (l *NodeLifecycle) judge(z *zone, n cluster.Node, ops []models.Op) []models.Op {
	ops = l.mirror(n, n.Ready(), ops)
	due, other := l.due(n, models.NoExecute)
	switch {
	case l.stopped || !unready(n):
		return untaint(n, other, untaint(n, due, ops))
	case hasTaint(n, other):
		return untaint(n, other, taint(n, due, ops))
	case !hasTaint(n, due) && !contains(z.queue, n.ID()):
		z.queue = append(z.queue, n.ID())
	}
	return ops
}

// updateZone works out how disrupted a zone is. A change of rate starts a fresh
// rate limiter.
func (l *NodeLifecycle) updateZone(now models.Time, v cluster.View, z *zone) {
	ready, not := 0, 0
	for _, id := range z.nodes {
		n := v.Node(id)
		if _, excluded := n.Labels().Get(l.notAlone); excluded {
			continue
		}
		if n.Ready() == models.ConditionTrue {
			ready++
		} else {
			not++
		}
	}
	before := z.interval()
	switch {
	case ready == 0 && not > 0:
		z.state = zoneFull
	case not >= unhealthyAtLeast && float64(not) >= float64(unhealthyShare*float64(ready+not)):
		z.state = zonePartial
	default:
		z.state = zoneNormal
	}
	if z.interval() != before {
		z.nextToken = now
	}
}

// interval is the time between two NoExecute taints in the zone; 0 is never.
func (z *zone) interval() time.Duration {
	if z.state != zonePartial {
		return taintInterval
	}
	if len(z.nodes) > largeZone {
		return slowInterval
	}
	return 0
}

// NextTaint returns when the next NoExecute taint will be set, Never if none is
// due.
func (l *NodeLifecycle) NextTaint(now models.Time) models.Time {
	next := models.Never
	for i := range l.zones {
		z := &l.zones[i]
		if len(z.queue) > 0 && !l.stopped && z.interval() > 0 {
			next = min(next, max(now, z.nextToken).Ceil(taintPeriod))
		}
	}
	return next
}

// TaintPass appends the NoExecute taints that the zones' rate limiters let
// through now, at most one a zone.
func (l *NodeLifecycle) TaintPass(now models.Time, v cluster.View, ops []models.Op) []models.Op {
	for i := range l.zones {
		z := &l.zones[i]
		if l.stopped || z.interval() == 0 || now < z.nextToken {
			continue
		}
		for len(z.queue) > 0 {
			n := v.Node(z.queue[0])
			z.queue = z.queue[1:]
			due, other := l.due(n, models.NoExecute)
			if !unready(n) || hasTaint(n, due) {
				continue
			}
			ops = untaint(n, other, taint(n, due, ops))
			z.nextToken = now.Add(z.interval())
			break
		}
	}
	return ops
}

// due returns the taint that the Ready condition of a node calls for, if it is not
// True, and the one that goes with the other status.
func (l *NodeLifecycle) due(n cluster.Node, e models.Effect) (due, other models.Taint) {
	due, other = models.Taint{Key: l.notReady, Effect: e}, models.Taint{Key: l.unreachable, Effect: e}
	if n.Ready() == models.ConditionUnknown {
		return other, due
	}
	return due, other
}

func taint(n cluster.Node, t models.Taint, ops []models.Op) []models.Op {
	if hasTaint(n, t) {
		return ops
	}
	return append(ops, models.Op{Kind: models.OpTaintNode, Node: n.ID(), Taint: t})
}

func untaint(n cluster.Node, t models.Taint, ops []models.Op) []models.Op {
	if !hasTaint(n, t) {
		return ops
	}
	return append(ops, models.Op{Kind: models.OpUntaintNode, Node: n.ID(), Taint: t})
}

func unready(n cluster.Node) bool { return n.Ready() != models.ConditionTrue }

func hasTaint(n cluster.Node, taint models.Taint) bool {
	for _, t := range n.Taints() {
		if t == taint {
			return true
		}
	}
	return false
}

func contains(list []models.NodeID, id models.NodeID) bool {
	for _, other := range list {
		if other == id {
			return true
		}
	}
	return false
}
