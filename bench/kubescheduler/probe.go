package kubescheduler

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// probe is a plugin of podsim with an ear on it. It is present at every extension
// point of the engine; where its plugin is not, it has no say: it passes every
// node and adds nothing.
type probe struct {
	framework.Plugin
	weight   int64
	first    bool // of the profile
	decision *Decision
	rated    []string // nodes in the order of Score
}

var (
	_ framework.PreFilter      = (*probe)(nil)
	_ framework.Filter         = (*probe)(nil)
	_ framework.PreScore       = (*probe)(nil)
	_ framework.NormalizeScore = (*probe)(nil)
)

// PreFilter asks the plugin.
func (p *probe) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	plugin, ok := p.Plugin.(framework.PreFilter)
	if !ok {
		return nil, false, nil
	}
	names, restricted, status := plugin.PreFilter(c)
	if restricted && len(names) > 0 {
		p.decision.Restricted = true
	}
	return names, restricted, status
}

// Filter asks the plugin and notes a rejection.
func (p *probe) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	plugin, ok := p.Plugin.(framework.Filter)
	if !ok {
		return nil
	}
	status := plugin.Filter(c, n)
	if status.Rejected() {
		reasons := slices.Sorted(slices.Values(status.Reasons))
		p.decision.Rejected[n.Name()] = Rejection{p.Name(), status.Code == framework.UnschedulableAndUnresolvable, reasons}
	}
	return status
}

// PreScore asks the plugin. The first of the profile notes the feasible nodes.
func (p *probe) PreScore(c *framework.Cycle, feasible []models.NodeID) *framework.Status {
	if p.first {
		for _, id := range feasible {
			p.decision.Feasible = append(p.decision.Feasible, c.View.Node(id).Name())
		}
	}
	if plugin, ok := p.Plugin.(framework.PreScore); ok {
		return plugin.PreScore(c, feasible)
	}
	return nil
}

// Score asks the plugin.
func (p *probe) Score(c *framework.Cycle, n framework.Node) int64 {
	plugin, ok := p.Plugin.(framework.Score)
	if !ok {
		return 0
	}
	p.rated = append(p.rated, n.Name())
	return plugin.Score(c, n)
}

// NormalizeScore asks the plugin and notes what comes out.
func (p *probe) NormalizeScore(c *framework.Cycle, feasible []models.NodeID, scores []int64) {
	if plugin, ok := p.Plugin.(framework.NormalizeScore); ok {
		plugin.NormalizeScore(c, feasible, scores)
	}
	for i, node := range p.rated {
		weighted := scores[i] * p.weight
		p.decision.score(p.Name(), node, weighted)
		p.decision.Totals[node] += weighted
	}
	p.rated = p.rated[:0]
}
