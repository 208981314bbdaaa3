package control

import (
	"maps"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// backOffRecord is what the Job controller keeps of a Job to delay new pods. It knows it
// only while it runs.
// Source: pkg/controller/job/backoff_utils.go (backoffRecord).
type backOffRecord struct {
	failures int32       // pods since the last one that succeeded
	last     models.Time // when the last of them failed
}

// finishes are when pods have ended that a sync is the first to see.
type finishes struct {
	succeeded bool
	success   models.Time // the last
	failures  []models.Time
}

func (f *finishes) add(pod cluster.Pod) {
	at := finishedAt(pod)
	if pod.Phase() != models.Succeeded {
		f.failures = append(f.failures, at)
		return
	}
	if !f.succeeded || at > f.success {
		f.succeeded, f.success = true, at
	}
}

// with returns the record once these pods have ended, too. Of failures only those after
// the last success count, in whole seconds as objects of the API have them.
// Source: pkg/controller/job/backoff_utils.go (newBackoffRecord).
func (r backOffRecord) with(f *finishes) backOffRecord {
	if f.succeeded {
		r = backOffRecord{}
	}
	var last models.Time
	fresh := int32(0)
	for _, at := range f.failures {
		if f.succeeded && wholeSecond(at) <= wholeSecond(f.success) {
			continue
		}
		if fresh++; fresh == 1 || at > last {
			last = at
		}
	}
	if fresh > 0 {
		r.failures, r.last = r.failures+fresh, last
	}
	return r
}

// recordOfPast is the record of a Job that was there before the run, as its pods tell
// that are still there and were counted then.
func (s *jobSync) recordOfPast() backOffRecord {
	var ended finishes
	for pod := range s.o.Pods() {
		if pod.Phase().Terminal() && !pod.Tracked() {
			ended.add(pod)
		}
	}
	return backOffRecord{}.with(&ended)
}

// keep stores the record, with the status.
func (s *jobSync) keep() {
	if s.record.failures > 0 {
		s.records[s.o.ID()] = s.record
	} else {
		delete(s.records, s.o.ID())
	}
}

// forget drops what is kept of a Job that has ended or is deleted.
func (j *job) forget(id models.OwnerID) {
	delete(j.open, id)
	delete(j.records, id)
	delete(j.past, id)
}

// restart drops what the controller knows only while it runs, and returns the Jobs that
// need not wait any more.
func (j *job) restart() []models.OwnerID {
	waiting := slices.Sorted(maps.Keys(j.records))
	clear(j.records)
	clear(j.past)
	return waiting
}

// jobBackOff is the wait after the k-th failure in a row: 10 s, doubling, at most
// 10 min. Source: pkg/controller/job/backoff_utils.go.
func jobBackOff(failures int32) time.Duration {
	const first, most = 10 * time.Second, 10 * time.Minute
	if failures > 6 {
		return most
	}
	return min(first<<max(failures-1, 0), most)
}

// replaceableAt returns when a pod may be made in place of the k-th that failed in a
// row; moments of the API are whole seconds.
func replaceableAt(failures int32, finished models.Time) models.Time {
	return wholeSecond(finished).Add(jobBackOff(failures))
}

// wholeSecond is a moment as objects of the API have it.
func wholeSecond(t models.Time) models.Time {
	const second = models.Time(time.Second)
	if rest := t % second; rest < 0 {
		return t - rest - second
	} else {
		return t - rest
	}
}

// finishedAt returns when a pod that has ended, or counts as failed, did so: the end of
// its containers if its kubelet has told that, else when it ceased to be Ready, else its
// deletion.
// Source: pkg/controller/job/backoff_utils.go (getFinishedTime).
func finishedAt(pod cluster.Pod) models.Time {
	ended := pod.Phase().Terminal()
	switch {
	case ended && pod.Node() != models.None && pod.View().Node(pod.Node()).Heard():
		return pod.ExitedAt()
	case !pod.Ready() && pod.ReadyChangedAt() != models.Never:
		return pod.ReadyChangedAt()
	case pod.Deleting():
		return pod.DeletedAt()
	case ended:
		return pod.ExitedAt()
	}
	return pod.Created()
}
