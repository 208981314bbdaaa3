package control

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// daemonSet keeps one pod on each node that its template fits. The pods are bound by
// the scheduler: each asks for a node by its name.
// Source: pkg/controller/daemon/daemon_controller.go.
type daemonSet struct {
	specs    *specs
	names    map[models.Sym]models.NodeID // of the first nodes, as far as known
	failures failures
	// astray tells of which DaemonSets the last sync found pods on nodes that are
	// not wanted.
	astray map[models.OwnerID]bool
	// Memory of the last sync.
	pods   []daemon
	hashes []models.Sym
}

// daemonBurst is the most pods that a sync creates, and the most that it deletes.
// Source: pkg/controller/daemon/daemon_controller.go (BurstReplicas).
const daemonBurst = 250

// daemon is a pod of a DaemonSet and the node that it is for.
type daemon struct {
	node models.NodeID // None if there is no such node
	pod  cluster.Pod
	hash models.Sym // its revision
}

// coverage is one sync of a DaemonSet.
type coverage struct {
	*daemonSet
	now    models.Time
	v      cluster.View
	o      cluster.Owner
	spec   *models.OwnerSpec
	pod    *models.PodSpec // its template
	hash   models.Sym      // of the template
	wake   models.Time
	lacks  []models.NodeID // nodes that are to get a pod
	excess []leaving       // pods that are to go
	ops    []models.Op
}

// leaving is a pod that is to be deleted and why.
type leaving struct {
	pod    cluster.Pod
	reason string
}

func (d *daemonSet) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	if o.Terminating() != models.Background {
		return ops, Next{Wake: models.Never}
	}
	d.specs.ready()
	c := coverage{
		daemonSet: d, now: now, v: v, o: o, spec: o.Spec(), pod: v.Spec(o.Spec().Template), wake: o.NextAvailable(now), ops: revise(o, ops),
	}
	c.hash = d.specs.hashOf(c.pod)
	c.gather()
	c.manage()
	// What has just been asked for is to be seen before a rollout goes on.
	if len(c.lacks) == 0 && len(c.excess) == 0 && c.spec.Strategy == models.RollingUpdate {
		c.roll()
	}
	c.sync()
	c.count()
	c.trim()
	return c.ops, Next{Wake: c.wake}
}

// gather lists the pods by node: on each those that are bound first, then the oldest.
// Pods that have ended and are being deleted count no more.
// Source: getNodesToDaemonPods, podByCreationTimestampAndPhase.
func (c *coverage) gather() {
	c.pods, c.hashes = c.pods[:0], c.hashes[:0]
	for pod := range c.o.Pods() {
		one := daemon{c.nodeOf(pod), pod, c.specs.hashOf(pod.Spec())}
		if !slices.Contains(c.hashes, one.hash) {
			c.hashes = append(c.hashes, one.hash)
		}
		if !(pod.Phase().Terminal() && pod.Deleting()) {
			c.pods = append(c.pods, one)
		}
	}
	sortDaemons(c.pods)
}

func sortDaemons(pods []daemon) {
	slices.SortStableFunc(pods, func(a, b daemon) int {
		if order := cmp.Compare(a.node, b.node); order != 0 {
			return order
		}
		if bound := a.pod.Node() != models.None; bound != (b.pod.Node() != models.None) {
			if bound {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.pod.Created(), b.pod.Created()), cmp.Compare(a.pod.ID(), b.pod.ID()))
	})
}

// nodeOf returns the node that a pod is on, or else the one that it asks for by name.
// Source: pkg/controller/daemon/util/daemonset_util.go (GetTargetNodeName).
func (d *daemonSet) nodeOf(pod cluster.Pod) models.NodeID {
	if node := pod.Node(); node != models.None {
		return node
	}
	v := pod.View()
	if d.names == nil {
		d.names = make(map[models.Sym]models.NodeID)
	}
	for id := len(d.names); id < v.Nodes(); id++ {
		d.names[v.Node(models.NodeID(id)).Spec().Name] = models.NodeID(id)
	}
	for i := range pod.Spec().RequiredTerms {
		for _, r := range pod.Spec().RequiredTerms[i].Names {
			if node, ok := d.names[r.Values[0]]; r.Op == models.In && len(r.Values) == 1 && ok && !v.Node(node).Removed() {
				return node
			}
		}
	}
	return models.None
}

// eachNode visits the nodes with the pods on each.
func (c *coverage) eachNode(visit func(node cluster.Node, pods []daemon)) {
	at := 0
	for at < len(c.pods) && c.pods[at].node == models.None {
		at++
	}
	for id := range c.v.Nodes() {
		from := at
		for at < len(c.pods) && c.pods[at].node == models.NodeID(id) {
			at++
		}
		if node := c.v.Node(models.NodeID(id)); !node.Removed() {
			visit(node, c.pods[from:at])
		}
	}
}

// manage finds the nodes that lack a pod and the pods that are not to be there.
// Source: manage, podsShouldBeOnNode, getUnscheduledPodsWithoutNode.
func (c *coverage) manage() {
	c.eachNode(func(node cluster.Node, pods []daemon) {
		run, stay := fits(c.pod, node)
		switch {
		case run && len(pods) == 0:
			c.lacks = append(c.lacks, node.ID())
		case stay:
			c.keep(node, pods, run)
		default:
			for i := range pods {
				c.drop(pods[i].pod, ReasonUnwantedNode)
			}
		}
	})
	for i := range c.pods {
		if one := &c.pods[i]; one.node == models.None && one.pod.Node() == models.None {
			c.drop(one.pod, ReasonUnwantedNode)
		}
	}
}

// drop lets a pod go that is not being deleted yet.
func (c *coverage) drop(pod cluster.Pod, reason string) {
	if !pod.Deleting() {
		c.excess = append(c.excess, leaving{pod, reason})
	}
}

// keep leaves one pod on a node, or an old and a new one if there may be more than
// nodes. Ended pods go, failed ones after a back-off.
func (c *coverage) keep(node cluster.Node, pods []daemon, run bool) {
	var running []daemon
	for i := range pods {
		switch pod := pods[i].pod; {
		case pod.Deleting():
		case pod.Phase() == models.Failed:
			if at, wait := c.failures.backOff(c.now, c.o.ID(), node.ID()); wait {
				c.wake = min(c.wake, at)
			} else {
				c.drop(pod, ReasonEndedPod)
			}
		case pod.Phase() == models.Succeeded:
			c.drop(pod, ReasonEndedPod)
		default:
			running = append(running, pods[i])
		}
	}
	surges := c.spec.Strategy == models.RollingUpdate && c.spec.MaxSurge.Value > 0
	switch {
	case !surges && len(running) > 1:
		for _, one := range running[1:] {
			c.drop(one.pod, ReasonSurplusPod)
		}
	case surges && len(running) == 0 && run:
		c.lacks = append(c.lacks, node.ID())
	case surges && len(running) > 1:
		c.keepBoth(running)
	}
}

// keepBoth leaves the oldest pod of the template and the oldest of an older one on a
// node, until the first is available or the second no longer Ready.
func (c *coverage) keepBoth(running []daemon) {
	var fresh, old *daemon
	for i := range running {
		one := &running[i]
		switch {
		case one.hash == c.hash && fresh == nil:
			fresh = one
		case one.hash != c.hash && old == nil:
			old = one
		default:
			c.drop(one.pod, ReasonSurplusPod)
		}
	}
	if fresh != nil && old != nil && (!old.pod.Ready() || available(c.now, c.o, fresh.pod)) {
		c.drop(old.pod, ReasonRollingUpdate)
	}
}

// sync proposes what is to come and to go.
// Source: syncNodes.
func (c *coverage) sync() {
	if len(c.lacks) > daemonBurst || len(c.excess) > daemonBurst {
		c.wake = c.now
	}
	first := models.PodID(c.v.Pods())
	for i, node := range c.lacks[:min(len(c.lacks), daemonBurst)] {
		c.ops = append(c.ops, models.Op{
			Kind: models.OpCreatePod, Pod: first + models.PodID(i), Owner: c.o.ID(),
			Def: int32(c.specs.ofNode(c.o, c.v.Node(node))), Ordinal: c.o.NextOrdinal() + int32(i),
		})
	}
	for _, one := range c.excess[:min(len(c.excess), daemonBurst)] {
		c.ops = remove(one.pod, c.v.Dictionary().Sym(one.reason), c.ops)
	}
}

// count notes on how many nodes the DaemonSet wants to be.
func (c *coverage) count() {
	var wanted int32
	astray := false
	c.eachNode(func(node cluster.Node, pods []daemon) {
		run, _ := fits(c.pod, node)
		if run {
			wanted++
		}
		astray = astray || !run && len(pods) > 0
	})
	c.astray[c.o.ID()] = astray
	if wanted != c.o.Replicas() {
		c.ops = append(c.ops, models.Op{Kind: models.OpScaleOwner, Owner: c.o.ID(), Arg: int64(wanted)})
	}
}

// trim keeps the history short; the revisions of pods stay.
// Source: pkg/controller/daemon/update.go (cleanupHistory).
func (c *coverage) trim() {
	surplus := -int(c.spec.RevisionHistoryLimit)
	for r := range c.o.Revisions() {
		if r.Template != c.spec.Template {
			surplus++
		}
	}
	c.ops = c.specs.forgetRevisions(c.o, c.hashes, surplus, c.ops)
}
