package engine_test

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
)

// layered is a toy that rates nodes by stratum, those with pods apart, and by
// how many feasible nodes there are. What it does not do well depends on the pod.
type layered struct {
	toy
	unruly   bool
	strata   *framework.Strata
	feasible int64
	odd      []models.NodeID
}

func newLayered(unruly bool) *layered {
	return &layered{toy: toy{"Layered", framework.ReadsDomains, nil}, unruly: unruly}
}

// manners tell pods apart.
func (p *layered) manners(c *framework.Cycle) int64 {
	if !p.unruly {
		return 0
	}
	return (int64(c.Spec.Namespace) + c.Spec.NonZeroCPU/100 + int64(len(c.Spec.Labels))) % 8
}

func (p *layered) prepare(c *framework.Cycle, feasible int64) *framework.Status {
	p.feasible = feasible
	switch p.manners(c) {
	case 1:
		return framework.Skipped
	case 2:
		return framework.NewStatus(framework.Unschedulable, "no score today")
	}
	return nil
}

func (p *layered) PreScore(c *framework.Cycle, feasible []models.NodeID) *framework.Status {
	return p.prepare(c, int64(len(feasible)))
}

func (p *layered) Strata(c *framework.Cycle) (*framework.Strata, *framework.Status) {
	switch p.manners(c) {
	case 1:
		return nil, framework.Skipped
	case 4:
		return nil, nil
	}
	if p.strata == nil || len(p.strata.Of) != c.View.Nodes() {
		p.strata = &framework.Strata{Of: make([]uint8, c.View.Nodes()), Size: 5}
		for id := range p.strata.Of {
			p.strata.Of[id] = uint8(id * id % 5)
		}
	}
	return p.strata, nil
}

func (p *layered) PreScoreStrata(c *framework.Cycle, samples []models.NodeID, counts []int32) ([]models.NodeID, *framework.Status) {
	feasible := int64(0)
	for _, n := range counts {
		feasible += int64(n)
	}
	p.odd = p.odd[:0]
	for id := range models.NodeID(c.View.Nodes()) {
		if len(c.View.Node(id).Pods()) > 0 {
			p.odd = append(p.odd, id, id)
		}
	}
	return p.odd, p.prepare(c, feasible)
}

func (p *layered) Score(c *framework.Cycle, n framework.Node) int64 {
	score := int64(n.ID()*n.ID()%5)*7 + p.feasible%3
	if pods := int64(len(n.Pods())); pods > 0 {
		score += 7*(int64(n.ID())%3) - 7*pods
	}
	return score
}

func (p *layered) NormalizeScore(c *framework.Cycle, nodes []models.NodeID, scores []int64) {
	(&fonder{}).NormalizeScore(c, nodes, scores)
	if p.manners(c) == 3 {
		scores[0] = -1
	}
}

// ofRegion is about so many nodes that some groups of blocks are better than others.
func ofRegion(_ *framework.Cycle, n framework.Node) int64 { return int64(n.ID()>>12&1) * 50 }

// TestIncrementalAsksByStrataAsScanAsksByNode has strata of which all nodes are odd,
// a plugin that breaks the contract, and groups of blocks, few of them and many.
func TestIncrementalAsksByStrataAsScanAsksByNode(t *testing.T) {
	for i, nodes := range []int{1, 5, 40, 300, 300, 300, 300, 5000, 17_000} {
		ties := []engine.Ties{engine.TiesHeap, engine.TiesFirst, engine.TiesRandom, engine.TiesByName}[i%4]
		h := newHistory(t, uint64(i), nodes)
		unruly, pods := nodes < 1000, 150
		profile := newTwins(h, func() engine.Config {
			config := h.crowded(100, ties)
			if i%2 == 0 { // no two nodes differ but by stratum
				config.Plugins = config.Plugins[:1]
			}
			config.Plugins = append(config.Plugins, engine.Weighted{Plugin: &fond{toy{"FondOfRegions", facts, ofRegion}}, Weight: 1})
			config.Plugins = append(config.Plugins, engine.Weighted{Plugin: newLayered(unruly), Weight: int64(1 + i%3)})
			return config
		})
		if !unruly {
			h.specs, pods = h.specs[:2], 50
		}
		for range pods {
			h.arrive()
			id := h.pending[len(h.pending)-1]
			if result := profile.decide(id); result.Node != models.None {
				h.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: result.Node})
				h.placed = append(h.placed, id)
			}
			for h.one(2) {
				if id, ok := h.take(&h.placed); ok {
					h.apply(models.Op{Kind: models.OpFinishPod, Pod: id})
				}
			}
			if h.one(20) && unruly {
				h.join()
			}
		}
	}
}
