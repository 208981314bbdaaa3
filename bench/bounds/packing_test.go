package bounds

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// large draws a packing of up to some hundreds of pods on shapes without a limit.
func large(r *rand.Rand) *Packing {
	p := &Packing{Resources: []string{"cpu", "memory", "pods", "gpu"}}
	for s := range 1 + r.IntN(5) {
		shape := Shape{
			Name: string(rune('a' + s)), Allocatable: []int64{4000 + r.Int64N(60_000), (8 + r.Int64N(250)) << 30, 20 + r.Int64N(90), 0},
			Price: float64(10+r.IntN(400)) / 100, Count: math.Inf(1),
		}
		if s == 0 || r.IntN(3) == 0 {
			shape.Allocatable[3] = 8
		}
		p.Shapes = append(p.Shapes, shape)
	}
	for i := range 1 + r.IntN(40) {
		d := Demand{
			Name: string(rune('A' + i)), Requests: []int64{r.Int64N(4000), r.Int64N(8 << 30), 1, 0}, Copies: float64(1 + r.IntN(20)),
			On: []int{0},
		}
		if r.IntN(5) == 0 {
			d.Requests[3] = r.Int64N(5)
		}
		for s := 1; s < len(p.Shapes); s++ {
			if r.IntN(3) > 0 {
				d.On = append(d.On, s)
			}
		}
		p.Demands = append(p.Demands, d)
	}
	return p
}

// heuristic packs pod by pod: choose picks one of the open nodes that it fits on,
// and where there is none a node of the cheapest shape for it opens.
func heuristic(p *Packing, order []int, choose func([]node) int) (nodes int, cost float64) {
	var open []node
	for _, i := range order {
		d := &p.Demands[i]
		for range int(d.Copies) {
			var fitting []node
			for _, n := range open {
				if slices.Contains(d.On, n.shape) && fits(d.Requests, n.free) {
					fitting = append(fitting, n)
				}
			}
			if len(fitting) > 0 {
				take(fitting[choose(fitting)].free, d.Requests, 1)
				continue
			}
			best := -1
			for _, s := range d.On {
				if fits(d.Requests, p.Shapes[s].Allocatable) && (best < 0 || p.Shapes[s].Price < p.Shapes[best].Price) {
					best = s
				}
			}
			n := node{best, slices.Clone(p.Shapes[best].Allocatable)}
			take(n.free, d.Requests, 1)
			open = append(open, n)
			cost += p.Shapes[best].Price
		}
	}
	return len(open), cost
}

func TestNoBoundExceedsAHeuristicsPacking(t *testing.T) {
	first := func([]node) int { return 0 }
	byFree := func(sign int64) func([]node) int {
		return func(open []node) int {
			best := 0
			for i := range open {
				if sign*open[i].free[0] < sign*open[best].free[0] {
					best = i
				}
			}
			return best
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	gaps := 0.0
	for trial := range 500 {
		p := large(r)
		nodes, cost, err := p.Whole()
		if err != nil {
			t.Fatal(err)
		}
		asGiven := make([]int, len(p.Demands))
		for i := range asGiven {
			asGiven[i] = i
		}
		decreasing := slices.Clone(asGiven)
		slices.SortStableFunc(decreasing, func(a, b int) int { return cmp.Compare(p.Demands[b].Requests[0], p.Demands[a].Requests[0]) })
		cheapest := math.Inf(1)
		for name, pack := range map[string]func() (int, float64){
			"first fit":            func() (int, float64) { return heuristic(p, asGiven, first) },
			"best fit":             func() (int, float64) { return heuristic(p, asGiven, byFree(1)) },
			"worst fit":            func() (int, float64) { return heuristic(p, asGiven, byFree(-1)) },
			"first fit decreasing": func() (int, float64) { return heuristic(p, decreasing, first) },
		} {
			n, c := pack()
			if int64(n) < nodes || c < cost-1e-9 {
				t.Fatalf("trial %d: %s takes %d nodes for %g; the bounds are %d and %g\n%+v", trial, name, n, c, nodes, cost, p)
			}
			cheapest = min(cheapest, c)
		}
		gaps += cheapest/cost - 1
	}
	if mean := gaps / 500; mean > 0.35 {
		t.Errorf("the cheapest packing is %.0f %% above the bound in the mean: the bound is weak", 100*mean)
	} else {
		t.Logf("the cheapest packing is %.1f %% above the bound in the mean", 100*mean)
	}
}

func TestLargePodsShareNoNode(t *testing.T) {
	p := &Packing{
		Resources: []string{"cpu"},
		Shapes:    []Shape{{Name: "n", Allocatable: []int64{10}, Price: 0.5, Count: 100}},
		Demands:   []Demand{{Name: "six", Requests: []int64{6}, Copies: 10, On: []int{0}}, {Name: "five", Requests: []int64{5}, Copies: 4, On: []int{0}}},
	}
	nodes, cost, err := p.Whole()
	if err != nil || nodes != 12 || math.Abs(cost-6) > 1e-6 {
		t.Errorf("got %d nodes, cost %g, %v; want 12, 6: one for each six, one for two fives", nodes, cost, err)
	}
}

// Two shapes, each good for one kind of pods: one inequality for all nodes cannot
// tell, the LP relaxation can.
func TestTheRelaxationBettersOneInequality(t *testing.T) {
	p := &Packing{
		Resources: []string{"cpu", "memory"},
		Shapes: []Shape{
			{Name: "computing", Allocatable: []int64{100, 20}, Price: 1, Count: 1000},
			{Name: "remembering", Allocatable: []int64{20, 100}, Price: 1, Count: 1000},
		},
		Demands: []Demand{{Name: "balanced", Requests: []int64{3, 3}, Copies: 400, On: []int{0, 1}}},
	}
	parts, err := p.parts()
	if err != nil {
		t.Fatal(err)
	}
	ones := []float64{1, 1}
	simple, _ := parts[0].simple(ones)
	w, err := parts[0].relax(ones)
	if err != nil {
		t.Fatal(err)
	}
	relaxed := parts[0].value(w, ones)
	// 6 pods fit on either node: 400/6.
	if math.Abs(relaxed-400.0/6) > 1e-6 || simple > relaxed+1e-6 {
		t.Errorf("simple %g, relaxed %g; want %g", simple, relaxed, 400.0/6)
	}
	p.Demands = append(p.Demands,
		Demand{Name: "cpu", Requests: []int64{9, 1}, Copies: 200, On: []int{0, 1}}, Demand{Name: "memory", Requests: []int64{1, 9}, Copies: 200, On: []int{0, 1}})
	parts, _ = p.parts()
	simple, _ = parts[0].simple(ones)
	w, err = parts[0].relax(ones)
	if err != nil {
		t.Fatal(err)
	}
	if relaxed := parts[0].value(w, ones); relaxed < simple*1.05 {
		t.Errorf("simple %g, relaxed %g; want clearly more", simple, relaxed)
	}
}

func TestScarceCheapNodesLeaveTheRestToDearOnes(t *testing.T) {
	p := &Packing{
		Resources: []string{"cpu"},
		Shapes: []Shape{
			{Name: "spot", Allocatable: []int64{10}, Price: 0.1, Count: 3}, {Name: "reserved", Allocatable: []int64{10}, Price: 1, Count: 50},
		},
		Demands: []Demand{{Name: "d", Requests: []int64{2}, Copies: 50, On: []int{0, 1}}},
	}
	nodes, cost, err := p.Whole()
	if err != nil || nodes != 10 || math.Abs(cost-7.3) > 1e-6 {
		t.Errorf("got %d nodes, cost %g, %v; want 10 nodes, 3 at 0.1 and 7 at 1", nodes, cost, err)
	}
}

func TestEveryDualSolutionProvesABound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		p := tiny(r)
		nodes, _, ok := optimum(p)
		parts, err := p.parts()
		if !ok || err != nil || nodes == math.MaxInt {
			continue
		}
		sum := 0.0
		for i := range parts {
			x := &parts[i]
			ones := make([]float64, len(x.shapes))
			w := x.newWeights()
			for s := range ones {
				ones[s] = 1
				w.scarcity[s] = r.NormFloat64()
				for j := range w.families[s] {
					w.families[s][j] = r.NormFloat64()
				}
				for c := range w.caps[s] {
					w.caps[s][c] = 10 * r.NormFloat64()
				}
			}
			sum += x.value(w, ones)
		}
		if sum > float64(nodes) {
			t.Fatalf("random weights prove %g nodes; %d do\n%+v", sum, nodes, p)
		}
	}
}

func TestWhatFitsNowhereIsNamed(t *testing.T) {
	shape := Shape{Name: "small", Allocatable: []int64{10, 10}, Count: 2}
	for _, test := range []struct {
		name   string
		demand Demand
		want   string
	}{
		{"too large", Demand{Name: "whale", Requests: []int64{1, 11}, Copies: 1, On: []int{0}}, `demand "whale" fits on no choice of nodes: one pod requests 11 of memory`},
		{"kept off", Demand{Name: "picky", Requests: []int64{1, 1}, Copies: 1}, `demand "picky" fits on no choice of nodes: it may go to none`},
		{"too many", Demand{Name: "many", Requests: []int64{6, 1}, Copies: 3, On: []int{0}}, `demand "many" fits on no choice of nodes: all nodes together have room for 2 of 3`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &Packing{Resources: []string{"cpu", "memory"}, Shapes: []Shape{shape}, Demands: []Demand{test.demand}}
			_, _, err := p.Whole()
			var infeasible *InfeasibleError
			if !errors.As(err, &infeasible) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v; want %s", err, test.want)
			}
		})
	}
}

func TestNothingNeedsNothing(t *testing.T) {
	for _, p := range []*Packing{{}, {Resources: []string{"cpu"}, Shapes: []Shape{{Allocatable: []int64{1}, Count: 1}}, Demands: []Demand{{Requests: []int64{1}, On: []int{0}}}}} {
		if nodes, cost, err := p.Whole(); nodes != 0 || cost != 0 || err != nil {
			t.Errorf("got %d nodes, cost %g, %v", nodes, cost, err)
		}
	}
	// Pods that ask for nothing still need a node.
	p := &Packing{Resources: []string{"cpu"}, Shapes: []Shape{{Allocatable: []int64{0}, Price: 2, Count: 1}}, Demands: []Demand{{Requests: []int64{0}, Copies: 5, On: []int{0}}}}
	if nodes, cost, err := p.Whole(); nodes != 1 || math.Abs(cost-2) > 1e-6 || err != nil {
		t.Errorf("got %d nodes, cost %g, %v; want 1, 2", nodes, cost, err)
	}
}

func TestManyClassesAndShapesStayWithinTheProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	p := &Packing{Resources: []string{"cpu", "memory"}}
	for range 40 {
		p.Shapes = append(p.Shapes, Shape{Allocatable: []int64{1000 + r.Int64N(1000), 1000 + r.Int64N(1000)}, Price: 1 + r.Float64(), Count: 50})
	}
	for range 1500 {
		on := []int{r.IntN(20), 20 + r.IntN(20)}
		p.Demands = append(p.Demands, Demand{Requests: []int64{1 + r.Int64N(300), 1 + r.Int64N(300)}, Copies: 1, On: on})
	}
	b, err := p.Continuous()
	if err != nil || b.Nodes < 80 || b.Cost < b.Nodes {
		t.Errorf("got %+v, %v", b, err)
	}
}
