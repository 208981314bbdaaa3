package framework

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// MaxNodeScore is the highest score after normalisation.
// Source: k8s.io/kube-scheduler/framework/interface.go.
const MaxNodeScore int64 = 100

// Reads is a set of what a plugin's Filter and Score look at besides the pod. It
// tells an engine when an earlier answer still holds.
type Reads uint8

// What a plugin may read.
const (
	// ReadsNodeFacts are a node's name, labels, taints, schedulability and
	// allocatable resources.
	ReadsNodeFacts Reads = 1 << iota
	// ReadsNodeLoad is what the pods on a node take: requests, ports, images.
	ReadsNodeLoad
	// ReadsDomains are counts of pods in a topology domain.
	ReadsDomains
	// ReadsCluster are counts over all nodes.
	ReadsCluster
	// ReadsPodOnly is a plugin that looks at no node.
	ReadsPodOnly Reads = 0
)

// Plugin is what every plugin is.
type Plugin interface {
	// Name is its name in a KubeSchedulerConfiguration.
	Name() string
	// Reads declares what its Filter and Score look at.
	Reads() Reads
}

// Cycle is one attempt to schedule one pod.
type Cycle struct {
	View cluster.View
	Pod  cluster.Pod
	Spec *models.PodSpec
	// Nodes is the number of nodes in the cluster as this attempt sees it.
	Nodes int
}

// PreEnqueue is asked before a pod enters the active queue. A rejected pod waits
// until an event lets it in.
type PreEnqueue interface {
	Plugin
	PreEnqueue(v cluster.View, pod cluster.Pod) *Status
}

// QueuedPod is what the order of the active queue is made of.
type QueuedPod struct {
	Pod      models.PodID
	Priority int32
	// Since is when the pod entered, or last re-entered, the queue.
	Since models.Time
}

// QueueSort orders the active queue. Exactly one plugin of a profile does.
type QueueSort interface {
	Plugin
	Less(a, b QueuedPod) bool
}

// PreFilter is asked once a cycle, before any node is looked at. It may reject
// the pod at once, skip the plugin's Filter for this cycle, or restrict the
// search to nodes of certain names (restricted is true; none of them is then a
// rejection of every node).
type PreFilter interface {
	Plugin
	PreFilter(c *Cycle) (names []models.Sym, restricted bool, s *Status)
}

// Filter says whether the pod may run on the node.
type Filter interface {
	Plugin
	Filter(c *Cycle, n cluster.Node) *Status
}

// PreScore is asked once a cycle with more than one feasible node, before
// scoring. Skip leaves the plugin's Score out.
type PreScore interface {
	Plugin
	PreScore(c *Cycle, feasible []models.NodeID) *Status
}

// Score rates a feasible node. Without NormalizeScore the score is 0 to
// MaxNodeScore.
type Score interface {
	Plugin
	Score(c *Cycle, n cluster.Node) int64
}

// NormalizeScore brings the scores of all feasible nodes, in place, to 0 to
// MaxNodeScore.
type NormalizeScore interface {
	Score
	NormalizeScore(c *Cycle, scores []int64)
}

// Bind turns the choice of a node into the operation that the scheduler proposes.
type Bind interface {
	Plugin
	Bind(c *Cycle, node models.NodeID) models.Op
}

// EventsToRegister tells which events may make a pod schedulable that the plugin
// rejected. A plugin without it is asked about every event and always says yes.
type EventsToRegister interface {
	Plugin
	EventsToRegister() []Hint
}
