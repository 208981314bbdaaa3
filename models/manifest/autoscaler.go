package manifest

import (
	"fmt"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// autoscaler is a HorizontalPodAutoscaler of either version.
type autoscaler struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   autoscalerSpec   `json:"spec,omitempty"`
	Status autoscalerStatus `json:"status,omitempty"`
}

// autoscalerSpec has the fields of both versions. TargetCPU is of autoscaling/v1 alone,
// which has neither metrics nor behavior.
type autoscalerSpec struct {
	autoscalingv2.HorizontalPodAutoscalerSpec `json:",inline"`

	TargetCPU *int32 `json:"targetCPUUtilizationPercentage,omitempty"`
}

type autoscalerStatus struct {
	autoscalingv2.HorizontalPodAutoscalerStatus `json:",inline"`

	CurrentCPU *int32 `json:"currentCPUUtilizationPercentage,omitempty"`
}

// defaultUtilization is aimed at by who names no metric.
// Source: pkg/apis/autoscaling/types.go (DefaultCPUUtilization).
const defaultUtilization = 80

// autoscaler compiles a HorizontalPodAutoscaler.
// Source: pkg/apis/autoscaling/v2/defaults.go, pkg/apis/autoscaling/validation/validation.go.
func (c *checker) autoscaler(from *autoscaler) *models.OwnerSpec {
	spec := &from.Spec
	rules := &models.AutoscalerRules{Min: 1, Max: spec.MaxReplicas, Target: c.reference(&spec.ScaleTargetRef, "spec.scaleTargetRef")}
	if spec.MinReplicas != nil {
		rules.Min = *spec.MinReplicas
	}
	switch {
	case rules.Min < 1:
		c.addf("spec.minReplicas", "got %d; must be >= 1", rules.Min)
	case rules.Max == 0 && c.root.At("spec").Get("maxReplicas") == nil:
		c.addf("spec", "maxReplicas is missing")
	case rules.Max < rules.Min:
		c.addf("spec.maxReplicas", "got %d; must be >= minReplicas, which is %d", rules.Max, rules.Min)
	}
	c.pods(rules.Max, "spec.maxReplicas")
	c.onlyIn("autoscaling/v1", "targetCPUUtilizationPercentage")
	c.onlyIn("autoscaling/v2", "metrics")
	c.onlyIn("autoscaling/v2", "behavior")
	metrics := spec.Metrics
	if len(metrics) == 0 {
		target := int32(defaultUtilization)
		if spec.TargetCPU != nil {
			if target = *spec.TargetCPU; target < 1 {
				c.addf("spec.targetCPUUtilizationPercentage", "got %d; must be > 0", target)
			}
		}
		metrics = utilizationOf(target)
	}
	for i := range metrics {
		rules.Metrics = append(rules.Metrics, c.metric(&metrics[i], yamlnode.IndexPath("spec.metrics", i)))
	}
	if spec.Behavior != nil {
		rules.Behavior = c.behavior(spec.Behavior)
	}
	return &models.OwnerSpec{Completions: models.Unset, TTLAfterFinished: -1, Autoscaler: rules}
}

// onlyIn refuses a field of the specification that another version has.
func (c *checker) onlyIn(apiVersion, field string) {
	if c.root.At("spec").Get(field) != nil && textOf(c.root.Get("apiVersion")) != apiVersion {
		c.addf("spec."+field, "is a field of %s only", apiVersion)
	}
}

func (c *checker) reference(from *autoscalingv2.CrossVersionObjectReference, path string) models.ObjectReference {
	if from.Kind == "" {
		c.addf(path, "kind is missing")
	}
	if from.Name == "" {
		c.addf(path, "name is missing")
	}
	d := c.set.dict
	return models.ObjectReference{APIVersion: d.Sym(from.APIVersion), Kind: d.Sym(from.Kind), Name: d.Sym(from.Name)}
}

// metric compiles a metric and its target.
func (c *checker) metric(from *autoscalingv2.MetricSpec, path string) (m models.MetricRule) {
	missing := func(is bool, field string) bool {
		if is {
			c.addf(path, "%s is missing; a metric of type %s needs it", field, from.Type)
		}
		return is
	}
	switch from.Type {
	case autoscalingv2.ResourceMetricSourceType:
		if r := from.Resource; !missing(r == nil, "resource") {
			m.Name = c.metricName(string(r.Name), path+".resource.name")
			c.target(&m, &r.Target, path+".resource.target", models.Utilization, models.AverageValue)
		}
	case autoscalingv2.ContainerResourceMetricSourceType:
		m.Source = models.ContainerResourceMetric
		if r := from.ContainerResource; !missing(r == nil, "containerResource") {
			m.Name, m.Container = c.metricName(string(r.Name), path+".containerResource.name"), c.metricName(r.Container, path+".containerResource.container")
			c.target(&m, &r.Target, path+".containerResource.target", models.Utilization, models.AverageValue)
		}
	case autoscalingv2.PodsMetricSourceType:
		m.Source = models.PodsMetric
		if r := from.Pods; !missing(r == nil, "pods") {
			c.identifier(&m, &r.Metric, path+".pods.metric")
			c.target(&m, &r.Target, path+".pods.target", models.AverageValue)
		}
	case autoscalingv2.ObjectMetricSourceType:
		m.Source = models.ObjectMetric
		if r := from.Object; !missing(r == nil, "object") {
			m.Object = c.reference(&r.DescribedObject, path+".object.describedObject")
			c.identifier(&m, &r.Metric, path+".object.metric")
			c.target(&m, &r.Target, path+".object.target", models.TotalValue, models.AverageValue)
		}
	case autoscalingv2.ExternalMetricSourceType:
		m.Source = models.ExternalMetric
		if r := from.External; !missing(r == nil, "external") {
			c.identifier(&m, &r.Metric, path+".external.metric")
			c.target(&m, &r.Target, path+".external.target", models.TotalValue, models.AverageValue)
		}
	default:
		c.oneOf(string(from.Type), path+".type", "Resource", "ContainerResource", "Pods", "Object", "External")
	}
	return m
}

func (c *checker) metricName(name, path string) models.Sym {
	if name == "" {
		c.addf(path, "is missing")
	}
	return c.set.dict.Sym(name)
}

func (c *checker) identifier(m *models.MetricRule, from *autoscalingv2.MetricIdentifier, path string) {
	m.Name = c.metricName(from.Name, path+".name")
	if m.Source != models.PodsMetric {
		m.SelectorText = c.set.dict.Sym(fmt.Sprintf("%+v", from.Selector))
	}
	if from.Selector != nil {
		m.HasSelector, m.Selector = true, c.labelSelector(from.Selector, path+".selector")
	}
}

// target compiles what a metric is to be. The type of a target only tells; what counts
// is which of its fields is set.
func (c *checker) target(m *models.MetricRule, from *autoscalingv2.MetricTarget, path string, may ...models.TargetKind) {
	c.oneOf(string(from.Type), path+".type", "Utilization", "AverageValue", "Value")
	fields := [...]struct {
		name  string
		given bool
		value *resource.Quantity
	}{
		models.Utilization:  {"averageUtilization", from.AverageUtilization != nil, nil},
		models.AverageValue: {"averageValue", from.AverageValue != nil, from.AverageValue},
		models.TotalValue:   {"value", from.Value != nil, from.Value},
	}
	given := 0
	for _, kind := range may {
		f := &fields[kind]
		if !f.given {
			continue
		}
		given++
		m.Target = kind
		if f.value == nil {
			m.Amount = int64(*from.AverageUtilization)
		} else {
			m.Amount, m.Quantity = f.value.MilliValue(), c.set.dict.Sym(f.value.String())
		}
		if m.Amount <= 0 {
			c.addf(path+"."+f.name, "must be > 0")
		}
	}
	switch {
	case given == 0:
		c.addf(path, "%s is missing", fields[may[0]].name)
	case given > 1:
		c.addf(path, "%s contradicts %s; set one of them", fields[may[0]].name, fields[may[1]].name)
	}
}

// behavior compiles the rules of both directions with their defaults.
// Source: pkg/apis/autoscaling/v2/defaults.go (GenerateHPAScaleUpRules,
// GenerateHPAScaleDownRules), pkg/controller/podautoscaler/horizontal.go
// (maybeInitScaleDownStabilizationWindow).
func (c *checker) behavior(from *autoscalingv2.HorizontalPodAutoscalerBehavior) *models.ScalingBehavior {
	const period = 15 * time.Second
	out := &models.ScalingBehavior{
		Up:   models.ScalingRules{Policies: []models.ScalingPolicy{{Value: 4, Period: period}, {Percent: true, Value: 100, Period: period}}},
		Down: models.ScalingRules{Window: 5 * time.Minute, Policies: []models.ScalingPolicy{{Percent: true, Value: 100, Period: period}}},
	}
	c.scalingRules(from.ScaleUp, &out.Up, "spec.behavior.scaleUp")
	c.scalingRules(from.ScaleDown, &out.Down, "spec.behavior.scaleDown")
	return out
}

// The longest periods that policies and windows may have, in seconds.
// Source: pkg/apis/autoscaling/validation/validation.go (MaxPeriodSeconds,
// MaxStabilizationWindowSeconds).
const (
	maxPolicyPeriod  = 1800
	maxStabilization = 3600
)

func (c *checker) scalingRules(from *autoscalingv2.HPAScalingRules, out *models.ScalingRules, path string) {
	if from == nil {
		return
	}
	if window := from.StabilizationWindowSeconds; window != nil {
		if *window < 0 || *window > maxStabilization {
			c.addf(path+".stabilizationWindowSeconds", "got %d; want 0 to %d", *window, maxStabilization)
		}
		out.Window = time.Duration(*window) * time.Second
	}
	if choice := from.SelectPolicy; choice != nil && c.oneOf(string(*choice), path+".selectPolicy", "Max", "Min", "Disabled") {
		out.Select = map[autoscalingv2.ScalingPolicySelect]models.SelectPolicy{
			autoscalingv2.MinChangePolicySelect: models.SelectMin, autoscalingv2.DisabledPolicySelect: models.SelectDisabled,
		}[*choice]
	}
	if from.Tolerance != nil {
		if from.Tolerance.Sign() < 0 {
			c.addf(path+".tolerance", "got %s; must be >= 0", from.Tolerance.String())
		}
		out.HasTolerance, out.Tolerance = true, from.Tolerance.AsApproximateFloat64()
		out.ToleranceText = c.set.dict.Sym(from.Tolerance.String())
	}
	if from.Policies == nil {
		return
	}
	if out.Policies = nil; len(from.Policies) == 0 {
		c.addf(path+".policies", "want at least one policy")
	}
	for i, p := range from.Policies {
		at := yamlnode.IndexPath(path+".policies", i)
		c.oneOf(string(p.Type), at+".type", "Pods", "Percent")
		if p.Value <= 0 {
			c.addf(at+".value", "got %d; must be > 0", p.Value)
		}
		if p.PeriodSeconds <= 0 || p.PeriodSeconds > maxPolicyPeriod {
			c.addf(at+".periodSeconds", "got %d; want 1 to %d", p.PeriodSeconds, maxPolicyPeriod)
		}
		out.Policies = append(out.Policies, models.ScalingPolicy{
			Percent: p.Type == autoscalingv2.PercentScalingPolicy, Value: p.Value, Period: time.Duration(p.PeriodSeconds) * time.Second,
		})
	}
}
