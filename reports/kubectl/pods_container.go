package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// itemisedNow reports whether the containers of a pod are told apart and a kubelet has
// reported them.
func itemisedNow(pod cluster.Pod) bool { return pod.Itemised() && pod.Containers() != nil }

// containerReport is the status of one container as its kubelet has written it.
type containerReport struct {
	cluster.Container
	state   containerState
	reason  string // why it does not run
	message string
	last    bool // Ended is its last state, not its state
	ready   bool
	started bool
}

// reportOf is the status of a container of a pod.
// Source: pkg/kubelet/kubelet_pods.go (convertToAPIContainerStatuses).
func (m *Moment) reportOf(pod cluster.Pod, i int) containerReport {
	d, spec := m.View.Dictionary(), pod.Spec()
	r := containerReport{Container: pod.Containers()[i]}
	r.ready, r.started = r.Ready(), r.HasStarted()
	switch r.State {
	case cluster.ContainerRunning:
		r.state = running
		r.last = r.Ended.Happened()
	case cluster.ContainerTerminated:
		r.state = ended
		r.reason = endReason(&r.Ended, d)
		r.ready = spec.Containers[i].Kind == models.InitContainer && r.Ended.ExitCode == 0
	default:
		r.state, r.reason, r.message = waiting, d.String(r.Reason), d.String(r.Message)
		r.last = r.Ended.Happened()
		if r.Reason == 0 {
			r.reason = "ContainerCreating"
			if spec.HasInit() {
				r.reason = "PodInitializing"
			}
		}
		if r.BackOff > 0 {
			about := podReference(pod)
			r.message = fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)", r.BackOff,
				d.String(spec.Containers[i].Name), about.Name, about.Namespace, about.UID)
		}
	}
	for _, lack := range pod.Lacks() {
		if int(lack.Container) == i && r.state != running {
			r.state, r.reason, r.message = waiting, d.String(lack.Reason), d.String(lack.Message)
			r.last = r.Ended.Happened()
		}
	}
	return r
}

// endReason is why a container has ended.
func endReason(end *cluster.Termination, d *models.Dictionary) string {
	if end.Reason != 0 {
		return d.String(end.Reason)
	}
	return exitReason(end.ExitCode)
}

// itemised works out the status of a pod from its containers.
// Source: pkg/printers/internalversion/printers.go (printPod).
func (m *Moment) itemised(pod cluster.Pod) podStatus {
	d, spec := m.View.Dictionary(), pod.Spec()
	s := podStatus{state: running, text: pod.Phase().String(), restarts: restartCount{last: models.Never}, sidecars: restartCount{last: models.Never}}
	if pod.Phase().Terminal() {
		s.state = ended
	}
	if reason := d.String(pod.Reason()); pod.Phase() == models.Failed && isStatusReason(reason) {
		s.text = reason
	}
	inits := 0
	for i := range spec.Containers {
		if spec.Containers[i].Kind != models.InitContainer {
			s.containers++
		}
		if spec.Containers[i].Kind != models.AppContainer {
			inits++
		}
	}
	initializing := false
	for i := 0; i < inits && !initializing; i++ {
		initializing = m.initText(pod, i, inits, &s)
	}
	if !initializing || pod.Initialized() {
		m.appText(pod, inits, &s)
	}
	if pod.Deleting() && !pod.Phase().Terminal() {
		s.text = "Terminating"
	}
	return s
}

// isStatusReason tells the reasons that a kubelet gives a pod from those of its
// containers.
func isStatusReason(reason string) bool { return reason != "" && reason != "Error" }

// initText reports whether an init container holds up the rest, and says so.
func (m *Moment) initText(pod cluster.Pod, i, inits int, s *podStatus) bool {
	r := m.reportOf(pod, i)
	s.restarts.add(&r)
	if pod.Spec().Containers[i].Kind == models.Sidecar {
		s.sidecars.add(&r)
	}
	switch {
	case r.state == ended && r.Ended.ExitCode == 0:
		return false
	case pod.Spec().Containers[i].Kind == models.Sidecar && r.started:
		if r.ready {
			s.ready++
		}
		return false
	case r.state == ended, r.state == waiting && r.reason != "PodInitializing":
		s.text = "Init:" + r.reason
	default:
		s.text = fmt.Sprintf("Init:%d/%d", i, inits)
	}
	return true
}

// appText says what the app containers do.
func (m *Moment) appText(pod cluster.Pod, inits int, s *podStatus) {
	s.restarts = s.sidecars
	runs, failed := false, ""
	for i := len(pod.Spec().Containers) - 1; i >= inits; i-- {
		r := m.reportOf(pod, i)
		s.restarts.add(&r)
		switch {
		case r.state != running:
			s.text = r.reason
			if r.state == ended && r.Ended.ExitCode != 0 {
				failed = r.reason
			}
		case r.ready:
			runs = true
			s.ready++
		}
	}
	if s.text == exitReason(0) {
		switch {
		case runs && pod.Ready():
			s.text = "Running"
		case failed != "":
			s.text = failed
		case runs:
			s.text = "NotReady"
		}
	}
}

// restartCount sums restarts, with the end of the last run before one.
type restartCount struct {
	n    int32
	last models.Time
}

func (c *restartCount) add(r *containerReport) {
	c.n += r.Restarts
	if r.last && (c.last == models.Never || r.Ended.Finished > c.last) {
		c.last = r.Ended.Finished
	}
}

// itemisedConditions lists the conditions of a pod by its containers, but for
// PodScheduled.
// Source: pkg/kubelet/status/generate.go.
func (m *Moment) itemisedConditions(pod cluster.Pod) []condition {
	d, spec := m.View.Dictionary(), pod.Spec()
	status := func(ok bool) string { return map[bool]string{true: "True", false: "False"}[ok] }
	sandbox := condition{kind: "PodReadyToStartContainers", status: status(pod.Sandbox() != models.Never), at: pod.BoundAt()}
	if pod.Sandbox() != models.Never {
		sandbox.at = pod.Sandbox()
	}
	initialized := condition{kind: "Initialized", status: status(pod.Initialized()), at: pod.BoundAt()}
	var incomplete, unready []string
	for i := range spec.Containers {
		r, name := m.reportOf(pod, i), d.String(spec.Containers[i].Name)
		if kind := spec.Containers[i].Kind; kind != models.AppContainer {
			done := r.ready
			if kind == models.Sidecar {
				done = r.started
			}
			if !done {
				incomplete = append(incomplete, name)
			} else if pod.Initialized() {
				initialized.at = max(initialized.at, since(&r))
			}
		}
		if spec.Containers[i].Kind != models.InitContainer && !r.ready {
			unready = append(unready, name)
		}
	}
	switch {
	case pod.Phase() == models.Succeeded:
		initialized.status, initialized.reason = "True", "PodCompleted"
	case !pod.Initialized():
		initialized.reason, initialized.message = "ContainersNotInitialized", "containers with incomplete status: ["+strings.Join(incomplete, " ")+"]"
	}
	containers := condition{kind: "ContainersReady", status: status(len(unready) == 0), at: pod.BoundAt()}
	if pod.ReadyChangedAt() != models.Never {
		containers.at = pod.ReadyChangedAt()
	}
	switch {
	case pod.Phase() == models.Succeeded:
		containers.status, containers.reason = "False", "PodCompleted"
	case pod.Phase() == models.Failed:
		containers.status, containers.reason = "False", "PodFailed"
	case len(unready) > 0:
		containers.reason, containers.message = "ContainersNotReady", "containers with unready status: ["+strings.Join(unready, " ")+"]"
	}
	ready := containers
	ready.kind, ready.status = "Ready", status(pod.Ready())
	if containers.status == "True" {
		ready.reason, ready.message = "", "" // the node controller gives none
		if message := m.gateMessage(pod); message != "" {
			ready.reason, ready.message = "ReadinessGatesNotReady", message
		}
	}
	list := []condition{sandbox, initialized, ready, containers}
	if pod.Resetting() {
		list = append(list, condition{kind: "AllContainersRestarting", status: "True", at: pod.ExitedAt()})
	}
	return list
}

// since is when a container came into its state.
func since(r *containerReport) models.Time {
	if r.state == running {
		return r.Started
	}
	return r.Ended.Finished
}

// itemisedStatus writes the status of one container of a pod.
func (m *Moment) itemisedStatus(pod cluster.Pod, i int) map[string]any {
	d, c := m.View.Dictionary(), &pod.Spec().Containers[i]
	r := m.reportOf(pod, i)
	out := map[string]any{
		"name": d.String(c.Name), "image": d.String(c.Image), "ready": r.ready, "started": r.started, "restartCount": r.Restarts,
		"lastState": map[string]any{},
	}
	ending := map[string]any{}
	if r.Ended.Happened() {
		ending["reason"], ending["exitCode"] = endReason(&r.Ended, d), r.Ended.ExitCode
		if r.Ended.Started != models.Never {
			ending["startedAt"] = m.stamp(r.Ended.Started)
		}
		ending["finishedAt"] = m.stamp(r.Ended.Finished)
	}
	switch r.state {
	case running:
		out["state"] = map[string]any{"running": map[string]any{"startedAt": m.stamp(r.Started)}}
	case waiting:
		state := map[string]any{"reason": r.reason}
		if r.message != "" {
			state["message"] = r.message
		}
		out["state"] = map[string]any{"waiting": state}
	default:
		out["state"] = map[string]any{"terminated": ending}
	}
	if r.last {
		out["lastState"] = map[string]any{"terminated": ending}
	}
	return out
}
