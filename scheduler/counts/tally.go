package counts

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// listed is up to how many nodes a tally is searched from end to end.
const listed = 16

// tally is a framework.Tally that finds its nodes.
type tally struct {
	framework.Tally
	at positions // of the nodes, once there are more than listed
}

// add counts n pods more or fewer on a node.
func (t *tally) add(node models.NodeID, n int32) {
	if n == 0 {
		return
	}
	t.Total += n
	i := t.find(node)
	if i < 0 {
		t.push(node, n)
		return
	}
	if t.Counts[i] += n; t.Counts[i] == 0 {
		t.drop(i)
	}
}

func (t *tally) find(node models.NodeID) int {
	if t.at.slots == nil {
		return slices.Index(t.Nodes, node)
	}
	return t.at.of(node)
}

func (t *tally) push(node models.NodeID, n int32) {
	t.Nodes, t.Counts = append(t.Nodes, node), append(t.Counts, n)
	switch {
	case t.at.slots != nil:
		t.at.set(node, int32(len(t.Nodes)-1))
	case len(t.Nodes) > listed:
		for i, id := range t.Nodes {
			t.at.set(id, int32(i))
		}
	}
}

// drop takes out the node at position i; the last one takes its place.
func (t *tally) drop(i int) {
	last := len(t.Nodes) - 1
	if t.at.slots != nil {
		t.at.remove(t.Nodes[i])
		if i != last {
			t.at.set(t.Nodes[last], int32(i))
		}
	}
	t.Nodes[i], t.Counts[i] = t.Nodes[last], t.Counts[last]
	t.Nodes, t.Counts = t.Nodes[:last], t.Counts[:last]
}

// addAll counts the pods of another tally, sign times each.
func (t *tally) addAll(other *tally, sign int32) {
	for i, node := range other.Nodes {
		t.add(node, sign*other.Counts[i])
	}
}
