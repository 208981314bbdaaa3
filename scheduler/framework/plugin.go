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
//
// A plugin that declares neither ReadsDomains nor ReadsCluster is asked about a node
// when something changed there, and then answers for all pods that are alike. It
// does not look at the pod's relations to others (affinity terms, spread
// constraints), its volumes, its behaviour or its life beyond scheduling; its Filter
// and Score follow from the pod and the node, not from what PreFilter or PreScore
// kept, and what NormalizeScore makes of a score from that and the set of the
// others.
type Reads uint8

// What a plugin may read.
const (
	// ReadsNodeFacts are a node's name, labels, taints, schedulability and
	// allocatable resources.
	ReadsNodeFacts Reads = 1 << iota
	// ReadsNodeLoad is what the pods on a node take: requests and ports.
	ReadsNodeLoad
	// ReadsDomains are counts of pods in a topology domain.
	ReadsDomains
	// ReadsCluster are counts over all nodes, and objects that are neither pods nor
	// nodes: volumes and claims.
	ReadsCluster
	// ReadsLabels are the pod's own namespace and labels, and its owner's selector.
	ReadsLabels
	// ReadsImages are which of the pod's images a node holds, how many nodes hold
	// them and how many nodes there are.
	ReadsImages
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
	// Counts tells where the pods are that matter to this one.
	Counts Counts
	// Memo keeps what plugins derive from the facts of nodes for pods of this
	// class; nil if nothing is kept. See Remember.
	Memo *Memo
}

// Memo is what plugins remember for one class of pods, by plugin name. It is
// emptied whenever a node joins or the facts of any node change.
type Memo struct {
	keys   []string
	values []any
}

// Clear forgets everything.
func (m *Memo) Clear() { m.keys, m.values = m.keys[:0], m.values[:0] }

// Remember returns what derive returned for this plugin and this class of pods
// when it was last called, or calls it. What it derives may depend on the pod's
// specification, its owner's and the facts of nodes, on nothing else.
func Remember[T any](c *Cycle, plugin string, derive func() T) T {
	if c.Memo == nil {
		return derive()
	}
	for i, key := range c.Memo.keys {
		if key == plugin {
			return c.Memo.values[i].(T)
		}
	}
	value := derive()
	c.Memo.keys, c.Memo.values = append(c.Memo.keys, plugin), append(c.Memo.values, value)
	return value
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
	Filter(c *Cycle, n Node) *Status
}

// PreFilterExtensions is implemented by plugins whose PreFilter looks at pods on
// nodes. On an overlay they are told of every pod that comes or goes after
// PreFilter, so that Filter sees them; the overlay undoes each call with the
// opposite one.
type PreFilterExtensions interface {
	PreFilter
	AddPod(c *Cycle, pod cluster.Pod, n Node)
	RemovePod(c *Cycle, pod cluster.Pod, n Node)
}

// FilterNodes is Filter for many nodes at once, none of them on an overlay. It
// must give the answers that Filter gives.
type FilterNodes interface {
	Filter
	// FilterNodes sets out[i] to the answer for nodes[i].
	FilterNodes(c *Cycle, nodes []models.NodeID, out []*Status)
}

// ScoreNodes is Score for many nodes at once. It must give the scores that Score
// gives.
type ScoreNodes interface {
	Score
	// ScoreNodes sets out[i] to the score of nodes[i].
	ScoreNodes(c *Cycle, nodes []models.NodeID, out []int64)
}

// ScoreImages is a Score of which an engine can tell when images that arrive on
// nodes change it.
type ScoreImages interface {
	Score
	// ImageShare returns for how much one of the pod's images counts on every node
	// that holds it. The score of a node follows from the shares of the images that
	// it holds alone and is 0 without any; a share of 0 is as if no node held the image.
	ImageShare(c *Cycle, image models.Sym) int64
}

// ScoreStrata is a Score that rates all nodes of a stratum alike but for a few odd
// ones, so that an engine need not look at each of them. What NormalizeScore makes of
// a score then follows from that, the stratum of the node, and the set of these pairs
// among all feasible nodes, however often each occurs.
type ScoreStrata interface {
	PreScore
	NormalizeScore
	// Strata returns the strata of nodes, the same ones as long as the facts of nodes
	// are, or nil if there are too many. It skips if PreScore does.
	Strata(c *Cycle) (*Strata, *Status)
	// PreScoreStrata is PreScore with counts[i] feasible nodes in the stratum of
	// samples[i]. It returns the odd nodes, feasible or not, some perhaps twice; they
	// hold until the next call.
	PreScoreStrata(c *Cycle, samples []models.NodeID, counts []int32) (odd []models.NodeID, s *Status)
}

// Strata part the nodes. They never change.
type Strata struct {
	// Of is the stratum of each node by NodeID.
	Of []uint8
	// Size is the number of strata, MaxStrata at most.
	Size int
}

// MaxStrata is up to how many strata are of use.
const MaxStrata = 64

// PreScore is asked once a cycle with more than one feasible node, before
// scoring. Skip leaves the plugin's Score out; it does not depend on which nodes
// are feasible, and an engine may ask for it first with none.
type PreScore interface {
	Plugin
	PreScore(c *Cycle, feasible []models.NodeID) *Status
}

// Score rates a feasible node. Without NormalizeScore the score is 0 to
// MaxNodeScore.
type Score interface {
	Plugin
	Score(c *Cycle, n Node) int64
}

// NormalizeScore brings the scores of all feasible nodes, in place, to 0 to
// MaxNodeScore; scores[i] is that of feasible[i].
type NormalizeScore interface {
	Score
	NormalizeScore(c *Cycle, feasible []models.NodeID, scores []int64)
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
