package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestNodeDeclaredFeaturesRejectsNodesWithoutThem(t *testing.T) {
	const rejected = "X: node(s) didn't match Pod's required features"
	b := newBed(t)
	p := b.plugin("NodeDeclaredFeatures", nil).(framework.Filter)
	for _, test := range []struct {
		name            string
		declared, needs []string
		want            string
	}{
		{"none declared", nil, []string{"A"}, rejected},
		{"another declared", []string{"B"}, []string{"A"}, rejected},
		{"declared", []string{"A"}, []string{"A"}, "ok"},
		{"one of two declared", []string{"A", "C"}, []string{"A", "B"}, rejected},
		{"more than enough declared", []string{"A", "B", "C"}, []string{"A", "C"}, "ok"},
	} {
		n := b.node("node", func(s *models.NodeSpec) { s.Features = b.syms(test.declared...) })
		c := b.cycle(func(s *models.PodSpec) { s.Features = b.syms(test.needs...) })
		if _, _, s := p.(framework.PreFilter).PreFilter(c); s != nil {
			t.Errorf("%s: PreFilter answers %s", test.name, answer(s))
		}
		if got := answer(p.Filter(c, n)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestNodeDeclaredFeaturesSkipsPodsThatNeedNone(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeDeclaredFeatures", nil).(framework.PreFilter)
	if _, _, s := p.PreFilter(b.cycle()); answer(s) != "skip" {
		t.Errorf("got %s, want skip", answer(s))
	}
}

func TestNodeDeclaredFeaturesQueuesForNewNodesAndTaints(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeDeclaredFeatures", nil).(framework.EventsToRegister)
	if got, want := kinds(p), framework.NodeAdd|framework.NodeTaint; got != want {
		t.Errorf("got %b, want %b", got, want)
	}
	n := b.node("node")
	c := b.cycle(func(s *models.PodSpec) { s.Features = b.syms("A") })
	if !queues(p, c, &framework.Event{Kind: framework.NodeAdd, Node: n.ID()}) {
		t.Error("a new node is not worth another attempt")
	}
}
