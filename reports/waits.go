package reports

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// waits measures how long pods took from their creation to being bound, to the
// first start of their containers and to being Ready for the first time.
type waits struct {
	pending, running, ready sample
	// neverBound counts pods that ended or went without ever having a node.
	neverBound int64
	// held are waits of one pod that count unless the next operation tells that
	// they were over before the run.
	held    []heldWait
	heldPod models.PodID
	classes classes
}

type heldWait struct {
	in    *sample
	kind  waitKind
	nanos int64
	at    models.Time
}

// waitKind tells what a pod waited for.
type waitKind uint8

const (
	waitBound waitKind = iota
	waitRunning
	waitReady
	waitKinds
)

func (w *waits) observe(s *step) {
	if s.op.Kind == models.OpCreatePod || s.before != nil {
		w.classes.observe(s, w)
	}
	if len(w.held) > 0 && (s.op.Pod != w.heldPod || s.op.Kind == models.OpRemovePod) {
		w.release(s.view)
	}
	switch s.op.Kind {
	case models.OpBackdatePod:
		w.held = w.held[:0]
	case models.OpBindPod:
		w.take(&w.pending, waitBound, s)
	case models.OpStartPod:
		if s.was.started == models.Never {
			w.take(&w.running, waitRunning, s)
		}
	case models.OpReadyPod:
		if s.was.ready == models.Never {
			w.take(&w.ready, waitReady, s)
		}
	case models.OpFinishPod, models.OpRejectPod, models.OpRemovePod:
		if s.was.state == statePending {
			w.neverBound++
		}
	}
}

func (w *waits) take(to *sample, kind waitKind, s *step) {
	w.heldPod = s.op.Pod
	w.held = append(w.held, heldWait{to, kind, int64(s.now - s.pod.Created()), s.now})
}

// release counts the waits that were held.
func (w *waits) release(v cluster.View) {
	for _, h := range w.held {
		if h.in.add(h.nanos) {
			h.in.worst, h.in.worstAt = appendPod(h.in.worst[:0], v, v.Pod(w.heldPod)), h.at
		}
	}
	if w.classes.split && len(w.held) > 0 {
		w.classes.take(v.Pod(w.heldPod), w.held)
	}
	w.held = w.held[:0]
}

// withCensored adds to a copy of the sample the time that pods have waited which
// have not got there yet; waiting selects them.
func (r *Recorder) withCensored(of *sample, now models.Time, waiting func(*track) bool) *sample {
	r.waits.release(r.view)
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
