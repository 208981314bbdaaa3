package kubectl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

func (e *Events) node(op *models.Op, v cluster.View) {
	n := v.Node(op.Node)
	switch op.Kind {
	case models.OpAddNode:
		e.joined(n)
	case models.OpSetNodeReady:
		e.readiness(n)
	case models.OpSetNodeCondition:
		e.status(n, strings.Replace(v.Dictionary().String(op.Reason), "Kubelet", "Node", 1))
	case models.OpRestoreNode:
		e.restored(n)
	case models.OpShutDownNode:
		e.fromKubelet(n, "Shutdown", "Shutdown manager detected shutdown event")
	case models.OpRecount:
		e.late = time.Duration(op.Arg)
	case models.OpSilenceNode:
		e.silenced(n, models.Silence(op.Arg), v)
	case models.OpRemoveNode:
		if v.Dictionary().String(op.Reason) == "DeletingNode" {
			e.tell(cloudController, nodeReference(n), Normal, "DeletingNode",
				fmt.Sprintf("Deleting node %s because it does not exist in the cloud provider", n.Name()))
		}
	case models.OpReportNode:
		d := v.Dictionary()
		switch reason := d.String(op.Reason); reason {
		case control.ReasonRemovingNode, control.ReasonRegisteredNode:
			e.tell(nodeController, nodeReference(n), Normal, reason, d.String(op.Message))
		default:
			e.tell(Kubelet, nodeReference(n), severity(op), reason, d.String(op.Message)).event.Host = n.Name()
		}
	case models.OpCordonNode:
		reason := "NodeSchedulable"
		if n.Unschedulable() {
			reason = "NodeNotSchedulable"
		}
		if n.Heard() {
			e.status(n, reason)
		}
	case models.OpTaintNode, models.OpUntaintNode:
		if op.Taint.Effect == models.NoExecute {
			e.tainted(n, v)
		}
	}
}

// fromKubelet tells something about a node from its kubelet.
func (e *Events) fromKubelet(n cluster.Node, reason, message string) {
	e.tell(Kubelet, nodeReference(n), Normal, reason, message).event.Host = n.Name()
}

// startKubelet tells that the kubelet of a node starts, and sets the bounds of its pods.
// Source: pkg/kubelet/kubelet.go (BirthCry),
// pkg/kubelet/cm/node_container_manager_linux.go (enforceNodeAllocatableCgroups).
func (e *Events) startKubelet(n cluster.Node) {
	e.fromKubelet(n, "Starting", "Starting kubelet.")
	e.fromKubelet(n, "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
}

// sufficient tells of the resources of a node, of which nobody knew.
// Source: pkg/kubelet/nodestatus/setters.go (MemoryPressureCondition and the like).
func (e *Events) sufficient(n cluster.Node) {
	for _, reason := range []string{"NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"} {
		e.status(n, reason)
	}
}

// status tells of a change that the kubelet sees in its node.
// Source: pkg/kubelet/kubelet_node_status.go (recordNodeStatusEvent).
func (e *Events) status(n cluster.Node, reason string) {
	e.fromKubelet(n, reason, fmt.Sprintf("Node %s status is now: %s", n.Name(), reason))
}

// joined tells of a new node. Nodes that are there from the start have kubelets that
// were started before. Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (monitorNodeHealth).
func (e *Events) joined(n cluster.Node) {
	e.ready[n.ID()] = n.Ready()
	if e.now > 0 {
		e.startKubelet(n)
		e.sufficient(n)
	}
	e.tell(nodeController, nodeReference(n), Normal, control.ReasonRegisteredNode, control.RegisteredNode(n.Name()))
}

// restored tells that a node has booted. Its boot id follows from how often it has.
// Source: pkg/kubelet/kubelet_node_status.go (updateNodeInfo in nodestatus.MachineInfo).
func (e *Events) restored(n cluster.Node) {
	if n.Silence() == models.Stopped {
		return
	}
	e.startKubelet(n)
	boot := UID("Boot of "+n.Name(), int32(n.Crashes()))
	h := e.tell(Kubelet, nodeReference(n), Warning, "Rebooted", fmt.Sprintf("Node %s has been rebooted, boot id: %s", n.Name(), boot))
	h.event.Host = n.Name()
}

// silenced tells what a kubelet does that is heard again: one that had stopped starts,
// and both turn to the pods that were bound or deleted meanwhile.
func (e *Events) silenced(n cluster.Node, is models.Silence, v cluster.View) {
	was, known := e.silent[n.ID()]
	if is != models.Heard {
		if !known {
			was.since = e.now
		}
		was.stopped = was.stopped || is == models.Stopped
		e.silent[n.ID()] = was
		return
	}
	delete(e.silent, n.ID())
	if was.stopped {
		e.startKubelet(n)
	}
	if !n.Heard() {
		return
	}
	for _, id := range slices.Sorted(slices.Values(n.Pods())) {
		switch pod := v.Pod(id); {
		case pod.Node() != n.ID():
		case pod.Deleting() && pod.DeletedAt() >= was.since && pod.Up():
			e.killing(pod)
		case !pod.Deleting() && pod.BoundAt() >= was.since && pod.Starts() == 0:
			e.pulling(pod, n)
		}
	}
}

// readiness tells that the Ready condition of a node has changed: its kubelet tells
// of what it reports itself, the node lifecycle controller of what it finds.
// Source: pkg/kubelet/nodestatus/setters.go (ReadyCondition), and
// pkg/controller/util/node/controller_utils.go (RecordNodeStatusChange).
func (e *Events) readiness(n cluster.Node) {
	was, is := e.ready[n.ID()], n.Ready()
	e.ready[n.ID()] = is
	if was == models.ConditionUnknown && is != was {
		e.sufficient(n)
	}
	switch {
	case was == is:
		return
	case is == models.ConditionTrue:
		e.status(n, "NodeReady")
	case is == models.ConditionFalse:
		e.status(n, "NodeNotReady")
	}
	if was == models.ConditionTrue && is == models.ConditionUnknown {
		e.tell(nodeController, nodeReference(n), Normal, "NodeNotReady", fmt.Sprintf("Node %s status is now: NodeNotReady", n.Name()))
	}
}

// noExecute lists the taints that evict.
func noExecute(n cluster.Node) []models.Taint {
	var out []models.Taint
	for _, t := range n.Taints() {
		if t.Effect == models.NoExecute {
			out = append(out, t)
		}
	}
	return out
}

// tainted plans the evictions of a node anew, or takes them back.
// Source: pkg/controller/tainteviction/taint_eviction.go (handleNodeUpdate).
func (e *Events) tainted(n cluster.Node, v cluster.View) {
	taints := noExecute(n)
	if len(taints) == 0 {
		for _, id := range slices.Sorted(maps.Keys(e.evicting)) {
			if pod := v.Pod(id); pod.Node() == n.ID() {
				e.cancelEviction(pod, true)
			}
		}
		return
	}
	for _, id := range slices.Sorted(slices.Values(n.Pods())) {
		e.planEviction(v.Pod(id), taints)
	}
}

// planEviction notes whether it is only a matter of time until a pod is evicted. One
// that tolerates a taint not at all is deleted at once.
// Source: pkg/controller/tainteviction/taint_eviction.go (processPodOnNode).
func (e *Events) planEviction(pod cluster.Pod, taints []models.Taint) {
	if len(taints) == 0 || pod.Node() == models.None || pod.Deleting() {
		return
	}
	pending := false
	for _, taint := range taints {
		_, forever, ok := models.TolerationTime(pod.Spec().Tolerations, taint)
		if !ok {
			e.cancelEviction(pod, true)
			return
		}
		pending = pending || !forever
	}
	if !pending {
		e.cancelEviction(pod, true)
		return
	}
	e.evicting[pod.ID()] = true
}

// cancelEviction takes back a planned eviction, and tells of it if that was the
// decision of the controller.
func (e *Events) cancelEviction(pod cluster.Pod, tell bool) {
	if !e.evicting[pod.ID()] {
		return
	}
	delete(e.evicting, pod.ID())
	if tell {
		about := podReference(pod)
		e.tell(taintController, about, Normal, causeTaint, "Cancelling deletion of Pod "+about.Namespace+"/"+about.Name)
	}
}
