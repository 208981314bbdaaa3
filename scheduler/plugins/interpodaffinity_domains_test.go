package plugins

import (
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestInterPodAffinityTellsByDomainWhatItAnswersByNode(t *testing.T) {
	history(t, func(w *affinityWorld, p *InterPodAffinity, c *framework.Cycle) {
		_, _, filtering := p.PreFilter(c)
		rules := p.FilterDomains(c, nil)
		scoring := p.PreScore(c, nil)
		sums := p.ScoreDomains(c, nil)
		for _, id := range everyNode(c) {
			node := framework.Node{Node: c.View.Node(id)}
			rejected := slices.ContainsFunc(rules, func(r framework.DomainRule) bool { return rejectsNode(&r, id) })
			if want := p.Filter(c, node) != nil; filtering == nil && rejected != want {
				w.rt.Fatalf("node %d: rejected by domains: %v; by itself: %v", id, rejected, want)
			}
			var sum int64
			for i := range sums {
				sum += numberOf(&sums[i], id)
			}
			if want := p.Score(c, node); scoring == nil && sum != want {
				w.rt.Fatalf("node %d: %d by domains; %d by itself", id, sum, want)
			}
		}
	})
}

func rejectsNode(r *framework.DomainRule, node models.NodeID) bool {
	switch r.Rejects {
	case framework.WithPositive:
		return numberOf(&r.ByDomain, node) > 0
	case framework.WithoutPositive:
		return numberOf(&r.ByDomain, node) <= 0
	}
	return r.ByNode[node] < 0
}

// numberOf returns the number of a node's domain, as far as it is said not to be 0.
func numberOf(b *framework.ByDomain, node models.NodeID) int64 {
	if at := b.ByNode[node] + 1; slices.Contains(b.Nonzero, at) {
		return b.Values[at]
	}
	return 0
}
