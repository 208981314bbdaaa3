package control

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Timing of the node lifecycle controller and of kubelet heartbeats.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go and
// cmd/kube-controller-manager/app/options (defaults); pkg/kubelet/nodelease.
const (
	leaseRenewal  = 10 * time.Second // a kubelet renews its lease
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
// silent, taints them, and slows down or stops when whole zones are.
//
// Heartbeats and passes without effect are no events. SilentAt says when silence
// will be noticed; passes are asked for only around changes.
type NodeLifecycle struct {
	unreachable models.Sym
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

// SilentAt returns when a node that crashes now will be marked Unknown unless it
// comes back. Its lease was last renewed a whole number of renewals after it
// joined; the first pass at or after that saw it, and ten passes later the
// silence is too long.
func SilentAt(now models.Time, n cluster.Node) models.Time {
	renewed := n.Joined() + (now - n.Joined()).Floor(leaseRenewal)
	return renewed.Ceil(monitorPeriod).Add(gracePeriod)
}

// MarkUnknown appends what a pass does to a node that has been silent for too
// long: Ready becomes Unknown, the NoSchedule taint mirrors it, and the node's
// pods are no longer Ready.
func (l *NodeLifecycle) MarkUnknown(v cluster.View, n cluster.Node, ops []models.Op) []models.Op {
	reason := v.Dictionary().Sym("NodeStatusUnknown")
	ops = append(ops,
		models.Op{Kind: models.OpSetNodeReady, Node: n.ID(), Arg: int64(models.ConditionUnknown), Reason: reason},
		models.Op{Kind: models.OpTaintNode, Node: n.ID(), Taint: l.taint(models.NoSchedule)},
	)
	notReady := v.Dictionary().Sym("NodeNotReady")
	for _, id := range n.Pods() {
		if v.Pod(id).Ready() {
			ops = append(ops, models.Op{Kind: models.OpUnreadyPod, Pod: id, Reason: notReady})
		}
	}
	return ops
}

// MarkReady appends what follows at once when a node's kubelet reports Ready
// again. A NoExecute taint stays until the next pass.
func (l *NodeLifecycle) MarkReady(v cluster.View, n cluster.Node, ops []models.Op) []models.Op {
	ops = append(ops, models.Op{
		Kind: models.OpSetNodeReady, Node: n.ID(), Arg: int64(models.ConditionTrue),
		Reason: v.Dictionary().Sym("KubeletReady"),
	})
	if hasTaint(n, l.taint(models.NoSchedule)) {
		ops = append(ops, models.Op{Kind: models.OpUntaintNode, Node: n.ID(), Taint: l.taint(models.NoSchedule)})
	}
	return ops
}

// NextPass returns the first pass of the controller at or after t.
func NextPass(t models.Time) models.Time { return t.Ceil(monitorPeriod) }

// Pass is one look at all nodes: it takes NoExecute taints off nodes that are
// Ready again, works out the state of every zone and queues silent nodes for
// their NoExecute taint. If every zone is fully disrupted, the fault is taken to
// be on the controller's own side: all NoExecute taints go and no more are set.
func (l *NodeLifecycle) Pass(now models.Time, v cluster.View, ops []models.Op) []models.Op {
	taint := l.taint(models.NoExecute)
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
			if !l.stopped && silent(v.Node(id)) {
				z.queue = append(z.queue, id)
			}
		}
		for _, id := range z.nodes {
			n := v.Node(id)
			tainted := hasTaint(n, taint)
			if tainted && (l.stopped || n.Ready() == models.ConditionTrue) {
				ops = append(ops, models.Op{Kind: models.OpUntaintNode, Node: id, Taint: taint})
			}
			if !l.stopped && !tainted && silent(n) && !contains(z.queue, id) {
				z.queue = append(z.queue, id)
			}
		}
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
			if !silent(n) || hasTaint(n, l.taint(models.NoExecute)) {
				continue
			}
			ops = append(ops, models.Op{Kind: models.OpTaintNode, Node: n.ID(), Taint: l.taint(models.NoExecute)})
			z.nextToken = now.Add(z.interval())
			break
		}
	}
	return ops
}

func (l *NodeLifecycle) taint(e models.Effect) models.Taint {
	return models.Taint{Key: l.unreachable, Effect: e}
}

func silent(n cluster.Node) bool { return n.Ready() == models.ConditionUnknown }

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
