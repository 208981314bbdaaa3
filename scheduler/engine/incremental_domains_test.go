package engine_test

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
)

// local is a policy of domains: a number for some of them, another one whenever
// something has changed.
type local struct {
	fonder
	keys  []models.Sym
	rules []framework.DomainRule
	sums  []framework.ByDomain
}

func newLocal(d *models.Dictionary) *local {
	p := &local{fonder: fonder{fond{toy{name: "Local", reads: facts | framework.ReadsDomains}}}}
	for _, key := range []string{models.LabelHostname, models.LabelZone, "disk", "rank", "absent"} {
		p.keys = append(p.keys, d.Sym(key))
	}
	return p
}

func mix(numbers ...int64) uint64 {
	h := uint64(1)
	for _, n := range numbers {
		h = (h ^ uint64(n)) * 0x9e3779b97f4a7c15
		h ^= h >> 31
	}
	return h
}

// numbers gives one domain in so many a number from -2 to 2.
func (p *local) numbers(c *framework.Cycle, key models.Sym, salt, share int64) framework.ByDomain {
	b := framework.ByDomain{Domains: c.Counts.Domains(key)}
	b.Values = make([]int64, len(b.Domains.Values)+1)
	for i, value := range b.Domains.Values {
		if h := mix(int64(c.View.Changes()), int64(key), int64(value), salt); h%uint64(share) == 0 {
			b.Values[i+1] = int64(h>>40%5) - 2
			b.Nonzero = append(b.Nonzero, int32(i+1), int32(i+1))
		}
	}
	return b
}

func (p *local) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	p.rules, p.sums = p.rules[:0], p.sums[:0]
	for i, key := range p.keys {
		drawn := mix(int64(c.View.Changes()), int64(i))
		share := int64([]uint64{1, 3, 40}[drawn>>8%3])
		if drawn%4 == 0 {
			p.rules = append(p.rules, framework.DomainRule{ByDomain: p.numbers(c, key, 1, share), Rejects: framework.RejectsDomains(drawn >> 16 % 3)})
		}
		if drawn>>24%2 == 0 {
			p.sums = append(p.sums, p.numbers(c, key, 2, share))
		}
	}
	return nil, false, nil
}

var elsewhere = framework.NewStatus(framework.Unschedulable, "node(s) were elsewhere")

func (p *local) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	for i := range p.rules {
		domain := p.rules[i].ByNode[n.ID()]
		number := p.rules[i].Values[domain+1]
		if [...]bool{number > 0, number <= 0, domain < 0}[p.rules[i].Rejects] {
			return elsewhere
		}
	}
	return nil
}

func (p *local) Score(_ *framework.Cycle, n framework.Node) int64 {
	var sum int64
	for i := range p.sums {
		sum += p.sums[i].Values[p.sums[i].ByNode[n.ID()]+1]
	}
	return sum
}

// byDomain is a local that tells the engine of its domains.
type byDomain struct{ *local }

func (p byDomain) FilterDomains(_ *framework.Cycle, dst []framework.DomainRule) []framework.DomainRule {
	return append(dst, p.rules...)
}

func (p byDomain) ScoreDomains(_ *framework.Cycle, dst []framework.ByDomain) []framework.ByDomain {
	return append(dst, p.sums...)
}

// TestDomainsAreAnsweredAsTheirNodes has keys with few domains and with many, and
// searches that end early and begin anywhere.
func TestDomainsAreAnsweredAsTheirNodes(t *testing.T) {
	for seed := range 12 {
		h := newHistory(t, uint64(seed), []int{20, 70, 400}[seed%3])
		config := func(p framework.Plugin) engine.Config {
			c := h.config([]int{100, 100, 100, 30}[seed%4], engine.Ties(seed%3))
			c.Plugins = []engine.Weighted{
				{Plugin: p, Weight: 3},
				{Plugin: &fond{toy{"Even", load, func(_ *framework.Cycle, n framework.Node) int64 { return 90 - int64(min(len(n.Pods()), 90)) }}}, Weight: 1},
				{Plugin: &fonder{fond{toy{"FondOfTaints", facts, ofTaints}}}, Weight: 1},
			}
			return c
		}
		w := &twins{h, engine.NewScan(config(newLocal(h.d)), new(engine.Nodes)), engine.NewIncremental(config(byDomain{newLocal(h.d)}), new(engine.Nodes))}
		for range 150 {
			w.arrive()
			id := w.pending[len(w.pending)-1]
			if result := w.decide(id); result.Node != models.None {
				w.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: result.Node})
			}
			w.pending = w.pending[:0]
			if w.one(30) {
				w.join()
			}
		}
	}
}
