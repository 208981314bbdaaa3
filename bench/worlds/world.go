package worlds

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

// The largest worlds.
const (
	MaxNodes   = 1_000_000
	MaxClasses = 1_000_000
)

// Config says which world to make.
type Config struct {
	Nodes   int
	Classes int // of pods that are alike
	Set     Set
	Seed    uint64
}

// World is a cluster with classes of pods that arrive in it.
type World struct {
	Dictionary *models.Dictionary
	Cluster    *cluster.Cluster

	config  Config
	streams *kernel.Streams
	classes []class
	arrived int
}

// class is what pods are made of.
type class struct {
	spec  models.SpecID
	owner models.OwnerID
	name  models.Sym
}

// New makes a world in which no pod has arrived yet.
func New(config Config) (*World, error) {
	if config.Nodes < 1 || config.Nodes > MaxNodes {
		return nil, fmt.Errorf("nodes: want 1 to %d (got %d)", MaxNodes, config.Nodes)
	}
	if config.Classes < 1 || config.Classes > MaxClasses {
		return nil, fmt.Errorf("classes: want 1 to %d (got %d)", MaxClasses, config.Classes)
	}
	d := models.NewDictionary()
	w := &World{Dictionary: d, Cluster: cluster.New(d, nil), config: config, streams: kernel.NewStreams(config.Seed)}
	for i := range config.Nodes {
		if err := w.join(i); err != nil {
			return nil, err
		}
	}
	for i := range config.Classes {
		if err := w.offer(i); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Arrive creates the next pod. Its class is drawn.
func (w *World) Arrive() (models.PodID, error) {
	v := w.Cluster.View()
	load := &w.classes[kernel.Pick(w.streams.At("class of pod", uint64(w.arrived), 0), len(w.classes))]
	op := models.Op{Kind: models.OpCreatePod, Pod: models.PodID(v.Pods()), Owner: load.owner, Def: int32(load.spec),
		Name: load.name, Ordinal: models.Numbered(int32(w.arrived))}
	if load.owner != models.None {
		op.Ordinal = v.Owner(load.owner).NextOrdinal()
	}
	w.arrived++
	return op.Pod, w.Cluster.Apply(w.Cluster.Now(), &op)
}

// Bind puts a pod on a node.
func (w *World) Bind(pod models.PodID, node models.NodeID) error {
	return w.Cluster.Apply(w.Cluster.Now(), &models.Op{Kind: models.OpBindPod, Pod: pod, Node: node})
}

// Depart ends a pod and takes it away.
func (w *World) Depart(pod models.PodID) error {
	if err := w.Cluster.Apply(w.Cluster.Now(), &models.Op{Kind: models.OpFinishPod, Pod: pod}); err != nil {
		return err
	}
	return w.Cluster.Apply(w.Cluster.Now(), &models.Op{Kind: models.OpRemovePod, Pod: pod})
}

func (w *World) sym(prefix string, i int) models.Sym { return w.Dictionary.Sym(fmt.Sprint(prefix, i)) }

// dice draws the properties of one node or class.
type dice struct {
	source kernel.Source
}

func (w *World) dice(of string, i int) dice { return dice{w.streams.At(of, uint64(i), 0)} }

// below draws a number in [0, n).
func (d dice) below(n int) int { return kernel.Pick(d.source, n) }

// join adds a node: 16, 32 or 64 cores with 4 GiB each, in one of three zones.
func (w *World) join(i int) error {
	d, drawn := w.Dictionary, w.dice("node", i)
	cores := []int64{16, 32, 64}[drawn.below(3)]
	room := models.Resources{models.CPU: cores * 1000, models.Memory: cores << 32, models.EphemeralStorage: 200 << 30, models.Pods: 110}
	spec := &models.NodeSpec{Name: w.sym("node-", i), Allocatable: room, Capacity: room, Labels: models.NewLabels(
		models.Label{Key: d.Sym(models.LabelHostname), Value: w.sym("node-", i)},
		models.Label{Key: d.Sym(models.LabelZone), Value: w.sym("zone-", i%zones)},
		models.Label{Key: d.Sym(labelDisk), Value: d.Sym([]string{"ssd", "ssd", "hdd"}[drawn.below(3)])},
		models.Label{Key: d.Sym(labelPool), Value: w.sym("pool-", drawn.below(pools))})}
	if w.config.Set&Taints != 0 {
		switch n := drawn.below(100); {
		case n < 10:
			spec.Taints = []models.Taint{{Key: d.Sym(keyDedicated), Value: w.sym("team-", drawn.below(teams)), Effect: models.NoSchedule}}
		case n < 15:
			spec.Taints = []models.Taint{{Key: d.Sym(keySpot), Effect: models.PreferNoSchedule}}
		}
	}
	return w.Cluster.Apply(0, &models.Op{Kind: models.OpAddNode, Node: models.NodeID(i), Def: int32(w.Cluster.DefineNode(spec))})
}
