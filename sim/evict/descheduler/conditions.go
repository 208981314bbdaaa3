package descheduler

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Condition is what a condition of a pod must be.
type Condition struct {
	Type, Status, Reason string // empty is any
	MinSeconds           *uint  // since it last changed
}

// ConditionTypes are the conditions of pods that come with Kubernetes; others are those
// of readiness gates.
var ConditionTypes = []string{"PodScheduled", "Initialized", "ContainersReady", "Ready", "PodReadyToStartContainers", models.DisruptionTarget}

// holds reports whether one of the conditions of a pod is as it should be.
// Source: descheduler pkg/framework/plugins/podlifetime/pod_lifetime.go
// (matchesAnyPodConditionFilter).
func (c *Condition) holds(r *round, conditions []condition) bool {
	return slices.ContainsFunc(conditions, func(is condition) bool {
		switch {
		case c.Type != "" && c.Type != is.kind, c.Status != "" && c.Status != is.status.String(), c.Reason != "" && c.Reason != is.reason:
			return false
		}
		return c.MinSeconds == nil || uint(r.seconds(is.since)) >= *c.MinSeconds
	})
}

// condition is a condition of the status of a pod.
type condition struct {
	kind, reason string
	status       models.ConditionStatus
	since        models.Time
}

// conditions lists the conditions of a pod that is on a node.
// Source: pkg/kubelet/status/generate.go.
func conditions(pod cluster.Pod) (list []condition) {
	d := pod.View().Dictionary()
	for _, c := range pod.Conditions() {
		list = append(list, condition{d.String(c.Type), d.String(c.Reason), c.Status, c.Changed})
	}
	if reason, ok := pod.EndedByKubelet(); ok {
		list = append(list, condition{models.DisruptionTarget, reason, models.ConditionTrue, pod.ExitedAt()})
	}
	add := func(kind string, is bool, reason string, since models.Time) {
		c := condition{kind: kind, status: models.ConditionTrue, since: since}
		if !is {
			c.status, c.reason = models.ConditionFalse, reason
		}
		list = append(list, c)
	}
	unready, bound, started, ready := "ContainersNotReady", pod.BoundAt(), pod.BoundAt(), pod.BoundAt()
	switch pod.Phase() {
	case models.Succeeded:
		unready = "PodCompleted"
	case models.Failed:
		unready = "PodFailed"
	}
	initialized, sandbox, containers := pod.Starts() > 0 || !pod.Spec().HasInit(), pod.Starts() > 0 && !pod.Phase().Terminal(), pod.Ready()
	switch {
	case pod.Itemised():
		initialized, sandbox, containers = pod.Initialized(), pod.Sandbox() != models.Never, pod.ContainersReady()
		if sandbox {
			started = pod.Sandbox()
		}
	case pod.Starts() > 0:
		started = pod.StartedAt()
	}
	if pod.ReadyChangedAt() != models.Never {
		ready = pod.ReadyChangedAt()
	}
	notReady := unready
	if containers && !pod.Phase().Terminal() {
		notReady = "ReadinessGatesNotReady"
	}
	add("PodReadyToStartContainers", sandbox, "", started)
	add("Initialized", initialized || pod.Phase() == models.Succeeded, "ContainersNotInitialized", started)
	add("Ready", pod.Ready(), notReady, ready)
	add("ContainersReady", containers && !pod.Phase().Terminal(), unready, ready)
	add("PodScheduled", true, "", bound)
	return list
}
