package fault

import (
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

// Planner knows the nodes that each fault may hit and draws its strikes.
type Planner struct {
	faults  []Fault
	domains [][]domain // by fault
	wide    [][]domain // by fault, and by domain: those that may share its cause
	streams *kernel.Streams
	names   []string
	chosen  []models.NodeID
}

// domain is a set of nodes that fails as one.
type domain struct {
	key   uint64
	nodes []models.NodeID
}

// Strike is one occurrence of a fault.
type Strike struct {
	Fault, Domain int32
	// Number counts the strikes of this fault on this domain; drawn ones have
	// the top bit set.
	Number uint32
	At     models.Time
}

const drawn = 1 << 31

// NewPlanner finds the nodes that the faults target among those of the view.
func NewPlanner(faults []Fault, v cluster.View, streams *kernel.Streams) *Planner {
	p := &Planner{faults: faults, streams: streams}
	d := v.Dictionary()
	for i := range faults {
		p.names = append(p.names, "fault/"+d.String(faults[i].Name))
		p.domains = append(p.domains, domainsOf(&faults[i], v))
		p.wide = append(p.wide, wideDomains(&faults[i], p.domains[i], v))
	}
	return p
}

// wideDomains returns, for each domain of a fault, the wider one that it is in; nothing if
// no cause is shared.
func wideDomains(f *Fault, of []domain, v cluster.View) []domain {
	if f.Shared == 0 {
		return nil
	}
	wider := *f
	wider.Scope = f.Wide
	in := make(map[models.NodeID]domain)
	for _, d := range domainsOf(&wider, v) {
		for _, id := range d.nodes {
			in[id] = d
		}
	}
	list := make([]domain, len(of))
	for i, d := range of {
		list[i] = in[d.nodes[0]]
	}
	return list
}

func domainsOf(f *Fault, v cluster.View) []domain {
	d := v.Dictionary()
	zone, rack := d.Sym(models.LabelZone), d.Sym(models.LabelRack)
	if !f.Action.OfNodes() {
		return []domain{{}}
	}
	var list []domain
	index := make(map[string]int)
	for id := range v.Nodes() {
		n := v.Node(models.NodeID(id))
		if !f.Target.Selects(n.Spec(), d) {
			continue
		}
		inZone, _ := n.Labels().Get(zone)
		var name string
		switch f.Scope {
		case PerNode:
			name = n.Name()
		case PerZone:
			name = d.String(inZone)
		case PerRack:
			inRack, _ := n.Labels().Get(rack)
			name = d.String(inZone) + "/" + d.String(inRack)
		}
		at, ok := index[name]
		if !ok {
			at = len(list)
			index[name] = at
			list = append(list, domain{key: kernel.Entity(name)})
		}
		list[at].nodes = append(list[at].nodes, n.ID())
	}
	return list
}

// Fault returns the fault of a strike.
func (p *Planner) Fault(s Strike) *Fault { return &p.faults[s.Fault] }

// First returns the strikes that are known at the start: every fixed one, and the
// first drawn one of every domain.
func (p *Planner) First() []Strike {
	var strikes []Strike
	for f := range p.faults {
		for d := range p.domains[f] {
			for k, at := range p.faults[f].At {
				strikes = append(strikes, Strike{int32(f), int32(d), uint32(k), at})
			}
			if s, ok := p.draw(int32(f), int32(d), drawn, p.faults[f].From); ok {
				strikes = append(strikes, s)
			}
		}
	}
	return strikes
}

// Strikes returns those of a fault at a moment, one for each of its domains.
func (p *Planner) Strikes(f int, at models.Time) []Strike {
	var strikes []Strike
	for d := range p.domains[f] {
		strikes = append(strikes, Strike{int32(f), int32(d), 0, at})
	}
	return strikes
}

// Next returns the strike that follows a drawn one which ended at end.
func (p *Planner) Next(s Strike, end models.Time) (Strike, bool) {
	if s.Number&drawn == 0 || end == models.Never {
		return Strike{}, false
	}
	return p.draw(s.Fault, s.Domain, s.Number+1, end)
}

func (p *Planner) draw(f, d int32, number uint32, from models.Time) (Strike, bool) {
	fault := &p.faults[f]
	if fault.Between == nil {
		return Strike{}, false
	}
	wait := kernel.Duration(fault.Between, p.streams.At(p.names[f]+"/between", p.domains[f][d].key, uint64(number)))
	at := from.Add(wait)
	return Strike{f, d, number, at}, at < fault.Until
}

// End returns when a strike is over, or Never.
func (p *Planner) End(s Strike) models.Time {
	fault := &p.faults[s.Fault]
	if s.Number&drawn == 0 && int(s.Number) < len(fault.Lasts) {
		return s.At.Add(fault.Lasts[s.Number])
	}
	if fault.Duration == nil {
		return models.Never
	}
	src := p.streams.At(p.names[s.Fault]+"/duration", p.domains[s.Fault][s.Domain].key, uint64(s.Number))
	return s.At.Add(kernel.Duration(fault.Duration, src))
}

// Nodes returns the nodes that a strike hits, in order of id. The list is good
// until the next call.
func (p *Planner) Nodes(s Strike) []models.NodeID {
	target := &p.faults[s.Fault].Target
	domain := &p.domains[s.Fault][s.Domain]
	if chance := p.faults[s.Fault].Shared; chance > 0 && kernel.Chance(p.streams.At(p.names[s.Fault]+"/shared", domain.key, uint64(s.Number)), chance) {
		domain = &p.wide[s.Fault][s.Domain]
	}
	take := len(domain.nodes)
	if target.Count > 0 {
		take = min(take, target.Count)
	}
	if target.Fraction > 0 {
		take = min(take, int(math.Ceil(float64(target.Fraction*float64(len(domain.nodes))))))
	}
	p.chosen = append(p.chosen[:0], domain.nodes...)
	if take == len(p.chosen) {
		return p.chosen
	}
	src := p.streams.At(p.names[s.Fault]+"/nodes", domain.key, uint64(s.Number))
	for i := range take {
		j := i + kernel.Pick(src, len(p.chosen)-i)
		p.chosen[i], p.chosen[j] = p.chosen[j], p.chosen[i]
	}
	p.chosen = p.chosen[:take]
	slices.Sort(p.chosen)
	return p.chosen
}
