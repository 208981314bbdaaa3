package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ephemeralManifest writes the ephemeral containers of a pod: what they are, and what
// they do.
// Source: pkg/kubelet/kubelet_pods.go (convertToAPIContainerStatuses).
func (m *Moment) ephemeralManifest(pod cluster.Pod) (containers, statuses []any) {
	d := m.View.Dictionary()
	for _, e := range pod.Ephemerals() {
		name := string(e.AppendName(nil, d))
		container := map[string]any{"name": name, "image": d.String(e.Image), "imagePullPolicy": "IfNotPresent", "resources": map[string]any{}}
		if e.Target != 0 {
			container["targetContainerName"] = d.String(e.Target)
		}
		containers = append(containers, container)
		statuses = append(statuses, map[string]any{
			"name": name, "image": d.String(e.Image), "ready": false, "restartCount": int32(0), "lastState": map[string]any{}, "state": m.ephemeralState(pod, &e),
		})
	}
	return containers, statuses
}

func (m *Moment) ephemeralState(pod cluster.Pod, e *cluster.Ephemeral) map[string]any {
	switch e.State {
	case cluster.ContainerRunning:
		return map[string]any{"running": map[string]any{"startedAt": m.stamp(e.Started)}}
	case cluster.ContainerTerminated:
		return map[string]any{"terminated": map[string]any{
			"reason": exitReason(e.ExitCode), "exitCode": e.ExitCode, "startedAt": m.stamp(e.Started), "finishedAt": m.stamp(e.Finished),
		}}
	}
	reason := "ContainerCreating"
	if m.hasInits(pod) {
		reason = "PodInitializing"
	}
	return map[string]any{"waiting": map[string]any{"reason": reason}}
}

// ephemerals writes the ephemeral containers of a pod.
// Source: k8s.io/kubectl/pkg/describe (describePod, describeContainers).
func (p *page) ephemerals(m *Moment, pod cluster.Pod) {
	list := pod.Ephemerals()
	if len(list) == 0 {
		return
	}
	p.line(0, "Ephemeral Containers:")
	for i := range list {
		e := &list[i]
		p.line(1, "%s:", e.AppendName(nil, m.View.Dictionary()))
		p.line(2, "Container ID:\t")
		p.line(2, "Image:\t%s", m.View.Dictionary().String(e.Image))
		p.line(2, "Image ID:\t")
		p.line(2, "Port:\t<none>")
		p.line(2, "Host Port:\t<none>")
		p.state("State", m.ephemeralState(pod, e))
		p.line(2, "Ready:\tFalse")
		p.line(2, "Restart Count:\t0")
		p.line(2, "Environment:\t<none>")
		p.line(2, "Mounts:\t<none>")
	}
}

// ephemeral tells what a kubelet does for an ephemeral container.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer).
func (e *Events) ephemeral(pod cluster.Pod, op *models.Op) {
	is, d := &pod.Ephemerals()[op.Def], pod.View().Dictionary()
	path, image := "spec.ephemeralContainers{"+string(is.AppendName(nil, d))+"}", d.String(is.Image)
	say := func(reason, message string) {
		about := podReference(pod)
		about.FieldPath = path
		h := e.tell(Kubelet, about, Normal, reason, message)
		h.event.Host, h.pod = pod.View().Node(pod.Node()).Name(), pod.ID()
	}
	if op.Arg == 1 {
		say("Pulling", fmt.Sprintf("Pulling image %q", image))
		say("Pulled", fmt.Sprintf("Successfully pulled image %q. Image size: %d bytes.", image, pod.View().ImageSize(is.Image)))
	} else {
		say("Pulled", fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", image))
	}
	say("Created", "Container created")
	say("Started", "Container started")
}
