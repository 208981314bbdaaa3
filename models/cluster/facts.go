package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// changeFacts changes what a node is, as far as its kubelet and its administrators
// can change that. Lists are replaced, so that one taken before stays as it was.
func (c *Cluster) changeFacts(op *models.Op) error {
	var err error
	switch op.Kind {
	case models.OpCordonNode:
		err = c.cordonNode(op)
	case models.OpLabelNode:
		if value, ok := c.labels[op.Node].Get(op.Taint.Key); ok && value == op.Taint.Value {
			return fmt.Errorf("node %s has label %s already", c.nodeName(op.Node), c.dictionary.String(op.Taint.Key))
		}
		c.labels[op.Node] = c.labels[op.Node].With(op.Taint.Key, op.Taint.Value)
	case models.OpUnlabelNode:
		if _, ok := c.labels[op.Node].Get(op.Taint.Key); !ok {
			return fmt.Errorf("node %s does not have label %s", c.nodeName(op.Node), c.dictionary.String(op.Taint.Key))
		}
		c.labels[op.Node] = slices.DeleteFunc(slices.Clone(c.labels[op.Node]), func(l models.Label) bool { return l.Key == op.Taint.Key })
	case models.OpResizeNode:
		err = c.resizeNode(op)
	}
	if err == nil {
		c.changed(Change{NodeFacts, op.Node, models.None, models.None})
	}
	return err
}

func (c *Cluster) cordonNode(op *models.Op) error {
	if op.Arg != 0 && op.Arg != 1 {
		return fmt.Errorf("node %s: cordoned is 0 or 1 (got %d)", c.nodeName(op.Node), op.Arg)
	}
	if c.schedulable[op.Node] == (op.Arg == 0) {
		return fmt.Errorf("node %s is cordoned or not already", c.nodeName(op.Node))
	}
	c.schedulable[op.Node] = op.Arg == 0
	return nil
}

// resizeNode changes what pods may take of one resource. Pods that hold more stay.
func (c *Cluster) resizeNode(op *models.Op) error {
	name := c.dictionary.String(op.Name)
	r := slices.Index(c.dictionary.ResourceNames(), name)
	switch {
	case r < 0:
		return fmt.Errorf("node %s: no resource is called %q", c.nodeName(op.Node), name)
	case op.Arg < 0:
		return fmt.Errorf("node %s: allocatable %s would be negative", c.nodeName(op.Node), name)
	case c.allocatable[op.Node][r] == op.Arg:
		return fmt.Errorf("node %s: allocatable %s is %d already", c.nodeName(op.Node), name, op.Arg)
	}
	c.allocatable[op.Node][r] = op.Arg
	return nil
}

// Clone returns a cluster of its own in the same state, with neither observers nor
// a log: for those who try what would be.
func (c *Cluster) Clone() *Cluster {
	clone := New(c.dictionary, nil)
	c.define(clone)
	if err := clone.Restore(c.Snapshot()); err != nil {
		panic(fmt.Sprintf("a cluster cannot be cloned: %v", err))
	}
	return clone
}

// Vacated returns a cluster of its own, with symbols of its own, that knows what this
// one knows and stands at the same moment, but has no nodes, owners and pods:
// specifications keep their ids, Services, claims and volumes their state. Budgets
// stay behind, as they are about pods. Several goroutines may call it at once while
// this cluster does not change.
func (c *Cluster) Vacated() *Cluster {
	out := New(c.dictionary.Clone(), nil)
	c.define(out)
	out.now, out.budgets = c.now, budgets{}
	for name, row := range c.ended {
		state := *row
		out.ended[name] = &state
	}
	out.services.rows, out.services.left, out.services.set = slices.Clone(c.services.rows), c.services.left, c.services.set
	for i := range c.storage.volumes {
		out.storage.volumes[i].claim = c.storage.volumes[i].claim
	}
	for i := range c.storage.claims {
		out.storage.claims[i] = c.storage.claims[i]
		out.storage.claims[i].node = models.None
	}
	return out
}

// define makes everything known to another cluster with the same symbols. The
// definitions themselves are shared: they never change.
func (c *Cluster) define(to *Cluster) {
	to.podSpecs, to.nodeSpecs, to.ownerSpecs = slices.Clone(c.podSpecs), slices.Clone(c.nodeSpecs), slices.Clone(c.ownerSpecs)
	for text, id := range c.specIndex {
		to.specIndex[text] = id
	}
	for name, spec := range c.namespaces {
		to.namespaces[name] = spec
	}
	to.services.defined, to.priorities = slices.Clone(c.services.defined), slices.Clone(c.priorities)
	to.budgets.defined, to.budgets.present = slices.Clone(c.budgets.defined), slices.Clone(c.budgets.present)
	to.policies.specs = slices.Clone(c.policies.specs)
	c.storage.define(&to.storage)
}
