package plan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/podsim/podsim/bench/judge"
)

// rule is a court that decides by a rule instead of a run.
type rule func(m mix, t trial) bool

func (r rule) ask(_ context.Context, q question) (*judge.Verdict, error) {
	return &judge.Verdict{Met: r(q.mix.mix(), q.trial)}, nil
}

func (rule) expect([]question) {}

// everywhere is a rule that does not look at contingency and seed.
func everywhere(meets func(mix) bool) rule { return func(m mix, _ trial) bool { return meets(m) } }

// drawn draws a space of candidates with few digits in their prices, so that there are
// ties.
func drawn(r *rand.Rand, axes, levels int) *space {
	s := &space{byNodes: r.IntN(4) == 0, fixedCost: float64(r.IntN(3))}
	for range axes {
		s.axes = append(s.axes, axis{min: r.IntN(3), step: 1 + r.IntN(3), levels: 1 + r.IntN(levels), price: float64(1+r.IntN(30)) / 10})
	}
	return s
}

// all lists the mixes of a space in their order, without any cleverness.
func (s *space) all() []mix {
	list := []mix{nil}
	for i := range s.axes {
		var longer []mix
		for _, m := range list {
			for level := range s.axes[i].levels {
				longer = append(longer, append(slices.Clone(m), level))
			}
		}
		list = longer
	}
	slices.SortFunc(list, s.compare)
	return list
}

// brute returns the first mix that meets all trials.
func (s *space) brute(judge rule, contingencies, seeds int) mix {
	for _, m := range s.all() {
		meets := true
		for c := range contingencies {
			for seed := range seeds {
				meets = meets && judge(m, trial{c, seed})
			}
		}
		if meets {
			return m
		}
	}
	return nil
}

func searching(s *space, judge rule, cuts []cut, contingencies, seeds, budget int) *search {
	var order []int
	for c := range contingencies {
		order = append(order, c)
	}
	return &search{space: s, ledger: newLedger(judge, order, seeds), cuts: cuts, budget: budget}
}

func found(t *testing.T, s *search) mix {
	t.Helper()
	if err := s.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s.best
}

// amounts is a rule of a cluster that needs amounts of some resources, more of them in
// some contingencies and seeds, and its cuts.
func amounts(r *rand.Rand, s *space, contingencies, seeds, resources int, tight float64) (rule, []cut) {
	size := make([][]float64, resources)
	var needs [][]float64
	for k := range size {
		total := 0.0
		for i := range s.axes {
			size[k] = append(size[k], float64(1+r.IntN(16)))
			total += float64(size[k][i] * float64(s.axes[i].count(s.axes[i].levels-1)))
		}
		var need []float64
		for range contingencies * seeds {
			need = append(need, float64(total*(0.2+0.6*r.Float64())))
		}
		needs = append(needs, need)
	}
	has := func(m mix, k int) float64 {
		sum := 0.0
		for i, level := range m {
			sum += float64(size[k][i] * float64(s.axes[i].count(level)))
		}
		return sum
	}
	var cuts []cut
	for k := range size {
		c := cut{need: float64(slices.Max(needs[k]) * tight)}
		for i := range s.axes {
			var worth []float64
			for level := range s.axes[i].levels {
				worth = append(worth, float64(size[k][i]*float64(s.axes[i].count(level))))
			}
			c.worth = append(c.worth, worth)
		}
		cuts = append(cuts, c)
	}
	return func(m mix, t trial) bool {
		for k := range size {
			if has(m, k) < needs[k][t.contingency*seeds+t.seed] {
				return false
			}
		}
		return true
	}, cuts
}

// In small spaces the answer is that of brute force whatever the judge thinks of more
// nodes.
func TestTheAnswerInSmallSpacesRestsOnNoAssumption(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	none := 0
	for range 300 {
		s := drawn(r, 1+r.IntN(3), 6)
		lucky := make(map[mixKey]bool)
		for _, m := range s.all() {
			lucky[m.key()] = r.IntN(12) == 0
		}
		judge := everywhere(func(m mix) bool { return lucky[m.key()] })
		search := searching(s, judge, nil, 2, 2, 400)
		got, want := found(t, search), s.brute(judge, 2, 2)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v of %+v", got, want, s)
		}
		if want == nil {
			none++
		}
		if proof := search.proof; want == nil && proof != hopeless || want != nil && proof != exact {
			t.Errorf("proof %d of %v", proof, want)
		}
	}
	if none == 0 {
		t.Error("no plan without an answer was tried")
	}
}

// Where more nodes never hurt the answer is that of brute force, also in spaces of which
// few mixes are judged.
func TestTheAnswerInLargeSpaces(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	proofs := make(map[proof]int)
	for range 150 {
		s := drawn(r, 2+r.IntN(3), 14)
		judge, cuts := amounts(r, s, 3, 2, 1+r.IntN(3), 0.6+0.4*r.Float64())
		search := searching(s, judge, cuts, 3, 2, 150)
		got, want := found(t, search), s.brute(judge, 3, 2)
		proofs[search.proof]++
		if len(search.records) > 150 {
			t.Errorf("%d mixes judged", len(search.records))
		}
		if search.proof == unproven {
			if got != nil && s.worth(got) > s.worth(want)*1.05 {
				t.Errorf("got %v for %v, want %v for %v", got, s.worth(got), want, s.worth(want))
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v of %+v (proof %d)", got, want, s, search.proof)
		}
	}
	if proofs[exact] == 0 || proofs[monotone] == 0 {
		t.Errorf("proofs: %v, want some of each", proofs)
	}
	t.Logf("proofs: %v", proofs)
}

// A search that has little budget says that it has not proven its answer, and is
// close.
func TestALittleBudgetGoesFar(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	unprovenOnes := 0
	for range 12 {
		s := drawn(r, 6, 40)
		judge, cuts := amounts(r, s, 2, 1, 3, 0.9)
		search := searching(s, judge, cuts, 2, 1, 60)
		got := found(t, search)
		if got == nil {
			t.Fatalf("nothing found in %+v", s)
		}
		if search.proof == unproven {
			unprovenOnes++
		}
		tight := slices.Clone(cuts)
		for c := range tight {
			tight[c].need /= 0.9
		}
		if best, all := s.first(tight, nil, nil); s.worth(got) > s.worth(best)*1.05 {
			t.Errorf("got %v, the best is %v (%v; proof %d)", s.worth(got), s.worth(best), all, search.proof)
		}
	}
	if unprovenOnes == 0 {
		t.Error("every answer is proven: the test asks too little")
	}
}

func TestCutsRuleOutAllMixes(t *testing.T) {
	s := drawn(rand.New(rand.NewPCG(4, 4)), 2, 5)
	worth := make([][]float64, len(s.axes))
	for i := range s.axes {
		worth[i] = make([]float64, s.axes[i].levels)
	}
	search := searching(s, everywhere(func(mix) bool { return true }), []cut{{worth: worth, need: 1}}, 1, 1, 10)
	if got := found(t, search); got != nil || search.proof != hopeless || len(search.records) > 0 {
		t.Errorf("got %v, proof %d, %d judged", got, search.proof, len(search.records))
	}
}

// The first run that is tried is the one that failed last.
func TestRunsThatFailedAreTriedFirst(t *testing.T) {
	s := &space{axes: []axis{{step: 1, levels: 50, price: 1}}}
	asked := 0
	search := searching(s, func(m mix, t trial) bool {
		asked++
		return t != trial{2, 4} || m[0] >= 40
	}, nil, 3, 5, 400)
	if got := found(t, search); got[0] != 40 {
		t.Fatalf("got %v", got)
	}
	if most := 15 + 39 + 15; asked > most {
		t.Errorf("%d runs, want at most %d", asked, most)
	}
}

// The share of seeds is judged by as many seeds as it takes.
func TestAShareOfSeedsIsEnough(t *testing.T) {
	for share, want := range map[float64]int{0.9: 10, 0.5: 6} {
		s := &space{axes: []axis{{step: 1, levels: 20, price: 1}}}
		// With n nodes 10 n per cent of all seeds are met, up to all.
		search := searching(s, func(m mix, t trial) bool { return (t.seed*7)%10 < m[0] }, nil, 2, 10, 400)
		search.safety = safety{share: share, confidence: 0.95, first: 10, max: 320}
		if got := found(t, search); got == nil || got[0] < int(share*10) || got[0] > want {
			t.Errorf("share %g: got %v, want at most %d", share, got, want)
		}
	}
}

func TestTheChanceOfFewMisses(t *testing.T) {
	for _, c := range []struct {
		n, k int
		p    float64
		want string
	}{{10, 0, 0.5, "0.00098"}, {10, 10, 0.5, "1.00000"}, {59, 0, 0.05, "0.04849"}, {20, 1, 0.1, "0.39175"}} {
		if got := fmt.Sprintf("%.5f", atMost(c.n, c.k, c.p)); got != c.want {
			t.Errorf("at most %d of %d by %g: %s, want %s", c.k, c.n, c.p, got, c.want)
		}
	}
}
