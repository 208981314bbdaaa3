package plugins

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeResourcesFit rejects nodes without room for the pod's requests and scores
// how full nodes are.
// Source: pkg/scheduler/framework/plugins/noderesources/fit.go.
type NodeResourcesFit struct {
	dictionary *models.Dictionary
	scorer     scorer

	ignoredNames, ignoredGroups []string
	// ignored are the ignored ones among the first judged resources of the
	// dictionary, which may come to know more during a run.
	ignored resourceSet
	judged  int

	statuses map[shortage]*framework.Status // memo
}

var (
	_ framework.Filter           = (*NodeResourcesFit)(nil)
	_ framework.Score            = (*NodeResourcesFit)(nil)
	_ framework.EventsToRegister = (*NodeResourcesFit)(nil)
)

// NewNodeResourcesFit returns the plugin, or Problems with args.
func NewNodeResourcesFit(args NodeResourcesFitArgs, d *models.Dictionary) (*NodeResourcesFit, error) {
	var problems Problems
	args.check("NodeResourcesFitArgs", &problems)
	args.checkIgnored(&problems)
	s := compileStrategy(args.ScoringStrategy, d, &problems)
	if err := problems.err(); err != nil {
		return nil, err
	}
	return &NodeResourcesFit{
		dictionary: d, scorer: s,
		ignoredNames: slices.Clone(args.IgnoredResources), ignoredGroups: slices.Clone(args.IgnoredResourceGroups),
		statuses: make(map[shortage]*framework.Status),
	}, nil
}

// Name returns the name of the plugin.
func (*NodeResourcesFit) Name() string { return "NodeResourcesFit" }

// Reads declares that a node's allocatable resources and its load are looked at.
func (*NodeResourcesFit) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsNodeLoad
}

// resourceSet is a set of resources by ordinal.
type resourceSet uint32

func (s resourceSet) has(r models.Resource) bool { return s&(1<<r) != 0 }

// shortage is what a node lacks for a pod.
type shortage struct {
	of resourceSet
	// hopeless: some request exceeds the node's allocatable even without other pods.
	hopeless bool
}

// noRequests is the load of an empty node.
var noRequests models.Resources

// Filter rejects a node that lacks room, with one reason for each resource.
func (f *NodeResourcesFit) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	s := f.lacking(&c.Spec.Requests, n.Allocatable(), n.Requested(), f.ignoring())
	if s.of == 0 {
		return nil
	}
	return f.status(s)
}

// Score rates how full the node would be with the pod on it.
func (f *NodeResourcesFit) Score(c *framework.Cycle, n framework.Node) int64 {
	return f.scorer.score(c.Spec, n)
}

// lacking finds the resources of which allocatable minus requested does not hold
// what the pod wants. Too many pods are never hopeless.
func (f *NodeResourcesFit) lacking(wanted, allocatable, requested *models.Resources, ignored resourceSet) shortage {
	var s shortage
	if requested[models.Pods]+1 > allocatable[models.Pods] {
		s.of |= 1 << models.Pods
	}
	for r := range models.Resource(len(f.dictionary.ResourceNames())) {
		want := wanted[r]
		if want == 0 || want <= allocatable[r]-requested[r] || r == models.Pods || ignored.has(r) {
			continue
		}
		s.of |= 1 << r
		s.hopeless = s.hopeless || want > allocatable[r]
	}
	return s
}

// ignoring returns the resources that Filter overlooks. Only extended resources
// can be ignored.
func (f *NodeResourcesFit) ignoring() resourceSet {
	if len(f.ignoredNames) == 0 && len(f.ignoredGroups) == 0 {
		return 0
	}
	for names := f.dictionary.ResourceNames(); f.judged < len(names); f.judged++ {
		name := names[f.judged]
		if !isExtendedResource(name) {
			continue
		}
		group, _, _ := strings.Cut(name, "/")
		if slices.Contains(f.ignoredNames, name) || slices.Contains(f.ignoredGroups, group) {
			f.ignored |= 1 << f.judged
		}
	}
	return f.ignored
}

func (f *NodeResourcesFit) status(s shortage) *framework.Status {
	status, ok := f.statuses[s]
	if !ok {
		status = framework.NewStatus(framework.Unschedulable, f.reasons(s.of)...)
		if s.hopeless {
			status.Code = framework.UnschedulableAndUnresolvable
		}
		f.statuses[s] = status
	}
	return status
}

// reasons are in the order in which kube-scheduler checks. That of extended
// resources is random there; here it is the alphabet.
func (f *NodeResourcesFit) reasons(of resourceSet) []string {
	var reasons []string
	if of.has(models.Pods) {
		reasons = append(reasons, "Too many pods")
	}
	var extended []string
	for r, name := range f.dictionary.ResourceNames() {
		switch r := models.Resource(r); {
		case !of.has(r) || r == models.Pods:
		case r < models.FirstExtended:
			reasons = append(reasons, "Insufficient "+name)
		default:
			extended = append(extended, "Insufficient "+name)
		}
	}
	slices.Sort(extended)
	return append(reasons, extended...)
}

// EventsToRegister tells that a pod is worth another attempt when a pod left its
// node, or when a node came or grew that would hold the pod if it were empty.
// As in kube-scheduler the test of a node does not overlook ignored resources.
func (f *NodeResourcesFit) EventsToRegister() []framework.Hint {
	return []framework.Hint{
		{On: framework.AssignedPodDelete},
		{On: framework.AssignedPodScaleDown, Queue: isFreed},
		{
			On: framework.NodeAdd | framework.NodeAllocatable,
			Queue: func(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
				return f.lacking(&pod.Spec().Requests, v.Node(e.Node).Allocatable(), &noRequests, 0).of == 0
			},
		},
		onAnyTaint,
	}
}

// isFreed reports whether a pod on a node gave back something that another one requests.
// Source: pkg/scheduler/framework/plugins/noderesources/fit.go (isResourceScaleDown).
func isFreed(_ cluster.View, pod cluster.Pod, e *framework.Event) bool {
	for r, amount := range pod.Spec().Requests {
		if amount > 0 && e.Spec.Requests[r] > 0 {
			return true
		}
	}
	return false
}
