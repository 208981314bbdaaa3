package manifest

import (
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models/validation"
	"github.com/podsim/podsim/models/yamlnode"
)

// Live is what a run knows of an object that is there and its document does not say.
type Live struct {
	// Started tells that a Job has ever been without suspension.
	Started bool
}

// ForbiddenCreation returns what kubectl prints when an API server refuses to create an
// object, which CheckForm finds right; empty if it does not.
func (s *Set) ForbiddenCreation(n *yamlnode.Node) string {
	object, ok := s.live(n, Live{})
	if !ok {
		return ""
	}
	return validation.Refusal(kindOf(n), nameOf(object), validation.Create(object))
}

// ForbiddenChange returns what kubectl prints when an API server refuses that an object
// becomes another one, which CheckForm finds right; empty if it does not.
func (s *Set) ForbiddenChange(old, next *yamlnode.Node, known Live) string {
	was, ok := s.live(old, known)
	is, ok2 := s.live(next, known)
	if !ok || !ok2 {
		return ""
	}
	return validation.Refusal(kindOf(next), is.GetName(), validation.Update(is, was))
}

// ForbiddenResize is ForbiddenChange for the subresource resize of a pod, which takes
// nothing but resources. It also names the containers that have to be restarted for
// what they are to get.
// Source: pkg/registry/core/pod/strategy.go (dropNonResizeUpdates).
func (s *Set) ForbiddenResize(old, next *yamlnode.Node) (refused string, restarts []string) {
	was, ok := s.live(old, Live{})
	is, ok2 := s.live(next, Live{})
	if !ok || !ok2 {
		return "", nil
	}
	asked, before := is.(*corev1.Pod), was.(*corev1.Pod)
	pod := before.DeepCopy()
	pod.Spec.Resources = asked.Spec.Resources
	pod.Spec.Containers = resizedContainers(asked.Spec.Containers, before.Spec.Containers)
	pod.Spec.InitContainers = resizedContainers(asked.Spec.InitContainers, before.Spec.InitContainers)
	pod.Status.QOSClass = validation.QOS(&before.Spec)
	if refused = validation.Refusal("Pod", is.GetName(), validation.Resize(pod, before)); refused != "" {
		return refused, nil
	}
	for i := range pod.Spec.Containers {
		if needsRestart(&pod.Spec.Containers[i], &before.Spec.Containers[i]) {
			restarts = append(restarts, pod.Spec.Containers[i].Name)
		}
	}
	return "", restarts
}

// resizedContainers returns containers with the resources of others of the same names.
func resizedContainers(asked, before []corev1.Container) []corev1.Container {
	out := slices.Clone(before)
	for i := range asked {
		if len(asked) != len(before) || asked[i].Name != before[i].Name {
			return asked // which is refused
		}
		out[i].Resources, out[i].ResizePolicy = asked[i].Resources, asked[i].ResizePolicy
	}
	return out
}

// needsRestart reports whether a resource changes for which a container is restarted.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodResizeAction).
func needsRestart(is, was *corev1.Container) bool {
	for _, policy := range is.ResizePolicy {
		if policy.RestartPolicy != corev1.RestartContainer {
			continue
		}
		for _, lists := range [][2]corev1.ResourceList{{is.Resources.Requests, was.Resources.Requests}, {is.Resources.Limits, was.Resources.Limits}} {
			a, b := lists[0][policy.ResourceName], lists[1][policy.ResourceName]
			if a.Cmp(b) != 0 {
				return true
			}
		}
	}
	return false
}

func kindOf(n *yamlnode.Node) string { return textOf(n.Get("kind")) }

// nameOf returns the name of an object, or what its name will begin with.
func nameOf(o metav1.Object) string {
	if o.GetName() == "" {
		return o.GetGenerateName()
	}
	return o.GetName()
}

// live decodes an object and sets its defaults. ok is false if its form is wrong, which
// others tell.
func (s *Set) live(n *yamlnode.Node, known Live) (object metav1.Object, ok bool) {
	class, _ := classify(textOf(n.Get("apiVersion")), kindOf(n))
	if class != simulatedKind {
		return nil, false
	}
	object = newObject(kindOf(n))
	if len(s.decode(n, "", object)) > 0 {
		return nil, false
	}
	if a, autoscales := object.(*autoscaler); autoscales {
		object = a.latest()
	}
	if object.GetNamespace() == "" && !slices.Contains(clusterKinds, kindOf(n)) {
		object.SetNamespace(metav1.NamespaceDefault)
	}
	setLiveDefaults(object)
	if job, isJob := object.(*batchv1.Job); isJob && known.Started {
		job.Status.StartTime = &metav1.Time{Time: time.Unix(0, 0)}
	}
	return object, true
}
