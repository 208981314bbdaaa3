package page

import (
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/playback"
)

// charts are those over time.
func charts(p *playback.Recording) []Chart {
	by := paceOf(p)
	out := []Chart{
		utilisation(p),
		{ID: "pending", Title: "Pods without a node", Unit: "pods", Help: "Pods that wait to be scheduled, and those of them for which an attempt found no node: at most, between one sample and the next.",
			Series: []Series{
				{"pending", numbers(p, func(g *playback.Gauges) int64 { return g.MostPending })},
				{"no node found", numbers(p, func(g *playback.Gauges) int64 { return g.MostRefused })},
			}},
		{ID: "pods", Title: "Pods on nodes", Unit: "pods", Help: "By how far they have come, as their objects tell.",
			Series: []Series{
				{"ready", numbers(p, func(g *playback.Gauges) int64 { return g.Pods[playback.Ready] })},
				{"running, not ready", numbers(p, func(g *playback.Gauges) int64 { return g.Pods[playback.Running] })},
				{"starting", numbers(p, func(g *playback.Gauges) int64 { return g.Pods[playback.Starting] })},
				{"terminating", numbers(p, func(g *playback.Gauges) int64 { return g.Pods[playback.Terminating] })},
			}},
		{ID: "flow", Title: "Pods that come and go", Unit: "pods per " + by.name, Help: "Between one sample and the next.",
			Series: some(
				Series{"created", by.rate(p, func(g *playback.Gauges) int64 { return g.Created })},
				Series{"bound", by.rate(p, func(g *playback.Gauges) int64 { return g.Bound })},
				Series{"succeeded", by.rate(p, func(g *playback.Gauges) int64 { return g.Ended })},
			)},
		{ID: "trouble", Title: "Evictions, failures, restarts", Unit: "per " + by.name, Help: "Pods that had to leave their nodes, pods that failed, and containers that started again, between one sample and the next.",
			Series: some(
				Series{"evicted", by.rate(p, func(g *playback.Gauges) int64 { return g.Evicted })},
				Series{"failed", by.rate(p, func(g *playback.Gauges) int64 { return g.Broken })},
				Series{"restarts", by.rate(p, func(g *playback.Gauges) int64 { return g.Restarts })},
			)},
		{ID: "nodes", Title: "Nodes", Unit: "nodes", Help: "Ready as the control plane has it; down is the truth, which it learns late.",
			Series: append([]Series{{"ready", numbers(p, func(g *playback.Gauges) int64 { return g.NodesReady })}}, some(
				Series{"down", numbers(p, func(g *playback.Gauges) int64 { return g.NodesDown })},
				Series{"cordoned", numbers(p, func(g *playback.Gauges) int64 { return g.NodesClosed })},
			)...)},
	}
	if len(p.Zones) > 1 {
		out = slices.Insert(out, 1, zones(p))
	}
	return slices.DeleteFunc(out, func(c Chart) bool { return len(c.Series) == 0 })
}

// numbers returns a number of every sample.
func numbers(p *playback.Recording, of func(*playback.Gauges) int64) Values {
	out := make(Values, len(p.Gauges))
	for i := range p.Gauges {
		out[i] = float64(of(&p.Gauges[i]))
	}
	return out
}

// some leaves out series in which there is nothing.
func some(list ...Series) []Series {
	return slices.DeleteFunc(list, func(s Series) bool {
		return !slices.ContainsFunc(s.Values, func(x float64) bool { return x > 0 })
	})
}

// shareOf is a share of a whole; no number if there is none.
func shareOf(part, whole int64) float64 {
	if whole <= 0 {
		return math.NaN()
	}
	return float64(part) / float64(whole)
}

func utilisation(p *playback.Recording) Chart {
	c := Chart{ID: "utilisation", Title: "Utilisation", Unit: "share", Help: "What pods request of what Ready nodes can allocate."}
	for i, name := range p.Resources {
		resource := models.Resource(i)
		if !isUsed(p, resource) || resource == models.Pods || resource == models.EphemeralStorage {
			continue
		}
		values := make(Values, len(p.Gauges))
		for j := range p.Gauges {
			values[j] = shareOf(p.Gauges[j].Requested[i], p.Gauges[j].Allocatable[i])
		}
		c.Series = append(c.Series, Series{resourceName(name), values})
	}
	return c
}

func zones(p *playback.Recording) Chart {
	c := Chart{ID: "zones", Title: "CPU by zone", Unit: "share", Help: "What pods request of what the Ready nodes of each zone can allocate."}
	order := make([]int, len(p.Zones))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(p.Zones[a], p.Zones[b]) })
	for _, zone := range order {
		values := make(Values, len(p.Gauges))
		for j := range p.Gauges {
			load := &p.Gauges[j].Zones[zone]
			values[j] = shareOf(load.Requested, load.Allocatable)
		}
		c.Series = append(c.Series, Series{reports.Visible(p.Zones[zone]), values})
	}
	return c
}
