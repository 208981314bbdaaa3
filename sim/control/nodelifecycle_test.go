package control

import (
	"maps"
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
)

// passes drives the node lifecycle controller from now on until nothing is due,
// and returns when each node got its NoExecute taint.
func passes(w *world, l *NodeLifecycle) map[models.NodeID]models.Time {
	tainted := make(map[models.NodeID]models.Time)
	w.do(l.Pass(w.now, w.View(), nil)...)
	for at := l.NextTaint(w.now); at != models.Never; at = l.NextTaint(w.now) {
		w.now = at
		ops := l.TaintPass(w.now, w.View(), nil)
		w.do(ops...)
		for _, op := range ops {
			tainted[op.Node] = w.now
		}
	}
	return tainted
}

func silence(w *world, l *NodeLifecycle, nodes ...models.NodeID) {
	for _, id := range nodes {
		w.do(models.Op{Kind: models.OpCrashNode, Node: id})
		w.do(l.MarkUnknown(w.View(), w.View().Node(id), nil)...)
	}
}

func TestZoneDisruptionDecidesHowFastNodesAreTainted(t *testing.T) {
	tests := []struct {
		rule   string
		zones  map[string]int // nodes by zone
		silent map[string]int
		want   []models.Time // of the NoExecute taints, in seconds after the pass
	}{
		{"one node of many at once", map[string]int{"a": 5, "b": 5}, map[string]int{"a": 1}, []models.Time{0}},
		{"a whole zone one node every 10 s", map[string]int{"a": 3, "b": 5}, map[string]int{"a": 3}, []models.Time{0, 10, 20}},
		{"two zones at a rate each", map[string]int{"a": 2, "b": 2, "c": 1}, map[string]int{"a": 2, "b": 2}, []models.Time{0, 0, 10, 10}},
		{"partial disruption of a small zone stops", map[string]int{"a": 5, "b": 5}, map[string]int{"a": 3}, nil},
		{"two silent nodes are no disruption", map[string]int{"a": 3, "b": 3}, map[string]int{"a": 2}, []models.Time{0, 10}},
		{"11 of 20 are 55 %", map[string]int{"a": 20, "b": 1}, map[string]int{"a": 11}, nil},
		{"less than 55 % is no disruption", map[string]int{"a": 6, "b": 1}, map[string]int{"a": 3}, []models.Time{0, 10, 20}},
		{"partial disruption of a large zone slows down", map[string]int{"a": 51, "b": 1}, map[string]int{"a": 29}, nil},
		{"all zones down stops", map[string]int{"a": 3, "b": 3}, map[string]int{"a": 3, "b": 3}, nil},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			w := newWorld(t)
			var nodes []models.NodeID
			for _, zone := range []string{"a", "b", "c"} {
				for i := range test.zones[zone] {
					if id := w.node(zone); i < test.silent[zone] {
						nodes = append(nodes, id)
					}
				}
			}
			l := NewNodeLifecycle(w.View())
			w.now = 50 * second
			silence(w, l, nodes...)
			start := w.now
			var got []models.Time
			for _, at := range passes(w, l) {
				got = append(got, (at-start)/second)
			}
			slices.Sort(got)
			want := test.want
			if test.rule == "partial disruption of a large zone slows down" {
				for i := range 29 {
					want = append(want, models.Time(i)*100)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("tainted after %v s, want %v", got, want)
			}
		})
	}
}

func TestWhenAllZonesAreDownTaintsGoAndComeBackAfterwards(t *testing.T) {
	w := newWorld(t)
	a1, a2, b1 := w.node("a"), w.node("a"), w.node("b")
	l := NewNodeLifecycle(w.View())
	w.now = 50 * second
	silence(w, l, a1, a2)
	if got := passes(w, l); len(got) != 2 {
		t.Fatalf("%d nodes tainted, want 2", len(got))
	}
	w.now += 10 * second
	silence(w, l, b1)
	if got := passes(w, l); len(got) != 0 || hasTaint(w.View().Node(a1), models.Taint{Key: l.unreachable, Effect: models.NoExecute}) {
		t.Error("all zones are down: NoExecute taints go and none is set")
	}
	w.now += 10 * second
	w.do(models.Op{Kind: models.OpRestoreNode, Node: b1})
	w.do(l.Report(w.View(), w.View().Node(b1), true, nil)...)
	back := w.now
	got := passes(w, l)
	if want := map[models.NodeID]models.Time{a1: back + 10*second, a2: back + 20*second}; !maps.Equal(got, want) {
		t.Errorf("one zone is back at %s: tainted again at %v, want %v: a limiter that let nothing through leaves nothing", back, got, want)
	}
	if want := back + 50*second; l.Patience() != want {
		t.Errorf("silence before that counts up to %s, want %s", l.Patience(), want)
	}
}

// While the limiter of a zone has nothing to give, nor has the slower one that takes its
// place.
func TestALimiterInheritsThatItIsUsedUp(t *testing.T) {
	w := newWorld(t)
	var nodes []models.NodeID
	for range 60 {
		nodes = append(nodes, w.node("a"))
	}
	w.node("b")
	l := NewNodeLifecycle(w.View())
	w.now = 50 * second
	silence(w, l, nodes[:20]...)
	w.do(l.Pass(w.now, w.View(), nil)...)
	w.do(l.TaintPass(w.now, w.View(), nil)...)
	w.now += 5 * second
	silence(w, l, nodes[20:40]...)
	w.do(l.Pass(w.now, w.View(), nil)...)
	if got, want := l.NextTaint(w.now), w.now+100*second; got != want {
		t.Errorf("40 of 60 nodes are silent, 5 s after the last taint: the next comes at %s, want %s", got, want)
	}
}

// A node that is Ready again while it waits for its taint costs the zone a turn.
func TestANodeThatIsBackCostsATurn(t *testing.T) {
	w := newWorld(t)
	a1, a2 := w.node("a"), w.node("a")
	w.node("a")
	l := NewNodeLifecycle(w.View())
	w.now = 50 * second
	silence(w, l, a1, a2)
	w.do(l.Pass(w.now, w.View(), nil)...)
	w.do(models.Op{Kind: models.OpRestoreNode, Node: a1})
	w.do(l.Report(w.View(), w.View().Node(a1), true, nil)...)
	if ops := l.TaintPass(w.now, w.View(), nil); len(ops) != 0 {
		t.Errorf("%d taints, want none", len(ops))
	}
	if got, want := l.NextTaint(w.now), w.now+10*second; got != want {
		t.Errorf("the other one is due at %s, want %s", got, want)
	}
}

// Nodes that are excluded from disruption make no zone, and none that could be down.
func TestExcludedNodesMakeNoZone(t *testing.T) {
	w := newWorld(t)
	a1, a2 := w.node("a"), w.node("a")
	b := w.node("b")
	w.do(models.Op{Kind: models.OpLabelNode, Node: b, Taint: models.Taint{Key: w.Dictionary().Sym(models.LabelExcludeDisruption)}})
	l := NewNodeLifecycle(w.View())
	w.now = 50 * second
	silence(w, l, a1, a2)
	if got := passes(w, l); len(got) != 0 {
		t.Errorf("tainted %v, want none: every zone that counts is down", got)
	}
}
