package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeDeclaredFeatures holds a pod that needs features of the kubelet to the nodes
// that declare them.
// Source: pkg/scheduler/framework/plugins/nodedeclaredfeatures.
type NodeDeclaredFeatures struct{}

var (
	_ framework.PreFilter        = (*NodeDeclaredFeatures)(nil)
	_ framework.Filter           = (*NodeDeclaredFeatures)(nil)
	_ framework.EventsToRegister = (*NodeDeclaredFeatures)(nil)
)

var featuresUnmatched = framework.NewStatus(framework.UnschedulableAndUnresolvable,
	"node(s) didn't match Pod's required features")

// Name returns the name of the plugin.
func (*NodeDeclaredFeatures) Name() string { return "NodeDeclaredFeatures" }

// Reads declares that the features of a node are looked at.
func (*NodeDeclaredFeatures) Reads() framework.Reads { return framework.ReadsNodeFacts }

// PreFilter skips pods that need no feature.
func (*NodeDeclaredFeatures) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	if len(c.Spec.Features) == 0 {
		return nil, false, framework.Skipped
	}
	return nil, false, nil
}

// Filter rejects a node that does not declare every feature that the pod needs.
func (*NodeDeclaredFeatures) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	declared := n.Spec().Features
	for _, feature := range c.Spec.Features {
		if !slices.Contains(declared, feature) {
			return featuresUnmatched
		}
	}
	return nil
}

// EventsToRegister tells that any new node is worth another attempt. The features
// of a node never change once it joined.
func (*NodeDeclaredFeatures) EventsToRegister() []framework.Hint {
	return []framework.Hint{{On: framework.NodeAdd}, onAnyTaint}
}
