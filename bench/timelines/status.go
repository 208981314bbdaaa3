package timelines

import (
	"math"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

// status is the status of a controller object: what was told of it, and what is to
// be told.
type status struct {
	kind, name string
	spec       string // of a ReplicaSet that a Deployment has just made
	told, next map[string]string
	// due is when next will be told.
	due models.Time
}

// count notes the counters of an owner, and those of its Deployment, as they are
// after an operation, which may be by its own controller. They are told when the
// time goes on, so that what happens at one moment is one write. The status of a Job has
// operations of its own.
func (w *watcher) count(o cluster.Owner, v cluster.View) {
	if o.Kind() == models.Job || o.Kind() == models.CronJob || o.Kind() == models.HorizontalPodAutoscaler {
		return
	}
	s, counters := w.statusOf(o), countersOf(o, v)
	if s.spec != "" && o.Parent() != models.None {
		s.spec = encode(o.Replicas())
	}
	switch {
	case o.Deleted():
		s.next, s.due = counters, models.Never
	default:
		s.next, s.due = counters, w.now
	}
	if parent := o.Parent(); parent != models.None {
		w.count(v.Owner(parent), v)
	}
}

// bornWith are the counters that a status has from the start, since the API does not
// leave them out at 0.
var bornWith = map[models.OwnerKind][]string{
	models.ReplicaSet:  {"replicas"},
	models.StatefulSet: {"availableReplicas", "replicas"},
	models.DaemonSet:   {"currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"},
}

func (w *watcher) statusOf(o cluster.Owner) *status {
	s := w.status[o.ID()]
	if s == nil {
		s = &status{kind: o.Kind().String(), name: w.names.owners[o.ID()], due: models.Never}
		if o.Parent() != models.None {
			s.spec = encode(o.Replicas())
			w.newborn = s
		}
		s.told = make(map[string]string)
		for _, field := range bornWith[o.Kind()] {
			s.told[field] = "0"
			w.tell(s.kind, s.name, field, "0")
		}
		w.status[o.ID()] = s
		w.order = append(w.order, o.ID())
	}
	return s
}

// christen tells with how many replicas a Deployment has made a ReplicaSet, once the
// operations that make it are over.
func (w *watcher) christen(op *models.Op) {
	s := w.newborn
	if s == nil || op != nil && (op.Kind == models.OpScaleOwner || op.Kind == models.OpReviseOwner) && w.names.owners[op.Owner] == s.name {
		return
	}
	w.tell(s.kind, s.name, "spec", s.spec)
	s.spec, w.newborn = "", nil
}

// flush tells the counters that were due before now.
func (w *watcher) flush(now models.Time) {
	current := w.now
	for _, id := range w.order {
		for s := w.status[id]; s.due < now; {
			w.now, s.due = s.due, models.Never
			w.changes(s)
		}
	}
	w.now = current
}

// changes tells the counters that are others than before. One that is not there
// is null.
func (w *watcher) changes(s *status) {
	for _, field := range sortedKeys(s.next) {
		before, told := s.told[field]
		if !told {
			before = "null"
		}
		if value := s.next[field]; value != before {
			w.tell(s.kind, s.name, field, value)
		}
	}
	s.told = s.next
}

// countersOf returns the counters of a status under the names of the API.
func countersOf(o cluster.Owner, v cluster.View) map[string]string {
	n := o.Counts()
	switch o.Kind() {
	case models.Deployment:
		return deploymentCounters(o, v)
	case models.StatefulSet:
		n := control.StatefulSetStatusOf(v.Now(), o)
		return map[string]string{
			"replicas": encode(n.Replicas), "readyReplicas": omitted(n.Ready), "availableReplicas": encode(n.Available),
			"currentReplicas": omitted(n.Current), "updatedReplicas": omitted(n.Updated),
		}
	case models.DaemonSet:
		n := control.DaemonSetStatusOf(v.Now(), o)
		return map[string]string{
			"desiredNumberScheduled": encode(n.Desired), "currentNumberScheduled": encode(n.Current), "numberReady": encode(n.Ready),
			"numberMisscheduled": encode(n.Misscheduled), "numberAvailable": omitted(n.Available), "numberUnavailable": omitted(n.Unavailable),
			"updatedNumberScheduled": omitted(n.Updated),
		}
	}
	counters := map[string]string{
		"replicas": encode(n.Active), "readyReplicas": omitted(n.Ready), "terminatingReplicas": encode(n.Terminating),
		"availableReplicas": omitted(o.Available(v.Now())),
	}
	if o.Parent() != models.None {
		counters["revision"] = annotation(o.Revision())
		counters["desired"], counters["max"] = annotation(int64(o.DesiredThen())), annotation(int64(o.MaximumThen()))
	}
	return counters
}

// annotation is a number in an annotation, which is not there at 0.
func annotation(n int64) string {
	if n == 0 {
		return "null"
	}
	return encode(encode(n))
}

// deploymentCounters sums up the ReplicaSets of a Deployment.
// Source: pkg/controller/deployment/sync.go (calculateStatus).
func deploymentCounters(o cluster.Owner, v cluster.View) map[string]string {
	var replicas, ready, available, terminating, wanted, updated int32
	var revision int64
	for set := range o.Children() {
		n := set.Counts()
		replicas += n.Active
		ready += n.Ready
		available += set.Available(v.Now())
		terminating += n.Terminating
		wanted += set.Replicas()
		if set.Spec().Template == o.Spec().Template {
			updated = n.Active
		}
		revision = max(revision, set.Revision())
	}
	counters := map[string]string{
		"replicas": omitted(replicas), "readyReplicas": omitted(ready), "availableReplicas": omitted(available),
		"terminatingReplicas": encode(terminating), "updatedReplicas": omitted(updated),
		"unavailableReplicas": omitted(max(wanted-available, 0)),
		"generation":          encode(o.Generation()),
	}
	if revision > 0 || o.Terminating() == models.Background {
		counters["revision"] = annotation(revision)
	}
	return counters
}

// omitted is a counter that the API leaves out at 0.
func omitted(n int32) string {
	if n == 0 {
		return "null"
	}
	return encode(n)
}

// jobStatus tells the status of a Job that its controller has just written.
func (w *watcher) jobStatus(o cluster.Owner) {
	s := w.status[o.ID()]
	if s == nil {
		s = &status{kind: o.Kind().String(), name: w.names.owners[o.ID()], due: models.Never}
		w.status[o.ID()] = s
	}
	is, start := o.JobStatus(), "null"
	if is.Started != models.Never {
		start = encode(math.Floor(is.Started.Seconds()))
	}
	s.next = map[string]string{
		"startTime": start, "active": omitted(is.Active), "ready": encode(is.Ready), "terminating": encode(is.Terminating),
		"succeeded": omitted(is.Succeeded), "failed": omitted(is.Failed),
		"uncounted-succeeded": omitted(is.UncountedSucceeded), "uncounted-failed": omitted(is.UncountedFailed),
		"completedIndexes": indexes(o.CompletedIndexes()), "failedIndexes": indexes(o.FailedIndexes()),
	}
	w.changes(s)
}

func indexes(set models.Indexes) string {
	if len(set) == 0 {
		return "null"
	}
	return encode(set.String())
}
