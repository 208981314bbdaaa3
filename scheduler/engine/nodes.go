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
// Source: pkg/scheduler/backend/cache/node_tree.go.
type Nodes struct {
	set    uint64 // the node set that the list was made of
	known  int    // nodes seen so far; ids from here on are new
	zones  []zone
	list   []models.NodeID
	place  map[models.Sym]int // a node's name to its place in the list
	at     []int32            // a node's id to its place in the list
	next   int                // where the next search begins
	region models.Sym
	zone   models.Sym
	// counts tell where pods are, for the engines that keep such things.
	counts counts.Index
}

type zone struct {
	region, zone models.Sym
	nodes        []models.NodeID
}

// List returns the nodes in order. The caller must not change it.
func (n *Nodes) List() []models.NodeID { return n.list }

// refresh brings the list up to date with the cluster.
func (n *Nodes) refresh(v cluster.View) {
	if n.place != nil && n.set == v.NodeSet() {
		return
	}
	if n.place == nil {
		n.place = make(map[models.Sym]int)
		n.region = v.Dictionary().Sym(models.LabelRegion)
		n.zone = v.Dictionary().Sym(models.LabelZone)
	}
	n.set = v.NodeSet()
	for ; n.known < v.Nodes(); n.known++ {
		n.join(v.Node(models.NodeID(n.known)))
	}
	n.interleave()
	clear(n.place)
	n.at = slices.Grow(n.at[:0], n.known)[:n.known]
	for i, id := range n.list {
		n.at[id] = int32(i)
		n.place[v.Node(id).Spec().Name] = i
	}
	if len(n.list) > 0 {
		n.next %= len(n.list)
	}
}

func (n *Nodes) join(node cluster.Node) {
	region, _ := node.Labels().Get(n.region)
	name, _ := node.Labels().Get(n.zone)
	for i := range n.zones {
		if z := &n.zones[i]; z.region == region && z.zone == name {
			z.nodes = append(z.nodes, node.ID())
			return
		}
	}
	n.zones = append(n.zones, zone{region, name, []models.NodeID{node.ID()}})
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
