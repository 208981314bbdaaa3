package models

import "time"

// AutoscalerRules are those of a HorizontalPodAutoscaler, with all defaults.
type AutoscalerRules struct {
	Target   ObjectReference
	Min, Max int32
	Metrics  []MetricRule
	// Behavior is nil if none is given, which is another rule than that of defaults.
	Behavior *ScalingBehavior `json:",omitempty"`
}

// ObjectReference names an object in the namespace of who refers to it.
type ObjectReference struct {
	APIVersion, Kind, Name Sym
}

// MetricSource says where a metric of an autoscaler comes from.
type MetricSource uint8

// The sources of metrics.
const (
	ResourceMetric MetricSource = iota
	ContainerResourceMetric
	PodsMetric
	ObjectMetric
	ExternalMetric
)

// String returns the source as Kubernetes writes it.
func (s MetricSource) String() string {
	return [...]string{"Resource", "ContainerResource", "Pods", "Object", "External"}[s]
}

// TargetKind says what a target of a metric is about.
type TargetKind uint8

// The kinds of targets.
const (
	Utilization  TargetKind = iota // percent of what the pods request
	AverageValue                   // a pod, in thousandths
	TotalValue                     // in thousandths
)

// String returns the kind as Kubernetes writes it.
func (k TargetKind) String() string { return [...]string{"Utilization", "AverageValue", "Value"}[k] }

// MetricRule is a metric of an autoscaler and what it is to be.
type MetricRule struct {
	Source MetricSource
	// Name is that of the resource or the metric, Container the one whose resource
	// it is, and Object what a metric describes.
	Name, Container Sym
	Object          ObjectReference
	// Selector is that of the metric, if HasSelector, and SelectorText how messages
	// write it.
	Selector     Selector `json:",omitempty"`
	HasSelector  bool     `json:",omitempty"`
	SelectorText Sym      `json:",omitempty"`
	Target       TargetKind
	// Amount is what is aimed at, and Quantity how the API writes it.
	Amount   int64
	Quantity Sym `json:",omitempty"`
}

// ScalingBehavior are the rules for both directions.
type ScalingBehavior struct{ Up, Down ScalingRules }

// ScalingRules bound how fast an autoscaler scales in one direction.
type ScalingRules struct {
	// Window is for how long earlier recommendations count.
	Window   time.Duration
	Select   SelectPolicy
	Policies []ScalingPolicy
	// Tolerance is the deviation from a target that is let be, if HasTolerance.
	Tolerance     float64 `json:",omitempty"`
	HasTolerance  bool    `json:",omitempty"`
	ToleranceText Sym     `json:",omitempty"`
}

// SelectPolicy says which of several policies counts.
type SelectPolicy uint8

// The ways to choose.
const (
	SelectMax SelectPolicy = iota // the one that allows the largest change
	SelectMin
	SelectDisabled // no change at all
)

// String returns the choice as Kubernetes writes it.
func (p SelectPolicy) String() string { return [...]string{"Max", "Min", "Disabled"}[p] }

// ScalingPolicy allows a change of so many pods, or so many percent of them, in a
// period.
type ScalingPolicy struct {
	Percent bool `json:",omitempty"`
	Value   int32
	Period  time.Duration
}

// Unmeasured is the value of a metric of which nothing is known.
const Unmeasured int64 = -1 << 63

// MeasureDef is the argument of OpMeasure: the place of a metric among those of its
// autoscaler, and which of its amounts it is.
func MeasureDef(place int, amount TargetKind) int32 { return int32(place)<<2 | int32(amount) }

// SplitMeasureDef is the inverse of MeasureDef.
func SplitMeasureDef(def int32) (place int, amount TargetKind) {
	return int(def >> 2), TargetKind(def & 3)
}
