package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/bench/bounds"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/fault"
)

// cutsOf derives from what each contingency forces onto nodes at the same time what
// every mix that meets must have, and says for which contingencies nothing is known.
func cutsOf(ctx context.Context, p *scenarios.Plan, s *space) ([]cut, []string, error) {
	largest, err := p.Load(s.counts(s.most()), 0, p.FirstSeed)
	if err != nil {
		return nil, nil, blameLoading(p, s, 0, err)
	}
	ordered, err := nested(p, s, largest)
	if err != nil {
		return nil, nil, blameLoading(p, s, 0, err)
	}
	if !ordered {
		return nil, []string{"no lower bound is known beforehand: the nodes of a smaller mix are not the first ones of a larger"}, nil
	}
	var cuts []cut
	silent := 0
	for c := range p.Contingencies {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		found, err := cutsIn(p, s, c, len(largest.Config.Faults) > 0)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			silent++
		}
		cuts = append(cuts, found...)
	}
	if silent == len(p.Contingencies) {
		return nil, []string{"no lower bound is known beforehand: the objectives force no pods onto nodes at the same time that could be told without a run"}, nil
	}
	return cuts, nil, nil
}

func blameLoading(p *scenarios.Plan, s *space, contingency int, err error) error {
	return &Failure{Counts: s.counts(s.most()), Contingency: p.Contingencies[contingency].Name, Seed: p.FirstSeed, Err: err}
}

// cutsIn derives the cuts of one contingency. Troubled tells that the undisturbed scenario
// has faults of its own.
func cutsIn(p *scenarios.Plan, s *space, contingency int, troubled bool) ([]cut, error) {
	c := &p.Contingencies[contingency]
	switch c.Family {
	case scenarios.Undisturbed, scenarios.MoreDemand:
	case scenarios.LosesZone:
		if c.For > 0 && p.Horizon != models.Never && c.At.Add(c.For) < p.Horizon || c.For > 0 && p.Horizon == models.Never {
			return nil, nil // they are back at the end
		}
	default:
		return nil, nil
	}
	if !placedAtEnd(p, contingency) {
		return nil, nil
	}
	run, err := p.Load(s.counts(s.most()), contingency, p.FirstSeed)
	if err != nil {
		return nil, blameLoading(p, s, contingency, err)
	}
	lost := lossOf(p, c, run)
	if !calm(run) || lost != nil && troubled {
		return nil, nil
	}
	kinds := kindsOf(p, s, run, lost)
	if troubled {
		lost = troubles(run)
	}
	if lost != nil && !lost.settles(kinds, troubled) {
		return nil, nil
	}
	list, known := arrivals(run, run.Config.Horizon)
	if !known {
		return nil, nil
	}
	if p.Reliability > 0 { // what is drawn by seeds may be less on most of them
		list = slices.DeleteFunc(list, func(a sim.Arrival) bool { return a.At > 0 })
	}
	f := forcedBy(list, run.Config.Horizon, lost)
	if len(f.specs) == 0 {
		return nil, nil
	}
	b := &cutter{space: s, run: run, kinds: kinds, contingency: contingency}
	return b.cuts(f), nil
}

// lossOf is what a contingency takes away; nil for nothing.
func lossOf(p *scenarios.Plan, c *scenarios.Contingency, run *scenarios.Run) *loss {
	if c.Family != scenarios.LosesZone {
		return nil
	}
	d := run.Dictionary
	l := &loss{zone: d.Sym(c.Zone), label: d.Sym(models.LabelZone), unreachable: unreachable(run), left: 1 << 62}
	if p.Horizon != models.Never {
		l.left = p.Horizon.Sub(c.At)
	}
	return l
}

// troubles is the last fault of a scenario, seen as the loss of any nodes: which pods are
// replaced before the end. Nothing is left of the time if that cannot be told.
func troubles(run *scenarios.Run) *loss {
	c := &run.Config
	l := &loss{unreachable: unreachable(run)}
	for i := range c.Faults {
		f := &c.Faults[i]
		if f.Between != nil || len(f.At) == 0 || c.Horizon == models.Never {
			return l
		}
		switch f.Action {
		case fault.Crash, fault.Silence, fault.Partition:
		default:
			return l
		}
		if left := c.Horizon.Sub(f.At[len(f.At)-1]); i == 0 || left < l.left {
			l.left = left
		}
	}
	return l
}

func unreachable(run *scenarios.Run) models.Taint {
	return models.Taint{Key: run.Dictionary.Sym(models.TaintUnreachable), Effect: models.NoExecute}
}

// settles reports whether all lost nodes are given up before the end, whatever the mix,
// and takes the time for it off what is left. Any may be lost where that is not said.
func (l *loss) settles(kinds []kind, anyOne bool) bool {
	nodes := 0
	for i := range kinds {
		if kinds[i].lost || anyOne {
			nodes += len(kinds[i].nodes)
		}
	}
	for range nodes {
		if l.left -= evictionPace; l.left <= noticed {
			return false
		}
	}
	return true
}

// cutter makes the cuts of a contingency.
type cutter struct {
	*space
	run         *scenarios.Run
	kinds       []kind
	contingency int
	why         string // what is packed
}

// cuts packs what is forced onto the nodes that are left, by many measures of nodes:
// whatever a node is taken to be worth, a mix must be worth as much as the cheapest
// packing.
func (b *cutter) cuts(f *forced) []cut {
	packing, left := b.packing(f)
	b.why = why(packing)
	var cuts []cut
	for _, m := range measures(packing, left) {
		if !slices.ContainsFunc(m, func(price float64) bool { return price > 0 }) {
			continue
		}
		for i := range packing.Shapes {
			packing.Shapes[i].Price = m[i]
		}
		_, need, err := packing.Whole()
		var impossible *bounds.InfeasibleError
		if errors.As(err, &impossible) {
			words := cmp.Or(tooLarge(impossible), impossible.Why)
			if impossible.Demand != "" {
				words = fmt.Sprintf("pods of %s: %s", reports.Visible(impossible.Demand), words)
			}
			return []cut{b.never(words)}
		}
		if err != nil {
			continue
		}
		if c, ok := b.cut(left, m, need); ok {
			cuts = append(cuts, c)
		}
	}
	return cuts
}

// tooLarge says which resource a single pod has more of than any node; empty if that is
// not why.
func tooLarge(e *bounds.InfeasibleError) string {
	if e.Resource == "" {
		return ""
	}
	want, most := float64(e.Requested), float64(e.Largest)
	if e.Resource == "cpu" {
		want, most = want/1000, most/1000
	}
	return fmt.Sprintf("one pod requests %s of %s and the largest node that it may go to has %s",
		capacity.Amounts(e.Resource, want).Text(want), e.Resource, capacity.Amounts(e.Resource, most).Text(most))
}

// why says what the packing asks for, in words.
func why(p *bounds.Packing) string {
	var amounts []string
	pods := 0.0
	for _, d := range p.Demands {
		pods += d.Copies
	}
	for r, name := range p.Resources {
		sum := 0.0
		for _, d := range p.Demands {
			sum += float64(d.Copies * float64(d.Requests[r]))
		}
		switch {
		case sum == 0 || models.Resource(r) == models.Pods:
			continue
		case models.Resource(r) == models.CPU:
			sum /= 1000
		}
		amounts = append(amounts, capacity.Amounts(name, sum).Text(sum)+" of "+name)
	}
	asks := "ask for nothing but a place"
	if n := len(amounts); n > 0 {
		asks = "request " + strings.Join(amounts[:n-1], ", ")
		if n > 1 {
			asks += " and "
		}
		asks += amounts[n-1]
	}
	return reports.PluralOf(int(pods), "pod has", "pods have") + " to run at the same time, on the nodes that are there then; together they " + asks +
		" (linear relaxation of packing them, and whole numbers of nodes)"
}

// packing asks for nodes for what is forced, of the kinds that are left.
func (b *cutter) packing(f *forced) (*bounds.Packing, []*kind) {
	d := b.run.Dictionary
	p := &bounds.Packing{Resources: d.ResourceNames()}
	var left []*kind
	for i := range b.kinds {
		if k := &b.kinds[i]; !k.lost {
			left = append(left, k)
			p.Shapes = append(p.Shapes, bounds.Shape{
				Name: fmt.Sprint("kind ", i), Allocatable: k.allocatable()[:len(p.Resources)], Count: float64(len(k.nodes)),
			})
		}
	}
	places := make(map[string][]int)
	for _, spec := range f.specs {
		key := fmt.Sprint(spec.NodeSelector, spec.HasRequiredTerms, spec.RequiredTerms, spec.Tolerations)
		on, known := places[key]
		if !known {
			for i, k := range left {
				if k.takes(spec, d) {
					on = append(on, i)
				}
			}
			places[key] = on
		}
		p.Demands = append(p.Demands, bounds.Demand{
			Name: d.String(f.names[spec]), Requests: spec.Requests[:len(p.Resources)], Copies: f.copies[spec], On: on,
		})
	}
	return p, left
}

// never is a cut that no mix satisfies.
func (b *cutter) never(why string) cut {
	c := cut{need: 1, contingency: b.contingency, how: why}
	for i := range b.axes {
		c.worth = append(c.worth, make([]float64, b.axes[i].levels))
	}
	return c
}

// cut is what the candidates of every mix must be worth beside the fixed nodes.
func (b *cutter) cut(left []*kind, m measure, need float64) (cut, bool) {
	c := b.never(b.why)
	c.need = need
	for i, k := range left {
		if k.axis == fixed {
			c.need -= float64(m[i] * float64(len(k.nodes)))
			continue
		}
		for level, n := range k.upTo {
			c.worth[k.axis][level] += float64(m[i] * float64(n))
		}
	}
	return c, c.need > 1e-9
}
