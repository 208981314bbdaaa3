package engine_test

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
)

// crowded is a profile for which nodes differ and change with every pod: they are
// soon full.
func (h *history) crowded(percentage int, ties engine.Ties) engine.Config {
	config := h.config(percentage, ties)
	config.Plugins = []engine.Weighted{
		{Plugin: &picky{toy{"PickyCrowd", load, func(_ *framework.Cycle, n framework.Node) int64 { return int64(max(1+int(n.ID())%2-len(n.Pods()), 0)) }}}},
		{Plugin: &fond{toy{"FondOfSome", load, func(_ *framework.Cycle, n framework.Node) int64 {
			return int64(uint32(n.ID())*2654435761>>26) + 36 - 9*int64(len(n.Pods()))
		}}}, Weight: 1},
	}
	return config
}

// TestIncrementalDecidesAsScanDoesOnManyNodes has groups of blocks, few of them and
// many. Searches of the last profile move the place where the next one begins.
func TestIncrementalDecidesAsScanDoesOnManyNodes(t *testing.T) {
	for _, nodes := range []int{5000, 17_000} {
		h := newHistory(t, 1, 10)
		for range nodes {
			h.join()
		}
		plain, incremental := new(engine.Nodes), new(engine.Nodes)
		var profiles []*twins
		for i, ties := range []engine.Ties{engine.TiesHeap, engine.TiesFirst, engine.TiesRandom, engine.TiesByName, engine.TiesHeap} {
			config := h.crowded([]int{100, 100, 100, 100, 5}[i], ties)
			profiles = append(profiles, &twins{h, engine.NewScan(config, plain), engine.NewIncremental(config, incremental)})
		}
		h.specs = h.specs[:1]
		for i := range 200 {
			h.arrive()
			id := h.pending[i]
			result := profiles[h.IntN(len(profiles))].decide(id)
			h.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: result.Node})
			h.placed = append(h.placed, id)
			for h.one(2) {
				if id, ok := h.take(&h.placed); ok {
					h.apply(models.Op{Kind: models.OpFinishPod, Pod: id})
				}
			}
		}
	}
}
