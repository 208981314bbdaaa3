package plugins

import (
	"testing"

	"github.com/podsim/podsim/scheduler/framework"
)

func TestDefaultBinderBindsThePodToTheNode(t *testing.T) {
	b := newBed(t)
	p := b.plugin("DefaultBinder", nil).(framework.Bind)
	b.node("first")
	second := b.node("second")
	b.pod()
	c := b.cycle()
	b.apply(p.Bind(c, second.ID()))
	if got := c.Pod.Node(); got != second.ID() {
		t.Errorf("the pod is on node %d, want %d", got, second.ID())
	}
}
