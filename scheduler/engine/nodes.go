package engine

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/counts"
)

// Nodes is the list of nodes in the order in which they are looked at, and where
// the next search begins. All profiles of a scheduler share one. The zero Nodes
// is ready for use.
//
// Nodes of a zone stand in the order they joined, zones in the order they were
// first seen, and the list takes one node of each zone in turn.
// A node whose zone changes stands at the end of its new zone, but the list is made
// anew only when a node joins.
// Source: pkg/scheduler/backend/cache/{node_tree,cache}.go.
type Nodes struct {
	set   uint64 // the node set that the list was made of
	known int    // nodes seen so far; ids from here on are new
	seen  uint64 // changes of nodes that the zones know
	zones []zone
	of    []zoneKey // by node: its zone
	out   []bool    // by node: whether it has left
	list  []models.NodeID
	place map[models.Sym]int // a node's name to its place in the list
	at    []int32            // a node's id to its place in the list
	next  int                // where the next search begins
	// keys are the labels that name zone and region, those that count first.
	keys [2][2]models.Sym
	// counts tell where pods are, for the engines that keep such things.
	counts counts.Index
}

// zoneKey tells zones apart.
type zoneKey struct{ region, zone models.Sym }

type zone struct {
	zoneKey
	nodes []models.NodeID
}

// The labels that named zone and region once still go before those of today.
// Source: k8s.io/component-helpers/node/topology/helpers.go (GetZoneKey).
const (
	oldLabelZone   = "failure-domain.beta.kubernetes.io/zone"
	oldLabelRegion = "failure-domain.beta.kubernetes.io/region"
)

// List returns the nodes in order. The caller must not change it.
func (n *Nodes) List() []models.NodeID { return n.list }

// refresh brings the list up to date with the cluster.
func (n *Nodes) refresh(v cluster.View) {
	if n.place == nil {
		n.place = make(map[models.Sym]int)
		d := v.Dictionary()
		n.keys = [2][2]models.Sym{
			{d.Sym(oldLabelRegion), d.Sym(models.LabelRegion)}, {d.Sym(oldLabelZone), d.Sym(models.LabelZone)},
		}
		n.set = v.NodeSet() - 1
	}
	n.follow(v)
	if n.set == v.NodeSet() {
		return
	}
	n.set = v.NodeSet()
	n.interleave()
	clear(n.place)
	n.at = slices.Grow(n.at[:0], n.known)[:n.known]
	for id := range n.at {
		n.at[id] = models.None
	}
	for i, id := range n.list {
		n.at[id] = int32(i)
		n.place[v.Node(id).Spec().Name] = i
	}
	if len(n.list) > 0 {
		n.next %= len(n.list)
	}
}

// follow goes through what has happened to nodes since it was last asked: they join
// where their labels put them then, and move when these change.
func (n *Nodes) follow(v cluster.View) {
	for ; n.seen < v.Changes(); n.seen++ {
		change, known := v.Change(n.seen)
		switch {
		case !known:
			for id := range models.NodeID(n.known) {
				n.settle(v.Node(id))
			}
			n.seen = v.Changes() - 1
		case change.Kind == cluster.NodeJoined && int(change.Node) == n.known:
			n.join(change.Node, n.zoneOf(v.Node(change.Node).Spec().Labels))
		case change.Kind == cluster.NodeJoined && int(change.Node) < n.known && n.out[change.Node]:
			n.enter(change.Node, n.zoneOf(v.Node(change.Node).Spec().Labels))
		case change.Kind == cluster.NodeLeft && int(change.Node) < n.known:
			n.leave(change.Node)
		case change.Kind == cluster.NodeFacts && int(change.Node) < n.known:
			n.move(v.Node(change.Node))
		}
	}
	for n.known < v.Nodes() { // of a restored cluster, or forgotten by now
		node := v.Node(models.NodeID(n.known))
		n.join(node.ID(), n.zoneOf(node.Labels()))
		n.settle(node)
	}
}

// settle puts a node where it is to be by now, however it came there.
func (n *Nodes) settle(node cluster.Node) {
	switch id := node.ID(); {
	case node.Removed() && !n.out[id]:
		n.leave(id)
	case !node.Removed() && n.out[id]:
		n.enter(id, n.zoneOf(node.Labels()))
	case !node.Removed():
		n.move(node)
	}
}

// enter puts a node that had left at the end of a zone, and leave takes it away.
func (n *Nodes) enter(id models.NodeID, zone zoneKey) {
	n.out[id], n.of[id] = false, zone
	n.append(id)
}

func (n *Nodes) leave(id models.NodeID) {
	n.withdraw(id)
	n.out[id] = true
}

// move takes a node to the end of another zone, if that is where it is now.
func (n *Nodes) move(node cluster.Node) {
	id := node.ID()
	to := n.zoneOf(node.Labels())
	if n.out[id] || n.of[id] == to {
		return
	}
	n.withdraw(id)
	n.of[id] = to
	n.append(id)
}

// withdraw takes a node out of its zone. A zone without nodes is forgotten.
func (n *Nodes) withdraw(id models.NodeID) {
	at := slices.IndexFunc(n.zones, func(z zone) bool { return z.zoneKey == n.of[id] })
	z := &n.zones[at]
	z.nodes = slices.DeleteFunc(z.nodes, func(other models.NodeID) bool { return other == id })
	if len(z.nodes) == 0 {
		n.zones = slices.Delete(n.zones, at, at+1)
	}
}

// zoneOf returns the zone that labels of a node name.
func (n *Nodes) zoneOf(labels models.Labels) zoneKey {
	var values [2]models.Sym
	for i, keys := range n.keys {
		value, ok := labels.Get(keys[0])
		if !ok {
			value, _ = labels.Get(keys[1])
		}
		values[i] = value
	}
	return zoneKey{values[0], values[1]}
}

// join adds the next node.
func (n *Nodes) join(id models.NodeID, zone zoneKey) {
	n.of = append(n.of, zone)
	n.out = append(n.out, false)
	n.known++
	n.append(id)
}

// append puts a node at the end of its zone.
func (n *Nodes) append(id models.NodeID) {
	for i := range n.zones {
		if z := &n.zones[i]; z.zoneKey == n.of[id] {
			z.nodes = append(z.nodes, id)
			return
		}
	}
	n.zones = append(n.zones, zone{n.of[id], []models.NodeID{id}})
}

func (n *Nodes) interleave() {
	n.list = n.list[:0]
	for round, more := 0, true; more; round++ {
		more = false
		for i := range n.zones {
			if nodes := n.zones[i].nodes; round < len(nodes) {
				n.list = append(n.list, nodes[round])
				more = true
			}
		}
	}
}

const (
	// minFeasibleNodes is how many feasible nodes are always searched for.
	minFeasibleNodes = 100
	// minFeasiblePercentage bounds the adaptive percentage from below.
	minFeasiblePercentage = 5
)

// FeasibleNodesToFind returns after how many feasible nodes the search stops in
// a cluster of n nodes; percentage 0 adapts to the size.
// Source: pkg/scheduler/schedule_one.go (numFeasibleNodesToFind).
func FeasibleNodesToFind(percentage, n int) int {
	if n < minFeasibleNodes {
		return n
	}
	if percentage == 0 {
		percentage = max(50-n/125, minFeasiblePercentage)
	}
	return max(n*percentage/100, minFeasibleNodes)
}
