package descheduler

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Scope says which pods a strategy looks at.
type Scope struct {
	// Include are their namespaces; none is all but those of Exclude.
	Include, Exclude []models.Sym
	Labels           models.Selector
}

func (s *Scope) has(pod cluster.Pod) bool {
	spec := pod.Spec()
	if len(s.Include) > 0 && !slices.Contains(s.Include, spec.Namespace) || slices.Contains(s.Exclude, spec.Namespace) {
		return false
	}
	return s.Labels.Matches(spec.Labels, pod.View().Dictionary())
}

// keep tells which pods are wanted; nil wants all.
type keep func(cluster.Pod) bool

// evictable lists what a strategy may take, of those in its scope.
func (r *round) evictable(s *Scope) keep {
	return func(pod cluster.Pod) bool {
		return s.has(pod) && r.evictor.filter(r.occasion.At, pod) && r.evictor.preEviction(pod)
	}
}

// podsOn lists the pods of a node that have not ended.
// Source: descheduler pkg/descheduler/pod/pods.go (ListPodsOnANode).
func podsOn(node cluster.Node, want keep) []cluster.Pod {
	return pick(node, node.Pods(), func(pod cluster.Pod) bool { return !pod.Phase().Terminal() && (want == nil || want(pod)) })
}

// allPodsOn lists the pods of a node, also those that have ended.
// Source: descheduler pkg/descheduler/pod/pods.go (ListAllPodsOnANode).
func (r *round) allPodsOn(node cluster.Node, want keep) []cluster.Pod {
	if r.ended == nil {
		r.ended = make(map[models.NodeID][]models.PodID)
		for pod := range r.view.Live() {
			if pod.Phase().Terminal() {
				r.ended[pod.Node()] = append(r.ended[pod.Node()], pod.ID())
			}
		}
	}
	return pick(node, slices.Concat(node.Pods(), r.ended[node.ID()]), want)
}

// pick lists those of pods that are on a node and wanted, and that are there still.
func pick(node cluster.Node, pods []models.PodID, want keep) (list []cluster.Pod) {
	v := node.View()
	for _, id := range slices.Compact(slices.Sorted(slices.Values(pods))) {
		if pod := v.Pod(id); !pod.Removed() && pod.Node() == node.ID() && want(pod) {
			list = append(list, pod)
		}
	}
	return list
}

// byImportance sorts the least important first, and of equal ones those first that would
// not rather stay.
// Source: descheduler pkg/descheduler/pod/pods.go (SortPodsBasedOnPriorityLowToHigh).
func byImportance(pods []cluster.Pod) {
	slices.SortStableFunc(pods, func(a, b cluster.Pod) int {
		one, other := a.Spec(), b.Spec()
		return cmp.Or(cmp.Compare(one.Priority, other.Priority), cmp.Compare(one.QOS, other.QOS),
			cmp.Compare(one.Marks&models.MarkPreferStay, other.Marks&models.MarkPreferStay))
	})
}

// repels reports whether a node has a taint, of those that count, that is not tolerated.
func repels(node cluster.Node, tolerations []models.Toleration, counts func(models.Taint) bool) bool {
	return slices.ContainsFunc(node.Taints(), func(t models.Taint) bool {
		return (counts == nil || counts(t)) && !models.Tolerated(tolerations, t)
	})
}

// keepsOff tells the taints that keep pods off a node.
func keepsOff(t models.Taint) bool {
	return t.Effect == models.NoSchedule || t.Effect == models.NoExecute
}

// matchesNode reports whether a node has what a pod selects or requires.
func matchesNode(pod cluster.Pod, node cluster.Node) bool {
	return pod.Spec().MatchesNode(node.Spec().Name, node.Labels(), pod.View().Dictionary())
}

// ownerKind is the kind of the owner of a pod; ok is false if it has none.
func ownerKind(pod cluster.Pod) (kind string, ok bool) {
	if pod.Owner() == models.None {
		return "", false
	}
	return pod.View().Owner(pod.Owner()).Kind().String(), true
}

// seconds is how long ago a moment was.
func (r *round) seconds(since models.Time) int64 {
	return int64(r.occasion.At.Sub(since).Seconds())
}
