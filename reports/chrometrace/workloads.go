package chrometrace

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// workload is a Deployment, StatefulSet, DaemonSet or a ReplicaSet of its own, with two
// lanes: its rollouts, and the times with fewer Ready pods than desired.
type workload struct {
	id             models.OwnerID
	name           string
	lane           int // of rollouts; the next one is of replicas
	rollout        models.Time
	rolling, below bool
	least          int32 // Ready pods, while below
	ready, desired int32 // as they were last counted
	dirty          bool
}

// workloadsMost is how many workloads are drawn.
const workloadsMost = 200

// workloadOf returns the track of the workload that an owner belongs to; nil if it is not
// drawn.
func (r *Recorder) workloadOf(id models.OwnerID) *workload {
	if id == models.None {
		return nil
	}
	root := r.view.Owner(id)
	if parent := root.Parent(); parent != models.None {
		root = r.view.Owner(parent)
	}
	if w, ok := r.ofOwner[root.ID()]; ok {
		return w
	}
	switch root.Kind() {
	case models.Deployment, models.StatefulSet, models.DaemonSet, models.ReplicaSet, models.ReplicationController:
	default:
		return nil
	}
	var w *workload
	if len(r.workloads) == workloadsMost {
		r.left.Workloads++
	} else {
		w = &workload{id: root.ID(), name: reports.WorkloadName(r.view, root.ID()), lane: len(r.owners.lanes)}
		r.owners.lanes = append(r.owners.lanes, lanes{name: w.name + ": rollout"}, lanes{name: w.name + ": replicas"})
		r.workloads = append(r.workloads, w)
	}
	r.ofOwner[root.ID()] = w
	return w
}

// touch notes that a workload is to be looked at when the moment is over.
func (r *Recorder) touch(id models.OwnerID) *workload {
	w := r.workloadOf(id)
	if w != nil && !w.dirty {
		w.dirty = true
		r.dirty = append(r.dirty, w)
	}
	return w
}

// observeOwner takes in an operation on a workload.
func (r *Recorder) observeOwner(op *models.Op) {
	w := r.touch(op.Owner)
	if w == nil {
		return
	}
	switch op.Kind {
	case models.OpReviseOwner:
		r.rolls(w, op.Arg)
	case models.OpRecordRevision:
		if op.Arg != models.None {
			r.rolls(w, op.Arg)
		}
	case models.OpSetCondition:
		if op.Arg != int64(models.ConditionTrue) {
			r.instant(r.now, r.fixed(r.owners, w.lane), "workload", r.text(op.Name)+": "+r.text(op.Reason), func() {
				r.out.text("message", r.text(op.Message))
			})
		}
	}
}

// rolls begins a rollout, in place of one that is not over.
func (r *Recorder) rolls(w *workload, revision int64) {
	in := r.fixed(r.owners, w.lane)
	if w.rolling {
		r.shut(r.now, in, func() { r.out.text("end", "another revision came") })
	}
	w.rolling, w.rollout = true, r.now
	r.open(r.now, in, "rollout", fmt.Sprintf("rollout of revision %d", revision), func() { r.out.text("workload", w.name) })
}

// look draws what has become of the workloads that were touched at a moment.
func (r *Recorder) look() {
	for _, w := range r.dirty {
		w.dirty = false
		o := r.view.Owner(w.id)
		w.ready, w.desired = counted(o)
		if w.rolling && (o.Deleted() || r.complete(o, w)) {
			w.rolling = false
			r.shut(r.now, r.fixed(r.owners, w.lane), nil)
		}
		below := w.ready < w.desired && !o.Deleted()
		switch in := w.lane + 1; {
		case below && !w.below:
			w.least = w.ready
			r.open(r.now, r.fixed(r.owners, in), "replicas", "below its replicas", func() {
				r.out.integer("desired", int64(w.desired))
				r.out.integer("ready", int64(w.ready))
			})
		case below:
			w.least = min(w.least, w.ready)
		case w.below:
			r.shut(r.now, r.fixed(r.owners, in), func() { r.out.integer("least_ready", int64(w.least)) })
		}
		w.below = below
	}
	r.dirty = r.dirty[:0]
}

// counted returns how many Ready pods a workload has, and how many it is to have. A
// DaemonSet is to have those that it has made.
func counted(o cluster.Owner) (ready, desired int32) {
	counts := o.Counts()
	switch o.Kind() {
	case models.DaemonSet:
		return counts.Ready, counts.Active
	case models.Deployment:
		for child := range o.Children() {
			ready += child.Counts().Ready
		}
		return ready, o.Replicas()
	}
	return counts.Ready, o.Replicas()
}

// complete reports whether a rollout is over: all pods are of the newest template and
// Ready.
func (r *Recorder) complete(o cluster.Owner, w *workload) bool {
	switch o.Kind() {
	case models.Deployment:
		var newest, ready int32
		for child := range o.Children() {
			counts := child.Counts()
			ready += counts.Ready
			if child.Created() >= w.rollout || child.Revision() == latest(o) {
				newest = counts.Ready
				continue
			}
			if counts.Active+counts.Terminating > 0 {
				return false
			}
		}
		return newest >= o.Replicas() && ready == newest
	case models.StatefulSet:
		settled := o.CurrentRevision() != models.SpecID(models.None)
		var number int64
		for revision := range o.Revisions() {
			if revision.Number > number {
				number, settled = revision.Number, revision.Template == o.CurrentRevision()
			}
		}
		return settled && w.ready >= w.desired
	}
	for pod := range o.Pods() {
		if pod.Active() {
			return pod.Created() >= w.rollout && w.ready == w.desired
		}
	}
	return false
}

// latest is the highest revision of a Deployment.
func latest(o cluster.Owner) (number int64) {
	for child := range o.Children() {
		number = max(number, child.Revision())
	}
	return number
}

// finishWorkloads ends what is open at the end.
func (r *Recorder) finishWorkloads() {
	r.look()
	for _, w := range r.workloads {
		if w.rolling {
			r.shut(r.now, r.fixed(r.owners, w.lane), nil)
		}
		if w.below {
			r.shut(r.now, r.fixed(r.owners, w.lane+1), func() { r.out.integer("least_ready", int64(w.least)) })
		}
	}
}
