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
