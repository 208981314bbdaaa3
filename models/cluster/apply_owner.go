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
		eldest: models.None, youngest: models.None, older: models.None, younger: models.None, generation: 1, name: op.Name, ordinal: op.Ordinal, replicas: c.ownerSpecs[op.Def].Replicas,
		first: models.None, last: models.None, current: models.None,
	}
	if c.ownerSpecs[op.Def].Kind == models.HorizontalPodAutoscaler {
		row.autoscaler = &AutoscalerStatus{LastScale: models.Never}
	}
	if c.ownerSpecs[op.Def].Kind == models.Job {
		row.job = &jobRow{started: models.Never, status: JobStatus{Started: models.Never}}
	}
	if op.Parent != models.None {
		c.bear(op.Owner, row)
	}
	return nil
}

// bear appends a new owner to the children of its parent.
func (c *Cluster) bear(id models.OwnerID, row *ownerRow) {
	c.rear(id, row)
	c.noteDesired(row)
}

// rear puts an owner among the children of its parent, which are in order of creation.
func (c *Cluster) rear(id models.OwnerID, row *ownerRow) {
	parent := c.owners.at(int32(row.parent))
	row.older, row.younger = parent.youngest, models.None
	for row.older > id {
		row.younger = row.older
		row.older = c.owners.at(int32(row.older)).older
	}
	if row.older == models.None {
		parent.eldest = id
	} else {
		c.owners.at(int32(row.older)).younger = id
	}
	if row.younger == models.None {
		parent.youngest = id
	} else {
		c.owners.at(int32(row.younger)).older = id
	}
}

// bury takes a deleted owner out of the children of its parent.
func (c *Cluster) bury(row *ownerRow) {
	parent := c.owners.at(int32(row.parent))
	if row.older == models.None {
		parent.eldest = row.younger
	} else {
		c.owners.at(int32(row.older)).younger = row.younger
	}
	if row.younger == models.None {
		parent.youngest = row.older
	} else {
		c.owners.at(int32(row.younger)).older = row.older
	}
}

// noteDesired keeps what the Deployment of a ReplicaSet wants now.
// Source: pkg/controller/deployment/util/deployment_util.go (SetReplicasAnnotations).
func (c *Cluster) noteDesired(row *ownerRow) {
	parent := c.owners.at(int32(row.parent))
	row.desired = parent.replicas
	row.maximum = parent.replicas + c.ownerSpecs[parent.spec].Surge(parent.replicas)
}

func (c *Cluster) changeOwner(now models.Time, op *models.Op) error { //nolint:gocyclo // one switch of operations
	if !c.owners.has(int32(op.Owner)) {
		return fmt.Errorf("no owner has id %d", op.Owner)
	}
	row := c.owners.at(int32(op.Owner))
	if row.state == ownerDeleted {
		return fmt.Errorf("owner %d is deleted", op.Owner)
	}
	switch op.Kind {
	case models.OpScaleOwner:
		return c.scaleOwner(op, row)
	case models.OpFinishOwner:
		return c.finishOwner(now, op, row)
	case models.OpDeleteOwner:
		row.state, row.reason, row.job = ownerDeleted, op.Reason, nil
		if row.parent != models.None {
			c.bury(row)
		}
	case models.OpTerminateOwner:
		return c.terminateOwner(op, row)
	case models.OpOrphanOwner:
		if row.parent == models.None {
			return fmt.Errorf("owner %d has no parent", op.Owner)
		}
		c.bury(row)
		row.parent, row.older, row.younger = models.None, models.None, models.None
	case models.OpAdoptOwner:
		return c.adoptOwner(op, row)
	case models.OpUpdateOwner:
		return c.updateOwner(op, row)
	case models.OpReviseOwner:
		if c.ownerSpecs[row.spec].Kind != models.ReplicaSet || op.Arg <= row.revision {
			return fmt.Errorf("owner %d cannot become revision %d: it is no ReplicaSet or revision %d already", op.Owner, op.Arg, row.revision)
		}
		row.revision = op.Arg
	case models.OpSetCondition:
		return c.setCondition(now, op, row)
	case models.OpFailCreate:
		// The name that the object would have had is used up.
		if op.Ordinal >= 0 {
			if op.Ordinal != row.made {
				return fmt.Errorf("ordinal %d is not the owner's next one, %d", op.Ordinal, row.made)
			}
			row.made++
			row.refused++
		}
	case models.OpRecordRevision:
		return c.recordRevision(now, op, row)
	case models.OpSettleRevision:
		return c.settleRevision(op, row)
	case models.OpMissJob:
		if c.ownerSpecs[row.spec].Kind != models.CronJob {
			return fmt.Errorf("owner %d starts no Jobs: it is no CronJob", op.Owner)
		}
	case models.OpWriteScale, models.OpMeasure, models.OpRescale:
		return c.changeAutoscaler(now, op, row)
	}
	return nil
}

func (c *Cluster) scaleOwner(op *models.Op, row *ownerRow) error {
	if op.Arg < 0 || op.Arg > 1<<30 {
		return fmt.Errorf("replicas must be 0 to 2^30 (got %d)", op.Arg)
	}
	// How many nodes a DaemonSet wants is its status, not its specification.
	if row.replicas != int32(op.Arg) && c.ownerSpecs[row.spec].Kind != models.DaemonSet {
		row.generation++
	}
	row.replicas = int32(op.Arg)
	if row.parent != models.None {
		c.noteDesired(row)
	}
	return nil
}

func (c *Cluster) finishOwner(now models.Time, op *models.Op, row *ownerRow) error {
	if c.ownerSpecs[row.spec].Kind != models.Job || row.state != ownerLive {
		return fmt.Errorf("owner %d cannot finish: it is no running Job", op.Owner)
	}
	row.state = ownerFailed
	if op.Arg == 1 {
		row.state = ownerComplete
	}
	row.finished, row.reason = now, op.Reason
	c.writeJobStatus(now, row)
	return nil
}

// updateOwner gives an owner another specification. Its replicas stay as they are.
func (c *Cluster) updateOwner(op *models.Op, row *ownerRow) error {
	if op.Def < 0 || int(op.Def) >= len(c.ownerSpecs) {
		return fmt.Errorf("no owner specification has id %d", op.Def)
	}
	was, is := c.ownerSpecs[row.spec], c.ownerSpecs[op.Def]
	switch {
	case row.state != ownerLive:
		return fmt.Errorf("owner %d has finished", op.Owner)
	case was.Kind != is.Kind || was.Namespace != is.Namespace:
		return fmt.Errorf("owner %d cannot change its kind or namespace", op.Owner)
	}
	if int32(row.spec) != op.Def {
		row.generation++
	}
	row.spec = models.OwnerSpecID(op.Def)
	if was.MinReadySeconds != is.MinReadySeconds {
		c.ripenAll(op.Owner)
	}
	return nil
}

// adopt puts a pod into its owner's list, which is in order of creation.
func (c *Cluster) adopt(owner models.OwnerID, id models.PodID, pod *podRow) {
	row := c.owners.at(int32(owner))
	pod.previous, pod.next = row.last, models.None
	for pod.previous > id {
		pod.next = pod.previous
		pod.previous = c.pods.at(int32(pod.previous)).previous
	}
	if pod.previous == models.None {
		row.first = id
	} else {
		c.pods.at(int32(pod.previous)).next = id
	}
	if pod.next == models.None {
		row.last = id
	} else {
		c.pods.at(int32(pod.next)).previous = id
	}
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
