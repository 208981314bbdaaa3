package why

import (
	"fmt"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// podDeed says what an operation does to a pod; empty if that tells nothing.
func (s *Story) podDeed(op *models.Op, l *life, v cluster.View) string {
	pod, d := v.Pod(op.Pod), v.Dictionary()
	switch op.Kind {
	case models.OpCreatePod:
		return "created" + madeBy(pod)
	case models.OpAdoptPod:
		return "taken over" + madeBy(pod)
	case models.OpFailScheduling:
		return "the scheduler found no node: " + d.String(op.Message)
	case models.OpNominatePod:
		if op.Node == models.None {
			return "it is nominated for no node any more"
		}
		return "nominated for node " + v.Node(op.Node).Name() + ", where preemption makes room"
	case models.OpBindPod:
		return "bound to node " + v.Node(op.Node).Name()
	case models.OpReadyPod:
		return "Ready"
	case models.OpUnreadyPod:
		return "no longer Ready" + because(d.String(op.Reason))
	case models.OpUpdatePod:
		return "its specification is changed"
	case models.OpRemovePod:
		return "gone"
	case models.OpEvictPod:
		return fmt.Sprintf("%s chose it to leave: %s%s", d.String(op.Name), d.String(op.Reason), because(d.String(op.Message)))
	case models.OpRefuseEviction:
		return fmt.Sprintf("%s was refused its eviction: %s", d.String(op.Name), d.String(op.Message))
	case models.OpDeletePod:
		return "told to end" + within(op.Arg) + because(d.String(op.Reason))
	case models.OpKillPod:
		return "its kubelet ends it" + within(op.Arg) + ": " + d.String(op.Reason) + because(d.String(op.Message))
	case models.OpRejectPod:
		return "its kubelet refused it: " + d.String(op.Reason) + because(d.String(op.Message))
	case models.OpFinishPod:
		return fmt.Sprintf("%s%s", pod.Phase(), because(endText(op.Arg, d.String(op.Reason))))
	}
	return containerDeed(op, pod, l)
}

// containerDeed says what an operation does to the containers of a pod.
func containerDeed(op *models.Op, pod cluster.Pod, l *life) string {
	d := pod.View().Dictionary()
	container := func() string { return "container " + d.String(pod.Spec().Containers[op.Def].Name) }
	switch op.Kind {
	case models.OpReceiveImage:
		if op.Arg >= 0 {
			return "image " + d.String(op.Name) + " pulled in " + reports.Duration(reports.Seconds(time.Duration(op.Arg).Seconds()))
		}
	case models.OpLackImage:
		return container() + " waits for image " + d.String(op.Name) + ": " + d.String(op.Reason) + because(d.String(op.Message))
	case models.OpFailSandbox:
		return "its sandbox cannot be made: " + d.String(op.Reason) + because(d.String(op.Message))
	case models.OpStartPod:
		if l.bound != models.Never && pod.Restarts() == 0 {
			return "its containers run"
		}
		return "its containers run again"
	case models.OpExitPod:
		return "its containers ended" + because(endText(op.Arg, d.String(op.Reason)))
	case models.OpStartContainer:
		return container() + " runs"
	case models.OpExitContainer:
		return container() + " ended" + because(endText(op.Arg, d.String(op.Reason)))
	case models.OpWaitContainer:
		return container() + " waits: " + d.String(op.Reason) + because(d.String(op.Message))
	case models.OpWarnContainer:
		return container() + ": " + d.String(op.Reason) + because(d.String(op.Message))
	case models.OpStopContainer:
		return container() + " is told to stop" + because(d.String(op.Message))
	case models.OpDeferResize:
		return "its resize waits: " + d.String(op.Reason) + because(d.String(op.Message))
	}
	return ""
}

func endText(code int64, reason string) string {
	text := fmt.Sprintf("exit code %d", code)
	if reason != "" && reason != "Error" {
		text += ", " + reason
	}
	return text
}

func because(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return " (" + text + ")"
}

func within(grace int64) string {
	if grace <= 0 {
		return " at once"
	}
	return " within " + reports.Duration(reports.Seconds(time.Duration(grace).Seconds()))
}

// madeBy says who made a pod.
func madeBy(pod cluster.Pod) string {
	if pod.Owner() == models.None {
		return ""
	}
	return " by " + ownerName(pod.View().Owner(pod.Owner()))
}

// ownerName names an owner: ReplicaSet default/web-5d4f8c.
func ownerName(o cluster.Owner) string {
	return o.Kind().String() + " " + o.View().Dictionary().String(o.Spec().Namespace) + "/" + o.Name()
}

// rootOf is the workload that an owner belongs to.
func rootOf(o cluster.Owner) cluster.Owner {
	if o.Parent() != models.None {
		return o.View().Owner(o.Parent())
	}
	return o
}
