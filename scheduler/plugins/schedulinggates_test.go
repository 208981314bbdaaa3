package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestSchedulingGatesHoldPodsOutOfTheQueue(t *testing.T) {
	for _, test := range []struct {
		gates []string
		want  string
	}{
		{nil, "ok"},
		{[]string{"example.com/a"}, "X: waiting for scheduling gates: [example.com/a]"},
		{[]string{"b", "a"}, "X: waiting for scheduling gates: [b a]"},
	} {
		b := newBed(t)
		p := b.plugin("SchedulingGates", nil).(framework.PreEnqueue)
		pod := b.pod(func(s *models.PodSpec) { s.SchedulingGates = b.syms(test.gates...) })
		first := p.PreEnqueue(b.c.View(), pod)
		if got := answer(first); got != test.want {
			t.Errorf("gates %v: got %s, want %s", test.gates, got, test.want)
		}
		if again := p.PreEnqueue(b.c.View(), pod); again != first {
			t.Errorf("gates %v: a second status was made", test.gates)
		}
	}
}

func TestSchedulingGatesWaitForNoEvent(t *testing.T) {
	b := newBed(t)
	if on := kinds(b.plugin("SchedulingGates", nil).(framework.EventsToRegister)); on != 0 {
		t.Errorf("registered for events %b", on)
	}
}
