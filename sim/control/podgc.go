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

// TerminatedPods are the ended pods whose objects still exist, the oldest object
// first: a binary heap by id.
type TerminatedPods struct{ heap []models.PodID }

// Len returns how many there are.
func (t *TerminatedPods) Len() int { return len(t.heap) }

// Add adds a pod that has just ended.
func (t *TerminatedPods) Add(id models.PodID) {
	t.heap = append(t.heap, id)
	i := len(t.heap) - 1
	for i > 0 && t.heap[i] < t.heap[(i-1)/2] {
		t.heap[i], t.heap[(i-1)/2] = t.heap[(i-1)/2], t.heap[i]
		i = (i - 1) / 2
	}
}

// Oldest takes out the pod whose object was created first.
func (t *TerminatedPods) Oldest() models.PodID {
	top, last := t.heap[0], len(t.heap)-1
	t.heap[0] = t.heap[last]
	t.heap = t.heap[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if t.heap[child] < t.heap[least] {
				least = child
			}
		}
		if least == i {
			return top
		}
		t.heap[i], t.heap[least] = t.heap[least], t.heap[i]
		i = least
	}
}
