package evict

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// TestDrainOrders shows in which order each evictor empties node n0. On it are an old pod of
// a budget that allows nothing, a pod of a set that has others on n1 and n2, one of a set
// of two nodes, and a new one of its own.
func TestDrainOrders(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	do := func(at time.Duration, op models.Op) {
		t.Helper()
		if err := c.Apply(models.Time(at), &op); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"n0", "n1", "n2"} {
		do(0, models.Op{Kind: models.OpAddNode, Node: models.NodeID(i), Def: int32(c.DefineNode(&models.NodeSpec{Name: d.Sym(name)}))})
	}
	app, plain := models.Label{Key: d.Sym("app"), Value: d.Sym("db")}, c.DefinePod(&models.PodSpec{})
	kept := c.DefinePod(&models.PodSpec{Labels: models.NewLabels(app)})
	do(0, models.Op{Kind: models.OpAddBudget, Def: c.DefineBudget(&models.BudgetSpec{
		MinAvailable: models.Share{Given: true, Value: 1}, Allowed: models.Recounted,
		Selector: models.LabelSelector{Requirements: models.Selector{{Key: app.Key, Op: models.In, Values: []models.Sym{app.Value}}}},
	})})
	set := func(name string) models.OwnerID {
		id := models.OwnerID(c.View().Owners())
		do(0, models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Name: d.Sym(name), Ordinal: models.Exact,
			Def: int32(c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 3}))})
		return id
	}
	pod := func(at time.Duration, name string, owner models.OwnerID, spec models.SpecID, node models.NodeID) {
		id := models.PodID(c.View().Pods())
		op := models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(spec), Name: d.Sym(name), Ordinal: models.Exact}
		if owner != models.None {
			op.Name, op.Ordinal = 0, c.View().Owner(owner).NextOrdinal()
		}
		do(at, op)
		do(at, models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
		do(at, models.Op{Kind: models.OpStartPod, Pod: id})
	}
	wide, narrow := set("wide"), set("narrow")
	pod(1*time.Minute, "db", models.None, kept, 0)   // 0
	pod(2*time.Minute, "", narrow, plain, 0)         // 1
	pod(3*time.Minute, "", wide, plain, 0)           // 2
	pod(4*time.Minute, "new", models.None, plain, 0) // 3
	pod(5*time.Minute, "", wide, plain, 1)
	pod(5*time.Minute, "", wide, plain, 2)
	pod(5*time.Minute, "", narrow, plain, 1)
	want := map[string][]models.PodID{
		"kubectl": {0, 1, 2, 3}, "budget-aware": {1, 2, 3, 0}, "most-spread-first": {2, 1, 0, 3}, "least-work-first": {3, 2, 1, 0},
	}
	for _, entry := range Table() {
		if entry.Kind != Drain {
			continue
		}
		evictor, err := entry.New(nil, d)
		if err != nil {
			t.Fatal(err)
		}
		var got []models.PodID
		for _, p := range evictor.Propose(c.View(), Occasion{Kind: Drain, At: models.Time(10 * time.Minute), Node: 0, Pods: []models.PodID{0, 1, 2, 3}}) {
			got = append(got, p.Pod)
		}
		if !slices.Equal(got, want[entry.Name]) {
			t.Errorf("%s: got %v, want %v", entry.Name, got, want[entry.Name])
		}
	}
}
