package descheduler

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// containerStatus is what the status of a pod says of a container.
type containerStatus struct {
	// reason is why it waits or has ended; a running one has none.
	reason     string
	terminated bool
	exitCode   int32
	restarts   int32
}

// backOffReset is the run after which a container that ends does not wait long.
// Source: pkg/kubelet/kubelet.go (twice MaxCrashLoopBackOff).
const backOffReset = 10 * time.Minute

// statuses lists the status of the containers of a pod, init containers only if they are
// wanted.
func statuses(pod cluster.Pod, inits bool) []containerStatus {
	d, spec := pod.View().Dictionary(), pod.Spec()
	if !pod.Itemised() {
		return []containerStatus{whole(pod, d)}
	}
	var list []containerStatus
	for i, c := range pod.Containers() {
		if spec.Containers[i].Kind != models.AppContainer && !inits {
			continue
		}
		s := containerStatus{restarts: c.Restarts}
		switch c.State {
		case cluster.ContainerWaiting:
			s.reason = d.String(c.Reason)
			if c.Reason == 0 && pod.Initialized() {
				s.reason = "ContainerCreating"
			} else if c.Reason == 0 {
				s.reason = "PodInitializing"
			}
		case cluster.ContainerTerminated:
			s.terminated, s.exitCode, s.reason = true, c.Ended.ExitCode, endReason(c.Ended.ExitCode)
			if c.Ended.Reason != 0 {
				s.reason = d.String(c.Ended.Reason)
			}
		}
		list = append(list, s)
	}
	return list
}

// ephemerals lists the status of the ephemeral containers of a pod.
func ephemerals(pod cluster.Pod) (list []containerStatus) {
	for _, e := range pod.Ephemerals() {
		s := containerStatus{}
		switch e.State {
		case cluster.ContainerWaiting:
			s.reason = "ContainerCreating"
		case cluster.ContainerTerminated:
			s.terminated, s.exitCode, s.reason = true, e.ExitCode, endReason(e.ExitCode)
		}
		list = append(list, s)
	}
	return list
}

// whole is the status of the only container of a pod.
func whole(pod cluster.Pod, d *models.Dictionary) containerStatus {
	s := containerStatus{restarts: pod.Restarts()}
	switch {
	case len(pod.Lacks()) > 0:
		s.reason = d.String(pod.Lacks()[0].Reason)
	case pod.Starts() == 0:
		s.reason = "ContainerCreating"
	case pod.Up() && !pod.Phase().Terminal():
	case !pod.Phase().Terminal() && pod.Restarts() > 0 && pod.ExitedAt().Sub(pod.StartedAt()) <= backOffReset:
		s.reason = "CrashLoopBackOff"
	default:
		s.terminated, s.exitCode, s.reason = true, pod.ExitCode(), endReason(pod.ExitCode())
		if reason := d.String(pod.Reason()); reason == models.ReasonOOMKilled {
			s.reason = reason
		}
	}
	return s
}

func endReason(code int32) string {
	if code == 0 {
		return "Completed"
	}
	return "Error"
}

// reasonOf is the reason in the status of a pod, if its kubelet or its controller has
// given one for its end.
func reasonOf(pod cluster.Pod) string {
	reason := pod.View().Dictionary().String(pod.Reason())
	if pod.Phase() != models.Failed || reason == endReason(1) || reason == models.ReasonOOMKilled {
		return ""
	}
	return reason
}
