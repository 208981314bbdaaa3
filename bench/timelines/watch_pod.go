package timelines

import (
	"fmt"
	"math"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

// Exit codes of containers that were told to stop, and that were killed.
const (
	stopped = 143
	killed  = 137
)

func (w *watcher) pod(op *models.Op, v cluster.View) { //nolint:gocyclo // one switch of operations
	pod := v.Pod(op.Pod)
	if op.Kind == models.OpCreatePod {
		w.podCreated(pod, v)
	}
	name, state := w.names.pods[op.Pod], w.pods[op.Pod]
	switch op.Kind {
	case models.OpFailScheduling:
		w.scheduled(name, state, "False:Unschedulable: "+w.names.in(v.Dictionary().String(op.Message)))
	case models.OpNominatePod:
		w.nominated(name, state, op.Node, v)
	case models.OpBindPod:
		w.podBound(name, state, pod, v)
	case models.OpStartPod:
		w.tell("Pod", name, "container", encode("running"))
		if !state.started {
			w.phase(name, state, models.Running)
		} else {
			w.tell("Pod", name, "restarts", encode(pod.Restarts()))
		}
		state.started, state.up = true, true
	case models.OpReadyPod:
		w.ready(name, state, "True")
	case models.OpUnreadyPod:
		w.ready(name, state, "False")
	case models.OpExitPod:
		state.up = false
		w.ended(name, op.Arg)
		w.ready(name, state, "False:ContainersNotReady")
	case models.OpRejectPod:
		w.podFinished(name, state, killed)
	case models.OpFinishPod:
		w.podFinished(name, state, op.Arg)
		if state.graceful && pod.Node() != models.None {
			state.deadline, state.graceful = w.now, false
			w.grace(name, state)
		}
	case models.OpDeletePod:
		w.podDeleted(op, name, state, v)
	case models.OpIndexPod:
		index, _ := models.SplitIndexArg(op.Arg)
		w.tell("Pod", name, "index", encode(encode(index)))
	case models.OpUntrackPod:
		if !pod.Deleting() || !pod.Phase().Terminal() { // else the object goes with it
			w.tell("Pod", name, "finalizers", "null")
		}
	case models.OpAdoptPod, models.OpOrphanPod:
		w.owned(name, state, pod, v)
	case models.OpRemovePod:
		w.podRemoved(name, state, pod)
		delete(w.pods, op.Pod)
	}
	if owner := pod.Owner(); owner != models.None {
		w.count(v.Owner(owner), v)
	}
}

func (w *watcher) podCreated(pod cluster.Pod, v cluster.View) {
	w.names.addPod(pod)
	name, spec := w.names.pods[pod.ID()], pod.Spec()
	w.pods[pod.ID()] = &podState{deadline: models.Never, owner: pod.Owner()}
	w.tell("Pod", name, Added, "")
	w.image("Pod", name, spec, v.Dictionary())
	if owner := pod.Owner(); owner != models.None {
		w.tell("Pod", name, "owner", encode(v.Owner(owner).Kind().String()+"/"+w.names.owners[owner]))
		if revision, ok := w.names.revisions[revisionKey{owner, control.RevisionHash(v, spec)}]; ok {
			w.tell("Pod", name, "revision", encode(revision))
		}
		if v.Owner(owner).Kind() == models.DaemonSet {
			w.target(name, spec, v.Dictionary())
		}
	}
	if pod.Tracked() {
		w.tell("Pod", name, "finalizers", encode([]string{"batch.kubernetes.io/job-tracking"}))
	}
	w.tell("Pod", name, "phase", encode(models.Pending.String()))
	w.tell("Pod", name, "priority", encode(spec.Priority))
	w.tell("Pod", name, "qos", encode(spec.QOS.String()))
	if text := resourcesOf(spec, v.Dictionary()); text != "" {
		w.tell("Pod", name, "resources", text)
	}
}

// owned tells who owns a pod now, and whose it was.
func (w *watcher) owned(name string, state *podState, pod cluster.Pod, v cluster.View) {
	text := "null"
	if owner := pod.Owner(); owner != models.None {
		text = encode(v.Owner(owner).Kind().String() + "/" + w.names.owners[owner])
	} else {
		w.count(v.Owner(state.owner), v)
	}
	state.owner = pod.Owner()
	w.tell("Pod", name, "owner", text)
	if pod.Tracked() {
		w.tell("Pod", name, "finalizers", encode([]string{"batch.kubernetes.io/job-tracking"}))
	}
}

// target tells the node that a daemon pod is for.
func (w *watcher) target(name string, spec *models.PodSpec, d *models.Dictionary) {
	for _, term := range spec.RequiredTerms {
		for _, r := range term.Names {
			w.tell("Pod", name, "target", encode(d.String(r.Values[0])))
		}
	}
}

// scheduled tells the PodScheduled condition, if it changed.
func (w *watcher) scheduled(name string, state *podState, text string) {
	if state.scheduled != text {
		state.scheduled = text
		w.tell("Pod", name, "PodScheduled", encode(text))
	}
}

func (w *watcher) nominated(name string, state *podState, node models.NodeID, v cluster.View) {
	if node != models.None {
		w.tell("Pod", name, "nominated", encode(v.Node(node).Name()))
	} else if state.nominated {
		w.tell("Pod", name, "nominated", "null")
	}
	state.nominated = node != models.None
}

// podBound tells of a binding and of the kubelet's first status.
func (w *watcher) podBound(name string, state *podState, pod cluster.Pod, v cluster.View) {
	w.scheduled(name, state, "True")
	w.tell("Pod", name, "node", encode(v.Node(pod.Node()).Name()))
	w.nominated(name, state, models.None, v)
	w.tell("Pod", name, "container", encode("waiting:ContainerCreating"))
	w.ready(name, state, "False:ContainersNotReady")
}

func (w *watcher) phase(name string, state *podState, phase models.Phase) {
	if state.phase != phase {
		state.phase = phase
		w.tell("Pod", name, "phase", encode(phase.String()))
	}
}

func (w *watcher) ready(name string, state *podState, text string) {
	if state.ready != text {
		state.ready = text
		w.tell("Pod", name, "ready", encode(text))
	}
}

// ended tells how the container ended.
func (w *watcher) ended(name string, code int64) {
	reason := "Error"
	if code == 0 {
		reason = "Completed"
	}
	w.tell("Pod", name, "container", encode(fmt.Sprintf("terminated:%s:%d", reason, code)))
}

func (w *watcher) podFinished(name string, state *podState, code int64) {
	if state.up {
		w.ended(name, code)
	}
	state.up = false
	if code == 0 {
		w.phase(name, state, models.Succeeded)
		w.ready(name, state, "False:PodCompleted")
	} else {
		w.phase(name, state, models.Failed)
		w.ready(name, state, "False:PodFailed")
	}
}

func (w *watcher) podDeleted(op *models.Op, name string, state *podState, v cluster.View) {
	if condition, ok := disruption(v.Dictionary().String(op.Reason)); ok {
		w.tell("Pod", name, "DisruptionTarget", encode(condition))
	}
	state.deadline = w.now.Add(time.Duration(op.Arg))
	if state.graceful = op.Arg > 0; state.graceful || state.phase.Terminal() {
		w.grace(name, state)
	}
}

// grace tells when a pod will have to be gone; the API counts whole seconds.
func (w *watcher) grace(name string, state *podState) {
	if at := encode(math.Floor(state.deadline.Seconds())); at != state.deletion {
		state.deletion = at
		w.tell("Pod", name, "deletionAt", at)
	}
	w.tell("Pod", name, "grace", encode(math.Round(time.Duration(state.deadline-w.now).Seconds())))
}

// podRemoved tells of the end of a pod. If it had running containers, their end
// comes before, and then the kubelet's deletion without grace.
func (w *watcher) podRemoved(name string, state *podState, pod cluster.Pod) {
	if state.up {
		code := int64(stopped)
		if w.now >= state.deadline {
			code = killed
		}
		w.podFinished(name, state, code)
	}
	if state.graceful && pod.Node() != models.None {
		state.deadline = w.now
		w.grace(name, state)
	}
	w.tell("Pod", name, Deleted, "")
}
