package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeAffinity holds a pod to the nodes that match its node selector and its
// required node affinity and prefers those that match its preferred terms.
// Source: pkg/scheduler/framework/plugins/nodeaffinity.
type NodeAffinity struct {
	dictionary *models.Dictionary
	// What holds for every pod.
	enforced       bool
	addedRequired  []models.NodeTerm
	addedPreferred []models.PreferredTerm
	marks          marks // of the batch under way
}

var (
	_ framework.PreFilter        = (*NodeAffinity)(nil)
	_ framework.Filter           = (*NodeAffinity)(nil)
	_ framework.PreScore         = (*NodeAffinity)(nil)
	_ framework.NormalizeScore   = (*NodeAffinity)(nil)
	_ framework.EventsToRegister = (*NodeAffinity)(nil)
)

// NewNodeAffinity returns the plugin, or Problems with args.
func NewNodeAffinity(args NodeAffinityArgs, d *models.Dictionary) (*NodeAffinity, error) {
	var problems Problems
	args.check("NodeAffinityArgs", &problems)
	a := &NodeAffinity{dictionary: d}
	if args.AddedAffinity != nil {
		a.addedRequired, a.enforced, a.addedPreferred = args.AddedAffinity.compile(d, &problems)
	}
	if err := problems.err(); err != nil {
		return nil, err
	}
	return a, nil
}

var (
	affinityDiffers = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"node(s) didn't match Pod's node affinity/selector")
	enforcedAffinityDiffers = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"node(s) didn't match scheduler-enforced node affinity")
	affinityConflicts = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"pod affinity terms conflict")
)

// Name returns the name of the plugin.
func (*NodeAffinity) Name() string { return "NodeAffinity" }

// Reads declares that a node's name and labels are looked at.
func (*NodeAffinity) Reads() framework.Reads { return framework.ReadsNodeFacts }

// PreFilter skips pods that ask for nothing. If every required term names nodes,
// it restricts the search to those; if none of the names can hold, it rejects
// the pod.
func (a *NodeAffinity) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	spec := c.Spec
	if !spec.HasRequiredTerms && len(spec.NodeSelector) == 0 && !a.enforced {
		return nil, false, framework.Skipped
	}
	if len(spec.RequiredTerms) == 0 {
		return nil, false, nil
	}
	var names []models.Sym
	for i := range spec.RequiredTerms {
		allowed, restricted := allowedNames(&spec.RequiredTerms[i])
		if !restricted {
			return nil, false, nil
		}
		for _, name := range allowed {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil, false, affinityConflicts
	}
	return names, true, nil
}

// allowedNames returns the node names that all In requirements of a term allow.
// restricted is false if there is no such requirement.
func allowedNames(t *models.NodeTerm) (names []models.Sym, restricted bool) {
	for i := range t.Names {
		r := &t.Names[i]
		switch {
		case r.Op != models.In:
		case !restricted:
			names, restricted = r.Values, true
		default:
			both := make([]models.Sym, 0, len(names))
			for _, name := range names {
				if slices.Contains(r.Values, name) {
					both = append(both, name)
				}
			}
			names = both
		}
	}
	return names, restricted
}

// Filter rejects a node that does not match what holds for every pod or what this
// one asks for.
func (a *NodeAffinity) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if a.enforced && !a.anyMatches(a.addedRequired, n.Node) {
		return enforcedAffinityDiffers
	}
	if !a.matches(c.Spec, n.Node) {
		return affinityDiffers
	}
	return nil
}

// matches reports whether a node has what a pod requires.
func (a *NodeAffinity) matches(spec *models.PodSpec, node cluster.Node) bool {
	return spec.MatchesNode(node.Spec().Name, node.Labels(), a.dictionary)
}

func (a *NodeAffinity) anyMatches(terms []models.NodeTerm, node cluster.Node) bool {
	labels := node.Labels()
	for i := range terms {
		if a.termMatches(&terms[i], node, labels) {
			return true
		}
	}
	return false
}

// termMatches looks up the name of a node only for terms that are about names.
func (a *NodeAffinity) termMatches(t *models.NodeTerm, node cluster.Node, labels models.Labels) bool {
	var name models.Sym
	if len(t.Names) > 0 {
		name = node.Spec().Name
	}
	return t.Matches(name, labels, a.dictionary)
}

// PreScore skips pods without preferences.
func (a *NodeAffinity) PreScore(c *framework.Cycle, _ []models.NodeID) *framework.Status {
	if len(c.Spec.PreferredTerms) == 0 && len(a.addedPreferred) == 0 {
		return framework.Skipped
	}
	return nil
}

// Score returns the sum of the weights of the preferred terms that match.
func (a *NodeAffinity) Score(c *framework.Cycle, n framework.Node) int64 {
	return a.preference(a.addedPreferred, n.Node) + a.preference(c.Spec.PreferredTerms, n.Node)
}

func (a *NodeAffinity) preference(terms []models.PreferredTerm, node cluster.Node) int64 {
	var sum int64
	labels := node.Labels()
	for i := range terms {
		if a.termMatches(&terms[i].Term, node, labels) {
			sum += int64(terms[i].Weight)
		}
	}
	return sum
}

// NormalizeScore makes the largest sum the best.
func (*NodeAffinity) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	normalize(scores, false)
}

// EventsToRegister tells that a pod is worth another attempt when a node comes
// that matches, or when one may have come to match.
func (a *NodeAffinity) EventsToRegister() []framework.Hint {
	return []framework.Hint{
		{
			On: framework.NodeAdd | framework.NodeLabel,
			Queue: func(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
				node := v.Node(e.Node)
				return (!a.enforced || a.anyMatches(a.addedRequired, node)) && a.matches(pod.Spec(), node)
			},
		},
		onAnyTaint,
	}
}
