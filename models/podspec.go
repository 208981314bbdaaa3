package models

import (
	"strings"
	"time"
)

// RestartPolicy says when ended containers are started again.
type RestartPolicy uint8

// The restart policies of pods.
const (
	RestartAlways RestartPolicy = iota
	RestartOnFailure
	RestartNever
)

// String returns the policy as Kubernetes writes it.
func (p RestartPolicy) String() string {
	return [...]string{"Always", "OnFailure", "Never"}[p]
}

// QOSClass is the quality-of-service class of a pod.
type QOSClass uint8

// The classes, the first to be evicted first.
const (
	BestEffort QOSClass = iota
	Burstable
	Guaranteed
)

// String returns the class as Kubernetes writes it.
func (q QOSClass) String() string {
	return [...]string{"BestEffort", "Burstable", "Guaranteed"}[q]
}

// Protocol is the transport of a port.
type Protocol uint8

// The protocols of container ports.
const (
	TCP Protocol = iota
	UDP
	SCTP
)

// HostPort is a port that a pod takes on its node. An empty IP is every address.
type HostPort struct {
	Protocol Protocol
	IP       Sym
	Port     int32
}

// Conflicts reports whether two host ports cannot be on one node.
// Source: pkg/scheduler/framework/types.go (HostPortInfo.CheckConflict).
func (p HostPort) Conflicts(q HostPort) bool {
	return p.Port == q.Port && p.Protocol == q.Protocol && (p.IP == q.IP || p.IP == 0 || q.IP == 0)
}

// NodeTerm is one term of a node selector: all its requirements hold. A term
// without any requirement matches no node.
type NodeTerm struct {
	Labels Selector
	// Names are requirements on metadata.name, In or NotIn.
	Names Selector
}

// Matches reports whether a node of this name and these labels fits the term.
func (t *NodeTerm) Matches(name Sym, labels Labels, d *Dictionary) bool {
	if len(t.Labels) == 0 && len(t.Names) == 0 {
		return false
	}
	for i := range t.Names {
		if !t.Names[i].Matches(name, true, d) {
			return false
		}
	}
	return t.Labels.Matches(labels, d)
}

// PreferredTerm adds Weight to the score of the nodes that match.
type PreferredTerm struct {
	Weight int32
	Term   NodeTerm
}

// FQDN is what the full name of a pod is made of: Hostname, or the name of the pod if that is
// 0, and Subdomain in its namespace.
// Source: pkg/kubelet/kubelet_pods.go (GeneratePodHostNameAndDomain).
type FQDN struct {
	Hostname, Subdomain Sym
}

// ShortHostname is a name of a host as far as kernels take it.
// Source: pkg/kubelet/kubelet_pods.go (truncatePodHostnameIfNeeded).
func ShortHostname(name string) string {
	const most = 63
	if len(name) <= most {
		return name
	}
	return strings.TrimRight(name[:most], "-.")
}

// PodSpec is a compiled pod specification: everything that a plugin, a
// controller or the kubelet asks of a pod and that all pods of one template
// share. It is immutable once defined in a cluster.
type PodSpec struct {
	Namespace     Sym
	Labels        Labels
	SchedulerName Sym

	PriorityClass   Sym
	Priority        int32
	PreemptionNever bool

	// Requests are the effective requests, Pods being 1.
	// Source: k8s.io/component-helpers/resource/helpers.go.
	Requests Resources
	Limits   Resources
	// NonZeroCPU and NonZeroMemory stand in for absent requests when nodes are
	// scored: 100m and 200 MiB for each container that gives none.
	// Source: pkg/scheduler/util/pod_resources.go.
	NonZeroCPU, NonZeroMemory int64
	// ScoredCPU and ScoredMemory are what NodeResourcesFit takes the pod itself
	// to need when it scores: as NonZero, but from its containers alone, since
	// the original overlooks resources of the pod as a whole there.
	// Source: pkg/scheduler/framework/plugins/noderesources (NewFit).
	ScoredCPU, ScoredMemory int64
	QOS                     QOSClass

	NodeName     Sym // spec.nodeName as the user wrote it
	NodeSelector Labels
	// HasRequiredTerms tells required node affinity without terms (matches no
	// node) from none at all.
	HasRequiredTerms bool
	RequiredTerms    []NodeTerm // any of them
	PreferredTerms   []PreferredTerm
	Tolerations      []Toleration
	HostPorts        []HostPort
	Containers       []Container
	SchedulingGates  []Sym
	ImageVolumes     []Sym // images mounted as volumes, normalised

	// The required and preferred terms of inter-pod affinity and anti-affinity,
	// and the topology spread constraints.
	Affinity              []AffinityTerm     `json:",omitempty"`
	AntiAffinity          []AffinityTerm     `json:",omitempty"`
	PreferredAffinity     []AffinityTerm     `json:",omitempty"`
	PreferredAntiAffinity []AffinityTerm     `json:",omitempty"`
	Spread                []SpreadConstraint `json:",omitempty"`

	Volumes []Volume `json:",omitempty"`
	// LocalStorage tells that it has an emptyDir volume, whose data go with the pod.
	LocalStorage bool `json:",omitempty"`
	// StorageLimits are those of its ephemeral storage; nil if it has none.
	StorageLimits *StorageLimits `json:",omitempty"`
	// Marks are what else deschedulers look at.
	Marks EvictionMarks `json:",omitempty"`
	// Features are the features that a node must declare for this pod.
	Features []Sym `json:",omitempty"`

	// Static tells that the kubelet of its node runs it by itself: at the API server it
	// is a mirror pod, which comes back when it is deleted.
	Static bool `json:",omitempty"`
	// OS is the system that spec.os names, and OSLabel that of its label kubernetes.io/os;
	// a kubelet under another system refuses the pod.
	OS      Sym `json:",omitempty"`
	OSLabel Sym `json:",omitempty"`
	// HostNetwork tells that it is in the network of its node.
	HostNetwork bool `json:",omitempty"`

	// FQDN is set if the kernel of the pod is to have its full name; nil if it has none or
	// is not to have it.
	FQDN *FQDN `json:",omitempty"`

	// ReadinessGates are the types of conditions that others have to set to True before it
	// is Ready; its containers are told apart.
	ReadinessGates []Sym `json:",omitempty"`

	RestartPolicy  RestartPolicy
	GracePeriod    time.Duration
	ActiveDeadline time.Duration // 0 is none

	// Amounts are the resources of the containers; nil if the pod has but one and
	// nothing beside it, whose Requests and Limits are those of the pod.
	Amounts *PodAmounts `json:",omitempty"`

	// Behavior is the number of the behaviour that its containers show in this
	// run; 0 is the default one. It tells apart templates that are equal
	// otherwise.
	Behavior int32
	// DeletionCost is what it costs to lose the pod when its owner is scaled down, as
	// the annotation controller.kubernetes.io/pod-deletion-cost says.
	DeletionCost int32 `json:",omitempty"`
	// Variant tells apart templates of one Deployment that differ only in what is
	// not compiled, such as an annotation; 0 is the first of them.
	Variant int32 `json:",omitempty"`
	// Detail is what each container asks for, in runs in which a LimitRange or a
	// ResourceQuota asks for that.
	Detail *PodDetail `json:",omitempty"`
}

// MatchesNode reports whether a node of this name and these labels is one that the pod
// may be on: every label of the node selector, and any of the required terms if there
// are some.
// Source: k8s.io/component-helpers/scheduling/corev1/nodeaffinity (RequiredNodeAffinity.Match).
func (s *PodSpec) MatchesNode(name Sym, labels Labels, d *Dictionary) bool {
	if len(s.NodeSelector) > 0 && !labels.Contains(s.NodeSelector) {
		return false
	}
	for i := range s.RequiredTerms {
		if s.RequiredTerms[i].Matches(name, labels, d) {
			return true
		}
	}
	return !s.HasRequiredTerms
}
