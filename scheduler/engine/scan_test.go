package engine

import (
	"container/heap"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
	"pgregory.net/rapid"
)

func TestFeasibleNodesToFind(t *testing.T) {
	for _, c := range []struct{ percentage, nodes, want int }{
		{0, 99, 99}, {0, 100, 100}, {0, 200, 100}, {0, 500, 230}, {0, 1000, 420},
		{0, 5000, 500}, {0, 6000, 300}, {0, 10000, 500},
		{100, 5000, 5000}, {10, 500, 100}, {50, 1000, 500}, {1, 99, 99},
	} {
		if got := FeasibleNodesToFind(c.percentage, c.nodes); got != c.want {
			t.Errorf("%d%% of %d nodes: %d; want %d", c.percentage, c.nodes, got, c.want)
		}
	}
}

func TestNodesAreInterleavedByZoneInTheOrderTheyWereSeen(t *testing.T) {
	w := newWorld(t, "r1", "r1", "r1", "r2", "s1", "r2")
	s := scan(Config{})
	w.schedule(s)
	if want := []models.NodeID{0, 3, 4, 1, 5, 2}; !slices.Equal(s.nodes.List(), want) {
		t.Fatalf("list %v; want %v", s.nodes.List(), want)
	}
	w.join(t, "s1")
	w.join(t, "")
	w.schedule(s)
	if want := []models.NodeID{0, 3, 4, 7, 1, 5, 6, 2}; !slices.Equal(s.nodes.List(), want) {
		t.Fatalf("after two joined: list %v; want %v", s.nodes.List(), want)
	}
}

func TestSearchStopsAtEnoughNodesAndGoesOnFromThere(t *testing.T) {
	w := newWorld(t, make([]string, 250)...)
	var looked []models.NodeID
	odd := filterBy{"Odd", func(n models.NodeID) *framework.Status {
		looked = append(looked, n)
		if n%2 == 0 {
			return unfit
		}
		return nil
	}}
	s := scan(Config{Percentage: 40}, odd, level())
	for _, want := range []struct{ from, evaluated int }{{0, 201}, {201, 200}, {151, 200}, {101, 200}} {
		looked = looked[:0]
		result, _ := w.schedule(s)
		if int(looked[0]) != want.from || result.Evaluated != want.evaluated || result.Feasible != 100 {
			t.Fatalf("looked from n%d: %+v; want from n%d, 100 of %d feasible", looked[0], result, want.from, want.evaluated)
		}
	}
}

func TestWithoutScoringTheFirstFeasibleNodeIsTaken(t *testing.T) {
	w := newWorld(t, "", "", "", "")
	s := scan(Config{}, filterBy{"NotTwo", func(n models.NodeID) *framework.Status {
		if n == 2 {
			return unfit
		}
		return nil
	}})
	for _, want := range []models.NodeID{0, 1, 3, 0} {
		if result, _ := w.schedule(s); result.Node != want {
			t.Fatalf("chose n%d; want n%d", result.Node, want)
		}
	}
}

func TestOnlyFeasibleNodeIsTakenWithoutScoring(t *testing.T) {
	w := newWorld(t, "", "", "")
	s := scan(Config{}, filterBy{"One", func(n models.NodeID) *framework.Status {
		if n != 1 {
			return unfit
		}
		return nil
	}}, scoreBy{"Never", func(models.NodeID) int64 { t.Error("scored the only feasible node"); return 0 }})
	if result, _ := w.schedule(s); result != (Result{Node: 1, Feasible: 1, Evaluated: 3}) {
		t.Fatalf("result %+v", result)
	}
}

func TestScoresAreNormalisedWeightedAndSummed(t *testing.T) {
	w := newWorld(t, "", "", "")
	rate := func(scores ...int64) func(models.NodeID) int64 {
		return func(n models.NodeID) int64 { return scores[n] }
	}
	reverse := func(scores []int64) {
		for i := range scores {
			scores[i] = 100 - scores[i]/10
		}
	}
	config := Config{Plugins: []Weighted{
		{Plugin: scoreBy{"A", rate(10, 60, 20)}, Weight: 1},
		{Plugin: prefer{scoreBy{"B", rate(1000, 500, 0)}, nil, reverse}, Weight: 2},
		{Plugin: prefer{scoreBy{"Skipped", rate(0, 0, 0)}, framework.Skipped, reverse}, Weight: 100},
		{Plugin: scoreBy{"Off", rate(100, 0, 0)}, Weight: 100, Off: framework.Scoring},
	}}
	result, diagnosis := w.schedule(NewScan(config, new(Nodes)))
	if diagnosis != nil || result.Node != 2 || result.Score != 20+2*100 {
		t.Fatalf("result %+v; want n2 with 220", result)
	}
}

func TestScoreOutOfRangeIsAnError(t *testing.T) {
	w := newWorld(t, "", "")
	for _, score := range []int64{101, -1} {
		result, d := w.schedule(scan(Config{}, scoreBy{"Wild", func(models.NodeID) int64 { return score }}))
		want := fmt.Sprintf(`applying score defaultWeights on Score plugins: plugin "Wild" returns an invalid score %d, `+
			`it should in the range of [0, 100] after normalizing`, score)
		if result.Node != models.None || d == nil || d.Message() != want || d.Rejectors != 0 {
			t.Fatalf("got %+v, %v; want %s", result, d, want)
		}
	}
}

func TestMessages(t *testing.T) {
	X, U := framework.UnschedulableAndUnresolvable, framework.Unschedulable
	cordoned := framework.NewStatus(X, "node(s) were unschedulable")
	small := framework.NewStatus(U, "Insufficient cpu", "Insufficient memory")
	by := func(name string, statuses ...*framework.Status) filterBy {
		return filterBy{name, func(n models.NodeID) *framework.Status { return statuses[int(n)%len(statuses)] }}
	}
	w := newWorld(t, make([]string, 12)...)
	for _, c := range []struct {
		name      string
		plugins   []framework.Plugin
		want      string
		rejectors uint64
	}{
		{"reasons are counted and sorted as strings",
			[]framework.Plugin{by("A", cordoned, nil, nil, nil, nil, nil), by("B", small, small, unfit)},
			"0/12 nodes are available: 10 Insufficient cpu, 2 node(s) were unschedulable, 6 Insufficient memory.", 3},
		{"rejected by PreFilter",
			[]framework.Plugin{by("A", unfit), restrict{"B", nil, false, framework.NewStatus(X, "no way", "at all")}},
			"0/12 nodes are available: no way, at all.", 2},
		{"after Unschedulable the others are asked and the last counts",
			[]framework.Plugin{restrict{"A", nil, false, framework.NewStatus(U, "first")},
				restrict{"B", w.names("n1"), true, nil}, restrict{"C", nil, false, framework.NewStatus(U, "last")}},
			"0/12 nodes are available: last.", 2 | 4},
		{"after Unresolvable nobody is asked",
			[]framework.Plugin{restrict{"A", nil, false, framework.NewStatus(X, "first")}, restrict{"B", nil, false, framework.NewStatus(X, "last")}},
			"0/12 nodes are available: first.", 1},
		{"restricted to a node that does not fit",
			[]framework.Plugin{restrict{"NodeAffinity", w.names("n3", "n4"), true, nil}, by("A", unfit)},
			"0/12 nodes are available: 10 node(s) didn't satisfy plugin(s) [NodeAffinity], 2 Insufficient cpu.", 3},
		{"restricted to a node that does not exist",
			[]framework.Plugin{restrict{"B", w.names("n99"), true, nil}, restrict{"A", w.names("n1", "n99"), true, nil}},
			"0/12 nodes are available: 12 node(s) didn't satisfy plugin(s) [A B].", 3},
		{"restricted to no node by one plugin",
			[]framework.Plugin{restrict{"A", nil, true, nil}},
			"0/12 nodes are available: node(s) didn't satisfy plugin A.", 1},
		{"restricted to no node by two together",
			[]framework.Plugin{restrict{"B", w.names("n1", "n2"), true, nil}, restrict{"A", w.names("n3"), true, nil}},
			"0/12 nodes are available: node(s) didn't satisfy plugin(s) [A B] simultaneously.", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, d := w.schedule(scan(Config{}, append(c.plugins, level())...))
			if d == nil {
				t.Fatalf("chose n%d", result.Node)
			}
			if d.Message() != c.want || d.Rejectors != c.rejectors {
				t.Fatalf("message %q by %b; want %q by %b", d.Message(), d.Rejectors, c.want, c.rejectors)
			}
		})
	}
}

func TestPostFilterMessageFollowsTheReasons(t *testing.T) {
	w := newWorld(t, "", "")
	_, d := w.schedule(scan(Config{}, filterBy{"A", func(models.NodeID) *framework.Status { return unfit }}, level()))
	d.PostFilter = "preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."
	if want := "0/2 nodes are available: 2 Insufficient cpu. " + d.PostFilter; d.Message() != want {
		t.Fatalf("message %q; want %q", d.Message(), want)
	}
}

func TestClusterWithoutNodes(t *testing.T) {
	w := newWorld(t)
	result, d := w.schedule(scan(Config{}, level()))
	if result.Node != models.None || d.Message() != "no nodes available to schedule pods" || d.Rejectors != 0 {
		t.Fatalf("got %+v, %q by %b", result, d.Message(), d.Rejectors)
	}
}

func TestRestrictedSearchLooksAtTheNamedNodesOnly(t *testing.T) {
	w := newWorld(t, "", "", "", "", "")
	s := scan(Config{}, restrict{"A", w.names("n4", "n1", "n4", "n9"), true, nil},
		scoreBy{"Id", func(n models.NodeID) int64 { return int64(n) }})
	if result, _ := w.schedule(s); result != (Result{Node: 4, Feasible: 2, Evaluated: 2, Score: 4}) {
		t.Fatalf("result %+v", result)
	}
}

func TestPreFilterSkipLeavesTheFilterOut(t *testing.T) {
	w := newWorld(t, "", "")
	s := scan(Config{}, skipping{filterBy{"A", func(models.NodeID) *framework.Status { t.Error("asked"); return unfit }}}, level())
	if result, d := w.schedule(s); d != nil || result.Feasible != 2 {
		t.Fatalf("result %+v", result)
	}
}

type skipping struct{ filterBy }

func (skipping) PreFilter(*framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	return nil, false, framework.Skipped
}

func TestTies(t *testing.T) {
	for _, c := range []struct {
		scores []int64
		want   int
	}{
		{[]int64{5, 5, 5, 5}, 0}, {[]int64{1, 5, 5}, 1}, {[]int64{1, 2, 5, 5}, 3},
		{[]int64{1, 1, 5, 5, 5, 5}, 3}, {[]int64{3, 5, 1, 2, 5}, 1},
	} {
		if got := heapRoot(c.scores); got != c.want {
			t.Errorf("%v: index %d; want %d", c.scores, got, c.want)
		}
	}
}

type ranked []struct {
	score int64
	index int
}

func (h ranked) Len() int           { return len(h) }
func (h ranked) Less(i, j int) bool { return h[i].score > h[j].score }
func (h ranked) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ranked) Push(any)          {}
func (h *ranked) Pop() any          { return nil }

func TestHeapRootIsThatOfContainerHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Int64Range(0, 3), 1, 300).Draw(t, "scores")
		var h ranked
		for i, score := range scores {
			h = append(h, struct {
				score int64
				index int
			}{score, i})
		}
		heap.Init(&h)
		if got := heapRoot(scores); got != h[0].index {
			t.Fatalf("%v: index %d; want %d", scores, got, h[0].index)
		}
	})
}

func TestWaysToBreakTies(t *testing.T) {
	w := newWorld(t, make([]string, 6)...)
	scores := []int64{1, 1, 7, 7, 1, 7}
	by := scoreBy{"Table", func(n models.NodeID) int64 { return scores[n] }}
	first := scan(Config{Ties: TiesFirst}, by)
	heaped := scan(Config{Ties: TiesHeap}, by)
	for start := range 6 {
		first.nodes.next, heaped.nodes.next = start, start
		if result, _ := w.schedule(first); result.Node != 2 {
			t.Errorf("first, from n%d: n%d; want n2", start, result.Node)
		}
	}
	heaped.nodes.next = 4 // feasible order 4 5 0 1 2 3
	if result, _ := w.schedule(heaped); result.Node != 5 {
		t.Errorf("heap: n%d; want n5", result.Node)
	}
	for k, want := range []models.NodeID{2, 3, 5} {
		random := scan(Config{Ties: TiesRandom, Draw: func(_ cluster.Pod, n int) int {
			if n != 3 {
				t.Errorf("drew one of %d; want of 3", n)
			}
			return k
		}}, by)
		if result, _ := w.schedule(random); result.Node != want {
			t.Errorf("random, draw %d: n%d; want n%d", k, result.Node, want)
		}
	}
}

func TestParseTies(t *testing.T) {
	for _, want := range []Ties{TiesHeap, TiesFirst, TiesRandom} {
		if got, err := ParseTies(want.String()); got != want || err != nil {
			t.Errorf("%s: %s, %v", want, got, err)
		}
	}
	if _, err := ParseTies("best"); err == nil || !strings.Contains(err.Error(), `"best"`) {
		t.Errorf("error %v does not name the value", err)
	}
}

// Profiles of one scheduler share the order of nodes and the place of the search.
func TestProfilesShareTheRotation(t *testing.T) {
	w := newWorld(t, "", "", "")
	nodes := new(Nodes)
	a, b := NewScan(Config{}, nodes), NewScan(Config{}, nodes)
	for _, c := range []struct {
		s    *Scan
		want models.NodeID
	}{{a, 0}, {b, 1}, {a, 2}} {
		if result, _ := w.schedule(c.s); result.Node != c.want {
			t.Fatalf("n%d; want n%d", result.Node, c.want)
		}
	}
}
