package sim

import (
	"github.com/podsim/podsim/models"
)

// adoptContainers takes over a Running pod whose containers are told apart: its init
// containers have succeeded, and all others run since the pod's start.
func (s *Simulation) adoptContainers(id models.PodID, p *PastPod, earliest models.Time) {
	now, spec := s.agenda.Now(), s.view.Pod(id).Spec()
	ready := p.Ready != models.ConditionFalse
	s.record(models.Op{Kind: models.OpStartSandbox, Pod: id})
	for i := range spec.Containers {
		op := models.Op{Kind: models.OpStartContainer, Pod: id, Def: int32(i), Arg: int64(models.ContainerStarted)}
		isInit := spec.Containers[i].Kind == models.InitContainer
		if ready && !isInit {
			op.Arg |= int64(models.ContainerReady)
		}
		s.record(op)
		if isInit {
			s.record(models.Op{Kind: models.OpExitContainer, Pod: id, Def: int32(i)})
		}
	}
	started := s.adoptStart(id, p, earliest)
	for _, gate := range p.Gates {
		s.record(models.Op{Kind: models.OpSetPodCondition, Pod: id, Name: gate, Ordinal: models.Exact, Arg: int64(models.ConditionTrue)})
	}
	if ready && s.view.Pod(id).GatesOpen() {
		s.record(models.Op{Kind: models.OpReadyPod, Pod: id})
		s.backdatePod(id, models.PastReady, p.ReadyChanged, started)
	}
	pod := s.view.Pod(id)
	s.watchBound(pod)
	s.kubelet.Resume(now, pod, s.givenRunTime(id), ready)
	if p.Deleting {
		at := max(p.Deletion, now)
		s.record(models.Op{Kind: models.OpDeletePod, Pod: id, Arg: int64(at - now)})
		s.stopContainers(s.view.Pod(id), at.Sub(now))
		return
	}
	s.work(id)
}
