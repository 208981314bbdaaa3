package reports

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// wasted sums the time that run-to-completion pods ran in vain, and how long all of
// them took together.
type wasted struct {
	podSeconds, coreSeconds float64

	open        int64 // run-to-completion pods that have not ended
	first, last models.Time
	some        bool // first and last mean something
	workloads   *workloads
}

// completes reports whether a pod is meant to end by itself.
func completes(spec *models.PodSpec) bool { return spec.RestartPolicy != models.RestartAlways }

// wishes are the reasons of deletions after which nothing has to be done again.
var wishes = []string{"LifetimeOver", "OwnerDeleted", "JobFinished", "TTLAfterFinished", "PodGC"}

func (w *wasted) observe(s *step, from models.Time) {
	if !completes(s.spec) {
		return
	}
	switch s.op.Kind {
	case models.OpCreatePod:
		if s.now < from {
			return
		}
		w.open++
		if !w.some {
			w.first, w.some = s.now, true
		}
	case models.OpExitPod:
		if s.op.Arg != 0 {
			w.add(s)
		}
	case models.OpFinishPod, models.OpRejectPod:
		if s.pod.Phase() == models.Failed || disowned(s.pod) {
			w.add(s)
		}
	case models.OpRemovePod:
		if s.was.state == stateRunning && !slices.Contains(wishes, s.text(s.pod.Cause())) {
			w.add(s)
		}
	}
	if s.was.state < stateEnded && s.row.state >= stateEnded && (from == 0 || s.pod.Created() >= from) {
		w.open--
		w.last = s.now
	}
}

// disowned reports whether the Job of a pod has counted it as failed when it was deleted, so
// that its success comes too late.
func disowned(pod cluster.Pod) bool {
	owner := pod.Owner()
	return owner != models.None && pod.View().Owner(owner).Kind() == models.Job && pod.Deleting() && !pod.Tracked()
}

// add counts a run that ends without success, if it had not been lost before. A kubelet
// that was cut off tells of its end later.
func (w *wasted) add(s *step) {
	if s.was.flags&flagUp != 0 && s.measured {
		end := s.now
		if s.op.Kind != models.OpRemovePod {
			end = min(end, s.pod.ExitedAt())
		}
		w.lose(s.spec, s.row.workload, end, s.pod.StartedAt())
	}
}

// lose counts the part of a run that lies within this run.
func (w *wasted) lose(spec *models.PodSpec, workload int32, now, started models.Time) {
	seconds := now.Sub(max(started, 0)).Seconds()
	coreSeconds := float64(seconds*float64(spec.Requests[models.CPU])) / 1000
	w.podSeconds += seconds
	w.coreSeconds += coreSeconds
	w.workloads.lose(workload, seconds, coreSeconds)
}

// crash counts what ran on a node. It must be told before the containers are taken
// out of service.
func (w *wasted) crash(s *step, pods *tracks) {
	if !s.measured {
		return
	}
	for _, id := range s.view.Node(s.op.Node).Pods() {
		pod := s.view.Pod(id)
		if row := pods.at(id); completes(pod.Spec()) && row.flags&flagUp != 0 {
			w.lose(pod.Spec(), row.workload, s.now, pod.StartedAt())
		}
	}
}

// makespan is the time from the first run-to-completion pod to the end of the last.
func (w *wasted) makespan(end models.Time) *Seconds {
	if !w.some {
		return nil
	}
	if w.open == 0 {
		end = w.last
	}
	out := secondsOf(end - w.first)
	return &out
}
