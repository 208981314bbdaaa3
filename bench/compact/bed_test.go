package compact

import (
	"context"
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/scheduler/plugins"
)

const gi = int64(1) << 30

// bed is a cell that a test makes.
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

// node adds a node of so many cores and GiB.
func (b *bed) node(cores, memory int64, edit ...func(*models.NodeSpec)) models.NodeID {
	b.Helper()
	id := models.NodeID(b.c.View().Nodes())
	spec := &models.NodeSpec{Name: b.d.Sym(fmt.Sprintf("node-%d", id)), Allocatable: models.Resources{models.CPU: cores * 1000, models.Memory: memory * gi, models.Pods: 110}}
	spec.Labels = models.NewLabels(models.Label{Key: b.d.Sym(models.LabelHostname), Value: spec.Name},
		models.Label{Key: b.d.Sym(models.LabelZone), Value: b.d.Sym(fmt.Sprintf("zone-%d", id%3))})
	for _, e := range edit {
		e(spec)
	}
	spec.Capacity = spec.Allocatable
	b.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(b.c.DefineNode(spec))})
	return id
}

// workload makes pods of a ReplicaSet.
func (b *bed) workload(name string, pods int, milli, memory int64, edit ...func(*models.PodSpec)) []models.PodID {
	b.Helper()
	spec := b.spec(milli, memory)
	spec.Labels = models.NewLabels(models.Label{Key: b.d.Sym("app"), Value: b.d.Sym(name)})
	for _, e := range edit {
		e(spec)
	}
	def := b.c.DefinePod(spec)
	owner := models.OwnerID(b.c.View().Owners())
	b.apply(models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None, Ordinal: models.Exact, Name: b.d.Sym(name),
		Def: int32(b.c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: spec.Namespace, Template: def, Replicas: int32(pods)}))})
	var ids []models.PodID
	for i := range pods {
		ids = append(ids, models.PodID(b.c.View().Pods()))
		b.apply(models.Op{Kind: models.OpCreatePod, Pod: ids[i], Owner: owner, Def: int32(def), Name: b.d.Sym(name), Ordinal: int32(i)})
	}
	return ids
}

func (b *bed) spec(milli, memory int64) *models.PodSpec {
	return &models.PodSpec{Namespace: b.d.Sym("default"), SchedulerName: b.d.Sym(models.DefaultScheduler),
		Requests:   models.Resources{models.CPU: milli, models.Memory: memory, models.Pods: 1},
		NonZeroCPU: milli, NonZeroMemory: memory, ScoredCPU: milli, ScoredMemory: memory}
}

// incremental makes schedulers as the command does, scan plain ones.
func incremental(d *models.Dictionary) (*scheduler.Scheduler, error) {
	return scheduler.New(scheduler.DefaultConfig(plugins.Table()), plugins.Table(), d)
}

func scan(d *models.Dictionary) (*scheduler.Scheduler, error) {
	config := scheduler.DefaultConfig(plugins.Table())
	config.Engine = func(c engine.Config, nodes *engine.Nodes) scheduler.Engine { return engine.NewScan(c, nodes) }
	return scheduler.New(config, plugins.Table(), d)
}

// run compacts the cell, with changed options.
func (b *bed) run(edit ...func(*Options)) *capacity.Compaction {
	b.Helper()
	o := Options{CompactionSettings: Defaults(), Workers: 2}
	for _, e := range edit {
		e(&o)
	}
	c, err := Run(context.Background(), place.NewCell(b.c), incremental, o)
	if err != nil {
		b.Fatal(err)
	}
	return c
}
