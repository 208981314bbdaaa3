package control

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// claims is how controllers come to own what others have made, and lose it: an owner
// adopts what its selector matches and nobody owns, and releases what its selector no
// longer matches. The original looks through all pods of the namespace in each sync;
// this is told of the few that matter, and looks for orphans only when there are some
// and an owner comes that may want them.
// Source: pkg/controller/controller_ref_manager.go (ClaimObject).
type claims struct {
	claimants claimants
	orphans   orphans
	// pods are those that an owner has to look at in its next sync: orphans that it may
	// adopt, and pods of its own with other labels. sets are the same of Deployments.
	pods map[models.OwnerID][]models.PodID
	sets map[models.OwnerID][]models.OwnerID
	// deployments and loose are the live Deployments and the ReplicaSets of nobody.
	deployments, loose []models.OwnerID
}

func newClaims() claims {
	return claims{
		claimants: claimants{byLabel: make(map[labelIn][]models.OwnerID), others: make(map[models.Sym][]models.OwnerID)},
		orphans:   orphans{byLabel: make(map[labelIn][]models.SpecID)},
		pods:      make(map[models.OwnerID][]models.PodID), sets: make(map[models.OwnerID][]models.OwnerID),
	}
}

// labelIn is a label of objects in a namespace.
type labelIn struct {
	namespace models.Sym
	label     models.Label
}

// claimsPods reports whether owners of a kind claim pods. The selector that the API
// server makes for a Job matches no pod of others.
func claimsPods(spec *models.OwnerSpec, d *models.Dictionary) bool {
	switch {
	case spec.Kind == models.Deployment, spec.Kind == models.CronJob, len(spec.Selector) == 0:
		return false
	case spec.Kind == models.Job:
		return len(spec.Selector) > 1 || d.String(spec.Selector[0].Key) != models.LabelJobName
	}
	return true
}

// mayClaim reports whether an owner wants a pod of these labels in its namespace.
func mayClaim(o cluster.Owner, pod cluster.Pod) bool {
	spec, d := o.Spec(), o.View().Dictionary()
	return !o.Deleted() && claimsPods(spec, d) && spec.Namespace == pod.Spec().Namespace && selectsPod(o, pod)
}

// selectsPod reports whether an owner recognises a pod as one of its own: by its
// labels, and a StatefulSet by its name, too.
// Source: pkg/controller/statefulset/stateful_set_utils.go (isMemberOf).
func selectsPod(o cluster.Owner, pod cluster.Pod) bool {
	spec := o.Spec()
	if !spec.Selector.Matches(pod.Spec().Labels, o.View().Dictionary()) {
		return false
	}
	if spec.Kind == models.StatefulSet {
		name := pod.Name()
		parent := name[:max(strings.LastIndexByte(name, '-'), 0)]
		_, numbered := NumberOf(pod)
		return numbered && parent == o.Name()
	}
	return true
}

// isOrphan reports whether a pod may be adopted.
func isOrphan(pod cluster.Pod) bool {
	return !pod.Removed() && pod.Owner() == models.None && !pod.Deleting()
}

// PodOffered notes a pod whose labels are news: one that belongs to nobody, or one whose
// owner may release it. It returns the owners that have to look at it, which are synced
// because of that.
// Source: pkg/controller/replicaset/replica_set.go (addPod, updatePod).
func (c *Controllers) PodOffered(pod cluster.Pod) []models.OwnerID {
	v := pod.View()
	if owner := pod.Owner(); owner != models.None {
		if o := v.Owner(owner); o.Deleted() || !claimsPods(o.Spec(), v.Dictionary()) || selectsPod(o, pod) {
			return nil
		}
		c.claims.pods[owner] = append(c.claims.pods[owner], pod.ID())
		return []models.OwnerID{owner}
	}
	if v.Owners() == 0 || !isOrphan(pod) {
		return nil
	}
	c.claims.orphans.add(v, pod)
	wanting := c.claims.claimants.of(v, pod)
	for _, o := range wanting {
		c.claims.pods[o] = append(c.claims.pods[o], pod.ID())
	}
	return wanting
}

// OwnerOffered lets an owner that is new, or has changed, look for orphans that it wants,
// and for what it has to release. It returns those that may want it itself: Deployments.
func (c *Controllers) OwnerOffered(o cluster.Owner) []models.OwnerID {
	v := o.View()
	switch spec := o.Spec(); {
	case o.Deleted():
		return nil
	case spec.Kind == models.Deployment:
		c.seekSets(o)
		return nil
	case claimsPods(spec, v.Dictionary()):
		c.claims.claimants.renew(o)
		if v.Orphans() > 0 {
			c.claims.pods[o.ID()] = c.claims.orphans.wantedBy(o, c.claims.pods[o.ID()])
		}
		if spec.Kind == models.ReplicationController && o.Generation() > 1 { // others keep their selectors
			for pod := range o.Pods() {
				if !selectsPod(o, pod) {
					c.claims.pods[o.ID()] = append(c.claims.pods[o.ID()], pod.ID())
				}
			}
		}
		if len(c.claims.pods[o.ID()]) == 0 {
			delete(c.claims.pods, o.ID())
		}
	}
	if o.Kind() == models.ReplicaSet {
		return c.offerSet(o)
	}
	return nil
}

// Claim appends what an owner that is about to be synced adopts and releases. Its sync
// takes them for done.
func (c *Controllers) Claim(v cluster.View, o cluster.Owner, ops []models.Op) []models.Op {
	if len(c.claims.pods) == 0 && len(c.claims.sets) == 0 {
		return ops
	}
	id := o.ID()
	pods, sets := c.claims.pods[id], c.claims.sets[id]
	delete(c.claims.pods, id)
	delete(c.claims.sets, id)
	if !o.Live() || o.Terminating() != models.Background {
		return ops
	}
	slices.Sort(pods)
	for _, pod := range slices.Compact(pods) {
		ops = claimPod(o, v.Pod(pod), ops)
	}
	slices.Sort(sets)
	for _, set := range slices.Compact(sets) {
		ops = claimSet(o, v.Owner(set), ops)
	}
	return ops
}

// claimPod adopts or releases a pod. Only Jobs adopt pods that have ended.
// Source: pkg/controller/replicaset/replica_set.go (syncReplicaSet: FilterActivePods).
func claimPod(o cluster.Owner, pod cluster.Pod, ops []models.Op) []models.Op {
	switch {
	case pod.Removed():
	case pod.Owner() == o.ID():
		if selectsPod(o, pod) {
			break
		}
		if pod.Tracked() {
			ops = append(ops, models.Op{Kind: models.OpUntrackPod, Pod: pod.ID()})
		}
		if !goesUntracked(pod) {
			ops = append(ops, orphanPod(o, pod))
		}
	case isOrphan(pod) && mayClaim(o, pod) && (o.Kind() != models.ReplicaSet && o.Kind() != models.ReplicationController || pod.Active()):
		ops = append(ops, models.Op{Kind: models.OpAdoptPod, Pod: pod.ID(), Owner: o.ID()})
	}
	return ops
}

// goesUntracked reports whether a pod is gone with its finalizer.
func goesUntracked(pod cluster.Pod) bool {
	return pod.Tracked() && pod.Deleting() && (pod.Phase().Terminal() || pod.Node() == models.None)
}

// orphanPod lets a pod belong to nobody. It keeps its name.
func orphanPod(o cluster.Owner, pod cluster.Pod) models.Op {
	name := pod.BaseName()
	if name == 0 {
		name = o.View().Dictionary().Sym(o.Name())
	}
	return models.Op{Kind: models.OpOrphanPod, Pod: pod.ID(), Name: name, Ordinal: pod.Ordinal()}
}

// claimants are the owners that claim pods, by a label that these must have. They are
// gathered when the first orphan comes.
type claimants struct {
	byLabel map[labelIn][]models.OwnerID
	others  map[models.Sym][]models.OwnerID // by namespace: those that ask for no label
	seen    models.OwnerID                  // those before it have been looked at
}

// of returns the owners that want a pod, in order of their creation.
func (c *claimants) of(v cluster.View, pod cluster.Pod) (wanting []models.OwnerID) {
	for ; int(c.seen) < v.Owners(); c.seen++ {
		c.add(v.Owner(c.seen))
	}
	spec := pod.Spec()
	pick := func(list []models.OwnerID) []models.OwnerID {
		list = slices.DeleteFunc(list, func(id models.OwnerID) bool { return v.Owner(id).Deleted() })
		for _, id := range list {
			if mayClaim(v.Owner(id), pod) {
				wanting = append(wanting, id)
			}
		}
		return list
	}
	for _, label := range spec.Labels {
		if key := (labelIn{spec.Namespace, label}); c.byLabel[key] != nil {
			c.byLabel[key] = pick(c.byLabel[key])
		}
	}
	if c.others[spec.Namespace] != nil {
		c.others[spec.Namespace] = pick(c.others[spec.Namespace])
	}
	slices.Sort(wanting)
	return slices.Compact(wanting)
}

// renew adds an owner anew whose selector may be another one.
func (c *claimants) renew(o cluster.Owner) {
	if o.ID() < c.seen && o.Generation() > 1 {
		c.add(o)
	}
}

func (c *claimants) add(o cluster.Owner) {
	spec := o.Spec()
	if o.Deleted() || !claimsPods(spec, o.View().Dictionary()) {
		return
	}
	if key, ok := labelOf(spec); ok {
		if !slices.Contains(c.byLabel[key], o.ID()) {
			c.byLabel[key] = append(c.byLabel[key], o.ID())
		}
		return
	}
	if !slices.Contains(c.others[spec.Namespace], o.ID()) {
		c.others[spec.Namespace] = append(c.others[spec.Namespace], o.ID())
	}
}

// labelOf returns a label that everything must have that a selector matches, if there is
// one.
func labelOf(spec *models.OwnerSpec) (labelIn, bool) {
	for i := range spec.Selector {
		if r := &spec.Selector[i]; r.Op == models.In && len(r.Values) == 1 {
			return labelIn{spec.Namespace, models.Label{Key: r.Key, Value: r.Values[0]}}, true
		}
	}
	return labelIn{}, false
}

// orphans are the pods of nobody by their specifications. They are gathered when the
// first owner looks for some; those that have gone since are left out when they are found.
type orphans struct {
	bySpec  [][]models.PodID
	specs   []models.SpecID // that orphans have
	byLabel map[labelIn][]models.SpecID
	seen    models.PodID // those before it have been looked at
}

// add adds an orphan that is not on its way to be gathered.
func (s *orphans) add(v cluster.View, pod cluster.Pod) {
	if pod.ID() < s.seen {
		s.put(v, pod)
	}
}

func (s *orphans) put(v cluster.View, pod cluster.Pod) {
	id := pod.SpecID()
	for int(id) >= len(s.bySpec) {
		s.bySpec = append(s.bySpec, nil)
	}
	list := s.bySpec[id]
	if list == nil {
		s.specs = append(s.specs, id)
		for _, label := range v.Spec(id).Labels {
			key := labelIn{v.Spec(id).Namespace, label}
			s.byLabel[key] = append(s.byLabel[key], id)
		}
	}
	if len(list) == cap(list) { // before it grows, what has gone makes room
		list = slices.DeleteFunc(list, func(id models.PodID) bool { return !isOrphan(v.Pod(id)) })
	}
	s.bySpec[id] = append(list, pod.ID())
}

// wantedBy appends the orphans that an owner wants.
func (s *orphans) wantedBy(o cluster.Owner, pods []models.PodID) []models.PodID {
	v := o.View()
	for pod := range v.LiveFrom(s.seen) {
		if isOrphan(pod) {
			s.put(v, pod)
		}
	}
	s.seen = models.PodID(v.Pods())
	specs := s.specs
	if key, ok := labelOf(o.Spec()); ok {
		specs = s.byLabel[key]
	}
	for _, spec := range specs {
		if v.Spec(spec).Namespace != o.Spec().Namespace || !o.Spec().Selector.Matches(v.Spec(spec).Labels, v.Dictionary()) {
			continue
		}
		for _, id := range s.bySpec[spec] {
			if pod := v.Pod(id); isOrphan(pod) && pod.SpecID() == spec {
				pods = append(pods, id)
			}
		}
	}
	return pods
}
