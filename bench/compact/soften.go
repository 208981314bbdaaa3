package compact

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/place"
)

// mostWeight is the greatest weight of a preference.
const mostWeight = 100

// soften turns the hard constraints of a pod into preferences. Pods of one
// specification share the new one.
func (w *workload) soften(known map[*models.PodSpec]place.CellPod, p place.CellPod) place.CellPod {
	to, ok := known[p.Spec]
	if !ok {
		to = w.cell.With(p, softer(p.Spec))
		known[p.Spec] = to
	}
	return p.As(to)
}

// constrained reports whether a pod has hard constraints.
func constrained(p *models.PodSpec) bool {
	hard := func(c models.SpreadConstraint) bool { return !c.Soft }
	return len(p.NodeSelector) > 0 || p.HasRequiredTerms || len(p.Affinity) > 0 || len(p.AntiAffinity) > 0 || slices.ContainsFunc(p.Spread, hard)
}

// softer returns a specification without hard constraints. Taints are the nodes' own,
// and host ports and volumes are no constraints but things that there are once.
func softer(of *models.PodSpec) *models.PodSpec {
	p := *of
	p.PreferredTerms = slices.Clone(of.PreferredTerms)
	if len(of.NodeSelector) > 0 {
		var all models.Selector
		for _, l := range of.NodeSelector {
			all = append(all, models.Requirement{Key: l.Key, Op: models.In, Values: []models.Sym{l.Value}})
		}
		p.PreferredTerms = append(p.PreferredTerms, models.PreferredTerm{Weight: mostWeight, Term: models.NodeTerm{Labels: all}})
	}
	for _, term := range of.RequiredTerms {
		p.PreferredTerms = append(p.PreferredTerms, models.PreferredTerm{Weight: mostWeight, Term: term})
	}
	p.NodeSelector, p.RequiredTerms, p.HasRequiredTerms = nil, nil, false
	p.PreferredAffinity = preferred(of.PreferredAffinity, of.Affinity)
	p.PreferredAntiAffinity = preferred(of.PreferredAntiAffinity, of.AntiAffinity)
	p.Affinity, p.AntiAffinity = nil, nil
	p.Spread = slices.Clone(of.Spread)
	for i := range p.Spread {
		p.Spread[i].Soft, p.Spread[i].MinDomains = true, 1
	}
	return &p
}

// preferred appends required terms to preferred ones.
func preferred(terms, required []models.AffinityTerm) []models.AffinityTerm {
	out := slices.Clone(terms)
	for _, term := range required {
		term.Weight = mostWeight
		out = append(out, term)
	}
	return out
}
