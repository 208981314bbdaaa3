package main

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// Cheapest prefers nodes with a low label example.com/price, in whole cents an hour. A
// node without the label costs nothing.
type Cheapest struct {
	dictionary *models.Dictionary
	price      models.Sym
}

var entry = plugins.Entry{
	Name: "Cheapest", Weight: 1, Help: "prefers nodes with a low price",
	New: func(_ any, d *models.Dictionary) (framework.Plugin, error) {
		return &Cheapest{d, d.Sym("example.com/price")}, nil
	},
}

// Name is what scenarios and scheduler configurations call the plugin.
func (p *Cheapest) Name() string { return entry.Name }

// Reads promises that a score follows from labels, so that it is computed once a node.
func (p *Cheapest) Reads() framework.Reads { return framework.ReadsNodeFacts }

// Score is the price; NormalizeScore turns it round.
func (p *Cheapest) Score(_ *framework.Cycle, n framework.Node) int64 {
	price, _ := n.Labels().Get(p.price)
	cents, _ := p.dictionary.Int(price)
	return max(cents, 0)
}

// NormalizeScore gives the dearest node 0 and a free one the highest score.
func (p *Cheapest) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	dearest := max(slices.Max(scores), 1)
	for i, cents := range scores {
		scores[i] = framework.MaxNodeScore - framework.MaxNodeScore*cents/dearest
	}
}
