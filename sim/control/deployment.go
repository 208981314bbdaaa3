package control

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// deployment rolls templates out: it makes a ReplicaSet of each and moves the
// replicas from the old ones to the new one.
// Source: pkg/controller/deployment.
type deployment struct {
	statuses statuses
	symbols  symbols
	sets     []set // memory of the last sync
	texts    map[models.OwnerID]models.Sym
	// alike are the ReplicaSets that were adopted for the template of their Deployment,
	// with that.
	alike map[models.OwnerID]models.SpecID
}

// rollout is one sync of a Deployment: what it knows, and what it proposes. Like
// that of the original it takes one step at most, up or down; the changes that the
// step makes wake the next sync.
type rollout struct {
	*deployment
	now      models.Time
	v        cluster.View
	o        cluster.Owner
	spec     *models.OwnerSpec
	replicas int32 // desired

	was         Status // the status that was last written
	progressing condition
	collided    bool // the name of the new ReplicaSet is taken

	sets  []set // oldest first
	fresh int   // the set of the template, or None
	ops   []models.Op
}

// set is a ReplicaSet of a Deployment under a sync.
type set struct {
	id       models.OwnerID
	name     string // of one that this sync has made
	created  models.Time
	template models.SpecID
	minReady int32
	revision int64

	replicas         int32 // desired, with what this sync has changed
	before           int32 // desired, as this sync found or made it
	desired, maximum int32 // see cluster.Owner.DesiredThen
	generation       int32
	status           Status
	holding          int32 // pods that have not ended
}

func (d *deployment) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	r := rollout{deployment: d, now: now, v: v, o: o, spec: o.Spec(), replicas: o.Replicas(), was: d.statuses.of(o.ID()), ops: ops}
	r.gather()
	r.progressing = r.known(d.symbols.progressing, r.was.Progressed)
	next := r.sync()
	d.sets = r.sets[:0]
	return r.ops, next
}

// gather lists the ReplicaSets, and finds that of the template: the oldest, should
// there be several.
// Source: pkg/controller/deployment/util/deployment_util.go (FindNewReplicaSet).
func (r *rollout) gather() {
	r.sets, r.fresh = r.deployment.sets[:0], models.None
	for o := range r.o.Children() {
		n := o.Counts()
		r.sets = append(r.sets, set{
			id: o.ID(), created: o.Created(), template: r.templateOf(o), minReady: o.Spec().MinReadySeconds, revision: o.Revision(),
			replicas: o.Replicas(), before: o.Replicas(), desired: o.DesiredThen(), maximum: o.MaximumThen(), generation: o.Generation(),
			status: r.statuses.ofSet(r.now, o), holding: n.Active + n.Terminating,
		})
	}
	slices.SortStableFunc(r.sets, func(a, b set) int { return cmp.Compare(a.created, b.created) })
	for i := range r.sets {
		if r.sets[i].template == r.spec.Template {
			r.fresh = i
			break
		}
	}
}

// sync is one sync.
// Source: pkg/controller/deployment/deployment_controller.go (syncDeployment).
func (r *rollout) sync() Next {
	if r.o.Terminating() != models.Background {
		return r.statusOnly()
	}
	r.tellOfPause()
	switch {
	case r.spec.Paused, r.scalingEvent():
		return r.scaleOnly()
	case r.spec.Strategy == models.Recreate:
		return r.recreate()
	}
	return r.rolling()
}

// statusOnly writes the status of a Deployment that is being deleted.
// Source: pkg/controller/deployment/sync.go (syncStatusOnly).
func (r *rollout) statusOnly() Next {
	r.revise(false)
	r.tell(r.status())
	return Next{Wake: models.Never}
}

// scalingEvent reports whether the Deployment was scaled since its ReplicaSets were.
func (r *rollout) scalingEvent() bool {
	r.revise(false)
	for i := range r.sets {
		// One without the annotation has been scaled by no Deployment.
		if s := &r.sets[i]; s.replicas > 0 && s.desired != r.replicas && (s.desired != 0 || s.maximum != 0) {
			return true
		}
	}
	return false
}

// revise gives the ReplicaSet of the template the highest revision, or makes it.
// Source: pkg/controller/deployment/sync.go (getNewReplicaSet).
func (r *rollout) revise(create bool) {
	revision := int64(1)
	for i := range r.sets {
		if i != r.fresh {
			revision = max(revision, r.sets[i].revision+1)
		}
	}
	if r.fresh == models.None {
		if create {
			r.createFresh(revision)
		}
		return
	}
	s := &r.sets[r.fresh]
	revised := s.revision < revision
	if revised {
		s.revision = revision
		r.do(models.Op{Kind: models.OpReviseOwner, Owner: s.id, Arg: revision})
	}
	if s.minReady != r.spec.MinReadySeconds {
		revised, s.minReady = true, r.spec.MinReadySeconds
		r.do(models.Op{Kind: models.OpUpdateOwner, Owner: s.id, Def: int32(r.spec.ReplicaSet)})
	}
	if !revised && r.hasDeadline() && !r.progressing.there {
		r.setProgressing(models.ConditionTrue, r.symbols.found, fmt.Sprintf("Found new replica set %q", r.nameOf(s)))
	}
}

// createFresh makes the ReplicaSet of the template, with as many replicas as the
// rollout allows at once. A name that is taken is another one at the next attempt.
func (r *rollout) createFresh(revision int64) {
	name := r.freshName()
	for i := range r.sets {
		if r.nameOf(&r.sets[i]) == name {
			r.collided = true
			return
		}
	}
	s := set{
		id: models.OwnerID(r.v.Owners()), name: name, created: r.now, template: r.spec.Template, minReady: r.spec.MinReadySeconds,
		revision: revision, desired: r.replicas, maximum: r.maximum(), generation: 1,
	}
	r.do(models.Op{
		Kind: models.OpCreateOwner, Owner: s.id, Parent: r.o.ID(), Def: int32(r.spec.ReplicaSet),
		Name: r.v.Dictionary().Sym(name), Ordinal: models.Exact,
	})
	r.do(models.Op{Kind: models.OpReviseOwner, Owner: s.id, Arg: revision})
	r.sets = append(r.sets, s)
	r.fresh = len(r.sets) - 1
	r.scale(&r.sets[r.fresh], r.allowedForFresh())
	r.sets[r.fresh].before = r.sets[r.fresh].replicas
	if r.hasDeadline() {
		r.setProgressing(models.ConditionTrue, r.symbols.created, fmt.Sprintf("Created new replica set %q", name))
	}
}

// maxNameLength is the limit of names. Source: k8s.io/apimachinery/pkg/util/validation
// (DNS1123SubdomainMaxLength).
const maxNameLength = 253

// freshName is the name of the ReplicaSet of the template. The template's hash is
// hashed again with the number of names that were taken, if there are any.
// Source: pkg/controller/controller_utils.go (ComputeHash), and
// pkg/controller/deployment/sync.go (generateReplicaSetName).
func (r *rollout) freshName() string {
	hash := r.v.Dictionary().String(r.spec.TemplateHash)
	if r.was.Collisions > 0 {
		h := fnv.New32a()
		fmt.Fprintf(h, "%s%d", hash, r.was.Collisions)
		hash = models.HashSuffix(h.Sum32())
	}
	name := r.o.Name()
	return name[:min(len(name), max(maxNameLength-1-len(hash), 0))] + "-" + hash
}

func (r *rollout) nameOf(s *set) string {
	if s.name != "" {
		return s.name
	}
	return r.v.Owner(s.id).Name()
}

func (r *rollout) do(op models.Op) { r.ops = append(r.ops, op) }

// maximum is how many pods a rollout may have.
func (r *rollout) maximum() int32 { return r.replicas + r.spec.Surge(r.replicas) }

// minimum is how many pods must be available during a rollout.
func (r *rollout) minimum() int32 { return r.replicas - r.spec.Unavailable(r.replicas) }

// total is the sum of the replicas of all ReplicaSets.
func (r *rollout) total() (n int32) {
	for i := range r.sets {
		n += r.sets[i].replicas
	}
	return n
}

// allowedForFresh is how many replicas the ReplicaSet of the template may have now.
// Source: pkg/controller/deployment/util/deployment_util.go (NewRSNewReplicas).
func (r *rollout) allowedForFresh() int32 {
	if r.spec.Strategy == models.Recreate {
		return r.replicas
	}
	s, total := &r.sets[r.fresh], r.total()
	if total >= r.maximum() {
		return s.replicas
	}
	return s.replicas + min(r.maximum()-total, r.replicas-s.replicas)
}

// scale changes the replicas of a ReplicaSet and reports whether there was anything
// to change.
func (r *rollout) scale(s *set, replicas int32) bool {
	if s.replicas == replicas {
		return false
	}
	s.replicas, s.desired, s.maximum = replicas, r.replicas, r.maximum()
	r.do(models.Op{Kind: models.OpScaleOwner, Owner: s.id, Arg: int64(replicas)})
	return true
}

// retryDelay is how long a sync that failed waits before it is tried again.
// Source: k8s.io/client-go/util/workqueue/default_rate_limiters.go.
const retryDelay = 5 * time.Millisecond

// surplusSets is how many more old ReplicaSets there are than the history may have.
func (r *rollout) surplusSets() int {
	if r.spec.RevisionHistoryLimit == math.MaxInt32 {
		return 0
	}
	old := len(r.sets)
	if r.fresh != models.None {
		old--
	}
	return old - int(r.spec.RevisionHistoryLimit)
}

// cleanUp deletes the oldest revisions that are more than the history may have.
// Source: pkg/controller/deployment/sync.go (cleanupDeployment).
func (r *rollout) cleanUp() {
	more := r.surplusSets()
	if more <= 0 {
		return
	}
	var old []*set
	for i := range r.sets {
		if i != r.fresh {
			old = append(old, &r.sets[i])
		}
	}
	slices.SortStableFunc(old, func(a, b *set) int { return cmp.Compare(a.revision, b.revision) })
	for _, s := range old[:more] {
		if s.status.Replicas == 0 && s.replicas == 0 && s.generation <= s.status.Observed {
			r.do(models.Op{Kind: models.OpDeleteOwner, Owner: s.id, Reason: r.v.Dictionary().Sym(ReasonHistoryLimit)})
		}
	}
}
