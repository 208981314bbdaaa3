package bounds

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
)

// nodes sorts the nodes of a run into shapes: nodes of equal size, price, taints
// and labels, save those that name the node.
type nodes struct {
	view   cluster.View
	prices map[models.Sym]float64 // by group
	shapes []nodeShape
	byKey  map[string]int
	of     []int // shape by NodeID
}

// capacity is what all nodes of a set of shapes have together.
func (n *nodes) capacity(set uint64, r models.Resource) float64 {
	sum := 0.0
	for s := range n.shapes {
		if set&(1<<s) != 0 {
			sum += float64(float64(n.shapes[s].allocatable[r]) * float64(len(n.shapes[s].nodes)))
		}
	}
	return sum
}

// nodeShape is a shape and its nodes. Where nodes differ after all, it has the
// most of each resource and the lowest price, which can only lower a bound.
type nodeShape struct {
	allocatable models.Resources
	price       float64
	nodes       []models.NodeID
}

// shapesMost bounds the shapes, so that a set of them is one word: beyond it nodes
// share a shape that differ in labels and taints, and in the end in everything.
const shapesMost = 64

func newNodes(v cluster.View, groups []scenarios.Group) nodes {
	n := nodes{view: v, prices: make(map[models.Sym]float64), byKey: make(map[string]int)}
	for _, g := range groups {
		n.prices[v.Dictionary().Sym(g.Name)] = g.Price
	}
	return n
}

func (n *nodes) add(id models.NodeID) {
	node := n.view.Node(id)
	spec := node.Spec()
	price := n.prices[spec.Group]
	size := fmt.Sprint(*node.Allocatable(), price)
	shape, known := n.byKey[size+n.facts(node)]
	switch {
	case known:
	case len(n.shapes) < shapesMost/2:
		shape = n.open(size + n.facts(node))
	default:
		if shape, known = n.byKey[size]; !known {
			if len(n.shapes) < shapesMost {
				shape = n.open(size)
			} else {
				shape = shapesMost - 1
			}
		}
	}
	s := &n.shapes[shape]
	if len(s.nodes) == 0 {
		s.price = price
	}
	s.price = min(s.price, price)
	s.allocatable = s.allocatable.Max(*node.Allocatable())
	s.nodes = append(s.nodes, id)
	n.of = append(n.of, shape)
}

func (n *nodes) open(key string) int {
	n.byKey[key] = len(n.shapes)
	n.shapes = append(n.shapes, nodeShape{})
	return len(n.shapes) - 1
}

// facts are the labels and taints of a node without what names it alone.
func (n *nodes) facts(node cluster.Node) string {
	hostname := n.view.Dictionary().Sym(models.LabelHostname)
	labels := slices.DeleteFunc(slices.Clone(node.Labels()), func(l models.Label) bool {
		return l.Key == hostname || l.Value == node.Spec().Name
	})
	return fmt.Sprint(labels, node.Taints())
}

// widen takes in that a node has more or less than before: the most counts.
func (n *nodes) widen(id models.NodeID, amounts *models.Resources) {
	s := &n.shapes[n.of[id]]
	s.allocatable = s.allocatable.Max(*amounts)
}

// fill takes in what pods request of a node. That may be more than it has, where
// no filter of the scheduler looks after it; then such nodes can hold as much.
func (n *nodes) fill(id models.NodeID) { n.widen(id, n.view.Node(id).Requested()) }

// bit is the set that holds the shape of a node.
func (n *nodes) bit(id models.NodeID) uint64 { return 1 << n.of[id] }

// suitable returns the shapes of which some node takes pods of a specification by
// its name, its labels and its taints, as the scheduler's default filters have it,
// and those of seen, on which such pods were. Taints and labels are those at the
// end of the run.
func (n *nodes) suitable(spec *models.PodSpec, seen uint64) uint64 {
	set := seen
	for s := range n.shapes {
		if set&(1<<s) != 0 {
			continue
		}
		for _, id := range n.shapes[s].nodes {
			if suits(spec, n.view.Node(id), n.view.Dictionary()) {
				set |= 1 << s
				break
			}
		}
	}
	return set
}

// suits reports whether a node takes a pod, leaving its size and other pods aside.
func suits(spec *models.PodSpec, node cluster.Node, d *models.Dictionary) bool {
	return suitsLabelled(spec, node.Spec(), node.Labels(), d)
}

// Suits reports whether a node that joins takes a pod, leaving its size and other pods
// aside. Taints that come and go with a node's condition are none.
// Source: pkg/scheduler/framework/plugins (nodename, nodeaffinity, tainttoleration).
func Suits(spec *models.PodSpec, node *models.NodeSpec, d *models.Dictionary) bool {
	return suitsLabelled(spec, node, node.Labels, d)
}

func suitsLabelled(spec *models.PodSpec, node *models.NodeSpec, labels models.Labels, d *models.Dictionary) bool {
	if spec.NodeName != 0 && spec.NodeName != node.Name || !labels.Contains(spec.NodeSelector) {
		return false
	}
	if spec.HasRequiredTerms && !slices.ContainsFunc(spec.RequiredTerms, func(t models.NodeTerm) bool {
		return t.Matches(node.Name, labels, d)
	}) {
		return false
	}
	for _, taint := range node.Taints {
		switch d.String(taint.Key) {
		case models.TaintNotReady, models.TaintUnreachable, models.TaintUnschedulable:
			continue
		}
		if taint.Effect != models.PreferNoSchedule && !models.Tolerated(spec.Tolerations, taint) {
			return false
		}
	}
	return true
}
