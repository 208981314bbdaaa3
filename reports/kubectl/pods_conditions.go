package kubectl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// condition is a condition of a pod.
type condition struct {
	kind, status, reason, message string
	at                            models.Time
}

// conditionsOf lists the conditions of a pod in the order of the API.
// Source: pkg/kubelet/status/generate.go.
func (m *Moment) conditionsOf(pod cluster.Pod) []condition {
	return m.disrupted(pod, append(m.others(pod), m.resized(pod, m.kubeletConditions(pod))...))
}

// others lists the conditions that its kubelet leaves to others, in their order.
// Source: pkg/kubelet/status/status_manager.go (mergePodStatus).
func (m *Moment) others(pod cluster.Pod) (list []condition) {
	d := m.View.Dictionary()
	for _, c := range pod.Conditions() {
		list = append(list, condition{d.String(c.Type), c.Status.String(), d.String(c.Reason), d.String(c.Message), c.Changed})
	}
	return list
}

// kubeletConditions lists the conditions that a scheduler or a kubelet sets.
func (m *Moment) kubeletConditions(pod cluster.Pod) []condition {
	d := m.View.Dictionary()
	if pod.Node() == models.None {
		switch {
		case len(pod.Spec().SchedulingGates) > 0:
			return []condition{{"PodScheduled", "False", "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates", pod.Created()}}
		case pod.Attempts() > 0:
			return []condition{{"PodScheduled", "False", "Unschedulable", m.whyUnschedulable(pod), pod.Created()}}
		}
		return nil
	}
	scheduled := condition{"PodScheduled", "True", "", "", pod.BoundAt()}
	s := m.statusOfPod(pod)
	if s.state == unseen {
		return []condition{scheduled}
	}
	if itemisedNow(pod) {
		return append(m.itemisedConditions(pod), scheduled)
	}
	status := func(ok bool) string {
		if ok {
			return "True"
		}
		return "False"
	}
	started := pod.Starts() > 0
	ready, containers := condition{kind: "Ready", status: status(pod.Ready())}, condition{kind: "ContainersReady", status: status(s.ready == s.containers)}
	ready.at, containers.at = pod.BoundAt(), pod.BoundAt()
	if pod.ReadyChangedAt() != models.Never {
		ready.at, containers.at = pod.ReadyChangedAt(), pod.ReadyChangedAt()
	}
	unready := condition{reason: "ContainersNotReady", message: "containers with unready status: [" + strings.Join(m.appContainers(pod, d), " ") + "]"}
	switch pod.Phase() {
	case models.Succeeded:
		unready = condition{reason: "PodCompleted"}
	case models.Failed:
		unready = condition{reason: "PodFailed"}
	}
	if !pod.Ready() && s.ready == 0 {
		ready.reason, ready.message = unready.reason, unready.message
		containers.reason, containers.message = unready.reason, unready.message
	}
	at := pod.BoundAt()
	if started {
		at = pod.StartedAt()
	}
	return []condition{
		{"PodReadyToStartContainers", status(started && !pod.Phase().Terminal()), "", "", at},
		{"Initialized", status(started || !m.hasInits(pod)), "", "", at}, ready, containers, scheduled,
	}
}

// disrupted adds the condition that tells why a pod is made to go, in place of one that
// it had before.
func (m *Moment) disrupted(pod cluster.Pod, list []condition) []condition {
	with := func(is condition) []condition {
		return append(slices.DeleteFunc(list, func(c condition) bool { return c.kind == is.kind }), is)
	}
	if reason, ok := pod.EndedByKubelet(); ok {
		message := models.MessageNodeShutdown
		switch m.View.Dictionary().String(pod.Reason()) {
		case reasonPreempting:
			message = "Pod was preempted by Kubelet to accommodate a critical pod."
		case models.ReasonEvicted:
			message = m.View.Dictionary().String(pod.Message())
		}
		return with(condition{models.DisruptionTarget, "True", reason, message, pod.ExitedAt()})
	}
	if !pod.Deleting() {
		return list
	}
	reason, ok := models.DisruptionOf(m.View.Dictionary().String(pod.Cause()))
	if !ok {
		return list
	}
	message := disruptionMessages[reason]
	if reason == "PreemptionByScheduler" {
		message = schedulerOf(pod) + message
	}
	return with(condition{models.DisruptionTarget, "True", reason, message, pod.DeletedAt()})
}

// disruptionMessages are what the condition DisruptionTarget says, by its reason.
// Source: pkg/registry/core/pod/storage/eviction.go, pkg/controller/tainteviction,
// pkg/scheduler/framework/preemption, pkg/controller/podgc.
var disruptionMessages = map[string]string{
	"EvictionByEvictionAPI":  "Eviction API: evicting",
	"DeletionByTaintManager": "Taint manager: deleting due to NoExecute taint",
	"PreemptionByScheduler":  ": preempting to accommodate a higher priority pod",
	"DeletionByPodGC":        "PodGC: node no longer exists",
}

// gatesOf counts the readiness gates of a pod that are open, as the column has it.
// Source: pkg/printers/internalversion/printers.go (printPod).
func gatesOf(pod cluster.Pod) string {
	gates, open := pod.Spec().ReadinessGates, 0
	if len(gates) == 0 {
		return "<none>"
	}
	for _, gate := range gates {
		if is, ok := pod.Condition(gate); ok && is.Status == models.ConditionTrue {
			open++
		}
	}
	return fmt.Sprintf("%d/%d", open, len(gates))
}

// gateMessage says which readiness gates keep a pod from being Ready.
// Source: pkg/kubelet/status/generate.go (GeneratePodReadyCondition).
func (m *Moment) gateMessage(pod cluster.Pod) string {
	var texts []string
	for _, gate := range pod.Spec().ReadinessGates {
		name := m.View.Dictionary().String(gate)
		switch is, ok := pod.Condition(gate); {
		case !ok:
			texts = append(texts, fmt.Sprintf("corresponding condition of pod readiness gate %q does not exist.", name))
		case is.Status != models.ConditionTrue:
			texts = append(texts, fmt.Sprintf("the status of pod readiness gate %q is not \"True\", but %v", name, is.Status))
		}
	}
	return strings.Join(texts, ", ")
}

// gates writes the readiness gates of a pod.
// Source: k8s.io/kubectl/pkg/describe (describePod).
func (p *page) gates(m *Moment, pod cluster.Pod) {
	if len(pod.Spec().ReadinessGates) == 0 {
		return
	}
	p.line(0, "Readiness Gates:")
	p.line(1, "Type\tStatus")
	for _, gate := range pod.Spec().ReadinessGates {
		status := "<none>"
		if is, ok := pod.Condition(gate); ok {
			status = is.Status.String()
		}
		p.line(1, "%s \t%s ", m.View.Dictionary().String(gate), status)
	}
}

// isTracked reports whether who sets a condition says which generation it has seen: those
// that come with Kubernetes do.
// Source: pkg/api/v1/pod/util.go (CalculatePodConditionObservedGeneration).
func (m *Moment) isTracked(pod cluster.Pod, kind string) bool {
	return kind == models.DisruptionTarget || !slices.ContainsFunc(m.others(pod), func(c condition) bool { return c.kind == kind })
}
