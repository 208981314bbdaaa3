package engine_test

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
)

// toy is a policy of nodes for pods that says what it reads; what it says of the
// same again is the same.
type toy struct {
	name  string
	reads framework.Reads
	rate  func(c *framework.Cycle, n framework.Node) int64
}

func (p *toy) Name() string           { return p.name }
func (p *toy) Reads() framework.Reads { return p.reads }

// picky is a toy that rejects what it rates 0, with a status of its own each time.
type picky struct{ toy }

func (p *picky) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if p.rate(c, n) == 0 {
		return framework.NewStatus(framework.Unschedulable, "node(s) had "+strings.Repeat("more ", int(n.ID()%3))+"of it")
	}
	return nil
}

// fond is a toy that scores; fonder normalises besides.
type fond struct{ toy }

func (p *fond) Score(c *framework.Cycle, n framework.Node) int64 { return p.rate(c, n) }

type fonder struct{ fond }

func (p *fonder) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	lowest, highest := scores[0], scores[0]
	for _, s := range scores {
		lowest, highest = min(lowest, s), max(highest, s)
	}
	for i := range scores {
		scores[i] = framework.MaxNodeScore * (scores[i] - lowest) / max(highest-lowest, 1)
	}
}

func ofPods(_ *framework.Cycle, n framework.Node) int64 { return int64(len(n.Pods()) % 7) }
func ofName(_ *framework.Cycle, n framework.Node) int64 { return int64(n.Spec().Name % 5) }
func ofTaints(_ *framework.Cycle, n framework.Node) int64 {
	return int64(len(n.Taints())*30 + int(n.ID()%2))
}
func ofLabels(c *framework.Cycle, n framework.Node) int64 {
	return (int64(len(c.Spec.Labels)) + int64(c.Spec.Namespace) + int64(n.ID())) % 4
}
func ofImages(_ *framework.Cycle, n framework.Node) int64 { return int64(len(n.Images())) }

// ofOwnImages is about taints and those of the pod's images that the node holds.
func ofOwnImages(c *framework.Cycle, n framework.Node) int64 {
	score := int64(len(n.Taints()))
	for _, held := range n.Images() {
		for i := range c.Spec.Containers {
			if c.Spec.Containers[i].Image == held.Name {
				score += int64(c.View.NodesWithImage(held.Name) % 20)
			}
		}
	}
	return score
}

func ofCrowd(c *framework.Cycle, n framework.Node) int64 {
	return c.View.Totals().Created%3 + int64(n.ID()%2)
}

const (
	facts  = framework.ReadsNodeFacts
	load   = framework.ReadsNodeLoad
	labels = framework.ReadsLabels
)

// toys are plugins of every kind that an engine may meet.
func toys() []framework.Plugin {
	return []framework.Plugin{
		&picky{toy{"PickyName", facts, func(c *framework.Cycle, n framework.Node) int64 { return int64(n.Spec().Name % 11) }}},
		&picky{toy{"PickyPods", load, func(_ *framework.Cycle, n framework.Node) int64 { return int64((len(n.Pods()) + 1) % 6) }}},
		&picky{toy{"PickyLabels", facts | labels, ofLabels}},
		&picky{toy{"PickyImages", framework.ReadsImages, ofImages}},
		&picky{toy{"PickyCrowd", framework.ReadsCluster, ofCrowd}},
		&fond{toy{"FondPods", load, ofPods}},
		&fond{toy{"FondLabels", labels, ofLabels}},
		&fond{toy{"FondImages", load | framework.ReadsImages, ofImages}},
		&fond{toy{"FondOwnImages", facts | framework.ReadsImages, ofOwnImages}},
		&fond{toy{"FondCrowd", framework.ReadsDomains, ofCrowd}},
		&fond{toy{"FondTooMuch", load, func(_ *framework.Cycle, n framework.Node) int64 { return int64(len(n.Pods()) * 40) }}},
		&fonder{fond{toy{"FonderName", facts, ofName}}},
		&fonder{fond{toy{"FonderTaints", facts, ofTaints}}},
		&fonder{fond{toy{"FonderPods", load, ofPods}}},
		&fonder{fond{toy{"FonderImages", framework.ReadsImages, ofImages}}},
		newLayered(true),
	}
}

// variety adds some toys to a profile, in any order, and gives plugins other
// weights and places. The same seed makes the same of it.
func (h *history) variety(config *engine.Config, seed uint64) {
	draw := newHistoryRand(seed)
	for _, p := range toys() {
		if draw.IntN(4) == 0 {
			config.Plugins = append(config.Plugins, engine.Weighted{Plugin: p, Weight: int64(1 + draw.IntN(3))})
		}
	}
	draw.Shuffle(len(config.Plugins), func(i, j int) {
		config.Plugins[i], config.Plugins[j] = config.Plugins[j], config.Plugins[i]
	})
	for i := range config.Plugins {
		switch p := &config.Plugins[i]; draw.IntN(12) {
		case 0:
			p.Off = framework.Scoring
		case 1:
			p.Off = framework.Filtering
		case 2:
			p.Weight = int64(draw.IntN(100))
		case 3:
			if draw.IntN(10) == 0 {
				p.Weight = 1 << 40
			}
		}
	}
	for _, point := range []framework.Point{framework.AtFilter, framework.AtScore, framework.AtPreFilter, framework.AtPreScore} {
		for _, i := range draw.Perm(len(config.Plugins))[:3] {
			config.Order[point] = append(config.Order[point], int32(i))
		}
	}
}

// drawn is a way to draw that depends on the pod alone.
func drawn(pod cluster.Pod, n int) int { return int(pod.ID()) * 7 % n }
