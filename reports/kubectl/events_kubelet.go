package kubectl

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// backOffReset is how long containers must have run to be restarted at once again.
// Source: pkg/kubelet/kubelet.go (MaxCrashLoopBackOff, doubled by
// k8s.io/client-go/util/flowcontrol/backoff.go).
const backOffReset = 600 * time.Second

// say tells something about a pod, or one of its containers, from its kubelet.
func (e *Events) say(pod cluster.Pod, c *models.Container, kind, reason, message string) {
	about, d := podReference(pod), pod.View().Dictionary()
	if c != nil {
		list := "spec.containers"
		if c.Kind != models.AppContainer {
			list = "spec.initContainers"
		}
		about.FieldPath = list + "{" + d.String(c.Name) + "}"
	}
	h := e.tell(Kubelet, about, kind, reason, message)
	h.event.Host, h.pod = pod.View().Node(pod.Node()).Name(), pod.ID()
}

// pulling tells that images are on their way to the node. podsim pulls all that a pod
// lacks, one after the other, before it starts the first container.
// Source: pkg/kubelet/images/image_manager.go (pullImage).
func (e *Events) pulling(pod cluster.Pod, node cluster.Node) {
	if !node.Heard() || node.Spec().Pulls {
		return
	}
	containers := pod.Spec().Containers
	for i := range containers {
		if c := &containers[i]; !c.NeverPull && !holds(node, c.Image) && !mentioned(containers[:i], c.Image) {
			note := e.note(pod.ID())
			note.pulling = append(note.pulling, c.Image)
			e.say(pod, c, Normal, "Pulling", fmt.Sprintf("Pulling image %q", pod.View().Dictionary().String(c.WrittenImage())))
		}
	}
}

func holds(n cluster.Node, image models.Sym) bool {
	for _, held := range n.Images() {
		if held.Name == image {
			return true
		}
	}
	return false
}

func mentioned(containers []models.Container, image models.Sym) bool {
	for i := range containers {
		if containers[i].Image == image {
			return true
		}
	}
	return false
}

// started tells that containers were made and run; init containers run once in a
// sandbox. How long an image took counts from the binding, since the log tells no
// nearer. Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer).
func (e *Events) started(pod cluster.Pod) {
	note := e.pods[pod.ID()]
	again := pod.Restarts() > 0
	var pulling []models.Sym
	if note != nil {
		note.restarted = e.at()
		pulling, note.pulling = note.pulling, nil
		if note.rebooted {
			e.say(pod, nil, Normal, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
			note.rebooted, again = false, false
		}
	}
	containers := pod.Spec().Containers
	for i := range containers {
		c := &containers[i]
		if again && c.Kind == models.InitContainer {
			continue
		}
		pulled := slices.Contains(pulling, c.Image) && !mentioned(containers[:i], c.Image)
		if !note.imageTold(i) {
			e.say(pod, c, Normal, "Pulled", arrival(pod, c, pulled, e.at()))
		}
		e.say(pod, c, Normal, "Created", "Container created")
		e.say(pod, c, Normal, "Started", "Container started")
	}
}

// arrival says where the image of a container comes from.
func arrival(pod cluster.Pod, c *models.Container, pulled bool, now models.Time) string {
	image := pod.View().Dictionary().String(c.WrittenImage())
	if !pulled {
		return fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", image)
	}
	took := now.Sub(pod.BoundAt()).Round(time.Millisecond)
	return fmt.Sprintf("Successfully pulled image %q in %v (%v including waiting). Image size: %d bytes.",
		image, took, took, pod.View().ImageSize(c.Image))
}

// exited tells that containers will wait until they are started again; the first
// restart does not wait.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff).
func (e *Events) exited(pod cluster.Pod, reason string) {
	note := e.note(pod.ID())
	note.rebooted = reason == reasonRebooted
	if pod.Itemised() {
		return
	}
	if !note.restarts || e.at().Sub(note.restarted) > backOffReset {
		note.restarts, note.restarted = true, e.at()
		return
	}
	d := pod.View().Dictionary()
	for i := range pod.Spec().Containers {
		c := &pod.Spec().Containers[i]
		if c.Kind != models.AppContainer {
			continue
		}
		about := podReference(pod)
		e.say(pod, c, Warning, "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)",
			d.String(c.Name), about.Name, about.Namespace, about.UID))
	}
}

// ends tells why a kubelet ends a pod, and that its containers are stopped.
// Source: pkg/kubelet/pod_workers.go (killPodNow).
func (e *Events) ends(pod cluster.Pod, reason, message string) {
	e.note(pod.ID()).ending = true
	if message != "" {
		e.say(pod, nil, Warning, reason, message)
	} else {
		e.why(pod, reason)
	}
	if !pod.Itemised() && pod.Up() {
		e.killing(pod)
	}
}

// why tells the reason for which a kubelet ends a pod, if it tells one.
// Source: pkg/kubelet/active_deadline.go, pkg/kubelet/preemption/preemption.go.
func (e *Events) why(pod cluster.Pod, reason string) {
	switch reason {
	case reasonDeadline:
		e.say(pod, nil, Normal, reason, endMessages[reason])
	case reasonPreempting:
		e.say(pod, nil, Warning, reason, endMessages[reason])
	}
}

// ended tells why a kubelet has let a pod fail, if that was its decision and it has not
// told before.
func (e *Events) ended(pod cluster.Pod, reason string) {
	note := e.pods[pod.ID()]
	delete(e.pods, pod.ID())
	if pod.Node() != models.None && (note == nil || !note.ending) {
		e.why(pod, reason)
	}
}

// refused tells why a kubelet does not take a pod.
// Source: pkg/kubelet/kubelet.go (rejectPod).
func (e *Events) refused(pod cluster.Pod, reason, message string) {
	delete(e.pods, pod.ID())
	e.forget(func(h *happening) bool { return h.pod == pod.ID() && h.event.Reason == "Pulling" }) // it was not admitted
	e.say(pod, nil, Warning, reason, strings.TrimPrefix(message, "Pod was rejected: "))
}

// killing tells that running containers are stopped.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer).
func (e *Events) killing(pod cluster.Pod) {
	for i := range pod.Spec().Containers {
		if c := &pod.Spec().Containers[i]; c.Kind != models.InitContainer {
			e.say(pod, c, Normal, "Killing", "Stopping container "+pod.View().Dictionary().String(c.Name))
		}
	}
}
