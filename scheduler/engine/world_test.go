package engine

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// The toy plugins below are small policies over node ids.

type filterBy struct {
	name string
	keep func(n models.NodeID) *framework.Status
}

func (p filterBy) Name() string           { return p.name }
func (p filterBy) Reads() framework.Reads { return framework.ReadsNodeFacts }
func (p filterBy) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	return p.keep(n.ID())
}

type scoreBy struct {
	name string
	rate func(n models.NodeID) int64
}

func (p scoreBy) Name() string                                     { return p.name }
func (p scoreBy) Reads() framework.Reads                           { return framework.ReadsNodeFacts }
func (p scoreBy) Score(_ *framework.Cycle, n framework.Node) int64 { return p.rate(n.ID()) }

// prefer is a scoreBy with PreScore and NormalizeScore.
type prefer struct {
	scoreBy
	pre       *framework.Status
	normalize func(scores []int64)
}

func (p prefer) PreScore(*framework.Cycle, []models.NodeID) *framework.Status { return p.pre }
func (p prefer) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	p.normalize(scores)
}

// restrict is a PreFilter with a fixed answer.
type restrict struct {
	name       string
	names      []models.Sym
	restricted bool
	status     *framework.Status
}

func (p restrict) Name() string           { return p.name }
func (p restrict) Reads() framework.Reads { return framework.ReadsPodOnly }
func (p restrict) PreFilter(*framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	return p.names, p.restricted, p.status
}

var unfit = framework.NewStatus(framework.Unschedulable, "Insufficient cpu")

type world struct {
	c   *cluster.Cluster
	pod models.PodID
}

// newWorld has one pod and nodes n0, n1, … in the given zones ("region/zone").
func newWorld(t testing.TB, zones ...string) *world {
	w := &world{c: cluster.New(models.NewDictionary(), nil)}
	for _, zone := range zones {
		w.join(t, zone)
	}
	spec := w.c.DefinePod(&models.PodSpec{})
	w.apply(t, models.Op{Kind: models.OpCreatePod, Def: int32(spec), Owner: models.None, Ordinal: models.Exact})
	return w
}

func (w *world) apply(t testing.TB, op models.Op) {
	t.Helper()
	if err := w.c.Apply(w.c.Now(), &op); err != nil {
		t.Fatal(err)
	}
}

func (w *world) join(t testing.TB, zone string) {
	t.Helper()
	d := w.c.Dictionary()
	id := w.c.View().Nodes()
	spec := &models.NodeSpec{Name: d.Sym(fmt.Sprintf("n%d", id))}
	if zone != "" {
		spec.Labels = models.NewLabels(models.Label{Key: d.Sym(models.LabelRegion), Value: d.Sym(zone[:1])},
			models.Label{Key: d.Sym(models.LabelZone), Value: d.Sym(zone[1:])})
	}
	w.apply(t, models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(w.c.DefineNode(spec))})
}

func (w *world) names(names ...string) []models.Sym {
	var out []models.Sym
	for _, name := range names {
		out = append(out, w.c.Dictionary().Sym(name))
	}
	return out
}

func (w *world) schedule(s *Scan) (Result, *Diagnosis) { return s.Schedule(w.c.View(), w.pod) }

func scan(config Config, plugins ...framework.Plugin) *Scan {
	for _, p := range plugins {
		config.Plugins = append(config.Plugins, Weighted{Plugin: p, Weight: 1})
	}
	return NewScan(config, new(Nodes))
}

func level() scoreBy { return scoreBy{"Level", func(models.NodeID) int64 { return 50 }} }
