// Package madeup makes the log of a run in which every name is hostile: of nodes, groups,
// zones, workloads, pods, namespaces, priority classes, faults, reasons and messages. Tests
// replay it before every writer of runs. The package knows no writer.
package madeup

import (
	"bytes"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/hostile"
)

// End is when the run ends.
const End = models.Time(time.Hour)

// Log returns the operation log. Each name names a node and a pod on it at least; pods are
// refused a node, started, evicted and removed.
func Log() ([]byte, error) {
	var log bytes.Buffer
	d := models.NewDictionary()
	w := &world{d: d, c: cluster.New(d, &log)}
	w.c.Metadata([]byte(`{"scenario":"hostile","assertions":[],"notSimulated":[]}`))
	for i, name := range hostile.Names {
		w.now = models.Time(i) * models.Time(time.Second)
		w.named(name)
	}
	w.c.Metadata([]byte(`{"endNanoseconds":3600000000000}`))
	if err := w.c.Close(); w.err == nil {
		w.err = err
	}
	return log.Bytes(), w.err
}

type world struct {
	d   *models.Dictionary
	c   *cluster.Cluster
	now models.Time
	err error
}

func (w *world) apply(op models.Op) {
	if w.err == nil {
		w.err = w.c.Apply(w.now, &op)
	}
}

// named lets everything that has a name have this one.
func (w *world) named(name string) {
	v, sym := w.c.View(), w.d.Sym(name)
	amount := models.Resources{models.CPU: 4000, models.Memory: 1 << 34, models.Pods: 110}
	node := models.NodeID(v.Nodes())
	w.apply(models.Op{Kind: models.OpAddNode, Node: node, Def: int32(w.c.DefineNode(&models.NodeSpec{
		Name: sym, Group: sym, Capacity: amount, Allocatable: amount,
		Labels: models.NewLabels(models.Label{Key: w.d.Sym(models.LabelZone), Value: sym}),
	}))})
	w.apply(models.Op{Kind: models.OpSetNodeReady, Node: node, Arg: int64(models.ConditionFalse), Reason: sym})
	spec := int32(w.c.DefinePod(&models.PodSpec{
		Namespace: sym, PriorityClass: sym, QOS: models.Burstable, Requests: models.Resources{models.CPU: 100, models.Memory: 1 << 20, models.Pods: 1},
	}))
	owner := models.OwnerID(v.Owners())
	w.apply(models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None, Name: sym, Ordinal: models.Exact,
		Def: int32(w.c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: sym, Replicas: 2, Template: models.SpecID(spec)}))})
	for i, of := range []models.OwnerID{models.None, owner} {
		pod := models.PodID(v.Pods())
		create := models.Op{Kind: models.OpCreatePod, Pod: pod, Owner: of, Def: spec, Name: sym, Ordinal: models.Exact}
		if of != models.None {
			create.Name, create.Ordinal = 0, 0
		}
		w.apply(create)
		w.apply(models.Op{Kind: models.OpFailScheduling, Pod: pod, Message: sym})
		w.apply(models.Op{Kind: models.OpBindPod, Pod: pod, Node: node})
		w.apply(models.Op{Kind: models.OpStartPod, Pod: pod})
		w.apply(models.Op{Kind: models.OpReadyPod, Pod: pod})
		if i == 0 {
			w.apply(models.Op{Kind: models.OpDeletePod, Pod: pod, Arg: int64(time.Second), Reason: sym})
			w.apply(models.Op{Kind: models.OpRemovePod, Pod: pod})
		}
	}
	w.apply(models.Op{Kind: models.OpBeginFault, Name: sym, Reason: sym, Arg: 1})
	w.apply(models.Op{Kind: models.OpEndFault, Name: sym, Reason: sym, Arg: 1})
	w.apply(models.Op{Kind: models.OpCrashNode, Node: node, Reason: sym})
}
