package validation

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// quotaSpec checks a ResourceQuota.
// Source: pkg/apis/core/validation/validation.go (ValidateResourceQuotaSpec).
func quotaSpec(spec *corev1.ResourceQuotaSpec) field.ErrorList {
	var errs field.ErrorList
	for _, name := range sortedNames(spec.Hard) {
		path := specPath.Child("hard").Key(string(name))
		errs = append(errs, quotaResource(name, path)...)
		amount := spec.Hard[name]
		if amount.Sign() < 0 {
			errs = append(errs, field.Invalid(path, amount.String(), "must be greater than or equal to 0"))
		}
		if isWhole(name) && amount.MilliValue()%1000 != 0 {
			errs = append(errs, field.Invalid(path, amount, "must be an integer"))
		}
	}
	errs = append(errs, quotaScopes(spec)...)
	if spec.ScopeSelector != nil {
		errs = append(errs, scopeSelector(spec)...)
	}
	return errs
}

// quotaUpdate checks a change of a ResourceQuota. Its scopes stay.
// Source: pkg/apis/core/validation/validation.go (ValidateResourceQuotaUpdate).
func quotaUpdate(next, old *corev1.ResourceQuota) field.ErrorList {
	errs := append(objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta), quotaSpec(&next.Spec)...)
	within := func(a, b []corev1.ResourceQuotaScope) bool {
		return !slices.ContainsFunc(a, func(scope corev1.ResourceQuotaScope) bool { return !slices.Contains(b, scope) })
	}
	if is, was := next.Spec.Scopes, old.Spec.Scopes; !within(is, was) || !within(was, is) {
		errs = append(errs, field.Invalid(specPath.Child("scopes"), is, immutable))
	}
	return errs
}

// Source: pkg/apis/core/helper/helpers.go (standardResources, standardQuotaResources,
// integerResources).
var (
	countedResources = []corev1.ResourceName{
		corev1.ResourcePods, corev1.ResourceQuotas, corev1.ResourceServices, corev1.ResourceReplicationControllers, corev1.ResourceSecrets,
		corev1.ResourceConfigMaps, corev1.ResourcePersistentVolumeClaims, corev1.ResourceServicesNodePorts, corev1.ResourceServicesLoadBalancers,
	}
	quotaResources = slices.Concat(countedResources, []corev1.ResourceName{
		corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, corev1.ResourceRequestsStorage,
		corev1.ResourceRequestsCPU, corev1.ResourceRequestsMemory, corev1.ResourceRequestsEphemeralStorage,
		corev1.ResourceLimitsCPU, corev1.ResourceLimitsMemory, corev1.ResourceLimitsEphemeralStorage,
	})
)

func isQuotaPages(name corev1.ResourceName) bool {
	return isHugePages(name) || strings.HasPrefix(string(name), corev1.ResourceRequestsHugePagesPrefix)
}

func isWhole(name corev1.ResourceName) bool {
	return slices.Contains(countedResources, name) || !isNative(name)
}

// standardResource checks the name of any resource.
// Source: pkg/apis/core/validation/validation.go (validateResourceName).
func standardResource(name corev1.ResourceName, path *field.Path) field.ErrorList {
	if errs := qualifiedName(string(name), path); len(errs) > 0 {
		return errs
	}
	if !strings.Contains(string(name), "/") && !slices.Contains(quotaResources, name) && name != corev1.ResourceStorage && !isQuotaPages(name) {
		return field.ErrorList{field.Invalid(path, name, "must be a standard resource type or fully qualified")}
	}
	return nil
}

// quotaResource checks that quotas can limit a resource.
// Source: pkg/apis/core/validation/validation.go (ValidateResourceQuotaResourceName).
func quotaResource(name corev1.ResourceName, path *field.Path) field.ErrorList {
	errs := standardResource(name, path)
	if !strings.Contains(string(name), "/") && !slices.Contains(quotaResources, name) && !isQuotaPages(name) {
		errs = append(errs, field.Invalid(path, name, "must be a standard resource for quota"))
	}
	return errs
}

// podScopes are the scopes of pods that count more than their number.
var podScopes = []corev1.ResourceQuotaScope{
	corev1.ResourceQuotaScopeTerminating, corev1.ResourceQuotaScopeNotTerminating, corev1.ResourceQuotaScopeNotBestEffort,
	corev1.ResourceQuotaScopePriorityClass, corev1.ResourceQuotaScopeCrossNamespacePodAffinity,
}

func isScope(scope corev1.ResourceQuotaScope) bool {
	return slices.Contains(podScopes, scope) || scope == corev1.ResourceQuotaScopeBestEffort || scope == corev1.ResourceQuotaScopeVolumeAttributesClass
}

// scopeCounts reports whether a resource means anything within a scope.
// Source: pkg/apis/core/helper/helpers.go (IsResourceQuotaScopeValidForResource).
func scopeCounts(scope corev1.ResourceQuotaScope, name corev1.ResourceName) bool {
	computed := []corev1.ResourceName{
		corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceLimitsCPU, corev1.ResourceLimitsMemory, corev1.ResourceRequestsCPU, corev1.ResourceRequestsMemory,
	}
	switch {
	case scope == corev1.ResourceQuotaScopeBestEffort:
		return name == corev1.ResourcePods
	case scope == corev1.ResourceQuotaScopeVolumeAttributesClass:
		return name == corev1.ResourcePersistentVolumeClaims || name == corev1.ResourceRequestsStorage
	case slices.Contains(podScopes, scope):
		return name == corev1.ResourcePods || slices.Contains(computed, name)
	}
	return true
}

// strangers counts the resources of a quota that mean nothing within a scope.
func strangers(spec *corev1.ResourceQuotaSpec, scope corev1.ResourceQuotaScope) (n int) {
	for name := range spec.Hard {
		if (slices.Contains(quotaResources, name) || isQuotaPages(name)) && !scopeCounts(scope, name) {
			n++
		}
	}
	return n
}

// contradictory are scopes that no pod is in both of.
var contradictory = [][2]corev1.ResourceQuotaScope{
	{corev1.ResourceQuotaScopeBestEffort, corev1.ResourceQuotaScopeNotBestEffort},
	{corev1.ResourceQuotaScopeTerminating, corev1.ResourceQuotaScopeNotTerminating},
}

// conflicts tells of scopes that contradict each other.
func conflicts(scopes, shown []corev1.ResourceQuotaScope) field.ErrorList {
	var errs field.ErrorList
	for _, pair := range contradictory {
		if slices.Contains(scopes, pair[0]) && slices.Contains(scopes, pair[1]) {
			errs = append(errs, field.Invalid(specPath.Child("scopes"), shown, "conflicting scopes"))
		}
	}
	return errs
}

// quotaScopes checks the scopes of a quota.
// Source: pkg/apis/core/validation/validation.go (validateResourceQuotaScopes).
func quotaScopes(spec *corev1.ResourceQuotaSpec) field.ErrorList {
	var errs field.ErrorList
	path := specPath.Child("scopes")
	for _, scope := range spec.Scopes {
		if !isScope(scope) {
			errs = append(errs, field.Invalid(path, spec.Scopes, "unsupported scope"))
		}
		for range strangers(spec, scope) {
			errs = append(errs, field.Invalid(path, spec.Scopes, "unsupported scope applied to resource"))
		}
	}
	return append(errs, conflicts(spec.Scopes, spec.Scopes)...)
}

// scopeSelector checks the selector of scopes of a quota.
// Source: pkg/apis/core/validation/validation.go (validateScopedResourceSelectorRequirement).
func scopeSelector(spec *corev1.ResourceQuotaSpec) field.ErrorList {
	var errs field.ErrorList
	var scopes []corev1.ResourceQuotaScope
	outer := specPath.Child("scopeSelector")
	path := outer.Child("matchExpressions")
	for _, r := range spec.ScopeSelector.MatchExpressions {
		scopes = append(scopes, r.ScopeName)
		if !isScope(r.ScopeName) {
			errs = append(errs, field.Invalid(path.Child("scopeName"), r.ScopeName, "unsupported scope"))
		}
		for range strangers(spec, r.ScopeName) {
			errs = append(errs, field.Invalid(path, internalForm{spec.ScopeSelector}, "unsupported scope applied to resource"))
		}
		valued := r.ScopeName == corev1.ResourceQuotaScopePriorityClass || r.ScopeName == corev1.ResourceQuotaScopeVolumeAttributesClass
		if isScope(r.ScopeName) && !valued && r.Operator != corev1.ScopeSelectorOpExists {
			errs = append(errs, field.Invalid(path.Child("operator"), r.Operator, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "+
				"ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"))
		}
		switch r.Operator {
		case corev1.ScopeSelectorOpIn, corev1.ScopeSelectorOpNotIn:
			if len(r.Values) == 0 {
				errs = append(errs, field.Required(path.Child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
			}
		case corev1.ScopeSelectorOpExists, corev1.ScopeSelectorOpDoesNotExist:
			if len(r.Values) != 0 {
				errs = append(errs, field.Invalid(path.Child("values"), r.Values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
			}
		default:
			errs = append(errs, field.Invalid(path.Child("operator"), r.Operator, "not a valid selector operator"))
		}
	}
	return append(errs, conflicts(scopes, spec.Scopes)...)
}

// limitRangeSpec checks a LimitRange.
// Source: pkg/apis/core/validation/validation.go (ValidateLimitRange).
func limitRangeSpec(spec *corev1.LimitRangeSpec) field.ErrorList {
	var errs field.ErrorList
	for i := range spec.Limits {
		item, path := &spec.Limits[i], specPath.Child("limits").Index(i)
		errs = append(errs, limitType(item.Type, path.Child("type"))...)
		if slices.ContainsFunc(spec.Limits[:i], func(other corev1.LimitRangeItem) bool { return other.Type == item.Type }) {
			errs = append(errs, field.Duplicate(path.Child("type"), item.Type))
		}
		errs = append(errs, limitItem(item, path)...)
	}
	return errs
}

func limitType(name corev1.LimitType, path *field.Path) field.ErrorList {
	if errs := invalid(name, path, validation.IsQualifiedName(string(name))); len(errs) > 0 {
		return errs
	}
	standard := []corev1.LimitType{corev1.LimitTypePod, corev1.LimitTypeContainer, corev1.LimitTypePersistentVolumeClaim}
	if !strings.Contains(string(name), "/") && !slices.Contains(standard, name) {
		return field.ErrorList{field.Invalid(path, name, "must be a standard limit type or fully qualified")}
	}
	return nil
}

// limitItem checks the limits of one type.
func limitItem(item *corev1.LimitRangeItem, path *field.Path) field.ErrorList {
	rule := standardResource
	if item.Type == corev1.LimitTypePod || item.Type == corev1.LimitTypeContainer {
		rule = containerResource
	}
	var errs field.ErrorList
	var names []corev1.ResourceName
	read := func(list corev1.ResourceList, of string) {
		for _, name := range sortedNames(list) {
			errs = append(errs, rule(name, path.Child(of).Key(string(name)))...)
			names = append(names, name)
		}
	}
	read(item.Max, "max")
	read(item.Min, "min")
	limits := *item
	if item.Type == corev1.LimitTypePod {
		for _, of := range []struct {
			name string
			list corev1.ResourceList
		}{{"default", item.Default}, {"defaultRequest", item.DefaultRequest}} {
			if len(of.list) > 0 {
				errs = append(errs, field.Forbidden(path.Child(of.name), "may not be specified when `type` is 'Pod'"))
			}
		}
		limits.Default, limits.DefaultRequest = nil, nil
	}
	read(limits.Default, "default")
	read(limits.DefaultRequest, "defaultRequest")
	if item.Type == corev1.LimitTypePersistentVolumeClaim {
		_, least := item.Min[corev1.ResourceStorage]
		if _, most := item.Max[corev1.ResourceStorage]; !least && !most {
			errs = append(errs, field.Required(path.Child("limits"), "either minimum or maximum storage value is required, but neither was provided"))
		}
	}
	read(item.MaxLimitRequestRatio, "maxLimitRequestRatio")
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		errs = append(errs, bounds(name, &limits, path)...)
	}
	return errs
}

// bounds checks that what is said of one resource goes together.
func bounds(name corev1.ResourceName, item *corev1.LimitRangeItem, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	least, hasLeast := item.Min[name]
	most, hasMost := item.Max[name]
	limit, hasLimit := item.Default[name]
	request, hasRequest := item.DefaultRequest[name]
	check := func(wrong bool, of string, shown resource.Quantity, format string, args ...any) {
		if wrong {
			errs = append(errs, field.Invalid(path.Child(of).Key(string(name)), shown, fmt.Sprintf(format, args...)))
		}
	}
	check(hasLeast && hasMost && least.Cmp(most) > 0, "min", least, "min value %s is greater than max value %s", least.String(), most.String())
	check(hasRequest && hasLeast && least.Cmp(request) > 0, "defaultRequest", request,
		"min value %s is greater than default request value %s", least.String(), request.String())
	check(hasRequest && hasMost && request.Cmp(most) > 0, "defaultRequest", request,
		"default request value %s is greater than max value %s", request.String(), most.String())
	check(hasRequest && hasLimit && request.Cmp(limit) > 0, "defaultRequest", request,
		"default request value %s is greater than default limit value %s", request.String(), limit.String())
	check(hasLimit && hasLeast && least.Cmp(limit) > 0, "default", least, "min value %s is greater than default value %s", least.String(), limit.String())
	check(hasLimit && hasMost && limit.Cmp(most) > 0, "default", most, "default value %s is greater than max value %s", limit.String(), most.String())
	if ratio, given := item.MaxLimitRequestRatio[name]; given {
		check(ratio.Cmp(*resource.NewQuantity(1, resource.DecimalSI)) < 0, "maxLimitRequestRatio", ratio, "ratio %s is less than 1", ratio.String())
		largest, is := ratioOf(most, least, ratio)
		check(hasLeast && hasMost && is > largest, "maxLimitRequestRatio", ratio, "ratio %s is greater than max/min = %f", ratio.String(), largest)
	}
	check(isWholesale(name) && hasLimit && hasRequest && limit.Cmp(request) != 0, "defaultRequest", request,
		"default value %s must equal to defaultRequest value %s in %s", limit.String(), request.String(), name)
	return errs
}

// ratioOf is the largest ratio that bounds leave, and the one that is given.
func ratioOf(most, least, ratio resource.Quantity) (largest, is float64) {
	is, low, high := float64(ratio.Value()), least.Value(), most.Value()
	if max(ratio.Value(), low, high) < resource.MaxMilliValue {
		is, low, high = float64(ratio.MilliValue())/1000, least.MilliValue(), most.MilliValue()
	}
	return float64(high) / float64(low), is
}
