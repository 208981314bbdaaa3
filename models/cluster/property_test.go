package cluster_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
)

// TestInvariantsHoldUnderAnyHistory proposes operations at random, lawful and
// not. Whatever is accepted, Check must find nothing; whatever is refused must
// leave the digest as it was.
func TestInvariantsHoldUnderAnyHistory(t *testing.T) {
	kinds := models.OpKinds()
	var accepted, refused int
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 3)
		owner := w.owner()
		for i := range 8 {
			w.create([]models.OwnerID{models.None, owner}[i%2])
		}
		for range rapid.IntRange(50, 250).Draw(t, "operations") {
			op := models.Op{
				Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
				Pod:     models.PodID(rapid.IntRange(0, w.View().Pods()).Draw(t, "pod")),
				Node:    models.NodeID(rapid.IntRange(0, 3).Draw(t, "node")),
				Owner:   models.OwnerID(rapid.IntRange(-1, w.View().Owners()).Draw(t, "owner")),
				Parent:  models.None,
				Def:     int32(rapid.IntRange(0, 1).Draw(t, "def")),
				Ordinal: models.Exact,
				Arg:     rapid.SampledFrom([]int64{0, 1, 2, 5e9, -1}).Draw(t, "arg"),
				Taint:   models.Taint{Key: 1, Effect: models.NoExecute},
			}
			w.now += models.Time(rapid.IntRange(0, 2).Draw(t, "later"))
			if op.Kind == models.OpAddNode {
				continue // its specification would have to be another
			}
			before := w.Digest()
			if err := w.Apply(w.now, &op); err != nil {
				refused++
				if w.Digest() != before {
					t.Fatalf("refused (%v), but the digest changed", err)
				}
			} else {
				accepted++
			}
			if err := w.Check(); err != nil {
				t.Fatalf("after %s: %v", op.Kind, err)
			}
		}
	})
	if accepted < 1000 || refused < 1000 {
		t.Errorf("%d operations accepted and %d refused: the histories show too little", accepted, refused)
	}
}
