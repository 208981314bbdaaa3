package control

import (
	"time"

	"github.com/podsim/podsim/models"
)

// TerminatedPodThreshold is the number of ended pods that the pod garbage
// collector leaves alone, and PodGCPeriod the time between its passes.
// Source: pkg/controller/podgc/gc_controller.go.
const (
	TerminatedPodThreshold = 12500
	PodGCPeriod            = 20 * time.Second
)

// TerminatedPods are the ended pods whose objects still exist, those that their kubelet has
// evicted first, and of each the oldest object.
// Source: pkg/controller/podgc/gc_controller.go (byEvictionAndCreationTimestamp).
type TerminatedPods struct{ evicted, others podHeap }

// Len returns how many there are.
func (t *TerminatedPods) Len() int { return len(t.evicted) + len(t.others) }

// Add adds a pod that has just ended, perhaps as one that its kubelet has evicted.
func (t *TerminatedPods) Add(id models.PodID, evicted bool) {
	if evicted {
		t.evicted.push(id)
	} else {
		t.others.push(id)
	}
}

// Next takes out the pod that is to be deleted first.
func (t *TerminatedPods) Next() models.PodID {
	if len(t.evicted) > 0 {
		return t.evicted.pop()
	}
	return t.others.pop()
}

// podHeap is a binary heap by id, which is the order of creation.
type podHeap []models.PodID

func (p *podHeap) push(id models.PodID) {
	h := append(*p, id)
	i := len(h) - 1
	for i > 0 && h[i] < h[(i-1)/2] {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
		i = (i - 1) / 2
	}
	*p = h
}

func (p *podHeap) pop() models.PodID {
	h := *p
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	*p = h
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if h[child] < h[least] {
				least = child
			}
		}
		if least == i {
			return top
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
