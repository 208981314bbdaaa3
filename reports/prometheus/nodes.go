package prometheus

import (
	"iter"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// liveNodes yields the nodes whose objects are there.
func liveNodes(v cluster.View) iter.Seq[int32] {
	return numbered(v.Nodes(), func(id int32) bool { return !v.Node(models.NodeID(id)).Removed() })
}

// Source: kube-state-metrics, internal/store/node.go.
var nodeKind = kind{
	name: "node", base: []string{"node"}, ids: liveNodes,
	families: []objectFamily{
		gauge("kube_node_info", "The node and its addresses.", []string{"pod_cidr", "internal_ip"}, func(o *object, put put) {
			put(1, o.text("spec.podCIDR"), addressOf(o, "InternalIP"))
		}),
		moment("kube_node_created", "When the node joined, in Unix seconds.", created),
		objectLabels("kube_node_labels", "The labels of the node."),
		gauge("kube_node_role", "The roles of the node.", []string{"role"}, func(o *object, put put) {
			for _, label := range pairs(o.at("metadata.labels")) {
				if role, is := strings.CutPrefix(label[0], "node-role.kubernetes.io/"); is && role != "" {
					put(1, role)
				}
			}
		}),
		field("kube_node_spec_unschedulable", "Whether the node is cordoned.", "spec.unschedulable"),
		gauge("kube_node_spec_taint", "The taints of the node.", []string{"key", "value", "effect"}, func(o *object, put put) {
			for _, t := range o.list("spec.taints") {
				put(1, textOf(t["key"]), textOf(t["value"]), textOf(t["effect"]))
			}
		}),
		conditions("kube_node_status_condition", "The conditions of the node.", false),
		nodeAmounts("kube_node_status_capacity", "What the node has.", "status.capacity"),
		nodeAmounts("kube_node_status_allocatable", "What pods may take of the node.", "status.allocatable"),
	},
}

func addressOf(o *object, kind string) string {
	for _, address := range o.list("status.addresses") {
		if address["type"] == kind {
			return textOf(address["address"])
		}
	}
	return ""
}

func nodeAmounts(name, help, path string) objectFamily {
	return gauge(name, help, []string{"resource", "unit"}, func(o *object, put put) {
		amounts(o.at(path), func(n float64, resource, unit string) { put(n, resource, unit) })
	})
}

// amounts goes through quantities by resource. Two resources whose names come to one count
// as the first.
func amounts(quantities any, tell func(n float64, resource, unit string)) {
	told := make(map[string]bool)
	for _, pair := range pairs(quantities) {
		label, unit := resource(pair[0])
		if n, ok := amount(pair[0], pair[1]); ok && !told[label] {
			told[label] = true
			tell(n, label, unit)
		}
	}
}
