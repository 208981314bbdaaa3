package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ofStatefulSet reports whether a StatefulSet controls a pod.
func ofStatefulSet(pod cluster.Pod, v cluster.View) bool {
	return pod.Owner() != models.None && v.Owner(pod.Owner()).Kind() == models.StatefulSet
}

// numbered is how a StatefulSet calls one of its pods.
func numbered(pod cluster.Pod, v cluster.View) string {
	return "Pod " + pod.Name() + " in StatefulSet " + v.Owner(pod.Owner()).Name()
}

// madeNumbered tells that a StatefulSet has made a pod, and before it the claims of the
// pod that were not there yet.
// Source: pkg/controller/statefulset/stateful_pod_control.go (recordPodEvent,
// recordClaimEvent).
func (e *Events) madeNumbered(pod cluster.Pod, v cluster.View) {
	spec, d := pod.Spec(), v.Dictionary()
	templates := len(v.Owner(pod.Owner()).Spec().ClaimTemplates)
	// Claims of templates come after those that the template of pods names itself.
	for _, volume := range spec.Volumes[max(len(spec.Volumes)-templates, 0):] {
		if _, found := v.FindClaim(spec.Namespace, volume.Claim); !found {
			e.tellOwner(pod, v, Normal, "SuccessfulCreate", fmt.Sprintf("Create Claim %s %s success", d.String(volume.Claim), numbered(pod, v)))
		}
	}
	e.tellOwner(pod, v, Normal, "SuccessfulCreate", "Create "+numbered(pod, v)+" successful")
}

// foundEnded tells that a DaemonSet has found a pod that has ended, which it replaces.
// Source: pkg/controller/daemon/daemon_controller.go (podsShouldBeOnNode).
func (e *Events) foundEnded(pod cluster.Pod, v cluster.View) {
	where := fmt.Sprintf("daemon pod %s/%s on node %s", v.Dictionary().String(pod.Spec().Namespace), pod.Name(), v.Node(pod.Node()).Name())
	if pod.Phase() == models.Failed {
		e.tellOwner(pod, v, Warning, "FailedDaemonPod", "Found failed "+where+", will try to kill it")
	} else {
		e.tellOwner(pod, v, Normal, "SucceededDaemonPod", "Found succeeded "+where+", will try to delete it")
	}
}
