package manifest

import (
	"cmp"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
)

// setAutoscalerDefaults completes the specification of a HorizontalPodAutoscaler.
// Source: pkg/apis/autoscaling/v2/defaults.go (SetDefaults_HorizontalPodAutoscaler).
func setAutoscalerDefaults(spec *autoscalingv2.HorizontalPodAutoscalerSpec) {
	otherwise(&spec.MinReplicas, 1)
	if len(spec.Metrics) == 0 {
		spec.Metrics = utilizationOf(defaultUtilization)
	}
	if b := spec.Behavior; b != nil {
		b.ScaleUp = withScalingDefaults(b.ScaleUp, []autoscalingv2.HPAScalingPolicy{
			{Type: autoscalingv2.PodsScalingPolicy, Value: 4, PeriodSeconds: 15}, {Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: 15},
		})
		otherwise(&b.ScaleUp.StabilizationWindowSeconds, 0)
		b.ScaleDown = withScalingDefaults(b.ScaleDown, []autoscalingv2.HPAScalingPolicy{
			{Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: 15},
		})
	}
}

// utilizationOf is the metric of who aims at a use of CPU alone.
func utilizationOf(target int32) []autoscalingv2.MetricSpec {
	return []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
		Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &target},
	}}}
}

// latest is the object in the version autoscaling/v2.
// Source: pkg/apis/autoscaling/v1/conversion.go.
func (a *autoscaler) latest() *autoscalingv2.HorizontalPodAutoscaler {
	out := &autoscalingv2.HorizontalPodAutoscaler{TypeMeta: a.TypeMeta, ObjectMeta: a.ObjectMeta, Spec: a.Spec.HorizontalPodAutoscalerSpec}
	if a.Spec.TargetCPU != nil {
		out.Spec.Metrics = utilizationOf(*a.Spec.TargetCPU)
	}
	return out
}

func withScalingDefaults(rules *autoscalingv2.HPAScalingRules, policies []autoscalingv2.HPAScalingPolicy) *autoscalingv2.HPAScalingRules {
	rules = cmp.Or(rules, new(autoscalingv2.HPAScalingRules))
	otherwise(&rules.SelectPolicy, autoscalingv2.MaxChangePolicySelect)
	if rules.Policies == nil {
		rules.Policies = policies
	}
	return rules
}
