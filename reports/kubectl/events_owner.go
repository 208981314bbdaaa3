package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// componentOf is the controller of a kind of owner, as it calls itself.
func componentOf(kind string) string {
	if kind == "ReplicationController" {
		return "replication-controller"
	}
	return strings.ToLower(kind) + "-controller"
}

// Deletions of pods that their own controller is behind, by the cause that the
// operation gives. Source: sim/control/controller.go of this module.
var controllerCauses = map[string]bool{"ScaleDown": true, "JobFailed": true, "JobFinished": true}

func (e *Events) owner(op *models.Op, v cluster.View) {
	o := v.Owner(op.Owner)
	switch op.Kind {
	case models.OpCreateOwner, models.OpScaleOwner:
		if o.Parent() != models.None && o.Kind() == models.ReplicaSet {
			e.scaled(o, v)
		}
	case models.OpFinishOwner:
		e.finished(op, o, v.Dictionary())
	case models.OpDeleteOwner:
		delete(e.replicas, op.Owner)
	case models.OpBackdateOwner:
		e.forget(func(h *happening) bool { return h.owner == op.Owner })
	}
}

// scaled tells of a ReplicaSet that its Deployment has made or scaled.
// Source: pkg/controller/deployment/sync.go (getNewReplicaSet, scaleReplicaSet).
func (e *Events) scaled(o cluster.Owner, v cluster.View) {
	before, after := e.replicas[o.ID()], o.Replicas()
	e.replicas[o.ID()] = after
	direction := "up"
	switch {
	case before == after:
		return
	case after < before:
		direction = "down"
	}
	message := fmt.Sprintf("Scaled %s replica set %s from %d to %d", direction, o.Name(), before, after)
	parent := ownerReference(v.Owner(o.Parent()), v.Dictionary())
	e.tell(componentOf(parent.Kind), parent, Normal, "ScalingReplicaSet", message).owner = o.ID()
}

// jobFailures are what a Job says about why it failed.
// Source: pkg/controller/job/job_controller.go (syncJob).
var jobFailures = map[string]string{
	"BackoffLimitExceeded": "Job has reached the specified backoff limit",
	"DeadlineExceeded":     "Job was active longer than specified deadline",
}

// finished tells of the end of a Job.
// Source: pkg/controller/job/job_controller.go (recordJobFinished).
func (e *Events) finished(op *models.Op, o cluster.Owner, d *models.Dictionary) {
	about := ownerReference(o, d)
	if op.Arg != 1 {
		reason := d.String(op.Reason)
		e.tell(componentOf(about.Kind), about, Warning, reason, jobFailures[reason]).owner = o.ID()
		return
	}
	if wanted := o.Spec().Completions; wanted != models.Unset && o.Counts().Succeeded > wanted {
		e.tell(componentOf(about.Kind), about, Warning, "TooManySucceededPods", "Too many succeeded pods running after completion count reached").owner = o.ID()
	}
	e.tell(componentOf(about.Kind), about, Normal, "Completed", "Job completed").owner = o.ID()
}

// made tells that a controller has created a pod, and unmade that it has deleted one.
// Source: pkg/controller/controller_utils.go (RealPodControl.createPods, DeletePod).
func (e *Events) made(pod cluster.Pod, v cluster.View) {
	e.tellOwner(pod, v, "SuccessfulCreate", "Created pod: "+pod.Name())
}

func (e *Events) unmade(pod cluster.Pod, cause string, v cluster.View) {
	if controllerCauses[cause] {
		e.tellOwner(pod, v, "SuccessfulDelete", "Deleted pod: "+pod.Name())
	}
}

func (e *Events) tellOwner(pod cluster.Pod, v cluster.View, reason, message string) {
	if pod.Owner() == models.None {
		return
	}
	about := ownerReference(v.Owner(pod.Owner()), v.Dictionary())
	e.tell(componentOf(about.Kind), about, Normal, reason, message).pod = pod.ID()
}
