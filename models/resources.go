package models

import (
	"math"

	"github.com/podsim/podsim/models/limits"
)

// Resource is the ordinal of a kind of resource in a run.
type Resource uint8

// The resources that every node has, with their units in Resources.
const (
	CPU              Resource = iota // thousandths of a core
	Memory                           // bytes
	EphemeralStorage                 // bytes
	Pods                             // pods
	FirstExtended                    // from here on: hugepages in bytes, extended resources in units
)

// MaxResources is the number of kinds of resources a run can tell apart.
const MaxResources = limits.ResourceKinds

// Resources is an amount of every kind of resource, by ordinal.
type Resources [MaxResources]int64

// Add returns r + s and whether no sum overflowed.
func (r Resources) Add(s Resources) (Resources, bool) {
	ok := true
	for i := range r {
		if s[i] > 0 && r[i] > math.MaxInt64-s[i] || s[i] < 0 && r[i] < math.MinInt64-s[i] {
			ok = false
		}
		r[i] += s[i]
	}
	return r, ok
}

// Sub returns r - s.
func (r Resources) Sub(s Resources) Resources {
	for i := range r {
		r[i] -= s[i]
	}
	return r
}

// Max returns the larger amount of each resource.
func (r Resources) Max(s Resources) Resources {
	for i := range r {
		r[i] = max(r[i], s[i])
	}
	return r
}

// FitsIn reports whether r is at most s in every resource.
func (r Resources) FitsIn(s Resources) bool {
	for i := range r {
		if r[i] > s[i] {
			return false
		}
	}
	return true
}

// Negative reports whether any amount is below zero.
func (r Resources) Negative() bool {
	for i := range r {
		if r[i] < 0 {
			return true
		}
	}
	return false
}

// PodAmounts are the CPU and memory of the containers of a pod, in their order.
type PodAmounts struct {
	// PodLevel tells that the pod as a whole has requests of its own.
	PodLevel   bool `json:",omitempty"`
	Containers []ContainerAmounts
}

// ContainerAmounts are the CPU and memory of a container, Unmeasured where nothing is
// given.
type ContainerAmounts struct {
	RequestCPU, RequestMemory, LimitCPU, LimitMemory int64
}

// Request returns what the container requests of CPU or memory.
func (a *ContainerAmounts) Request(r Resource) int64 {
	if r == CPU {
		return a.RequestCPU
	}
	return a.RequestMemory
}

// ContainerRequest returns what a container requests of memory or of ephemeral storage. The
// ephemeral storage of several containers counts as that of the first.
func (s *PodSpec) ContainerRequest(container int, r Resource) int64 {
	switch {
	case s.Amounts != nil && r != EphemeralStorage:
		return max(s.Amounts.Containers[container].Request(r), 0)
	case container == 0:
		return s.Requests[r]
	}
	return 0
}
