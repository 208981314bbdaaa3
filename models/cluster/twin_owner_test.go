package cluster_test

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

type twinOwner struct {
	kind       models.OwnerKind
	parent     models.OwnerID
	spec       int32
	replicas   int32
	desired    [2]int32 // of its parent, and the most it allowed, when it was last scaled
	generation int32
	revision   int64
	conditions []cluster.Condition
	state      string // "", complete, failed, deleted
	finished   models.Time
	reason     models.Sym
	created    models.Time
	pods       int32           // ever
	revisions  map[int32]int64 // templates and their numbers
	current    int32           // the template of the current revision
	// Of a Job: when its status was first written, the indexes by whether they have
	// succeeded, and what was written last.
	started models.Time
	indexes [2]map[int32]bool
	written cluster.JobStatus
	// propagation is that of its deletion; orphans are what its former pods were.
	propagation models.Propagation
	orphans     []twinPod
	// scaling is the status of an autoscaler.
	scaling cluster.AutoscalerStatus
}

func (o *twinOwner) newest() (n int64) {
	for _, number := range o.revisions {
		n = max(n, number)
	}
	return n
}

func (w *twin) againstOwner(op *models.Op) []string {
	o := w.owners[op.Owner]
	if o == nil {
		return []string{"no owner has id"}
	}
	if o.state == "deleted" {
		return []string{"is deleted"}
	}
	place, amount := models.SplitMeasureDef(op.Def)
	return broken(op.Kind,
		rule{models.OpWriteScale, o.kind != models.HorizontalPodAutoscaler, "is no HorizontalPodAutoscaler"},
		rule{models.OpRescale, o.kind != models.HorizontalPodAutoscaler, "is no HorizontalPodAutoscaler"},
		rule{models.OpMeasure, o.kind != models.HorizontalPodAutoscaler, "is no HorizontalPodAutoscaler"},
		rule{models.OpWriteScale, op.Def < 0 || op.Arg < 0 || op.Arg > 1<<30, "replicas must be"},
		rule{models.OpMeasure, place < 0 || amount > models.TotalValue, "has no amount"},
		rule{models.OpTerminateOwner, op.Arg != 1 && op.Arg != 2, "keeps no object"},
		rule{models.OpTerminateOwner, o.propagation != models.Background, "being deleted already"},
		rule{models.OpOrphanOwner, o.parent == models.None, "has no parent"},
		rule{models.OpAdoptOwner, w.owners[op.Parent] == nil, "no owner has id"},
		rule{models.OpAdoptOwner, w.owners[op.Parent] != nil && w.owners[op.Parent].state == "deleted", "is deleted"},
		rule{models.OpAdoptOwner, o.parent != models.None, "has a parent"},
		rule{models.OpAdoptOwner, o.kind != models.ReplicaSet, "is no ReplicaSet"},
		rule{models.OpAdoptOwner, slices.Contains(w.line(op.Parent), op.Owner), "belong to itself"},
		rule{models.OpMissJob, o.kind != models.CronJob, "is no CronJob"},
		rule{models.OpEndIndex, o.kind != models.Job, "is no Job"},
		rule{models.OpWriteJobStatus, o.kind != models.Job, "is no Job"},
		rule{models.OpEndIndex, op.Arg < 0 || op.Arg > 1<<30, "does not exist"},
		rule{models.OpScaleOwner, op.Arg < 0 || op.Arg > 1<<30, "replicas must be"},
		rule{models.OpFinishOwner, o.kind != models.Job || o.state != "", "no running Job"},
		rule{models.OpUpdateOwner, op.Def < 0 || int(op.Def) >= len(w.kinds), "no owner specification"},
		rule{models.OpUpdateOwner, o.state != "", "has finished"},
		rule{models.OpUpdateOwner, op.Def >= 0 && int(op.Def) < len(w.kinds) && w.kinds[op.Def].Kind != o.kind, "kind or namespace"},
		rule{models.OpReviseOwner, o.kind != models.ReplicaSet, "cannot become revision"},
		rule{models.OpReviseOwner, op.Arg <= o.revision, "cannot become revision"},
		rule{models.OpRecordRevision, o.kind != models.StatefulSet && o.kind != models.DaemonSet, "keeps no revisions"},
		rule{models.OpRecordRevision, op.Def < 0 || int(op.Def) >= len(w.specs), "no pod specification"},
		rule{models.OpRecordRevision, op.Arg == 0 || op.Arg < -1, "count from 1"},
		rule{models.OpRecordRevision, op.Arg == -1 && o.revisions[op.Def] == 0, "has no revision of"},
		rule{models.OpRecordRevision, op.Arg > 0 && op.Arg <= o.newest(), "already"},
		rule{models.OpSettleRevision, o.kind != models.StatefulSet, "is no StatefulSet"},
		rule{models.OpSettleRevision, op.Def < 0 || int(op.Def) >= len(w.specs), "no pod specification"},
		rule{models.OpSettleRevision, o.current == op.Def, "already"},
		rule{models.OpSetCondition, op.Name == 0, "needs a type"},
		rule{models.OpSetCondition, op.Arg < -1 || op.Arg > 2, "does not exist"},
		rule{models.OpSetCondition, op.Arg == -1 && o.condition(op.Name) == nil, "does not have condition"},
	)
}

func (w *twin) changeOwner(now models.Time, op *models.Op, o *twinOwner) {
	switch op.Kind {
	case models.OpTerminateOwner:
		o.propagation, o.reason = models.Propagation(op.Arg), op.Reason
		o.generation++
	case models.OpAdoptOwner:
		o.parent = op.Parent
	case models.OpOrphanOwner:
		o.parent = models.None
	case models.OpEndIndex:
		o.indexes[map[bool]int{true: 1}[op.Def == 1]][int32(op.Arg)] = true
	case models.OpWriteJobStatus:
		if o.state == "" && o.started == models.Never {
			o.started = now
		}
		w.write(op.Owner, o)
	case models.OpScaleOwner:
		if o.replicas != int32(op.Arg) && o.kind != models.DaemonSet {
			o.generation++
		}
		o.replicas = int32(op.Arg)
		w.desire(o)
	case models.OpUpdateOwner:
		if o.spec != op.Def {
			o.generation++
		}
		o.spec = op.Def
	case models.OpReviseOwner:
		o.revision = op.Arg
	case models.OpRecordRevision:
		if o.revisions[op.Def] = op.Arg; op.Arg == -1 {
			delete(o.revisions, op.Def)
		}
	case models.OpSettleRevision:
		o.current = op.Def
	case models.OpWriteScale:
		o.scaling.Current, o.scaling.Desired = op.Def, int32(op.Arg)
	case models.OpRescale:
		o.scaling.LastScale = now
	case models.OpMeasure:
		place, amount := models.SplitMeasureDef(op.Def)
		o.measure(place, int(amount), op.Arg)
	case models.OpSetCondition:
		o.setCondition(now, op)
	case models.OpFinishOwner:
		o.state, o.finished, o.reason = map[bool]string{true: "complete", false: "failed"}[op.Arg == 1], now, op.Reason
	case models.OpDeleteOwner:
		o.state, o.reason = "deleted", op.Reason
	}
}

// measure keeps an amount of a metric. What comes last in the list has some amount.
func (o *twinOwner) measure(place, amount int, is int64) {
	none := cluster.Measurement{models.Unmeasured, models.Unmeasured, models.Unmeasured}
	list := slices.Clone(o.scaling.Metrics)
	for len(list) <= place {
		list = append(list, none)
	}
	list[place][amount] = is
	last := -1
	for i := range list {
		if list[i] != none {
			last = i
		}
	}
	o.scaling.Metrics = list[:last+1]
}

func (o *twinOwner) condition(kind models.Sym) *cluster.Condition {
	for i := range o.conditions {
		if o.conditions[i].Type == kind {
			return &o.conditions[i]
		}
	}
	return nil
}

func (o *twinOwner) setCondition(now models.Time, op *models.Op) {
	was := o.condition(op.Name)
	if op.Arg == -1 {
		o.conditions = slices.DeleteFunc(o.conditions, func(c cluster.Condition) bool { return c.Type == op.Name })
		return
	}
	if was == nil {
		o.conditions = append(o.conditions, cluster.Condition{Type: op.Name, Status: models.ConditionStatus(op.Arg), Changed: now})
		was = o.condition(op.Name)
	}
	if was.Status != models.ConditionStatus(op.Arg) {
		was.Changed = now
	}
	was.Status, was.Reason, was.Message = models.ConditionStatus(op.Arg), op.Reason, op.Message
}

// desire notes what the parent of an owner wants.
func (w *twin) desire(o *twinOwner) {
	if parent := w.owners[o.parent]; parent != nil {
		o.desired = [2]int32{parent.replicas, parent.replicas + w.kinds[parent.spec].MaxSurge.Value}
	}
}

// line lists an owner and those above it.
func (w *twin) line(id models.OwnerID) (list []models.OwnerID) {
	for o := w.owners[id]; o != nil; o = w.owners[id] {
		list = append(list, id)
		id = o.parent
	}
	return list
}

// children lists the owners of an owner that are not deleted.
func (w *twin) children(id models.OwnerID) (list []models.OwnerID) {
	for child, o := range w.owners {
		if o.parent == id && o.state != "deleted" {
			list = append(list, child)
		}
	}
	slices.Sort(list)
	return list
}

// ready counts the Ready pods of an owner, and patience is how long they must be so.
func (w *twin) ready(id models.OwnerID) int32 { return w.counts(id).Ready }

func (w *twin) patience(spec int32) (seconds int32) {
	if spec < 0 || int(spec) >= len(w.kinds) {
		return 0
	}
	return w.kinds[spec].MinReadySeconds
}

// available counts the pods of an owner that have been Ready for long enough.
func (w *twin) available(id models.OwnerID, at models.Time) (n int32, next models.Time) {
	wait, next := models.Time(w.kinds[w.owners[id].spec].MinReadySeconds)*models.Time(time.Second), models.Never
	for _, p := range w.pods {
		switch {
		case p.owner != id || !p.active() || !p.ready:
		case p.readyAt+wait <= at:
			n++
		default:
			next = min(next, p.readyAt+wait)
		}
	}
	return n, next
}

// write notes what a status of a Job would tell now.
func (w *twin) write(id models.OwnerID, o *twinOwner) { o.written = w.jobCounts(id, o) }

// jobCounts counts what a Job has noted and counted.
func (w *twin) jobCounts(id models.OwnerID, o *twinOwner) cluster.JobStatus {
	if o.kind != models.Job || o.state == "deleted" {
		return cluster.JobStatus{Started: models.Never}
	}
	n := w.counts(id)
	s := cluster.JobStatus{Started: o.started, Active: n.Active, Ready: n.Ready, Terminating: n.Terminating, Succeeded: int32(len(o.indexes[1]))}
	pods := slices.Clone(o.orphans)
	for _, p := range w.pods {
		if p.owner == id {
			pods = append(pods, p)
		}
	}
	for _, p := range pods {
		switch {
		case p.noted == "succeeded" && p.counted:
			s.Succeeded++
		case p.noted == "succeeded":
			s.UncountedSucceeded++
		case p.noted == "failed" && p.counted:
			s.Failed++
		case p.noted == "failed":
			s.UncountedFailed++
		}
	}
	return s
}

// jobWritten is the status of a Job as it was last written.
func (o *twinOwner) jobWritten() cluster.JobStatus {
	if o.kind != models.Job || o.state == "deleted" {
		return cluster.JobStatus{Started: models.Never}
	}
	return o.written
}

// settled writes the indexes that have succeeded, or failed.
func (o *twinOwner) settled(how int) string {
	if o.state == "deleted" {
		return ""
	}
	var set models.Indexes
	for index := range o.indexes[how] {
		set = set.With(index)
	}
	return set.String()
}
