package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var (
	_ framework.FilterNodes = (*NodeAffinity)(nil)
	_ framework.ScoreNodes  = (*NodeAffinity)(nil)
)

// manyNodes is from how many nodes on it is worth to ask what a requirement says of
// each value of its label rather than of each node.
const manyNodes = 64

// marks are scratch memory, a mark by node or by value.
type marks struct {
	all, any, term, byValue []uint8
	value                   [1]models.Sym
}

// marked returns n equal marks, in the memory of old if they fit.
func marked(old []uint8, n int, mark uint8) []uint8 {
	old = slices.Grow(old[:0], n)[:n]
	for i := range old {
		old[i] = mark
	}
	return old
}

// FilterNodes gives the answers of Filter.
func (a *NodeAffinity) FilterNodes(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	if len(nodes) >= manyNodes {
		a.filterMany(c, nodes, out)
		return
	}
	for i, id := range nodes {
		node := c.View.Node(id)
		switch {
		case a.enforced && !a.anyMatches(a.addedRequired, node):
			out[i] = enforcedAffinityDiffers
		case !a.matches(c.Spec, node):
			out[i] = affinityDiffers
		default:
			out[i] = nil
		}
	}
}

func (a *NodeAffinity) filterMany(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	m := &a.marks
	m.all = marked(m.all, len(nodes), 1)
	for _, label := range c.Spec.NodeSelector {
		m.value[0] = label.Value
		a.narrow(c, nodes, &models.Requirement{Key: label.Key, Op: models.In, Values: m.value[:]}, m.all)
	}
	if c.Spec.HasRequiredTerms {
		a.markAny(c, nodes, c.Spec.RequiredTerms)
		for i, mark := range m.any {
			m.all[i] &= mark
		}
	}
	for i, mark := range m.all {
		out[i] = nil
		if mark == 0 {
			out[i] = affinityDiffers
		}
	}
	if !a.enforced {
		return
	}
	a.markAny(c, nodes, a.addedRequired)
	for i, mark := range m.any {
		if mark == 0 {
			out[i] = enforcedAffinityDiffers
		}
	}
}

// markAny marks the nodes that match any of the terms.
func (a *NodeAffinity) markAny(c *framework.Cycle, nodes []models.NodeID, terms []models.NodeTerm) {
	m := &a.marks
	m.any = marked(m.any, len(nodes), 0)
	for i := range terms {
		a.markTerm(c, nodes, &terms[i])
		for k, mark := range m.term {
			m.any[k] |= mark
		}
	}
}

// markTerm marks the nodes that match a term.
func (a *NodeAffinity) markTerm(c *framework.Cycle, nodes []models.NodeID, t *models.NodeTerm) {
	m := &a.marks
	m.term = marked(m.term, len(nodes), uint8(min(len(t.Labels)+len(t.Names), 1)))
	for i := range t.Labels {
		a.narrow(c, nodes, &t.Labels[i], m.term)
	}
	for i := range t.Names {
		for k, id := range nodes {
			if m.term[k] != 0 && !t.Names[i].Matches(c.View.Node(id).Spec().Name, true, a.dictionary) {
				m.term[k] = 0
			}
		}
	}
}

// narrow takes away the marks of nodes that do not satisfy a requirement.
func (a *NodeAffinity) narrow(c *framework.Cycle, nodes []models.NodeID, r *models.Requirement, of []uint8) {
	domains, m := c.Counts.Domains(r.Key), &a.marks
	m.byValue = marked(m.byValue, len(domains.Values)+1, 0)
	if r.Matches(0, false, a.dictionary) {
		m.byValue[0] = 1
	}
	for i, value := range domains.Values {
		if r.Matches(value, true, a.dictionary) {
			m.byValue[i+1] = 1
		}
	}
	of, byNode, byValue := of[:len(nodes)], domains.ByNode, m.byValue
	for i, id := range nodes {
		of[i] &= byValue[byNode[id]+1]
	}
}

// ScoreNodes gives the scores of Score.
func (a *NodeAffinity) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	if len(nodes) >= manyNodes {
		clear(out)
		a.prefer(c, nodes, a.addedPreferred, out)
		a.prefer(c, nodes, c.Spec.PreferredTerms, out)
		return
	}
	for i, id := range nodes {
		node := c.View.Node(id)
		out[i] = a.preference(a.addedPreferred, node) + a.preference(c.Spec.PreferredTerms, node)
	}
}

// prefer adds the weights of the terms that match.
func (a *NodeAffinity) prefer(c *framework.Cycle, nodes []models.NodeID, terms []models.PreferredTerm, out []int64) {
	for i := range terms {
		a.markTerm(c, nodes, &terms[i].Term)
		weight := int64(terms[i].Weight)
		for k, mark := range a.marks.term {
			out[k] += weight * int64(mark)
		}
	}
}
