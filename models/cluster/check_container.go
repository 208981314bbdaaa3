package cluster

import "github.com/podsim/podsim/models"

// containers checks the containers of a pod, and what follows from them.
func (s *scan) containers(id models.PodID, row *podRow) {
	items, spec := s.c.items[id], s.c.podSpecs[row.spec]
	if items == nil {
		if row.restarts > 0 && row.starts == 0 {
			s.fail("pod %d: %d restarts of containers that never ran", id, row.restarts)
		}
		return
	}
	s.items++
	restarts := int32(0)
	for i := range items.list {
		c := &items.list[i]
		restarts += c.Restarts
		running := c.State == ContainerRunning
		switch {
		case running != (c.Started != models.Never):
			s.fail("pod %d: container %d is %s, started %s", id, i, c.State, c.Started)
		case !running && (c.Marks != 0 || c.Stopping):
			s.fail("pod %d: container %d is %s with marks %d, stopping %t", id, i, c.State, c.Marks, c.Stopping)
		case c.State == ContainerTerminated && !c.Ended.Happened():
			s.fail("pod %d: container %d is terminated, but has not ended", id, i)
		case running && (items.sandbox == models.Never || row.phase.Terminal()):
			s.fail("pod %d: container %d runs without a sandbox, or in phase %s", id, i, row.phase)
		case c.Ended.Happened() && c.Ended.Finished < c.Ended.Started:
			s.fail("pod %d: container %d ended %s, before it started, %s", id, i, c.Ended.Finished, c.Ended.Started)
		case running && spec.Containers[i].Kind == models.AppContainer && !items.initialized:
			s.fail("pod %d: container %d runs, but the pod is not initialised", id, i)
		}
	}
	if restarts != row.restarts {
		s.fail("pod %d: %d restarts, its containers have %d", id, row.restarts, restarts)
	}
}
