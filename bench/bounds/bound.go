package bounds

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Continuous returns what the packing needs at least if parts of pods and nodes
// count as parts, as they do over a stretch of time. The error is an
// *InfeasibleError or tells what is wrong with the packing.
func (p *Packing) Continuous() (Bound, error) {
	parts, err := p.parts()
	if err != nil {
		return Bound{}, err
	}
	var total Bound
	var nodesHow, costHow []string
	for i := range parts {
		b := parts[i].bound()
		total.Nodes += b.Nodes
		total.Cost += b.Cost
		nodesHow, costHow = append(nodesHow, b.NodesHow), append(costHow, b.CostHow)
	}
	total.NodesHow, total.CostHow = joinHow(nodesHow), joinHow(costHow)
	return total, nil
}

// Whole returns what the packing needs at least if pods and nodes are whole. The
// error is as that of Continuous.
func (p *Packing) Whole() (nodes int64, cost float64, err error) {
	parts, err := p.parts()
	if err != nil {
		return 0, 0, err
	}
	for i := range parts {
		x := &parts[i]
		b := x.bound()
		least := math.Max(1, math.Ceil(b.Nodes))
		cheapest, enough := x.cheapest(least)
		if !enough {
			return 0, 0, &InfeasibleError{Why: fmt.Sprintf("at least %.0f nodes are needed for %s and others, by %s; there are fewer",
				least, x.classes[0].name, b.NodesHow)}
		}
		nodes += int64(least)
		cost += x.grained(max(b.Cost, cheapest))
	}
	return nodes, cost, nil
}

func joinHow(hows []string) string {
	hows = slices.DeleteFunc(hows, func(how string) bool { return how == "" })
	slices.Sort(hows)
	return strings.Join(slices.Compact(hows), ", ")
}

// bound takes the best of the simple bounds and the LP relaxation.
func (x *relaxation) bound() Bound {
	ones, prices := make([]float64, len(x.shapes)), make([]float64, len(x.shapes))
	priced := false
	for s := range x.shapes {
		ones[s], prices[s] = 1, x.shapes[s].Price
		priced = priced || prices[s] > 0
	}
	var b Bound
	b.Nodes, b.NodesHow = x.best(ones)
	if priced {
		b.Cost, b.CostHow = x.best(prices)
	}
	return b
}

func (x *relaxation) best(prices []float64) (float64, string) {
	value, how := x.simple(prices)
	if w, err := x.relax(prices); err == nil {
		if v := x.value(w, prices); v > value {
			value, how = v, "LP relaxation"
		}
	}
	return value, how
}

// cheapest is the price of so many nodes of the cheapest shapes, and whether there
// are as many.
func (x *relaxation) cheapest(nodes float64) (cost float64, enough bool) {
	byPrice := slices.Clone(x.shapes)
	slices.SortStableFunc(byPrice, func(a, b Shape) int { return cmp.Compare(a.Price, b.Price) })
	for _, s := range byPrice {
		taken := min(nodes, s.Count)
		cost += float64(taken * s.Price)
		nodes -= taken
	}
	return cost * (1 - tolerance), nodes <= 0
}

// grained raises a cost to what whole nodes can cost: all prices are multiples of
// one, if they are decimal numbers of few digits.
func (x *relaxation) grained(cost float64) float64 {
	const unit = 1e6
	grain := int64(0)
	for _, s := range x.shapes {
		units := math.Round(s.Price * unit)
		if units > 1<<50 || math.Abs(units-s.Price*unit) > 1e-6 {
			return cost
		}
		grain = divisor(grain, int64(units))
	}
	if grain == 0 {
		return cost
	}
	step := float64(grain)
	multiple := math.Ceil(float64(cost*unit)/step*(1-tolerance) - 1e-6)
	return max(cost, float64(multiple*step)/unit*(1-tolerance))
}

// divisor is the greatest common one.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// parts splits the packing where no demand may go to shapes of both parts, so that
// each part is rounded up by itself, and derives the inequalities of each.
func (p *Packing) parts() ([]relaxation, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	all, err := p.classes()
	if err != nil {
		return nil, err
	}
	root := make([]int, len(p.Shapes))
	for s := range root {
		root[s] = s
	}
	find := func(s int) int {
		for root[s] != s {
			s = root[s]
		}
		return s
	}
	for c := range all {
		for _, s := range all[c].on[1:] {
			a, b := find(all[c].on[0]), find(s)
			root[max(a, b)] = min(a, b)
		}
	}
	var parts []relaxation
	for s := range p.Shapes {
		if root[s] != s {
			continue
		}
		if x := p.part(all, s, find); len(x.classes) > 0 {
			parts = append(parts, x)
		}
	}
	return parts, nil
}

// part gathers the classes and shapes that are joined to shape of.
func (p *Packing) part(all []class, of int, find func(int) int) relaxation {
	var x relaxation
	number := make(map[int]int)
	for s := range p.Shapes {
		if find(s) == of {
			number[s] = len(x.shapes)
			x.shapes = append(x.shapes, p.Shapes[s])
		}
	}
	for c := range all {
		if find(all[c].on[0]) != of {
			continue
		}
		one := all[c]
		one.on = slices.Clone(one.on)
		for i, s := range one.on {
			one.on[i] = number[s]
		}
		x.classes = append(x.classes, one)
	}
	e := effortFor(len(x.classes), len(x.shapes), len(p.Resources))
	for s := range x.shapes {
		x.families = append(x.families, inequalities(&x.shapes[s], p.Resources, x.classes, s, e))
	}
	return x
}
