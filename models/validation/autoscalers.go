package validation

import (
	"errors"
	"fmt"
	"slices"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// autoscalerSpec checks a HorizontalPodAutoscaler. known tells that what it scales was
// checked before.
// Source: pkg/apis/autoscaling/validation/validation.go (validateHorizontalPodAutoscalerSpec).
func autoscalerSpec(spec *autoscalingv2.HorizontalPodAutoscalerSpec, known bool) field.ErrorList {
	var errs field.ErrorList
	least := spec.MinReplicas
	if least != nil && *least < 1 {
		errs = append(errs, field.Invalid(specPath.Child("minReplicas"), *least, "must be greater than or equal to 1"))
	}
	most := specPath.Child("maxReplicas")
	switch {
	case spec.MaxReplicas == 0:
		errs = append(errs, field.Required(most, "must be set and greater than 0"))
	case spec.MaxReplicas < 0:
		errs = append(errs, field.Invalid(most, spec.MaxReplicas, "must be greater than or equal to 1"))
	}
	if least != nil && spec.MaxReplicas < *least {
		errs = append(errs, field.Invalid(most, spec.MaxReplicas, "must be greater than or equal to `minReplicas`"))
	}
	errs = append(errs, scaled(&spec.ScaleTargetRef, specPath.Child("scaleTargetRef"), spec.ScaleTargetRef.Kind == "ReplicationController", known)...)
	outside := false
	for i := range spec.Metrics {
		m := &spec.Metrics[i]
		errs = append(errs, metric(m, specPath.Child("metrics").Index(i))...)
		outside = outside || m.Type == autoscalingv2.ObjectMetricSourceType || m.Type == autoscalingv2.ExternalMetricSourceType
	}
	if least != nil && *least == 0 && !outside {
		errs = append(errs, field.Forbidden(specPath.Child("metrics"), "must specify at least one Object or External metric to support scaling to zero replicas"))
	}
	if spec.Behavior != nil {
		errs = append(errs, scalingRules(spec.Behavior.ScaleUp, specPath.Child("behavior", "scaleUp"))...)
		errs = append(errs, scalingRules(spec.Behavior.ScaleDown, specPath.Child("behavior", "scaleDown"))...)
	}
	return errs
}

// autoscalerUpdate checks a change of a HorizontalPodAutoscaler.
// Source: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go (ValidateUpdate).
func autoscalerUpdate(next, old *autoscalingv2.HorizontalPodAutoscaler) field.ErrorList {
	is, was := &next.Spec.ScaleTargetRef, &old.Spec.ScaleTargetRef
	known := is.APIVersion == was.APIVersion && is.Kind == was.Kind
	return append(objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta), autoscalerSpec(&next.Spec, known)...)
}

// scaled checks a reference to an object.
// Source: pkg/apis/autoscaling/validation/validation.go (ValidateCrossVersionObjectReference).
func scaled(ref *autoscalingv2.CrossVersionObjectReference, path *field.Path, core, known bool) field.ErrorList {
	errs := segment(ref.Kind, path.Child("kind"), "")
	errs = append(errs, segment(ref.Name, path.Child("name"), "")...)
	version, err := schema.ParseGroupVersion(ref.APIVersion)
	if err == nil && version.Group == "" && !core {
		err = errors.New("apiVersion must specify API group")
	}
	if err != nil && !known {
		errs = append(errs, field.Invalid(path.Child("apiVersion"), ref.APIVersion, err.Error()))
	}
	return errs
}

// segment checks a name that must be given.
func segment(name string, path *field.Path, missing string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(path, missing)}
	}
	return invalid(name, path, content.IsPathSegmentName(name))
}

// scalingRules checks how fast an autoscaler may scale.
// Source: pkg/apis/autoscaling/validation/validation.go (validateScalingRules).
func scalingRules(rules *autoscalingv2.HPAScalingRules, path *field.Path) field.ErrorList {
	const longestWindow, longestPeriod = 3600, 1800
	if rules == nil {
		return nil
	}
	var errs field.ErrorList
	window := path.Child("stabilizationWindowSeconds")
	switch n := rules.StabilizationWindowSeconds; {
	case n != nil && *n < 0:
		errs = append(errs, field.Invalid(window, *n, "must be greater than or equal to zero"))
	case n != nil && *n > longestWindow:
		errs = append(errs, field.Invalid(window, *n, fmt.Sprintf("must be less than or equal to %d", longestWindow)))
	}
	if choice := rules.SelectPolicy; choice != nil {
		errs = append(errs, oneOf(*choice, path.Child("selectPolicy"), false,
			autoscalingv2.DisabledPolicySelect, autoscalingv2.MaxChangePolicySelect, autoscalingv2.MinChangePolicySelect)...)
	}
	if len(rules.Policies) == 0 {
		errs = append(errs, field.Required(path.Child("policies"), "must specify at least one Policy"))
	}
	for i, p := range rules.Policies {
		at := path.Child("policies").Index(i)
		errs = append(errs, oneOf(p.Type, at.Child("type"), false, autoscalingv2.PercentScalingPolicy, autoscalingv2.PodsScalingPolicy)...)
		if p.Value <= 0 {
			errs = append(errs, field.Invalid(at.Child("value"), p.Value, "must be greater than zero"))
		}
		if p.PeriodSeconds <= 0 {
			errs = append(errs, field.Invalid(at.Child("periodSeconds"), p.PeriodSeconds, "must be greater than zero"))
		}
		if p.PeriodSeconds > longestPeriod {
			errs = append(errs, field.Invalid(at.Child("periodSeconds"), p.PeriodSeconds, fmt.Sprintf("must be less than or equal to %d", longestPeriod)))
		}
	}
	if tolerance := rules.Tolerance; tolerance != nil && tolerance.Sign() < 0 {
		errs = append(errs, field.Invalid(path.Child("tolerance"), tolerance.String(), "must be greater than or equal to 0"))
	}
	return errs
}

// metricSource is what a metric says of one type of sources.
type metricSource struct {
	kind  autoscalingv2.MetricSourceType
	field string
	given bool
	check func(path *field.Path) field.ErrorList
}

// metric checks one metric of an autoscaler.
// Source: pkg/apis/autoscaling/validation/validation.go (validateMetricSpec).
func metric(m *autoscalingv2.MetricSpec, path *field.Path) field.ErrorList {
	sources := []metricSource{
		{autoscalingv2.ObjectMetricSourceType, "object", m.Object != nil, func(p *field.Path) field.ErrorList { return objectMetric(m.Object, p) }},
		{autoscalingv2.ExternalMetricSourceType, "external", m.External != nil, func(p *field.Path) field.ErrorList { return externalMetric(m.External, p) }},
		{autoscalingv2.PodsMetricSourceType, "pods", m.Pods != nil, func(p *field.Path) field.ErrorList { return podsMetric(m.Pods, p) }},
		{autoscalingv2.ResourceMetricSourceType, "resource", m.Resource != nil, func(p *field.Path) field.ErrorList {
			return resourceMetric(m.Resource.Name, &m.Resource.Target, nil, p)
		}},
		{autoscalingv2.ContainerResourceMetricSourceType, "containerResource", m.ContainerResource != nil, func(p *field.Path) field.ErrorList {
			return resourceMetric(m.ContainerResource.Name, &m.ContainerResource.Target, &m.ContainerResource.Container, p)
		}},
	}
	var errs field.ErrorList
	var kinds []autoscalingv2.MetricSourceType
	for _, s := range sources {
		kinds = append(kinds, s.kind)
	}
	slices.Sort(kinds)
	if m.Type == "" {
		errs = append(errs, field.Required(path.Child("type"), "must specify a metric source type"))
	}
	errs = append(errs, oneOf(m.Type, path.Child("type"), false, kinds...)...)
	first, several := true, 0
	for _, s := range sources {
		if s.given {
			if several++; first {
				errs = append(errs, s.check(path.Child(s.field))...)
			}
			first = false
		}
	}
	known := false
	for _, s := range sources {
		known = known || s.kind == m.Type
		if s.kind == m.Type && !s.given {
			errs = append(errs, field.Required(path.Child(s.field), "must populate information for the given metric source"))
		}
	}
	if !known {
		errs = append(errs, oneOf(m.Type, path.Child("type"), false, kinds...)...)
	}
	if several != 1 {
		for _, s := range sources {
			if s.given && s.kind != m.Type {
				errs = append(errs, field.Forbidden(path.Child(s.field), "must populate the given metric source only"))
			}
		}
	}
	return errs
}

func objectMetric(m *autoscalingv2.ObjectMetricSource, path *field.Path) field.ErrorList {
	errs := scaled(&m.DescribedObject, path.Child("describedObject"), true, false)
	errs = append(errs, segment(m.Metric.Name, path.Child("metric", "name"), "must specify a metric name")...)
	errs = append(errs, metricTarget(&m.Target, path.Child("target"))...)
	if m.Target.Value == nil && m.Target.AverageValue == nil {
		errs = append(errs, field.Required(path.Child("target", "averageValue"), "must set either a target value or averageValue"))
	}
	return errs
}

func externalMetric(m *autoscalingv2.ExternalMetricSource, path *field.Path) field.ErrorList {
	errs := segment(m.Metric.Name, path.Child("metric", "name"), "must specify a metric name")
	errs = append(errs, metricTarget(&m.Target, path.Child("target"))...)
	switch one, other := m.Target.Value != nil, m.Target.AverageValue != nil; {
	case !one && !other:
		errs = append(errs, field.Required(path.Child("target", "averageValue"), "must set either a target value for metric or a per-pod target"))
	case one && other:
		errs = append(errs, field.Forbidden(path.Child("target", "value"), "may not set both a target value for metric and a per-pod target"))
	}
	return errs
}

func podsMetric(m *autoscalingv2.PodsMetricSource, path *field.Path) field.ErrorList {
	errs := segment(m.Metric.Name, path.Child("metric", "name"), "must specify a metric name")
	errs = append(errs, metricTarget(&m.Target, path.Child("target"))...)
	if m.Target.AverageValue == nil {
		errs = append(errs, field.Required(path.Child("target", "averageValue"), "must specify a positive target averageValue"))
	}
	return errs
}

// resourceMetric checks a metric of what pods use, or of what one container does.
// Source: pkg/apis/autoscaling/validation/validation.go (validateResourceSource,
// validateContainerResourceSource).
func resourceMetric(name corev1.ResourceName, target *autoscalingv2.MetricTarget, container *string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch {
	case name == "":
		errs = append(errs, field.Required(path.Child("name"), "must specify a resource name"))
	case container != nil:
		errs = append(errs, containerResource(name, path.Child("name"))...)
	}
	switch {
	case container != nil && *container == "":
		errs = append(errs, field.Required(path.Child("container"), "must specify a container"))
	case container != nil:
		errs = append(errs, dnsLabel(*container, path.Child("container"))...)
	}
	errs = append(errs, metricTarget(target, path.Child("target"))...)
	switch one, other := target.AverageUtilization != nil, target.AverageValue != nil; {
	case !one && !other:
		errs = append(errs, field.Required(path.Child("target", "averageUtilization"), "must set either a target raw value or a target utilization"))
	case one && other:
		errs = append(errs, field.Forbidden(path.Child("target", "averageValue"), "may not set both a target raw value and a target utilization"))
	}
	return errs
}

func metricTarget(t *autoscalingv2.MetricTarget, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if t.Type == "" {
		errs = append(errs, field.Required(path.Child("type"), "must specify a metric target type"))
	}
	if !slices.Contains([]autoscalingv2.MetricTargetType{autoscalingv2.UtilizationMetricType, autoscalingv2.ValueMetricType, autoscalingv2.AverageValueMetricType}, t.Type) {
		errs = append(errs, field.Invalid(path.Child("type"), t.Type, "must be either Utilization, Value, or AverageValue"))
	}
	for _, q := range []struct {
		name  string
		value *resource.Quantity
	}{{"value", t.Value}, {"averageValue", t.AverageValue}} {
		if q.value != nil && q.value.Sign() != 1 {
			errs = append(errs, field.Invalid(path.Child(q.name), q.value, "must be positive"))
		}
	}
	if n := t.AverageUtilization; n != nil && *n < 1 {
		errs = append(errs, field.Invalid(path.Child("averageUtilization"), *n, "must be greater than 0"))
	}
	return errs
}
