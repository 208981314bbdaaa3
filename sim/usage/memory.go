package usage

import (
	"math"

	"github.com/podsim/podsim/models"
)

// MemoryLimit returns the most memory that somebody may use, and the name of the
// container; ok is false if there is no limit.
func (m *Meter) MemoryLimit(u User) (limit int64, container models.Sym, ok bool) {
	spec, i := u.Pod.Spec(), max(u.Container, 0)
	if len(spec.Containers) == 0 {
		return 0, 0, false
	}
	limit = spec.Limits[models.Memory]
	if spec.Amounts != nil {
		limit = spec.Amounts.Containers[i].LimitMemory
	}
	return limit, spec.Containers[i].Name, limit > 0
}

// The adjustments of scores by which Linux chooses whom it kills when a node is out of
// memory.
// Source: pkg/kubelet/qos/policy.go.
const (
	guaranteedAdjustment = -997
	bestEffortAdjustment = 1000
	nodeCritical         = "system-node-critical"
)

// OOMScore returns the score of a container, or of a pod with one: the part of the
// memory of the node that it uses, in thousandths, and an adjustment.
func (m *Meter) OOMScore(u User, at models.Time, capacity int64) int64 {
	return proportion(1000, m.Memory(u, at), capacity) + adjustment(u.Pod.Spec(), max(u.Container, 0), capacity, u.Pod.View().Dictionary())
}

// adjustment is that of a container. A sidecar goes no earlier than the app container
// that requests least.
// Source: pkg/kubelet/qos/policy.go (GetContainerOOMScoreAdjust).
func adjustment(spec *models.PodSpec, container int, capacity int64, d *models.Dictionary) int64 {
	switch {
	case d.String(spec.PriorityClass) == nodeCritical, spec.QOS == models.Guaranteed:
		return guaranteedAdjustment
	case spec.QOS == models.BestEffort:
		return bestEffortAdjustment
	}
	request := func(i int) int64 {
		if spec.Amounts == nil {
			return spec.Requests[models.Memory]
		}
		return max(spec.Amounts.Containers[i].RequestMemory, 0) + unassigned(spec)
	}
	adjust := 1000 - proportion(1000, request(container), capacity)
	if spec.Containers[container].Kind == models.Sidecar {
		least := int64(math.MaxInt64)
		for i := range spec.Containers {
			if spec.Containers[i].Kind == models.AppContainer {
				least = min(least, request(i))
			}
		}
		adjust = min(adjust, 1000-proportion(1000, least, capacity))
	}
	return min(max(adjust, 1000+guaranteedAdjustment), bestEffortAdjustment-1)
}

// unassigned is the part of a request of the pod as a whole that its containers do not
// request, for each of them.
// Source: pkg/kubelet/qos/policy.go (remainingPodMemReqPerContainer).
func unassigned(spec *models.PodSpec) int64 {
	if !spec.Amounts.PodLevel {
		return 0
	}
	rest := spec.Requests[models.Memory]
	for i := range spec.Amounts.Containers {
		rest -= max(spec.Amounts.Containers[i].RequestMemory, 0)
	}
	return max(rest, 0) / int64(len(spec.Containers))
}
