package evict

import (
	"github.com/podsim/podsim/models/cluster"
)

// What drains are attributed to.
const (
	kubectlDrain = "kubectl"
	causeDrain   = "Drain"
)

// kubectlOrder asks for all pods of a node at the same moment, by namespace and name.
// Source: k8s.io/kubectl/pkg/drain/drain.go (evictPods).
type kubectlOrder struct{}

// Propose returns the pods as they come.
func (kubectlOrder) Propose(v cluster.View, o Occasion) []Proposal {
	out := make([]Proposal, 0, len(o.Pods))
	why := "node " + v.Node(o.Node).Name() + " is drained"
	for _, pod := range o.Pods {
		out = append(out, Proposal{Pod: pod, By: kubectlDrain, Cause: causeDrain, Why: why})
	}
	return out
}
