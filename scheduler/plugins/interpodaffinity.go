package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// InterPodAffinity keeps pods together and apart in topology domains: by the
// affinity and anti-affinity that the pod asks for, and by what the pods on nodes
// ask for.
// Source: pkg/scheduler/framework/plugins/interpodaffinity.
type InterPodAffinity struct {
	// hardWeight is what a required term of a pod on a node adds to the score.
	hardWeight int64
	// ownOnly leaves pods without preferred terms of their own unscored.
	ownOnly bool
	// known are the terms of the specifications seen so far.
	known map[*models.PodSpec]*ownTerms

	// What PreFilter found, and what AddPod and RemovePod made of it.
	own *ownTerms
	// selfAffine tells that the pod's required affinity terms select the pod.
	selfAffine bool
	// attracting, repelling and repelled count the pods that match the pod's
	// affinity, those that match its anti-affinity, and those whose anti-affinity
	// it matches.
	attracting, repelling, repelled keyedSums

	// What PreScore found.
	preference keyedSums
}

var (
	_ framework.PreFilterExtensions = (*InterPodAffinity)(nil)
	_ framework.FilterNodes         = (*InterPodAffinity)(nil)
	_ framework.PreScore            = (*InterPodAffinity)(nil)
	_ framework.NormalizeScore      = (*InterPodAffinity)(nil)
	_ framework.ScoreNodes          = (*InterPodAffinity)(nil)
	_ framework.EventsToRegister    = (*InterPodAffinity)(nil)
)

// NewInterPodAffinity returns the plugin, or Problems with args.
func NewInterPodAffinity(args InterPodAffinityArgs, _ *models.Dictionary) (*InterPodAffinity, error) {
	var problems Problems
	p := &InterPodAffinity{
		hardWeight: args.hardWeight(&problems),
		ownOnly:    args.IgnorePreferredTermsOfExistingPods,
		known:      make(map[*models.PodSpec]*ownTerms),
		own:        new(ownTerms),
	}
	if err := problems.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Name returns the name of the plugin.
func (*InterPodAffinity) Name() string { return "InterPodAffinity" }

// Reads declares that pods are counted by the domains that node labels make, that
// the first pod of a series depends on there being none anywhere, and that terms
// of others select the pod by its labels.
func (*InterPodAffinity) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsDomains | framework.ReadsCluster | framework.ReadsLabels
}

// ownTerms are the terms that a pod carries, made ready to be counted.
type ownTerms struct {
	// affinity selects the pods that count for required affinity.
	affinity     framework.Matcher
	affinityKeys []models.Sym // each once
	antiAffinity []ownTerm
	preferred    []ownTerm
}

// ownTerm is one term; the weight of preferred anti-affinity is negative.
type ownTerm struct {
	key     models.Sym
	weight  int64
	matcher framework.Matcher
}

var withoutTerms = new(ownTerms)

// ownTerms returns the terms of the pod under way.
func (p *InterPodAffinity) ownTerms(c *framework.Cycle) *ownTerms {
	spec := c.Spec
	if len(spec.Affinity)+len(spec.AntiAffinity)+len(spec.PreferredAffinity)+len(spec.PreferredAntiAffinity) == 0 {
		return withoutTerms
	}
	if own := p.known[spec]; own != nil {
		return own
	}
	own := newOwnTerms(spec, c.View.Dictionary())
	p.known[spec] = own
	return own
}

func newOwnTerms(spec *models.PodSpec, d *models.Dictionary) *ownTerms {
	own := new(ownTerms)
	seen := make(map[models.Sym]bool)
	for i := range spec.Affinity {
		term := withNamespaces(spec.Affinity[i], d)
		own.affinity.Terms = append(own.affinity.Terms, term)
		if !seen[term.TopologyKey] {
			own.affinityKeys = append(own.affinityKeys, term.TopologyKey)
		}
		seen[term.TopologyKey] = true
	}
	own.antiAffinity = appendOwn(nil, spec.AntiAffinity, 0, d)
	own.preferred = appendOwn(nil, spec.PreferredAffinity, 1, d)
	own.preferred = appendOwn(own.preferred, spec.PreferredAntiAffinity, -1, d)
	return own
}

func appendOwn(list []ownTerm, terms []models.AffinityTerm, sign int64, d *models.Dictionary) []ownTerm {
	for i := range terms {
		term := withNamespaces(terms[i], d)
		list = append(list, ownTerm{term.TopologyKey, sign * int64(term.Weight),
			framework.Matcher{Terms: []models.AffinityTerm{term}}})
	}
	return list
}

// withNamespaces returns a term that the pod itself carries as the original applies
// it. That adds the namespaces that the selector selects to those that are named,
// but then goes on to ask the selector about every pod as if its namespace had no
// labels. Hence a selector that accepts no labels at all, such as one of
// DoesNotExist, accepts every namespace.
// Source: interpodaffinity/plugin.go (mergeAffinityTermNamespacesIfNotEmpty, which
// clears the selector of a copy of the term).
func withNamespaces(term models.AffinityTerm, d *models.Dictionary) models.AffinityTerm {
	if term.NamespaceSelector.Matches(nil, d) {
		term.NamespaceSelector = models.LabelSelector{}
	}
	return term
}

// EventsToRegister tells that a pod is worth another attempt when a pod comes that
// it wants to be with, when one goes that kept it off, and when a node comes with
// a topology key that it asks for.
func (p *InterPodAffinity) EventsToRegister() []framework.Hint {
	return []framework.Hint{
		{On: framework.AssignedPodAdd, Queue: attracts},
		{On: framework.AssignedPodDelete, Queue: keptApart},
		{On: framework.NodeAdd | framework.NodeLabel, Queue: bringsDomain},
		onAnyTaint,
	}
}

// attracts reports whether the pod of the event matches all affinity terms.
func attracts(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
	return selectedByAll(pod.Spec().Affinity, e.Spec, v.Dictionary())
}

// keptApart reports whether the pod of the event matches all anti-affinity terms or
// the other way round.
func keptApart(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
	spec, d := pod.Spec(), v.Dictionary()
	return selectedByAll(spec.AntiAffinity, e.Spec, d) || selectedByAll(e.Spec.AntiAffinity, spec, d)
}

// selectedByAll reports whether there are terms and all of them select a pod. Hints
// know no labels of namespaces.
// Source: interpodaffinity/plugin.go (isSchedulableAfterPodChange).
func selectedByAll(terms []models.AffinityTerm, spec *models.PodSpec, d *models.Dictionary) bool {
	for i := range terms {
		if !terms[i].Matches(spec.Namespace, nil, spec.Labels, d) {
			return false
		}
	}
	return len(terms) > 0
}

// bringsDomain reports whether the node has a topology key that the pod's affinity
// asks for. For a pod with anti-affinity any node is worth another attempt. An
// event does not tell which labels a node had before: any change of them counts.
// Source: interpodaffinity/plugin.go (isSchedulableAfterNodeChange).
func bringsDomain(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
	spec, labels := pod.Spec(), v.Node(e.Node).Labels()
	for i := range spec.Affinity {
		if _, ok := labels.Get(spec.Affinity[i].TopologyKey); ok {
			return true
		}
	}
	return len(spec.AntiAffinity) > 0
}
