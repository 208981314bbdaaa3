package validation

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// resourceRule checks the name of a resource.
type resourceRule func(name corev1.ResourceName, path *field.Path) field.ErrorList

// requirements checks requests and limits.
// Source: pkg/apis/core/validation/validation.go (validateResourceRequirements).
func requirements(r *corev1.ResourceRequirements, path *field.Path, rule resourceRule) field.ErrorList {
	var errs field.ErrorList
	limits, requests := path.Child("limits"), path.Child("requests")
	base, huge := false, false
	note := func(name corev1.ResourceName) {
		base = base || name == corev1.ResourceCPU || name == corev1.ResourceMemory
		huge = huge || isHugePages(name)
	}
	for _, name := range sortedNames(r.Limits) {
		at := limits.Key(string(name))
		errs = append(errs, rule(name, at)...)
		errs = append(errs, quantity(name, r.Limits, at)...)
		errs = append(errs, wholePages(name, r.Limits[name], at)...)
		note(name)
	}
	for _, name := range sortedNames(r.Requests) {
		at := requests.Key(string(name))
		errs = append(errs, rule(name, at)...)
		errs = append(errs, quantity(name, r.Requests, at)...)
		request := r.Requests[name]
		limit, limited := r.Limits[name]
		switch {
		case limited && request.Cmp(limit) != 0 && isWholesale(name):
			errs = append(errs, field.Invalid(requests, request.String(), fmt.Sprintf("must be equal to %s limit of %s", name, limit.String())))
		case limited && request.Cmp(limit) > 0:
			errs = append(errs, field.Invalid(requests, request.String(),
				fmt.Sprintf("must be less than or equal to %s limit of %s", name, limit.String())))
		case !limited && isWholesale(name):
			errs = append(errs, field.Required(limits, "Limit must be set for non overcommitable resources"))
		}
		errs = append(errs, wholePages(name, request, at)...)
		note(name)
	}
	if huge && !base {
		errs = append(errs, field.Forbidden(path, "HugePages require cpu or memory"))
	}
	return errs
}

func sortedNames(list corev1.ResourceList) []corev1.ResourceName {
	names := make([]corev1.ResourceName, 0, len(list))
	for name := range list {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func quantity(name corev1.ResourceName, list corev1.ResourceList, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	amount := list[name]
	if amount.Sign() < 0 {
		errs = append(errs, field.Invalid(path, amount.String(), "must be greater than or equal to 0"))
	}
	if strings.Contains(string(name), "/") && amount.MilliValue()%1000 != 0 {
		errs = append(errs, field.Invalid(path, amount, "must be an integer"))
	}
	return errs
}

// wholePages checks that huge pages are asked for page by page.
// Source: pkg/apis/core/validation/validation.go (validateResourceQuantityHugePageValue).
func wholePages(name corev1.ResourceName, amount resource.Quantity, path *field.Path) field.ErrorList {
	size, err := resource.ParseQuantity(strings.TrimPrefix(string(name), corev1.ResourceHugePagesPrefix))
	if !isHugePages(name) || err == nil && size.Value() > 0 && amount.Value()%size.Value() == 0 {
		return nil
	}
	return field.ErrorList{field.Invalid(path, amount.String(), fmt.Sprintf("%s is not positive integer multiple of %s", amount.String(), name))}
}

func isHugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

// isWholesale reports whether requests of a resource must equal its limits.
// Source: pkg/apis/core/v1/helper (IsOvercommitAllowed).
func isWholesale(name corev1.ResourceName) bool {
	return isHugePages(name) || !isNative(name)
}

func isNative(name corev1.ResourceName) bool {
	return !strings.Contains(string(name), "/") || strings.Contains(string(name), corev1.ResourceDefaultNamespacePrefix)
}

// containerResource checks that containers can have a resource.
// Source: pkg/apis/core/validation/validation.go (validateContainerResourceName).
func containerResource(name corev1.ResourceName, path *field.Path) field.ErrorList {
	errs := standardResource(name, path)
	standard := []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage}
	switch {
	case strings.Contains(string(name), "/"):
		if !isNative(name) && strings.HasPrefix(string(name), corev1.DefaultResourceRequestsPrefix) {
			errs = append(errs, field.Invalid(path, name, "doesn't follow extended resource name standard"))
		}
	case !slices.Contains(standard, name) && !isHugePages(name):
		errs = append(errs, field.Invalid(path, name, "must be a standard resource for containers"))
	}
	return errs
}

// podResource checks that a pod as a whole can have a resource.
// Source: pkg/apis/core/validation/validation.go (validatePodResourceName).
func podResource(name corev1.ResourceName, path *field.Path) field.ErrorList {
	if errs := qualifiedName(string(name), path); len(errs) > 0 {
		return errs
	}
	if name != corev1.ResourceCPU && name != corev1.ResourceMemory && !isHugePages(name) {
		return field.ErrorList{field.NotSupported(path, name,
			[]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceHugePagesPrefix, corev1.ResourceMemory})}
	}
	return nil
}
