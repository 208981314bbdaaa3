package reports

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// appendPod appends namespace/name.
func appendPod(b []byte, v cluster.View, pod cluster.Pod) []byte {
	b = append(b, v.Dictionary().String(pod.Spec().Namespace)...)
	b = append(b, '/')
	return pod.AppendName(b)
}

// appendOwner appends Kind/namespace/name.
func appendOwner(b []byte, v cluster.View, id models.OwnerID) []byte {
	owner := v.Owner(id)
	spec := owner.Spec()
	b = append(b, spec.Kind.String()...)
	b = append(b, '/')
	b = append(b, v.Dictionary().String(spec.Namespace)...)
	b = append(b, '/')
	return owner.AppendName(b)
}

// root returns the Deployment of a ReplicaSet, or the owner itself.
func root(v cluster.View, id models.OwnerID) models.OwnerID {
	if parent := v.Owner(id).Parent(); parent != models.None {
		return parent
	}
	return id
}

// workloadName names the workload that an owner belongs to: Kind/namespace/name.
func workloadName(v cluster.View, id models.OwnerID) string {
	return string(appendOwner(nil, v, root(v, id)))
}

// PodName returns namespace/name of a pod.
func PodName(v cluster.View, pod cluster.Pod) string { return string(appendPod(nil, v, pod)) }

// WorkloadName returns Kind/namespace/name of the workload that an owner belongs
// to: the Deployment of a ReplicaSet, or the owner itself.
func WorkloadName(v cluster.View, id models.OwnerID) string { return workloadName(v, id) }

// GroupName is WorkloadName, with one name for Jobs whose names differ in a number
// at the end only.
func GroupName(v cluster.View, id models.OwnerID) string {
	name := workloadName(v, id)
	if kind := v.Owner(root(v, id)).Kind(); kind == models.Job {
		return WithoutNumber(name)
	}
	return name
}
