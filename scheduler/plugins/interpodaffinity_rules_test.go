package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// affinityRules is a second reading of the rules of InterPodAffinity: for every node
// it looks at every pod and every term, and sums nothing up.
type affinityRules struct {
	v      cluster.View
	spec   *models.PodSpec
	placed []placedPod

	hardWeight int64
	ownOnly    bool
}

type placedPod struct {
	spec *models.PodSpec
	node models.NodeID
}

// rulesOf are the rules for a pod to be scheduled among those on nodes.
func rulesOf(c *framework.Cycle) *affinityRules {
	r := &affinityRules{v: c.View, spec: c.Spec, hardWeight: 1}
	for id := range models.NodeID(c.View.Nodes()) {
		for _, pod := range c.View.Node(id).Pods() {
			r.placed = append(r.placed, placedPod{c.View.Pod(pod).Spec(), id})
		}
	}
	return r
}

// together reports whether both nodes are in one domain of the key.
func (r *affinityRules) together(key models.Sym, a, b models.NodeID) bool {
	of, ok := r.v.Node(a).Labels().Get(key)
	other, ok2 := r.v.Node(b).Labels().Get(key)
	return ok && ok2 && of == other
}

// mine reports whether a term of the pod to be scheduled selects another one.
func (r *affinityRules) mine(t *models.AffinityTerm, other *models.PodSpec) bool {
	d := r.v.Dictionary()
	namespace := slices.Contains(t.Namespaces, other.Namespace) ||
		t.NamespaceSelector.Matches(r.v.Namespace(other.Namespace), d) || t.NamespaceSelector.Matches(nil, d)
	return namespace && t.Selector.Matches(other.Labels, d)
}

// theirs reports whether a term of another pod selects the one to be scheduled.
func (r *affinityRules) theirs(t *models.AffinityTerm) bool {
	d := r.v.Dictionary()
	namespace := slices.Contains(t.Namespaces, r.spec.Namespace) ||
		t.NamespaceSelector.Matches(r.v.Namespace(r.spec.Namespace), d)
	return namespace && t.Selector.Matches(r.spec.Labels, d)
}

// mineAll reports whether all required affinity terms select a pod.
func (r *affinityRules) mineAll(other *models.PodSpec) bool {
	for i := range r.spec.Affinity {
		if !r.mine(&r.spec.Affinity[i], other) {
			return false
		}
	}
	return true
}

// skipsFilter: no required terms of its own, and no pod with anti-affinity to it in
// any domain.
func (r *affinityRules) skipsFilter() bool {
	if len(r.spec.Affinity)+len(r.spec.AntiAffinity) > 0 {
		return false
	}
	for id := range models.NodeID(r.v.Nodes()) {
		if r.keptOff(id) {
			return false
		}
	}
	return true
}

// filter is the answer for a node as answer writes it.
func (r *affinityRules) filter(node models.NodeID) string {
	switch {
	case !r.attracted(node):
		return "X: node(s) didn't match pod affinity rules"
	case r.repelled(node):
		return "U: node(s) didn't match pod anti-affinity rules"
	case r.keptOff(node):
		return "U: node(s) didn't satisfy existing pods anti-affinity rules"
	}
	return "ok"
}

func (r *affinityRules) attracted(node models.NodeID) bool {
	company := true
	for i := range r.spec.Affinity {
		key := r.spec.Affinity[i].TopologyKey
		if _, ok := r.v.Node(node).Labels().Get(key); !ok {
			return false
		}
		company = company && slices.ContainsFunc(r.placed, func(p placedPod) bool {
			return r.mineAll(p.spec) && r.together(key, p.node, node)
		})
	}
	return company || r.mineAll(r.spec) && !r.companyAnywhere()
}

// companyAnywhere reports whether any pod matches the affinity in any domain.
func (r *affinityRules) companyAnywhere() bool {
	return slices.ContainsFunc(r.placed, func(p placedPod) bool {
		return r.mineAll(p.spec) && slices.ContainsFunc(r.spec.Affinity, func(t models.AffinityTerm) bool {
			return r.together(t.TopologyKey, p.node, p.node)
		})
	})
}

func (r *affinityRules) repelled(node models.NodeID) bool {
	return slices.ContainsFunc(r.spec.AntiAffinity, func(t models.AffinityTerm) bool {
		return slices.ContainsFunc(r.placed, func(p placedPod) bool {
			return r.mine(&t, p.spec) && r.together(t.TopologyKey, p.node, node)
		})
	})
}

func (r *affinityRules) keptOff(node models.NodeID) bool {
	return slices.ContainsFunc(r.placed, func(p placedPod) bool {
		return slices.ContainsFunc(p.spec.AntiAffinity, func(t models.AffinityTerm) bool {
			return r.theirs(&t) && r.together(t.TopologyKey, p.node, node)
		})
	})
}

// score is the score of a node and how many terms had a say in it.
func (r *affinityRules) score(node models.NodeID) (sum int64, said int) {
	for _, p := range r.placed {
		say := func(t *models.AffinityTerm, selects bool, weight int64) {
			if selects && r.together(t.TopologyKey, p.node, node) {
				sum += weight
				said++
			}
		}
		for _, t := range r.spec.PreferredAffinity {
			say(&t, r.mine(&t, p.spec), int64(t.Weight))
		}
		for _, t := range r.spec.PreferredAntiAffinity {
			say(&t, r.mine(&t, p.spec), -int64(t.Weight))
		}
		for _, t := range p.spec.Affinity {
			say(&t, r.theirs(&t) && r.hardWeight > 0, r.hardWeight)
		}
		for _, t := range p.spec.PreferredAffinity {
			say(&t, r.theirs(&t), int64(t.Weight))
		}
		for _, t := range p.spec.PreferredAntiAffinity {
			say(&t, r.theirs(&t), -int64(t.Weight))
		}
	}
	return sum, said
}

// skipsScore: nothing has a say anywhere, or only the terms of others would.
func (r *affinityRules) skipsScore() bool {
	if r.ownOnly && len(r.spec.PreferredAffinity)+len(r.spec.PreferredAntiAffinity) == 0 {
		return true
	}
	for id := range models.NodeID(r.v.Nodes()) {
		if _, said := r.score(id); said > 0 {
			return false
		}
	}
	return true
}
