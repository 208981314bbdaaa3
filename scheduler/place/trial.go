package place

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
)

// trial is a copy of a cluster in which changes are tried for one pod. The pod
// itself is taken away: what is tried are copies of it, one at a time, so that its
// nomination does not stand in its own way.
type trial struct {
	cluster   *cluster.Cluster
	scheduler *scheduler.Scheduler
	name      models.Sym
	owner     models.OwnerID
	nominated models.NodeID
	tries     int
	// ahead are pods that would be tried first, and plain makes a scheduler for them.
	ahead []models.PodID
	plain func() (*scheduler.Scheduler, error)
}

// maxTries bounds how much is tried for one explanation.
const maxTries = 4000

func newTrial(of *cluster.Cluster, s *scheduler.Scheduler, id models.PodID) (*trial, error) {
	pod := of.View().Pod(id)
	t := &trial{cluster: of.Clone(), scheduler: s, owner: pod.Owner(), nominated: pod.Nominated(),
		name: of.Dictionary().Sym(pod.Name())}
	return t, t.remove(id)
}

// apply carries operations out, which take no time.
func (t *trial) apply(ops ...models.Op) error {
	for _, op := range ops {
		if err := t.cluster.Apply(t.cluster.Now(), &op); err != nil {
			return fmt.Errorf("what would be cannot be tried: %w", err)
		}
	}
	return nil
}

// remove deletes a pod at once, without waiting for its Job to count it.
func (t *trial) remove(id models.PodID) error {
	if !t.cluster.View().Pod(id).Deleting() {
		if err := t.apply(models.Op{Kind: models.OpDeletePod, Pod: id}); err != nil {
			return err
		}
	}
	if t.cluster.View().Pod(id).Tracked() {
		if err := t.apply(models.Op{Kind: models.OpUntrackPod, Pod: id}); err != nil {
			return err
		}
	}
	return t.apply(models.Op{Kind: models.OpRemovePod, Pod: id})
}

// create makes a pod of that specification and returns its id. Nothing more can be made for
// an owner that is deleted: such a pod belongs to nobody.
func (t *trial) create(owner models.OwnerID, spec models.SpecID, name models.Sym) (models.PodID, error) {
	id := models.PodID(t.cluster.View().Pods())
	if owner != models.None && t.cluster.View().Owner(owner).Deleted() {
		owner = models.None
	}
	return id, t.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(spec), Name: name, Ordinal: models.Exact})
}

// try asks where the pod would go now if it had this specification. What is left
// out of the attempt is its engine and what preemption could do.
func (t *trial) try(spec *models.PodSpec) (scheduler.Attempt, error) {
	t.tries++
	copied, err := t.create(t.owner, t.cluster.DefinePod(spec), t.name)
	if err == nil && t.nominated != models.None {
		err = t.apply(models.Op{Kind: models.OpNominatePod, Pod: copied, Node: t.nominated})
	}
	if err != nil {
		return scheduler.Attempt{}, err
	}
	attempt := t.scheduler.Try(t.cluster.View(), copied)
	return attempt, t.remove(copied)
}

// fits is the node on which the pod would go with this specification; None if it
// would go nowhere, or if too much was tried already.
func (t *trial) fits(spec *models.PodSpec) (models.NodeID, error) {
	if t.exhausted() {
		return models.None, nil
	}
	attempt, err := t.try(spec)
	if attempt.Skipped != "" || attempt.Verdict != scheduler.Claimed {
		return models.None, err
	}
	return attempt.Claim.Node, err
}

// taken reports whether the pods that come before the pod would leave it no room in the
// cluster as it stands.
func (t *trial) taken(spec *models.PodSpec) (bool, error) {
	if len(t.ahead) == 0 {
		return false, nil
	}
	s, err := t.plain()
	if err != nil {
		return false, err
	}
	after := *t
	after.cluster, after.scheduler = t.cluster.Clone(), s
	attempt, err := after.behind(spec)
	return attempt.Skipped != "" || attempt.Verdict != scheduler.Claimed, err
}

// behind asks where the pod would go once those that come before it have been placed,
// which stay there.
func (t *trial) behind(spec *models.PodSpec) (scheduler.Attempt, error) {
	p := New(t.cluster, t.scheduler, Options{})
	for _, id := range t.ahead {
		p.Place(id)
	}
	return t.try(spec)
}

// exhausted tells that nothing more is tried.
func (t *trial) exhausted() bool { return t.tries >= maxTries }
