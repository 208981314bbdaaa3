package compact

import (
	"context"
	"fmt"
	"testing"

	"github.com/podsim/podsim/bench/testbed"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/scheduler/plugins"
)

const gi = int64(1) << 30

// bed is a cell that a test makes.
type bed struct {
	*testbed.Bed
}

func newBed(t testing.TB) *bed { return &bed{testbed.New(t)} }

// node adds a node of so many cores and GiB.
func (b *bed) node(cores, memory int64, edit ...func(*models.NodeSpec)) models.NodeID {
	b.Helper()
	zone := fmt.Sprintf("zone-%d", b.Cluster.View().Nodes()%3)
	return b.Node(zone, models.Resources{models.CPU: cores * 1000, models.Memory: memory * gi, models.Pods: 110}, edit...)
}

// scan makes plain schedulers.
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
	c, err := Run(context.Background(), place.NewCell(b.Cluster), testbed.Scheduler, o)
	if err != nil {
		b.Fatal(err)
	}
	return c
}
