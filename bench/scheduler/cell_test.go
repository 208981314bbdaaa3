package scheduler_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
)

// cell is a large cluster with workloads to draw pods from.
type cell struct {
	testing.TB
	*rand.Rand
	c         *cluster.Cluster
	d         *models.Dictionary
	workloads []workload
	placed    []models.PodID
	next      int // the oldest in placed
}

// workload is what pods are made of.
type workload struct {
	spec  models.SpecID
	owner models.OwnerID
}

func newCell(tb testing.TB, nodes int, tainted bool) *cell {
	d := models.NewDictionary()
	w := &cell{TB: tb, Rand: rand.New(rand.NewPCG(1, 1)), d: d, c: cluster.New(d, nil)}
	for i := range nodes {
		w.join(i, tainted)
	}
	return w
}

func (w *cell) sym(prefix string, i int) models.Sym { return w.d.Sym(fmt.Sprint(prefix, i)) }

func (w *cell) apply(op models.Op) {
	if err := w.c.Apply(0, &op); err != nil {
		w.Fatal(err)
	}
}

func (w *cell) join(i int, tainted bool) {
	size := int64(1 + w.IntN(3))
	room := models.Resources{models.CPU: size * 16_000, models.Memory: size * 64 << 30, models.Pods: 110}
	spec := &models.NodeSpec{Name: w.sym("node-", i), Allocatable: room, Capacity: room, Labels: models.NewLabels(
		models.Label{Key: w.d.Sym(models.LabelHostname), Value: w.sym("node-", i)},
		models.Label{Key: w.d.Sym("disk"), Value: w.sym("disk-", w.IntN(3))},
		models.Label{Key: w.d.Sym("pool"), Value: w.sym("pool-", w.IntN(8))},
		models.Label{Key: w.d.Sym(models.LabelZone), Value: w.sym("zone-", i%3)})}
	if tainted && w.IntN(10) == 0 {
		effect := []models.Effect{models.NoSchedule, models.PreferNoSchedule}[w.IntN(2)]
		spec.Taints = []models.Taint{{Key: w.d.Sym("dedicated"), Value: w.sym("team-", w.IntN(3)), Effect: effect}}
	}
	w.apply(models.Op{Kind: models.OpAddNode, Node: models.NodeID(i), Def: int32(w.c.DefineNode(spec))})
}

// pod is a plain specification of some size, one of an application.
func (w *cell) pod(app int) *models.PodSpec {
	cpu, memory := int64(100+50*w.IntN(30)), int64(128+64*w.IntN(60))<<20
	return &models.PodSpec{Namespace: w.sym("ns-", app%20), SchedulerName: w.d.Sym(models.DefaultScheduler),
		Labels:     models.NewLabels(models.Label{Key: w.d.Sym("app"), Value: w.sym("app-", app)}),
		Requests:   models.Resources{models.CPU: cpu, models.Memory: memory, models.Pods: 1},
		NonZeroCPU: cpu, NonZeroMemory: memory, ScoredCPU: cpu, ScoredMemory: memory,
		Containers: []models.Container{{Name: w.d.Sym("main"), Image: w.sym("registry/app:", app)}}}
}

// offer adds a workload, with a ReplicaSet as its owner if it is to be owned.
func (w *cell) offer(spec *models.PodSpec, owned bool) {
	load := workload{w.c.DefinePod(spec), models.None}
	if owned {
		load.owner = models.OwnerID(w.c.View().Owners())
		app := spec.Labels[0]
		def := w.c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: spec.Namespace, Labels: spec.Labels, Template: load.spec,
			Selector: models.Selector{{Key: app.Key, Op: models.In, Values: []models.Sym{app.Value}}}})
		w.apply(models.Op{Kind: models.OpCreateOwner, Owner: load.owner, Parent: models.None, Def: int32(def), Name: app.Value})
	}
	w.workloads = append(w.workloads, load)
}

// everything gives a specification some of all that the plugins look at.
func (w *cell) everything(spec *models.PodSpec) {
	d, own := w.d, models.LabelSelector{Requirements: models.Selector{{Key: spec.Labels[0].Key, Op: models.In, Values: []models.Sym{spec.Labels[0].Value}}}}
	other := func() models.LabelSelector {
		return models.LabelSelector{Requirements: models.Selector{{Key: d.Sym("app"), Op: models.In, Values: []models.Sym{w.sym("app-", w.IntN(600))}}}}
	}
	term := func(key string, selector models.LabelSelector, weight int32) []models.AffinityTerm {
		return []models.AffinityTerm{{TopologyKey: d.Sym(key), Selector: selector, Weight: weight,
			Namespaces: []models.Sym{spec.Namespace}, NamespaceSelector: models.LabelSelector{None: true}}}
	}
	for i := range 3 {
		if w.IntN(3) == 0 {
			spec.Tolerations = append(spec.Tolerations, models.Toleration{Key: d.Sym("dedicated"), Value: w.sym("team-", i)})
		}
	}
	if w.IntN(3) == 0 {
		spec.NodeSelector = models.NewLabels(models.Label{Key: d.Sym("disk"), Value: w.sym("disk-", w.IntN(3))})
	}
	if w.IntN(3) == 0 {
		spec.HasRequiredTerms = true
		spec.RequiredTerms = []models.NodeTerm{{Labels: models.Selector{{Key: d.Sym("pool"), Op: models.NotIn, Values: []models.Sym{w.sym("pool-", w.IntN(8))}}}}}
	}
	if w.IntN(3) == 0 {
		spec.PreferredTerms = []models.PreferredTerm{{Weight: int32(1 + w.IntN(100)), Term: models.NodeTerm{
			Labels: models.Selector{{Key: d.Sym("pool"), Op: models.In, Values: []models.Sym{w.sym("pool-", w.IntN(8))}}}}}}
	}
	switch w.IntN(4) {
	case 0:
		spec.Spread = []models.SpreadConstraint{{TopologyKey: d.Sym(models.LabelZone), MaxSkew: 1, MinDomains: 1, Selector: own}}
	case 1:
		spec.Spread = []models.SpreadConstraint{{TopologyKey: d.Sym(models.LabelHostname), MaxSkew: 1, MinDomains: 1, Soft: true, Selector: own}}
	}
	switch w.IntN(6) {
	case 0:
		spec.AntiAffinity = term(models.LabelHostname, own, 0)
	case 1:
		spec.Affinity = term(models.LabelZone, own, 0)
	case 2:
		spec.PreferredAffinity = term(models.LabelZone, other(), int32(1+w.IntN(100)))
	case 3:
		spec.PreferredAntiAffinity = term(models.LabelHostname, own, int32(1+w.IntN(100)))
	}
}

// arrive creates a pod of a workload.
func (w *cell) arrive(load workload) models.PodID {
	v := w.c.View()
	op := models.Op{Kind: models.OpCreatePod, Pod: models.PodID(v.Pods()), Owner: load.owner, Def: int32(load.spec), Ordinal: models.Exact}
	if load.owner != models.None {
		op.Ordinal = v.Owner(load.owner).NextOrdinal()
	}
	w.apply(op)
	return op.Pod
}

func (w *cell) bind(pod models.PodID, node models.NodeID) {
	w.apply(models.Op{Kind: models.OpBindPod, Pod: pod, Node: node})
	w.placed = append(w.placed, pod)
}

// depart ends the oldest pod.
func (w *cell) depart() {
	id := w.placed[w.next]
	w.next++
	w.apply(models.Op{Kind: models.OpFinishPod, Pod: id})
	w.apply(models.Op{Kind: models.OpRemovePod, Pod: id})
}

// crowd places n pods anywhere where they fit.
func (w *cell) crowd(n int) {
	v := w.c.View()
	for range n {
		id := w.arrive(w.workloads[w.IntN(len(w.workloads))])
		for {
			node := models.NodeID(w.IntN(v.Nodes()))
			sum, _ := v.Node(node).Requested().Add(v.Pod(id).Spec().Requests)
			if sum.FitsIn(*v.Node(node).Allocatable()) {
				w.bind(id, node)
				break
			}
		}
	}
}

// decider is an engine.
type decider interface {
	Schedule(v cluster.View, pod models.PodID) (engine.Result, *engine.Diagnosis)
}

// engine makes an engine of the default profile.
func (w *cell) engine(incremental bool, percentage int) decider {
	config := engine.Config{Percentage: percentage}
	for _, entry := range plugins.Table() {
		if !entry.Default {
			continue
		}
		plugin, err := entry.New(nil, w.d)
		if err != nil {
			w.Fatal(err)
		}
		config.Plugins = append(config.Plugins, engine.Weighted{Plugin: plugin, Weight: max(int64(entry.Weight), 1)})
	}
	if incremental {
		return engine.NewIncremental(config, new(engine.Nodes))
	}
	return engine.NewScan(config, new(engine.Nodes))
}
