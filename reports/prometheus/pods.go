package prometheus

import (
	"iter"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/cluster"
)

// Source: kube-state-metrics, internal/store/pod.go.

var podKind = kind{
	name: "pod", base: []string{"namespace", "pod", "uid"},
	ids: func(v cluster.View) iter.Seq[int32] {
		return func(yield func(int32) bool) {
			for pod := range v.Live() {
				if !yield(int32(pod.ID())) {
					return
				}
			}
		}
	},
	families: slices.Concat([]objectFamily{
		gauge("kube_pod_info", "Where the pod is and whom it belongs to.",
			[]string{"host_ip", "pod_ip", "node", "created_by_kind", "created_by_name", "priority_class", "host_network"}, podInfo),
		owners("kube_pod_owner", "Whom the pod belongs to."),
		objectLabels("kube_pod_labels", "The labels of the pod."),
		moment("kube_pod_created", "When the pod was created, in Unix seconds.", created),
		moment("kube_pod_start_time", "When its kubelet took the pod on, in Unix seconds.", "status.startTime"),
		unsummed(gauge("kube_pod_completion_time", "When the last container of the ended pod ended, in Unix seconds.", nil, completion)),
		moment("kube_pod_deletion_timestamp", "When the grace of the deleted pod is over, in Unix seconds.", "metadata.deletionTimestamp"),
		gauge("kube_pod_status_phase", "Whether the pod is in a phase.", []string{"phase"}, func(o *object, put put) {
			for _, phase := range podPhases {
				put(truth(o.text("status.phase") == phase), phase)
			}
		}),
		gauge("kube_pod_status_reason", "Why the pod ended, if its kubelet or a controller ended it.", []string{"reason"}, func(o *object, put put) {
			if reason := o.text("status.reason"); reason != "" {
				put(1, reason)
			}
		}),
		podCondition("kube_pod_status_ready", "Whether the pod is Ready.", "Ready"),
		podCondition("kube_pod_status_scheduled", "Whether the pod has a node.", "PodScheduled"),
		since("kube_pod_status_scheduled_time", "When the pod got its node, in Unix seconds.", "PodScheduled", "True"),
		since("kube_pod_status_unscheduled_time", "Since when the pod waits for a node, in Unix seconds.", "PodScheduled", "False"),
		since("kube_pod_status_initialized_time", "When the init containers of the pod were done, in Unix seconds.", "Initialized", "True"),
		since("kube_pod_status_container_ready_time", "Since when the containers of the pod are ready, in Unix seconds.", "ContainersReady", "True"),
		since("kube_pod_status_ready_time", "Since when the pod is Ready, in Unix seconds.", "Ready", "True"),
		gauge("kube_pod_status_unschedulable", "The scheduler has found no node for the pod.", nil, func(o *object, put put) {
			if c := conditionOf(o, "PodScheduled"); c["status"] == "False" && c["reason"] == "Unschedulable" {
				put(1)
			}
		}),
		gauge("kube_pod_status_disruption_reason", "Why the pod is made to go.", []string{"reason"}, func(o *object, put put) {
			if c := conditionOf(o, "DisruptionTarget"); c["status"] == "True" {
				put(1, textOf(c["reason"]))
			}
		}),
		info("kube_pod_status_qos_class", "The quality-of-service class of the pod.", []string{"qos_class"}, []string{"status.qosClass"}),
		info("kube_pod_restart_policy", "The restart policy of the pod.", []string{"type"}, []string{"spec.restartPolicy"}),
		info("kube_pod_scheduler", "The scheduler that the pod asks for.", []string{"name"}, []string{"spec.schedulerName"}),
		gauge("kube_pod_tolerations", "The tolerations of the pod.", []string{"key", "operator", "value", "effect", "toleration_seconds"}, tolerations),
		podOverhead("kube_pod_overhead_cpu_cores", "The CPU that the pod needs beside its containers.", "cpu"),
		podOverhead("kube_pod_overhead_memory_bytes", "The memory that the pod needs beside its containers.", "memory"),
	},
		containerFamilies("kube_pod_container", "spec.containers", "status.containerStatuses", ""),
		containerFamilies("kube_pod_init_container", "spec.initContainers", "status.initContainerStatuses", "init "),
	),
}

var podPhases = []string{"Pending", "Succeeded", "Failed", "Unknown", "Running"}

func podInfo(o *object, put put) {
	kind, name := "", ""
	for _, r := range o.list("metadata.ownerReferences") {
		if r["controller"] == true {
			kind, name = textOf(r["kind"]), textOf(r["name"])
		}
	}
	hostNetwork := "false"
	if o.at("spec.hostNetwork") == true {
		hostNetwork = "true"
	}
	put(1, o.text("status.hostIP"), o.text("status.podIP"), o.text("spec.nodeName"), kind, name, o.text("spec.priorityClassName"), hostNetwork)
}

func conditionOf(o *object, kind string) map[string]any {
	for _, c := range o.list("status.conditions") {
		if c["type"] == kind {
			return c
		}
	}
	return nil
}

// podCondition has three series for a condition that the pod has.
func podCondition(name, help, kind string) objectFamily {
	return gauge(name, help, []string{"condition"}, func(o *object, put put) {
		c := conditionOf(o, kind)
		if c == nil {
			return
		}
		for _, s := range statuses {
			put(truth(c["status"] == s.status), s.label)
		}
	})
}

// since tells when a condition of the pod came to its status.
func since(name, help, kind, status string) objectFamily {
	return unsummed(gauge(name, help, nil, func(o *object, put put) {
		if c := conditionOf(o, kind); c["status"] == status {
			if at, ok := numberOf(c["lastTransitionTime"]); ok {
				put(at)
			}
		}
	}))
}

// completion is when the last container ended, of pods that have ended.
func completion(o *object, put put) {
	var last float64
	for _, status := range o.list("status.containerStatuses") {
		if at, ok := numberOf(fieldAt(status, "state.terminated.finishedAt")); ok {
			last = max(last, at)
		}
	}
	if phase := o.text("status.phase"); last > 0 && (phase == "Succeeded" || phase == "Failed") {
		put(last)
	}
}

// tolerations are told once each, however often a pod has them.
func tolerations(o *object, put put) {
	told := make(map[string]bool)
	for _, t := range o.list("spec.tolerations") {
		values := []string{textOf(t["key"]), textOf(t["operator"]), textOf(t["value"]), textOf(t["effect"]), textOf(t["tolerationSeconds"])}
		if key := strings.Join(values, "\x00"); !told[key] {
			told[key] = true
			put(1, values...)
		}
	}
}

func podOverhead(name, help, resource string) objectFamily {
	return gauge(name, help, nil, func(o *object, put put) {
		if n, ok := amount(resource, o.text("spec.overhead."+resource)); ok {
			put(n)
		}
	})
}
