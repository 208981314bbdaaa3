package plugins

import (
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func tainted(taints ...models.Taint) func(*models.NodeSpec) {
	return func(s *models.NodeSpec) { s.Taints = taints }
}

func TestTaintTolerationRejectsUntoleratedTaints(t *testing.T) {
	const rejected = "X: node(s) had untolerated taint(s)"
	b := newBed(t)
	p := b.plugin("TaintToleration", nil).(framework.Filter)
	gpu, yes, no, x := b.d.Sym("gpu"), b.d.Sym("yes"), b.d.Sym("no"), b.d.Sym("x")
	schedule := models.Taint{Key: gpu, Value: yes, Effect: models.NoSchedule}
	execute := models.Taint{Key: x, Effect: models.NoExecute}
	prefer := models.Taint{Key: gpu, Value: yes, Effect: models.PreferNoSchedule}
	for _, test := range []struct {
		name        string
		taints      []models.Taint
		tolerations []models.Toleration
		want        string
	}{
		{"no taint", nil, nil, "ok"},
		{"NoSchedule", []models.Taint{schedule}, nil, rejected},
		{"NoExecute", []models.Taint{execute}, nil, rejected},
		{"PreferNoSchedule does not reject", []models.Taint{prefer}, nil, "ok"},
		{"equal value", []models.Taint{schedule}, []models.Toleration{{Key: gpu, Value: yes}}, "ok"},
		{"another value", []models.Taint{schedule}, []models.Toleration{{Key: gpu, Value: no}}, rejected},
		{"exists", []models.Taint{schedule}, []models.Toleration{{Key: gpu, Exists: true}}, "ok"},
		{"same effect", []models.Taint{schedule}, []models.Toleration{{Key: gpu, Exists: true, Effect: models.NoSchedule}}, "ok"},
		{"another effect", []models.Taint{schedule}, []models.Toleration{{Key: gpu, Exists: true, Effect: models.NoExecute}}, rejected},
		{"another key", []models.Taint{schedule}, []models.Toleration{{Key: x, Exists: true}}, rejected},
		{"any key", []models.Taint{schedule, execute}, []models.Toleration{{Exists: true}}, "ok"},
		{"any key of one effect", []models.Taint{schedule, execute}, []models.Toleration{{Exists: true, Effect: models.NoSchedule}}, rejected},
		{"one of two", []models.Taint{schedule, execute}, []models.Toleration{{Key: gpu, Exists: true}}, rejected},
		{"each by its own", []models.Taint{schedule, execute}, []models.Toleration{{Key: gpu, Exists: true}, {Key: x}}, "ok"},
		{"for a limited time", []models.Taint{execute}, []models.Toleration{{Key: x, Exists: true, Seconds: new(int64)}}, "ok"},
	} {
		n := b.node("node", tainted(test.taints...))
		c := b.cycle(func(s *models.PodSpec) { s.Tolerations = test.tolerations })
		if got := answer(p.Filter(c, n)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestTaintTolerationPrefersFewerPreferNoScheduleTaints(t *testing.T) {
	b := newBed(t)
	p := b.plugin("TaintToleration", nil).(framework.NormalizeScore)
	soft := func(key string) models.Taint { return models.Taint{Key: b.d.Sym(key), Effect: models.PreferNoSchedule} }
	hard := models.Taint{Key: b.d.Sym("hard"), Effect: models.NoSchedule}
	b.node("none", tainted(hard))
	b.node("one", tainted(soft("a")))
	b.node("two", tainted(soft("a"), soft("b")))
	for _, test := range []struct {
		name            string
		tolerations     []models.Toleration
		raw, normalised []int64
	}{
		{"no toleration", nil, []int64{0, 1, 2}, []int64{100, 50, 0}},
		{"one of them", []models.Toleration{{Key: b.d.Sym("a"), Exists: true}}, []int64{0, 0, 1}, []int64{100, 100, 0}},
		{"all of them", []models.Toleration{{Exists: true, Effect: models.PreferNoSchedule}}, []int64{0, 0, 0}, []int64{100, 100, 100}},
		{"of another effect", []models.Toleration{{Exists: true, Effect: models.NoSchedule}}, []int64{0, 1, 2}, []int64{100, 50, 0}},
	} {
		c := b.cycle(func(s *models.PodSpec) { s.Tolerations = test.tolerations })
		scores := make([]int64, 3)
		for i := range scores {
			scores[i] = p.Score(c, framework.Node{Node: c.View.Node(models.NodeID(i))})
		}
		if !slices.Equal(scores, test.raw) {
			t.Errorf("%s: got raw %v, want %v", test.name, scores, test.raw)
		}
		p.NormalizeScore(c, nil, scores)
		if !slices.Equal(scores, test.normalised) {
			t.Errorf("%s: got %v, want %v", test.name, scores, test.normalised)
		}
	}
}

func TestNormalize(t *testing.T) {
	for _, test := range []struct {
		raw, forward, reverse []int64
	}{
		{[]int64{}, []int64{}, []int64{}},
		{[]int64{0, 0}, []int64{0, 0}, []int64{100, 100}},
		{[]int64{0, 10, 40}, []int64{0, 25, 100}, []int64{100, 75, 0}},
		{[]int64{1, 2, 3}, []int64{33, 66, 100}, []int64{67, 34, 0}}, // rounds before it reverses
	} {
		forward, reverse := slices.Clone(test.raw), slices.Clone(test.raw)
		normalize(forward, false)
		normalize(reverse, true)
		if !slices.Equal(forward, test.forward) || !slices.Equal(reverse, test.reverse) {
			t.Errorf("%v: got %v and %v, want %v and %v", test.raw, forward, reverse, test.forward, test.reverse)
		}
	}
}

func TestTaintTolerationQueuesWhenTaintsBecomeTolerated(t *testing.T) {
	b := newBed(t)
	p := b.plugin("TaintToleration", nil).(framework.EventsToRegister)
	a := models.Taint{Key: b.d.Sym("a"), Effect: models.NoSchedule}
	mine := models.Taint{Key: b.d.Sym("mine"), Effect: models.NoSchedule}
	soft := models.Taint{Key: b.d.Sym("a"), Effect: models.PreferNoSchedule}
	c := b.cycle(func(s *models.PodSpec) { s.Tolerations = []models.Toleration{{Key: mine.Key, Exists: true}} })
	for _, test := range []struct {
		name          string
		kind          framework.EventKind
		before, after []models.Taint
		want          bool
	}{
		{"clean node joins", framework.NodeAdd, nil, nil, true},
		{"node with tolerated taint joins", framework.NodeAdd, nil, []models.Taint{mine}, true},
		{"tainted node joins", framework.NodeAdd, nil, []models.Taint{a}, false},
		{"taint removed", framework.NodeTaint, []models.Taint{a, mine}, []models.Taint{mine}, true},
		{"taint softened", framework.NodeTaint, []models.Taint{a}, []models.Taint{soft}, true},
		{"taint added", framework.NodeTaint, nil, []models.Taint{a}, false},
		{"tolerated taint removed", framework.NodeTaint, []models.Taint{mine}, nil, false},
		{"tolerated taint removed, other stays", framework.NodeTaint, []models.Taint{a, mine}, []models.Taint{a}, false},
		{"labels change", framework.NodeLabel, nil, nil, false},
	} {
		n := b.node("node", tainted(test.after...))
		e := &framework.Event{Kind: test.kind, Node: n.ID(), TaintsBefore: test.before}
		if got := queues(p, c, e); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
