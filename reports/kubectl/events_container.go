package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// container tells what its kubelet does to one container of a pod.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, kuberuntime_manager.go.
func (e *Events) container(pod cluster.Pod, op *models.Op) {
	d := pod.View().Dictionary()
	if op.Kind == models.OpStartSandbox {
		note := e.note(pod.ID())
		if note.rebooted {
			e.say(pod, nil, Normal, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
		}
		note.rebooted = false
		return
	}
	if op.Kind == models.OpResetContainers {
		return
	}
	c := &pod.Spec().Containers[op.Def]
	name := d.String(c.Name)
	switch op.Kind {
	case models.OpStartContainer:
		e.created(pod, int(op.Def))
	case models.OpStopContainer:
		message := "Stopping container " + name
		if op.Message != 0 {
			message = d.String(op.Message)
		}
		e.say(pod, c, Normal, "Killing", message)
	case models.OpWaitContainer:
		if op.Arg > 0 {
			about := podReference(pod)
			e.say(pod, c, Warning, "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)",
				name, about.Name, about.Namespace, about.UID))
		}
	case models.OpWarnContainer:
		for range min(op.Arg, maxRepeats) {
			e.say(pod, c, Warning, d.String(op.Reason), d.String(op.Message))
		}
	}
}

// maxRepeats bounds how often one warning is told at once: more than recorders let
// pass.
const maxRepeats = 64

// created tells that a container was made and runs.
func (e *Events) created(pod cluster.Pod, i int) {
	c := &pod.Spec().Containers[i]
	if note := e.pods[pod.ID()]; !note.imageTold(i) {
		e.say(pod, c, Normal, "Pulled", arrival(pod, c, false, e.at()))
	}
	e.say(pod, c, Normal, "Created", "Container created")
	e.say(pod, c, Normal, "Started", "Container started")
}

// sandboxFailed tells that a kubelet could not make the sandbox of a pod.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod).
func (e *Events) sandboxFailed(pod cluster.Pod, op *models.Op) {
	d := pod.View().Dictionary()
	for range min(op.Arg, maxRepeats) {
		e.say(pod, nil, Warning, d.String(op.Reason), "Failed to create pod sandbox: "+d.String(op.Message))
	}
}
