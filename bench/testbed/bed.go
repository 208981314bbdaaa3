// Package testbed makes clusters by hand, straight as models, for tests of what is asked
// of a whole cluster. Only tests use it.
package testbed

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
)

// Bed is a cluster that a test makes.
type Bed struct {
	testing.TB
	Dictionary *models.Dictionary
	Cluster    *cluster.Cluster
}

// New makes a cluster without anything.
func New(t testing.TB) *Bed {
	d := models.NewDictionary()
	return &Bed{t, d, cluster.New(d, nil)}
}

// Apply changes the cluster.
func (b *Bed) Apply(op models.Op) {
	b.Helper()
	if err := b.Cluster.Apply(b.Cluster.Now(), &op); err != nil {
		b.Fatal(err)
	}
}

// Node adds a node to a zone, as edited.
func (b *Bed) Node(zone string, allocatable models.Resources, edit ...func(*models.NodeSpec)) models.NodeID {
	b.Helper()
	id := models.NodeID(b.Cluster.View().Nodes())
	spec := &models.NodeSpec{Name: b.Dictionary.Sym(fmt.Sprintf("node-%d", id)), Allocatable: allocatable}
	spec.Labels = models.NewLabels(models.Label{Key: b.Dictionary.Sym(models.LabelHostname), Value: spec.Name},
		models.Label{Key: b.Dictionary.Sym(models.LabelZone), Value: b.Dictionary.Sym(zone)})
	for _, e := range edit {
		e(spec)
	}
	spec.Capacity = spec.Allocatable
	b.Apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(b.Cluster.DefineNode(spec))})
	return id
}

// Workload makes pods of a ReplicaSet, each with so much cpu and memory, as edited.
func (b *Bed) Workload(name string, pods int, milli, memory int64, edit ...func(*models.PodSpec)) []models.PodID {
	b.Helper()
	spec := b.Pod(milli, memory)
	spec.Labels = models.NewLabels(models.Label{Key: b.Dictionary.Sym("app"), Value: b.Dictionary.Sym(name)})
	for _, e := range edit {
		e(spec)
	}
	def := b.Cluster.DefinePod(spec)
	owner := models.OwnerID(b.Cluster.View().Owners())
	b.Apply(models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None, Ordinal: models.Exact, Name: b.Dictionary.Sym(name),
		Def: int32(b.Cluster.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: spec.Namespace, Template: def, Replicas: int32(pods)}))})
	var ids []models.PodID
	for i := range pods {
		ids = append(ids, models.PodID(b.Cluster.View().Pods()))
		b.Apply(models.Op{Kind: models.OpCreatePod, Pod: ids[i], Owner: owner, Def: int32(def), Name: b.Dictionary.Sym(name), Ordinal: int32(i)})
	}
	return ids
}

// Pod specifies a pod with so much cpu and memory.
func (b *Bed) Pod(milli, memory int64) *models.PodSpec {
	return &models.PodSpec{Namespace: b.Dictionary.Sym("default"), SchedulerName: b.Dictionary.Sym(models.DefaultScheduler),
		Requests:   models.Resources{models.CPU: milli, models.Memory: memory, models.Pods: 1},
		NonZeroCPU: milli, NonZeroMemory: memory, ScoredCPU: milli, ScoredMemory: memory}
}

// Scheduler makes schedulers as the command does.
func Scheduler(d *models.Dictionary) (*scheduler.Scheduler, error) {
	return scheduler.New(scheduler.DefaultConfig(plugins.Table()), plugins.Table(), d)
}
