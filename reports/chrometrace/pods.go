package chrometrace

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// podTrack is a pod that is drawn.
type podTrack struct {
	at    slot   // of its slice; no process if it has none
	phase string // the slice within it that is open; empty while it waits for a node
	// How much was told of it: failed attempts to place it, other instants, and phases.
	failures, instants, phases int
}

// The phases of a pod on a node, as slices tell of them.
const (
	podStarting    = "starting"
	podNotReady    = "running, not ready"
	podReady       = "ready"
	podEnded       = "waiting for its containers to start again"
	podNodeDown    = "node down"
	podTerminating = "terminating"
)

// Bounds, so that the size of a trace follows from how many pods it draws.
const (
	waitingMost  = 100 // waiting pods at a time
	failuresMost = 8   // failed attempts to place a pod
	instantsMost = 50  // other instants of a pod
	phasesMost   = 100 // phases of a pod
)

// podRestless stands for all further phases of a pod, if there are too many.
const podRestless = "more phases than are drawn"

// phaseOf returns what a pod on a node is doing, in truth.
func phaseOf(pod cluster.Pod) string {
	switch {
	case pod.Deleting():
		return podTerminating
	case pod.View().Node(pod.Node()).Down():
		return podNodeDown
	case !pod.Up() && pod.StartedAt() == models.Never:
		return podStarting
	case !pod.Up():
		return podEnded
	case pod.Ready():
		return podReady
	}
	return podNotReady
}

// appears draws a pod that is new, or there when the trace begins.
func (r *Recorder) appears(pod cluster.Pod) {
	if !r.wanted(pod) {
		r.left.Unasked++
		return
	}
	if r.left.Drawn >= r.Pods {
		r.left.Pods++
		return
	}
	r.left.Drawn++
	p := new(podTrack)
	r.pods[pod.ID()] = p
	if pod.Node() != models.None {
		r.arrives(pod, p)
	} else if pod.Attempts() > 0 {
		r.waits(pod, p)
	}
}

// waits draws a pod that could not be placed. Others wait for their turn, and for moments
// mostly: they are counted.
func (r *Recorder) waits(pod cluster.Pod, p *podTrack) {
	if p.at.process != nil || pod.Deleting() {
		return
	}
	lane, ok := r.take(r.waiting, 0, waitingMost)
	if !ok {
		r.left.Waiting++
		return
	}
	p.at = slot{r.waiting, 0, lane}
	r.open(r.now, p.at.thread(), "waiting", reports.PodName(r.view, pod), func() {
		r.describe(pod)
		r.out.number("waited_seconds", float64(reports.SecondsOf(r.now-pod.Created())))
	})
}

// wanted reports whether the user has asked for a pod, by its name, its workload or its node.
func (r *Recorder) wanted(pod cluster.Pod) bool {
	return len(r.asked) == 0 || r.picks(&models.Op{Kind: models.OpReadyPod, Pod: pod.ID()})
}

// wantedByNode reports whether the user has asked for a pod by its node only, so that it was
// left out until it had one.
func (r *Recorder) wantedByNode(pod cluster.Pod) bool {
	return len(r.asked) > 0 && !r.picks(&models.Op{Kind: models.OpBindPod, Pod: pod.ID(), Node: models.None}) && r.wanted(pod)
}

func (r *Recorder) picks(op *models.Op) bool {
	picked := false
	for i := range r.asked {
		if a := &r.asked[i]; a.filter.Picks(r.now, op, r.view) {
			a.found, picked = true, true
		}
	}
	return picked
}

// describe adds what a pod is.
func (r *Recorder) describe(pod cluster.Pod) {
	spec := pod.Spec()
	if pod.Owner() != models.None {
		r.out.text("owner", reports.WorkloadName(r.view, pod.Owner()))
	}
	r.out.integer("cpu_millicores", spec.Requests[models.CPU])
	r.out.integer("memory_bytes", spec.Requests[models.Memory])
	r.out.integer("priority", int64(spec.Priority))
}

// arrives draws a pod that has a node now.
func (r *Recorder) arrives(pod cluster.Pod, p *podTrack) {
	r.leaves(p, nil)
	node := &r.nodes[pod.Node()].process
	lane, _ := r.take(node, lanePods, 0)
	p.at, p.phase = slot{node, lanePods, lane}, phaseOf(pod)
	r.open(r.now, p.at.thread(), "pod", reports.PodName(r.view, pod), func() {
		r.describe(pod)
		r.out.integer("attempts", int64(pod.Attempts()))
		if created, bound := pod.Created(), pod.BoundAt(); bound != models.Never {
			r.out.number("waited_seconds", float64(reports.SecondsOf(bound-created)))
		}
	})
	r.open(r.now, p.at.thread(), "phase", p.phase, nil)
}

// leaves ends the slice of a pod.
func (r *Recorder) leaves(p *podTrack, why func()) {
	if p.at.process == nil {
		return
	}
	if p.phase != "" {
		r.shut(r.now, p.at.thread(), nil)
	}
	r.shut(r.now, p.at.thread(), why)
	p.at.free()
	p.at, p.phase = slot{}, ""
}

// observePod takes in an operation on a pod.
func (r *Recorder) observePod(op *models.Op) {
	pod := r.view.Pod(op.Pod)
	r.touch(pod.Owner())
	if op.Kind == models.OpCreatePod {
		r.appears(pod)
		return
	}
	p := r.pods[op.Pod]
	if p == nil {
		if op.Kind == models.OpBindPod && r.wantedByNode(pod) {
			r.left.Unasked--
			r.appears(pod)
		}
		return
	}
	r.decided(op, pod, p)
	switch {
	case op.Kind == models.OpRemovePod:
		r.leaves(p, func() { r.out.text("end", r.text(pod.Cause())) })
		delete(r.pods, op.Pod)
	case op.Kind == models.OpBindPod:
		r.arrives(pod, p)
	case op.Kind == models.OpFailScheduling:
		r.waits(pod, p)
	case pod.Phase().Terminal():
		r.leaves(p, func() {
			r.out.text("end", pod.Phase().String())
			r.out.text("reason", r.text(pod.Reason()))
			r.out.integer("exit_code", int64(pod.ExitCode()))
		})
	case p.phase != "":
		r.follow(pod, p)
	}
}

// follow draws the phase of a pod on a node if it is another one.
func (r *Recorder) follow(pod cluster.Pod, p *podTrack) {
	phase := phaseOf(pod)
	if phase == p.phase || p.phase == podRestless {
		return
	}
	if p.phases++; p.phases >= phasesMost {
		phase = podRestless
	}
	r.shut(r.now, p.at.thread(), nil)
	r.open(r.now, p.at.thread(), "phase", phase, nil)
	p.phase = phase
}

// finishPods ends the slices of the pods that are there at the end, by their ids.
func (r *Recorder) finishPods() {
	for pod := range r.view.Live() {
		if p := r.pods[pod.ID()]; p != nil {
			r.leaves(p, nil)
		}
	}
}

func (r *Recorder) text(s models.Sym) string { return r.view.Dictionary().String(s) }
