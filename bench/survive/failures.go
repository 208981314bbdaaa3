package survive

import (
	"iter"
	"slices"

	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/sim/kernel"
)

// part is a node, rack or zone that can fail.
type part struct {
	capacity.Part
	nodes  []int // indexes of the layout, in order
	stands int   // for how many parts that are alike it stands, itself counted
}

// failure is one part or two that fail together.
type failure struct {
	parts  []part
	nodes  []int
	stands int
}

// partsOf lists what can fail, the largest first: zones, racks, then one node of each
// class.
func partsOf(layout []node, families []string) []part {
	var out []part
	if slices.Contains(families, capacity.FamilyZone) {
		out = append(out, named(layout, capacity.FamilyZone, func(n *node) string { return n.zone })...)
	}
	if slices.Contains(families, capacity.FamilyRack) {
		out = append(out, named(layout, capacity.FamilyRack, func(n *node) string { return n.rack })...)
	}
	if slices.Contains(families, capacity.FamilyNode) {
		for _, members := range classesOf(layout) {
			first := &layout[members[0]]
			out = append(out, part{capacity.Part{Family: capacity.FamilyNode, Name: first.name}, members[:1], len(members)})
		}
	}
	return out
}

// named gathers the nodes that share a name, in the order in which names appear.
func named(layout []node, family string, name func(*node) string) []part {
	var out []part
	at := make(map[string]int)
	for i := range layout {
		key := name(&layout[i])
		if key == "" {
			continue
		}
		if _, ok := at[key]; !ok {
			at[key] = len(out)
			out = append(out, part{Part: capacity.Part{Family: family, Name: key}, stands: 1})
		}
		out[at[key]].nodes = append(out[at[key]].nodes, i)
	}
	return out
}

// classesOf returns the nodes of each class.
func classesOf(layout []node) [][]int {
	var out [][]int
	for i := range layout {
		if layout[i].class == len(out) {
			out = append(out, nil)
		}
		out[layout[i].class] = append(out[layout[i].class], i)
	}
	return out
}

// pairs yields the double failures: two parts of which neither is within the other.
// Two nodes of one class are a pair as well.
func pairs(layout []node, parts []part) iter.Seq[failure] {
	classes := classesOf(layout)
	return func(yield func(failure) bool) {
		for i := range parts {
			a := &parts[i]
			if a.Family == capacity.FamilyNode && a.stands > 1 {
				members := classes[layout[a.nodes[0]].class]
				second := part{capacity.Part{Family: capacity.FamilyNode, Name: layout[members[1]].name}, members[1:2], a.stands}
				if !yield(failure{[]part{*a, second}, members[:2], a.stands * (a.stands - 1) / 2}) {
					return
				}
			}
			for j := i + 1; j < len(parts); j++ {
				b := &parts[j]
				if within(a, b) || within(b, a) {
					continue
				}
				nodes := slices.Concat(a.nodes, b.nodes)
				slices.Sort(nodes)
				if !yield(failure{[]part{*a, *b}, slices.Compact(nodes), a.stands * b.stands}) {
					return
				}
			}
		}
	}
}

// within tells whether the failure of b takes a with it. Nodes that are alike are in
// the same racks and zones.
func within(a, b *part) bool {
	if len(a.nodes) > len(b.nodes) {
		return false
	}
	for _, n := range a.nodes {
		if _, found := slices.BinarySearch(b.nodes, n); !found {
			return false
		}
	}
	return true
}

// The purposes of draws.
const (
	drawsPairs = "survive.pairs"
	drawsSets  = "survive.sets"
)

// drawn takes some of what a sequence yields, each as likely as any other, in its order,
// and tells how many there are.
func drawn[T any](all iter.Seq[T], most int, seed uint64) (out []T, of int) {
	for range all {
		of++
	}
	source := kernel.NewStreams(seed).At(drawsPairs, 0, 0)
	left := of
	for item := range all {
		// Selection sampling (D. E. Knuth, The Art of Computer Programming 2, §3.4.2,
		// algorithm S): an item is taken with chance wanted/left.
		if most >= of || kernel.Pick(source, left) < most-len(out) {
			out = append(out, item)
		}
		left--
	}
	return out, of
}

// drawnSet draws so many different nodes of n, in order.
func drawnSet(n, size int, ordinal, seed uint64) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	source := kernel.NewStreams(seed).At(drawsSets, uint64(size), ordinal)
	for i := range size {
		j := i + kernel.Pick(source, n-i)
		all[i], all[j] = all[j], all[i]
	}
	slices.Sort(all[:size])
	return all[:size]
}
