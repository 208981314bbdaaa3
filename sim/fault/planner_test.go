package fault

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

const hour = models.Time(time.Hour)

// nodes makes a cluster of zones a, b and c with so many nodes each, named a0, a1,
// b0 …; even ones belong to the group even.
func nodes(t *testing.T, each int) cluster.View {
	t.Helper()
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	for _, zone := range []string{"a", "b", "c"} {
		for i := range each {
			group := d.Sym([]string{"even", "odd"}[i%2])
			def := c.DefineNode(&models.NodeSpec{Name: d.Sym(fmt.Sprintf("%s%d", zone, i)), Group: group,
				Labels: models.NewLabels(models.Label{Key: d.Sym(models.LabelZone), Value: d.Sym(zone)})})
			op := models.Op{Kind: models.OpAddNode, Node: models.NodeID(c.View().Nodes()), Def: int32(def)}
			if err := c.Apply(0, &op); err != nil {
				t.Fatal(err)
			}
		}
	}
	return c.View()
}

func planner(v cluster.View, seed uint64, f Fault) *Planner {
	if f.Until == 0 {
		f.Until = models.Never
	}
	return NewPlanner([]Fault{f}, v, kernel.NewStreams(seed))
}

func TestTargets(t *testing.T) {
	v := nodes(t, 4)
	d := v.Dictionary()
	tests := []struct {
		rule   string
		target Target
		want   []models.NodeID
	}{
		{"names", Target{Names: []models.Sym{d.Sym("a1"), d.Sym("c3")}}, []models.NodeID{1, 11}},
		{"zones", Target{Zones: []models.Sym{d.Sym("b")}}, []models.NodeID{4, 5, 6, 7}},
		{"groups", Target{Groups: []models.Sym{d.Sym("odd")}}, []models.NodeID{1, 3, 5, 7, 9, 11}},
		{"all conditions hold", Target{Zones: []models.Sym{d.Sym("b")}, Groups: []models.Sym{d.Sym("odd")}}, []models.NodeID{5, 7}},
		{"labels", Target{Selector: models.Selector{{Key: d.Sym(models.LabelZone), Op: models.NotIn,
			Values: []models.Sym{d.Sym("a"), d.Sym("b")}}}}, []models.NodeID{8, 9, 10, 11}},
	}
	for _, test := range tests {
		p := planner(v, 1, Fault{Target: test.target, At: []models.Time{hour}})
		first := p.First()
		if len(first) != 1 || !slices.Equal(p.Nodes(first[0]), test.want) {
			t.Errorf("%s: %d strikes on %v, want one on %v", test.rule, len(first), p.Nodes(first[0]), test.want)
		}
	}
}

func TestCountAndFractionTakeSome(t *testing.T) {
	v := nodes(t, 4)
	for _, test := range []struct {
		target Target
		want   int
	}{{Target{Count: 5}, 5}, {Target{Count: 99}, 12}, {Target{Fraction: 0.25}, 3}, {Target{Fraction: 0.26}, 4}} {
		p := planner(v, 1, Fault{Target: test.target, At: []models.Time{hour, 2 * hour}})
		first, second := slices.Clone(p.Nodes(p.First()[0])), p.Nodes(p.First()[1])
		if len(first) != test.want || !slices.IsSorted(first) || len(slices.Compact(slices.Clone(first))) != test.want {
			t.Errorf("%+v takes %v, want %d different nodes", test.target, first, test.want)
		}
		if test.want < 12 && slices.Equal(first, second) {
			t.Errorf("%+v takes the same nodes %v twice", test.target, first)
		}
	}
}

func TestScopes(t *testing.T) {
	v := nodes(t, 4)
	for _, test := range []struct {
		scope   Scope
		strikes int
		nodes   int
	}{{Together, 1, 12}, {PerNode, 12, 1}, {PerZone, 3, 4}} {
		p := planner(v, 1, Fault{Scope: test.scope, At: []models.Time{hour}})
		first := p.First()
		if len(first) != test.strikes || len(p.Nodes(first[0])) != test.nodes {
			t.Errorf("scope %d: %d strikes on %d nodes, want %d on %d",
				test.scope, len(first), len(p.Nodes(first[0])), test.strikes, test.nodes)
		}
	}
}

// A failure of a node takes its zone with the chance that causes are shared; which failures
// are so depends on nothing else.
func TestSharedCausesTakeTheWholeZone(t *testing.T) {
	v := nodes(t, 4)
	f := Fault{Scope: PerNode, Wide: PerZone, Shared: 0.25, Between: kernel.Constant(3600), Duration: kernel.Constant(60)}
	p := planner(v, 3, f)
	whole, all := 0, 0
	for _, s := range p.First() {
		for range 200 {
			hit := p.Nodes(s)
			zone := v.Node(models.NodeID(s.Domain)).Labels()
			for _, id := range hit {
				if len(hit) != 1 && !slices.Equal(v.Node(id).Labels(), zone) {
					t.Fatalf("a failure in zone %v takes node %s", zone, v.Node(id).Name())
				}
			}
			if all++; len(hit) == 4 {
				whole++
			} else if len(hit) != 1 {
				t.Fatalf("%d nodes fail, want 1 or 4", len(hit))
			}
			s, _ = p.Next(s, p.End(s))
		}
	}
	if share := float64(whole) / float64(all); share < 0.2 || share > 0.3 {
		t.Errorf("%d of %d failures take their zone, want a quarter", whole, all)
	}
	f.Shared = 0
	alone := planner(v, 3, f)
	if first, other := p.First(), alone.First(); first[0].At != other[0].At {
		t.Errorf("the first failure is at %s with shared causes and at %s without", first[0].At, other[0].At)
	}
}

func TestDrawnFailuresFollowEachOther(t *testing.T) {
	v := nodes(t, 1)
	p := planner(v, 1, Fault{Between: kernel.Constant(3600), Duration: kernel.Constant(600), From: hour, Until: 4 * hour})
	s := p.First()[0]
	var times []models.Time
	for ok := true; ok; s, ok = p.Next(s, p.End(s)) {
		times = append(times, s.At/models.Time(time.Minute))
	}
	if want := []models.Time{120, 190}; !slices.Equal(times, want) {
		t.Errorf("failures at minutes %v, want %v: an hour after the start and after each repair", times, want)
	}
}

// Another policy, or another fault, must not change when a node fails.
func TestFailuresOfANodeDependOnNothingElse(t *testing.T) {
	mtbf, problems := kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: new(float64)})
	if len(problems) == 0 {
		t.Fatalf("a mean of 0 made %s", mtbf)
	}
	mean := 3600.0
	mtbf, _ = kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: &mean})
	few, many := nodes(t, 1), nodes(t, 5)
	f := Fault{Scope: PerNode, Between: mtbf}
	small, large := planner(few, 7, f), planner(many, 7, f)
	for i, s := range small.First() {
		other := large.First()[5*i]
		if s.At != other.At {
			t.Errorf("node %s fails at %s in a small cluster, at %s in a large one", few.Node(models.NodeID(i)).Name(), s.At, other.At)
		}
	}
	if another := planner(few, 8, f); another.First()[0].At == small.First()[0].At {
		t.Error("another seed, the same failure")
	}
}

func TestAFaultWithoutDurationNeverEnds(t *testing.T) {
	p := planner(nodes(t, 1), 1, Fault{Between: kernel.Constant(60)})
	s := p.First()[0]
	if end := p.End(s); end != models.Never {
		t.Errorf("ends at %s", end)
	}
	if _, again := p.Next(s, p.End(s)); again {
		t.Error("what never ends comes again")
	}
}

func TestRecordedFaultsLastAsRecorded(t *testing.T) {
	v := nodes(t, 1)
	p := planner(v, 1, Fault{At: []models.Time{hour, 3 * hour}, Lasts: []time.Duration{time.Minute, 2 * time.Hour}, Scope: PerNode})
	var ends []models.Time
	for _, s := range p.First() {
		ends = append(ends, p.End(s))
		if _, again := p.Next(s, p.End(s)); again {
			t.Error("what was recorded comes again")
		}
	}
	short, long := hour.Add(time.Minute), 5*hour
	if want := []models.Time{short, long, short, long, short, long}; !slices.Equal(ends, want) {
		t.Errorf("over at %v, want %v", ends, want)
	}
}
