package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func cordoned(s *models.NodeSpec) { s.Unschedulable = true }

func TestNodeUnschedulableRejectsCordonedNodes(t *testing.T) {
	const rejected = "X: node(s) were unschedulable"
	b := newBed(t)
	p := b.plugin("NodeUnschedulable", nil).(framework.Filter)
	key, other := b.d.Sym(models.TaintUnschedulable), b.d.Sym("other")
	open, closed := b.node("open"), b.node("closed", cordoned)
	tainted := b.node("tainted", func(s *models.NodeSpec) {
		s.Taints = []models.Taint{{Key: key, Effect: models.NoSchedule}}
	})
	for _, test := range []struct {
		name        string
		tolerations []models.Toleration
		closed      string
	}{
		{"no toleration", nil, rejected},
		{"the taint, exists", []models.Toleration{{Key: key, Exists: true}}, "ok"},
		{"the taint, equal to no value", []models.Toleration{{Key: key, Effect: models.NoSchedule}}, "ok"},
		{"the taint, equal to another value", []models.Toleration{{Key: key, Value: other}}, rejected},
		{"another effect", []models.Toleration{{Key: key, Exists: true, Effect: models.NoExecute}}, rejected},
		{"another key", []models.Toleration{{Key: other, Exists: true}}, rejected},
		{"any key", []models.Toleration{{Exists: true}}, "ok"},
	} {
		c := b.cycle(func(s *models.PodSpec) { s.Tolerations = test.tolerations })
		if got := answer(p.Filter(c, closed)); got != test.closed {
			t.Errorf("%s: cordoned: got %s, want %s", test.name, got, test.closed)
		}
		if got := answer(p.Filter(c, open)); got != "ok" {
			t.Errorf("%s: open: got %s", test.name, got)
		}
		if got := answer(p.Filter(c, tainted)); got != "ok" {
			t.Errorf("%s: the taint alone is not this plugin's: got %s", test.name, got)
		}
	}
}

func TestNodeUnschedulableQueuesWhenANodeBecomesSchedulable(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeUnschedulable", nil).(framework.EventsToRegister)
	open, closed := b.node("open"), b.node("closed", cordoned)
	c := b.cycle()
	for _, test := range []struct {
		name  string
		event framework.Event
		want  bool
	}{
		{"open node joins", framework.Event{Kind: framework.NodeAdd, Node: open.ID()}, true},
		{"cordoned node joins", framework.Event{Kind: framework.NodeAdd, Node: closed.ID()}, false},
		{"uncordoned", framework.Event{Kind: framework.NodeTaint, Node: open.ID(), UnschedulableBefore: true}, true},
		{"a taint of an open node", framework.Event{Kind: framework.NodeTaint, Node: open.ID()}, false},
		{"a taint of a cordoned node", framework.Event{Kind: framework.NodeTaint, Node: closed.ID(), UnschedulableBefore: true}, false},
		{"a pod left", framework.Event{Kind: framework.AssignedPodDelete, Node: open.ID()}, false},
		{"a label of a node", framework.Event{Kind: framework.NodeLabel, Node: open.ID()}, false},
	} {
		if got := queues(p, c, &test.event); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
