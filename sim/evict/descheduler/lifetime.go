package descheduler

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// PodLifeTime evicts pods that are old, or have been in a state for long.
// Source: descheduler pkg/framework/plugins/podlifetime.
type PodLifeTime struct {
	Scope      Scope
	MaxSeconds *uint // of age, beyond which they go
	// States are phases, reasons of pods and reasons of containers, of which a pod must be
	// in one; none is any.
	States        []string
	IncludeOwners []string // kinds; none is any
	ExcludeOwners []string
	Conditions    []Condition // of which one must hold; none is any
	ExitCodes     []int32
	Inits         bool
}

// Condition is what a condition of a pod must be.
type Condition struct {
	Type, Status, Reason string // empty is any
	MinSeconds           *uint  // since it last changed
}

// Name returns the name of the plugin.
func (*PodLifeTime) Name() string { return "PodLifeTime" }

func (s *PodLifeTime) run(r *round) {
	var pods []cluster.Pod
	wanted := r.evictable(&s.Scope)
	for _, node := range r.nodes {
		pods = append(pods, r.allPodsOn(node, func(pod cluster.Pod) bool { return s.wants(r, pod) && wanted(pod) })...)
	}
	slices.SortStableFunc(pods, func(a, b cluster.Pod) int { return cmp.Compare(a.Created(), b.Created()) })
	for _, pod := range pods {
		if r.evict(s, pod) == allFull {
			return
		}
	}
}

func (s *PodLifeTime) wants(r *round, pod cluster.Pod) bool {
	kind, owned := ownerKind(pod)
	switch {
	case s.MaxSeconds != nil && uint(r.seconds(pod.Created())) <= *s.MaxSeconds:
		return false
	case len(s.IncludeOwners) > 0 && !(owned && slices.Contains(s.IncludeOwners, kind)):
		return false
	case owned && slices.Contains(s.ExcludeOwners, kind):
		return false
	case len(s.States) > 0 && !s.inState(pod):
		return false
	case len(s.ExitCodes) > 0 && !endedWith(statuses(pod, s.Inits), s.ExitCodes):
		return false
	}
	return len(s.Conditions) == 0 || slices.ContainsFunc(s.Conditions, func(c Condition) bool { return c.holds(r, pod) })
}

func (s *PodLifeTime) inState(pod cluster.Pod) bool {
	return slices.Contains(s.States, pod.Phase().String()) || slices.Contains(s.States, reasonOf(pod)) ||
		slices.ContainsFunc(statuses(pod, s.Inits), func(c containerStatus) bool { return slices.Contains(s.States, c.reason) })
}

// ConditionTypes are the conditions of pods that are known.
var ConditionTypes = []string{"PodScheduled", "Initialized", "ContainersReady", "Ready"}

// holds reports whether one of the conditions of a pod is as it should be.
func (c *Condition) holds(r *round, pod cluster.Pod) bool {
	for _, kind := range ConditionTypes {
		is, since := condition(pod, kind)
		status, reason := models.ConditionFalse, "ContainersNotReady"
		if is {
			status, reason = models.ConditionTrue, ""
		} else if kind == "Initialized" {
			reason = "ContainersNotInitialized"
		}
		switch {
		case c.Type != "" && c.Type != kind, c.Status != "" && c.Status != status.String(), c.Reason != "" && c.Reason != reason:
		case c.MinSeconds != nil && (since == models.Never || uint(r.seconds(since)) < *c.MinSeconds):
		default:
			return true
		}
	}
	return false
}

// condition returns whether a condition of a pod on a node is true, and since when it is
// as it is.
func condition(pod cluster.Pod, kind string) (is bool, since models.Time) {
	switch kind {
	case "PodScheduled":
		return true, pod.BoundAt()
	case "Initialized":
		if pod.Itemised() && !pod.Initialized() {
			return false, pod.BoundAt()
		}
		return true, pod.BoundAt()
	case "ContainersReady":
		is = pod.Ready()
		if pod.Itemised() {
			is = pod.ContainersReady()
		}
	default:
		is = pod.Ready()
	}
	if since = pod.ReadyChangedAt(); since == models.Never {
		since = pod.BoundAt()
	}
	return is, since
}
