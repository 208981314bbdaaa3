package plugins

import "github.com/podsim/podsim/scheduler/framework"

var (
	_ framework.ReadsPodParts = (*NodeUnschedulable)(nil)
	_ framework.ReadsPodParts = (*NodeName)(nil)
	_ framework.ReadsPodParts = (*TaintToleration)(nil)
	_ framework.ReadsPodParts = (*NodeAffinity)(nil)
	_ framework.ReadsPodParts = (*NodeDeclaredFeatures)(nil)
)

// ReadsPodParts declares that tolerations are looked at.
func (*NodeUnschedulable) ReadsPodParts() (filter, score framework.PodParts) {
	return framework.PodTolerations, 0
}

// ReadsPodParts declares that the name of the pod's node is looked at.
func (*NodeName) ReadsPodParts() (filter, score framework.PodParts) { return framework.PodNodeName, 0 }

// ReadsPodParts declares that tolerations are looked at.
func (*TaintToleration) ReadsPodParts() (filter, score framework.PodParts) {
	return framework.PodTolerations, framework.PodTolerations
}

// ReadsPodParts declares that the node selector and terms of node affinity are looked
// at.
func (*NodeAffinity) ReadsPodParts() (filter, score framework.PodParts) {
	return framework.PodRequiredNodes, framework.PodPreferredNodes
}

// ReadsPodParts declares that the features that the pod needs are looked at.
func (*NodeDeclaredFeatures) ReadsPodParts() (filter, score framework.PodParts) {
	return framework.PodFeatures, 0
}
