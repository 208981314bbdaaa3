package counts

import (
	"math/rand/v2"
	"testing"

	"github.com/podsim/podsim/models"
)

// Positions are held against a map, with many nodes that want the same slot.
func TestPositionsAreAMap(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var p positions
		want := map[models.NodeID]int32{}
		p.grow()
		nodes := 1 + r.IntN(300)
		for step := range 3000 {
			node := models.NodeID(r.IntN(nodes) << (seed % 20))
			if _, known := want[node]; known && r.IntN(2) == 0 {
				p.remove(node)
				delete(want, node)
			} else {
				p.set(node, int32(step))
				want[node] = int32(step)
			}
			asked := models.NodeID(r.IntN(nodes) << (seed % 20))
			at, known := want[asked]
			if !known {
				at = -1
			}
			if got := p.of(asked); got != int(at) {
				t.Fatalf("seed %d, step %d: node %d is at %d; want %d", seed, step, asked, got, at)
			}
		}
		if p.used != len(want) {
			t.Errorf("seed %d: %d nodes; want %d", seed, p.used, len(want))
		}
		for node, at := range want {
			if got := p.of(node); got != int(at) {
				t.Errorf("seed %d: node %d is at %d at the end; want %d", seed, node, got, at)
			}
		}
	}
}
