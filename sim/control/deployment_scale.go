package control

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
)

// scaleOnly follows a change of the desired replicas. It is all that is done for a
// paused Deployment, and comes before the next step of a rollout otherwise.
// Source: pkg/controller/deployment/sync.go (sync).
func (r *rollout) scaleOnly() Next {
	r.revise(false)
	r.scaleAll()
	if r.spec.Paused {
		r.cleanUp()
	}
	r.tell(r.status())
	return Next{Wake: models.Never}
}

// scaleAll distributes the desired replicas: to the one ReplicaSet that has any, or
// in proportion to those that have.
// Source: pkg/controller/deployment/sync.go (scale).
func (r *rollout) scaleAll() {
	var active []*set
	for i := range r.sets {
		if s := &r.sets[i]; s.replicas > 0 {
			active = append(active, s)
		}
	}
	switch {
	case len(r.sets) == 0:
	case len(active) == 0 && r.fresh != models.None:
		r.scale(&r.sets[r.fresh], r.replicas)
	case len(active) == 0:
		r.scale(&r.sets[len(r.sets)-1], r.replicas)
	case len(active) == 1:
		r.scale(active[0], r.replicas)
	case r.saturated():
		for _, s := range active {
			if s != &r.sets[r.fresh] {
				r.scale(s, 0)
			}
		}
	case r.spec.Strategy == models.RollingUpdate:
		r.scaleInProportion(active)
	}
}

// saturated reports whether the new ReplicaSet has all pods that are wanted, and
// knows it. Source: pkg/controller/deployment/util/deployment_util.go (IsSaturated).
func (r *rollout) saturated() bool {
	if r.fresh == models.None {
		return false
	}
	s := &r.sets[r.fresh]
	return s.replicas == r.replicas && s.desired == r.replicas && s.status.Available == r.replicas
}

// scaleInProportion distributes the replicas that a scaled Deployment has more or
// less, surge included, in the middle of a rollout.
func (r *rollout) scaleInProportion(active []*set) {
	var allowed, total int32
	if r.replicas > 0 {
		allowed = r.maximum()
	}
	for _, s := range active {
		total += s.replicas
	}
	add := allowed - total
	slices.SortStableFunc(active, func(a, b *set) int { return largerFirst(a, b, add) })
	sizes, added := make([]int32, len(active)), int32(0)
	for i, s := range active {
		share := r.share(s, add, added)
		sizes[i] = s.replicas + share
		added += share
	}
	if add != 0 {
		sizes[0] = max(sizes[0]+add-added, 0)
	}
	for i, s := range active {
		if !r.scale(s, sizes[i]) && (s.desired != r.replicas || s.maximum != r.maximum()) {
			s.desired, s.maximum = r.replicas, r.maximum()
			r.do(models.Op{Kind: models.OpScaleOwner, Owner: s.id, Arg: int64(s.replicas)})
		}
	}
}

// largerFirst orders ReplicaSets by size; equal ones newest first when replicas are
// added, oldest first when they are removed.
// Source: pkg/controller/controller_utils.go (ReplicaSetsBySizeNewer,
// ReplicaSetsBySizeOlder).
func largerFirst(a, b *set, add int32) int {
	age := cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.id, b.id))
	switch {
	case add == 0:
		return 0
	case add > 0:
		age = -age
	}
	return cmp.Or(cmp.Compare(b.replicas, a.replicas), age)
}

// share is how many replicas a ReplicaSet gains of those that are added, or loses of
// those that are removed: it stays as large a part of what the Deployment may have
// as it was when it was last scaled.
// Source: pkg/controller/deployment/util/deployment_util.go (GetReplicaSetProportion,
// getReplicaSetFraction), without its overflow above 2^31.
func (r *rollout) share(s *set, add, added int32) int32 {
	if add == added {
		return 0
	}
	base := s.maximum
	if base == 0 {
		base = r.was.Replicas
	}
	var part int32
	switch {
	case r.replicas == 0:
		part = -s.replicas
	case base > 0:
		part = rounded(int64(s.replicas)*int64(r.maximum()), int64(base)) - s.replicas
	}
	if add > 0 {
		return min(part, add-added)
	}
	return max(part, add-added)
}

// rounded divides two numbers that are not negative and rounds halves up.
func rounded(n, by int64) int32 { return int32((2*n + by) / (2 * by)) }
