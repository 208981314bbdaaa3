package engine

import (
	"slices"

	"github.com/podsim/podsim/scheduler/framework"
)

// explanation is who rejected each node, by place, as the number of a verdict.
type explanation struct {
	by       []int32
	verdicts []verdict // verdict 0 is to fit
	nodes    []int     // by verdict
}

// explain lists who rejected each node that was looked at, in the order of the
// search. All that is kept about these is up to date.
func (e *Incremental) explain(c *class) {
	x, d := &e.explanation, &e.diagnosis
	x.verdicts = append(x.verdicts[:0], c.verdicts...)
	x.by = slices.Grow(x.by[:0], c.nodes)[:c.nodes]
	for at := range c.places {
		x.by[at] = x.first(&c.places[at])
	}
	e.askLate()
	x.nodes = zeroed(x.nodes, len(x.verdicts))
	d.Rejected, d.answers = slices.Grow(d.Rejected[:0], e.looked+1), d.answers[:0]
	for _, part := range e.parts() {
		e.explainPart(part[0], part[1])
	}
	for number, nodes := range x.nodes {
		if by := &x.verdicts[number]; number > 0 && nodes > 0 {
			d.answers = append(d.answers, answer{by.plugin, by.status, nodes})
		}
	}
}

// explainPart lists who rejected the places in [from, to). Who does is hard to
// foresee: no branch depends on it.
func (e *Incremental) explainPart(from, to int) {
	x, d := &e.explanation, &e.diagnosis
	rejected := d.Rejected
	for place := from; place < to; place++ {
		if e.nominees.has(place) {
			if r, ok := e.fits(e.nodes.list[place]); !ok {
				rejected = append(rejected, r)
				d.answers = append(d.answers, answer{r.Plugin, r.Status, 1})
			}
			continue
		}
		number := x.by[place]
		by, n := &x.verdicts[number], len(rejected)
		x.nodes[number]++
		rejected = append(rejected, Rejection{e.nodes.list[place], by.plugin, by.status})
		rejected = rejected[:n+int(min(number, 1))]
	}
	d.Rejected = rejected
}

// parts returns the ranges of places that were looked at, in the order of the search.
func (e *Incremental) parts() [2][2]int {
	n := len(e.nodes.list)
	end := e.start + e.looked
	return [2][2]int{{e.start, min(end, n)}, {0, max(end-n, 0)}}
}

// first returns the verdict of the first filter that rejects a place, as far as kept.
func (x *explanation) first(p *place) int32 {
	if x.verdicts[p.load].order < x.verdicts[p.facts].order {
		return int32(p.load)
	}
	return int32(p.facts)
}

// askLate asks the filters that are asked in every cycle about the nodes that they
// come to before any kept filter rejects.
func (e *Incremental) askLate() {
	x, b := &e.explanation, &e.chunk
	for i := range e.roledFilters {
		f := &e.roledFilters[i]
		if f.role != ofCycle || e.skipped&(1<<f.plugin) != 0 {
			continue
		}
		b.reset()
		for _, part := range e.parts() {
			for place := part[0]; place < part[1]; place++ {
				if x.verdicts[x.by[place]].order > f.order {
					b.places, b.nodes = append(b.places, int32(place)), append(b.nodes, e.nodes.list[place])
				}
			}
		}
		out := b.status()
		f.ask(&e.cycle, b.nodes, out)
		var last *framework.Status
		for k, status := range out {
			if !status.Rejected() {
				continue
			}
			if status != last {
				last = status
				x.verdicts = append(x.verdicts, verdict{f.order, f.plugin, status})
			}
			x.by[b.places[k]] = int32(len(x.verdicts) - 1)
		}
	}
}
