package validation

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const onlyCompute = "only cpu and memory resources are mutable"

// Resize checks a change of the resources of a pod, through its subresource resize.
// Source: pkg/apis/core/validation/validation.go (ValidatePodResize).
func Resize(next, old *corev1.Pod) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	errs = append(errs, podObject(next)...)
	switch _, mirror := old.Annotations[corev1.MirrorPodAnnotationKey]; {
	case mirror:
		return field.ErrorList{field.Forbidden(field.NewPath(""), "static pods cannot be resized")}
	case old.Spec.OS != nil && old.Spec.OS.Name == corev1.Windows:
		return field.ErrorList{field.Forbidden(field.NewPath(""), "windows pods cannot be resized")}
	}
	if QOS(&next.Spec) != QOS(&old.Spec) {
		errs = append(errs, field.Invalid(specPath, next.Status.QOSClass, "Pod QOS Class may not change as a result of resizing"))
	}
	munged := next.Spec.DeepCopy()
	if hasWhole(&old.Spec) || hasWhole(&next.Spec) {
		errs = append(errs, wholeResize(munged, &old.Spec)...)
	}
	if wrong := sameContainers(&next.Spec, &old.Spec); len(wrong) > 0 {
		return append(errs, wrong...)
	}
	errs = append(errs, nothingRemoved(next.Spec.InitContainers, old.Spec.InitContainers, specPath.Child("initContainers"))...)
	errs = append(errs, nothingRemoved(next.Spec.Containers, old.Spec.Containers, specPath.Child("containers"))...)
	for i := range munged.Containers {
		keepCompute(&munged.Containers[i], &old.Spec.Containers[i])
		if !equal(munged.Containers[i], old.Spec.Containers[i]) {
			errs = append(errs, field.Forbidden(specPath, onlyCompute))
		}
	}
	errs = append(errs, initResize(munged, &old.Spec)...)
	if len(errs) == 0 && !equal(*munged, old.Spec) {
		errs = append(errs, field.Forbidden(specPath, onlyCompute))
	}
	return errs
}

// initResize checks what may change of init containers, and takes that back.
func initResize(munged, old *corev1.PodSpec) field.ErrorList {
	var errs field.ErrorList
	for i := range munged.InitContainers {
		c, was, at := &munged.InitContainers[i], &old.InitContainers[i], specPath.Child("initContainers").Index(i)
		changed := !equal(*c, *was)
		keepCompute(c, was)
		if !equal(*c, *was) {
			errs = append(errs, field.Forbidden(at, "only cpu and memory resources for init or sidecar containers are mutable"))
		}
		if !changed || isSidecar(c) {
			continue
		}
		for _, policy := range c.ResizePolicy {
			if policy.RestartPolicy == corev1.RestartContainer {
				errs = append(errs, field.Forbidden(at, "non-sidecar init containers with a resize policy of RestartContainer cannot be resized"))
			}
		}
	}
	return errs
}

func hasWhole(spec *corev1.PodSpec) bool {
	return spec.Resources != nil && len(spec.Resources.Requests)+len(spec.Resources.Limits) > 0
}

// wholeResize checks a change of what a pod takes as a whole, and takes it back.
// Source: pkg/apis/core/validation/validation.go (validatePodLevelResourcesResize).
func wholeResize(munged, old *corev1.PodSpec) field.ErrorList {
	path := specPath.Child("resources")
	if old.Resources != nil && munged.Resources == nil {
		return field.ErrorList{field.Forbidden(path, "pod-level resources cannot be removed")}
	}
	var errs field.ErrorList
	before := corev1.ResourceRequirements{}
	if old.Resources != nil {
		before = *old.Resources
		if removed(munged.Resources.Requests, before.Requests) {
			errs = append(errs, field.Forbidden(path.Child("requests"), "pod-level resource requests cannot be removed"))
		}
		if removed(munged.Resources.Limits, before.Limits) {
			errs = append(errs, field.Forbidden(path.Child("limits"), "pod-level resource limits cannot be removed"))
		}
	}
	munged.Resources.Requests = withCompute(munged.Resources.Requests, before.Requests)
	munged.Resources.Limits = withCompute(munged.Resources.Limits, before.Limits)
	if old.Resources == nil && !hasWhole(munged) && len(munged.Resources.Claims) == 0 {
		munged.Resources = nil
	}
	if !equal(munged.Resources, old.Resources) {
		errs = append(errs, field.Forbidden(specPath, onlyCompute+" at pod-level"))
	}
	return errs
}

// sameContainers checks that the containers are the same ones.
func sameContainers(next, old *corev1.PodSpec) field.ErrorList {
	var errs field.ErrorList
	for _, list := range []struct {
		name      string
		next, old []corev1.Container
	}{{"containers", next.Containers, old.Containers}, {"initContainers", next.InitContainers, old.InitContainers}} {
		path := specPath.Child(list.name)
		if len(list.next) != len(list.old) {
			errs = append(errs, field.Forbidden(path, list.name+" may not be added or removed on resize"))
			continue
		}
		for i := range list.old {
			if list.next[i].Name != list.old[i].Name {
				errs = append(errs, field.Forbidden(path.Index(i).Child("name"), list.name+" may not be renamed or reordered on resize"))
			}
		}
	}
	return errs
}

func nothingRemoved(next, old []corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range old {
		at := path.Index(i).Child("resources")
		if removed(next[i].Resources.Requests, old[i].Resources.Requests) {
			errs = append(errs, field.Forbidden(at.Child("requests"), "resource requests cannot be removed"))
		}
		if removed(next[i].Resources.Limits, old[i].Resources.Limits) {
			errs = append(errs, field.Forbidden(at.Child("limits"), "resource limits cannot be removed"))
		}
	}
	return errs
}

func removed(next, old corev1.ResourceList) bool {
	for name := range old {
		if _, ok := next[name]; !ok {
			return true
		}
	}
	return len(old) > len(next)
}

// keepCompute gives a container its old cpu and memory again.
func keepCompute(c, old *corev1.Container) {
	c.Resources = corev1.ResourceRequirements{
		Requests: withCompute(c.Resources.Requests, old.Resources.Requests),
		Limits:   withCompute(c.Resources.Limits, old.Resources.Limits),
	}
}

func withCompute(list, old corev1.ResourceList) corev1.ResourceList {
	if list == nil && old == nil {
		return nil
	}
	out := corev1.ResourceList{}
	for name, amount := range list {
		out[name] = amount
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		delete(out, name)
		if amount, ok := old[name]; ok {
			out[name] = amount
		}
	}
	return out
}

// QOS returns the class of a pod.
// Source: pkg/apis/core/v1/helper/qos/qos.go (ComputePodQOS).
func QOS(spec *corev1.PodSpec) corev1.PodQOSClass {
	lists := []corev1.ResourceRequirements{}
	if hasWhole(spec) {
		lists = append(lists, *spec.Resources)
	} else {
		for _, containers := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
			for i := range containers {
				lists = append(lists, containers[i].Resources)
			}
		}
	}
	requests, limits := corev1.ResourceList{}, corev1.ResourceList{}
	guaranteed := true
	for i := range lists {
		sumCompute(requests, lists[i].Requests)
		if sumCompute(limits, lists[i].Limits) < 2 {
			guaranteed = false
		}
	}
	switch {
	case len(requests) == 0 && len(limits) == 0:
		return corev1.PodQOSBestEffort
	case guaranteed && len(requests) == len(limits) && !differ(requests, limits):
		return corev1.PodQOSGuaranteed
	}
	return corev1.PodQOSBurstable
}

// sumCompute adds cpu and memory and returns how many of them were given.
func sumCompute(sum, list corev1.ResourceList) int {
	given := 0
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if amount, ok := list[name]; ok && amount.Sign() > 0 {
			given++
			total := sum[name]
			total.Add(amount)
			sum[name] = total
		}
	}
	return given
}

func differ(requests, limits corev1.ResourceList) bool {
	for name, request := range requests {
		if limit, ok := limits[name]; !ok || limit.Cmp(request) != 0 {
			return true
		}
	}
	return false
}
