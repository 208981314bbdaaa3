package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/fault"
)

// A run may start from the state of a live cluster. Its beginning, virtual time
// 0, is then the moment at which that state was taken, and what happened before
// lies at negative times. The agenda knows no such times and the operations that
// rebuild the state come at 0, too: each object is created anew, brought into its
// state and then backdated (models.OpBackdatePod, models.OpBackdateOwner). So the
// rules that ask for ages, such as the order of scale-down and the deadlines of
// Jobs, get true ones, and the log holds nothing that a replay could not repeat.
//
// Moments of the types below that are not known are 0: then the thing is taken to
// have happened just now.

// PastPod is the state of a pod that was there before the run.
type PastPod struct {
	Node  models.NodeID // None if it waits for one
	Phase models.Phase
	// Ready is its Ready condition; Unknown leaves it to its behaviour.
	Ready models.ConditionStatus
	// Stuck tells of a pod on a node whose containers cannot start. It stays
	// Pending.
	Stuck    bool
	Restarts int32
	ExitCode int32      // of one that has Failed
	Reason   models.Sym // why it has ended

	Created, Bound, Started, ReadyChanged, Exited models.Time
	// Deleting tells that it is being deleted; its grace runs out at Deletion.
	Deleting bool
	Deletion models.Time
	// Index is the completion index of a pod of an Indexed Job, with the failures of the
	// index before it.
	Indexed           bool
	Index             int32
	Failures, Ignored int32
	// Counted tells that its Job has counted it: that it has no finalizer.
	Counted bool
	// Gates are its readiness gates that are open. With gates, Ready is what its containers are.
	Gates []models.Sym
}

// PastOwner is the state of a controller object that was there before the run.
type PastOwner struct {
	Created  models.Time
	Deleting bool
	// Revision is the number of a ReplicaSet among those of its Deployment; 0 is none.
	Revision int64
	// Succeeded and Failed count pods of a Job whose objects are gone.
	Succeeded, Failed int32
	// Scheduled is the moment of the newest Job of a CronJob, in seconds since 1970; 0 is
	// none.
	Scheduled int64
	// CompletedIndexes and FailedIndexes are those of an Indexed Job.
	CompletedIndexes, FailedIndexes models.Indexes
	// Ending is the condition FailureTarget or SuccessCriteriaMet of a Job that is about
	// to end, if EndReason is set.
	EndReason, EndMessage models.Sym
	EndsWell              bool
	// Finished tells that a Job ended, at FinishedAt.
	Finished, Complete bool
	FinishedAt         models.Time
	Reason             models.Sym
}

// PastNode is what a node brings besides its specification.
type PastNode struct {
	Node models.NodeID
	// TaintedSince is when it got the first of its NoExecute taints.
	TaintedSince models.Time
	// Silent tells that its kubelet no longer reports: Ready is Unknown.
	Silent bool
}

// record applies an operation that nobody reacts to, since what would follow
// from it has happened before the run.
func (s *Simulation) record(op models.Op) {
	if s.admission != nil {
		s.admissionHears(&op)
	}
	if err := s.cluster.Apply(s.agenda.Now(), &op); err != nil {
		panic(&InvariantError{s.config.Seed, s.events, err})
	}
	s.counted()
}

// backdatePod moves what has just been recorded of a pod to a moment before the
// run, and not to before earliest: clocks of a cluster differ. It returns the
// moment.
func (s *Simulation) backdatePod(id models.PodID, past models.Past, at, earliest models.Time) models.Time {
	now := s.agenda.Now()
	if at = max(at, earliest); at >= now {
		return now
	}
	s.record(models.Op{Kind: models.OpBackdatePod, Pod: id, Def: int32(past), Arg: int64(now - at)})
	return at
}

// adoptPod takes a pod over as it is.
func (s *Simulation) adoptPod(a *Arrival, parent models.OwnerID) {
	p, id := a.PastPod, models.PodID(s.view.Pods())
	s.record(models.Op{
		Kind: models.OpCreatePod, Pod: id, Owner: parent, Def: int32(a.Template.spec), Name: a.Name, Ordinal: a.Ordinal,
	})
	if p.Indexed && parent != models.None && s.view.Owner(parent).Kind() == models.Job {
		s.record(models.Op{Kind: models.OpIndexPod, Pod: id, Def: p.Failures, Arg: models.IndexArg(p.Index, p.Ignored)})
	}
	earliest := s.backdatePod(id, models.PastCreated, p.Created, -models.Never)
	if p.Node != models.None {
		s.record(models.Op{Kind: models.OpBindPod, Pod: id, Node: p.Node})
		earliest = s.backdatePod(id, models.PastBound, p.Bound, earliest)
	}
	switch {
	case p.Phase.Terminal():
		s.adoptEnded(id, p, earliest)
	case p.Node == models.None:
		s.adoptWaiting(id, p)
	case p.Phase == models.Running && s.view.Pod(id).Itemised():
		s.adoptContainers(id, p, earliest)
	case p.Phase == models.Running:
		s.adoptRunning(id, p, earliest)
	default:
		s.adoptStarting(id, p)
	}
}

// adoptWaiting hands a pod without a node to the scheduler.
func (s *Simulation) adoptWaiting(id models.PodID, p *PastPod) {
	if p.Deleting {
		s.do(models.Op{Kind: models.OpDeletePod, Pod: id})
		return
	}
	s.scheduler.Add(s.agenda.Now(), id, s.view)
	s.wakeScheduler()
}

// adoptStarting goes on with the start of a pod that is on its node, from the
// first step, since how far it has come is not known.
func (s *Simulation) adoptStarting(id models.PodID, p *PastPod) {
	if p.Deleting {
		s.do(models.Op{Kind: models.OpDeletePod, Pod: id})
		return
	}
	pod := s.view.Pod(id)
	s.watchBound(pod)
	if !p.Stuck {
		s.planStart(pod, s.view.Node(pod.Node()))
	}
}

// watchBound plans what may end the stay of a pod on its node.
func (s *Simulation) watchBound(pod cluster.Pod) {
	s.planTaintEviction(pod, s.view.Node(pod.Node()))
	if limit := pod.Spec().ActiveDeadline; limit > 0 {
		at := max(pod.BoundAt().Add(limit), s.agenda.Now())
		s.agenda.Schedule(at, evDeadline, 0, int32(pod.ID()), 0)
	}
}

// adoptRunning takes over a pod whose containers run. A run time that its
// behaviour gives counts from their start; if it should be over already, it was
// not what keeps this pod running, and counts from now.
func (s *Simulation) adoptRunning(id models.PodID, p *PastPod, earliest models.Time) {
	started := s.adoptStart(id, p, earliest)
	now, ranFor := s.agenda.Now(), s.agenda.Now().Sub(started)
	pod := s.view.Pod(id)
	delay := s.kubelet.ReadyDelay(pod)
	switch {
	case p.Ready == models.ConditionTrue, p.Ready == models.ConditionUnknown && delay <= ranFor:
		s.record(models.Op{Kind: models.OpReadyPod, Pod: id})
		s.backdatePod(id, models.PastReady, p.ReadyChanged, started)
	case delay > 0:
		s.agenda.Schedule(now.Add(max(delay-ranFor, 0)), evReady, pod.Epoch(), int32(id), 0)
	}
	s.watchBound(pod)
	if run, code, ok := s.kubelet.End(pod, s.givenRunTime(id)); ok {
		if run > ranFor {
			run -= ranFor
		}
		s.agenda.After(run, evEnd, pod.Epoch(), int32(id), int32(min(code, 255)))
	}
	if p.Deleting {
		at := max(p.Deletion, now)
		s.record(models.Op{Kind: models.OpDeletePod, Pod: id, Arg: int64(at - now)})
		s.agenda.Schedule(at, evStopped, pod.Epoch(), int32(id), sigKill)
	}
}

// adoptStart lets the containers of a pod run since their start, and returns it.
func (s *Simulation) adoptStart(id models.PodID, p *PastPod, earliest models.Time) models.Time {
	s.record(models.Op{Kind: models.OpStartPod, Pod: id})
	if s.pulls {
		s.images.Started(s.agenda.Now(), s.view.Pod(id))
	}
	started := s.backdatePod(id, models.PastStarted, p.Started, earliest)
	if p.Restarts > 0 {
		s.record(models.Op{
			Kind: models.OpBackdatePod, Pod: id, Def: int32(models.PastRestarts), Arg: int64(min(p.Restarts, maxRestarts)),
		})
	}
	return started
}

// maxRestarts is the most restarts that a pod can bring along.
const maxRestarts = 1 << 30

// adoptEnded takes over a pod that has ended.
func (s *Simulation) adoptEnded(id models.PodID, p *PastPod, earliest models.Time) {
	if p.Node != models.None {
		earliest = s.adoptStart(id, p, earliest)
	}
	op := models.Op{Kind: models.OpFinishPod, Pod: id, Reason: p.Reason}
	if p.Phase == models.Failed {
		op.Arg = int64(max(p.ExitCode, 1))
		if op.Reason == 0 {
			op.Reason = s.reasons.failed
		}
	}
	s.record(op)
	s.backdatePod(id, models.PastExited, p.Exited, earliest)
	s.adoptCounted(id, p)
	s.podFinished(id)
	if p.Deleting {
		s.do(models.Op{Kind: models.OpDeletePod, Pod: id})
	}
}

// adoptOwner brings a controller object that has just been created into the state
// that it had.
func (s *Simulation) adoptOwner(id models.OwnerID, p *PastOwner) {
	now := s.agenda.Now()
	backdate := func(past models.Past, n int64) {
		if n > 0 {
			s.record(models.Op{Kind: models.OpBackdateOwner, Owner: id, Def: int32(past), Arg: n})
		}
	}
	backdate(models.PastCreated, int64(now-p.Created))
	if s.view.Owner(id).Kind() == models.Job {
		s.adoptJob(id, p, backdate)
		s.controllers.Recall(id)
	}
	backdate(models.PastSucceeded, int64(p.Succeeded))
	backdate(models.PastFailed, int64(p.Failed))
	if o := s.view.Owner(id); o.Kind() == models.ReplicaSet && o.Parent() != models.None {
		s.controllers.Adopt(id)
		if p.Revision > 0 {
			s.record(models.Op{Kind: models.OpReviseOwner, Owner: id, Arg: p.Revision})
		}
	}
	if s.view.Owner(id).Kind() == models.CronJob && p.Scheduled != 0 {
		s.controllers.LastSchedule(id, time.Unix(p.Scheduled, 0).UTC())
	}
	if p.Finished && s.view.Owner(id).Kind() == models.Job {
		op := models.Op{Kind: models.OpFinishOwner, Owner: id, Reason: p.Reason}
		if p.Complete {
			op.Arg = 1
		}
		s.record(op)
		backdate(models.PastFinished, int64(now-max(p.FinishedAt, p.Created)))
	}
	if p.Deleting {
		s.do(models.Op{Kind: models.OpDeleteOwner, Owner: id})
	}
}

// adoptNode goes on with what the control plane knows of a node: how long its
// pods have been under its NoExecute taints, and that it is silent. A silent node
// is down and stays down.
func (s *Simulation) adoptNode(p *PastNode) {
	node := s.view.Node(p.Node)
	state := &s.nodes[p.Node]
	state.taintedAt = min(p.TaintedSince, s.agenda.Now())
	state.taintGen++
	for _, id := range node.Pods() {
		s.planTaintEviction(s.view.Pod(id), node)
	}
	s.planNodePass(s.agenda.Now())
	if !p.Silent {
		return
	}
	state.held[fault.Crash], state.held[fault.NotReady], state.crashed = 1, 0, true
	for _, op := range s.lifecycle.MarkUnknown(s.view, node, nil) {
		s.record(op)
	}
	for _, id := range node.Pods() {
		if s.view.Pod(id).Ready() {
			s.record(models.Op{Kind: models.OpUnreadyPod, Pod: id, Reason: s.view.Dictionary().Sym("NodeNotReady")})
		}
	}
	s.record(models.Op{Kind: models.OpCrashNode, Node: p.Node, Reason: s.view.Dictionary().Sym("NodeStatusUnknown")})
}

func hasTaint(node cluster.Node, taint models.Taint) bool {
	for _, t := range node.Taints() {
		if t == taint {
			return true
		}
	}
	return false
}

// adoptJob goes on with what a Job has counted.
func (s *Simulation) adoptJob(id models.OwnerID, p *PastOwner, backdate func(models.Past, int64)) {
	s.record(models.Op{Kind: models.OpWriteJobStatus, Owner: id})
	if s.view.Owner(id).JobStarted() != models.Never {
		backdate(models.PastStarted, int64(s.agenda.Now()-p.Created))
	}
	for _, set := range []struct {
		indexes   models.Indexes
		succeeded int32
	}{{p.CompletedIndexes, 1}, {p.FailedIndexes, 0}} {
		for _, i := range set.indexes {
			for index := i.First; index <= i.Last; index++ {
				s.record(models.Op{Kind: models.OpEndIndex, Owner: id, Arg: int64(index), Def: set.succeeded})
			}
		}
	}
	if p.EndReason != 0 && !p.Finished {
		kind := "FailureTarget"
		if p.EndsWell {
			kind = "SuccessCriteriaMet"
		}
		s.record(models.Op{
			Kind: models.OpSetCondition, Owner: id, Name: s.view.Dictionary().Sym(kind), Arg: int64(models.ConditionTrue),
			Reason: p.EndReason, Message: p.EndMessage,
		})
	}
}

// adoptCounted counts an ended pod that its Job has counted.
func (s *Simulation) adoptCounted(id models.PodID, p *PastPod) {
	pod := s.view.Pod(id)
	if !pod.Tracked() || !p.Counted && s.view.Owner(pod.Owner()).Live() {
		return
	}
	op := models.Op{Kind: models.OpCountPod, Pod: id}
	if pod.Phase() == models.Succeeded {
		op.Arg = 1
	}
	s.record(op)
	s.record(models.Op{Kind: models.OpUntrackPod, Pod: id})
}
