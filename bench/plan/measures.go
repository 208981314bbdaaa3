package plan

import (
	"slices"

	"github.com/podsim/podsim/bench/bounds"
)

// measure is what a node of each kind is taken to be worth.
type measure []float64

// setsMost bounds the sets of kinds that are measured by themselves.
const setsMost = 8

// measures are by price, by number, and by amounts of resources that are asked for:
// of all kinds, and of those alone that some pods cannot do without.
func measures(p *bounds.Packing, kinds []*kind) []measure {
	var list []measure
	add := func(worth func(i int) float64) {
		var m measure
		for i := range kinds {
			m = append(m, worth(i))
		}
		list = append(list, m)
	}
	amounts := shares(p)
	for _, set := range sets(p, len(kinds)) {
		within := func(i int, worth float64) float64 {
			if !slices.Contains(set, i) {
				return 0
			}
			return worth
		}
		bought := func(i int, worth float64) float64 {
			if kinds[i].axis == fixed {
				return 0
			}
			return within(i, worth)
		}
		add(func(i int) float64 { return bought(i, kinds[i].price) })
		add(func(i int) float64 { return bought(i, 1) })
		for r, share := range amounts {
			if share == nil {
				continue
			}
			add(func(i int) float64 { return within(i, share[i]) })
			for _, other := range amounts[:r] {
				if other != nil && len(set) == len(kinds) {
					add(func(i int) float64 { return share[i] + other[i] })
				}
			}
		}
	}
	return list
}

// shares are how much each kind has of each resource that is asked for, as a share of
// the most that one has; nil for resources that nobody asks for.
func shares(p *bounds.Packing) [][]float64 {
	list := make([][]float64, len(p.Resources))
	for r := range p.Resources {
		if !slices.ContainsFunc(p.Demands, func(d bounds.Demand) bool { return d.Requests[r] > 0 }) {
			continue
		}
		most := int64(1)
		for i := range p.Shapes {
			most = max(most, p.Shapes[i].Allocatable[r])
		}
		for i := range p.Shapes {
			list[r] = append(list[r], float64(p.Shapes[i].Allocatable[r])/float64(most))
		}
	}
	return list
}

// sets are the sets of kinds that some demand is confined to, by place or by size, that
// of all first.
func sets(p *bounds.Packing, kinds int) [][]int {
	all := make([]int, kinds)
	for i := range all {
		all[i] = i
	}
	list := [][]int{all}
	for i := range p.Demands {
		d := &p.Demands[i]
		var on []int
		for _, s := range d.On {
			fits := true
			for r, want := range d.Requests {
				fits = fits && want <= p.Shapes[s].Allocatable[r]
			}
			if fits {
				on = append(on, s)
			}
		}
		if len(list) < setsMost && !slices.ContainsFunc(list, func(set []int) bool { return slices.Equal(set, on) }) {
			list = append(list, on)
		}
	}
	return list
}
