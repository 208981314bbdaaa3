package bounds

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// node is a node that is open while the best packing is searched for.
type node struct {
	shape int
	free  []int64
}

// search tries every way to put pods on nodes, one pod after the other.
type search struct {
	p       *Packing
	pods    []int // demand of each
	nodes   []node
	used    []float64
	fewest  int
	cheap   float64
	cost    float64
	aborted bool
	steps   int
}

func (s *search) place(i int) {
	if s.steps++; s.steps > 400_000 {
		s.aborted = true
		return
	}
	if len(s.nodes) >= s.fewest && s.cost >= s.cheap {
		return
	}
	if i == len(s.pods) {
		s.fewest, s.cheap = min(s.fewest, len(s.nodes)), min(s.cheap, s.cost)
		return
	}
	d := &s.p.Demands[s.pods[i]]
	for n := range s.nodes {
		if slices.Contains(d.On, s.nodes[n].shape) && fits(d.Requests, s.nodes[n].free) {
			take(s.nodes[n].free, d.Requests, 1)
			s.place(i + 1)
			take(s.nodes[n].free, d.Requests, -1)
		}
	}
	for _, shape := range d.On {
		kind := &s.p.Shapes[shape]
		if s.used[shape]+1 > kind.Count || !fits(d.Requests, kind.Allocatable) {
			continue
		}
		s.used[shape]++
		s.cost += kind.Price
		s.nodes = append(s.nodes, node{shape, slices.Clone(kind.Allocatable)})
		take(s.nodes[len(s.nodes)-1].free, d.Requests, 1)
		s.place(i + 1)
		s.nodes = s.nodes[:len(s.nodes)-1]
		s.cost -= kind.Price
		s.used[shape]--
	}
}

func fits(requests, free []int64) bool {
	for r := range requests {
		if requests[r] > free[r] {
			return false
		}
	}
	return true
}

func take(free, requests []int64, sign int64) {
	for r := range free {
		free[r] -= sign * requests[r]
	}
}

// optimum returns the fewest nodes and the least cost, infinite where nothing
// fits.
func optimum(p *Packing) (nodes int, cost float64, ok bool) {
	s := search{p: p, used: make([]float64, len(p.Shapes)), fewest: math.MaxInt, cheap: math.Inf(1)}
	for i := range p.Demands {
		for range int(p.Demands[i].Copies) {
			s.pods = append(s.pods, i)
		}
	}
	s.place(0)
	return s.fewest, s.cheap, !s.aborted
}

// tiny draws a packing of a few pods: several shapes, some of which not all pods
// may go to, some of them scarce.
func tiny(r *rand.Rand) *Packing {
	p := &Packing{Resources: []string{"cpu", "memory", "pods"}}
	for s := range 1 + r.IntN(3) {
		p.Shapes = append(p.Shapes, Shape{
			Name: string(rune('a' + s)), Allocatable: []int64{4 + r.Int64N(13), 4 + r.Int64N(13), 1 + r.Int64N(6)},
			Price: float64(1+r.IntN(20)) / 10, Count: float64(1 + r.IntN(4)),
		})
	}
	for left := 2 + r.IntN(6); left > 0; {
		n := 1 + r.IntN(min(left, 3))
		left -= n
		d := Demand{Name: string(rune('A' + left)), Requests: []int64{r.Int64N(10), 1 + r.Int64N(9), 1}, Copies: float64(n)}
		for s := range p.Shapes {
			if r.IntN(4) > 0 {
				d.On = append(d.On, s)
			}
		}
		p.Demands = append(p.Demands, d)
	}
	return p
}

func TestNoBoundExceedsTheBestOfAllTinyPackings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	solved, nodesTight, costTight, refused := 0, 0, 0, 0
	for solved < 600 {
		p := tiny(r)
		nodes, cost, ok := optimum(p)
		if !ok {
			continue
		}
		least, cheapest, err := p.Whole()
		if nodes == math.MaxInt { // then the bound may be anything
			if err != nil {
				refused++
			}
			continue
		}
		solved++
		if err != nil {
			t.Fatalf("%+v\nis refused (%v), %d nodes do", p, err, nodes)
		}
		if least > int64(nodes) || cheapest > cost+1e-9 {
			t.Fatalf("%+v\nbounds: %d nodes, cost %g; best: %d nodes, cost %g", p, least, cheapest, nodes, cost)
		}
		if least == int64(nodes) {
			nodesTight++
		}
		if cheapest > cost-1e-6 {
			costTight++
		}
		c, err := p.Continuous()
		if err != nil || c.Nodes > float64(nodes) || c.Cost > cost {
			t.Fatalf("%+v\ncontinuous: %+v, %v; best: %d nodes, cost %g", p, c, err, nodes, cost)
		}
	}
	t.Logf("of %d: nodes exact %d, cost exact %d; %d refused besides", solved, nodesTight, costTight, refused)
	if nodesTight < solved*3/4 || costTight < solved/2 || refused == 0 {
		t.Errorf("of %d: nodes exact %d, cost exact %d; %d refused besides: the bounds are weak", solved, nodesTight, costTight, refused)
	}
}
