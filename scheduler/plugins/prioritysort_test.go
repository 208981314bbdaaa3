package plugins

import (
	"testing"

	"github.com/podsim/podsim/scheduler/framework"
)

func TestPrioritySortPutsHighPriorityThenEarlyFirst(t *testing.T) {
	p := newBed(t).plugin("PrioritySort", nil).(framework.QueueSort)
	for _, test := range []struct {
		name string
		a, b framework.QueuedPod
		less bool
	}{
		{"higher priority", framework.QueuedPod{Priority: 2, Since: 9}, framework.QueuedPod{Priority: 1, Since: 1}, true},
		{"lower priority", framework.QueuedPod{Priority: -1}, framework.QueuedPod{}, false},
		{"earlier", framework.QueuedPod{Since: 1}, framework.QueuedPod{Since: 2}, true},
		{"later", framework.QueuedPod{Since: 2}, framework.QueuedPod{Since: 1}, false},
		{"equal, whatever the id", framework.QueuedPod{Pod: 1}, framework.QueuedPod{Pod: 2}, false},
	} {
		if got := p.Less(test.a, test.b); got != test.less {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}
