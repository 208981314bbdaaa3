package engine_test

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
)

// cell is a cluster of n nodes in three zones with a pending pod of 100m and
// 200 MiB, and the engine of the default profile.
func cell(tb testing.TB, n, percentage int) (*cluster.Cluster, *engine.Scan) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	apply := func(op models.Op) {
		if err := c.Apply(0, &op); err != nil {
			tb.Fatal(err)
		}
	}
	for i := range n {
		spec := &models.NodeSpec{Name: d.Sym(fmt.Sprintf("node-%d", i)),
			Labels:      models.NewLabels(models.Label{Key: d.Sym(models.LabelZone), Value: d.Sym(fmt.Sprintf("zone-%d", i%3))}),
			Allocatable: models.Resources{models.CPU: 32_000, models.Memory: 64 << 30, models.Pods: 110},
			Capacity:    models.Resources{models.CPU: 32_000, models.Memory: 64 << 30, models.Pods: 110}}
		apply(models.Op{Kind: models.OpAddNode, Node: models.NodeID(i), Def: int32(c.DefineNode(spec))})
	}
	spec := c.DefinePod(&models.PodSpec{SchedulerName: d.Sym(models.DefaultScheduler),
		Requests:   models.Resources{models.CPU: 100, models.Memory: 200 << 20, models.Pods: 1},
		NonZeroCPU: 100, NonZeroMemory: 200 << 20,
		Containers: []models.Container{{Name: d.Sym("c"), Image: d.Sym("registry/app:1")}}})
	apply(models.Op{Kind: models.OpCreatePod, Def: int32(spec), Owner: models.None, Ordinal: models.Exact})

	config := engine.Config{Percentage: percentage}
	for _, entry := range plugins.Table() {
		if !entry.Default {
			continue
		}
		plugin, err := entry.New(nil, d)
		if err != nil {
			tb.Fatal(err)
		}
		config.Plugins = append(config.Plugins, engine.Weighted{Plugin: plugin, Weight: max(int64(entry.Weight), 1)})
	}
	return c, engine.NewScan(config, new(engine.Nodes))
}

func TestDecisionAllocatesNothing(t *testing.T) {
	c, scan := cell(t, 300, 0)
	v := c.View()
	scan.Schedule(v, 0)
	if n := testing.AllocsPerRun(50, func() {
		if _, d := scan.Schedule(v, 0); d != nil {
			t.Fatal(d.Message())
		}
	}); n != 0 {
		t.Fatalf("a decision allocates %g times; want 0", n)
	}
}

func BenchmarkScan(b *testing.B) {
	for _, size := range []struct{ nodes, percentage int }{{1000, 0}, {5000, 0}, {1000, 100}, {5000, 100}} {
		b.Run(fmt.Sprintf("nodes=%d/percentage=%d", size.nodes, size.percentage), func(b *testing.B) {
			c, scan := cell(b, size.nodes, size.percentage)
			v := c.View()
			b.ReportAllocs()
			evaluated := 0
			for b.Loop() {
				result, _ := scan.Schedule(v, 0)
				evaluated += result.Evaluated
			}
			b.ReportMetric(float64(evaluated)/float64(b.N), "nodes/op")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(evaluated), "ns/node")
		})
	}
}

// BenchmarkFailure decides about a pod that fits nowhere and says why.
func BenchmarkFailure(b *testing.B) {
	c, scan := cell(b, 1000, 0)
	spec := c.DefinePod(&models.PodSpec{Requests: models.Resources{models.CPU: 64_000, models.Pods: 1}})
	op := models.Op{Kind: models.OpCreatePod, Pod: 1, Def: int32(spec), Owner: models.None, Ordinal: models.Exact}
	if err := c.Apply(0, &op); err != nil {
		b.Fatal(err)
	}
	v := c.View()
	b.ReportAllocs()
	for b.Loop() {
		_, d := scan.Schedule(v, 1)
		d.Message()
	}
}
