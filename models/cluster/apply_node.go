package cluster

import (
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

func (c *Cluster) addNode(now models.Time, op *models.Op) error {
	again := op.Node >= 0 && int(op.Node) < len(c.nodes) && c.nodes[op.Node].removed
	if int(op.Node) != len(c.nodes) && !again {
		return fmt.Errorf("node id %d is not the next one, %d", op.Node, len(c.nodes))
	}
	if op.Def < 0 || int(op.Def) >= len(c.nodeSpecs) {
		return fmt.Errorf("no node specification has id %d", op.Def)
	}
	spec := c.nodeSpecs[op.Def]
	if spec.Allocatable.Negative() || !spec.Allocatable.FitsIn(spec.Capacity) {
		return fmt.Errorf("node %s: allocatable is negative or above capacity", c.dictionary.String(spec.Name))
	}
	if again {
		return c.bringNodeBack(now, op, spec)
	}
	ready := models.ConditionTrue
	if spec.NotReady {
		ready = models.ConditionFalse
	}
	c.nodes = append(c.nodes, nodeRow{
		spec: models.NodeSpecID(op.Def), joined: now, heardAt: now, ready: ready, readyAt: now,
		images: slices.Clone(spec.Images),
	})
	c.nodeNames = append(c.nodeNames, c.dictionary.String(spec.Name))
	c.allocatable = append(c.allocatable, spec.Allocatable)
	c.requested = append(c.requested, models.Resources{})
	c.nonZero = append(c.nonZero, NonZero{})
	c.taints = append(c.taints, slices.Clone(spec.Taints))
	c.schedulable = append(c.schedulable, !spec.Unschedulable)
	c.labels = append(c.labels, spec.Labels)
	for _, image := range spec.Images {
		c.holdImage(image.Name, image.Size)
	}
	c.nodeSet++
	c.changed(Change{NodeJoined, op.Node, models.None, models.None})
	return nil
}

// holdImage counts one more node that holds an image.
func (c *Cluster) holdImage(image models.Sym, size int64) {
	state := c.images[image]
	if state.nodes == 0 {
		state.size = size
	}
	state.nodes++
	c.images[image] = state
}

func (c *Cluster) changeNode(now models.Time, op *models.Op) error { //nolint:gocyclo // one switch of operations
	if op.Node < 0 || int(op.Node) >= len(c.nodes) {
		return fmt.Errorf("no node has id %d", op.Node)
	}
	row := &c.nodes[op.Node]
	if row.removed && needsObject(op.Kind) {
		return fmt.Errorf("node %s is gone", c.nodeName(op.Node))
	}
	switch op.Kind {
	case models.OpRemoveNode:
		c.removeNode(now, op.Node, row)
	case models.OpCrashNode:
		return c.crashNode(now, row)
	case models.OpRestoreNode:
		if !row.down {
			return fmt.Errorf("node %s is up", c.nodeName(op.Node))
		}
		row.down, row.shutting = false, false
		row.downTime += now - row.downAt
		row.hear(now)
	case models.OpShutDownNode:
		if row.down || row.shutting {
			return fmt.Errorf("node %s is down or shuts down already", c.nodeName(op.Node))
		}
		row.shutting = true
	case models.OpSilenceNode:
		return c.silenceNode(now, op, row)
	case models.OpSetNodeReady:
		return c.setNodeReady(now, op, row)
	case models.OpTaintNode:
		return c.taintNode(op)
	case models.OpUntaintNode:
		return c.untaintNode(op)
	case models.OpCordonNode, models.OpLabelNode, models.OpUnlabelNode, models.OpResizeNode:
		return c.changeFacts(op)
	case models.OpPullImage:
		if slices.ContainsFunc(row.images, func(i models.NodeImage) bool { return i.Name == op.Name }) {
			return fmt.Errorf("node %s holds image %s already", c.nodeName(op.Node), c.dictionary.String(op.Name))
		}
		row.images = append(row.images, models.NodeImage{Name: op.Name, Size: op.Arg})
		if !row.removed {
			c.holdImage(op.Name, op.Arg)
		}
		c.changed(Change{NodeImages, op.Node, models.None, models.None})
	case models.OpRemoveImage:
		return c.removeImage(op, row)
	case models.OpSetNodeCondition:
		return c.setNodeCondition(now, op, row)
	case models.OpRecount:
		return c.recount(now, op, row)
	}
	return nil
}

// recount sets how long ago that happened which a kubelet tells of.
func (c *Cluster) recount(now models.Time, op *models.Op, row *nodeRow) error {
	switch {
	case op.Arg < 0 || op.Arg > int64(now):
		return fmt.Errorf("nothing happened %s ago", time.Duration(op.Arg))
	case op.Arg == int64(c.late):
		return fmt.Errorf("what happened %s ago is told already", c.late)
	case op.Arg > 0 && !row.heard():
		return fmt.Errorf("node %s: its kubelet is not heard", c.nodeName(op.Node))
	}
	c.late = time.Duration(op.Arg)
	return nil
}

// happened is when that happened to a pod which its kubelet tells of now.
func (c *Cluster) happened(now models.Time, row *podRow) models.Time {
	if c.late == 0 {
		return now
	}
	return max(now.Add(-c.late), row.bound)
}

// crashNode stops a node dead. Nothing is reported: its pods read as they did.
// Their epochs advance, so that nothing planned for them on this node happens.
func (c *Cluster) crashNode(now models.Time, row *nodeRow) error {
	if row.down {
		return fmt.Errorf("node %s is down already", c.dictionary.String(c.nodeSpecs[row.spec].Name))
	}
	row.lose(now)
	row.down, row.downAt = true, now
	row.crashes++
	for _, id := range row.pods {
		pod := c.pods.at(int32(id))
		pod.epoch++
		pod.set(podUp, false)
	}
	return nil
}

// setNodeReady changes the condition Ready of a node.
func (c *Cluster) setNodeReady(now models.Time, op *models.Op, row *nodeRow) error {
	if op.Arg < 0 || op.Arg > int64(models.ConditionTrue) {
		return fmt.Errorf("condition status %d does not exist", op.Arg)
	}
	if status := models.ConditionStatus(op.Arg); status == row.ready {
		return fmt.Errorf("node %s: Ready is %s already", c.nodeName(op.Node), status)
	}
	row.ready, row.readyAt = models.ConditionStatus(op.Arg), now
	return nil
}

// silenceNode lets the kubelet of a node fall silent, or be heard again. Its pods read
// as they did, and their containers go on.
func (c *Cluster) silenceNode(now models.Time, op *models.Op, row *nodeRow) error {
	if op.Arg < 0 || op.Arg > int64(models.CutOff) {
		return fmt.Errorf("silence %d does not exist", op.Arg)
	}
	silence := models.Silence(op.Arg)
	if silence == row.silence {
		return fmt.Errorf("node %s: its kubelet is %s already", c.nodeName(op.Node), silence)
	}
	row.lose(now)
	row.silence = silence
	row.hear(now)
	return nil
}

// heard reports whether the control plane hears the kubelet, and it the control plane.
func (n *nodeRow) heard() bool { return !n.down && n.silence == models.Heard }

// lose and hear note that a kubelet goes out of hearing and is back, unless it was so
// before.
func (n *nodeRow) lose(now models.Time) {
	if n.heard() {
		n.unheardAt = now
		n.outages++
	}
}

func (n *nodeRow) hear(now models.Time) {
	if n.heard() {
		n.heardAt = now
	}
}

// taintNode and untaintNode replace the list instead of changing it, so that a
// list taken before an operation stays as it was.
func (c *Cluster) taintNode(op *models.Op) error {
	taints := c.taints[op.Node]
	if slices.Contains(taints, op.Taint) {
		return fmt.Errorf("node %s has taint %s already", c.nodeName(op.Node), c.taintText(op.Taint))
	}
	c.taints[op.Node] = append(slices.Clone(taints), op.Taint)
	c.changed(Change{NodeFacts, op.Node, models.None, models.None})
	return nil
}

func (c *Cluster) untaintNode(op *models.Op) error {
	taints := c.taints[op.Node]
	at := slices.Index(taints, op.Taint)
	if at < 0 {
		return fmt.Errorf("node %s does not have taint %s", c.nodeName(op.Node), c.taintText(op.Taint))
	}
	c.taints[op.Node] = slices.Delete(slices.Clone(taints), at, at+1)
	c.changed(Change{NodeFacts, op.Node, models.None, models.None})
	return nil
}

func (c *Cluster) taintText(t models.Taint) string {
	return c.dictionary.String(t.Key) + ":" + t.Effect.String()
}

func (c *Cluster) nodeName(id models.NodeID) string {
	return c.dictionary.String(c.nodeSpecs[c.nodes[id].spec].Name)
}

// place lists a pod on a node and takes its room; the caller notes in its row
// where it is.
func (c *Cluster) place(id models.PodID, row *podRow, node models.NodeID) {
	n := &c.nodes[node]
	spec := c.podSpecs[row.spec]
	row.nodeAt = int32(len(n.pods))
	n.pods = append(n.pods, id)
	n.ports = TakePorts(n.ports, spec.HostPorts)
	c.requested[node], _ = c.requested[node].Add(spec.Requests)
	c.nonZero[node].CPU += spec.NonZeroCPU
	c.nonZero[node].Memory += spec.NonZeroMemory
	c.countClaims(spec, 1)
	c.changed(Change{PodPlaced, node, id, row.spec})
}

// vacate gives back the room that a pod holds on its node.
func (c *Cluster) vacate(id models.PodID, row *podRow) {
	spec, node := c.podSpecs[row.spec], row.place()
	c.requested[node] = c.requested[node].Sub(spec.Requests)
	c.nonZero[node].CPU -= spec.NonZeroCPU
	c.nonZero[node].Memory -= spec.NonZeroMemory
	c.countClaims(spec, -1)
	n := &c.nodes[node]
	n.ports = FreePorts(n.ports, spec.HostPorts)
	last := len(n.pods) - 1
	moved := n.pods[last]
	n.pods[row.nodeAt] = moved
	c.pods.at(int32(moved)).nodeAt = row.nodeAt
	n.pods = n.pods[:last]
	row.nodeAt = models.None
	left := PodLeft
	if row.is(podDeleting) {
		left = TerminatingPodLeft
	}
	c.changed(Change{left, node, id, row.spec})
}

// TakePorts adds host ports to those that are taken on a node. A port that two pods
// take stands there once, so that it is free when either of them leaves.
// Source: k8s.io/kube-scheduler/framework/types.go (HostPortInfo).
func TakePorts(taken, ports []models.HostPort) []models.HostPort {
	for _, port := range ports {
		if !slices.Contains(taken, port) {
			taken = append(taken, port)
		}
	}
	return taken
}

// FreePorts takes host ports away again.
func FreePorts(taken, ports []models.HostPort) []models.HostPort {
	for _, port := range ports {
		if at := slices.Index(taken, port); at >= 0 {
			taken = slices.Delete(taken, at, at+1)
		}
	}
	return taken
}
