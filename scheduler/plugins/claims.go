package plugins

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// notFound is the answer to a pod that needs an object which does not exist.
func notFound(resource, name string) *framework.Status {
	return unresolvable("%s %q not found", resource, name)
}

func unresolvable(format string, args ...any) *framework.Status {
	return framework.NewStatus(framework.UnschedulableAndUnresolvable, fmt.Sprintf(format, args...))
}

// claimOf returns the claim that a volume of a pod names or makes, if it exists.
// Source: k8s.io/component-helpers/storage/ephemeral (VolumeClaimName).
func claimOf(v cluster.View, pod cluster.Pod, volume *models.Volume) (cluster.Claim, bool) {
	namespace := pod.Spec().Namespace
	if volume.Kind == models.ClaimVolume {
		return v.FindClaim(namespace, volume.Claim)
	}
	name, ok := v.Dictionary().Lookup(claimName(v, pod, volume))
	if !ok {
		return cluster.Claim{}, false
	}
	return v.FindClaim(namespace, name)
}

// claimName returns the name of the claim that a volume of a pod names or makes.
func claimName(v cluster.View, pod cluster.Pod, volume *models.Volume) string {
	name := v.Dictionary().String(volume.Claim)
	if volume.Kind == models.EphemeralVolume {
		return pod.Name() + "-" + name
	}
	return name
}

// ownsClaim reports whether the pod controls the claim of its ephemeral volume.
// Source: k8s.io/component-helpers/storage/ephemeral (VolumeIsForPod).
func ownsClaim(v cluster.View, pod cluster.Pod, claim *models.ClaimSpec) bool {
	return claim.Pod != 0 && v.Dictionary().String(claim.Pod) == pod.Name()
}

// notOwner is the answer to a pod whose ephemeral volume has the claim of another.
func notOwner(v cluster.View, pod cluster.Pod, claim *models.ClaimSpec) *framework.Status {
	d := v.Dictionary()
	return unresolvable("PVC %s/%s was not created for pod %s/%s (pod is not owner)",
		d.String(claim.Namespace), d.String(claim.Name), d.String(pod.Spec().Namespace), pod.Name())
}
