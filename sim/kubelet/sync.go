package kubelet

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// sync looks at all containers of a pod and plans what has to be done with them.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions).
func (w *worker) sync(now models.Time) {
	if w.stage != living || w.busy || len(w.jobs) > 0 {
		return
	}
	for i := range w.containers {
		if c := &w.containers[i]; c.exists && !c.runs && w.spec.RestartsAll(i, c.code) {
			w.beginReset(now)
			return
		}
	}
	initialized, end := w.syncInit()
	switch {
	case end:
		w.jobs = w.jobs[:0]
		w.die(now)
		return
	case initialized && !w.syncApps():
		w.jobs = w.jobs[:0]
		w.die(now)
		return
	}
	// Stops come before starts.
	slices.SortStableFunc(w.jobs, func(a, b job) int {
		switch {
		case a.stop == b.stop:
			return 0
		case a.stop:
			return -1
		}
		return 1
	})
	w.proceed(now)
}

// syncInit plans what has to be done with init containers and sidecars. It reports
// whether the app containers may run, or that the pod has failed to be initialised.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go
// (computeInitContainerActions).
func (w *worker) syncInit() (initialized, failed bool) {
	n := 0
	for n < len(w.containers) && w.spec.Containers[n].Kind != models.AppContainer {
		n++
	}
	if n == 0 {
		return true, false
	}
	up := slices.ContainsFunc(w.containers[n:], func(c instance) bool { return c.runs })
	s := initSync{w: w, last: n - 1, initialized: up, before: up}
	for i := n - 1; i >= 0; i-- {
		if s.look(i) {
			return false, true
		}
	}
	if !s.before {
		s.start(0)
	}
	for _, i := range slices.Backward(s.starts) {
		w.planStart(i)
	}
	return s.initialized, false
}

// initSync is one look at the init containers and sidecars of a pod, the last one first.
type initSync struct {
	w           *worker
	last        int
	initialized bool
	before      bool // what precedes is done
	starts      []int
}

func (s *initSync) start(i int) { s.starts = append(s.starts, i) }

// look decides what one container needs, and reports whether the pod has failed by it.
func (s *initSync) look(i int) (failed bool) {
	c, sidecar := &s.w.containers[i], s.w.spec.Containers[i].Kind == models.Sidecar
	switch {
	case !c.exists && s.before && sidecar:
		s.start(i)
		return false
	case !c.exists, s.before && !sidecar:
		return false
	case c.runs && sidecar:
		s.lookAtRunning(i)
	case c.runs:
	case sidecar:
		s.start(i)
	default:
		failed = s.lookAtEnded(i, c.code)
	}
	s.before = true
	return failed
}

// lookAtRunning restarts a sidecar that has to be stopped, and goes on after one that has
// started.
func (s *initSync) lookAtRunning(i int) {
	started, stop := s.w.sidecar(i)
	if stop {
		s.start(i)
	}
	if started && i == s.last {
		s.initialized = true
	} else if started && !s.before {
		s.start(i + 1)
	}
}

// lookAtEnded goes on after an init container that has succeeded, or tries it again.
func (s *initSync) lookAtEnded(i int, code int32) (failed bool) {
	switch {
	case code == 0 && i == s.last:
		s.initialized = true
	case code == 0:
		s.start(i + 1)
	case !s.w.spec.Restarts(i, code):
		return true
	default:
		s.start(i)
	}
	return false
}

// sidecar looks at a sidecar that runs: whether it has started, and whether it has to
// be stopped, which is planned then.
func (w *worker) sidecar(i int) (started, stop bool) {
	c := &w.containers[i]
	for _, kind := range []models.ProbeKind{models.StartupProbe, models.LivenessProbe} {
		p := c.prober[kind]
		if p == nil {
			continue
		}
		if p.result == failure {
			w.planStop(i, kind, "Init container "+w.name(i)+" failed "+probeWord(kind)+" probe")
			return kind == models.LivenessProbe, true
		}
		if kind == models.StartupProbe && p.result != success {
			return false, false
		}
	}
	return true, false
}

// syncApps plans what has to be done with app containers. It reports whether any of
// them runs or will.
func (w *worker) syncApps() bool {
	left := false
	for i := range w.containers {
		c := &w.containers[i]
		if w.spec.Containers[i].Kind != models.AppContainer {
			continue
		}
		if !c.runs {
			if !c.exists || w.spec.Restarts(i, c.code) {
				w.planStart(i)
				left = true
			}
			continue
		}
		kind, failing := w.failing(i)
		if !failing {
			left = true
			continue
		}
		message := "Container " + w.name(i) + " failed " + probeWord(kind) + " probe"
		again := w.spec.PolicyOf(i) != models.RestartNever
		if again {
			message += ", will be restarted"
		}
		w.planStop(i, kind, message)
		if again {
			w.planStart(i)
			left = true
		}
	}
	return left
}

// failing returns the probe that demands that an app container is stopped.
func (w *worker) failing(i int) (models.ProbeKind, bool) {
	for _, kind := range []models.ProbeKind{models.LivenessProbe, models.StartupProbe} {
		if p := w.containers[i].prober[kind]; p != nil && p.result == failure {
			return kind, true
		}
	}
	return 0, false
}

func probeWord(kind models.ProbeKind) string {
	if kind == models.StartupProbe {
		return "startup"
	}
	return "liveness"
}

func (w *worker) planStop(i int, kind models.ProbeKind, message string) {
	w.jobs = append(w.jobs, job{container: i, stop: true, probe: kind, message: w.text(message)})
}

// planStart plans a start. Its back-off counts from the last end that is known now.
func (w *worker) planStart(i int) {
	c := &w.containers[i]
	since := models.Never
	if c.exists {
		since = c.finished
	}
	w.jobs = append(w.jobs, job{container: i, since: since})
}

// proceed goes on with the jobs of a sync, one after the other, and looks at the pod
// again when something has been done.
func (w *worker) proceed(now models.Time) {
	for len(w.jobs) > 0 && !w.busy {
		j := w.jobs[0]
		c := &w.containers[j.container]
		switch {
		case j.stop && !c.runs, !j.stop && c.runs: // it has happened by itself
			w.jobs = w.jobs[1:]
		case j.stop:
			w.busy = true
			w.beginStop(now, j.container, w.graceOf(j), false, j.message)
		case c.lacks, w.backsOff(now, j):
			w.jobs = w.jobs[1:]
			if w.spec.Containers[j.container].Kind == models.InitContainer {
				w.jobs = w.jobs[:0]
			}
		default:
			w.busy = true
			w.wants = append(w.wants, j.container)
		}
	}
	if len(w.jobs) == 0 {
		w.jobs = nil
	}
}

// done ends the job under way.
func (w *worker) done(now models.Time) {
	w.jobs, w.busy = w.jobs[1:], false
	if len(w.jobs) > 0 {
		w.proceed(now)
	}
	if len(w.jobs) > 0 || w.busy {
		return
	}
	if w.reset {
		w.endReset(now)
		return
	}
	w.sync(now)
}

// reasonReset is why containers wait that were taken away to start over.
// Source: pkg/kubelet/kubelet_pods.go (RestartingAllContainers).
const reasonReset = "RestartingAllContainers"

// beginReset begins to stop all containers that run, to start all over: app
// containers first, without grace and without hooks.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (getContainersToReset).
func (w *worker) beginReset(now models.Time) {
	w.reset = true
	w.tell(models.Op{Kind: models.OpResetContainers, Arg: 1, Reason: w.text(reasonReset)})
	message := w.text("killing")
	for _, app := range []bool{true, false} {
		for i := range w.containers {
			if isApp := w.spec.Containers[i].Kind == models.AppContainer; isApp == app && w.containers[i].runs {
				w.jobs = append(w.jobs, job{container: i, stop: true, message: message, probe: models.ProbeKinds})
			}
		}
	}
	if len(w.jobs) == 0 {
		w.endReset(now)
		return
	}
	w.proceed(now)
}

// endReset starts from the first init container again, in the same sandbox.
func (w *worker) endReset(now models.Time) {
	w.reset = false
	w.tell(models.Op{Kind: models.OpResetContainers, Reason: w.text(reasonReset)})
	for i := range w.containers {
		w.containers[i].exists, w.containers[i].finished = false, models.Never
	}
	w.sync(now)
}
