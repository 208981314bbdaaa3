package playback

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// follow writes a pod down from here on, with its past.
func (r *Recorder) follow(pod cluster.Pod, row *podRow, key uint64) *life {
	if row.flags&followed != 0 {
		return r.lives.open[pod.ID()]
	}
	l := &life{pod: pod.ID(), key: key, workload: row.workload, spans: pastOf(pod, row)}
	row.flags |= followed
	r.lives.open[l.pod] = l
	if mark, ok := r.lives.refused[l.pod]; ok {
		r.markRefusal(l, mark)
		delete(r.lives.refused, l.pod)
	}
	return l
}

// pastOf reads the life of a pod that has only gone forward.
func pastOf(pod cluster.Pod, row *podRow) []span {
	spans := make([]span, 1, 5)
	spans[0] = span{Pending, pod.Created(), models.None}
	add := func(phase Phase, from models.Time) { spans = append(spans, span{phase, from, pod.Node()}) }
	if pod.Node() != models.None {
		add(Starting, pod.BoundAt())
		if row.started != models.Never {
			add(Running, row.started)
		}
		if row.ready != models.Never {
			add(Ready, row.ready)
		}
	}
	if pod.Deleting() {
		add(Terminating, pod.DeletedAt())
	}
	return spans
}

// write takes in a step of a pod that is written down.
func (r *Recorder) write(op *models.Op, pod cluster.Pod, row *podRow) {
	l, text := r.lives.open[op.Pod], ""
	switch op.Kind {
	case models.OpDeletePod:
		text = "deleted"
	case models.OpFinishPod, models.OpRejectPod:
		if row.phase == Failed {
			text = "failed"
		}
	case models.OpExitPod:
		text = "its containers ended"
	case models.OpUnreadyPod:
		text = "not ready any more"
	case models.OpBackdatePod:
		return
	}
	if text != "" {
		if op.Reason != 0 {
			text += ": " + r.view.Dictionary().String(op.Reason)
		}
		l.mark(r.now, text)
	}
	if row.phase != absent {
		l.step(r.now, row.phase, pod.Node())
	}
}

func (r *Recorder) markRefusal(l *life, of refusal) {
	l.mark(of.at, "not placed: "+r.view.Dictionary().String(of.message))
}

// evictPod takes in that a pod is chosen to leave its node.
func (r *Recorder) evictPod(op *models.Op) {
	pod, row := r.view.Pod(op.Pod), r.pods.at(op.Pod)
	r.chooseByKey(HadToLeave, pod, row)
	if l := r.lives.open[op.Pod]; l != nil {
		d := r.view.Dictionary()
		text := "chosen to leave by " + d.String(op.Name)
		if op.Reason != 0 {
			text += " (" + d.String(op.Reason) + ")"
		}
		if op.Message != 0 {
			text += ": " + d.String(op.Message)
		}
		l.mark(r.now, text)
	}
}

// hit takes in what has become of the node of pods.
func (r *Recorder) hit(op *models.Op) {
	what := " crashed"
	if op.Kind == models.OpShutDownNode {
		what = " shuts down"
	}
	node := r.view.Node(op.Node)
	text := "node " + node.Name() + what
	if op.Reason != 0 {
		text += ": " + r.view.Dictionary().String(op.Reason)
	}
	for _, id := range node.Pods() {
		pod, row := r.view.Pod(id), r.pods.at(id)
		if pod.Active() && row.flags&placed != 0 {
			r.chooseByKey(HitByFault, pod, row)
		}
		if l := r.lives.open[id]; l != nil {
			l.mark(r.now, text)
		}
	}
}

// chooseFor chooses pods for what has befallen them.
func (r *Recorder) chooseFor(op *models.Op, pod cluster.Pod, row *podRow, was Phase) {
	if row.phase == Failed && was != Failed {
		r.chooseByKey(HasFailed, pod, row)
	}
	switch op.Kind {
	case models.OpStartPod:
		if pod.Restarts() > 0 && !pod.Itemised() {
			r.gauges.Restarts++
			r.chooseByKey(HasRestarted, pod, row)
		}
	case models.OpDeletePod, models.OpFinishPod:
		if op.Reason == 0 || was == Pending || was > Ready {
			return
		}
		if _, evicted := reports.EvictionCause(r.view.Dictionary().String(op.Reason)); evicted {
			r.gauges.Evicted++
			r.chooseByKey(HadToLeave, pod, row)
		}
	}
}

// chooseByKey chooses a pod among all to which the same happens.
func (r *Recorder) chooseByKey(why Why, pod cluster.Pod, row *podRow) {
	if key := r.workloads.keyOf(pod); r.lives.choices[why].wants(0, key) {
		r.choose(why, 0, pod, row, key)
	}
}

// chooseWaiting chooses a pod for how long it has waited.
func (r *Recorder) chooseWaiting(pod cluster.Pod, row *podRow) {
	rank := pod.Created() - r.now
	if -rank < leastWait {
		return
	}
	if key := r.workloads.keyOf(pod); r.lives.choices[WaitedLongest].wants(int64(rank), key) {
		r.choose(WaitedLongest, int64(rank), pod, row, key)
	}
}

func (r *Recorder) choose(why Why, rank int64, pod cluster.Pod, row *podRow, key uint64) {
	l := r.follow(pod, row, key)
	if row.phase != absent {
		l.step(r.now, row.phase, pod.Node())
	}
	gone := r.lives.choose(why, rank, l)
	if gone == nil || gone.why != 0 || gone.winding || r.lives.open[gone.pod] != gone {
		return
	}
	delete(r.lives.open, gone.pod)
	r.pods.at(gone.pod).flags &^= followed
}

// forget lets a pod go whose object is gone.
func (r *Recorder) forget(pod cluster.Pod) {
	id := pod.ID()
	if l := r.lives.open[id]; l != nil {
		l.end(r.now, pod)
		delete(r.lives.open, id)
	}
	r.pods.release(id, models.PodID(r.view.Pods()-1))
}
