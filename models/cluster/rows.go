package cluster

import "github.com/podsim/podsim/models"

// podRow is the state of one pod object.
type podRow struct {
	created  models.Time
	bound    models.Time
	started  models.Time // of the current or last run of its containers
	ready    models.Time // last transition of Ready
	exited   models.Time // of the last end of its containers
	deletion models.Time // when its grace runs out
	deleted  models.Time // when it was marked for deletion
	spec     models.SpecID
	owner    models.OwnerID
	node     models.NodeID
	// nominated is the node on which preemption makes room for it.
	nominated models.NodeID
	// assumed is the node on which a scheduler keeps room for it while it is not
	// bound yet; node is None then.
	assumed  models.NodeID
	name     models.Sym
	ordinal  int32
	nodeAt   int32 // position in the node's list of pods
	previous models.PodID
	next     models.PodID // siblings of one owner, oldest first
	restarts int32
	starts   int32
	attempts int32
	exitCode int32
	// index is the completion index of a pod of an Indexed Job, else None, with the
	// failures of the index before it.
	index    int32
	failures int32
	ignored  int32
	epoch    uint32
	reason   models.Sym // of the last end of its containers, or of the terminal phase
	cause    models.Sym // of the deletion
	phase    models.Phase
	flags    podFlags
}

type podFlags uint8

const (
	podReady podFlags = 1 << iota
	podUp             // its containers run, as far as anybody knows
	podDeleting
	podRemoved
	podTracked   // it has the finalizer of its Job
	podUncounted // it is in status.uncountedTerminatedPods of its Job
	podSucceeded // there, as succeeded
)

func (r *podRow) is(f podFlags) bool { return r.flags&f != 0 }

func (r *podRow) set(f podFlags, on bool) {
	if on {
		r.flags |= f
	} else {
		r.flags &^= f
	}
}

// active is the controllers' sense: neither ended nor being deleted.
// Source: pkg/controller/controller_utils.go (IsPodActive).
func (r *podRow) active() bool { return !r.phase.Terminal() && r.flags&(podDeleting|podRemoved) == 0 }

// holds reports whether the pod takes room on its node. A terminating pod does
// until it is gone; a Succeeded or Failed one does not.
func (r *podRow) holds() bool {
	return r.place() != models.None && !r.phase.Terminal() && !r.is(podRemoved)
}

// place is the node on which the pod is or on which room is kept for it.
func (r *podRow) place() models.NodeID {
	if r.node == models.None {
		return r.assumed
	}
	return r.node
}

// ownerRow is the state of one controller object.
type ownerRow struct {
	created  models.Time
	finished models.Time
	spec     models.OwnerSpecID
	parent   models.OwnerID
	// The live ReplicaSets of a Deployment, oldest first, and its place in such a
	// list.
	eldest, youngest models.OwnerID
	older, younger   models.OwnerID
	name             models.Sym
	ordinal          int32
	replicas         int32
	// desired and maximum are what the Deployment of a ReplicaSet wanted when this
	// one was last scaled: see Owner.DesiredThen.
	desired, maximum int32
	generation       int32
	revision         int64 // of a ReplicaSet among those of its Deployment
	conditions       []Condition
	// revisions are those of a StatefulSet or DaemonSet, in order of recording, and
	// current is the template of the current one of a StatefulSet, or None.
	revisions []Revision
	current   models.SpecID
	job       *jobRow // of a Job that is not deleted
	// autoscaler is that of a HorizontalPodAutoscaler.
	autoscaler *AutoscalerStatus
	// propagation is that of its deletion, if a finalizer keeps it; else Background.
	propagation models.Propagation
	made        int32 // pods created or refused so far: the ordinal of the next one
	refused     int32 // of these: refused
	first       models.PodID
	last        models.PodID
	counts      OwnerCounts
	reason      models.Sym
	state       ownerState
}

// Condition is a condition of the status of an owner or a node.
type Condition struct {
	Type, Reason, Message models.Sym
	Status                models.ConditionStatus
	Changed               models.Time // last transition of Status
}

// Revision is a template of a StatefulSet or DaemonSet and its number among those
// that it had: a ControllerRevision.
type Revision struct {
	Template models.SpecID
	Number   int64
	Created  models.Time
}

// OwnerCounts are the pods of an owner by what they are doing.
type OwnerCounts struct {
	Active      int32 // neither ended nor being deleted
	Bound       int32 // of these: on a node
	Ready       int32 // of these: Ready
	Terminating int32 // being deleted, not ended
	Succeeded   int32
	Failed      int32
	// Lost counts pods that were deleted before they ended.
	Lost int32
}

type ownerState uint8

const (
	ownerLive ownerState = iota
	ownerComplete
	ownerFailed
	ownerDeleted
)

// nodeRow is the state of one node that is asked rarely; what the scheduler
// reads for each node and pod has columns of its own.
type nodeRow struct {
	spec  models.NodeSpecID
	pods  []models.PodID
	ports []models.HostPort // of the pods that hold room here
	// nominated are the pods for which preemption makes room here, the first
	// nominated first.
	nominated []models.PodID
	images    []models.NodeImage
	joined    models.Time
	ready     models.ConditionStatus
	readyAt   models.Time
	downAt    models.Time
	down      bool
	crashes   int32
	downTime  models.Time // total, up to the last restoration
	shutting  bool        // down, until it boots
	removed   bool        // its object is deleted, since removedAt
	removedAt models.Time
	silence   models.Silence
	// The kubelet was last heard for the first time at heardAt, and went out of
	// hearing at unheardAt, outages times in all.
	heardAt, unheardAt models.Time
	outages            uint32
	conditions         []Condition // other than Ready, once they were True
}
