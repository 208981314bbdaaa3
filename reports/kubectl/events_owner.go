package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// componentOf is the controller of a kind of owner, as it calls itself.
func componentOf(kind string) string {
	switch kind {
	case "ReplicationController":
		return "replication-controller"
	case "HorizontalPodAutoscaler":
		return "horizontal-pod-autoscaler"
	}
	return strings.ToLower(kind) + "-controller"
}

// Deletions of pods that their own controller is behind, by the cause that the
// operation gives. Source: sim/control/controller.go of this module.
var controllerCauses = map[string]bool{
	"ScaleDown": true, "JobFailed": true, "JobFinished": true, "JobSuspended": true,
	"RollingUpdate": true, "EndedPod": true, "SurplusPod": true, "UnwantedNode": true,
}

func (e *Events) owner(op *models.Op, v cluster.View) {
	o := v.Owner(op.Owner)
	switch op.Kind {
	case models.OpCreateOwner, models.OpScaleOwner:
		if o.Parent() != models.None && o.Kind() == models.ReplicaSet {
			e.scaled(o, v)
		}
		if op.Kind == models.OpCreateOwner {
			e.cronCreated(o, v)
		}
	case models.OpSetCondition:
		e.suspension(op, o, v.Dictionary())
	case models.OpFailCreate:
		e.deniedCreate(op, o, v.Dictionary())
	case models.OpFinishOwner:
		e.finished(op, o, v.Dictionary())
		e.cronCompleted(o, v)
	case models.OpTerminateOwner:
		e.cronDeleted(op, o, v)
	case models.OpRescale:
		message := fmt.Sprintf("New size: %d; reason: %s", op.Arg, v.Dictionary().String(op.Message))
		e.tell(componentOf(o.Kind().String()), ownerReference(o, v.Dictionary()), Normal, "SuccessfulRescale", message).owner = o.ID()
	case models.OpReportOwner:
		d := v.Dictionary()
		e.tell(componentOf(o.Kind().String()), ownerReference(o, d), severity(op), d.String(op.Reason), d.String(op.Message)).owner = o.ID()
	case models.OpDeleteOwner:
		delete(e.replicas, op.Owner)
		e.cronDeleted(op, o, v)
	case models.OpMissJob:
		e.cronMissed(op, o, v.Dictionary())
	case models.OpBackdateOwner:
		e.forget(func(h *happening) bool { return h.owner == op.Owner })
	}
}

// severity is the type of the Event that a report asks for.
func severity(op *models.Op) string {
	if op.Arg == 1 {
		return Warning
	}
	return Normal
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

// suspension tells that a Job is suspended or goes on.
// Source: pkg/controller/job/job_controller.go (syncJob).
func (e *Events) suspension(op *models.Op, o cluster.Owner, d *models.Dictionary) {
	if o.Kind() != models.Job || d.String(op.Name) != "Suspended" {
		return
	}
	about, reason := ownerReference(o, d), "Resumed"
	if models.ConditionStatus(op.Arg) == models.ConditionTrue {
		reason = "Suspended"
	}
	e.tell(componentOf(about.Kind), about, Normal, reason, "Job "+strings.ToLower(reason)).owner = o.ID()
}

// finished tells of the end of a Job; of its failure in the words of its condition.
// Source: pkg/controller/job/job_controller.go (recordJobFinished).
func (e *Events) finished(op *models.Op, o cluster.Owner, d *models.Dictionary) {
	about := ownerReference(o, d)
	if op.Arg != 1 {
		message := ""
		for c := range o.Conditions() {
			if d.String(c.Type) == "Failed" {
				message = d.String(c.Message)
			}
		}
		e.tell(componentOf(about.Kind), about, Warning, d.String(op.Reason), message).owner = o.ID()
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
	if ofStatefulSet(pod, v) {
		e.madeNumbered(pod, v)
		return
	}
	e.tellOwner(pod, v, Normal, "SuccessfulCreate", "Created pod: "+pod.Name())
}

func (e *Events) unmade(pod cluster.Pod, cause string, v cluster.View) {
	switch {
	case !controllerCauses[cause]:
	case ofStatefulSet(pod, v):
		e.tellOwner(pod, v, Normal, "SuccessfulDelete", "Delete "+numbered(pod, v)+" successful")
	default:
		if cause == "EndedPod" {
			e.foundEnded(pod, v)
		}
		e.tellOwner(pod, v, Normal, "SuccessfulDelete", "Deleted pod: "+pod.Name())
	}
}

func (e *Events) tellOwner(pod cluster.Pod, v cluster.View, kind, reason, message string) {
	if pod.Owner() == models.None {
		return
	}
	about := ownerReference(v.Owner(pod.Owner()), v.Dictionary())
	e.tell(componentOf(about.Kind), about, kind, reason, message).pod = pod.ID()
}
