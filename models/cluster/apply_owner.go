package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

func (c *Cluster) createOwner(now models.Time, op *models.Op) error {
	if int32(op.Owner) != c.owners.next {
		return fmt.Errorf("owner id %d is not the next one, %d", op.Owner, c.owners.next)
	}
	if op.Def < 0 || int(op.Def) >= len(c.ownerSpecs) {
		return fmt.Errorf("no owner specification has id %d", op.Def)
	}
	if op.Parent != models.None && !c.owners.has(int32(op.Parent)) {
		return fmt.Errorf("no owner has id %d", op.Parent)
	}
	row := c.owners.add()
	*row = ownerRow{
		created: now, finished: models.Never, spec: models.OwnerSpecID(op.Def), parent: op.Parent,
		child: models.None, name: op.Name, ordinal: op.Ordinal, replicas: c.ownerSpecs[op.Def].Replicas,
		first: models.None, last: models.None,
	}
	if op.Parent != models.None {
		c.owners.at(int32(op.Parent)).child = op.Owner
	}
	return nil
}

func (c *Cluster) changeOwner(now models.Time, op *models.Op) error {
	if !c.owners.has(int32(op.Owner)) {
		return fmt.Errorf("no owner has id %d", op.Owner)
	}
	row := c.owners.at(int32(op.Owner))
	if row.state == ownerDeleted {
		return fmt.Errorf("owner %d is deleted", op.Owner)
	}
	switch op.Kind {
	case models.OpScaleOwner:
		if op.Arg < 0 || op.Arg > 1<<30 {
			return fmt.Errorf("replicas must be 0 to 2^30 (got %d)", op.Arg)
		}
		row.replicas = int32(op.Arg)
	case models.OpFinishOwner:
		if c.ownerSpecs[row.spec].Kind != models.Job || row.state != ownerLive {
			return fmt.Errorf("owner %d cannot finish: it is no running Job", op.Owner)
		}
		row.state = ownerFailed
		if op.Arg == 1 {
			row.state = ownerComplete
		}
		row.finished, row.reason = now, op.Reason
	case models.OpDeleteOwner:
		row.state, row.reason = ownerDeleted, op.Reason
	}
	return nil
}

// adopt appends a new pod to its owner's list.
func (c *Cluster) adopt(owner models.OwnerID, id models.PodID, pod *podRow) {
	row := c.owners.at(int32(owner))
	pod.previous = row.last
	if row.last == models.None {
		row.first = id
	} else {
		c.pods.at(int32(row.last)).next = id
	}
	row.last = id
	row.made++ // also a pod with a name of its own, adopted from a running cluster
	row.counts.Active++
}

// disown takes a removed pod out of its owner's list.
func (c *Cluster) disown(pod *podRow) {
	row := c.owners.at(int32(pod.owner))
	if pod.previous == models.None {
		row.first = pod.next
	} else {
		c.pods.at(int32(pod.previous)).next = pod.next
	}
	if pod.next == models.None {
		row.last = pod.previous
	} else {
		c.pods.at(int32(pod.next)).previous = pod.previous
	}
}
