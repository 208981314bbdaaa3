package models

import "strings"

// ReasonOOMKilled is why a container has ended that its kernel has killed for the memory
// that it used. Source: pkg/kubelet/kuberuntime/kuberuntime_container.go.
const ReasonOOMKilled = "OOMKilled"

// DisruptionTarget is the type of the condition that tells why a pod is made to go, and
// TerminationByKubelet its reason if a kubelet makes it.
const (
	DisruptionTarget     = "DisruptionTarget"
	TerminationByKubelet = "TerminationByKubelet"
)

// disruptions are the beginnings of the reasons of deletions that set the condition
// DisruptionTarget of a pod, and the reasons that the condition gives.
// Source: k8s.io/api/core/v1/types.go (DisruptionTarget), pkg/controller/tainteviction,
// pkg/scheduler/framework/preemption, pkg/registry/core/pod/storage/eviction.go,
// pkg/kubelet/preemption, pkg/kubelet/nodeshutdown.
var disruptions = [][2]string{
	{"TaintManagerEviction", "DeletionByTaintManager"},
	{"PreemptionByScheduler", "PreemptionByScheduler"},
	{"EvictionByEvictionAPI", "EvictionByEvictionAPI"},
	{"DeletionByPodGC", "DeletionByPodGC"},
	{TerminationByKubelet, TerminationByKubelet},
	// Reasons of pods that a kubelet has ended.
	{"Preempting", TerminationByKubelet},
	{"Terminated", TerminationByKubelet},
}

// DisruptionOf returns the reason of the condition DisruptionTarget of a pod that was
// deleted, or ended by its kubelet, for a cause; ok is false if that was no disruption.
func DisruptionOf(cause string) (reason string, ok bool) {
	for _, d := range disruptions {
		if strings.HasPrefix(cause, d[0]) {
			return d[1], true
		}
	}
	return "", false
}
