package kubectl

import (
	"fmt"
	"strconv"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func pods() *kind {
	return &kind{
		name: "pod", plural: "pods", short: []string{"po"}, all: true,
		columns: []string{"NAME", "READY", "STATUS", "RESTARTS", "AGE"},
		wide:    []string{"IP", "NODE", "NOMINATED NODE", "READINESS GATES"},
		aging:   []string{"AGE"},
		list: func(m *Moment) []object {
			var out []object
			for pod := range m.View.Live() {
				out = append(out, m.pod(pod))
			}
			return out
		},
		touched: func(op *models.Op, _ cluster.View) []int32 {
			if op.Kind.Fields()&models.FieldPod == 0 {
				return nil
			}
			return []int32{int32(op.Pod)}
		},
		one: func(m *Moment, id int32) (object, bool) {
			pod := m.View.Pod(models.PodID(id))
			if pod.Removed() {
				return object{}, false
			}
			return m.pod(pod), true
		},
		describe: describePod,
	}
}

func (m *Moment) pod(pod cluster.Pod) object {
	d, spec := m.View.Dictionary(), pod.Spec()
	s := m.statusOfPod(pod)
	count := restartCount{pod.Restarts(), pod.ExitedAt()}
	if itemisedNow(pod) {
		count = s.restarts
	}
	restarts := strconv.Itoa(int(count.n))
	if count.n > 0 && count.last != models.Never {
		restarts = fmt.Sprintf("%s (%s ago)", restarts, m.age(count.last))
	}
	node, nominated := "<none>", "<none>"
	if pod.Node() != models.None {
		node = m.View.Node(pod.Node()).Name()
	}
	if pod.Nominated() != models.None {
		nominated = m.View.Node(pod.Nominated()).Name()
	}
	return object{
		id: int32(pod.ID()), namespace: d.String(spec.Namespace), name: pod.Name(), labels: labelsOf(spec.Labels, d),
		cells:    []string{pod.Name(), fmt.Sprintf("%d/%d", s.ready, s.containers), s.text, restarts, m.age(pod.Created())},
		wide:     []string{orNone(m.address(pod)), node, nominated, gatesOf(pod)},
		manifest: func() map[string]any { return m.podManifest(pod) },
	}
}

// podStatus is what a kubelet would have written about a pod.
type podStatus struct {
	text              string // as the column STATUS has it
	ready, containers int
	inits             int
	state             containerState // of app containers
	reason            string         // of a container that does not run
	// Of pods whose containers are told apart.
	restarts, sidecars restartCount
}

type containerState uint8

const (
	unseen containerState = iota // no kubelet has seen the pod
	waiting
	running
	ended
)

// statusOfPod works out the status of a pod. podsim's containers of one pod start and
// end together.
// Source: pkg/printers/internalversion/printers.go (printPod).
func (m *Moment) statusOfPod(pod cluster.Pod) podStatus {
	if itemisedNow(pod) {
		return m.itemised(pod)
	}
	var s podStatus
	for i := range pod.Spec().Containers {
		if pod.Spec().Containers[i].Kind == models.InitContainer {
			s.inits++
		} else {
			s.containers++
		}
	}
	s.state, s.reason = m.stateOf(pod)
	switch phase := pod.Phase(); {
	case s.state == unseen && pod.Node() == models.None && len(pod.Spec().SchedulingGates) > 0:
		s.text = "SchedulingGated"
	case s.state == unseen && phase == models.Failed:
		s.text = m.View.Dictionary().String(pod.Reason())
	case s.state == unseen:
		s.text = phase.String()
	case s.state == waiting && phase == models.Pending && s.inits > 0:
		s.text = fmt.Sprintf("Init:0/%d", s.initContainers(pod))
		if lacks := pod.Lacks(); len(lacks) > 0 {
			s.text = s.reason
			if pod.Spec().Containers[lacks[0].Container].Kind != models.AppContainer {
				s.text = "Init:" + s.reason
			}
		}
	case s.state == running:
		s.text = "Running"
	default:
		s.text = s.reason
	}
	if pod.Deleting() && !pod.Phase().Terminal() {
		s.text = "Terminating"
	}
	if m.containersReady(pod) {
		s.ready = s.containers
	}
	return s
}

// endOf returns the reason and the message of the status of a pod, if its kubelet or its
// controller has given one for its end: none for containers that have ended by themselves.
// Source: pkg/kubelet/kubelet.go (rejectPod), pkg/kubelet/active_deadline.go,
// pkg/kubelet/nodeshutdown, pkg/kubelet/preemption.
func (m *Moment) endOf(pod cluster.Pod) (reason, message string) {
	if pod.Phase() != models.Failed {
		return "", ""
	}
	reason = m.View.Dictionary().String(pod.Reason())
	if pod.Message() != 0 {
		return reason, m.View.Dictionary().String(pod.Message())
	}
	if message, ok := endMessages[reason]; ok {
		return reason, message
	}
	if s, _ := m.stateOf(pod); s == unseen {
		return reason, ""
	}
	return "", ""
}

// endMessages are what kubelets say of pods that they have ended, by the reason.
var endMessages = map[string]string{
	reasonDeadline:            "Pod was active on the node longer than the specified deadline",
	models.ReasonNodeShutdown: models.MessageNodeShutdown,
	reasonPreempting:          "Preempted in order to admit critical pod",
}

// initContainers counts the init containers, sidecars among them.
func (*podStatus) initContainers(pod cluster.Pod) (n int) {
	for i := range pod.Spec().Containers {
		if pod.Spec().Containers[i].Kind != models.AppContainer {
			n++
		}
	}
	return n
}

// stateOf returns the state of the app containers, and the reason if they do not run.
func (m *Moment) stateOf(pod cluster.Pod) (state containerState, reason string) {
	never := pod.Starts() == 0
	switch {
	case pod.Node() == models.None, never && (pod.Phase().Terminal() || m.unseen(pod)):
		return unseen, ""
	case len(pod.Lacks()) > 0:
		return waiting, m.View.Dictionary().String(pod.Lacks()[0].Reason)
	case never && m.hasInits(pod):
		return waiting, "PodInitializing"
	case never:
		return waiting, "ContainerCreating"
	case m.runs(pod):
		return running, ""
	case !pod.Phase().Terminal() && pod.Restarts() > 0 && pod.ExitedAt().Sub(pod.StartedAt()) <= backOffReset:
		return waiting, "CrashLoopBackOff"
	}
	return ended, m.lastReason(pod)
}

// lastReason is why the containers of a pod ended last, that are not told apart.
func (m *Moment) lastReason(pod cluster.Pod) string {
	if reason := m.View.Dictionary().String(pod.Reason()); reason == models.ReasonOOMKilled {
		return reason
	}
	return exitReason(pod.ExitCode())
}

func exitReason(code int32) string {
	if code == 0 {
		return "Completed"
	}
	return "Error"
}

func (m *Moment) hasInits(pod cluster.Pod) bool {
	for i := range pod.Spec().Containers {
		if pod.Spec().Containers[i].Kind != models.AppContainer {
			return true
		}
	}
	return false
}

// unseen reports whether the kubelet has not heard of a pod yet.
func (m *Moment) unseen(pod cluster.Pod) bool {
	node := m.View.Node(pod.Node())
	return !node.Heard() && pod.BoundAt() >= node.HeardUntil(m.At)
}

// runs reports whether the kubelet has last said that the containers run. That of a
// node that is down says nothing any more.
func (m *Moment) runs(pod cluster.Pod) bool {
	if pod.Up() || pod.Phase().Terminal() || pod.Starts() == 0 {
		return pod.Up() && !pod.Phase().Terminal()
	}
	return m.View.Node(pod.Node()).Down() && (pod.ExitedAt() == models.Never || pod.ExitedAt() < pod.StartedAt())
}

// containersReady reports whether the kubelet has last said that the containers are
// ready: when its node falls silent, the node controller takes back only what the pod
// as a whole says.
func (m *Moment) containersReady(pod cluster.Pod) bool {
	if pod.Ready() {
		return true
	}
	if pod.Node() == models.None || !m.runs(pod) {
		return false
	}
	node := m.View.Node(pod.Node())
	return node.Ready() != models.ConditionTrue && pod.ReadyChangedAt() == node.ReadyChangedAt() && pod.ReadyChangedAt() > 0
}

func (m *Moment) appContainers(pod cluster.Pod, d *models.Dictionary) (names []string) {
	for i := range pod.Spec().Containers {
		if c := &pod.Spec().Containers[i]; c.Kind != models.InitContainer {
			names = append(names, d.String(c.Name))
		}
	}
	return names
}

// graceOf is the grace with which a pod is being deleted, in whole seconds.
func graceOf(pod cluster.Pod) int64 {
	return int64(pod.Spec().GracePeriod / time.Second)
}

// StatusOf returns the status of a pod as the column STATUS has it.
func (m *Moment) StatusOf(pod cluster.Pod) string { return m.statusOfPod(pod).text }
