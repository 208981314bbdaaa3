package control

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// replicaSet keeps the number of active pods at the desired one. It serves
// ReplicationControllers too. Terminating pods do not count, so that they are
// replaced at once; ended ones are left to garbage collection.
// Source: pkg/controller/replicaset/replica_set.go (syncReplicaSet, manageReplicas).
type replicaSet struct {
	statuses statuses
	choice   *choice
}

func (r *replicaSet) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	next := Next{Wake: models.Never}
	diff := o.Replicas() - o.Counts().Active
	if o.Terminating() != models.Background {
		diff = 0
	}
	if diff > burst || diff < -burst {
		next.Wake = now
	}
	switch {
	case diff > 0:
		ops = create(v, o, min(diff, burst), ops)
	case diff < 0:
		reason := v.Dictionary().Sym(ReasonScaleDown)
		for _, pod := range r.choice.victims(now, v, o, int(min(-diff, burst))) {
			ops = remove(pod, reason, ops)
		}
	}
	if o.Parent() == models.None {
		return ops, next // nobody reads its status
	}
	// The status tells of the pods as they were before the operations.
	next.Wrote = r.statuses.write(o.ID(), statusOfSet(now, o))
	next.Wake = min(next.Wake, o.NextAvailable(now))
	return ops, next
}
