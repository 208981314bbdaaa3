package cluster_test

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// The status of a budget over a ReplicaSet of 5 with 4 pods, 3 of them healthy.
// Source: pkg/controller/disruption/disruption.go (getExpectedPodCount, updatePdbStatus).
func TestTheStatusOfABudget(t *testing.T) {
	number := func(n int32) models.Share { return models.Share{Value: n, Given: true} }
	percent := func(n int32) models.Share { return models.Share{Value: n, Percent: true, Given: true} }
	for name, test := range map[string]struct {
		min, max                   models.Share
		expected, desired, allowed int32
	}{
		"minAvailable is held against the pods that there are": {min: number(2), expected: 4, desired: 2, allowed: 1},
		"a percentage to be available is one of the scale":     {min: percent(50), expected: 5, desired: 3, allowed: 0},
		"a percentage rounds up":                               {min: percent(21), expected: 5, desired: 2, allowed: 1},
		"maxUnavailable is held against the scale":             {max: number(3), expected: 5, desired: 2, allowed: 1},
		"a percentage not to be available rounds up":           {max: percent(41), expected: 5, desired: 2, allowed: 1},
		"no more than is healthy":                              {max: number(9), expected: 5, desired: 0, allowed: 3},
		"a budget that says nothing allows nothing":            {},
	} {
		t.Run(name, func(t *testing.T) {
			c, budget := budgeted(t, &models.BudgetSpec{MinAvailable: test.min, MaxUnavailable: test.max, Allowed: models.Recounted})
			apply(t, c, 0, models.Op{Kind: models.OpWriteBudgetStatus})
			want := cluster.BudgetStatus{CurrentHealthy: 3, DesiredHealthy: test.desired, ExpectedPods: test.expected, Allowed: test.allowed}
			if got := budget.Status(); got.CurrentHealthy != 3 || got.DesiredHealthy != want.DesiredHealthy || got.ExpectedPods != want.ExpectedPods || got.Allowed != want.Allowed {
				t.Errorf("status %+v, want %+v", got, want)
			}
		})
	}
}

// A pod whose eviction was allowed is no longer healthy, until two minutes are over in
// which nobody has deleted it.
func TestADisruptionThatDoesNotComeIsForgotten(t *testing.T) {
	c, budget := budgeted(t, &models.BudgetSpec{MinAvailable: models.Share{Value: 2, Given: true}, Allowed: models.Recounted})
	at := func(d time.Duration) models.Time { return models.Time(d) }
	apply(t, c, 0, models.Op{Kind: models.OpWriteBudgetStatus}, models.Op{Kind: models.OpAllowDisruption, Pod: 1})
	for _, step := range []struct {
		at               time.Duration
		healthy, allowed int32
		disrupted        int
	}{{time.Second, 2, 0, 1}, {2*time.Minute - 1, 2, 0, 1}, {2*time.Minute + 1, 3, 1, 0}} {
		apply(t, c, at(step.at), models.Op{Kind: models.OpWriteBudgetStatus})
		if got := budget.Status(); got.CurrentHealthy != step.healthy || got.Allowed != step.allowed || len(got.Disrupted) != step.disrupted {
			t.Errorf("at %s: %+v, want %+v", step.at, *got, step)
		}
	}
}

func apply(t *testing.T, c *cluster.Cluster, now models.Time, ops ...models.Op) {
	t.Helper()
	for _, op := range ops {
		if err := c.Apply(now, &op); err != nil {
			t.Fatal(err)
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
	}
}

// budgeted is a ReplicaSet of 5 with 4 pods, 3 of them healthy, a stranger, and a budget.
func budgeted(t *testing.T, spec *models.BudgetSpec) (*cluster.Cluster, cluster.Budget) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	key, web := d.Sym("app"), d.Sym("web")
	spec.Selector = models.LabelSelector{Requirements: models.Selector{{Key: key, Op: models.In, Values: []models.Sym{web}}}}
	c.DefineNode(&models.NodeSpec{Name: d.Sym("n")})
	member := int32(c.DefinePod(&models.PodSpec{Labels: models.NewLabels(models.Label{Key: key, Value: web})}))
	stranger := int32(c.DefinePod(&models.PodSpec{}))
	set := int32(c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 5}))
	apply(t, c, 0, models.Op{Kind: models.OpAddNode}, models.Op{Kind: models.OpAddBudget, Def: c.DefineBudget(spec)},
		models.Op{Kind: models.OpCreateOwner, Parent: models.None, Def: set, Name: web, Ordinal: models.Exact},
		models.Op{Kind: models.OpCreatePod, Owner: models.None, Def: stranger, Name: key, Ordinal: models.Exact})
	for id := models.PodID(1); id < 5; id++ {
		apply(t, c, 0, models.Op{Kind: models.OpCreatePod, Pod: id, Def: member, Ordinal: int32(id - 1)},
			models.Op{Kind: models.OpBindPod, Pod: id}, models.Op{Kind: models.OpStartPod, Pod: id})
		if id < 4 {
			apply(t, c, 0, models.Op{Kind: models.OpReadyPod, Pod: id})
		}
	}
	return c, c.View().Budget(0)
}
