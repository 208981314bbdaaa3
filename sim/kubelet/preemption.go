package kubelet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ReasonPreempting is the reason of a pod that a kubelet has ended for a critical one.
const ReasonPreempting = "Preempting"

// Victims returns the pods that a kubelet ends, one after the other, to make room for a
// critical one: as few as possible, BestEffort pods before Burstable before Guaranteed
// ones, of each class those that come nearest to what is lacking. The error says that
// there is no such set of pods.
// Source: pkg/kubelet/preemption/preemption.go (getPodsToPreempt).
func Victims(pod cluster.Pod, others []cluster.Pod, short []Shortage) ([]cluster.Pod, error) {
	var class [3][]cluster.Pod // by models.QOSClass
	for _, other := range others {
		if Critical(pod) && !Critical(other) || pod.Spec().Priority > other.Spec().Priority {
			class[other.Spec().QOS] = append(class[other.Spec().QOS], other)
		}
	}
	rest := short
	for _, pods := range class {
		rest = without(rest, pods)
	}
	if len(rest) > 0 {
		return nil, noVictims(rest)
	}
	effort, burst, guaranteed := class[models.BestEffort], class[models.Burstable], class[models.Guaranteed]
	lastly, err := nearest(guaranteed, without(without(short, effort), burst))
	if err != nil {
		return nil, err
	}
	then, err := nearest(burst, without(without(short, effort), lastly))
	if err != nil {
		return nil, err
	}
	first, err := nearest(effort, without(without(short, then), lastly))
	if err != nil {
		return nil, err
	}
	return slices.Concat(first, then, lastly), nil
}

func noVictims(short []Shortage) error {
	var text strings.Builder
	for _, s := range short {
		fmt.Fprintf(&text, "(res: %s, q: %d), ", s.Name, s.Amount)
	}
	return fmt.Errorf("preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [%s]", text.String())
}

// without returns what is lacking still when pods are gone.
func without(short []Shortage, gone []cluster.Pod) []Shortage {
	var rest []Shortage
	for _, s := range short {
		for _, pod := range gone {
			if s.Amount -= pod.Spec().Requests[s.Resource]; s.Amount <= 0 {
				break
			}
		}
		if s.Amount > 0 {
			rest = append(rest, s)
		}
	}
	return rest
}

// nearest picks pods until nothing is lacking: each time the one that leaves least to be
// desired, of equal ones that with the smaller requests.
func nearest(pods []cluster.Pod, short []Shortage) (picked []cluster.Pod, err error) {
	pods = slices.Clone(pods)
	for len(short) > 0 {
		if len(pods) == 0 {
			return nil, noVictims(short)
		}
		best, least := 0, float64(len(short)+1)
		for i, pod := range pods {
			if d := distance(short, pod); d < least || d == least && !larger(pod, pods[best]) {
				best, least = i, d
			}
		}
		short = without(short, pods[best:best+1])
		picked = append(picked, pods[best])
		pods[best] = pods[len(pods)-1]
		pods = pods[:len(pods)-1]
	}
	return picked, nil
}

// distance is how much a pod leaves to be desired, each resource weighing the same.
func distance(short []Shortage, pod cluster.Pod) (sum float64) {
	for _, s := range short {
		if rest := float64(s.Amount - pod.Spec().Requests[s.Resource]); rest > 0 {
			part := rest / float64(s.Amount)
			sum += float64(part * part)
		}
	}
	return sum
}

// larger compares requests: memory, then CPU.
func larger(a, b cluster.Pod) bool {
	x, y := &a.Spec().Requests, &b.Spec().Requests
	if x[models.Memory] != y[models.Memory] {
		return x[models.Memory] > y[models.Memory]
	}
	return x[models.CPU] > y[models.CPU]
}
