package manifest

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// nodeAddresses compiles the first range of addresses for the pods of a node, and the
// node's own address.
// Source: pkg/apis/core/validation (ValidateNode), pkg/util/node (GetNodeHostIPs).
func (c *checker) nodeAddresses(node *corev1.Node, out *models.NodeSpec) {
	ranges := node.Spec.PodCIDRs
	path := "spec.podCIDRs"
	if node.Spec.PodCIDR != "" {
		if len(ranges) > 0 && ranges[0] != node.Spec.PodCIDR {
			c.addf("spec.podCIDRs[0]", "got %s; want %s, as podCIDR says", quote(ranges[0]), quote(node.Spec.PodCIDR))
		}
		if len(ranges) == 0 {
			ranges, path = []string{node.Spec.PodCIDR}, "spec.podCIDR"
		}
	}
	for i, text := range ranges {
		at := path
		if path == "spec.podCIDRs" {
			at = yamlnode.IndexPath(path, i)
		}
		prefix, err := netip.ParsePrefix(text)
		switch {
		case err != nil:
			c.addf(at, "got %s; want a range of addresses such as 10.244.0.0/24", quote(text))
		case i == 0:
			out.PodCIDR = c.set.dict.Sym(prefix.Masked().String())
		}
	}
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP && out.Address == 0 {
			out.Address = c.set.dict.Sym(address.Address)
		}
	}
}
