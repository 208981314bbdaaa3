package chrometrace

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// decided writes what was decided about a pod that is drawn: by the scheduler in its
// lane, by others as an instant in the lane of the pod.
func (r *Recorder) decided(op *models.Op, pod cluster.Pod, p *podTrack) {
	switch op.Kind {
	case models.OpBindPod:
		r.decision("Scheduled", pod, func() { r.out.text("node", r.view.Node(op.Node).Name()) })
	case models.OpFailScheduling:
		if p.failures++; p.failures <= failuresMost {
			r.decision("FailedScheduling", pod, func() { r.out.text("message", r.text(op.Message)) })
		}
	case models.OpNominatePod:
		if op.Node != models.None {
			r.decision("Preempting", pod, func() { r.out.text("node", r.view.Node(op.Node).Name()) })
		}
	case models.OpEvictPod, models.OpDeletePod, models.OpKillPod, models.OpRejectPod, models.OpExitPod, models.OpExitContainer, models.OpLackImage,
		models.OpWarnContainer, models.OpFailSandbox, models.OpDeferResize, models.OpRefuseEviction:
		r.happens(op, p)
	}
}

// decision writes a decision of the scheduler.
func (r *Recorder) decision(name string, pod cluster.Pod, add func()) {
	r.instant(r.now, r.fixed(r.cluster, laneDecisions), "scheduling", name, func() {
		r.out.text("pod", reports.PodName(r.view, pod))
		add()
	})
}

// happens writes what befalls a pod, with who does it and why.
func (r *Recorder) happens(op *models.Op, p *podTrack) {
	if p.instants++; p.at.process == nil || p.instants > instantsMost {
		return
	}
	name := op.Kind.String()
	if op.Reason != 0 {
		name += ": " + r.text(op.Reason)
	}
	r.instant(r.now, p.at.thread(), "pod", name, func() {
		fields := op.Kind.Fields()
		switch op.Kind {
		case models.OpEvictPod, models.OpRefuseEviction:
			r.out.text("by", r.text(op.Name))
		case models.OpLackImage:
			r.out.text("image", r.text(op.Name))
		case models.OpExitPod, models.OpExitContainer:
			r.out.integer("exit_code", op.Arg)
		}
		if fields&models.FieldMessage != 0 {
			r.out.text("message", r.text(op.Message))
		}
	})
}
