package control

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// jobSync is one look at a Job.
type jobSync struct {
	*job
	now    models.Time
	v      cluster.View
	o      cluster.Owner
	spec   *models.OwnerSpec
	rules  *models.JobRules
	counts cluster.JobStatus // what has been counted before
	record backOffRecord     // with the pods that ended since the last sync
	pods   []cluster.Pod

	succeeded, failed          int32 // with those that ended since
	completed, failedIndexes   models.Indexes
	newlyFailed                []int32
	dropped                    []models.PodID        // deleted by this sync, not to be counted
	uncounted                  int                   // pods that the status names before it counts them
	delayed                    map[int32]cluster.Pod // by index: the pod that the next one will replace
	verdict                    verdict
	active, ready, terminating int32 // as they will be after the operations
	dirty                      bool  // the status is to be written
	ops                        []models.Op
	wake                       models.Time
}

// verdict is how a Job ends, once it is known.
type verdict struct {
	known, success  bool
	interim         bool // a condition of the Job tells it already
	reason, message models.Sym
}

func (s *jobSync) sync() {
	n := s.o.Counts()
	s.active, s.ready, s.terminating = n.Active, n.Ready, n.Terminating
	s.countEnded()
	s.judge()
	switch {
	case s.verdict.known:
		s.stop()
	default:
		managed := s.o.Terminating() == models.Background
		if managed {
			s.manage()
		}
		if s.isComplete() {
			s.decide(true, "CompletionsReached", "Reached expected number of succeeded pods")
		} else if managed {
			s.noteSuspension()
		}
	}
	s.track()
}

// countEnded adds up what has ended since the last sync.
func (s *jobSync) countEnded() {
	s.succeeded = s.counts.Succeeded + s.counts.UncountedSucceeded
	s.failed = s.counts.Failed + s.counts.UncountedFailed
	s.completed = s.known(s.o.CompletedIndexes())
	s.failedIndexes = s.known(s.o.FailedIndexes())
	var ended finishes
	for _, pod := range s.pods {
		if !pod.Tracked() || pod.Uncounted() || !s.isValid(pod) {
			continue
		}
		if pod.Phase() == models.Succeeded || s.hasFailed(pod) {
			ended.add(pod)
		}
		switch {
		case pod.Phase() == models.Succeeded && s.rules.Indexed:
			s.completed = s.completed.With(pod.Index())
		case pod.Phase() == models.Succeeded:
			s.succeeded++
		case s.hasFailed(pod):
			if _, counts, _ := s.matchFailure(pod); counts {
				s.failed++
			}
		}
	}
	s.record = s.record.with(&ended)
	if s.rules.Indexed {
		s.succeeded = s.completed.Total()
		s.failIndexes()
	}
}

// known returns a copy of the indexes that the Job has.
func (s *jobSync) known(set models.Indexes) models.Indexes {
	if !s.rules.Indexed {
		return nil
	}
	return set.Below(s.spec.Completions)
}

// isValid reports whether a pod has an index that the Job has; others need none.
func (s *jobSync) isValid(pod cluster.Pod) bool {
	return !s.rules.Indexed || pod.Index() != models.None && pod.Index() < s.spec.Completions
}

// hasFailed reports whether a pod counts as failed: unless the Job waits for its end, as
// soon as it is deleted.
// Source: pkg/controller/job/job_controller.go (isPodFailed).
func (s *jobSync) hasFailed(pod cluster.Pod) bool {
	return pod.Phase() == models.Failed || !s.rules.ReplaceFailed && pod.Deleting() && pod.Phase() != models.Succeeded
}

// failIndexes finds the indexes that have failed, if each has a limit of its own, and the
// failed pods that are yet to be replaced.
func (s *jobSync) failIndexes() {
	if s.rules.BackoffLimitPerIndex == models.Unset {
		return
	}
	s.endIndexes()
	s.delayPods()
}

// endIndexes finds the indexes that have failed since the last sync.
// Source: pkg/controller/job/indexed_job_utils.go (calculateFailedIndexes).
func (s *jobSync) endIndexes() {
	for _, pod := range s.pods {
		if !s.failsIndex(pod) || s.failedIndexes.Has(pod.Index()) {
			continue
		}
		action, counts, _ := s.matchFailure(pod)
		if before, _ := pod.IndexFailures(); action == models.FailIndex || counts && before >= s.rules.BackoffLimitPerIndex {
			s.failedIndexes = s.failedIndexes.With(pod.Index())
			s.newlyFailed = append(s.newlyFailed, pod.Index())
		}
	}
}

// delayPods finds the last failed pod of each index that is yet to be tried again.
// Source: pkg/controller/job/indexed_job_utils.go (getPodsWithDelayedDeletionPerIndex).
func (s *jobSync) delayPods() {
	running := make(map[int32]bool)
	for _, pod := range s.pods {
		if pod.Active() {
			running[pod.Index()] = true
		}
	}
	s.delayed = make(map[int32]cluster.Pod)
	for _, pod := range s.pods {
		i := pod.Index()
		if !s.failsIndex(pod) || s.completed.Has(i) || s.failedIndexes.Has(i) || running[i] {
			continue
		}
		last, found := s.delayed[i]
		if !found || failuresOf(last) <= failuresOf(pod) && finishedAt(pod) >= finishedAt(last) {
			s.delayed[i] = pod
		}
	}
}

// failsIndex reports whether a pod is a failure of its index that is not counted yet.
func (s *jobSync) failsIndex(pod cluster.Pod) bool {
	return pod.Tracked() && s.isValid(pod) && s.hasFailed(pod)
}

// failuresOf returns all failures of the index of a pod before it.
func failuresOf(pod cluster.Pod) int32 {
	counted, ignored := pod.IndexFailures()
	return counted + ignored
}

// isComplete reports whether enough pods have succeeded and none is active.
func (s *jobSync) isComplete() bool {
	if s.spec.Completions == models.Unset {
		return s.succeeded > 0 && s.active == 0
	}
	return s.succeeded >= s.spec.Completions && s.active == 0
}

// noteSuspension tells in a condition whether the Job is suspended, once it was.
func (s *jobSync) noteSuspension() {
	is, before := models.ConditionFalse, models.ConditionFalse
	reason, message := s.symbols.isResumed, s.symbols.saysResumed
	if s.rules.Suspend {
		is, reason, message = models.ConditionTrue, s.symbols.isSuspended, s.symbols.saysSuspended
	}
	if c, ok := s.o.Condition(s.symbols.suspended); ok {
		before = c.Status
	}
	if is != before {
		s.condition(s.symbols.suspended, is, reason, message)
		s.dirty = true
	}
}

func (s *jobSync) do(op models.Op) { s.ops = append(s.ops, op) }

func (s *jobSync) condition(kind models.Sym, is models.ConditionStatus, reason, message models.Sym) {
	s.do(models.Op{Kind: models.OpSetCondition, Owner: s.o.ID(), Name: kind, Arg: int64(is), Reason: reason, Message: message})
}

// track counts ended pods: it notes them in the status, takes away their finalizers, and
// adds them to the counters; then the Job may end.
// Source: pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers).
func (s *jobSync) track() {
	if s.rules.Indexed {
		slices.SortStableFunc(s.pods, func(a, b cluster.Pod) int { return cmp.Compare(a.Index(), b.Index()) })
	}
	var released []cluster.Pod
	noted := 0
	for _, pod := range s.pods {
		if !pod.Tracked() || !s.mayRelease(pod) || slices.Contains(s.dropped, pod.ID()) {
			continue
		}
		released = append(released, pod)
		noted += s.note(pod)
		if noted >= maxUncounted {
			s.wakeAt(s.now.Add(JobBatch))
			break
		}
	}
	for _, index := range s.newlyFailed {
		s.do(models.Op{Kind: models.OpEndIndex, Owner: s.o.ID(), Arg: int64(index)})
	}
	if s.verdict.known && !s.verdict.interim {
		kind := s.symbols.failureTarget
		if s.verdict.success {
			kind = s.symbols.successMet
		}
		s.condition(kind, models.ConditionTrue, s.verdict.reason, s.verdict.message)
		s.dirty = true
	}
	s.write(released, noted)
}

// write writes the status, before and after the finalizers are taken away, and ends the
// Job when nothing is left.
func (s *jobSync) write(released []cluster.Pod, noted int) {
	written := s.o.JobStatus()
	unstarted := written.Started == models.Never && !s.rules.Suspend
	if s.dirty || noted > 0 || len(s.newlyFailed) > 0 || unstarted ||
		written.Active != s.active || written.Ready != s.ready || written.Terminating != s.terminating {
		s.do(models.Op{Kind: models.OpWriteJobStatus, Owner: s.o.ID()})
		s.keep()
	}
	for _, pod := range released {
		s.do(models.Op{Kind: models.OpUntrackPod, Pod: pod.ID()})
	}
	switch {
	case s.verdict.known && noted < maxUncounted && s.terminating == 0:
		kind, success := s.symbols.failed, int64(0)
		if s.verdict.success {
			kind, success = s.symbols.complete, 1
		}
		s.condition(kind, models.ConditionTrue, s.verdict.reason, s.verdict.message)
		s.do(models.Op{Kind: models.OpFinishOwner, Owner: s.o.ID(), Arg: success, Reason: s.verdict.reason})
	case s.uncounted > 0:
		s.do(models.Op{Kind: models.OpWriteJobStatus, Owner: s.o.ID()})
	}
}

// mayRelease reports whether the Job is done with a pod: that has succeeded, or failed
// unless its replacement is still to learn from it, or the whole Job is at its end.
// Source: pkg/controller/job/job_controller.go (canRemoveFinalizer).
func (s *jobSync) mayRelease(pod cluster.Pod) bool {
	switch {
	case s.verdict.known || pod.Phase() == models.Succeeded || s.o.Terminating() != models.Background:
		return true
	case !s.hasFailed(pod):
		return false
	}
	waits, ok := s.delayed[pod.Index()]
	return !ok || waits.ID() != pod.ID()
}

// note puts a pod among those that are about to be counted, if it counts, and returns
// how many pods these are more.
func (s *jobSync) note(pod cluster.Pod) int {
	op := models.Op{Kind: models.OpCountPod, Pod: pod.ID()}
	switch {
	case pod.Uncounted() || !s.isValid(pod):
		return 0
	case pod.Phase() == models.Succeeded:
		op.Arg = 1
	case s.hasFailed(pod) || s.verdict.known && !s.verdict.success:
		if _, counts, _ := s.matchFailure(pod); !counts {
			return 0
		}
	default:
		return 0
	}
	if op.Arg == 0 || !s.rules.Indexed {
		s.uncounted++
	}
	s.do(op)
	return 1
}

func (s *jobSync) wakeAt(at models.Time) { s.wake = min(s.wake, at) }
