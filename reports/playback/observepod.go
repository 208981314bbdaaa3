package playback

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func (r *Recorder) observePod(op *models.Op) {
	switch op.Kind {
	case models.OpCreatePod:
		r.createPod(op)
	case models.OpFailScheduling:
		r.refusePod(op)
	case models.OpBindPod, models.OpStartPod, models.OpReadyPod, models.OpUnreadyPod, models.OpExitPod,
		models.OpFinishPod, models.OpRejectPod, models.OpDeletePod, models.OpRemovePod, models.OpBackdatePod:
		r.movePod(op)
	case models.OpEvictPod:
		r.evictPod(op)
	case models.OpAdoptPod:
		r.adoptPod(op)
	case models.OpStartContainer:
		r.startContainer(op)
	default:
		if before, ok := op.SpecBefore(); ok {
			r.resizePod(op, before)
		}
	}
}

func (r *Recorder) createPod(op *models.Op) {
	pod, row := r.view.Pod(op.Pod), r.pods.add(op.Pod)
	row.workload, row.phase = r.workloads.of(op, r.view), Pending
	r.workloads.all[row.workload].pods++
	r.gauges.Pods[Pending]++
	r.gauges.MostPending = max(r.gauges.MostPending, r.gauges.Pods[Pending])
	r.gauges.Created++
	r.chooseByKey(AtRandom, pod, row)
}

// movePod takes in a step of a pod's life.
func (r *Recorder) movePod(op *models.Op) {
	pod, row := r.view.Pod(op.Pod), r.pods.at(op.Pod)
	if op.Kind == models.OpUnreadyPod || op.Kind == models.OpExitPod {
		r.follow(pod, row, r.workloads.keyOf(pod)).winding = true
	}
	was, is := row.phase, phaseOf(pod)
	r.remember(op, pod, row)
	if was != is {
		row.phase = is
		r.gauges.Pods[was]--
		if is != absent {
			r.gauges.Pods[is]++
		}
		r.count(pod, was, is)
	}
	r.hold(pod, row, is)
	if was == Pending && is != Pending {
		r.stopWaiting(pod, row)
	}
	r.chooseFor(op, pod, row, was)
	if row.flags&followed != 0 {
		r.write(op, pod, row)
	}
	if op.Kind == models.OpRemovePod {
		r.forget(pod)
	}
}

// remember keeps the moments of a pod that its object may lose.
func (r *Recorder) remember(op *models.Op, pod cluster.Pod, row *podRow) {
	switch op.Kind {
	case models.OpStartPod:
		if row.started == models.Never {
			row.started = r.now
		}
	case models.OpReadyPod:
		if row.ready == models.Never {
			row.ready = r.now
			r.waits.Ready[waitStep(r.now-pod.Created())]++
		}
	case models.OpBackdatePod:
		switch models.Past(op.Def) {
		case models.PastStarted:
			row.started = pod.StartedAt()
		case models.PastReady:
			if pod.Ready() {
				row.ready = pod.ReadyChangedAt()
			}
		}
		if l := r.lives.open[op.Pod]; l != nil {
			l.spans = pastOf(pod, row)
		}
	}
}

// count takes in what a pod has come to.
func (r *Recorder) count(pod cluster.Pod, was, is Phase) {
	switch {
	case is == Succeeded:
		r.gauges.Ended++
	case is == Failed:
		r.gauges.Broken++
	case was == Pending && is < Terminating:
		r.gauges.Bound++
		r.waits.Bound[waitStep(r.now-pod.Created())]++
	}
}

// hold takes over whether a pod takes room on its node.
func (r *Recorder) hold(pod cluster.Pod, row *podRow, is Phase) {
	holds := pod.Node() != models.None && is < Succeeded
	if holds == (row.flags&placed != 0) {
		return
	}
	row.flags ^= placed
	if holds {
		r.load(pod, row, &pod.Spec().Requests, 1, 1)
	} else {
		r.load(pod, row, &pod.Spec().Requests, -1, -1)
	}
}

// resizePod takes in that a pod requests something else.
func (r *Recorder) resizePod(op *models.Op, before models.SpecID) {
	pod, row := r.view.Pod(op.Pod), r.pods.at(op.Pod)
	if row.flags&placed == 0 || before == pod.SpecID() {
		return
	}
	more := pod.Spec().Requests.Sub(r.view.Spec(before).Requests)
	r.load(pod, row, &more, 1, 0)
}

// adoptPod hands a pod on to another workload.
func (r *Recorder) adoptPod(op *models.Op) {
	pod, row := r.view.Pod(op.Pod), r.pods.at(op.Pod)
	if row.flags&placed != 0 {
		r.load(pod, row, &pod.Spec().Requests, -1, -1)
	}
	row.workload = r.workloads.owners[op.Owner].workload
	if row.flags&placed != 0 {
		r.load(pod, row, &pod.Spec().Requests, 1, 1)
	}
	if l := r.lives.open[op.Pod]; l != nil {
		l.workload = row.workload
	}
}

// refusePod takes in that no node was found for a pod.
func (r *Recorder) refusePod(op *models.Op) {
	row := r.pods.at(op.Pod)
	if row.flags&refused == 0 {
		row.flags |= refused
		r.gauges.Refused++
		r.gauges.MostRefused = max(r.gauges.MostRefused, r.gauges.Refused)
	}
	mark := refusal{r.now, op.Message}
	if l := r.lives.open[op.Pod]; l != nil {
		r.markRefusal(l, mark)
		return
	}
	r.lives.refused[op.Pod] = mark
}

// stopWaiting takes in that a pod is not pending any more.
func (r *Recorder) stopWaiting(pod cluster.Pod, row *podRow) {
	r.chooseWaiting(pod, row)
	if row.flags&refused != 0 {
		row.flags &^= refused
		r.gauges.Refused--
		delete(r.lives.refused, pod.ID())
	}
}

// startContainer counts restarts of pods whose containers are told apart.
func (r *Recorder) startContainer(op *models.Op) {
	pod := r.view.Pod(op.Pod)
	if pod.Containers()[op.Def].Restarts == 0 {
		return
	}
	r.gauges.Restarts++
	row := r.pods.at(op.Pod)
	r.chooseByKey(HasRestarted, pod, row)
}
