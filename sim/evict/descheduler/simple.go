package descheduler

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// InterPodAntiAffinity evicts pods whose required anti-affinity others have come to
// violate. Source: descheduler pkg/framework/plugins/removepodsviolatinginterpodantiaffinity.
type InterPodAntiAffinity struct{ Scope Scope }

// Name returns the name of the plugin.
func (*InterPodAntiAffinity) Name() string { return "RemovePodsViolatingInterPodAntiAffinity" }

func (s *InterPodAntiAffinity) run(r *round) {
	byNode := make([][]cluster.Pod, len(r.nodes))
	var all []cluster.Pod
	for i, node := range r.nodes {
		byNode[i] = podsOn(node, s.Scope.has)
		all = append(all, byNode[i]...)
	}
	for i := range r.nodes {
		byImportance(byNode[i])
		for _, pod := range byNode[i] {
			if !violatesAntiAffinity(pod, all) || !r.evictor.filter(r.occasion.At, pod) || !r.evictor.preEviction(pod) {
				continue
			}
			verdict := r.evict(s, pod)
			if verdict == allFull {
				return
			}
			if verdict == nodeFull {
				break
			}
			if verdict == evicted { // whom it kept apart may stay
				all = slices.DeleteFunc(all, func(other cluster.Pod) bool { return other.ID() == pod.ID() })
			}
		}
	}
}

// violatesAntiAffinity reports whether one of others is where a term of a pod forbids it.
// Source: descheduler pkg/utils/predicates.go (CheckPodsWithAntiAffinityExist).
func violatesAntiAffinity(pod cluster.Pod, others []cluster.Pod) bool {
	v, terms := pod.View(), pod.Spec().AntiAffinity
	for i := range terms {
		for _, other := range others {
			if isAbout(&terms[i], pod, other) && sameDomain(v.Node(pod.Node()), v.Node(other.Node()), terms[i].TopologyKey) {
				return true
			}
		}
	}
	return false
}

func sameDomain(a, b cluster.Node, key models.Sym) bool {
	if a.ID() == b.ID() {
		return true
	}
	x, hasX := a.Labels().Get(key)
	y, hasY := b.Labels().Get(key)
	return hasX && hasY && x == y
}

// NodeAffinity evicts pods that another node suits better.
// Source: descheduler pkg/framework/plugins/removepodsviolatingnodeaffinity.
type NodeAffinity struct {
	Scope Scope
	// Types are the kinds of affinity that it looks at, in turn.
	Types []NodeAffinityType
}

// NodeAffinityType is a kind of node affinity.
type NodeAffinityType uint8

// The kinds of node affinity.
const (
	RequiredAffinity NodeAffinityType = iota
	PreferredAffinity
)

// Name returns the name of the plugin.
func (*NodeAffinity) Name() string { return "RemovePodsViolatingNodeAffinity" }

func (s *NodeAffinity) run(r *round) {
	for _, kind := range s.Types {
		for _, node := range r.nodes {
			wanted := r.evictable(&s.Scope)
			pods := podsOn(node, func(pod cluster.Pod) bool {
				return wanted(pod) && misplaced(kind, pod, node, r.nodes) && fitsAny(pod, r.nodes)
			})
			if !r.evictInTurn(s, pods) {
				return
			}
		}
	}
}

func misplaced(kind NodeAffinityType, pod cluster.Pod, node cluster.Node, nodes []cluster.Node) bool {
	if kind == RequiredAffinity {
		return pod.Spec().HasRequiredTerms && !matchesNode(pod, node)
	}
	here := preference(pod, node)
	return slices.ContainsFunc(nodes, func(n cluster.Node) bool { return preference(pod, n) > here })
}

// preference is the weight that a pod gives to a node.
func preference(pod cluster.Pod, node cluster.Node) (weight int32) {
	terms := pod.Spec().PreferredTerms
	for i := range terms {
		if terms[i].Term.Matches(node.Spec().Name, node.Labels(), pod.View().Dictionary()) {
			weight += terms[i].Weight
		}
	}
	return weight
}

// NodeTaints evicts pods that do not tolerate taints which came later.
// Source: descheduler pkg/framework/plugins/removepodsviolatingnodetaints.
type NodeTaints struct {
	Scope Scope
	// Prefer counts taints with PreferNoSchedule, too.
	Prefer bool
	// Exclude and Include name taints by key or by key=value. Without All only those of
	// Include count.
	Exclude, Include []string
	All              bool
}

// Name returns the name of the plugin.
func (*NodeTaints) Name() string { return "RemovePodsViolatingNodeTaints" }

func (s *NodeTaints) run(r *round) {
	d := r.view.Dictionary()
	named := func(list []string, t models.Taint) bool {
		key, value := d.String(t.Key), d.String(t.Value)
		return slices.Contains(list, key) || value != "" && slices.Contains(list, key+"="+value)
	}
	counts := func(t models.Taint) bool {
		return (t.Effect == models.NoSchedule || s.Prefer && t.Effect == models.PreferNoSchedule) &&
			!named(s.Exclude, t) && (s.All || named(s.Include, t))
	}
	for _, node := range r.nodes {
		wanted := r.evictable(&s.Scope)
		pods := podsOn(node, func(pod cluster.Pod) bool { return repels(node, pod.Spec().Tolerations, counts) && wanted(pod) })
		if !r.evictInTurn(s, pods) {
			return
		}
	}
}
