package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/control"
)

// remove takes away a pod that is being deleted and whose containers have ended, with an
// exit code. One that
// its Job has not counted yet stays, in its terminal phase, until the Job has: its
// finalizer keeps it.
// Source: pkg/kubelet/pod_workers.go, k8s.io/apiserver/pkg/registry/generic/registry/store.go.
func (s *Simulation) remove(id models.PodID, code int64) {
	pod := s.view.Pod(id)
	switch {
	case !pod.Tracked():
		s.do(models.Op{Kind: models.OpRemovePod, Pod: id})
	case pod.Phase().Terminal():
	case pod.Node() != models.None:
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: code, Reason: s.reasons.failed})
	default:
		// No kubelet reports its end. If the Job waits for one, pod garbage collection
		// has to see to it.
		at := (s.agenda.Now() + 1).Ceil(control.PodGCPeriod)
		s.agenda.Schedule(at, evStopped, pod.Epoch(), int32(id), 0)
	}
}

// podUntracked takes away a pod that only its Job has kept.
func (s *Simulation) podUntracked(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Deleting() && (pod.Phase().Terminal() || pod.Node() == models.None) {
		s.do(models.Op{Kind: models.OpRemovePod, Pod: id})
	}
}

// stopped is the end of a pod that is being deleted.
func (s *Simulation) stopped(id models.PodID, epoch uint32, code int64) {
	pod := s.view.Pod(id)
	switch {
	case pod.Epoch() != epoch:
	case pod.Node() == models.None:
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: 1, Reason: s.reasons.podGC})
	case s.view.Node(pod.Node()).Heard():
		s.lastEphemerals(pod, s.nodeNow() >= pod.Deadline())
		s.remove(id, code)
	}
}
