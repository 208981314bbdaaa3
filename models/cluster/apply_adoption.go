package cluster

import (
	"fmt"
	"reflect"

	"github.com/podsim/podsim/models"
)

// adoptPod gives a pod that belongs to nobody an owner. It keeps its name.
// Source: pkg/controller/controller_ref_manager.go (AdoptPod).
func (c *Cluster) adoptPod(op *models.Op, row *podRow) error {
	switch {
	case !c.owners.has(int32(op.Owner)):
		return fmt.Errorf("no owner has id %d", op.Owner)
	case c.owners.at(int32(op.Owner)).state == ownerDeleted:
		return fmt.Errorf("owner %d is deleted", op.Owner)
	case row.owner != models.None:
		return refusePod(op.Pod, "it belongs to somebody already")
	case row.is(podDeleting):
		return refusePod(op.Pod, "it is being deleted")
	case row.name == 0:
		return refusePod(op.Pod, "it needs a name of its own")
	}
	row.owner = op.Owner
	c.orphans--
	c.adopt(op.Owner, op.Pod, row)
	c.track(row)
	owner := c.owners.at(int32(op.Owner))
	switch n := &owner.counts; row.phase {
	case models.Succeeded:
		n.Active--
		n.Succeeded++
	case models.Failed:
		n.Active--
		n.Failed++
	default:
		if row.node != models.None {
			n.Bound++
		}
		if row.is(podReady) {
			n.Ready++
		}
	}
	c.ripenAll(op.Owner)
	return nil
}

// adoptOwner makes a ReplicaSet that belongs to nobody one of a Deployment.
// Source: pkg/controller/controller_ref_manager.go (AdoptReplicaSet).
func (c *Cluster) adoptOwner(op *models.Op, row *ownerRow) error {
	switch {
	case !c.owners.has(int32(op.Parent)):
		return fmt.Errorf("no owner has id %d", op.Parent)
	case c.owners.at(int32(op.Parent)).state == ownerDeleted:
		return fmt.Errorf("owner %d is deleted", op.Parent)
	case row.parent != models.None:
		return fmt.Errorf("owner %d has a parent already", op.Owner)
	case c.ownerSpecs[row.spec].Kind != models.ReplicaSet:
		return fmt.Errorf("owner %d is no ReplicaSet", op.Owner)
	}
	for up := op.Parent; up != models.None; up = c.owners.at(int32(up)).parent {
		if up == op.Owner {
			return fmt.Errorf("owner %d would belong to itself", op.Owner)
		}
	}
	row.parent = op.Parent
	c.rear(op.Owner, row)
	return nil
}

// relabelPod gives a pod other labels: a specification that differs in nothing else.
func (c *Cluster) relabelPod(op *models.Op, row *podRow) error {
	switch {
	case op.Def < 0 || int(op.Def) >= len(c.podSpecs):
		return fmt.Errorf("no pod specification has id %d", op.Def)
	case op.Arg != int64(row.spec):
		return refusePod(op.Pod, fmt.Sprintf("it has specification %d", row.spec))
	case op.Arg == int64(op.Def):
		return refusePod(op.Pod, "it has these labels already")
	}
	was, is := *c.podSpecs[row.spec], *c.podSpecs[op.Def]
	was.Labels, is.Labels = nil, nil
	if !reflect.DeepEqual(was, is) {
		return refusePod(op.Pod, "more than its labels would change")
	}
	c.respecify(op.Pod, row, models.SpecID(op.Def))
	return nil
}
