package plugins

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// SchedulingGates keeps pods out of the active queue while they carry gates.
// Source: pkg/scheduler/framework/plugins/schedulinggates.
type SchedulingGates struct {
	statuses map[*models.PodSpec]*framework.Status // memo
}

var (
	_ framework.PreEnqueue       = (*SchedulingGates)(nil)
	_ framework.EventsToRegister = (*SchedulingGates)(nil)
)

// NewSchedulingGates returns the plugin.
func NewSchedulingGates() *SchedulingGates {
	return &SchedulingGates{statuses: make(map[*models.PodSpec]*framework.Status)}
}

// Name returns the name of the plugin.
func (*SchedulingGates) Name() string { return "SchedulingGates" }

// Reads declares that only the pod is looked at.
func (*SchedulingGates) Reads() framework.Reads { return framework.ReadsPodOnly }

// PreEnqueue rejects a pod that has gates and names them.
func (p *SchedulingGates) PreEnqueue(v cluster.View, pod cluster.Pod) *framework.Status {
	spec := pod.Spec()
	if len(spec.SchedulingGates) == 0 {
		return nil
	}
	if s, ok := p.statuses[spec]; ok {
		return s
	}
	names := make([]string, len(spec.SchedulingGates))
	for i, gate := range spec.SchedulingGates {
		names[i] = v.Dictionary().String(gate)
	}
	s := framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"waiting for scheduling gates: ["+strings.Join(names, " ")+"]")
	p.statuses[spec] = s
	return s
}

// EventsToRegister returns nothing: only the removal of the pod's own gates,
// which is a change of the pod itself, lets it in.
func (*SchedulingGates) EventsToRegister() []framework.Hint { return nil }
