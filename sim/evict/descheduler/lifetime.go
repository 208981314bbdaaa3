package descheduler

import (
	"cmp"
	"slices"

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
	// Inits and Ephemerals count the states of such containers, too.
	Inits, Ephemerals bool
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
	if len(s.Conditions) == 0 {
		return true
	}
	is := conditions(pod)
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool { return c.holds(r, is) })
}

func (s *PodLifeTime) inState(pod cluster.Pod) bool {
	return slices.Contains(s.States, pod.Phase().String()) || slices.Contains(s.States, reasonOf(pod)) ||
		slices.ContainsFunc(statuses(pod, s.Inits), s.isState) || s.Ephemerals && slices.ContainsFunc(ephemerals(pod), s.isState)
}

func (s *PodLifeTime) isState(c containerStatus) bool { return slices.Contains(s.States, c.reason) }
