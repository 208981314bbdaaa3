package control

import "github.com/podsim/podsim/models"

// rolling takes the next step of a rolling update: up with the new ReplicaSet if
// there is room for more pods, else down with the old ones as far as enough pods
// stay available.
// Source: pkg/controller/deployment/rolling.go (rolloutRolling).
func (r *rollout) rolling() Next {
	r.revise(true)
	if r.collided {
		return r.retryName()
	}
	if !r.scaleUpFresh() && !r.scaleDownOld() && r.complete(&r.was) {
		r.cleanUp()
	}
	return r.tellOfRollout()
}

// retryName notes that the name of the new ReplicaSet is taken. The next sync tries
// another one.
func (r *rollout) retryName() Next {
	is := r.was
	is.Collisions++
	is.Progressed = r.progressing.updated
	return Next{Wake: r.now.Add(retryDelay), Wrote: r.statuses.write(r.o.ID(), is)}
}

// scaleUpFresh moves the new ReplicaSet towards the desired replicas.
// Source: pkg/controller/deployment/rolling.go (reconcileNewReplicaSet).
func (r *rollout) scaleUpFresh() bool {
	s := &r.sets[r.fresh]
	if s.replicas >= r.replicas {
		return r.scale(s, r.replicas)
	}
	return r.scale(s, r.allowedForFresh())
}

// scaleDownOld takes old replicas away: at most as many as may be missing besides
// the new ones that are not available yet, and those that are not available first.
// Source: pkg/controller/deployment/rolling.go (reconcileOldReplicaSets).
func (r *rollout) scaleDownOld() bool {
	s := &r.sets[r.fresh]
	total := r.total()
	if total == s.replicas {
		return false
	}
	most := total - r.minimum() - (s.replicas - s.status.Available)
	if most <= 0 {
		return false
	}
	unhealthy, ok := r.cleanUpUnhealthy(most)
	if !ok {
		return false
	}
	return unhealthy+r.scaleDownAvailable() > 0
}

// cleanUpUnhealthy takes away old replicas that are not available: they would hold
// up the rollout. It gives up if a ReplicaSet has more pods than it should have,
// since its status is behind.
// Source: pkg/controller/deployment/rolling.go (cleanupUnhealthyReplicas).
func (r *rollout) cleanUpUnhealthy(most int32) (n int32, ok bool) {
	for i := range r.sets {
		s := &r.sets[i]
		if n >= most {
			break
		}
		if i == r.fresh || s.replicas == 0 || s.replicas == s.status.Available {
			continue
		}
		down := min(most-n, s.replicas-s.status.Available)
		if down < 0 {
			return n, false
		}
		r.scale(s, s.replicas-down)
		n += down
	}
	return n, true
}

// scaleDownAvailable takes away old replicas, those of the oldest ReplicaSet first,
// as long as enough pods stay available.
// Source: pkg/controller/deployment/rolling.go
// (scaleDownOldReplicaSetsForRollingUpdate).
func (r *rollout) scaleDownAvailable() (n int32) {
	var available int32
	for i := range r.sets {
		if s := &r.sets[i]; i == r.fresh || s.before > 0 {
			available += s.status.Available
		}
	}
	most := available - r.minimum()
	for i := range r.sets {
		s := &r.sets[i]
		if n >= most {
			break
		}
		if i == r.fresh || s.replicas == 0 {
			continue
		}
		down := min(s.replicas, most-n)
		r.scale(s, s.replicas-down)
		n += down
	}
	return n
}

// recreate takes the next step of an update that lets all old pods end before the
// first new one comes.
// Source: pkg/controller/deployment/recreate.go (rolloutRecreate).
func (r *rollout) recreate() Next {
	down := false
	for i := range r.sets {
		if i != r.fresh {
			down = r.scale(&r.sets[i], 0) || down
		}
	}
	if down || r.oldPodsLeft() {
		return r.tellOfRollout()
	}
	if r.fresh == models.None {
		if r.revise(true); r.collided {
			return r.retryName()
		}
	}
	r.scale(&r.sets[r.fresh], r.replicas)
	if r.complete(&r.was) {
		r.cleanUp()
	}
	return r.tellOfRollout()
}

// oldPodsLeft reports whether there are pods of old templates that have not ended,
// also terminating ones.
func (r *rollout) oldPodsLeft() bool {
	for i := range r.sets {
		if s := &r.sets[i]; i != r.fresh && (s.status.Replicas > 0 || s.holding > 0) {
			return true
		}
	}
	return false
}
