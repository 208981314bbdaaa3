package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"runtime"
	"time"

	"github.com/podsim/podsim/bench/worlds"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/kernel"
)

// measurement is what one engine did in a world.
type measurement struct {
	Engine        string `json:"engine"`
	Decisions     int    `json:"decisions"`
	Placed        int    `json:"placed"`
	Unschedulable int    `json:"unschedulable"`
	// Digest is the SHA-256 of the chosen nodes in order.
	Digest string `json:"placementsDigest"`

	DecisionsPerSecond float64 `json:"decisionsPerSecond"`
	NsPerDecision      float64 `json:"nsPerDecision"`       // to choose a node and to bind
	ChoiceNsPer        float64 `json:"choiceNsPerDecision"` // to choose a node
	AllocationsPer     float64 `json:"allocationsPerDecision"`
	CPUNsPer           float64 `json:"cpuNsPerDecision"` // of the process, with arrivals and departures
	BytesPerPod        float64 `json:"bytesPerPod"`      // of heap, beyond the cluster without pods
	HeapBytes          uint64  `json:"heapBytes"`        // at the end
	WallSeconds        float64 `json:"wallSeconds"`
	CPUSeconds         float64 `json:"cpuSeconds"`
}

var benchEngines = map[string]func(engine.Config, *engine.Nodes) scheduler.Engine{
	"scan":        func(c engine.Config, n *engine.Nodes) scheduler.Engine { return engine.NewScan(c, n) },
	"incremental": func(c engine.Config, n *engine.Nodes) scheduler.Engine { return engine.NewIncremental(c, n) },
}

// enginesOf makes the engine that fills the cluster and the one that is measured, for
// the default profile. They share where the search for nodes goes on.
func (b *benchSetup) enginesOf(name string, table []plugins.Entry, d *models.Dictionary) (filling, measured scheduler.Engine, err error) {
	config := scheduler.DefaultConfig(table)
	profile := &config.Profiles[0]
	profile.PercentageOfNodesToScore, profile.Ties = b.percentage, b.ties
	streams := kernel.NewStreams(b.Seed)
	config.Draw = func(pod cluster.Pod, n int) int {
		return kernel.Pick(streams.At("scheduler/tie", uint64(pod.ID()), uint64(pod.Attempts())), n)
	}
	config.Engine = func(c engine.Config, n *engine.Nodes) scheduler.Engine {
		filling = engine.NewIncremental(c, n)
		measured = filling
		if name != "incremental" {
			measured = benchEngines[name](c, n)
		}
		return measured
	}
	_, err = scheduler.New(config, table, d)
	return filling, measured, err
}

// bench is a measurement under way.
type bench struct {
	*benchSetup
	world    *worlds.World
	engine   scheduler.Engine
	placed   []models.PodID // pods on nodes; from next on they are the oldest, round about
	next     int
	digest   hash.Hash
	word     [4]byte // of what goes into the digest
	choosing time.Duration
	binding  time.Duration
	result   measurement
}

// measure lets one engine decide. placements, if not nil, gets the nodes.
func (b *benchSetup) measure(ctx context.Context, name string, table []plugins.Entry, placements []models.NodeID, tell func(done, of int)) (*measurement, error) {
	world, err := worlds.New(b.Config)
	if err != nil {
		return nil, err
	}
	m := &bench{benchSetup: b, world: world, digest: sha256.New(), result: measurement{Engine: name, Decisions: b.decisions}}
	m.placed = make([]models.PodID, 0, min(b.pods, 1<<20))
	empty, _ := heap()
	filling, measured, err := b.enginesOf(name, table, world.Dictionary)
	if err != nil {
		return nil, err
	}
	if b.steady {
		m.engine = filling
		if err := m.fill(ctx); err != nil {
			return nil, err
		}
	}
	m.engine = measured
	_, mallocs := heap()
	began, cpu := time.Now(), processTime()
	for i := range b.decisions {
		if ctx.Err() != nil {
			return nil, &exit{ExitInterrupted, fmt.Errorf("interrupted after %d of %s", i, count(b.decisions, "decision"))}
		}
		node, err := m.step(b.steady)
		if err != nil {
			return nil, err
		}
		m.note(node)
		if placements != nil {
			placements[i] = node
		}
		tell(i+1, b.decisions)
	}
	m.result.WallSeconds, m.result.CPUSeconds = time.Since(began).Seconds(), (processTime() - cpu).Seconds()
	full, after := heap()
	m.finish(empty, full, after-mallocs)
	runtime.KeepAlive(m)
	return &m.result, nil
}

// fill places the pods that are there before the measurement.
func (m *bench) fill(ctx context.Context) error {
	for range m.pods {
		if ctx.Err() != nil {
			return &exit{ExitInterrupted, errors.New("interrupted while the cluster was filled")}
		}
		if _, err := m.step(false); err != nil {
			return err
		}
	}
	m.choosing, m.binding = 0, 0
	return nil
}

// step lets a pod arrive and decides about it. With replace the oldest pod then
// goes, if the new one has found a node.
func (m *bench) step(replace bool) (models.NodeID, error) {
	pod, err := m.world.Arrive()
	if err != nil {
		return models.None, err
	}
	began := time.Now()
	result, _ := m.engine.Schedule(m.world.Cluster.View(), pod)
	chosen := time.Now()
	m.choosing += chosen.Sub(began)
	if result.Node == models.None {
		return models.None, nil
	}
	err = m.world.Bind(pod, result.Node)
	m.binding += time.Since(chosen)
	switch {
	case err != nil:
		return models.None, err
	case !replace || len(m.placed) == 0:
		m.placed = append(m.placed, pod)
		return result.Node, nil
	}
	oldest := m.placed[m.next]
	m.placed[m.next] = pod
	m.next = (m.next + 1) % len(m.placed)
	return result.Node, m.world.Depart(oldest)
}

// note counts a decision and takes it into the digest.
func (m *bench) note(node models.NodeID) {
	if node == models.None {
		m.result.Unschedulable++
	} else {
		m.result.Placed++
	}
	binary.LittleEndian.PutUint32(m.word[:], uint32(node))
	m.digest.Write(m.word[:])
}

func (m *bench) finish(empty, full, mallocs uint64) {
	r, n := &m.result, float64(m.decisions)
	r.Digest = hex.EncodeToString(m.digest.Sum(nil))
	r.NsPerDecision = float64(m.choosing+m.binding) / n
	r.ChoiceNsPer = float64(m.choosing) / n
	if r.NsPerDecision > 0 {
		r.DecisionsPerSecond = 1e9 / r.NsPerDecision
	}
	r.AllocationsPer = float64(mallocs) / n
	r.CPUNsPer = r.CPUSeconds * 1e9 / n
	r.HeapBytes = full
	totals := m.world.Cluster.View().Totals()
	if pods := totals.Pending + totals.Bound; pods > 0 && full > empty {
		r.BytesPerPod = float64(full-empty) / float64(pods)
	}
}

// heap returns the bytes in use and how often anything was allocated.
func heap() (bytes, mallocs uint64) {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc, stats.Mallocs
}
