package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
)

// stopStep is how far a container is with its stop.
type stopStep uint8

const (
	noStop     stopStep = iota
	preStop             // its hook runs
	itsTurn             // it waits for others to end
	terminated          // it has its SIGTERM
)

// leastGrace is the time that every container is given to end, in seconds.
// Source: pkg/kubelet/kuberuntime (minimumGracePeriodInSeconds).
const leastGrace = 2

func wholeSeconds(d time.Duration) int64 { return int64(d / time.Second) }

// graceOf is the time, in seconds, that a container is given which a probe stops.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (setTerminationGracePeriod).
func (w *worker) graceOf(j job) int64 {
	if j.probe == models.ProbeKinds {
		return 0
	}
	if p := w.spec.Containers[j.container].Probe(j.probe); p != nil && p.Grace > 0 {
		return wholeSeconds(p.Grace)
	}
	return wholeSeconds(w.spec.GracePeriod)
}

// beginStop tells a container to stop: its hook comes first.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer).
func (w *worker) beginStop(now models.Time, i int, grace int64, ordered bool, message models.Sym) {
	c := &w.containers[i]
	c.grace, c.since = grace, now
	w.tell(models.Op{Kind: models.OpStopContainer, Def: int32(i), Arg: grace * int64(time.Second), Message: message})
	life := w.spec.Containers[i].Life
	if life == nil || life.PreStop == nil || grace <= 0 {
		w.takeTurn(now, i, ordered)
		return
	}
	took, fails := w.hook(i, life.PreStop, w.behavior(i).PreStop, "pod/prestop")
	c.stop, c.stopFails = preStop, fails
	if limit := time.Duration(grace) * time.Second; took >= limit {
		took, c.stopFails = limit, false
	}
	if took > 0 {
		c.at[stops] = now.Add(took)
		return
	}
	w.stopOn(now, i)
}

// stopOn is the end of a step of a stop.
func (w *worker) stopOn(now models.Time, i int) {
	c := &w.containers[i]
	switch c.stop {
	case preStop:
		if c.stopFails {
			c.stopFails = false
			w.tell(models.Op{
				Kind: models.OpWarnContainer, Def: int32(i), Arg: 1, Reason: w.text("FailedPreStopHook"), Message: w.text("PreStopHook failed"),
			})
		}
		c.grace -= wholeSeconds(now.Sub(c.since))
		w.takeTurn(now, i, w.stage == dying || w.stage == deleted)
	case itsTurn:
		c.grace -= wholeSeconds(now.Sub(c.since))
		w.terminate(now, i)
	default:
		w.exit(now, i, c.stopCode, 0)
	}
}

// takeTurn lets a sidecar wait for the app containers and for later sidecars, for as
// long as its grace allows.
// Source: pkg/kubelet/kuberuntime/kuberuntime_termination_order.go.
func (w *worker) takeTurn(now models.Time, i int, ordered bool) {
	c := &w.containers[i]
	c.since = now
	if !ordered || c.grace <= 0 || w.isTurn(i) {
		w.terminate(now, i)
		return
	}
	c.stop = itsTurn
	c.at[stops] = now.Add(time.Duration(c.grace) * time.Second)
}

// isTurn reports whether a container need not wait for others to end.
func (w *worker) isTurn(i int) bool {
	if w.spec.Containers[i].Kind != models.Sidecar {
		return true
	}
	for j := i + 1; j < len(w.containers); j++ {
		if w.containers[j].runs && w.spec.Containers[j].Kind != models.InitContainer {
			return false
		}
	}
	return true
}

// terminate sends SIGTERM, and SIGKILL when the grace is over.
func (w *worker) terminate(now models.Time, i int) {
	c := &w.containers[i]
	grace := time.Duration(max(c.grace, leastGrace)) * time.Second
	law := w.behavior(i).StopTime
	if law == nil {
		law = w.kubelet.config.StopTime
	}
	delay := w.draw(i, law, "pod/stop", int(c.starts))
	c.stop, c.stopCode = terminated, sigTerm
	if delay >= grace {
		delay, c.stopCode = grace, sigKill
	}
	c.at[stops] = now.Add(delay)
}

// Exit codes of containers that were told to stop, and that were killed.
const (
	sigTerm = 143
	sigKill = 137
)

// die stops what is left of a pod of which nothing will run any more.
func (w *worker) die(now models.Time) { w.stopAll(now, dying, wholeSeconds(w.spec.GracePeriod)) }

// Stop stops the containers of a pod that is being deleted, or, with another grace,
// lets them stop sooner.
func (k *Kubelet) Stop(now models.Time, id models.PodID, grace time.Duration) {
	if w := k.workers[id]; w != nil {
		w.stopAll(now, deleted, wholeSeconds(grace))
	}
}

// Fail stops the containers of a pod that has to fail as a whole within a grace, with
// an exit code and a reason. Source: pkg/kubelet/active_deadline.go.
func (k *Kubelet) Fail(now models.Time, id models.PodID, grace time.Duration, code int64, reason models.Sym) {
	if w := k.workers[id]; w != nil && w.failed == 0 && w.stage < deleted {
		w.failed, w.code = reason, code
		w.stopAll(now, dying, wholeSeconds(grace))
	}
}

// stopAll stops all containers that run, together.
func (w *worker) stopAll(now models.Time, stage stage, grace int64) {
	w.stage, w.at = stage, models.Never
	w.jobs, w.busy, w.reset = nil, false, false
	for i := range w.containers {
		c := &w.containers[i]
		switch {
		case !c.runs:
			c.clear()
		case c.stop == noStop:
			c.at[hooked], c.at[up] = models.Never, models.Never
			w.hush(i)
			w.beginStop(now, i, grace, true, 0)
		default:
			w.hasten(now, i, grace)
		}
	}
	w.stopNext(now)
}

// hasten lets a container that is stopping already keep to a shorter grace.
func (w *worker) hasten(now models.Time, i int, grace int64) {
	c := &w.containers[i]
	w.hush(i)
	at := now.Add(time.Duration(max(grace, leastGrace)) * time.Second)
	if at >= c.at[stops] {
		return
	}
	c.at[stops] = at
	if c.stop == terminated {
		c.stopCode = sigKill
	} else {
		c.grace = 0
	}
}

// stopNext goes on with what waits for its turn, and ends with the last container.
func (w *worker) stopNext(now models.Time) {
	if w.stage == gone {
		return
	}
	left := false
	for i := range w.containers {
		c := &w.containers[i]
		left = left || c.runs
		if c.runs && c.stop == itsTurn && w.isTurn(i) {
			w.stopOn(now, i)
		}
	}
	if left {
		return
	}
	if w.stage == deleted {
		w.stage, w.over = gone, true
		return
	}
	w.finish()
}

// finish brings a pod into its terminal phase.
func (w *worker) finish() {
	w.stage = gone
	op := models.Op{Kind: models.OpFinishPod, Arg: w.code, Reason: w.failed}
	if w.failed == 0 {
		op.Arg = int64(w.outcome())
		if op.Arg != 0 {
			op.Reason = w.text("Error")
		}
	}
	w.tell(op)
}

// outcome is the exit code of a pod: of the init container that has failed for good,
// or of the first app container that has failed.
func (w *worker) outcome() int32 {
	for i := range w.containers {
		c, kind := &w.containers[i], w.spec.Containers[i].Kind
		if c.exists && c.code != 0 && (kind == models.AppContainer || kind == models.InitContainer && !w.spec.Restarts(i, c.code)) {
			return c.code
		}
	}
	for i := range w.containers {
		if w.containers[i].exists && w.spec.Containers[i].Kind == models.AppContainer {
			return 0
		}
	}
	return sigTerm // none of them has ever run
}
