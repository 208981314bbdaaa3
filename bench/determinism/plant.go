package main

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// fault is a score plugin that must not be: its scores depend on what a run may
// not depend on.
type fault struct {
	name  string
	score func(n cluster.Node) int64
}

func (f *fault) Name() string           { return f.name }
func (f *fault) Reads() framework.Reads { return framework.ReadsNodeFacts | framework.ReadsNodeLoad }
func (f *fault) Score(_ *framework.Cycle, n framework.Node) int64 {
	return f.score(n.Node)
}

// planted returns the entry of a fault for the table of plugins.
func planted(kind string) (plugins.Entry, error) {
	faults := map[string]func(cluster.Node) int64{"map": byMap, "clock": byClock, "fma": byFusion}
	score, ok := faults[kind]
	if !ok {
		return plugins.Entry{}, fmt.Errorf("unknown fault %q (want map, clock or fma)", kind)
	}
	name := "Planted"
	return plugins.Entry{Name: name, Help: "breaks determinism on purpose", Weight: 1, Default: true,
		New: func(any, *models.Dictionary) (framework.Plugin, error) { return &fault{name, score}, nil }}, nil
}

// byMap lets the order of a map decide.
func byMap(cluster.Node) int64 {
	for key := range map[int64]bool{1: true, 20: true, 40: true, 60: true, 80: true} {
		return key
	}
	return 0
}

// byClock lets the wall clock decide.
func byClock(cluster.Node) int64 { return time.Now().UnixNano() % framework.MaxNodeScore }

// byFusion takes the rounding error of a product: nothing where product and sum are
// rounded apart, and something where the compiler fuses them.
func byFusion(n cluster.Node) int64 {
	x := 1 + float64(n.ID()+1)*0x1p-30
	product := x * x
	rest := x*x - product // may be fused: must be cast in honest code
	if rest != 0 {
		return int64(n.ID()) % framework.MaxNodeScore
	}
	return 0
}
