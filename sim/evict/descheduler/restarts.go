package descheduler

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// TooManyRestarts evicts pods whose containers have been restarted often.
// Source: descheduler pkg/framework/plugins/removepodshavingtoomanyrestarts.
type TooManyRestarts struct {
	Scope     Scope
	Threshold int32
	Inits     bool // restarts of init containers count, too
	// States are phases of pods and reasons why containers wait, of which a pod must be in
	// one; none is any.
	States []string
}

// Name returns the name of the plugin.
func (*TooManyRestarts) Name() string { return "RemovePodsHavingTooManyRestarts" }

func (s *TooManyRestarts) run(r *round) {
	for _, node := range r.nodes {
		wanted := r.evictable(&s.Scope)
		pods := r.allPodsOn(node, func(pod cluster.Pod) bool { return s.restarts(pod) >= s.Threshold && s.inState(pod) && wanted(pod) })
		slices.SortStableFunc(pods, func(a, b cluster.Pod) int { return cmp.Compare(s.restarts(b), s.restarts(a)) })
		if !r.evictInTurn(s, pods) {
			return
		}
	}
}

func (s *TooManyRestarts) restarts(pod cluster.Pod) (n int32) {
	for _, c := range statuses(pod, s.Inits) {
		n += c.restarts
	}
	return n
}

func (s *TooManyRestarts) inState(pod cluster.Pod) bool {
	return len(s.States) == 0 || slices.Contains(s.States, pod.Phase().String()) ||
		slices.ContainsFunc(statuses(pod, s.Inits), func(c containerStatus) bool { return !c.terminated && slices.Contains(s.States, c.reason) })
}

// FailedPods evicts pods that have failed, so that their objects go.
// Source: descheduler pkg/framework/plugins/removefailedpods.
type FailedPods struct {
	Scope         Scope
	ExcludeOwners []string // kinds
	MinSeconds    *uint    // least age
	// Reasons and ExitCodes restrict it to pods that ended so; none is any.
	Reasons   []string
	ExitCodes []int32
	Inits     bool
}

// Name returns the name of the plugin.
func (*FailedPods) Name() string { return "RemoveFailedPods" }

func (s *FailedPods) run(r *round) {
	for _, node := range r.nodes {
		wanted := r.evictable(&s.Scope)
		pods := r.allPodsOn(node, func(pod cluster.Pod) bool {
			return pod.Phase() == models.Failed && s.wants(r, pod) && wanted(pod)
		})
		if !r.evictInTurn(s, pods) {
			return
		}
	}
}

func (s *FailedPods) wants(r *round, pod cluster.Pod) bool {
	if s.MinSeconds != nil && uint(r.seconds(pod.Created())) < *s.MinSeconds {
		return false
	}
	if kind, ok := ownerKind(pod); ok && slices.Contains(s.ExcludeOwners, kind) {
		return false
	}
	list := statuses(pod, s.Inits)
	if len(s.Reasons) > 0 && !slices.Contains(s.Reasons, reasonOf(pod)) &&
		!slices.ContainsFunc(list, func(c containerStatus) bool { return slices.Contains(s.Reasons, c.reason) }) {
		return false
	}
	return len(s.ExitCodes) == 0 || endedWith(list, s.ExitCodes)
}

func endedWith(list []containerStatus, codes []int32) bool {
	return slices.ContainsFunc(list, func(c containerStatus) bool { return c.terminated && slices.Contains(codes, c.exitCode) })
}
