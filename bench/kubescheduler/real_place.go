package kubescheduler

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/scheduler/place"
)

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// maxAttempts is how often a pod is tried while preemption makes room for it.
const maxAttempts = 3

// tryAll places a pod as `podsim place` is to do it, and tells of every attempt as
// that does.
func (k *kubeScheduler) tryAll(w *World, pod *corev1.Pod) ([]place.Placement, error) {
	var out []place.Placement
	for n := 1; ; n++ {
		one, victims, err := k.try(w, pod)
		if n > 1 {
			one.Attempt = n
		}
		out = append(out, one)
		if err != nil || one.Nominated == "" {
			return out, err
		}
		for _, victim := range victims {
			if err := k.remove(victim.Name); err != nil {
				return out, err
			}
		}
		if n == maxAttempts {
			return out, nil
		}
		pod = pod.DeepCopy()
		pod.Status.NominatedNodeName = one.Nominated
	}
}

// try places a pod, or says why not and whose going would make room.
func (k *kubeScheduler) try(w *World, pod *corev1.Pod) (place.Placement, []*corev1.Pod, error) {
	out := place.Placement{Pod: pod.Namespace + "/" + pod.Name}
	a, err := k.decide(pod)
	if err != nil {
		return out, nil, err
	}
	out.Skipped, out.Feasible = a.Skipped, len(a.Feasible)
	switch {
	case a.Skipped != "":
		return out, nil, nil
	case a.err != nil && len(k.nodes) == 0:
		out.Message = a.Message
		return out, nil, nil
	case a.err != nil:
		out.Error = a.Message
		return out, nil, nil
	}
	out.Filtered = make(map[string][]string)
	for node, rejection := range a.Rejected {
		out.Filtered[node] = rejection.Reasons
	}
	if a.fit != nil {
		explain(a, &out)
		if !w.Preempt {
			return out, nil, nil
		}
		victims, err := k.preempt(pod, a, &out)
		return out, victims, err
	}
	rate(a, &out)
	node := a.Node
	if w.SmallestName {
		node = out.Best[0]
	}
	out.Node = node
	if err := k.assume(a.state, pod, node); err != nil {
		out.Node, out.Error = "", err.Error()
	}
	return out, nil, nil
}

// rate tells of the scores.
func rate(a *attempt, out *place.Placement) {
	if len(a.Feasible) == 1 {
		out.Best = slices.Clone(a.Feasible)
		return
	}
	out.Best = a.best()
	score := a.Totals[a.Node]
	out.BestScore, out.Scores, out.PluginScores = &score, a.Totals, a.Scores
}

// explain tells why no node was found. The counts are those that FitError.Error
// makes its text of.
func explain(a *attempt, out *place.Placement) {
	d := &a.fit.Diagnosis
	out.Message, out.UnschedulablePlugins = a.Message, a.Rejectors
	out.Unschedulable = make(map[string]int)
	if d.PreFilterMsg != "" {
		out.Unschedulable[d.PreFilterMsg] = a.fit.NumAllNodes
		return
	}
	for _, rejection := range a.Rejected {
		for _, reason := range rejection.Reasons {
			out.Unschedulable[reason]++
		}
	}
	if absent := a.fit.NumAllNodes - d.NodeToStatus.Len(); absent > 0 {
		for _, reason := range d.NodeToStatus.AbsentNodesStatus().Reasons() {
			out.Unschedulable[reason] += absent
		}
	}
}
