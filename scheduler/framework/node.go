package framework

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Node is a node as one cycle sees it: as it is, or on an overlay with some pods
// more or fewer than it has. What pods do not change is the cluster's.
type Node struct {
	cluster.Node
	// Load replaces what the pods on the node take, on an overlay; nil otherwise.
	Load *Load
}

// Load is what pods on a node take.
type Load struct {
	Requested models.Resources
	NonZero   cluster.NonZero
	Pods      []models.PodID
	Ports     []models.HostPort
}

// Set makes l the load of a node as it is.
func (l *Load) Set(n cluster.Node) {
	l.Requested, l.NonZero = *n.Requested(), n.NonZero()
	l.Pods = append(l.Pods[:0], n.Pods()...)
	l.Ports = append(l.Ports[:0], n.Ports()...)
}

// Add puts a pod on top. Requests whose sum would overflow count as the largest
// amount there is.
func (l *Load) Add(pod cluster.Pod) {
	spec := pod.Spec()
	l.Requested, _ = l.Requested.Add(spec.Requests)
	l.NonZero.CPU += spec.NonZeroCPU
	l.NonZero.Memory += spec.NonZeroMemory
	l.Pods = append(l.Pods, pod.ID())
	l.Ports = cluster.TakePorts(l.Ports, spec.HostPorts)
}

// Remove takes away a pod that is on the node.
func (l *Load) Remove(pod cluster.Pod) {
	spec := pod.Spec()
	l.Requested = l.Requested.Sub(spec.Requests)
	l.NonZero.CPU -= spec.NonZeroCPU
	l.NonZero.Memory -= spec.NonZeroMemory
	at := slices.Index(l.Pods, pod.ID())
	l.Pods = slices.Delete(l.Pods, at, at+1)
	l.Ports = cluster.FreePorts(l.Ports, spec.HostPorts)
}

// Requested returns the sum of the requests of the pods on the node.
func (n Node) Requested() *models.Resources {
	if n.Load != nil {
		return &n.Load.Requested
	}
	return n.Node.Requested()
}

// NonZero returns its load as scoring sees it.
func (n Node) NonZero() cluster.NonZero {
	if n.Load != nil {
		return n.Load.NonZero
	}
	return n.Node.NonZero()
}

// Pods returns the pods on the node, in no particular order.
func (n Node) Pods() []models.PodID {
	if n.Load != nil {
		return n.Load.Pods
	}
	return n.Node.Pods()
}

// Ports returns the host ports taken on it.
func (n Node) Ports() []models.HostPort {
	if n.Load != nil {
		return n.Load.Ports
	}
	return n.Node.Ports()
}
