package control

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// MonitorPeriod is the time between two passes of the node lifecycle controller, each of
// which looks at all nodes, and StartupGrace how long it waits for the kubelet of a new one.
const (
	MonitorPeriod = 5 * time.Second
	StartupGrace  = 60 * time.Second
)

// Timing of the node lifecycle controller.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go and
// cmd/kube-controller-manager/app/options (defaults).
const (
	gracePeriod   = 50 * time.Second // silence that makes Ready Unknown
	taintPeriod   = 100 * time.Millisecond
	taintInterval = 10 * time.Second  // 0.1 nodes a second and zone
	slowInterval  = 100 * time.Second // 0.01, in a large zone in partial disruption

	largeZone        = 50
	unhealthyAtLeast = 3
)

// unhealthyShare is of the type that the original compares, so that 11 of 20 is enough.
const unhealthyShare float32 = 0.55

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
	gone        []models.NodeID // since the last pass
	stopped     bool            // every zone is fully disrupted
	down        bool            // it does not run
	fresh       bool            // it has just been started, and has not made a pass yet
	// probed is when all nodes were last taken for heard, whatever was known of them.
	probed models.Time
}

// zone is the set of nodes of one region and zone.
type zone struct {
	nodes   []models.NodeID
	queue   []models.NodeID // waiting for a NoExecute taint, in order
	counted int             // of the nodes, by the last pass: those that disruption is told by
	state   zoneState
	// every is the interval of the rate limiter, 0 if it lets nothing through, and
	// nextToken when it lets the next taint through.
	every     time.Duration
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
		l.zones = append(l.zones, zone{every: taintInterval})
	}
	l.zones[at].nodes = append(l.zones[at].nodes, n.ID())
	if int(n.ID()) < len(l.zoneOf) { // it is back
		l.zoneOf[n.ID()] = at
	} else {
		l.zoneOf = append(l.zoneOf, at)
	}
}

// Leave takes a node away whose object is gone. The next pass tells of it.
func (l *NodeLifecycle) Leave(id models.NodeID) {
	z := &l.zones[l.zoneOf[id]]
	is := func(other models.NodeID) bool { return other == id }
	z.nodes, z.queue = slices.DeleteFunc(z.nodes, is), slices.DeleteFunc(z.queue, is)
	l.gone = append(l.gone, id)
}

// ReasonRemovingNode is that of the event by which the controller forgets a node.
const ReasonRemovingNode = "RemovingNode"

// forget tells of the nodes that are gone since the last pass.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (monitorNodeHealth).
func (l *NodeLifecycle) forget(v cluster.View, ops []models.Op) []models.Op {
	d := v.Dictionary()
	for _, id := range l.gone {
		if node := v.Node(id); node.Removed() {
			ops = append(ops, models.Op{Kind: models.OpReportNode, Node: id, Reason: d.Sym(ReasonRemovingNode),
				Message: d.Sym("Node " + node.Name() + " event: Removing Node " + node.Name() + " from Controller")})
		}
	}
	l.gone = l.gone[:0]
	return ops
}

// NextPass returns the first pass of the controller at or after t.
func NextPass(t models.Time) models.Time { return t.Ceil(MonitorPeriod) }

// Pass is one look at all nodes: it takes NoExecute taints off nodes that are
// Ready again, works out the state of every zone and queues nodes that are silent or
// not ready for their NoExecute taint. A node that has one already gets the other at
// once when that is what it deserves now. If every zone is fully disrupted, the fault
// is taken to be on the controller's own side: all NoExecute taints go and no more are
// set, and when that is over all nodes are taken for heard just now.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (processTaintBaseEviction, handleDisruption).
func (l *NodeLifecycle) Pass(now models.Time, v cluster.View, ops []models.Op) []models.Op {
	ops = l.forget(v, ops)
	zones, full := 0, 0
	for i := range l.zones {
		z := &l.zones[i]
		l.updateZone(v, z)
		if z.counted > 0 {
			zones++
		}
		if z.state == zoneFull {
			full++
		}
	}
	if l.fresh {
		l.fresh = false
		return l.firstPass(now, v, zones > 0 && full == zones, ops)
	}
	was := l.stopped
	l.stopped = zones > 0 && full == zones
	if was && !l.stopped {
		l.probed = now
	}
	for i := range l.zones {
		z := &l.zones[i]
		z.limit(now, l.intervalOf(z))
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

// updateZone works out how disrupted a zone is. One without nodes that count is not.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (ComputeZoneState).
func (l *NodeLifecycle) updateZone(v cluster.View, z *zone) {
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
	z.counted = ready + not
	switch {
	case ready == 0 && not > 0:
		z.state = zoneFull
	case not >= unhealthyAtLeast && float32(not)/float32(ready+not) >= unhealthyShare:
		z.state = zonePartial
	default:
		z.state = zoneNormal
	}
}

// intervalOf is the time between two NoExecute taints in a zone; 0 is never.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (setLimiterInZone,
// ReducedQPSFunc).
func (l *NodeLifecycle) intervalOf(z *zone) time.Duration {
	switch {
	case l.stopped:
		return 0
	case z.state != zonePartial:
		return taintInterval
	case z.counted > largeZone:
		return slowInterval
	}
	return 0
}

// limit gives a zone another rate limiter, if the interval is another. The new one lets a
// taint through at once only if the old one would have.
// Source: pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go (SwapLimiter).
func (z *zone) limit(now models.Time, every time.Duration) {
	if every == z.every {
		return
	}
	if every > 0 && (z.every == 0 || now < z.nextToken) {
		z.nextToken = now.Add(every)
	}
	z.every = every
}

// NextTaint returns when the next NoExecute taint will be set, Never if none is
// due.
func (l *NodeLifecycle) NextTaint(now models.Time) models.Time {
	next := models.Never
	for i := range l.zones {
		z := &l.zones[i]
		if len(z.queue) > 0 && z.every > 0 {
			next = min(next, max(now, z.nextToken).Ceil(taintPeriod))
		}
	}
	return next
}

// TaintPass appends the NoExecute taints that the zones' rate limiters let
// through now, at most one a zone. A node that is Ready again, which the next pass will
// find, costs its zone the turn.
// Source: pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go (Try).
func (l *NodeLifecycle) TaintPass(now models.Time, v cluster.View, ops []models.Op) []models.Op {
	for i := range l.zones {
		z := &l.zones[i]
		if z.every == 0 || now < z.nextToken || len(z.queue) == 0 {
			continue
		}
		n := v.Node(z.queue[0])
		z.queue = z.queue[1:]
		z.nextToken = now.Add(z.every)
		if unready(n) {
			due, other := l.due(n, models.NoExecute)
			ops = untaint(n, other, taint(n, due, ops))
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
