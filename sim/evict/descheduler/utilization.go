package descheduler

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Thresholds are percentages of what nodes have, by resource.
type Thresholds []Threshold

// Threshold is a percentage of one resource.
type Threshold struct {
	Resource models.Resource
	Percent  float64
}

// LowNodeUtilization evicts pods from nodes with much use as long as others with little
// have room for them. Source: descheduler pkg/framework/plugins/nodeutilization.
type LowNodeUtilization struct {
	// Low are what a node with little use is below of, in all resources, and High what one
	// with much use is above of, in any. Both name the same resources.
	Low, High Thresholds
	// Deviation counts them from the average of the nodes.
	Deviation bool
	// Nodes is how many nodes with little use are no reason to do anything.
	Nodes int
	// PerNode bounds the evictions from one node; nil is no bound.
	PerNode *uint
	// Exclude are namespaces whose pods stay, but count.
	Exclude []models.Sym
	// Measured goes by what pods use rather than by what they request.
	Measured bool
}

// Name returns the name of the plugin.
func (*LowNodeUtilization) Name() string { return "LowNodeUtilization" }

func (s *LowNodeUtilization) run(r *round) {
	b := balancing{round: r, strategy: s, measured: s.Measured, exclude: s.Exclude, perNode: s.PerNode}
	nodes := b.load(s.Low)
	low, high := s.Low, s.High
	if s.Deviation {
		low, high = b.deviations(nodes, s.Low, -1), b.deviations(nodes, s.High, 1)
	}
	var few, much []*nodeLoad
	for _, n := range nodes {
		n.allow(high, b.resources)
		switch {
		case !n.node.Unschedulable() && n.below(low):
			few = append(few, n)
		case n.above(high):
			much = append(much, n)
		}
	}
	if len(few) == 0 || len(few) <= s.Nodes || len(few) == len(nodes) || len(much) == 0 {
		return
	}
	slices.SortStableFunc(much, func(a, b *nodeLoad) int { return cmp.Compare(b.sum(), a.sum()) })
	b.goOn = func(n *nodeLoad) bool { return n.exceeds(b.resources) && b.roomIsLeft() }
	b.move(much, few, func(pod cluster.Pod) bool { return r.evictor.filter(r.occasion.At, pod) })
}

// HighNodeUtilization evicts pods from nodes with little use, so that fewer nodes are
// needed. Source: descheduler pkg/framework/plugins/nodeutilization.
type HighNodeUtilization struct {
	// Low is what a node with little use is below of, in all resources.
	Low   Thresholds
	Nodes int
	// OnlyThresholds leaves pods alone that request none of the resources of Low.
	OnlyThresholds bool
	Exclude        []models.Sym
}

// Name returns the name of the plugin.
func (*HighNodeUtilization) Name() string { return "HighNodeUtilization" }

func (s *HighNodeUtilization) run(r *round) {
	b := balancing{round: r, strategy: s, exclude: s.Exclude}
	nodes := b.load(s.Low)
	var few, others []*nodeLoad
	for _, n := range nodes {
		n.allow(nil, b.resources)
		switch {
		case n.below(s.Low):
			few = append(few, n)
		case !n.node.Unschedulable():
			others = append(others, n)
		}
	}
	if len(few) == 0 || len(few) <= s.Nodes || len(few) == len(nodes) || len(others) == 0 {
		return
	}
	slices.SortStableFunc(few, func(a, b *nodeLoad) int { return cmp.Compare(a.sum(), b.sum()) })
	b.goOn = func(*nodeLoad) bool { return b.roomIsLeft() }
	b.move(few, others, func(pod cluster.Pod) bool {
		return r.evictor.filter(r.occasion.At, pod) && (!s.OnlyThresholds || slices.ContainsFunc(s.Low, func(t Threshold) bool {
			return t.Resource != models.Pods && pod.Spec().Requests[t.Resource] > 0
		}))
	})
}

// nodeLoad is how much of a node is in use.
type nodeLoad struct {
	node    cluster.Node
	pods    []cluster.Pod
	used    models.Resources
	allowed models.Resources // up to the upper threshold
}

// percent is the share of a resource that is in use.
func (n *nodeLoad) percent(res models.Resource) float64 {
	if has := n.node.Allocatable()[res]; has > 0 {
		return float64(float64(n.used[res])/float64(has)) * 100
	}
	return 0
}

func (n *nodeLoad) below(low Thresholds) bool {
	return !slices.ContainsFunc(low, func(t Threshold) bool { return t.Percent < n.percent(t.Resource) })
}

func (n *nodeLoad) above(high Thresholds) bool {
	return slices.ContainsFunc(high, func(t Threshold) bool { return t.Percent < n.percent(t.Resource) })
}

// allow fills in what the node may hold of each resource, which is all that it has of
// those without a threshold. Source: nodeutilization.go (capNodeCapacitiesToThreshold).
func (n *nodeLoad) allow(high Thresholds, resources []models.Resource) {
	for _, res := range resources {
		n.allowed[res] = n.node.Allocatable()[res]
	}
	for _, t := range high {
		n.allowed[t.Resource] = int64(float64(float64(t.Percent*0.01) * float64(n.node.Allocatable()[t.Resource])))
	}
}

// exceeds reports whether the node holds more of a resource than it may.
func (n *nodeLoad) exceeds(resources []models.Resource) bool {
	return slices.ContainsFunc(resources, func(res models.Resource) bool { return n.allowed[res] < n.used[res] })
}

// sum adds up the use of all resources, in their units: memory decides.
// Source: nodeutilization.go (sortNodesByUsage).
func (n *nodeLoad) sum() (sum int64) {
	for _, used := range n.used {
		sum += used
	}
	return sum
}

// balancing moves pods from some nodes to others.
type balancing struct {
	*round
	strategy  Strategy
	measured  bool
	exclude   []models.Sym
	perNode   *uint
	resources []models.Resource // that count: those with thresholds, cpu, memory and pods
	room      models.Resources  // on the nodes to which pods are to go
	goOn      func(n *nodeLoad) bool
}

// load tells how much of each node is in use.
func (b *balancing) load(of Thresholds) (list []*nodeLoad) {
	b.resources = []models.Resource{models.CPU, models.Memory, models.Pods}
	for _, t := range of {
		if !slices.Contains(b.resources, t.Resource) {
			b.resources = append(b.resources, t.Resource)
		}
	}
	for _, node := range b.nodes {
		n := &nodeLoad{node: node, pods: podsOn(node, nil)}
		for _, pod := range n.pods {
			amounts, _ := b.uses(pod)
			for _, res := range b.resources {
				n.used[res] += amounts[res]
			}
		}
		list = append(list, n)
	}
	return list
}

// uses returns what a pod takes of each resource; known is false if that is not measured.
func (b *balancing) uses(pod cluster.Pod) (amounts models.Resources, known bool) {
	if !b.measured {
		amounts = pod.Spec().Requests
		amounts[models.Pods] = 1
		return amounts, true
	}
	amounts[models.Pods], known = 1, true
	for _, res := range []models.Resource{models.CPU, models.Memory} {
		amount, ok := b.occasion.Uses(pod, res)
		amounts[res], known = amount, known && ok
	}
	return amounts, known
}

// deviations counts thresholds from the average of the nodes, within 0 and 100.
func (b *balancing) deviations(nodes []*nodeLoad, from Thresholds, sign float64) Thresholds {
	var out Thresholds
	for _, t := range from {
		sum := 0.0
		for _, n := range nodes {
			sum += n.percent(t.Resource)
		}
		t.Percent = min(max(float64(sum/float64(len(nodes)))+float64(sign*t.Percent), 0), 100)
		out = append(out, t)
	}
	return out
}

func (b *balancing) roomIsLeft() bool {
	return !slices.ContainsFunc(b.resources, func(res models.Resource) bool { return b.room[res] < 1 })
}

// move evicts pods of nodes, the least important first.
// Source: nodeutilization.go (evictPodsFromSourceNodes).
func (b *balancing) move(from, to []*nodeLoad, may keep) {
	for _, n := range to {
		for _, res := range b.resources {
			b.room[res] += n.allowed[res] - n.used[res]
		}
	}
	for _, n := range from {
		var pods []cluster.Pod
		for _, pod := range n.pods {
			if may(pod) {
				pods = append(pods, pod)
			}
		}
		byImportance(pods)
		if !b.relieve(n, pods, to) {
			return
		}
	}
}

// relieve evicts pods of one node. It reports whether the round may go on.
// Source: nodeutilization.go (evictPods).
func (b *balancing) relieve(n *nodeLoad, pods []cluster.Pod, to []*nodeLoad) bool {
	var moved uint
	for _, pod := range pods {
		if !b.goOn(n) || b.perNode != nil && moved >= *b.perNode {
			break
		}
		amounts, known := b.uses(pod)
		if !toleratedByOne(pod, to) || !b.evictor.preEviction(pod) || slices.Contains(b.exclude, pod.Spec().Namespace) || !known {
			continue
		}
		switch b.evict(b.strategy, pod) {
		case nodeFull:
			return true
		case allFull:
			return false
		case evicted:
			moved++
			for _, res := range b.resources {
				n.used[res] -= amounts[res]
				b.room[res] -= amounts[res]
			}
		}
	}
	return true
}

// toleratedByOne reports whether a pod tolerates all taints of one of the nodes, whatever
// their effect. Source: descheduler pkg/utils/pod.go (PodToleratesTaints).
func toleratedByOne(pod cluster.Pod, to []*nodeLoad) bool {
	tolerations := pod.Spec().Tolerations
	return slices.ContainsFunc(to, func(n *nodeLoad) bool {
		return len(tolerations) >= len(n.node.Taints()) && !repels(n.node, tolerations, nil)
	})
}
