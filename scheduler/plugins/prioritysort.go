package plugins

import "github.com/podsim/podsim/scheduler/framework"

// PrioritySort orders the active queue.
// Source: pkg/scheduler/framework/plugins/queuesort/priority_sort.go.
type PrioritySort struct{}

var _ framework.QueueSort = (*PrioritySort)(nil)

// Name returns the name of the plugin.
func (*PrioritySort) Name() string { return "PrioritySort" }

// Reads declares that no node is looked at.
func (*PrioritySort) Reads() framework.Reads { return framework.ReadsPodOnly }

// Less puts higher priority first and, of equal ones, who waits longer.
func (*PrioritySort) Less(a, b framework.QueuedPod) bool {
	return a.Priority > b.Priority || a.Priority == b.Priority && a.Since < b.Since
}
