package control

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// statefulSet keeps pods with numbers: each is made, replaced and deleted in its
// turn, and none comes before the one of its name has gone.
// Source: pkg/controller/statefulset/stateful_set_control.go.
type statefulSet struct {
	specs *specs
	// Memory of the last sync.
	replicas  []replica
	condemned []replica
	hashes    []models.Sym
}

// replica is a pod of a StatefulSet, or the place of one that is not there.
type replica struct {
	number int32
	there  bool
	pod    cluster.Pod
	hash   models.Sym // its revision
}

// ordered is one sync of a StatefulSet.
type ordered struct {
	*statefulSet
	now     models.Time
	v       cluster.View
	o       cluster.Owner
	spec    *models.OwnerSpec
	current models.SpecID // the template of the current revision
	hash    models.Sym    // of the template of the specification
	created int32
	ops     []models.Op
}

func seconds(n int32) models.Time { return models.Time(n) * models.Time(time.Second) }

func (s *statefulSet) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	if o.Terminating() != models.Background {
		return ops, Next{Wake: models.Never}
	}
	s.specs.ready()
	r := ordered{statefulSet: s, now: now, v: v, o: o, spec: o.Spec(), current: o.CurrentRevision(), ops: revise(o, ops)}
	r.hash = s.specs.hashOf(v.Spec(r.spec.Template))
	if r.current == models.None {
		r.settle()
	}
	r.gather()
	r.complete()
	r.act()
	r.trim()
	return r.ops, Next{Wake: o.NextAvailable(now)}
}

// settle makes the template the current revision.
func (r *ordered) settle() {
	r.current = r.spec.Template
	r.ops = append(r.ops, models.Op{Kind: models.OpSettleRevision, Owner: r.o.ID(), Def: int32(r.current)})
}

// gather sorts the pods: those that are to be there by number, those that are not
// from the highest down.
func (r *ordered) gather() {
	r.replicas, r.condemned, r.hashes = r.replicas[:0], r.condemned[:0], r.hashes[:0]
	first, n := r.spec.FirstOrdinal, r.o.Replicas()
	for i := range n {
		r.replicas = append(r.replicas, replica{number: first + i})
	}
	for pod := range r.o.Pods() {
		number, ok := NumberOf(pod)
		one := replica{number, true, pod, r.specs.hashOf(pod.Spec())}
		if !slices.Contains(r.hashes, one.hash) {
			r.hashes = append(r.hashes, one.hash)
		}
		switch {
		case !ok:
		case number >= first && number-first < n:
			r.replicas[number-first] = one
		default:
			r.condemned = append(r.condemned, one)
		}
	}
	slices.SortStableFunc(r.condemned, func(a, b replica) int { return cmp.Compare(b.number, a.number) })
}

// NumberOf returns the number of a pod of a StatefulSet, which is at the end of its
// name.
// Source: pkg/controller/statefulset/stateful_set_utils.go (getParentNameAndOrdinal).
func NumberOf(pod cluster.Pod) (n int32, ok bool) {
	if n, ok := models.Number(pod.Ordinal()); ok {
		return n, true
	}
	name := pod.Name()
	number, err := strconv.ParseInt(name[strings.LastIndexByte(name, '-')+1:], 10, 32)
	return int32(number), err == nil
}

func (r *ordered) isReady(one *replica) bool {
	return one.there && one.pod.Phase() == models.Running && one.pod.Ready()
}

func (r *ordered) isAvailable(one *replica) bool {
	return one.there && available(r.now, r.o, one.pod)
}

func (r *ordered) isUnavailable(one *replica) bool {
	return !r.isAvailable(one) || one.pod.Deleting()
}

// act takes the next steps: pods that lack first, then those too many, then those of
// an old revision.
// Source: updateStatefulSet.
func (r *ordered) act() {
	for i := range r.replicas {
		if wait := r.keep(&r.replicas[i]); wait && !r.spec.Parallel {
			return
		}
	}
	unavailable := r.firstUnavailable()
	for i := range r.condemned {
		r.condemn(&r.condemned[i], unavailable)
		if !r.spec.Parallel {
			return
		}
	}
	if r.spec.Strategy == models.RollingUpdate {
		r.roll()
	}
}

// keep brings one place of a pod nearer to a pod that is available, and reports
// whether the places after it have to wait.
// Source: processReplica.
func (r *ordered) keep(one *replica) (wait bool) {
	switch {
	case !one.there:
		r.create(one.number)
		return true
	case one.pod.Phase().Terminal():
		if !one.pod.Deleting() {
			r.delete(one, ReasonEndedPod)
		}
		return true
	}
	return r.isUnavailable(one)
}

// create makes a pod: of the current revision below the partition, else of the
// template.
// Source: newVersionedStatefulSetPod.
func (r *ordered) create(number int32) {
	template := r.spec.Template
	if r.spec.Strategy == models.RollingUpdate && number < r.spec.FirstOrdinal+r.spec.Partition {
		template = r.current
	}
	r.ops = append(r.ops, models.Op{
		Kind: models.OpCreatePod, Pod: models.PodID(int32(r.v.Pods()) + r.created), Owner: r.o.ID(),
		Def: int32(r.specs.ofNumber(r.o, template, number)), Ordinal: models.Numbered(number),
	})
	r.created++
}

func (r *ordered) delete(one *replica, reason string) {
	r.ops = remove(one.pod, r.v.Dictionary().Sym(reason), r.ops)
}

// firstUnavailable returns the number of the first pod that is not available, or None.
func (r *ordered) firstUnavailable() int32 {
	for i := range r.replicas {
		if r.isUnavailable(&r.replicas[i]) {
			return r.replicas[i].number
		}
	}
	for _, one := range slices.Backward(r.condemned) {
		if r.isUnavailable(&one) {
			return one.number
		}
	}
	return models.None
}

// condemn deletes a pod that is too many, unless others are to get well first.
// Source: processCondemned.
func (r *ordered) condemn(one *replica, unavailable int32) {
	switch {
	case one.pod.Deleting():
		return
	case !r.spec.Parallel && !(r.isReady(one) && r.isAvailable(one)) && one.number != unavailable:
		return
	}
	r.delete(one, ReasonScaleDown)
}

// roll deletes the last pod of an old revision, down to the partition, if those after
// it are available.
func (r *ordered) roll() {
	for i := len(r.replicas) - 1; i >= int(r.spec.Partition); i-- {
		one := &r.replicas[i]
		if one.there && one.hash != r.hash && !one.pod.Deleting() {
			if !one.pod.Phase().Terminal() { // that one is being deleted by now
				r.delete(one, ReasonRollingUpdate)
			}
			return
		}
		if r.isUnavailable(one) {
			return
		}
	}
}

// complete makes the template the current revision once all pods are of it and Ready.
// Source: pkg/controller/statefulset/stateful_set_utils.go (completeRollingUpdate).
func (r *ordered) complete() {
	if r.spec.Strategy != models.RollingUpdate || r.current == r.spec.Template {
		return
	}
	n := int32(len(r.replicas))
	if status := StatefulSetStatusOf(r.now, r.o); status.Updated == n && status.Ready == n && status.Replicas == n {
		r.settle()
	}
}

// trim keeps the history short. The revisions of pods and the current one stay.
// Source: truncateHistory.
func (r *ordered) trim() {
	inUse := append(r.hashes, r.hash, r.specs.hashOf(r.v.Spec(r.current)))
	surplus := -int(r.spec.RevisionHistoryLimit)
	for revision := range r.o.Revisions() {
		if !slices.Contains(inUse, r.specs.hashOf(r.v.Spec(revision.Template))) {
			surplus++
		}
	}
	r.ops = r.specs.forgetRevisions(r.o, inUse, surplus, r.ops)
}
