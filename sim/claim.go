package sim

import (
	"github.com/podsim/podsim/models"
)

// podOffered lets the owners that may adopt or release a pod look at it.
func (s *Simulation) podOffered(id models.PodID) {
	for _, owner := range s.controllers.PodOffered(s.view.Pod(id)) {
		s.podLeft(owner)
	}
}

// ownerOffered lets an owner find orphans that it wants, and Deployments a ReplicaSet.
func (s *Simulation) ownerOffered(id models.OwnerID) {
	for _, owner := range s.controllers.OwnerOffered(s.view.Owner(id)) {
		s.ownerChanged(owner)
	}
}

// relabel gives a pod other labels.
func (s *Simulation) relabel(id models.PodID, labels models.Labels) {
	pod := s.view.Pod(id)
	spec := *pod.Spec()
	spec.Labels = labels
	s.do(models.Op{Kind: models.OpRelabelPod, Pod: id, Def: int32(s.cluster.DefinePod(&spec)), Arg: int64(pod.SpecID())})
}

// podRelabelled is what follows from other labels of a pod: its owner may release it or
// another one adopt it, and the scheduler decides by them.
func (s *Simulation) podRelabelled(id models.PodID) {
	if s.view.Pod(id).Node() == models.None {
		s.scheduler.Update(s.agenda.Now(), id, s.view)
		s.wakeScheduler()
	}
	s.podOffered(id)
}
