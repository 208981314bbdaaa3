package plugins

import (
	"cmp"
	"math"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// VictimRule is what one rule of preemption differs in from another: whom it
// spares first, and on which node it makes room.
type VictimRule interface {
	// Spare compares two pods of one node: it is negative if a is to be spared
	// rather than b, and 0 if they are equally important.
	Spare(a, b cluster.Pod) int
	// Prefer compares two candidates: it is negative if room is to be made on a's
	// node rather than on b's.
	Prefer(v cluster.View, a, b *framework.Candidate) int
}

// leastImportant is the rule of Kubernetes: the least important pods go.
type leastImportant struct{}

// Spare spares pods of higher priority, and of equal priority those that started
// earlier, to the second.
// Source: pkg/scheduler/util/utils.go (MoreImportantPod).
func (leastImportant) Spare(a, b cluster.Pod) int {
	return cmp.Or(
		cmp.Compare(b.Spec().Priority, a.Spec().Priority),
		cmp.Compare(started(a), started(b)),
	)
}

// Prefer looks at broken budgets, the highest priority of a victim, the sum of
// the priorities, the number of victims and who of the most important victims
// started first.
// Source: pkg/scheduler/framework/preemption/preemption.go (pickOneNodeForPreemption).
func (leastImportant) Prefer(v cluster.View, a, b *framework.Candidate) int {
	return cmp.Or(
		cmp.Compare(a.Violations, b.Violations),
		cmp.Compare(v.Pod(a.Victims[0]).Spec().Priority, v.Pod(b.Victims[0]).Spec().Priority),
		cmp.Compare(priorities(v, a.Victims), priorities(v, b.Victims)),
		cmp.Compare(len(a.Victims), len(b.Victims)),
		cmp.Compare(earliestStart(v, b.Victims), earliestStart(v, a.Victims)),
	)
}

// priorities sums up what counts of priorities: none of the summands is negative.
func priorities(v cluster.View, pods []models.PodID) (sum int64) {
	for _, id := range pods {
		sum += int64(v.Pod(id).Spec().Priority) + math.MaxInt32 + 1
	}
	return sum
}

// earliestStart is that of the pods of the highest priority.
// Source: pkg/scheduler/util/utils.go (GetEarliestPodStartTime).
func earliestStart(v cluster.View, pods []models.PodID) int64 {
	highest, earliest := int32(math.MinInt32), int64(math.MaxInt64)
	for _, id := range pods {
		pod := v.Pod(id)
		switch priority := pod.Spec().Priority; {
		case priority > highest:
			highest, earliest = priority, started(pod)
		case priority == highest:
			earliest = min(earliest, started(pod))
		}
	}
	return earliest
}

// started is the second in which a pod came to its node: the API keeps times in
// whole seconds.
func started(pod cluster.Pod) int64 {
	at, second := int64(pod.BoundAt()), int64(time.Second)
	if at < 0 {
		at -= second - 1
	}
	return at / second
}
