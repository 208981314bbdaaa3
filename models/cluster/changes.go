package cluster

import "github.com/podsim/podsim/models"

// ChangeKind says what of a node changed.
type ChangeKind uint8

// What the scheduler's view of a node is made of.
const (
	PodPlaced          ChangeKind = iota // a pod took room on the node
	PodTerminating                       // one that holds room was marked for deletion
	PodLeft                              // one gave its room back
	TerminatingPodLeft                   // one gave its room back that had been marked for deletion
	NodeJoined
	NodeFacts      // its taints, labels, schedulability or allocatable
	NodeImages     // the images that it holds
	NodeNomination // the pods for which preemption makes room on it
	NodeLeft       // its object was deleted; its pods have left before
)

// Change is one change of a node, for those who keep something that follows from
// nodes up to date. Pod and Spec are None unless it is about a pod.
type Change struct {
	Kind ChangeKind
	Node models.NodeID
	Pod  models.PodID
	Spec models.SpecID
}

// changeWindow is how many changes are kept: a reader that lags further behind
// must look at everything again.
const changeWindow = 1 << 16

// changes are the latest changes, numbered from 0, in a ring.
type changes struct {
	count uint64
	ring  []Change
}

// changed notes a change of a node, unless nobody knows the node any more.
func (c *Cluster) changed(change Change) {
	if !c.nodes[change.Node].removed {
		c.changes.add(change)
	}
}

func (c *changes) add(change Change) {
	if c.ring == nil {
		c.ring = make([]Change, changeWindow)
	}
	c.ring[c.count%changeWindow] = change
	c.count++
}

// Changes returns how many changes of nodes there were so far.
func (v View) Changes() uint64 { return v.c.changes.count }

// Change returns the change of that number, counting from 0, and whether it is
// still known: only the latest are.
func (v View) Change(number uint64) (Change, bool) {
	c := &v.c.changes
	if number >= c.count || c.count-number > changeWindow {
		return Change{}, false
	}
	return c.ring[number%changeWindow], true
}
