package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

var (
	affinityUnmatched = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"node(s) didn't match pod affinity rules")
	antiAffinityUnmatched = framework.NewStatus(framework.Unschedulable,
		"node(s) didn't match pod anti-affinity rules")
	existingAntiAffinityUnmatched = framework.NewStatus(framework.Unschedulable,
		"node(s) didn't satisfy existing pods anti-affinity rules")
)

// PreFilter counts the pods that matter to the pod's required terms and those whose
// anti-affinity it matches, by domain. It skips pods without required terms that
// nobody keeps off.
func (p *InterPodAffinity) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	p.own = p.ownTerms(c)
	p.attracting.reset()
	p.repelling.reset()
	p.repelled.reset()
	carriers := c.Counts.Carriers(framework.RequiredAntiAffinity, c.Pod)
	for i := range carriers {
		p.repelled.of(c, carriers[i].Term.TopologyKey).addTally(&carriers[i].Tally, 1)
	}
	if len(p.own.affinityKeys) > 0 {
		p.selfAffine = p.own.affinity.Matches(c.View, c.Spec)
		matching := c.Counts.Matching(&p.own.affinity)
		for _, key := range p.own.affinityKeys {
			p.attracting.of(c, key).addTally(matching, 1)
		}
	}
	for i := range p.own.antiAffinity {
		term := &p.own.antiAffinity[i]
		p.repelling.of(c, term.key).addTally(c.Counts.Matching(&term.matcher), 1)
	}
	if len(p.own.affinityKeys) == 0 && len(p.own.antiAffinity) == 0 && p.repelled.empty() {
		return nil, false, framework.Skipped
	}
	return nil, false, nil
}

// AddPod counts one more pod on a node.
func (p *InterPodAffinity) AddPod(c *framework.Cycle, pod cluster.Pod, n framework.Node) {
	p.update(c, pod.Spec(), n.ID(), 1)
}

// RemovePod counts one pod less on a node.
func (p *InterPodAffinity) RemovePod(c *framework.Cycle, pod cluster.Pod, n framework.Node) {
	p.update(c, pod.Spec(), n.ID(), -1)
}

// update changes every count that a pod of the specification on the node is in.
func (p *InterPodAffinity) update(c *framework.Cycle, spec *models.PodSpec, node models.NodeID, by int64) {
	namespace, d := c.View.Namespace(c.Spec.Namespace), c.View.Dictionary()
	for i := range spec.AntiAffinity {
		term := &spec.AntiAffinity[i]
		if term.Matches(c.Spec.Namespace, namespace, c.Spec.Labels, d) {
			p.repelled.of(c, term.TopologyKey).add(node, by)
		}
	}
	if len(p.own.affinityKeys) > 0 && p.own.affinity.Matches(c.View, spec) {
		for _, key := range p.own.affinityKeys {
			p.attracting.of(c, key).add(node, by)
		}
	}
	for i := range p.own.antiAffinity {
		term := &p.own.antiAffinity[i]
		if term.matcher.Matches(c.View, spec) {
			p.repelling.of(c, term.key).add(node, by)
		}
	}
}

// Filter rejects a node that lacks a domain or a pod that the affinity asks for,
// one with pods that the anti-affinity keeps off in one of its domains, and one
// where the anti-affinity of others keeps the pod off.
func (p *InterPodAffinity) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	node := n.ID()
	switch {
	case !p.attracted(node):
		return affinityUnmatched
	case p.repelling.positive(node):
		return antiAffinityUnmatched
	case p.repelled.positive(node):
		return existingAntiAffinityUnmatched
	}
	return nil
}

// attracted reports whether the node has every key that the affinity asks for and,
// unless the pod is the first of its series, a matching pod in each domain.
func (p *InterPodAffinity) attracted(node models.NodeID) bool {
	first := p.first()
	for i := range p.attracting.list {
		s := &p.attracting.list[i]
		if s.byNode[node] < 0 || !first && s.at(node) <= 0 {
			return false
		}
	}
	return true
}

// first reports whether the pod may be the first of a series that wants to be
// together: nowhere is a pod that matches its affinity, and it matches itself.
func (p *InterPodAffinity) first() bool { return p.selfAffine && p.attracting.empty() }

// FilterNodes gives the answers of Filter, key by key.
func (p *InterPodAffinity) FilterNodes(_ *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	clear(out)
	first := p.first()
	for i := range p.attracting.list {
		s := &p.attracting.list[i]
		if first {
			s.rejectOutside(nodes, out, affinityUnmatched)
		} else {
			s.rejectWithout(nodes, out, affinityUnmatched)
		}
	}
	p.repelling.rejectWith(nodes, out, antiAffinityUnmatched)
	p.repelled.rejectWith(nodes, out, existingAntiAffinityUnmatched)
}

// rejectOutside rejects the nodes that lack the key.
func (s *domainSums) rejectOutside(nodes []models.NodeID, out []*framework.Status, status *framework.Status) {
	for i, node := range nodes {
		if s.byNode[node] < 0 {
			out[i] = status
		}
	}
}

// rejectWithout rejects the nodes that lack the key or whose domain holds nothing.
func (s *domainSums) rejectWithout(nodes []models.NodeID, out []*framework.Status, status *framework.Status) {
	byNode, sums := s.byNode, s.sums
	for i, node := range nodes {
		if sums[byNode[node]+1] <= 0 {
			out[i] = status
		}
	}
}

// rejectWith rejects the nodes with something in a domain that nobody rejected yet.
func (k *keyedSums) rejectWith(nodes []models.NodeID, out []*framework.Status, status *framework.Status) {
	for at := range k.list {
		if k.list[at].present == 0 {
			continue
		}
		byNode, sums := k.list[at].byNode, k.list[at].sums
		for i, node := range nodes {
			if sums[byNode[node]+1] > 0 && out[i] == nil {
				out[i] = status
			}
		}
	}
}
