package engine

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// Ratings are all scores of one decision.
type Ratings struct {
	// Nodes are the feasible nodes in the order in which they were found, and
	// Totals their scores; none if there were fewer than two.
	Nodes  []models.NodeID
	Totals []int64
	// Plugins are those that scored, in the order of the profile.
	Plugins []PluginRatings
}

// PluginRatings are the scores of one plugin, each of the node at that place.
type PluginRatings struct {
	Name       string
	Weight     int64
	Raw        []int64 // as the plugin scores
	Normalized []int64 // 0 to framework.MaxNodeScore
}

// Ratings recalls how the last decision was made. Call it before the cluster
// changes.
func (s *Scan) Ratings() Ratings {
	if len(s.feasible) < 2 {
		return Ratings{}
	}
	r := Ratings{Nodes: slices.Clone(s.feasible), Totals: slices.Clone(s.totals)}
	for i := range s.scoring {
		p := &s.scoring[i]
		of := PluginRatings{Name: p.Name(), Weight: p.weight}
		for _, id := range s.feasible {
			of.Raw = append(of.Raw, p.Score.Score(&s.cycle, framework.Node{Node: s.cycle.View.Node(id)}))
		}
		of.Normalized = slices.Clone(of.Raw)
		if p.normalize != nil {
			p.normalize.NormalizeScore(&s.cycle, s.feasible, of.Normalized)
		}
		r.Plugins = append(r.Plugins, of)
	}
	return r
}

// Best returns the nodes that share the highest score, in the order in which they
// were found.
func (r *Ratings) Best() []models.NodeID {
	if len(r.Nodes) == 0 {
		return nil
	}
	var best []models.NodeID
	highest := slices.Max(r.Totals)
	for i, id := range r.Nodes {
		if r.Totals[i] == highest {
			best = append(best, id)
		}
	}
	return best
}

// Diagnosis recalls why the last decision found no node.
func (s *Scan) Diagnosis() *Diagnosis { return &s.diagnosis }
