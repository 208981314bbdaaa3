package cluster

import (
	"errors"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// containers takes the containers of pods whose containers are told apart, by pod.
func (s *snapshot) containers(c *Cluster) {
	ids := slices.Sorted(maps.Keys(c.items))
	list(s, &ids, func(id *models.PodID) {
		number(s, id)
		items := c.items[*id]
		if s.reading {
			if !c.pods.has(int32(*id)) || c.pods.at(int32(*id)).is(podRemoved) || c.items[*id] != nil {
				s.fail(errors.New("the snapshot holds the containers of a pod that is not there"))
				return
			}
			items = new(itemsRow)
			c.items[*id] = items
		}
		number(s, &items.sandbox)
		s.flag(&items.resetting)
		s.flag(&items.initialized)
		list(s, &items.list, s.container)
	})
}

func (s *snapshot) container(c *Container) {
	number(s, &c.State)
	number(s, &c.Reason)
	number(s, &c.Message)
	number(s, &c.BackOff)
	number(s, &c.Started)
	for _, t := range []*Termination{&c.Ended, &c.Before} {
		number(s, &t.Started)
		number(s, &t.Finished)
		number(s, &t.ExitCode)
		number(s, &t.Reason)
	}
	number(s, &c.Restarts)
	number(s, &c.Marks)
	s.flag(&c.Stopping)
	s.flag(&c.counted)
}

// checkContainers makes sure that restored containers belong to their pod.
func (s *snapshot) checkContainers(c *Cluster) {
	symbols := models.Sym(c.dictionary.Len())
	for _, id := range slices.Sorted(maps.Keys(c.items)) {
		items, spec := c.items[id], c.podSpecs[c.pods.at(int32(id)).spec]
		if len(items.list) != len(spec.Containers) || !spec.Itemised() {
			s.fail(errors.New("the snapshot holds other containers than a pod has"))
			return
		}
		for i := range items.list {
			is := &items.list[i]
			for _, sym := range []models.Sym{is.Reason, is.Message, is.Ended.Reason, is.Before.Reason} {
				if sym < 0 || sym >= symbols {
					s.fail(errors.New("the snapshot names a symbol that is not defined"))
				}
			}
			if is.State > ContainerTerminated {
				s.fail(errors.New("the snapshot holds a state of containers that does not exist"))
			}
		}
	}
}
