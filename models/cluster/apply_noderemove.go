package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// needsObject reports whether an operation on a node changes its object, and not only what
// becomes of the machine.
func needsObject(kind models.OpKind) bool {
	switch kind {
	case models.OpRemoveNode, models.OpSetNodeReady, models.OpTaintNode, models.OpUntaintNode, models.OpCordonNode,
		models.OpLabelNode, models.OpUnlabelNode, models.OpResizeNode, models.OpSetNodeCondition:
		return true
	}
	return false
}

// removeNode deletes the object of a node. To schedulers the node is gone, with its pods
// and images; the pods stay bound to its name.
// Source: pkg/scheduler/backend/cache/cache.go (RemoveNode).
func (c *Cluster) removeNode(now models.Time, id models.NodeID, row *nodeRow) {
	for _, pod := range row.pods {
		p := c.pods.at(int32(pod))
		left := PodLeft
		if p.is(podDeleting) {
			left = TerminatingPodLeft
		}
		c.changes.add(Change{left, id, pod, p.spec})
	}
	for _, image := range row.images {
		c.dropImage(image.Name)
	}
	c.labels[id] = nil
	row.removed, row.removedAt = true, now
	c.nodeSet++
	c.changes.add(Change{NodeLeft, id, models.None, models.None})
}

// bringNodeBack is a node that joins under the name of one that was removed: the pods that
// are bound to that name are on it.
func (c *Cluster) bringNodeBack(now models.Time, op *models.Op, spec *models.NodeSpec) error {
	row := &c.nodes[op.Node]
	if was := c.nodeSpecs[row.spec]; was.Name != spec.Name {
		return fmt.Errorf("node %d was called %s, and is to come back as %s", op.Node, c.dictionary.String(was.Name), c.dictionary.String(spec.Name))
	}
	row.removed, row.removedAt, row.conditions = false, 0, nil
	row.spec, row.joined, row.readyAt, row.ready = models.NodeSpecID(op.Def), now, now, models.ConditionTrue
	if spec.NotReady {
		row.ready = models.ConditionFalse
	}
	row.hear(now)
	c.allocatable[op.Node], c.schedulable[op.Node] = spec.Allocatable, !spec.Unschedulable
	c.taints[op.Node], c.labels[op.Node] = slices.Clone(spec.Taints), spec.Labels
	for _, image := range row.images {
		c.holdImage(image.Name, image.Size)
	}
	c.nodeSet++
	c.changes.add(Change{NodeJoined, op.Node, models.None, models.None})
	for _, pod := range row.pods {
		p := c.pods.at(int32(pod))
		c.changes.add(Change{PodPlaced, op.Node, pod, p.spec})
		if p.is(podDeleting) {
			c.changes.add(Change{PodTerminating, op.Node, pod, p.spec})
		}
	}
	return nil
}
