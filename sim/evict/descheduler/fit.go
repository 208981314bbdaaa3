package descheduler

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// fitsElsewhere reports whether a pod fits one of these nodes that is not its own.
// Source: descheduler pkg/descheduler/node/node.go (PodFitsAnyOtherNode).
func fitsElsewhere(pod cluster.Pod, nodes []cluster.Node) bool {
	return slices.ContainsFunc(nodes, func(n cluster.Node) bool { return n.ID() != pod.Node() && fits(pod, n) })
}

// fitsAny reports whether a pod fits one of these nodes, its own included.
// Source: descheduler pkg/descheduler/node/node.go (PodFitsAnyNode).
func fitsAny(pod cluster.Pod, nodes []cluster.Node) bool {
	return slices.ContainsFunc(nodes, func(n cluster.Node) bool { return fits(pod, n) })
}

// fits asks some of what the scheduler would ask.
// Source: descheduler pkg/descheduler/node/node.go (NodeFit).
func fits(pod cluster.Pod, node cluster.Node) bool {
	if node.Unschedulable() || !matchesNode(pod, node) || repels(node, pod.Spec().Tolerations, keepsOff) || keptApart(pod, node) {
		return false
	}
	return pod.Node() == node.ID() || hasRoom(pod, node)
}

// keptApart reports whether the anti-affinity of a pod is about a pod of a node, which
// must have the key of the term.
// Source: descheduler pkg/descheduler/node/node.go (podMatchesInterPodAntiAffinity).
func keptApart(pod cluster.Pod, node cluster.Node) bool {
	terms := pod.Spec().AntiAffinity
	if len(terms) == 0 {
		return false
	}
	others := podsOn(node, nil)
	for i := range terms {
		if _, ok := node.Labels().Get(terms[i].TopologyKey); !ok {
			continue
		}
		if slices.ContainsFunc(others, func(other cluster.Pod) bool { return isAbout(&terms[i], pod, other) }) {
			return true
		}
	}
	return false
}

// isAbout reports whether a term of a pod is about another one. Selectors of namespaces
// do not count. Source: descheduler pkg/utils/predicates.go (PodMatchesTermsNamespaceAndSelector).
func isAbout(term *models.AffinityTerm, pod, other cluster.Pod) bool {
	namespaces := term.Namespaces
	if len(namespaces) == 0 {
		namespaces = []models.Sym{pod.Spec().Namespace}
	}
	spec := other.Spec()
	return slices.Contains(namespaces, spec.Namespace) && term.Selector.Matches(spec.Labels, pod.View().Dictionary()) && other.Name() != pod.Name()
}

// hasRoom reports whether a node has what a pod requests.
// Source: descheduler pkg/descheduler/node/node.go (fitsRequest).
func hasRoom(pod cluster.Pod, node cluster.Node) bool {
	wants, has, taken := &pod.Spec().Requests, node.Allocatable(), node.Requested()
	for i := range wants {
		if wants[i] > 0 && wants[i] > has[i]-taken[i] {
			return false
		}
	}
	return true
}
