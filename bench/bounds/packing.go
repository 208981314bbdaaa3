package bounds

import (
	"fmt"
	"slices"
)

// Shape is a kind of node.
type Shape struct {
	Name string
	// Allocatable is what pods may take of one node, by resource; the number of
	// pods is a resource like any other.
	Allocatable []int64
	// Price of a node for one hour.
	Price float64
	// Count is how many nodes there are at most.
	Count float64
}

// Demand is a number of equal pods.
type Demand struct {
	Name string
	// Requests of one pod, in the order of Shape.Allocatable.
	Requests []int64
	// Copies is how many pods there are; a number of pod-hours if the packing is
	// about a stretch of time, during which Shape.Count is a number of node-hours.
	Copies float64
	// On are the indexes of the shapes that the pods may go to, for all reasons but
	// their size.
	On []int
}

// Packing asks for nodes on which all demands run at once.
type Packing struct {
	Resources []string // their names
	Shapes    []Shape
	Demands   []Demand
}

// Bound is what every packing needs at least.
type Bound struct {
	// Nodes is a number of nodes, not rounded up.
	Nodes float64
	// Cost is for one hour.
	Cost float64
	// NodesHow and CostHow name the argument that gave the bound.
	NodesHow, CostHow string
}

// InfeasibleError tells that some demand cannot be met by any packing.
type InfeasibleError struct {
	Demand string // empty if it is all of them together
	Why    string
	// Resource is one of which a single pod of the demand requests Requested, and the node
	// with most of it that it may go to has Largest; empty if that is not why.
	Resource           string
	Requested, Largest int64
}

// Error names the demand.
func (e *InfeasibleError) Error() string {
	if e.Demand == "" {
		return "the demands fit on no choice of nodes: " + e.Why
	}
	return fmt.Sprintf("demand %q fits on no choice of nodes: %s", e.Demand, e.Why)
}

// class is a demand as the inequalities see it: all demands of equal requests that
// may go to the same shapes.
type class struct {
	name     string
	requests []int64
	copies   float64
	on       []int // where one pod fits, sorted
	most     []int64
}

// classes merges equal demands, drops empty ones and reports the first demand of
// which not even one pod, or not all pods by themselves, can go anywhere.
func (p *Packing) classes() ([]class, error) {
	var all []class
	index := make(map[string]int)
	for i := range p.Demands {
		d := &p.Demands[i]
		if len(d.Requests) != len(p.Resources) {
			return nil, fmt.Errorf("demand %q has %d requests; want %d, one for each resource", d.Name, len(d.Requests), len(p.Resources))
		}
		if !(d.Copies > 0) {
			continue
		}
		c := class{name: d.Name, requests: d.Requests, copies: d.Copies}
		room := 0.0
		for _, s := range slices.Sorted(slices.Values(d.On)) {
			if most := p.Shapes[s].holds(d.Requests); most > 0 && !slices.Contains(c.on, s) {
				c.on, c.most = append(c.on, s), append(c.most, most)
				room += float64(float64(most) * p.Shapes[s].Count)
			}
		}
		if len(c.on) == 0 {
			return nil, p.nowhere(d)
		}
		if room < d.Copies {
			return nil, &InfeasibleError{Demand: d.Name, Why: fmt.Sprintf("all nodes together have room for %g of %g", room, d.Copies)}
		}
		key := fmt.Sprint(c.on, c.requests)
		if j, known := index[key]; known {
			all[j].copies += c.copies
			continue
		}
		index[key] = len(all)
		all = append(all, c)
	}
	return all, nil
}

// nowhere says why no shape takes one pod of a demand.
func (p *Packing) nowhere(d *Demand) *InfeasibleError {
	e := &InfeasibleError{Demand: d.Name, Why: "no one node that it may go to has enough of every resource"}
	if len(d.On) == 0 {
		e.Why = "it may go to none of the shapes"
		return e
	}
	for r, want := range d.Requests {
		most := int64(0)
		for _, s := range d.On {
			most = max(most, p.Shapes[s].Allocatable[r])
		}
		if want > most {
			e.Why = fmt.Sprintf("one pod requests %d of %s and the largest node that it may go to has %d", want, p.Resources[r], most)
			e.Resource, e.Requested, e.Largest = p.Resources[r], want, most
			return e
		}
	}
	return e
}

// holds returns how many equal pods fit on a node that is empty.
func (s *Shape) holds(requests []int64) int64 {
	const unbounded = 1 << 40
	most := int64(unbounded)
	if !(s.Count > 0) {
		return 0
	}
	for r, want := range requests {
		if want > 0 {
			most = min(most, max(s.Allocatable[r], 0)/want)
		}
	}
	return most
}

// check reports what is wrong with the packing itself.
func (p *Packing) check() error {
	for _, s := range p.Shapes {
		switch {
		case len(s.Allocatable) != len(p.Resources):
			return fmt.Errorf("shape %q has %d amounts; want %d, one for each resource", s.Name, len(s.Allocatable), len(p.Resources))
		case !(s.Price >= 0) || s.Price > maxPrice:
			return fmt.Errorf("shape %q: the price is %g; want 0 to %g", s.Name, s.Price, maxPrice)
		case !(s.Count >= 0):
			return fmt.Errorf("shape %q: the count is %g; want 0 or more", s.Name, s.Count)
		}
	}
	for i := range p.Demands {
		d := &p.Demands[i]
		for _, s := range d.On {
			if s < 0 || s >= len(p.Shapes) {
				return fmt.Errorf("demand %q may go to shape %d; there are %d", d.Name, s, len(p.Shapes))
			}
		}
		if slices.ContainsFunc(d.Requests, func(r int64) bool { return r < 0 }) {
			return fmt.Errorf("demand %q has a negative request", d.Name)
		}
		if d.Copies > maxCopies {
			return fmt.Errorf("demand %q has %g copies; want at most %g", d.Name, d.Copies, maxCopies)
		}
	}
	return nil
}

const (
	maxPrice  = 1e12
	maxCopies = 1e15
)
