package framework

// PodParts is a set of parts of a pod's specification.
type PodParts uint8

// The parts that go with the facts of nodes.
const (
	PodNodeName       PodParts = 1 << iota // the name of its node
	PodTolerations                         // tolerations, but for how long
	PodRequiredNodes                       // the node selector and required terms
	PodPreferredNodes                      // preferred terms of node affinity
	PodFeatures                            // features that nodes must declare
)

// ReadsPodParts is a plugin that reads nothing but ReadsNodeFacts and tells which
// parts of a pod its Filter and its Score look at besides. What it says of a node
// then holds for all pods that have these parts in common, also for nodes that
// another plugin rejects.
type ReadsPodParts interface {
	Plugin
	ReadsPodParts() (filter, score PodParts)
}
