package models

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
}

// The well-known labels, taints and names of Kubernetes that podsim acts on.
const (
	LabelHostname = "kubernetes.io/hostname"
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
