package kubectl

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func nodes() *kind {
	return &kind{
		name: "node", plural: "nodes", short: []string{"no"}, cluster: true,
		columns: []string{"NAME", "STATUS", "ROLES", "AGE", "VERSION"},
		wide:    []string{"INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"},
		aging:   []string{"AGE"},
		list: func(m *Moment) []object {
			var out []object
			for id := range m.View.Nodes() {
				if n := m.View.Node(models.NodeID(id)); !n.Removed() {
					out = append(out, m.node(n))
				}
			}
			return out
		},
		touched: func(op *models.Op, _ cluster.View) []int32 {
			if f := op.Kind.Fields(); f&models.FieldNode == 0 || f&models.FieldPod != 0 || op.Node == models.None {
				return nil
			}
			return []int32{int32(op.Node)}
		},
		one: func(m *Moment, id int32) (object, bool) {
			n := m.View.Node(models.NodeID(id))
			return m.node(n), !n.Removed()
		},
		describe: describeNode,
	}
}

// node shows a node. Source: pkg/printers/internalversion/printers.go (printNode).
func (m *Moment) node(n cluster.Node) object {
	status := "NotReady"
	if n.Ready() == models.ConditionTrue {
		status = "Ready"
	}
	if n.Unschedulable() {
		status += ",SchedulingDisabled"
	}
	labels := labelsOf(n.Labels(), m.View.Dictionary())
	return object{
		id: int32(n.ID()), name: n.Name(), labels: labels,
		cells:    []string{n.Name(), status, orNone(strings.Join(rolesOf(labels), ",")), m.age(n.Joined()), "<unknown>"},
		wide:     []string{orNone(nodeAddress(m.View, n.ID())), "<none>", "<unknown>", "<unknown>", "<unknown>"},
		manifest: func() map[string]any { return m.nodeManifest(n) },
	}
}

// rolesOf lists the roles that labels give a node.
// Source: pkg/printers/internalversion/printers.go (findNodeRoles).
func rolesOf(labels map[string]string) []string {
	var roles []string
	for key, value := range labels {
		if role, ok := strings.CutPrefix(key, "node-role.kubernetes.io/"); ok && role != "" {
			roles = append(roles, role)
		} else if key == "kubernetes.io/role" && value != "" {
			roles = append(roles, value)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

func (m *Moment) nodeManifest(n cluster.Node) map[string]any {
	d := m.View.Dictionary()
	spec := map[string]any{}
	if n.Unschedulable() {
		spec["unschedulable"] = true
	}
	var taints []any
	for _, t := range n.Taints() {
		taint := map[string]any{"key": d.String(t.Key), "effect": t.Effect.String()}
		if t.Value != 0 {
			taint["value"] = d.String(t.Value)
		}
		taints = append(taints, taint)
	}
	if taints != nil {
		spec["taints"] = taints
	}
	if prefix, ok := podRange(m.View, n.ID()); ok {
		spec["podCIDR"], spec["podCIDRs"] = prefix.String(), []any{prefix.String()}
	}
	var images []any
	for _, i := range n.Images() {
		images = append(images, map[string]any{"names": []any{d.String(i.Name)}, "sizeBytes": i.Size})
	}
	status := map[string]any{
		"capacity": m.amounts(&n.Spec().Capacity), "allocatable": m.amounts(n.Allocatable()), "conditions": m.nodeConditionsManifest(n),
	}
	if images != nil {
		status["images"] = images
	}
	addresses := []any{map[string]any{"type": "Hostname", "address": n.Name()}}
	if address := nodeAddress(m.View, n.ID()); address != "" {
		addresses = append([]any{map[string]any{"type": "InternalIP", "address": address}}, addresses...)
	}
	status["addresses"] = addresses
	meta := map[string]any{"name": n.Name(), "uid": UID("Node", int32(n.ID())), "creationTimestamp": m.stamp(n.Joined())}
	addLabels(meta, n.Labels(), d)
	return map[string]any{"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": spec, "status": status}
}

// readyReason is why a node is Ready or not, as its kubelet or the node controller
// says it. Source: pkg/kubelet/nodestatus/setters.go, and
// pkg/controller/nodelifecycle/node_lifecycle_controller.go.
func readyReason(n cluster.Node) (reason, message string) {
	switch n.Ready() {
	case models.ConditionTrue:
		return "KubeletReady", "kubelet is posting ready status"
	case models.ConditionFalse:
		if n.ShuttingDown() {
			return "KubeletNotReady", "node is shutting down"
		}
		return "KubeletNotReady", "kubelet is not ready"
	}
	return "NodeStatusUnknown", "Kubelet stopped posting node status."
}
