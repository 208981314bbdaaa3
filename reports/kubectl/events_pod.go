package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Causes of deletions and reasons of changes, as operations give them.
const (
	causeTaint       = "TaintManagerEviction"
	causePreemption  = "PreemptionByScheduler for "
	reasonNotReady   = "NodeNotReady"
	reasonRebooted   = "NodeRebooted"
	reasonDeadline   = "DeadlineExceeded"
	reasonPreempting = "Preempting"
)

func (e *Events) pod(op *models.Op, v cluster.View) { //nolint:gocyclo // one switch of operations
	pod, d := v.Pod(op.Pod), v.Dictionary()
	switch op.Kind {
	case models.OpCreatePod:
		e.made(pod, v)
	case models.OpFailScheduling:
		e.failedScheduling(pod, op.Message)
	case models.OpNominatePod:
		e.note(op.Pod).version++
	case models.OpBindPod:
		e.bound(pod, v)
	case models.OpRequestImage, models.OpReceiveImage, models.OpLackImage:
		e.image(pod, op)
	case models.OpStartPod:
		if !pod.Itemised() {
			e.started(pod)
		}
	case models.OpStartSandbox, models.OpStartContainer, models.OpStopContainer, models.OpWaitContainer, models.OpWarnContainer:
		e.container(pod, op)
	case models.OpFailSandbox:
		e.sandboxFailed(pod, op)
	case models.OpStartEphemeral:
		e.ephemeral(pod, op)
	case models.OpUnreadyPod:
		if d.String(op.Reason) == reasonNotReady {
			e.tell(nodeController, podReference(pod), Warning, "NodeNotReady", "Node is not ready")
		}
	case models.OpExitPod:
		e.exited(pod, d.String(op.Reason))
	case models.OpRejectPod:
		e.refused(pod, d.String(op.Reason), d.String(op.Message))
		e.cancelEviction(pod, false)
	case models.OpKillPod:
		e.ends(pod, d.String(op.Reason), d.String(op.Message))
	case models.OpFinishPod:
		e.ended(pod, d.String(op.Reason))
		e.cancelEviction(pod, false)
	case models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		e.resize(pod, op)
	case models.OpEvictPod:
		e.evicted(op, pod)
		e.descheduled(pod, op)
	case models.OpRefuseEviction:
		e.notDescheduled(pod, op)
	case models.OpDeletePod:
		e.evicted(op, pod)
		e.deleted(pod, d.String(op.Reason), v)
	case models.OpRemovePod:
		e.cancelEviction(pod, true)
		delete(e.pods, op.Pod)
		delete(e.evictions, op.Pod)
		if pod.Node() != models.None {
			e.gone = append(e.gone, gonePod{UID("Pod", int32(op.Pod)), v.Node(pod.Node()).Name()})
		}
	case models.OpBackdatePod:
		e.forget(func(h *happening) bool { return h.pod == op.Pod })
	}
}

func (e *Events) note(id models.PodID) *podNote {
	n := e.pods[id]
	if n == nil {
		n = new(podNote)
		e.pods[id] = n
	}
	return n
}

// scheduler is the component of the scheduler of a pod.
func schedulerOf(pod cluster.Pod) string {
	if name := pod.View().Dictionary().String(pod.Spec().SchedulerName); name != "" {
		return name
	}
	return models.DefaultScheduler
}

// failedScheduling tells of an attempt that found no node. The scheduler writes it
// before it changes the condition of the pod, if that changes.
// Source: pkg/scheduler/schedule_one.go (handleSchedulingFailure).
func (e *Events) failedScheduling(pod cluster.Pod, message models.Sym) {
	note := e.note(pod.ID())
	text := pod.View().Dictionary().String(message)
	h := e.tell(schedulerOf(pod), podReference(pod), Warning, "FailedScheduling", text)
	h.event.Series, h.event.Action, h.version = true, "Scheduling", note.version
	if note.condition != message {
		note.condition = message
		note.version++
	}
}

// whyUnschedulable is what its scheduler last said of a pod that it found no node for, if
// Events are known.
func (m *Moment) whyUnschedulable(pod cluster.Pod) string {
	if m.Events == nil || m.Events.pods[pod.ID()] == nil {
		return ""
	}
	return m.View.Dictionary().String(m.Events.pods[pod.ID()].condition)
}

// bound tells that a scheduler has found a node; for a pod whose user named one,
// nobody has. Source: pkg/scheduler/schedule_one.go (bind).
func (e *Events) bound(pod cluster.Pod, v cluster.View) {
	delete(e.pods, pod.ID())
	node := v.Node(pod.Node())
	if pod.Spec().NodeName == 0 && !pod.Spec().Static {
		about := podReference(pod)
		message := fmt.Sprintf("Successfully assigned %s/%s to %s", about.Namespace, about.Name, node.Name())
		h := e.tell(schedulerOf(pod), about, Normal, "Scheduled", message)
		h.event.Series, h.event.Action, h.pod = true, "Binding", pod.ID()
	}
	if !pod.Itemised() {
		e.pulling(pod, node)
	}
	e.planEviction(pod, noExecute(node))
}

// descheduler is the component of the descheduler.
// Source: descheduler pkg/utils/events.go (GetRecorderAndBroadcaster).
const descheduler = "sigs.k8s.io.descheduler"

// descheduled tells that the descheduler has a pod leave: the reason is its strategy.
// Others who evict pods say nothing of it.
// Source: descheduler pkg/descheduler/evictions/evictions.go (EvictPod).
func (e *Events) descheduled(pod cluster.Pod, op *models.Op) {
	d := pod.View().Dictionary()
	if d.String(op.Name) != descheduler {
		return
	}
	h := e.tell(descheduler, podReference(pod), Normal, d.String(op.Reason), d.String(op.Message))
	h.event.Series, h.event.Action = true, "Descheduled"
}

// notDescheduled tells that the descheduler was refused an eviction.
// Source: descheduler pkg/descheduler/evictions/evictions.go (EvictPod).
func (e *Events) notDescheduled(pod cluster.Pod, op *models.Op) {
	h := e.tell(descheduler, podReference(pod), Warning, "EvictionFailed", pod.View().Dictionary().String(op.Message))
	h.event.Series, h.event.Action = true, "Descheduled"
}

// deleted tells who deletes a pod, and that its containers are stopped.
func (e *Events) deleted(pod cluster.Pod, cause string, v cluster.View) {
	switch {
	case cause == causeTaint:
		about := podReference(pod)
		e.tell(taintController, about, Normal, causeTaint, "Marking for deletion Pod "+about.Namespace+"/"+about.Name)
		delete(e.evicting, pod.ID())
	case strings.HasPrefix(cause, causePreemption):
		e.preempted(pod, strings.TrimPrefix(cause, causePreemption), v)
	default:
		e.unmade(pod, cause, v)
	}
	if !pod.Itemised() && pod.Up() && !pod.Spec().Static && v.Node(pod.Node()).Heard() {
		e.killing(pod)
	}
}

// preempted tells a victim for whom it has to go.
// Source: pkg/scheduler/framework/preemption/executor.go (PreemptPod).
func (e *Events) preempted(pod cluster.Pod, preemptor string, v cluster.View) {
	node := v.Node(pod.Node())
	uid, by := preemptor, models.DefaultScheduler
	for _, id := range node.Nominated() {
		p := v.Pod(id)
		if r := podReference(p); r.Namespace+"/"+r.Name == preemptor {
			uid, by = r.UID, schedulerOf(p)
		}
	}
	h := e.tell(by, podReference(pod), Normal, "Preempted", fmt.Sprintf("Preempted by pod %s on node %s", uid, node.Name()))
	h.event.Series, h.event.Action = true, "Preempting"
}
