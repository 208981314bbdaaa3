package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// TaintToleration rejects nodes with a taint that keeps the pod off and prefers
// those with the fewest taints that merely discourage it.
// Source: pkg/scheduler/framework/plugins/tainttoleration.
type TaintToleration struct{}

var (
	_ framework.Filter           = (*TaintToleration)(nil)
	_ framework.NormalizeScore   = (*TaintToleration)(nil)
	_ framework.EventsToRegister = (*TaintToleration)(nil)
)

var taintUntolerated = framework.NewStatus(framework.UnschedulableAndUnresolvable,
	"node(s) had untolerated taint(s)")

// Name returns the name of the plugin.
func (*TaintToleration) Name() string { return "TaintToleration" }

// Reads declares that a node's taints are looked at.
func (*TaintToleration) Reads() framework.Reads { return framework.ReadsNodeFacts }

// Filter rejects a node with an untolerated NoSchedule or NoExecute taint.
func (*TaintToleration) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if repelled(c.Spec.Tolerations, n.Taints()) {
		return taintUntolerated
	}
	return nil
}

// repelled reports whether one of taints keeps a pod off that has tolerations.
func repelled(tolerations []models.Toleration, taints []models.Taint) bool {
	for _, taint := range taints {
		keepsOff := taint.Effect == models.NoSchedule || taint.Effect == models.NoExecute
		if keepsOff && !models.Tolerated(tolerations, taint) {
			return true
		}
	}
	return false
}

// Score returns the number of untolerated PreferNoSchedule taints.
func (*TaintToleration) Score(c *framework.Cycle, n framework.Node) int64 {
	var count int64
	for _, taint := range n.Taints() {
		if taint.Effect == models.PreferNoSchedule && !models.Tolerated(c.Spec.Tolerations, taint) {
			count++
		}
	}
	return count
}

// NormalizeScore makes the fewest taints the best.
func (*TaintToleration) NormalizeScore(_ *framework.Cycle, _ []models.NodeID, scores []int64) {
	normalize(scores, true)
}

// EventsToRegister tells that a pod is worth another attempt when a node joins
// whose taints it tolerates, or when a node's taints become tolerable to it.
func (*TaintToleration) EventsToRegister() []framework.Hint {
	return []framework.Hint{{
		On: framework.NodeAdd | framework.NodeTaint,
		Queue: func(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
			tolerations := pod.Spec().Tolerations
			was := e.Kind&framework.NodeAdd != 0 || repelled(tolerations, e.TaintsBefore)
			return was && !repelled(tolerations, v.Node(e.Node).Taints())
		},
	}}
}
