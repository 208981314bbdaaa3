package kubectl

import (
	"encoding/json"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// desired is the specification of a pod as its user wants it: what a scheduler counts for
// one that is being resized is larger.
func (m *Moment) desired(pod cluster.Pod) *models.PodSpec {
	r, under := pod.Resize()
	if !under {
		return pod.Spec()
	}
	spec, is := *pod.Spec(), m.View.Spec(r.Desired)
	spec.Requests, spec.Limits = is.Requests, is.Limits
	return &spec
}

// resized adds the condition that tells how far a resize is. A pod that no kubelet has
// looked at since has none.
// Source: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus), pkg/kubelet/status/status_manager.go.
func (m *Moment) resized(pod cluster.Pod, list []condition) []condition {
	r, under := pod.Resize()
	if !under || pod.Phase().Terminal() {
		return list
	}
	message := m.View.Dictionary().String(r.Message)
	switch r.State {
	case cluster.ResizeDeferred, cluster.ResizeInfeasible:
		return append([]condition{{"PodResizePending", "True", r.State.String(), message, r.Since}}, list...)
	case cluster.ResizeInProgress:
		return append([]condition{{"PodResizeInProgress", "True", "", "", r.Since}}, list...)
	}
	return list
}

// addAllocated writes into the status of the only container of a pod what its kubelet has
// allocated to it, and what it has. Of several containers only the sum is known, and of
// one that has never started nothing.
// Source: pkg/kubelet/kubelet_pods.go (convertToAPIContainerStatuses).
func (m *Moment) addAllocated(out map[string]any, pod cluster.Pod) {
	state, _ := out["state"].(map[string]any)
	last, _ := out["lastState"].(map[string]any)
	if len(pod.Spec().Containers) != 1 || state["waiting"] != nil && len(last) == 0 {
		return
	}
	allocated, actuated := pod.Spec(), pod.Spec()
	if r, under := pod.Resize(); under {
		allocated, actuated = m.View.Spec(r.Allocated), m.View.Spec(r.Actuated)
	}
	if state["running"] == nil {
		actuated = allocated
	}
	if _, requests := m.requested(allocated); len(requests) > 0 {
		out["allocatedResources"] = requests
	}
	out["resources"] = m.resources(actuated)
}

// resources are the limits and requests of a specification as the API has them.
func (m *Moment) resources(spec *models.PodSpec) map[string]any {
	out := map[string]any{}
	limits, requests := m.requested(spec)
	if len(limits) > 0 {
		out["limits"] = limits
	}
	if len(requests) > 0 {
		out["requests"] = requests
	}
	return out
}

// resize tells what a kubelet does with other resources of a pod.
// Source: pkg/kubelet/allocation/allocation_manager.go (handlePodResourcesResize),
// pkg/kubelet/kubelet.go (generateAPIPodStatus), pkg/kubelet/events/resize.go.
func (e *Events) resize(pod cluster.Pod, op *models.Op) {
	if op.Kind == models.OpActuatePod {
		e.say(pod, nil, Normal, "ResizeCompleted", resizeMessage("completed", pod, pod.Spec(), ""))
		return
	}
	r, under := pod.Resize()
	if !under {
		return
	}
	desired := pod.View().Spec(r.Desired)
	if op.Kind == models.OpAllocatePod {
		e.say(pod, nil, Normal, "ResizeStarted", resizeMessage("started", pod, desired, ""))
		return
	}
	note, d := e.note(pod.ID()), pod.View().Dictionary()
	if note.deferred == pod.Generation() && note.waits == r.State {
		return // another message is no other condition
	}
	note.deferred, note.waits = pod.Generation(), r.State
	reason := r.State.String()
	e.say(pod, nil, Warning, "Resize"+reason, resizeMessage(reason, pod, desired, d.String(r.Message)))
}

// resizeSummary is what is told of a resize.
type resizeSummary struct {
	InitContainers []resizeContainer `json:"initContainers,omitempty"`
	Containers     []resizeContainer `json:"containers,omitempty"`
	Generation     int64             `json:"generation"`
	Error          string            `json:"error,omitempty"`
}

type resizeContainer struct {
	Name      string         `json:"name"`
	Resources map[string]any `json:"resources"`
}

// resizeMessage says what a pod is to have. Resources of several containers are known as
// a sum only, so that they are left out.
func resizeMessage(what string, pod cluster.Pod, spec *models.PodSpec, lack string) string {
	m, s := Moment{View: pod.View()}, resizeSummary{Generation: pod.Generation(), Error: lack}
	containers := pod.Spec().Containers
	for i := range containers {
		c := resizeContainer{Name: m.View.Dictionary().String(containers[i].Name), Resources: map[string]any{}}
		if len(containers) == 1 {
			c.Resources = m.resources(spec)
		}
		if containers[i].Kind == models.AppContainer {
			s.Containers = append(s.Containers, c)
		} else {
			s.InitContainers = append(s.InitContainers, c)
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return "Pod resize " + what
	}
	return "Pod resize " + what + ": " + string(text)
}
