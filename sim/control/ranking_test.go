package control

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
)

// TestKeptRankingsAreAsNewOnes lets the pods of two ReplicaSets of one Deployment
// live at random. Whenever somebody asks, the rankings that follow their changes must
// name the same victims as a look at every pod.
func TestKeptRankingsAreAsNewOnes(t *testing.T) {
	asked, kept := 0, 0
	rapid.Check(t, func(h *rapid.T) {
		w := newWorld(t)
		for range 3 {
			w.node("a")
		}
		parent := w.owner(models.OwnerSpec{Kind: models.Deployment})
		specs := []models.SpecID{w.DefinePod(&models.PodSpec{}), w.DefinePod(&models.PodSpec{DeletionCost: 5})}
		set := w.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet})
		for id := range models.OwnerID(2) {
			w.do(models.Op{Kind: models.OpCreateOwner, Owner: id + 1, Parent: parent.ID(), Def: int32(set), Ordinal: models.Exact})
		}
		c := newChoice()
		c.large = 1
		kinds := []models.OpKind{models.OpCreatePod, models.OpCreatePod, models.OpCreatePod, models.OpBindPod, models.OpBindPod, models.OpStartPod, models.OpStartPod,
			models.OpReadyPod, models.OpReadyPod, models.OpUnreadyPod, models.OpExitPod, models.OpFinishPod, models.OpDeletePod, models.OpRemovePod}
		for range rapid.IntRange(1, 250).Draw(h, "operations") {
			w.now += models.Time(rapid.SampledFrom([]int{0, 0, 1, 30, 900}).Draw(h, "later")) * second
			op := models.Op{Kind: rapid.SampledFrom(kinds).Draw(h, "kind"), Pod: models.PodID(rapid.IntRange(0, max(w.View().Pods()-1, 0)).Draw(h, "pod"))}
			switch op.Kind {
			case models.OpCreatePod:
				o := w.View().Owner(models.OwnerID(rapid.IntRange(1, 2).Draw(h, "owner")))
				op.Pod, op.Owner, op.Ordinal = models.PodID(w.View().Pods()), o.ID(), o.NextOrdinal()
				op.Def = int32(rapid.SampledFrom(specs).Draw(h, "spec"))
			case models.OpBindPod:
				op.Node = models.NodeID(rapid.IntRange(0, 2).Draw(h, "node"))
			case models.OpExitPod, models.OpFinishPod:
				op.Arg = 1
			}
			if w.Apply(w.now, &op) == nil {
				c.heard(w.now, &op, w.View())
			}
			if rapid.IntRange(0, 3).Draw(h, "ask") > 0 {
				continue
			}
			o := w.View().Owner(models.OwnerID(rapid.IntRange(1, 2).Draw(h, "of")))
			n := rapid.IntRange(0, int(o.Counts().Active)).Draw(h, "n")
			if f := c.families[parent.ID()]; f != nil && f.sets[o.ID()] != nil {
				kept++
			}
			asked++
			got, want := ids(c.victims(w.now, w.View(), o, n)), ids(newChoice().victims(w.now, w.View(), o, n))
			if !slices.Equal(got, want) {
				h.Fatalf("%d of %d go: %v; want %v", n, o.ID(), got, want)
			}
		}
	})
	if kept < asked/4 {
		t.Errorf("asked %d times, of a ranking that was kept %d times: that shows too little", asked, kept)
	}
}
