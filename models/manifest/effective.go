package manifest

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/podsim/podsim/models"
)

// What a container counts for when nodes are scored and it requests nothing.
// Source: pkg/scheduler/util/pod_resources.go.
var (
	standInCPU    = *resource.NewMilliQuantity(100, resource.DecimalSI)
	standInMemory = *resource.NewQuantity(200*1024*1024, resource.BinarySI)
)

// pick selects requests or limits of a container.
type pick func(*corev1.ResourceRequirements) corev1.ResourceList

func requestsOf(r *corev1.ResourceRequirements) corev1.ResourceList { return r.Requests }
func limitsOf(r *corev1.ResourceRequirements) corev1.ResourceList   { return r.Limits }

func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// aggregate returns what the containers of a pod need at the worst moment of its
// life: while init containers run one by one beside the sidecars started so far,
// or with all app containers and sidecars at once. standIns take the place of
// amounts that a container does not give.
// Source: k8s.io/component-helpers/resource/helpers.go (AggregateContainerRequests).
func aggregate(spec *corev1.PodSpec, of pick, standIns corev1.ResourceList) corev1.ResourceList {
	total, sidecars, starting := corev1.ResourceList{}, corev1.ResourceList{}, corev1.ResourceList{}
	for i := range spec.Containers {
		addTo(total, withStandIns(of(&spec.Containers[i].Resources), standIns))
	}
	for i := range spec.InitContainers {
		container := &spec.InitContainers[i]
		own := withStandIns(of(&container.Resources), standIns)
		if isSidecar(container) {
			addTo(total, own)
			addTo(sidecars, own)
			raiseTo(starting, sidecars)
			continue
		}
		need := sidecars.DeepCopy()
		addTo(need, own)
		raiseTo(starting, need)
	}
	raiseTo(total, starting)
	return total
}

func withStandIns(list, standIns corev1.ResourceList) corev1.ResourceList {
	if len(standIns) == 0 {
		return list
	}
	full := corev1.ResourceList{}
	addTo(full, list)
	for name, quantity := range standIns {
		if _, ok := full[name]; !ok {
			full[name] = quantity.DeepCopy()
		}
	}
	return full
}

func addTo(total, list corev1.ResourceList) {
	for name, quantity := range list {
		sum := total[name].DeepCopy()
		sum.Add(quantity)
		total[name] = sum
	}
}

func raiseTo(total, list corev1.ResourceList) {
	for name, quantity := range list {
		if have, ok := total[name]; !ok || quantity.Cmp(have) > 0 {
			total[name] = quantity.DeepCopy()
		}
	}
}

// isPodLevel reports whether a resource may be given for a pod as a whole.
func isPodLevel(name corev1.ResourceName) bool {
	return name == corev1.ResourceCPU || name == corev1.ResourceMemory || isHugePages(string(name))
}

// podLevel returns the requests or limits given for the pod as a whole.
func podLevel(spec *corev1.PodSpec, of pick) corev1.ResourceList {
	list := corev1.ResourceList{}
	if spec.Resources != nil {
		for name, quantity := range of(spec.Resources) {
			if isPodLevel(name) {
				list[name] = quantity
			}
		}
	}
	return list
}

// effectiveRequests returns what a pod takes on its node, without the pod itself.
// Source: k8s.io/component-helpers/resource/helpers.go (PodRequests).
func effectiveRequests(spec *corev1.PodSpec, standIns corev1.ResourceList) corev1.ResourceList {
	requests := aggregate(spec, requestsOf, standIns)
	for name, quantity := range podLevel(spec, requestsOf) {
		requests[name] = quantity
	}
	addTo(requests, spec.Overhead)
	return requests
}

// effectiveLimits returns the bounds of a pod. Overhead raises bounds but makes
// none. Source: k8s.io/component-helpers/resource/helpers.go (PodLimits).
func effectiveLimits(spec *corev1.PodSpec) corev1.ResourceList {
	limits := aggregate(spec, limitsOf, nil)
	for name, quantity := range podLevel(spec, limitsOf) {
		limits[name] = quantity
	}
	for name, quantity := range spec.Overhead {
		if _, ok := limits[name]; ok {
			addTo(limits, corev1.ResourceList{name: quantity})
		}
	}
	return limits
}

// nonZeroRequests returns the requests that count when nodes are scored. Where
// the pod as a whole gives requests, stand-ins serve only resources that nobody
// gave. Source: pkg/scheduler/framework/types.go (calculateResource).
func nonZeroRequests(spec *corev1.PodSpec, requests corev1.ResourceList) corev1.ResourceList {
	standIns := corev1.ResourceList{corev1.ResourceCPU: standInCPU, corev1.ResourceMemory: standInMemory}
	if len(podLevel(spec, requestsOf)) > 0 {
		for name := range requests {
			delete(standIns, name)
		}
	}
	return effectiveRequests(spec, standIns)
}

// qosClass returns the quality-of-service class.
// Source: pkg/apis/core/v1/helper/qos/qos.go (ComputePodQOS).
func qosClass(spec *corev1.PodSpec) models.QOSClass {
	requests, limits := corev1.ResourceList{}, corev1.ResourceList{}
	guaranteed := true
	if len(podLevel(spec, requestsOf)) > 0 || len(podLevel(spec, limitsOf)) > 0 {
		addPositive(requests, spec.Resources.Requests)
		if len(spec.Resources.Limits) > 0 {
			guaranteed = addPositive(limits, spec.Resources.Limits) == 2
		}
	} else {
		for _, containers := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
			for i := range containers {
				addPositive(requests, containers[i].Resources.Requests)
				if addPositive(limits, containers[i].Resources.Limits) < 2 {
					guaranteed = false
				}
			}
		}
	}
	if len(requests) == 0 && len(limits) == 0 {
		return models.BestEffort
	}
	for name, request := range requests {
		limit, ok := limits[name]
		guaranteed = guaranteed && ok && limit.Cmp(request) == 0
	}
	if guaranteed && len(requests) == len(limits) {
		return models.Guaranteed
	}
	return models.Burstable
}

// addPositive adds the CPU and memory of list to total and returns how many of
// the two are above zero.
func addPositive(total, list corev1.ResourceList) int {
	found := 0
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if quantity := list[name]; quantity.Sign() > 0 {
			addTo(total, corev1.ResourceList{name: quantity})
			found++
		}
	}
	return found
}
