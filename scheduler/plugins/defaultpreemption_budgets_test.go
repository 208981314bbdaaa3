package plugins

import (
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
)

func TestPreemptionReadsTheStatusesOfBudgets(t *testing.T) {
	for name, test := range map[string]struct {
		status int32 // of a cluster that stands still
		inRun  []models.OpKind
		want   []int32
	}{
		"a status stands":                      {status: 7, want: []int32{7}},
		"no status allows nothing":             {status: models.Unset, want: []int32{0}},
		"in a run nobody has written it yet":   {status: models.Recounted, inRun: []models.OpKind{models.OpAddBudget}, want: []int32{0}},
		"in a run it is what was written last": {status: models.Recounted, inRun: []models.OpKind{models.OpAddBudget, models.OpWriteBudgetStatus}, want: []int32{1}},
		"before it comes there is none":        {status: models.Recounted},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			node := b.node("n")
			for i := range 2 {
				spec := b.c.DefinePod(&models.PodSpec{Labels: b.labels("app=web"), Requests: models.Resources{models.Pods: 1}})
				b.apply(models.Op{Kind: models.OpCreatePod, Pod: models.PodID(i), Owner: models.None, Def: int32(spec), Ordinal: int32(i)})
				b.apply(models.Op{Kind: models.OpBindPod, Pod: models.PodID(i), Node: node.ID()})
				b.apply(models.Op{Kind: models.OpStartPod, Pod: models.PodID(i)})
				b.apply(models.Op{Kind: models.OpReadyPod, Pod: models.PodID(i)})
			}
			b.c.DefineBudget(&models.BudgetSpec{MinAvailable: models.Share{Value: 1, Given: true}, Allowed: test.status,
				Selector: models.LabelSelector{Requirements: models.Selector{{Key: b.d.Sym("app"), Op: models.In, Values: b.syms("web")}}}})
			for _, kind := range test.inRun {
				b.apply(models.Op{Kind: kind})
			}
			var a allowances
			a.begin(b.c.View())
			if !slices.Equal(a.left, test.want) {
				t.Errorf("allowed %v, want %v", a.left, test.want)
			}
		})
	}
}
