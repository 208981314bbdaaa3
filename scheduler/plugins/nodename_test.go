package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestNodeNameAdmitsOnlyTheNamedNode(t *testing.T) {
	const rejected = "X: node(s) didn't match the requested node name"
	b := newBed(t)
	p := b.plugin("NodeName", nil).(framework.Filter)
	n := b.node("n1")
	for name, want := range map[string]string{"": "ok", "n1": "ok", "n2": rejected, "N1": rejected} {
		c := b.cycle(func(s *models.PodSpec) { s.NodeName = b.d.Sym(name) })
		if got := answer(p.Filter(c, n)); got != want {
			t.Errorf("pod for node %q: got %s, want %s", name, got, want)
		}
	}
}

func TestNodeNameQueuesOnNewNodesAndAnyTaint(t *testing.T) {
	p := newBed(t).plugin("NodeName", nil).(framework.EventsToRegister)
	if got, want := kinds(p), framework.NodeAdd|framework.NodeTaint; got != want {
		t.Errorf("registered for events %b, want %b", got, want)
	}
	for _, h := range p.EventsToRegister() {
		if h.Queue != nil {
			t.Errorf("the hint on %b does not always say yes", h.On)
		}
	}
}
