package models

import "time"

// NodeImage is an image that a node holds, with its size in bytes.
type NodeImage struct {
	Name Sym
	Size int64
}

// NodeSpec is a compiled node. Taints and schedulability may change later;
// everything here is how the node joins the cluster.
type NodeSpec struct {
	Name          Sym
	Group         Sym // the NodeGroup it came from, if any
	Labels        Labels
	Taints        []Taint
	Unschedulable bool
	NotReady      bool
	Capacity      Resources
	Allocatable   Resources
	Images        []NodeImage
	// Features are those of status.declaredFeatures, sorted by name.
	Features []Sym `json:",omitempty"`
	// PodCIDR is the range of addresses for its pods, and Address its own, as its
	// manifest gives them; 0 leaves them to be allotted.
	PodCIDR Sym `json:",omitempty"`
	Address Sym `json:",omitempty"`
	// Pulls tells that its kubelet says what it does about each image (OpRequestImage);
	// else images come with the start of a pod.
	Pulls bool `json:",omitempty"`
	// Cloud tells that its machine is one of a cloud provider (spec.providerID), whose node
	// lifecycle controller deletes the Node when the machine is gone.
	Cloud bool `json:",omitempty"`
	// Shutdown says how long a shutdown waits for which pods, the least priority first;
	// nil ends them with the node.
	Shutdown []ShutdownGrace `json:",omitempty"`
}

// ShutdownGrace is how long a node that shuts down waits for the pods from a priority on,
// up to that of the next one.
// Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager.go (groupByPriority).
type ShutdownGrace struct {
	Priority int32
	Grace    time.Duration
}

// ReasonNodeShutdown and MessageNodeShutdown are those of pods that a shutdown has ended.
// Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager.go.
const (
	ReasonNodeShutdown  = "Terminated"
	MessageNodeShutdown = "Pod was terminated in response to imminent node shutdown."
)

// SystemCritical is the least priority of critical pods.
// Source: pkg/apis/scheduling/types.go (SystemCriticalPriority).
const SystemCritical = 2_000_000_000

// The well-known labels, taints and names of Kubernetes that podsim acts on.
const (
	LabelHostname = "kubernetes.io/hostname"
	LabelOS       = "kubernetes.io/os"
	LabelZone     = "topology.kubernetes.io/zone"
	LabelRegion   = "topology.kubernetes.io/region"
	LabelRack     = "topology.kubernetes.io/rack" // by convention; not defined by Kubernetes

	LabelPodTemplateHash = "pod-template-hash"
	// LabelRevisionHash tells which revision of a StatefulSet or DaemonSet a pod is
	// of; the other two tell which pod of a StatefulSet it is.
	LabelRevisionHash       = "controller-revision-hash"
	LabelStatefulSetPodName = "statefulset.kubernetes.io/pod-name"
	LabelPodIndex           = "apps.kubernetes.io/pod-index"

	// AnnotationDeletionCost says how costly it is to lose a pod.
	AnnotationDeletionCost = "controller.kubernetes.io/pod-deletion-cost"
	LabelJobName           = "batch.kubernetes.io/job-name"

	TaintUnschedulable = "node.kubernetes.io/unschedulable"
	TaintNotReady      = "node.kubernetes.io/not-ready"
	TaintUnreachable   = "node.kubernetes.io/unreachable"

	// LabelExcludeDisruption keeps a node out of zone disruption counts.
	LabelExcludeDisruption = "node.kubernetes.io/exclude-disruption"

	DefaultScheduler = "default-scheduler"
)
