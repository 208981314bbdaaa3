package evict

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ReasonTaintManager is the cause of deletions by taint eviction.
const ReasonTaintManager = "TaintManagerEviction"

// TaintDeadline returns when a pod that has been under the node's NoExecute
// taints since the given time must leave: at once if it does not tolerate one,
// after the shortest of its tolerationSeconds if it does, Never if it tolerates
// all of them for ever or there are none.
// Source: pkg/controller/tainteviction/taint_eviction.go (processPodOnNode).
func TaintDeadline(pod cluster.Pod, n cluster.Node, since models.Time) models.Time {
	deadline := models.Never
	for _, taint := range n.Taints() {
		if taint.Effect != models.NoExecute {
			continue
		}
		limit, forever, ok := models.TolerationTime(pod.Spec().Tolerations, taint)
		switch {
		case !ok:
			return since
		case !forever:
			deadline = min(deadline, since.Add(limit))
		}
	}
	return deadline
}
