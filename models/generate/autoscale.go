package generate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Autoscale are the options of kubectl autoscale.
type Autoscale struct {
	Target
	ScalerName  string // empty is the name of the object
	InNamespace string
	Min, Max    int32 // a Min below 1 is the default of the server
	CPUPercent  int32 // of older versions; below 1 is none
	CPU         string
	Memory      string
}

// HorizontalPodAutoscaler makes the autoscaler of an object.
// Source: k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go (Validate,
// createHorizontalPodAutoscalerV2).
func (a *Autoscale) HorizontalPodAutoscaler() (Object, error) {
	switch {
	case !slices.Contains([]string{"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}, a.Kind):
		return Object{}, fmt.Errorf("cannot autoscale a %s", a.Kind)
	case a.Max < 1:
		return Object{}, fmt.Errorf("--max=MAXPODS is required and must be at least 1, max: %d", a.Max)
	case a.Max < a.Min:
		return Object{}, fmt.Errorf("--max=MAXPODS must be larger or equal to --min=MINPODS, max: %d, min: %d", a.Max, a.Min)
	case a.CPUPercent > 0 && a.CPU != "":
		return Object{}, errors.New("--cpu-percent and --cpu are mutually exclusive")
	}
	spec := autoscalingv2.HorizontalPodAutoscalerSpec{
		ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: a.APIVersion, Kind: a.Kind, Name: a.Name}, MaxReplicas: a.Max,
	}
	if a.Min > 0 {
		spec.MinReplicas = &a.Min
	}
	cpu := a.CPU
	if a.CPUPercent > 0 {
		cpu = fmt.Sprintf("%d%%", a.CPUPercent)
	}
	for _, metric := range []struct {
		name         corev1.ResourceName
		target, unit string
	}{{corev1.ResourceCPU, cpu, "m"}, {corev1.ResourceMemory, a.Memory, "Mi"}} {
		if metric.target == "" {
			continue
		}
		target, err := metricTarget(metric.name, strings.TrimSpace(metric.target), metric.unit)
		if err != nil {
			return Object{}, err
		}
		spec.Metrics = append(spec.Metrics, autoscalingv2.MetricSpec{
			Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{Name: metric.name, Target: target},
		})
	}
	name, namespace := a.ScalerName, a.InNamespace
	if name == "" {
		name = a.Name
	}
	if namespace == "" {
		namespace = a.Namespace
	}
	return Object{"horizontalpodautoscaler.autoscaling", name, &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Spec: spec,
	}}, nil
}

// metricTarget reads a part of what is requested, such as 70%, or an amount; a bare
// number has a unit that goes without saying.
// Source: k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go (parseResourceInput).
func metricTarget(name corev1.ResourceName, text, unit string) (target autoscalingv2.MetricTarget, err error) {
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		n, err := strconv.ParseInt(percent, 10, 32)
		if err != nil || n < 0 {
			return target, fmt.Errorf("invalid percentage value: %s", percent)
		}
		value := int32(n)
		return autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &value}, nil
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		text = fmt.Sprintf("%g%s", n, unit)
	}
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return target, fmt.Errorf("invalid resource %s value: %s", name, text)
	}
	return autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: &quantity}, nil
}
