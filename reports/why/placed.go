package why

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// placed answers for a pod that has a node and is to run there.
func (a *asking) placed(l *life, pod cluster.Pod) {
	kind, text := a.standing(pod)
	a.because(kind, "Pod %s %s", a.fullName(), text)
	if kind == "running" && l.attempt.count > 0 && l.bound <= a.At {
		a.out.Cause.Text += "; before it was bound at " + clock(l.bound) + " it waited for " + span(l.created, l.bound)
	}
	a.out.Cause.Text += a.held(pod) + "."
}

// standing says how a pod stands that has a node: in a word, and as the end of a sentence.
func (a *asking) standing(pod cluster.Pod) (kind, text string) {
	node := a.View.Node(pod.Node())
	status := a.StatusOf(pod)
	on := "is on node " + node.Name()
	switch lacks := pod.Lacks(); {
	case !node.Heard():
		return "node-down", on + ", " + a.unheard(node)
	case len(lacks) > 0:
		return "image", a.lacking(pod, &lacks[0])
	case pod.Up() && pod.Ready():
		return "running", "runs on node " + node.Name() + " and is Ready since " + clock(pod.ReadyChangedAt())
	case a.sandboxFails(pod):
		return "sandbox", on + " and its sandbox cannot be made"
	case strings.Contains(status, "BackOff") || strings.Contains(status, "Error") || strings.Contains(status, models.ReasonOOMKilled):
		return "crash-loop", on + " and its containers end again and again (" + status + ")" + a.lastEnd(pod)
	case pod.Phase() == models.Pending:
		return "starting", on + " since " + clock(pod.BoundAt()) + " and starts (" + status + ")"
	case pod.ContainersReady() && !pod.GatesOpen():
		return "not-ready", on + " and runs, but waits for its readiness gates"
	}
	return "not-ready", on + ", runs since " + clock(pod.StartedAt()) + " and is not Ready: " + a.unready(pod, status)
}

// unready is what keeps a pod that runs from being Ready, without the moments of one pod.
func (a *asking) unready(pod cluster.Pod, status string) string {
	l := a.pods[pod.ID()]
	switch waiting := waitingContainer(pod); {
	case waiting != "":
		return waiting
	case pod.Up() && !pod.Itemised() && !pod.GatesOpen():
		return "still starting up, with readiness gates to wait for"
	case pod.Up() && l != nil && l.lostReady != "" && pod.ReadyChangedAt() > pod.StartedAt():
		return "no longer Ready" + because(l.lostReady)
	case pod.Up():
		return "still starting up"
	}
	return status
}

// waitingContainer tells of the first container that keeps a pod from being Ready, if its
// containers are told apart.
func waitingContainer(pod cluster.Pod) string {
	d := pod.View().Dictionary()
	for i := range pod.Containers() {
		c, spec := &pod.Containers()[i], &pod.Spec().Containers[i]
		if spec.Kind == models.InitContainer || c.Ready() {
			continue
		}
		name := "container " + d.String(spec.Name)
		switch {
		case c.State == cluster.ContainerTerminated:
			return name + " has ended"
		case c.State == cluster.ContainerWaiting:
			return name + " waits" + because(d.String(c.Reason))
		case !c.HasStarted() && spec.Probe(models.StartupProbe) != nil:
			return "the startup probe of " + name + " has not succeeded yet"
		case c.HasStarted() && spec.Probe(models.ReadinessProbe) != nil:
			return "the readiness probe of " + name + " does not succeed"
		}
		return name + " still starts up"
	}
	return ""
}

// unheard tells why the kubelet of a node is not heard.
func (a *asking) unheard(node cluster.Node) string {
	text := "whose kubelet is not heard"
	if node.Down() {
		text = "which is down"
	}
	if since := a.since(node); since != "" {
		text += ": the node " + since
	}
	return text
}

// since tells what has befallen a node up to the moment, if that is known.
func (a *asking) since(node cluster.Node) string {
	if t, ok := a.then[node.ID()]; ok {
		return t.text + " at " + clock(t.at)
	}
	return ""
}

// lacking tells of a pod that waits for an image.
func (a *asking) lacking(pod cluster.Pod, lack *cluster.Lack) string {
	d := a.View.Dictionary()
	c := &pod.Spec().Containers[lack.Container]
	text := "has node " + a.View.Node(pod.Node()).Name() + " since " + clock(pod.BoundAt()) + " and waits for image " + d.String(c.WrittenImage()) +
		": " + d.String(lack.Reason)
	if message := d.String(lack.Message); message != "" {
		text += because(message)
	}
	if f, is := a.during(a.At, "registryOutage"); is {
		text += "; registries are out since " + clock(f.from) + " (fault " + f.name + ")"
	}
	return text
}

// sandboxFails reports whether the last that befell a pod was that its sandbox failed.
func (a *asking) sandboxFails(pod cluster.Pod) bool {
	l := a.pods[pod.ID()]
	return l != nil && l.sandboxFailed
}

// lastEnd tells how the containers of a pod ended last.
func (a *asking) lastEnd(pod cluster.Pod) string {
	d := a.View.Dictionary()
	if !pod.Itemised() {
		if pod.ExitedAt() == models.Never {
			return ""
		}
		return ", the last time at " + clock(pod.ExitedAt()) + because(endText(int64(pod.ExitCode()), d.String(pod.Reason())))
	}
	for i := range pod.Containers() {
		if c := &pod.Containers()[i]; c.Ended.Happened() && c.Ended.ExitCode != 0 {
			name := d.String(pod.Spec().Containers[i].Name)
			return ", container " + name + " the last time at " + clock(c.Ended.Finished) + because(endText(int64(c.Ended.ExitCode), d.String(c.Ended.Reason)))
		}
	}
	return ""
}
