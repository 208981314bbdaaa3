package headroom

import (
	"context"
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/scheduler/plugins"
)

// bed is a cluster that a test makes.
type bed struct {
	testing.TB
	d *models.Dictionary
	c *cluster.Cluster
}

func newBed(t testing.TB) *bed {
	d := models.NewDictionary()
	return &bed{t, d, cluster.New(d, nil)}
}

func (b *bed) apply(op models.Op) {
	b.Helper()
	if err := b.c.Apply(b.c.Now(), &op); err != nil {
		b.Fatal(err)
	}
}

// node adds a node of so many cores to a zone.
func (b *bed) node(zone string, cores int64) models.NodeID {
	b.Helper()
	id := models.NodeID(b.c.View().Nodes())
	spec := &models.NodeSpec{Name: b.d.Sym(fmt.Sprintf("node-%d", id)), Allocatable: models.Resources{models.CPU: cores * 1000, models.Memory: 1 << 40, models.Pods: 1000}}
	spec.Labels = models.NewLabels(models.Label{Key: b.d.Sym(models.LabelHostname), Value: spec.Name}, models.Label{Key: b.d.Sym(models.LabelZone), Value: b.d.Sym(zone)})
	spec.Capacity = spec.Allocatable
	b.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(b.c.DefineNode(spec))})
	return id
}

// pods binds pods of one workload to nodes.
func (b *bed) pods(name string, milli int64, nodes []models.NodeID, edit ...func(*models.PodSpec)) {
	b.Helper()
	spec := &models.PodSpec{Namespace: b.d.Sym("default"), SchedulerName: b.d.Sym(models.DefaultScheduler),
		Labels:   models.NewLabels(models.Label{Key: b.d.Sym("app"), Value: b.d.Sym(name)}),
		Requests: models.Resources{models.CPU: milli, models.Pods: 1}, NonZeroCPU: milli, ScoredCPU: milli}
	for _, e := range edit {
		e(spec)
	}
	def := b.c.DefinePod(spec)
	owner := models.OwnerID(b.c.View().Owners())
	b.apply(models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None, Ordinal: models.Exact, Name: b.d.Sym(name),
		Def: int32(b.c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: spec.Namespace, Template: def}))})
	for i, node := range nodes {
		id := models.PodID(b.c.View().Pods())
		b.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(def), Name: b.d.Sym(name), Ordinal: int32(i)})
		if node >= 0 {
			b.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
		}
	}
}

// even is a cluster of alike nodes in three zones, with so many pods of a core on each.
func even(t testing.TB, nodes int, cores int64, each int) *bed {
	b := newBed(t)
	var on []models.NodeID
	for i := range nodes {
		id := b.node([]string{"a", "b", "c"}[i%3], cores)
		for range each {
			on = append(on, id)
		}
	}
	b.pods("web", 1000, on)
	return b
}

func schedulers(d *models.Dictionary) (*scheduler.Scheduler, error) {
	return scheduler.New(scheduler.DefaultConfig(plugins.Table()), plugins.Table(), d)
}

func growth(t testing.TB, text string) *Growth {
	t.Helper()
	g, err := ParseGrowth(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// run asks for the headroom, with changed options.
func (b *bed) run(g *Growth, edit ...func(*Options)) *capacity.Headroom {
	b.Helper()
	o := Options{HeadroomSettings: Defaults(), Growth: g, Workers: 2}
	o.Draws = 10
	for _, e := range edit {
		e(&o)
	}
	h, err := Run(context.Background(), place.NewCell(b.c), schedulers, o)
	if err != nil {
		b.Fatal(err)
	}
	return h
}
