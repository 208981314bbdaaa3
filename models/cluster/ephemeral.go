package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// Ephemeral is an ephemeral container of a pod. It takes no room, is never started again
// and counts neither for the phase nor for the readiness of its pod.
// Source: k8s.io/api/core/v1/types.go (EphemeralContainer).
type Ephemeral struct {
	Name              models.Sym // of Ordinal, as AppendName writes it
	Ordinal           int32
	Image             models.Sym
	Target            models.Sym // name of the container whose processes it sees, or 0
	State             ContainerState
	Started, Finished models.Time // Never if not yet
	ExitCode          int32
}

// AppendName appends the name of the container.
func (e *Ephemeral) AppendName(dst []byte, d *models.Dictionary) []byte {
	return models.AppendName(dst, d.String(e.Name), e.Ordinal)
}

// Ephemerals returns the ephemeral containers of the pod, oldest first.
func (p Pod) Ephemerals() []Ephemeral {
	if len(p.c.ephemerals) == 0 {
		return nil
	}
	return p.c.ephemerals[p.id]
}

// debugPod adds an ephemeral container to a pod.
// Source: pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy).
func (c *Cluster) debugPod(op *models.Op, row *podRow) error {
	name := string(models.AppendName(nil, c.dictionary.String(op.Name), op.Ordinal))
	same := func(e Ephemeral) bool { return string(e.AppendName(nil, c.dictionary)) == name }
	switch {
	case op.Name == 0 || op.Message == 0:
		return refusePod(op.Pod, "an ephemeral container needs a name and an image")
	case row.phase.Terminal():
		return refusePod(op.Pod, "it has ended")
	case slices.ContainsFunc(c.ephemerals[op.Pod], same):
		return refusePod(op.Pod, "it has an ephemeral container of that name already")
	}
	c.ephemerals[op.Pod] = append(c.ephemerals[op.Pod], Ephemeral{
		Name: op.Name, Ordinal: op.Ordinal, Image: op.Message, Target: op.Reason, Started: models.Never, Finished: models.Never,
	})
	c.generations[op.Pod]++
	return nil
}

// changeEphemeral lets an ephemeral container start or end.
func (c *Cluster) changeEphemeral(now models.Time, op *models.Op, row *podRow) error {
	list := c.ephemerals[op.Pod]
	switch {
	case op.Def < 0 || int(op.Def) >= len(list):
		return refusePod(op.Pod, fmt.Sprintf("no ephemeral container of it has number %d", op.Def))
	case row.node == models.None:
		return refusePod(op.Pod, "it is on no node")
	case c.nodes[row.node].down:
		return refusePod(op.Pod, "its node is down")
	}
	e := &list[op.Def]
	if op.Kind == models.OpEndEphemeral {
		if e.State != ContainerRunning {
			return refusePod(op.Pod, fmt.Sprintf("ephemeral container %d does not run", op.Def))
		}
		e.end(now, int32(op.Arg))
		return nil
	}
	switch {
	case e.State != ContainerWaiting:
		return refusePod(op.Pod, fmt.Sprintf("ephemeral container %d has been started already", op.Def))
	case row.is(podDeleting):
		return refusePod(op.Pod, "it is being deleted")
	}
	e.State, e.Started = ContainerRunning, now
	return nil
}

func (e *Ephemeral) end(now models.Time, code int32) {
	e.State, e.Finished, e.ExitCode = ContainerTerminated, now, code
}

// endEphemerals ends the ephemeral containers of a pod that has ended: with it they are
// killed.
func (c *Cluster) endEphemerals(now models.Time, pod models.PodID) {
	if len(c.ephemerals) == 0 {
		return
	}
	list := c.ephemerals[pod]
	for i := range list {
		if list[i].State == ContainerRunning {
			list[i].end(now, sigKill)
		}
	}
}

// forgetEphemerals drops the ephemeral containers of a pod that is gone.
func (c *Cluster) forgetEphemerals(pod models.PodID) {
	if len(c.ephemerals) > 0 {
		delete(c.ephemerals, pod)
	}
}

// ephemeralContainers takes the ephemeral containers of pods, by pod.
func (s *snapshot) ephemeralContainers(c *Cluster) {
	table(s, c.ephemerals, func(containers *[]Ephemeral) {
		list(s, containers, func(e *Ephemeral) {
			for _, sym := range []*models.Sym{&e.Name, &e.Image, &e.Target} {
				number(s, sym)
			}
			number(s, &e.Ordinal)
			number(s, &e.State)
			number(s, &e.Started)
			number(s, &e.Finished)
			number(s, &e.ExitCode)
		})
	})
}

// checkEphemerals makes sure that ephemeral containers are of pods that are there.
func (s *snapshot) checkEphemerals(c *Cluster) {
	known := func(sym models.Sym) bool { return sym >= 0 && int(sym) < c.dictionary.Len() }
	for _, pod := range slices.Sorted(maps.Keys(c.ephemerals)) {
		if !c.pods.has(int32(pod)) || c.pods.at(int32(pod)).is(podRemoved) {
			s.fail(fmt.Errorf("the snapshot holds ephemeral containers of pod %d", pod))
		}
		for _, e := range c.ephemerals[pod] {
			if !known(e.Name) || !known(e.Image) || !known(e.Target) || e.State > ContainerTerminated {
				s.fail(errors.New("the snapshot holds an ephemeral container that cannot be"))
			}
		}
	}
}
