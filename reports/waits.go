package reports

import "github.com/podsim/podsim/models"

// waits measures how long pods took from their creation to being bound, to the
// first start of their containers and to being Ready for the first time.
type waits struct {
	pending, running, ready sample
	// neverBound counts pods that ended or went without ever having a node.
	neverBound int64
}

func (w *waits) observe(s *step) {
	switch s.op.Kind {
	case models.OpBindPod:
		w.take(&w.pending, s)
	case models.OpStartPod:
		if s.was.started == models.Never {
			w.take(&w.running, s)
		}
	case models.OpReadyPod:
		if s.was.ready == models.Never {
			w.take(&w.ready, s)
		}
	case models.OpFinishPod, models.OpRemovePod:
		if s.was.state == statePending {
			w.neverBound++
		}
	}
}

func (w *waits) take(to *sample, s *step) {
	if to.add(int64(s.now - s.pod.Created())) {
		to.worst, to.worstAt = appendPod(to.worst[:0], s.view, s.pod), s.now
	}
}

// withCensored adds to a copy of the sample the time that pods have waited which
// have not got there yet; waiting selects them.
func (r *Recorder) withCensored(of *sample, now models.Time, waiting func(*track) bool) *sample {
	all := of.clone()
	r.tracks.each(func(id models.PodID, row *track) bool {
		if !waiting(row) {
			return true
		}
		pod := r.view.Pod(id)
		if all.add(int64(now - pod.Created())) {
			all.worst = appendPod(all.worst[:0], r.view, pod)
			all.worst, all.worstAt = append(all.worst, ", still waiting"...), now
		}
		return true
	})
	return all
}

// isPending and isUnready select the pods that a wait has not ended for.
func isPending(t *track) bool { return t.state == statePending && t.active() }
func isUnready(t *track) bool { return t.ready == models.Never && t.active() }

// oldestPending finds the pod that waits longest, as the folds know it.
func (r *Recorder) oldestPending() (oldest models.PodID, waiting int64) {
	oldest = models.None
	r.tracks.each(func(id models.PodID, row *track) bool {
		if isPending(row) {
			waiting++
			if oldest == models.None {
				oldest = id
			}
		}
		return true
	})
	return oldest, waiting
}
