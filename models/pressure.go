package models

// NodePressure is a condition of a node that runs short of something.
type NodePressure uint8

// The conditions.
const (
	MemoryPressure NodePressure = iota
	DiskPressure
	PIDPressure

	NodePressures // is how many there are
)

// nodePressures are the types of the conditions, the taints that go with them, and what
// kubelets say of them, if they are False and if they are True.
// Source: pkg/kubelet/nodestatus/setters.go, k8s.io/api/core/v1/well_known_taints.go.
var nodePressures = [NodePressures]struct {
	name, taint     string
	reason, message [2]string
}{
	MemoryPressure: {"MemoryPressure", "node.kubernetes.io/memory-pressure",
		[2]string{"KubeletHasSufficientMemory", "KubeletHasInsufficientMemory"},
		[2]string{"kubelet has sufficient memory available", "kubelet has insufficient memory available"}},
	DiskPressure: {"DiskPressure", "node.kubernetes.io/disk-pressure",
		[2]string{"KubeletHasNoDiskPressure", "KubeletHasDiskPressure"},
		[2]string{"kubelet has no disk pressure", "kubelet has disk pressure"}},
	PIDPressure: {"PIDPressure", "node.kubernetes.io/pid-pressure",
		[2]string{"KubeletHasSufficientPID", "KubeletHasInsufficientPID"},
		[2]string{"kubelet has sufficient PID available", "kubelet has insufficient PID available"}},
}

// String returns the type of the condition.
func (p NodePressure) String() string { return nodePressures[p].name }

// Taint returns the key of the NoSchedule taint that goes with the condition.
func (p NodePressure) Taint() string { return nodePressures[p].taint }

// Says returns the reason and the message that a kubelet gives for the condition.
func (p NodePressure) Says(is bool) (reason, message string) {
	at := 0
	if is {
		at = 1
	}
	return nodePressures[p].reason[at], nodePressures[p].message[at]
}

// ReasonEvicted is the reason of pods that their kubelet has ended or refused because its
// node runs short of something, or that took more of its disk than they may.
// Source: pkg/kubelet/eviction/helpers.go.
const (
	ReasonEvicted = "Evicted"
	// MessageNodeLow is how the message begins of those that go for the sake of their node.
	MessageNodeLow = "The node was low on resource: "
)
