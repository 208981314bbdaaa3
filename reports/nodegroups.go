package reports

import (
	"cmp"
	"slices"
	"strings"
)

// NodeGroup sums up the nodes of one group and zone. Means weigh nodes by their size.
type NodeGroup struct {
	Group, Zone            string
	Nodes, Pods, Crashes   int64
	Down                   int64 // at the end
	DownTime               Seconds
	CPU, Memory            int64 // allocatable
	CPUMean, CPUPeak       float64
	MemoryMean, MemoryPeak float64
}

// GroupNodes sums up nodes by group and zone, in the order of their names.
func GroupNodes(nodes []NodeSummary) []NodeGroup {
	var groups []NodeGroup
	index := make(map[[2]string]int)
	for i := range nodes {
		n := &nodes[i]
		key := [2]string{n.Group, n.Zone}
		at, ok := index[key]
		if !ok {
			at = len(groups)
			index[key] = at
			groups = append(groups, NodeGroup{Group: n.Group, Zone: n.Zone})
		}
		g := &groups[at]
		g.Nodes++
		g.Crashes += int64(n.Crashes)
		g.Pods += n.Pods
		if n.Down {
			g.Down++
		}
		g.DownTime += n.DownTime
		g.CPU += n.CPU
		g.Memory += n.Memory
		g.CPUMean += float64(n.CPUMean * float64(n.CPU))
		g.MemoryMean += float64(n.MemoryMean * float64(n.Memory))
		g.CPUPeak, g.MemoryPeak = max(g.CPUPeak, n.CPUPeak), max(g.MemoryPeak, n.MemoryPeak)
	}
	for i := range groups {
		g := &groups[i]
		g.CPUMean, g.MemoryMean = ratio(g.CPUMean, g.CPU), ratio(g.MemoryMean, g.Memory)
	}
	slices.SortFunc(groups, func(a, b NodeGroup) int {
		return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.Zone, b.Zone))
	})
	return groups
}

func ratio(part float64, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return part / float64(whole)
}
