package models

import (
	"math"
	"slices"
)

// LabelSelector selects objects by their labels. None selects nothing, as an
// absent selector in a manifest does; without requirements everything matches.
type LabelSelector struct {
	None         bool     `json:",omitempty"`
	Requirements Selector `json:",omitempty"`
}

// Matches reports whether labels are selected.
func (s *LabelSelector) Matches(labels Labels, d *Dictionary) bool {
	return !s.None && s.Requirements.Matches(labels, d)
}

// AffinityTerm relates a pod to others in the same topology domain. The keys of
// matchLabelKeys and mismatchLabelKeys are requirements of Selector already, and
// the pod's own namespace stands in Namespaces where the term names none.
// Source: k8s.io/kube-scheduler/framework/types.go (AffinityTerm).
type AffinityTerm struct {
	TopologyKey Sym
	Selector    LabelSelector
	Namespaces  []Sym `json:",omitempty"` // sorted
	// NamespaceSelector adds the namespaces with these labels.
	NamespaceSelector LabelSelector
	// Weight of a preferred term, 1 to 100; 0 for a required one.
	Weight int32 `json:",omitempty"`
}

// Matches reports whether the term selects a pod with these labels in a namespace
// with its labels.
func (t *AffinityTerm) Matches(namespace Sym, of, labels Labels, d *Dictionary) bool {
	if !slices.Contains(t.Namespaces, namespace) && !t.NamespaceSelector.Matches(of, d) {
		return false
	}
	return t.Selector.Matches(labels, d)
}

// SpreadConstraint spreads the pods that Selector selects in a pod's namespace
// over the domains of a topology key. The keys of matchLabelKeys are requirements
// of Selector already.
type SpreadConstraint struct {
	TopologyKey Sym
	MaxSkew     int32
	// MinDomains is 1 unless given.
	MinDomains int32
	// Soft is set by whenUnsatisfiable ScheduleAnyway.
	Soft     bool `json:",omitempty"`
	Selector LabelSelector
	// IgnoreAffinity counts nodes that the pod's node affinity and selector keep
	// it off, HonorTaints leaves out those whose taints it does not tolerate.
	IgnoreAffinity, HonorTaints bool `json:",omitempty"`
}

// NamespaceSpec is a namespace as the scheduler knows it.
type NamespaceSpec struct {
	Name   Sym
	Labels Labels `json:",omitempty"`
	// Later tells that it is there from an operation on, not from the start.
	Later bool `json:",omitempty"`
}

// ServiceSpec is a Service as the scheduler knows it: what its pods are. The rest is
// for those who look at it.
type ServiceSpec struct {
	Namespace, Name Sym
	Labels          Labels `json:",omitempty"`
	// Selector is empty if the Service has none; it then selects nothing.
	Selector Labels `json:",omitempty"`
	// Type is ClusterIP if empty.
	Type         string        `json:",omitempty"`
	ClusterIP    string        `json:",omitempty"`
	ExternalName string        `json:",omitempty"`
	Ports        []ServicePort `json:",omitempty"`
	// NoNodePorts tells that its load balancer does without ports of nodes.
	NoNodePorts bool `json:",omitempty"`
	// PublishNotReady gives traffic to its pods whether they are Ready or not.
	PublishNotReady bool `json:",omitempty"`
	// Later tells that it is there from an operation on, not from the start.
	Later bool `json:",omitempty"`
}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name     string `json:",omitempty"`
	Protocol Protocol
	Port     int32
	// Target is the number or the name of the port of the pods.
	Target   string `json:",omitempty"`
	NodePort int32  `json:",omitempty"`
}

// BudgetSpec is a PodDisruptionBudget.
type BudgetSpec struct {
	Namespace, Name Sym
	Selector        LabelSelector
	// MinAvailable and MaxUnavailable: at most one is given.
	MinAvailable, MaxUnavailable Share
	// Allowed is status.disruptionsAllowed as the object brought it, and
	// Disrupted the pods in status.disruptedPods; Allowed is Unset if it had no status,
	// and Recounted if it follows from the pods as they are.
	Allowed   int32
	Disrupted []Sym `json:",omitempty"`
	// AlwaysEvict lets pods that are not Ready be evicted whatever the budget says: its
	// unhealthyPodEvictionPolicy is AlwaysAllow.
	AlwaysEvict bool `json:",omitempty"`
}

// Share is a number of pods, or a percentage of all of them.
type Share struct {
	Value   int32
	Percent bool `json:",omitempty"`
	Given   bool `json:",omitempty"`
}

// Of returns the number of pods out of n; a percentage rounds up.
// Source: k8s.io/apimachinery/pkg/util/intstr (GetScaledValueFromIntOrPercent).
func (s Share) Of(n int32) int32 {
	if !s.Percent {
		return s.Value
	}
	return bounded((int64(s.Value)*int64(n) + 99) / 100)
}

// Floor returns the number of pods out of n; a percentage rounds down.
func (s Share) Floor(n int32) int32 {
	if !s.Percent {
		return s.Value
	}
	return bounded(int64(s.Value) * int64(n) / 100)
}

func bounded(n int64) int32 { return int32(min(n, math.MaxInt32)) }
