package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
)

func TestBudgetsAllowWhatTheDisruptionControllerWouldWrite(t *testing.T) {
	for name, test := range map[string]struct {
		min, max models.Share
		status   int32
		want     int32
	}{
		"minAvailable is held against the pods that there are": {min: models.Share{Value: 2, Given: true}, status: models.Recounted, want: 1},
		"a percentage to be available is one of the scale":     {min: models.Share{Value: 50, Percent: true, Given: true}, status: models.Recounted, want: 0},
		"a percentage rounds up":                               {min: models.Share{Value: 21, Percent: true, Given: true}, status: models.Recounted, want: 1},
		"maxUnavailable is held against the scale":             {max: models.Share{Value: 3, Given: true}, status: models.Recounted, want: 1},
		"no more than is healthy":                              {max: models.Share{Value: 9, Given: true}, status: models.Recounted, want: 3},
		"a status stands":                                      {min: models.Share{Value: 2, Given: true}, status: 7, want: 7},
		"no status allows nothing":                             {min: models.Share{Value: 0, Given: true}, status: models.Unset, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			node := b.node("n")
			app := b.labels("app=web")
			// A ReplicaSet of 5 with 4 pods, 3 of them healthy, and a stranger.
			owner := b.c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 5})
			b.apply(models.Op{Kind: models.OpCreateOwner, Owner: 0, Parent: models.None, Def: int32(owner), Name: b.d.Sym("web"), Ordinal: models.Exact})
			for i := range 4 {
				id := models.PodID(i)
				spec := b.c.DefinePod(&models.PodSpec{Labels: app, Requests: models.Resources{models.Pods: 1}})
				b.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: 0, Def: int32(spec), Ordinal: int32(i)})
				b.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: node.ID()})
				b.apply(models.Op{Kind: models.OpStartPod, Pod: id})
				if i > 0 {
					b.apply(models.Op{Kind: models.OpReadyPod, Pod: id})
				}
			}
			b.place(node)
			b.c.DefineBudget(&models.BudgetSpec{MinAvailable: test.min, MaxUnavailable: test.max, Allowed: test.status,
				Selector: models.LabelSelector{Requirements: models.Selector{{Key: b.d.Sym("app"), Op: models.In, Values: b.syms("web")}}}})
			var a allowances
			a.begin(b.c.View())
			if got := a.of(b.c.View()); len(got) != 1 || got[0] != test.want {
				t.Errorf("allowed %v, want %d", got, test.want)
			}
		})
	}
}
