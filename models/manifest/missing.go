package manifest

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
)

// completeReplicaSets makes the current ReplicaSets of Deployments that a
// snapshot holds together with pods but without the ReplicaSets between them, as
// kubectl get deploy,pods writes it. Without them a Deployment would make its
// pods a second time.
//
// Of several ReplicaSets that the pods of one Deployment name, the one with the
// newest pod is the current one. Pods of the others stay on their own.
func (k *compilation) completeReplicaSets() {
	type missing struct {
		deployment int
		hash       string
		pod        int // the newest
	}
	var found []missing
	at := make(map[int]int) // of found, by Deployment
	for i, meta := range k.podMeta {
		deployment, hash := k.deploymentBehind(meta)
		if deployment < 0 || k.Pods[i].Status == nil {
			continue
		}
		known, ok := at[deployment]
		if !ok {
			at[deployment] = len(found)
			found = append(found, missing{deployment, hash, i})
		} else if k.Pods[i].Status.Created.After(k.Pods[found[known].pod].Status.Created) {
			found[known].hash, found[known].pod = hash, i
		}
	}
	if len(found) == 0 {
		return
	}
	whole := make(map[int]bool) // Deployments whose current ReplicaSet is there
	for i := range k.Owners {
		if parent := k.controllerOf(k.ownerMeta[i]); parent >= 0 && k.isCurrent(i, parent) {
			whole[parent] = true
		}
	}
	for _, m := range found {
		if !whole[m.deployment] {
			k.addReplicaSet(m.deployment, m.hash, m.pod)
		}
	}
}

// deploymentBehind returns the Deployment of a pod whose ReplicaSet is missing,
// and the template hash of that ReplicaSet. A ReplicaSet is called after its
// Deployment and the hash.
func (k *compilation) deploymentBehind(meta *metav1.ObjectMeta) (deployment int, hash string) {
	reference, hash := metav1.GetControllerOfNoCopy(meta), meta.Labels[models.LabelPodTemplateHash]
	if reference == nil || hash == "" || reference.Kind != models.ReplicaSet.String() {
		return -1, ""
	}
	name, ok := strings.CutSuffix(reference.Name, "-"+hash)
	if !ok {
		return -1, ""
	}
	if _, present := k.index[objectKey{reference.Kind, namespaceOf(meta), reference.Name}]; present {
		return -1, ""
	}
	i, ok := k.index[objectKey{models.Deployment.String(), namespaceOf(meta), name}]
	if !ok {
		return -1, ""
	}
	return i, hash
}

// addReplicaSet adds the ReplicaSet of a Deployment that a pod names.
func (k *compilation) addReplicaSet(deployment int, hash string, pod int) {
	d := &k.Owners[deployment]
	reference := metav1.GetControllerOfNoCopy(k.podMeta[pod])
	made := *d
	k.set.finishDeployment(&made, hash)
	spec := *made.ReplicaSet
	spec.Replicas = d.Spec.Replicas
	yes := true
	meta := &metav1.ObjectMeta{
		Name: reference.Name, Namespace: d.Namespace, Labels: map[string]string{models.LabelPodTemplateHash: hash},
		Annotations: map[string]string{},
		OwnerReferences: []metav1.OwnerReference{
			{APIVersion: "apps/v1", Kind: d.Kind.String(), Name: d.Name, Controller: &yes},
		},
	}
	if revision := k.ownerMeta[deployment].Annotations[revisionAnnotation]; revision != "" {
		meta.Annotations[revisionAnnotation] = revision
	}
	k.index[objectKey{models.ReplicaSet.String(), d.Namespace, reference.Name}] = len(k.Owners)
	k.Owners = append(k.Owners, Owner{
		Name: reference.Name, Kind: models.ReplicaSet, Namespace: d.Namespace, Spec: &spec, Pod: made.Pod, Parent: -1,
		Status: &OwnerStatus{Created: k.Pods[pod].Status.Created}, Position: d.Position,
	})
	k.ownerMeta = append(k.ownerMeta, meta)
	k.templates = append(k.templates, k.templates[deployment])
}
