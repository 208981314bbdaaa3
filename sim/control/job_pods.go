package control

import (
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// stop deletes all active pods of a Job that is about to end. They keep their
// finalizers until they are counted.
// Source: pkg/controller/job/job_controller.go (deleteActivePods).
func (s *jobSync) stop() {
	cause := s.symbols.jobFailed
	if s.verdict.success {
		cause = s.symbols.jobFinished
	}
	for _, pod := range s.pods {
		if pod.Active() {
			s.ops = remove(pod, cause, s.ops)
			s.deleted(pod)
		}
	}
}

// deleted takes note that a pod is no longer active.
func (s *jobSync) deleted(pod cluster.Pod) {
	s.active--
	s.terminating++
	if pod.Ready() {
		s.ready--
	}
}

// drop deletes a pod that the Job has no use for: it does not count as failed.
// Source: pkg/controller/job/job_controller.go (deleteJobPods).
func (s *jobSync) drop(pod cluster.Pod, cause models.Sym) {
	if pod.Tracked() {
		s.do(models.Op{Kind: models.OpUntrackPod, Pod: pod.ID()})
	}
	s.ops = remove(pod, cause, s.ops)
	s.dropped = append(s.dropped, pod.ID())
	s.deleted(pod)
}

// manage creates the pods that the Job lacks, or deletes those that are too many.
// Source: pkg/controller/job/job_controller.go (manageJob).
func (s *jobSync) manage() {
	if s.rules.Suspend {
		for _, pod := range s.pods {
			if pod.Active() {
				s.drop(pod, s.symbols.jobSuspended)
			}
		}
		return
	}
	want := s.o.Replicas()
	if s.spec.Completions != models.Unset {
		want = max(min(want, s.spec.Completions-s.succeeded), 0)
	} else if s.succeeded > 0 {
		want = s.active
	}
	if s.surplus(s.active - want) {
		return
	}
	lack := want - s.active
	if s.rules.ReplaceFailed {
		lack -= s.terminating
	}
	if lack <= 0 {
		return
	}
	if s.rules.BackoffLimitPerIndex == models.Unset && s.record.failures > 0 {
		if at := replaceableAt(s.record.failures, s.record.last); s.now < at {
			s.wakeAt(max(at, s.now.Add(JobBatch)))
			return
		}
	}
	lack = min(lack, burst)
	if s.rules.Indexed {
		s.createIndexes(s.pending(lack))
		return
	}
	s.ops = create(s.v, s.o, lack, s.ops)
	s.active += lack
}

// surplus deletes pods of indexes that the Job no longer has, and n active pods at
// least, those on no node and not Ready first. It reports whether it did.
// Source: pkg/controller/job/job_controller.go (activePodsForRemoval).
func (s *jobSync) surplus(n int32) bool {
	some := false
	if s.rules.Indexed {
		for _, pod := range s.pods {
			if pod.Active() && !s.isValid(pod) {
				s.drop(pod, s.symbols.scaleDown)
				some = true
				n--
			}
		}
	}
	if n <= 0 {
		return some
	}
	// The invalid ones are deleted by now only in the operations: leave them out.
	left := int(min(n, burst))
	for _, pod := range s.choice.victims(s.now, s.v, s.o, int(s.o.Counts().Active)) {
		if left > 0 && s.isValid(pod) {
			s.drop(pod, s.symbols.scaleDown)
			left--
		}
	}
	return true
}

// pending returns up to n indexes for which there is no pod, lowest first.
// Source: pkg/controller/job/indexed_job_utils.go (firstPendingIndexes).
func (s *jobSync) pending(n int32) []int32 {
	taken := make(map[int32]bool)
	for _, pod := range s.pods {
		if pod.Active() || s.rules.ReplaceFailed && pod.Deleting() && !pod.Phase().Terminal() {
			taken[pod.Index()] = true
		}
	}
	var free []int32
	done := [...]models.Indexes{s.completed, s.failedIndexes}
	for index := int32(0); index < s.spec.Completions && int32(len(free)) < n; index++ {
		skipped := false
		for i := range done {
			for len(done[i]) > 0 && done[i][0].Last < index {
				done[i] = done[i][1:]
			}
			if len(done[i]) > 0 && done[i][0].First <= index {
				index, skipped = done[i][0].Last, true
				break
			}
		}
		if !skipped && !taken[index] {
			free = append(free, index)
		}
	}
	return free
}

// createIndexes creates a pod for each index whose own back-off, if it has one, is over.
// If none is, the Job is looked at again when the first will be.
// Source: pkg/controller/job/job_controller.go (getPodCreationInfoForIndependentIndexes).
func (s *jobSync) createIndexes(indexes []int32) {
	first, d := models.Never, s.v.Dictionary()
	id, ordinal := models.PodID(s.v.Pods()), s.o.NextOrdinal()
	base := s.o.Name()
	for _, index := range indexes {
		op := models.Op{Kind: models.OpIndexPod, Pod: id, Arg: models.IndexArg(index, 0)}
		if last, ok := s.delayed[index]; ok {
			if at := replaceableAt(failuresOf(last)+1, finishedAt(last)); s.now < at {
				first = min(first, at)
				continue
			}
			op.Def, op.Arg = s.failuresAfter(last, index)
		}
		s.do(models.Op{
			Kind: models.OpCreatePod, Pod: id, Owner: s.o.ID(), Def: int32(s.spec.Template),
			Name: d.Sym(indexedName(base, index)), Ordinal: ordinal,
		})
		s.do(op)
		id++
		ordinal++
		s.active++
	}
	if id == models.PodID(s.v.Pods()) && first != models.Never {
		s.wakeAt(max(first, s.now.Add(JobBatch)))
	}
}

// indexedName is what the names of the pods of an index begin with. It is the name of the
// Job that is cut where they become too long.
// Source: pkg/controller/job/indexed_job_utils.go (podGenerateNameWithIndex).
func indexedName(job string, index int32) string {
	const most = 57
	suffix := "-" + strconv.Itoa(int(index))
	return job[:min(len(job), most-len(suffix))] + suffix
}

// failuresAfter returns the failures of an index before the pod that replaces one, as
// OpIndexPod has them.
// Source: pkg/controller/job/indexed_job_utils.go (getNewIndexFailureCounts).
func (s *jobSync) failuresAfter(last cluster.Pod, index int32) (failures int32, arg int64) {
	counted, ignored := last.IndexFailures()
	if _, counts, _ := s.matchFailure(last); counts {
		counted++
	} else {
		ignored++
	}
	return counted, models.IndexArg(index, ignored)
}
