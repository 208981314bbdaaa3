package validation

import (
	"cmp"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// changeable are the fields of a pod that may change, in the words of the server.
// Source: pkg/apis/core/validation/validation.go (updatablePodSpecFields).
var changeable = strings.Join([]string{
	"`spec.containers[*].image`",
	"`spec.initContainers[*].image`",
	"`spec.activeDeadlineSeconds`",
	"`spec.tolerations` (only additions to existing tolerations)",
	"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
}, ",")

// podUpdate checks a change of a pod.
// Source: pkg/apis/core/validation/validation.go (ValidatePodUpdate).
func podUpdate(next, old *corev1.Pod) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	errs = append(errs, podObject(next)...)
	errs = append(errs, annotationUpdates(next, old)...)
	for _, list := range []struct {
		name      string
		next, old []corev1.Container
	}{
		{"containers", next.Spec.Containers, old.Spec.Containers},
		{"initContainers", next.Spec.InitContainers, old.Spec.InitContainers},
	} {
		if len(list.next) != len(list.old) {
			return append(errs, field.Forbidden(specPath.Child(list.name), "pod updates may not add or remove containers"))
		}
		errs = append(errs, imageUpdates(list.next, specPath.Child(list.name))...)
	}
	wrong, stop := deadlineUpdate(next.Spec.ActiveDeadlineSeconds, old.Spec.ActiveDeadlineSeconds)
	if errs = append(errs, wrong...); stop {
		return errs
	}
	errs = append(errs, tolerationUpdates(next.Spec.Tolerations, old.Spec.Tolerations)...)
	errs = append(errs, gateUpdates(next.Spec.SchedulingGates, old.Spec.SchedulingGates)...)
	if equal(next.Spec, old.Spec) {
		return errs
	}
	munged := next.Spec.DeepCopy()
	errs = append(errs, munge(munged, &old.Spec)...)
	if !equal(*munged, old.Spec) {
		errs = append(errs, field.Forbidden(specPath,
			"pod updates may not change fields other than "+changeable+"\n"+specDiff(old.Spec, *munged)))
	}
	return errs
}

// munge takes allowed changes back, so that what differs from the old specification
// then is forbidden.
func munge(munged, old *corev1.PodSpec) field.ErrorList {
	for i := range munged.Containers {
		munged.Containers[i].Image = old.Containers[i].Image
	}
	for i := range munged.InitContainers {
		munged.InitContainers[i].Image = old.InitContainers[i].Image
	}
	munged.ActiveDeadlineSeconds = old.ActiveDeadlineSeconds
	munged.SchedulingGates = old.SchedulingGates
	munged.Tolerations = old.Tolerations
	if was, is := old.TerminationGracePeriodSeconds, munged.TerminationGracePeriodSeconds; was != nil && *was < 0 && is != nil && *is == 1 {
		munged.TerminationGracePeriodSeconds = was
	}
	if len(old.SchedulingGates) == 0 {
		return nil
	}
	return mungePlacement(munged, old)
}

// mungePlacement allows a gated pod to be told more narrowly where it may go.
func mungePlacement(munged, old *corev1.PodSpec) field.ErrorList {
	var errs field.ErrorList
	if !equal(munged.NodeSelector, old.NodeSelector) {
		if !hasAll(munged.NodeSelector, old.NodeSelector) {
			errs = append(errs, field.Invalid(specPath.Child("nodeSelector"), munged.NodeSelector,
				"only additions to spec.nodeSelector are allowed (no mutations or deletions)"))
		}
		munged.NodeSelector = old.NodeSelector
	}
	was, is := nodeAffinityOf(old), nodeAffinityOf(munged)
	if equal(was, is) {
		return errs
	}
	errs = append(errs, nodeAffinityUpdate(is, was)...)
	switch {
	case munged.Affinity == nil:
		munged.Affinity = &corev1.Affinity{NodeAffinity: was}
	case old.Affinity == nil && munged.Affinity.PodAffinity == nil && munged.Affinity.PodAntiAffinity == nil:
		munged.Affinity = nil
	default:
		munged.Affinity.NodeAffinity = was
	}
	return errs
}

func nodeAffinityOf(spec *corev1.PodSpec) *corev1.NodeAffinity {
	if spec.Affinity == nil {
		return nil
	}
	return spec.Affinity.NodeAffinity
}

// hasAll reports whether labels include others.
func hasAll(labels, others map[string]string) bool {
	for key, value := range others {
		if is, ok := labels[key]; !ok || is != value {
			return false
		}
	}
	return true
}

// nodeAffinityUpdate checks that required terms become narrower only.
// Source: pkg/apis/core/validation/validation.go (validateNodeAffinityMutation).
func nodeAffinityUpdate(next, old *corev1.NodeAffinity) field.ErrorList {
	was := termsOf(old)
	if len(was) == 0 {
		return nil
	}
	is, path := termsOf(next), specPath.Child("affinity", "nodeAffinity", requiredTerms, "nodeSelectorTerms")
	if len(is) != len(was) {
		return field.ErrorList{field.Invalid(path, internalForm{is}, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")}
	}
	var errs field.ErrorList
	for i := range was {
		if !narrower(&is[i], &was[i]) {
			errs = append(errs, field.Invalid(path.Index(i), internalForm{is[i]}, "only additions are allowed (no mutations or deletions)"))
		}
	}
	return errs
}

func termsOf(a *corev1.NodeAffinity) []corev1.NodeSelectorTerm {
	if a == nil || a.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return a.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

func narrower(next, old *corev1.NodeSelectorTerm) bool {
	if len(old.MatchExpressions)+len(old.MatchFields) == 0 {
		return len(next.MatchExpressions)+len(next.MatchFields) == 0
	}
	begins := func(next, old []corev1.NodeSelectorRequirement) bool {
		return len(next) >= len(old) && (len(old) == 0 || equal(next[:len(old)], old))
	}
	return begins(next.MatchExpressions, old.MatchExpressions) && begins(next.MatchFields, old.MatchFields)
}

// annotationUpdates checks annotations that stay as they are.
// Source: pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotationUpdates).
func annotationUpdates(next, old *corev1.Pod) field.ErrorList {
	var errs field.ErrorList
	path := metadata.Child("annotations")
	fixed := func(key, verb string) {
		if strings.HasPrefix(key, corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix) {
			errs = append(errs, field.Forbidden(path.Key(key), "may not "+verb+" AppArmor annotations"))
		}
		if key == corev1.MirrorPodAnnotationKey {
			errs = append(errs, field.Forbidden(path.Key(key), "may not "+verb+" mirror pod annotation"))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(old.Annotations)) {
		if value, ok := next.Annotations[key]; !ok || value != old.Annotations[key] {
			fixed(key, "remove or update")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(next.Annotations)) {
		if _, ok := old.Annotations[key]; !ok {
			fixed(key, "add")
		}
	}
	return append(errs, podAnnotations(next.Annotations, &next.Spec, path)...)
}

// imageUpdates checks the images that containers are to get.
// Source: pkg/apis/core/validation/validation.go (ValidateContainerUpdates).
func imageUpdates(list []corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range list {
		if list[i].Image == "" {
			errs = append(errs, field.Required(path.Index(i).Child("image"), ""))
		}
	}
	return append(errs, spaceAroundImages(list, path)...)
}

// deadlineUpdate checks that a deadline is set or comes earlier. stop tells that
// nothing else is looked at.
func deadlineUpdate(next, old *int64) (errs field.ErrorList, stop bool) {
	path := specPath.Child("activeDeadlineSeconds")
	switch {
	case next == nil && old != nil:
		return field.ErrorList{field.Invalid(path, next, "must not update from a positive integer to nil value")}, false
	case next == nil:
		return nil, false
	case *next < 0 || *next > math.MaxInt32:
		return field.ErrorList{field.Invalid(path, *next, validation.InclusiveRangeError(0, math.MaxInt32))}, true
	case old != nil && *old < *next:
		return field.ErrorList{field.Invalid(path, *next, "must be less than or equal to previous value")}, true
	}
	return nil, false
}

// tolerationUpdates checks that tolerations are only added, or last longer or less.
// Source: pkg/apis/core/validation/validation.go (validateOnlyAddedTolerations).
func tolerationUpdates(next, old []corev1.Toleration) field.ErrorList {
	path := specPath.Child("tolerations")
	for _, was := range old {
		kept := slices.ContainsFunc(next, func(is corev1.Toleration) bool {
			was.TolerationSeconds = is.TolerationSeconds
			return reflect.DeepEqual(was, is)
		})
		if !kept {
			return field.ErrorList{field.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds")}
		}
	}
	return tolerations(next, path)
}

// gateUpdates checks that gates are only taken away.
// Source: pkg/apis/core/validation/validation.go (validateOnlyDeletedSchedulingGates).
func gateUpdates(next, old []corev1.PodSchedulingGate) field.ErrorList {
	var errs field.ErrorList
	told := make(map[string]bool)
	for i := len(next) - 1; i >= 0; i-- { // of two of one name, the last is told of
		name := next[i].Name
		if told[name] || slices.ContainsFunc(old, func(g corev1.PodSchedulingGate) bool { return g.Name == name }) {
			continue
		}
		told[name] = true
		errs = append(errs, field.Forbidden(specPath.Child("schedulingGates").Index(i).Child("name"),
			"only deletion is allowed, but found new scheduling gate '"+name+"'"))
	}
	slices.SortStableFunc(errs, func(a, b *field.Error) int { return cmp.Compare(a.Field, b.Field) })
	return errs
}
