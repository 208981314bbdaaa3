package cluster

import (
	"iter"

	"github.com/podsim/podsim/models"
)

// View is the read-only side of a cluster: what every policy is given. Handles
// taken from it read like objects and stay true to the state, also after it
// changed. Lists that it returns belong to the cluster and must not be changed.
type View struct{ c *Cluster }

// Dictionary returns the symbols of the run.
func (v View) Dictionary() *models.Dictionary { return v.c.dictionary }

// Now returns the time of the last operation.
func (v View) Now() models.Time { return v.c.now }

// Operations returns how many operations have been applied.
func (v View) Operations() uint64 { return v.c.operations }

// Totals returns pods by outcome since the beginning.
func (v View) Totals() Totals { return v.c.totals }

// Nodes returns the number of nodes that ever joined; ids run from 0.
func (v View) Nodes() int { return len(v.c.nodes) }

// Pods returns the number of pods ever created; ids run from 0.
func (v View) Pods() int { return int(v.c.pods.next) }

// Owners returns the number of owners ever created; ids run from 0.
func (v View) Owners() int { return int(v.c.owners.next) }

// NodeSet returns a number that changes whenever a node joins or leaves.
func (v View) NodeSet() uint64 { return v.c.nodeSet }

// ImageSize returns the bytes of an image as the first node that held it has
// them. Source: pkg/scheduler/backend/cache/cache.go (addNodeImageStates).
func (v View) ImageSize(image models.Sym) int64 { return v.c.images[image].size }

// NodesWithImage returns how many nodes hold the image.
func (v View) NodesWithImage(image models.Sym) int { return int(v.c.images[image].nodes) }

// Spec returns a compiled pod specification.
func (v View) Spec(id models.SpecID) *models.PodSpec { return v.c.podSpecs[id] }

// Specs returns the number of pod specifications; ids run from 0.
func (v View) Specs() int { return len(v.c.podSpecs) }

// Namespace returns the labels of a namespace; one that is not known has none.
func (v View) Namespace(name models.Sym) models.Labels {
	if spec := v.c.namespaces[name]; spec != nil {
		return spec.Labels
	}
	return nil
}

// Services returns the Services in the order in which they were defined.
func (v View) Services() []*models.ServiceSpec { return v.c.services }

// PriorityClasses returns the PriorityClasses in the order in which they were defined,
// but for those of the system.
func (v View) PriorityClasses() []*models.PriorityClassSpec { return v.c.priorities }

// OwnerSpec returns a compiled owner specification.
func (v View) OwnerSpec(id models.OwnerSpecID) *models.OwnerSpec { return v.c.ownerSpecs[id] }

// Pod returns the handle of a pod.
func (v View) Pod(id models.PodID) Pod { return Pod{v.c, id} }

// Node returns the handle of a node.
func (v View) Node(id models.NodeID) Node { return Node{v.c, id} }

// Owner returns the handle of an owner.
func (v View) Owner(id models.OwnerID) Owner { return Owner{v.c, id} }

// Orphans returns the number of pod objects that belong to nobody.
func (v View) Orphans() int { return v.c.orphans }

// Live yields every pod object that still exists, by id.
func (v View) Live() iter.Seq[Pod] { return v.LiveFrom(0) }

// LiveFrom yields every pod object that still exists from the given id on, by id.
func (v View) LiveFrom(first models.PodID) iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for id := int32(first); id < v.c.pods.next; id++ {
			if v.c.pods.pages[id>>pageBits] == nil {
				id |= pageSize - 1
				continue
			}
			if !v.c.pods.at(id).is(podRemoved) && !yield(Pod{v.c, models.PodID(id)}) {
				return
			}
		}
	}
}

// Pod reads one pod. Of a pod that was removed long ago only Removed and
// Terminal mean anything.
type Pod struct {
	c  *Cluster
	id models.PodID
}

func (p Pod) row() *podRow { return p.c.pods.at(int32(p.id)) }

// View returns the view that the handle came from.
func (p Pod) View() View { return View{p.c} }

// ID returns the pod's id.
func (p Pod) ID() models.PodID { return p.id }

// SpecID returns the id of its compiled specification.
func (p Pod) SpecID() models.SpecID { return p.row().spec }

// Spec returns its compiled specification.
func (p Pod) Spec() *models.PodSpec { return p.c.podSpecs[p.row().spec] }

// Owner returns the id of its controller, or None.
func (p Pod) Owner() models.OwnerID { return p.row().owner }

// Node returns the id of its node, or None.
func (p Pod) Node() models.NodeID { return p.row().node }

// Nominated returns the id of the node on which preemption makes room for it, or
// None.
func (p Pod) Nominated() models.NodeID { return p.row().nominated }

// Assumed returns the id of the node on which a scheduler keeps room for it until
// it is bound, or None. Such a pod is among the pods of that node.
func (p Pod) Assumed() models.NodeID { return p.row().assumed }

// Phase returns its phase.
func (p Pod) Phase() models.Phase { return p.row().phase }

// Ready reports its Ready condition.
func (p Pod) Ready() bool { return p.row().is(podReady) }

// Up reports whether its containers run.
func (p Pod) Up() bool { return p.row().is(podUp) }

// Deleting reports whether it is marked for deletion.
func (p Pod) Deleting() bool { return p.row().is(podDeleting) }

// Removed reports whether the object is gone.
func (p Pod) Removed() bool { return p.row().is(podRemoved) }

// Active reports whether it has neither ended nor been marked for deletion.
func (p Pod) Active() bool { return p.row().active() }

// Epoch changes with every step of its life; what was planned under another
// epoch is void.
func (p Pod) Epoch() uint32 { return p.row().epoch }

// Created returns when the object was created.
func (p Pod) Created() models.Time { return p.row().created }

// BoundAt returns when it was bound, or Never.
func (p Pod) BoundAt() models.Time { return p.row().bound }

// StartedAt returns when its containers last started, or Never.
func (p Pod) StartedAt() models.Time { return p.row().started }

// ReadyChangedAt returns when Ready last changed, or Never.
func (p Pod) ReadyChangedAt() models.Time { return p.row().ready }

// ExitedAt returns when its containers last ended, or Never.
func (p Pod) ExitedAt() models.Time { return p.row().exited }

// Deadline returns when its deletion grace runs out, or Never.
func (p Pod) Deadline() models.Time { return p.row().deletion }

// Starts returns how often its containers were started.
func (p Pod) Starts() int32 { return p.row().starts }

// Restarts returns how often its containers were started again.
func (p Pod) Restarts() int32 { return p.row().restarts }

// Attempts returns how often it was tried to be scheduled.
func (p Pod) Attempts() int32 { return p.row().attempts }

// ExitCode returns the exit code of the last end of its containers.
func (p Pod) ExitCode() int32 { return p.row().exitCode }

// Reason returns the reason of its terminal phase, if any.
func (p Pod) Reason() models.Sym { return p.row().reason }

// Message returns what is said about the reason of its terminal phase, if anything.
func (p Pod) Message() models.Sym { return p.c.messages[p.id] }

// Cause returns who deleted it and why, if it was.
func (p Pod) Cause() models.Sym { return p.row().cause }

// Ordinal returns its number among the pods of its owner, from 0; it is the
// same under every policy.
func (p Pod) Ordinal() int32 { return p.row().ordinal }

// AppendName appends the pod's name.
func (p Pod) AppendName(dst []byte) []byte {
	row := p.row()
	if row.name == 0 && row.owner != models.None {
		var base [128]byte
		return models.AppendName(dst, string(Owner{p.c, row.owner}.AppendName(base[:0])), row.ordinal)
	}
	return models.AppendName(dst, p.c.dictionary.String(row.name), row.ordinal)
}

// BaseName returns what its name is made of with its ordinal, or 0 if that is the name
// of its owner.
func (p Pod) BaseName() models.Sym { return p.row().name }

// Name returns the pod's name.
func (p Pod) Name() string { return string(p.AppendName(nil)) }

// Node reads one node.
type Node struct {
	c  *Cluster
	id models.NodeID
}

// View returns the view that the handle came from.
func (n Node) View() View { return View{n.c} }

// ID returns the node's id.
func (n Node) ID() models.NodeID { return n.id }

// Spec returns its compiled specification.
func (n Node) Spec() *models.NodeSpec { return n.c.nodeSpecs[n.c.nodes[n.id].spec] }

// Name returns its name.
func (n Node) Name() string { return n.c.dictionary.String(n.Spec().Name) }

// Labels returns its labels. The list is never changed in place.
func (n Node) Labels() models.Labels { return n.c.labels[n.id] }

// Taints returns its taints. The list is never changed in place.
func (n Node) Taints() []models.Taint { return n.c.taints[n.id] }

// Unschedulable reports whether it is cordoned.
func (n Node) Unschedulable() bool { return !n.c.schedulable[n.id] }

// Allocatable returns what pods may take of it.
func (n Node) Allocatable() *models.Resources { return &n.c.allocatable[n.id] }

// Requested returns the sum of the requests of the pods that hold room on it.
func (n Node) Requested() *models.Resources { return &n.c.requested[n.id] }

// NonZero returns its load as scoring sees it.
func (n Node) NonZero() NonZero { return n.c.nonZero[n.id] }

// Pods returns the pods that hold room on it, in no particular order.
func (n Node) Pods() []models.PodID { return n.c.nodes[n.id].pods }

// Nominated returns the pods for which preemption makes room on it, the first
// nominated first.
func (n Node) Nominated() []models.PodID { return n.c.nodes[n.id].nominated }

// Ports returns the host ports taken on it.
func (n Node) Ports() []models.HostPort { return n.c.nodes[n.id].ports }

// Images returns the images that it holds.
func (n Node) Images() []models.NodeImage { return n.c.nodes[n.id].images }

// Ready returns the status of its Ready condition.
func (n Node) Ready() models.ConditionStatus { return n.c.nodes[n.id].ready }

// ReadyChangedAt returns when its Ready condition last changed.
func (n Node) ReadyChangedAt() models.Time { return n.c.nodes[n.id].readyAt }

// Down reports whether it has crashed and is not back: the truth, which the
// control plane learns late.
func (n Node) Down() bool { return n.c.nodes[n.id].down }

// DownAt returns when it last crashed.
func (n Node) DownAt() models.Time { return n.c.nodes[n.id].downAt }

// DownTime returns how long it has been down in all, up to now.
func (n Node) DownTime(now models.Time) models.Time {
	row := &n.c.nodes[n.id]
	if row.down {
		return row.downTime + now - row.downAt
	}
	return row.downTime
}

// Crashes returns how often it crashed.
func (n Node) Crashes() int { return int(n.c.nodes[n.id].crashes) }

// Silence tells why its kubelet is not heard although it is up.
func (n Node) Silence() models.Silence { return n.c.nodes[n.id].silence }

// ShuttingDown reports whether it was told to shut down, and has not booted since.
func (n Node) ShuttingDown() bool { return n.c.nodes[n.id].shutting }

// Heard reports whether its kubelet is heard: the node is up, its kubelet runs and
// reaches the control plane. As Down, it is the truth, which others learn late.
func (n Node) Heard() bool { return n.c.nodes[n.id].heard() }

// HeardSince returns since when its kubelet is heard, or was before it fell silent.
func (n Node) HeardSince() models.Time { return n.c.nodes[n.id].heardAt }

// HeardUntil returns when its kubelet was last heard, up to now.
func (n Node) HeardUntil(now models.Time) models.Time {
	if row := &n.c.nodes[n.id]; !row.heard() {
		return row.unheardAt
	}
	return now
}

// Outages returns how often its kubelet went out of hearing.
func (n Node) Outages() uint32 { return n.c.nodes[n.id].outages }

// Joined returns when it joined.
func (n Node) Joined() models.Time { return n.c.nodes[n.id].joined }

// Owner reads one owner.
type Owner struct {
	c  *Cluster
	id models.OwnerID
}

func (o Owner) row() *ownerRow { return o.c.owners.at(int32(o.id)) }

// View returns the view that the handle came from.
func (o Owner) View() View { return View{o.c} }

// ID returns the owner's id.
func (o Owner) ID() models.OwnerID { return o.id }

// Spec returns its compiled specification.
func (o Owner) Spec() *models.OwnerSpec { return o.c.ownerSpecs[o.row().spec] }

// SpecID returns the id of its compiled specification.
func (o Owner) SpecID() models.OwnerSpecID { return o.row().spec }

// Kind returns its kind.
func (o Owner) Kind() models.OwnerKind { return o.Spec().Kind }

// Parent returns the Deployment of a ReplicaSet, or None.
func (o Owner) Parent() models.OwnerID { return o.row().parent }

// Child returns the newest live ReplicaSet of a Deployment, or None.
func (o Owner) Child() models.OwnerID { return o.row().youngest }

// Replicas returns the desired replicas, or the parallelism of a Job.
func (o Owner) Replicas() int32 { return o.row().replicas }

// Counts returns its pods by what they are doing.
func (o Owner) Counts() OwnerCounts { return o.row().counts }

// NextOrdinal returns the ordinal of the pod that it will create next.
func (o Owner) NextOrdinal() int32 { return o.row().made }

// FailuresInARow returns a Job's failed pods since its last success.
func (o Owner) FailuresInARow() int32 { return o.row().failuresInARow }

// LastFailure returns when a Job's newest failed pod ended.
func (o Owner) LastFailure() models.Time { return o.row().lastFailure }

// Created returns when the object was created.
func (o Owner) Created() models.Time { return o.row().created }

// FinishedAt returns when a Job completed or failed, or Never.
func (o Owner) FinishedAt() models.Time { return o.row().finished }

// Live reports whether it is neither finished nor deleted.
func (o Owner) Live() bool { return o.row().state == ownerLive }

// Complete reports whether it is a Job that completed.
func (o Owner) Complete() bool { return o.row().state == ownerComplete }

// Failed reports whether it is a Job that failed.
func (o Owner) Failed() bool { return o.row().state == ownerFailed }

// Deleted reports whether the object was deleted.
func (o Owner) Deleted() bool { return o.row().state == ownerDeleted }

// Reason returns why it finished or was deleted, if so.
func (o Owner) Reason() models.Sym { return o.row().reason }

// Pods yields its pod objects, oldest first.
func (o Owner) Pods() iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for id := o.row().first; id != models.None; {
			next := o.c.pods.at(int32(id)).next
			if !yield(Pod{o.c, id}) {
				return
			}
			id = next
		}
	}
}

// NewestPods yields its pod objects, newest first.
func (o Owner) NewestPods() iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for id := o.row().last; id != models.None; {
			next := o.c.pods.at(int32(id)).previous
			if !yield(Pod{o.c, id}) {
				return
			}
			id = next
		}
	}
}

// AppendName appends the owner's name.
func (o Owner) AppendName(dst []byte) []byte {
	row := o.row()
	return models.AppendName(dst, o.c.dictionary.String(row.name), row.ordinal)
}

// Name returns the owner's name.
func (o Owner) Name() string { return string(o.AppendName(nil)) }
