package engine

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

const (
	// fewDomains is up to how many domains of a key are kept as sets of places.
	fewDomains = 32
	// maxQuarters is how many quarters a crossing may have.
	maxQuarters = 1 << 8
	// maxCrossed is how many keys are crossed: a number holds no more domains.
	maxCrossed = 12
	// maxTopologies is how many are kept.
	maxTopologies = 32
	// crossingBytes is about what crossings may take in all, if they are as large as
	// can be.
	crossingBytes              = 16 << 20
	minCrossings, maxCrossings = 4, 64
)

// words is a set of places, a bit each.
type words []uint64

func (w words) has(place int32) bool { return w[place>>blockBits]&(1<<(place&(blockSize-1))) != 0 }

func (w words) add(place int32) { w[place>>blockBits] |= 1 << (place & (blockSize - 1)) }

func (w words) remove(place int32) { w[place>>blockBits] &^= 1 << (place & (blockSize - 1)) }

// emptied returns w with room for n places and none in it.
func (w words) emptied(n int) words {
	return zeroed(w, blocks(n))
}

// topology tells which places are in the domains of a key.
type topology struct {
	of     *framework.Domains
	number int // among those known
	// Those of domain d are places[starts[d+1]:starts[d+2]], with d = -1 for those
	// that lack the key.
	starts, places []int32
	sets           []words // by domain + 1; none if there are many
}

// crossing divides places by their domains of some keys at once.
type crossing struct {
	of       []*framework.Domains
	quarter  []uint8   // by place
	domains  [][]int32 // by quarter: the domain + 1 of each key
	sets     []words   // by quarter
	possible bool      // there are no more quarters than can be told apart
}

// topologies keep what follows from the labels of nodes and their places.
type topologies struct {
	set       uint64
	known     []*topology
	crossings []*crossing
}

func (ts *topologies) at(nodes *Nodes) {
	if ts.set != nodes.set || len(ts.known) > maxTopologies {
		ts.set, ts.known, ts.crossings = nodes.set, nil, nil
	}
}

// topology returns where the domains are. They are told apart by their address:
// whenever a node goes to another domain, there are new ones.
func (ts *topologies) topology(nodes *Nodes, of *framework.Domains) *topology {
	for _, t := range ts.known {
		if t.of == of {
			return t
		}
	}
	t := &topology{of: of, number: len(ts.known)}
	t.starts, t.places = make([]int32, len(of.Values)+2), make([]int32, len(nodes.list))
	for _, id := range nodes.list {
		t.starts[of.ByNode[id]+2]++
	}
	for i := 1; i < len(t.starts); i++ {
		t.starts[i] += t.starts[i-1]
	}
	next := slices.Clone(t.starts)
	for place, id := range nodes.list {
		at := of.ByNode[id] + 1
		t.places[next[at]] = int32(place)
		next[at]++
	}
	if len(of.Values) <= fewDomains {
		t.sets = make([]words, len(of.Values)+1)
		for at := range t.sets {
			t.sets[at] = t.sets[at].emptied(len(nodes.list))
			for _, place := range t.in(int32(at)) {
				t.sets[at].add(place)
			}
		}
	}
	ts.known = append(ts.known, t)
	return t
}

// in returns the places of a domain + 1.
func (t *topology) in(at int32) []int32 { return t.places[t.starts[at]:t.starts[at+1]] }

// addTo adds the places of a domain + 1 to a set.
func (t *topology) addTo(out words, at int32) {
	if t.sets == nil {
		for _, place := range t.in(at) {
			out.add(place)
		}
		return
	}
	for i, word := range t.sets[at] {
		out[i] |= word
	}
}

// crossing returns how some keys divide the places. They come in the order of their
// numbers, so that the same keys have one crossing.
func (ts *topologies) crossing(nodes *Nodes, of []framework.ByDomain) *crossing {
	for _, x := range ts.crossings {
		if slices.EqualFunc(x.of, of, func(d *framework.Domains, b framework.ByDomain) bool { return d == b.Domains }) {
			return x
		}
	}
	x := &crossing{quarter: make([]uint8, len(nodes.list))}
	for i := range of {
		x.of = append(x.of, of[i].Domains)
	}
	x.possible = x.divide(nodes)
	limit := crossingBytes / (len(nodes.list) * (maxQuarters/8 + 1))
	if len(ts.crossings) >= min(max(limit, minCrossings), maxCrossings) {
		ts.crossings = ts.crossings[:0]
	}
	ts.crossings = append(ts.crossings, x)
	return x
}

// divide reports false if there are too many quarters.
func (x *crossing) divide(nodes *Nodes) bool {
	if len(x.of) > maxCrossed {
		return false
	}
	numbers := make(map[uint64]int)
	for place, id := range nodes.list {
		key := uint64(0)
		for _, d := range x.of {
			key = key*(fewDomains+1) + uint64(d.ByNode[id]+1)
		}
		number, known := numbers[key]
		if !known {
			if number = len(x.sets); number == maxQuarters {
				return false
			}
			numbers[key] = number
			x.sets, x.domains = append(x.sets, words(nil).emptied(len(nodes.list))), append(x.domains, x.domainsOf(id))
		}
		x.quarter[place] = uint8(number)
		x.sets[number].add(int32(place))
	}
	return true
}

func (x *crossing) domainsOf(node models.NodeID) []int32 {
	out := make([]int32, len(x.of))
	for i, d := range x.of {
		out[i] = d.ByNode[node] + 1
	}
	return out
}

// bar finds the places that filters reject whose answers follow from domains. It
// reports whether there may be any.
func (e *Incremental) bar() bool {
	asked := false
	for i := range e.roledFilters {
		f := &e.roledFilters[i]
		if f.domains == nil || f.role != ofCycle || e.skipped&(1<<f.plugin) != 0 {
			continue
		}
		if !asked {
			asked = true
			e.topologies.at(e.nodes)
			e.barred = e.barred.emptied(len(e.nodes.list))
		}
		e.rules = f.domains.FilterDomains(&e.cycle, e.rules[:0])
		for k := range e.rules {
			e.barBy(&e.rules[k])
		}
	}
	return asked
}

func (e *Incremental) barBy(rule *framework.DomainRule) {
	t := e.topologies.topology(e.nodes, rule.Domains)
	switch rule.Rejects {
	case framework.WithoutKey:
		t.addTo(e.barred, 0)
	case framework.WithPositive:
		for _, at := range rule.Nonzero {
			if rule.Values[at] > 0 {
				t.addTo(e.barred, at)
			}
		}
	case framework.WithoutPositive:
		e.scratch = e.scratch.emptied(len(e.nodes.list))
		for _, at := range rule.Nonzero {
			if rule.Values[at] > 0 {
				t.addTo(e.scratch, at)
			}
		}
		for i, word := range e.scratch {
			e.barred[i] |= ^word
		}
	}
}
