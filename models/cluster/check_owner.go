package cluster

import (
	"time"

	"github.com/podsim/podsim/models"
)

func (s *scan) owner(id models.OwnerID) {
	row, n := s.c.owners.at(int32(id)), &s.counts[id]
	kept := row.counts
	n.Succeeded, n.Failed, n.Lost = kept.Succeeded, kept.Failed, kept.Lost
	if *n != kept {
		s.fail("owner %d: counts %+v, its pods make %+v", id, kept, *n)
	}
	if made := kept.Active + kept.Terminating + kept.Succeeded + kept.Failed + kept.Lost + row.refused; made != row.made {
		s.fail("owner %d made %d pods, %d are accounted for", id, row.made, made)
	}
	if row.parent != models.None && row.state != ownerDeleted {
		s.children[row.parent]++
	}
	if got := (Owner{s.c, id}).Available(s.c.now); got != s.available[id] {
		s.fail("owner %d: %d of its pods are available, %d are counted", id, s.available[id], got)
	}
	if job := row.job; job != nil && s.noted[id] != job.uncountedSucceeded+job.uncountedFailed {
		s.fail("owner %d: %d pods are about to be counted, %d and %d are noted", id, s.noted[id], job.uncountedSucceeded, job.uncountedFailed)
	}
}

// isAvailable reports whether an active pod has been Ready for long enough.
func (s *scan) isAvailable(row *podRow) bool {
	wait := time.Duration(s.c.ownerSpecs[s.c.owners.at(int32(row.owner)).spec].MinReadySeconds) * time.Second
	return row.is(podReady) && s.c.now.Sub(row.ready) >= wait
}

// families compares the lists of children with what these say of their parents.
func (s *scan) families() {
	for id := range s.c.owners.next {
		listed, before := int32(0), models.OwnerID(models.None)
		for child := range (Owner{s.c, models.OwnerID(id)}).Children() {
			row := child.row()
			if row.parent != models.OwnerID(id) || row.state == ownerDeleted || row.older != before || child.id <= before {
				s.fail("owner %d does not belong behind owner %d among the children of %d", child.id, before, id)
				break
			}
			before = child.id
			listed++
		}
		if row := s.c.owners.at(id); listed != s.children[id] || row.youngest != before {
			s.fail("owner %d has %d children, %d are listed up to %d", id, s.children[id], listed, row.youngest)
		}
	}
}
