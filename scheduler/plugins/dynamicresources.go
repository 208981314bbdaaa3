package plugins

import (
	"errors"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// DynamicResources allocates devices to resource claims in Kubernetes. Here pods
// have no claims, so that it says what the original says about such pods: only
// something about making room.
// Source: pkg/scheduler/framework/plugins/dynamicresources.
type DynamicResources struct{}

var (
	_ framework.PreFilter        = (*DynamicResources)(nil)
	_ framework.PostFilter       = (*DynamicResources)(nil)
	_ framework.Score            = (*DynamicResources)(nil)
	_ framework.EventsToRegister = (*DynamicResources)(nil)
)

var nothingToDeallocate = framework.NewStatus(framework.Unschedulable, "no new claims to deallocate")

// errNoState is what the original says when PreFilter did not get as far as to
// this plugin: no other PostFilter plugin is asked then.
// Source: k8s.io/kube-scheduler/framework/cycle_state.go (ErrNotFound).
var errNoState = errors.New("not found")

// Name returns the name of the plugin.
func (*DynamicResources) Name() string { return "DynamicResources" }

// Reads declares that only the pod is looked at.
func (*DynamicResources) Reads() framework.Reads { return framework.ReadsPodOnly }

// PreFilter skips every pod.
func (*DynamicResources) PreFilter(*framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	return nil, false, framework.Skipped
}

// PostFilter finds no claim that could be given up.
func (p *DynamicResources) PostFilter(_ *framework.Cycle, r framework.DryRun) framework.PostFilterResult {
	if !r.PreFiltered(p.Name()) {
		return framework.PostFilterResult{Err: errNoState}
	}
	return framework.PostFilterResult{Status: nothingToDeallocate}
}

// Score prefers no node. That it is asked at all is told with the scores.
func (*DynamicResources) Score(*framework.Cycle, framework.Node) int64 { return 0 }

// EventsToRegister returns nothing: the plugin rejects no pod.
func (*DynamicResources) EventsToRegister() []framework.Hint { return nil }
