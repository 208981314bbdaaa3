package headroom

import (
	"context"
	"testing"

	"github.com/podsim/podsim/bench/testbed"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler/place"
)

// bed is a cluster that a test makes.
type bed struct {
	*testbed.Bed
}

func newBed(t testing.TB) *bed { return &bed{testbed.New(t)} }

// node adds a node of so many cores to a zone.
func (b *bed) node(zone string, cores int64) models.NodeID {
	b.Helper()
	return b.Node(zone, models.Resources{models.CPU: cores * 1000, models.Memory: 1 << 40, models.Pods: 1000})
}

// pods binds pods of one workload to nodes.
func (b *bed) pods(name string, milli int64, nodes []models.NodeID, edit ...func(*models.PodSpec)) {
	b.Helper()
	for i, pod := range b.Workload(name, len(nodes), milli, 0, edit...) {
		if nodes[i] >= 0 {
			b.Apply(models.Op{Kind: models.OpBindPod, Pod: pod, Node: nodes[i]})
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
	h, err := Run(context.Background(), place.NewCell(b.Cluster), testbed.Scheduler, o)
	if err != nil {
		b.Fatal(err)
	}
	return h
}
