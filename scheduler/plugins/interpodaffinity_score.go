package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// PreScore sums up weights by domain: those of the pod's preferred terms for every
// pod that they select, and those of the terms of pods on nodes that select the
// pod. Anti-affinity counts against a domain. It skips pods to which no pod in any
// domain matters.
func (p *InterPodAffinity) PreScore(c *framework.Cycle, _ []models.NodeID) *framework.Status {
	own := p.ownTerms(c)
	p.preference.reset()
	if p.ownOnly && len(own.preferred) == 0 {
		return framework.Skipped
	}
	for i := range own.preferred {
		term := &own.preferred[i]
		p.preference.of(c, term.key).addTally(c.Counts.Matching(&term.matcher), term.weight)
	}
	if p.hardWeight > 0 {
		carriers := c.Counts.Carriers(framework.RequiredAffinity, c.Pod)
		for i := range carriers {
			p.preference.of(c, carriers[i].Term.TopologyKey).addTally(&carriers[i].Tally, p.hardWeight)
		}
	}
	p.addPreferences(c, framework.PreferredAffinity, 1)
	p.addPreferences(c, framework.PreferredAntiAffinity, -1)
	if !p.preference.added() {
		return framework.Skipped
	}
	return nil
}

// addPreferences adds the weights of the preferred terms of pods on nodes that
// select the pod.
func (p *InterPodAffinity) addPreferences(c *framework.Cycle, kind framework.TermKind, sign int64) {
	carriers := c.Counts.Carriers(kind, c.Pod)
	for i := range carriers {
		term := carriers[i].Term
		p.preference.of(c, term.TopologyKey).addTally(&carriers[i].Tally, sign*int64(term.Weight))
	}
}

// Score returns the sum of the weights in the node's domains; it may be negative.
func (p *InterPodAffinity) Score(_ *framework.Cycle, n framework.Node) int64 {
	node := n.ID()
	var sum int64
	for i := range p.preference.list {
		sum += p.preference.list[i].at(node)
	}
	return sum
}

// ScoreNodes gives the scores of Score, key by key.
func (p *InterPodAffinity) ScoreNodes(_ *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	clear(out)
	for at := range p.preference.list {
		if p.preference.list[at].present == 0 {
			continue
		}
		byNode, sums := p.preference.list[at].byNode, p.preference.list[at].sums
		for i, node := range nodes {
			out[i] += sums[byNode[node]+1]
		}
	}
}

// NormalizeScore spreads the scores from the lowest to the highest over the range;
// if all are equal they become 0.
func (*InterPodAffinity) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	if len(scores) == 0 {
		return
	}
	lowest := slices.Min(scores)
	spread := slices.Max(scores) - lowest
	for i, score := range scores {
		scores[i] = 0
		if spread > 0 {
			share := float64(score-lowest) / float64(spread)
			scores[i] = int64(float64(float64(framework.MaxNodeScore) * share))
		}
	}
}
