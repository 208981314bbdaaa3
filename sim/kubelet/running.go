package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

// entry is a container's entry in the kubelet's table of crash-loop back-offs. A wait
// of 0 is none.
type entry struct {
	wait    time.Duration
	updated models.Time // the last decision to start
}

// backsOff reports whether a container has to wait until it is started again, and
// lets it wait. The waits are 0, 10, 20, 40, … s up to Config.MaxBackOff.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff),
// k8s.io/client-go/util/flowcontrol/backoff.go.
func (w *worker) backsOff(now models.Time, j job) bool {
	if j.since == models.Never {
		return false
	}
	c, most := &w.containers[j.container], w.kubelet.config.MaxBackOff
	fresh := c.entry.wait == 0 || j.since.Sub(c.entry.updated) > 2*most
	if at := j.since.Add(c.entry.wait); !fresh && now < at {
		if c.at[retries] != at {
			c.at[retries] = at
			w.tell(models.Op{
				Kind: models.OpWaitContainer, Def: int32(j.container), Arg: int64(c.entry.wait), Reason: w.text("CrashLoopBackOff"),
			})
		}
		return true
	}
	if fresh {
		c.entry.wait = min(firstBackOff, most)
	} else {
		c.entry.wait = min(2*c.entry.wait, most)
	}
	c.entry.updated = now
	return false
}

// PullDelay is how long it takes until the image of a container is on the node, if it
// is missing there.
func (k *Kubelet) PullDelay(pod cluster.Pod, n cluster.Node, container int) (delay time.Duration, missing bool) {
	w := k.workers[pod.ID()]
	if w == nil || holds(n, w.spec.Containers[container].Image) {
		return 0, false
	}
	return k.draw(k.config.ImagePull, "kubelet/pull", pod, int(w.containers[container].starts)<<8+container), true
}

// Wants reports whether a worker still waits for the image of a container.
func (k *Kubelet) Wants(id models.PodID, container int, born uint32) bool {
	w := k.workers[id]
	return w != nil && w.born == born && w.stage == living && w.busy && !w.jobs[0].stop && w.jobs[0].container == container &&
		!w.containers[container].runs
}

// Born returns what tells the worker that has a pod from others of it.
func (k *Kubelet) Born(id models.PodID) (born uint32, working bool) {
	if w := k.workers[id]; w != nil {
		return w.born, true
	}
	return 0, false
}

// Lacks gives up the start of a container whose image cannot be had. What an init
// container holds up waits with it.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod).
func (k *Kubelet) Lacks(now models.Time, id models.PodID, container int) {
	w := k.workers[id]
	if !k.Wants(id, container, w.born) {
		return
	}
	w.containers[container].lacks = true
	if w.spec.Containers[container].Kind == models.InitContainer {
		w.jobs = w.jobs[:1]
	}
	w.done(now)
}

// Looks lets a container that lacked its image be started once more.
func (k *Kubelet) Looks(now models.Time, id models.PodID, container int) {
	if w := k.workers[id]; w != nil {
		w.containers[container].lacks = false
		w.sync(now)
	}
}

// ImageThere goes on with the start of a container whose image is on the node.
func (k *Kubelet) ImageThere(now models.Time, id models.PodID, container int, born uint32) {
	w := k.workers[id]
	if !k.Wants(id, container, born) {
		return
	}
	c := &w.containers[container]
	c.at[created] = now.Add(w.draw(container, k.config.ContainerStart, "kubelet/container", int(c.starts)))
}

// run is the start of a container.
func (w *worker) run(now models.Time, i int) {
	c := &w.containers[i]
	c.clear()
	c.runs, c.exists, c.started, c.stop, c.isUp, c.marks, c.shown = true, true, now, noStop, false, 0, 0
	if run, code, ok := w.life(i); ok {
		c.at[ends], c.endCode = now.Add(run), code
	}
	c.startUp = 0
	if law := w.behavior(i).StartUp; law != nil {
		c.startUp = w.draw(i, law, "pod/startup", int(c.starts))
	}
	if c.isUp = c.startUp == 0; !c.isUp && w.spec.Containers[i].Probe(models.ReadinessProbe) == nil {
		c.at[up] = now.Add(c.startUp)
	}
	c.starts++
	w.beginProbes(now, i)
	w.judge(now, i)
	c.shown = c.marks
	w.tell(models.Op{Kind: models.OpStartContainer, Def: int32(i), Arg: int64(c.marks)})
	if life := w.spec.Containers[i].Life; life != nil && life.PostStart != nil {
		took, fails := w.hook(i, life.PostStart, w.behavior(i).PostStart, "pod/poststart")
		c.at[hooked], c.startFails = now.Add(took), fails
		return
	}
	w.done(now)
}

// life returns how long a container runs and what it ends with; not ok if it runs
// until it is stopped.
func (w *worker) life(i int) (run time.Duration, code int32, ok bool) {
	c, b, n := &w.spec.Containers[i], w.behavior(i), int(w.containers[i].starts)
	isApp := c.Kind == models.AppContainer
	switch {
	case isApp && w.given >= 0 && !b.ownRunTime:
		run, ok = w.given, true
	case b.RunTime != nil:
		run, ok = w.draw(i, b.RunTime, "pod/runtime", n), true
	case c.Kind == models.InitContainer:
		ok = true
	case isApp && w.spec.PolicyOf(i) != models.RestartAlways:
		run, ok = w.draw(i, w.kubelet.config.RunTime, "pod/runtime", n), true
	}
	if ok && b.ExitCode != nil {
		code = int32(min(kernel.Count(b.ExitCode, w.stream(i, "pod/exitcode", uint64(n))), 255))
	}
	if b.CrashEvery != nil {
		if crash := w.draw(i, b.CrashEvery, "pod/crash", n); !ok || crash < run {
			return crash, 1, true
		}
	}
	return run, code, ok
}

// stream is the stream of a container for a purpose.
func (w *worker) stream(i int, purpose string, n uint64) kernel.Source {
	k := w.kubelet
	k.name = append(w.pod.AppendName(k.name[:0]), '/')
	k.name = append(k.name, w.name(i)...)
	return k.streams.At(purpose, kernel.Entity(string(k.name)), n)
}

func (w *worker) draw(i int, law kernel.Distribution, purpose string, n int) time.Duration {
	return w.kubelet.stretched(w.pod, kernel.Duration(law, w.stream(i, purpose, uint64(n))))
}

// behavior is how a container behaves.
func (w *worker) behavior(i int) *resolved { return &w.behaviors[i] }

// hook returns how long a hook takes and whether it fails.
func (w *worker) hook(i int, h *models.Hook, b HookBehavior, purpose string) (took time.Duration, fails bool) {
	n := int(w.containers[i].starts)
	switch {
	case h.Handler == models.SleepHandler:
		return h.Sleep, false
	case b.Duration != nil:
		took = w.draw(i, b.Duration, purpose, n)
	}
	return took, b.Fails > 0 && kernel.Chance(w.stream(i, purpose+"-fails", uint64(n)), b.Fails)
}

// hookDone is the end of a postStart hook. A container whose hook fails is stopped.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer).
func (w *worker) hookDone(now models.Time, i int) {
	if w.stage != living {
		return
	}
	if !w.containers[i].startFails {
		w.done(now)
		return
	}
	w.tell(models.Op{
		Kind: models.OpWarnContainer, Def: int32(i), Arg: 1, Reason: w.text("FailedPostStartHook"), Message: w.text("PostStartHook failed"),
	})
	w.beginStop(now, i, wholeSeconds(w.spec.GracePeriod), false, w.text("FailedPostStartHook"))
}

// exit is the end of a container.
func (w *worker) exit(now models.Time, i int, code int32, reason models.Sym) {
	c := &w.containers[i]
	stopped := c.stop != noStop
	c.clear()
	c.prober = [models.ProbeKinds]*prober{}
	c.finished = now
	c.runs, c.code, c.stop, c.marks, c.shown = false, code, noStop, 0, 0
	w.tell(models.Op{Kind: models.OpExitContainer, Def: int32(i), Arg: int64(code), Reason: reason})
	switch {
	case w.stage == dying || w.stage == deleted:
		w.stopNext(now)
	case w.busy && w.jobs[0].container == i:
		if !w.jobs[0].stop && c.startFails && stopped {
			w.tell(models.Op{Kind: models.OpWaitContainer, Def: int32(i), Reason: w.text("PostStartHookError")})
		}
		w.done(now)
	default:
		w.sync(now)
	}
}

// Exit lets a container end from outside, if it runs.
func (k *Kubelet) Exit(now models.Time, id models.PodID, container int, code int32, reason models.Sym) {
	if w := k.workers[id]; w != nil && w.containers[container].runs {
		w.exit(now, container, code, reason)
	}
}

// mark brings what a container has come to up to date.
func (w *worker) mark(now models.Time, i int) {
	c := &w.containers[i]
	if !c.runs {
		return
	}
	w.judge(now, i)
	if c.marks != c.shown {
		c.shown = c.marks
		w.tell(models.Op{Kind: models.OpMarkContainer, Def: int32(i), Arg: int64(c.marks)})
	}
}

// judge finds out what a running container has come to. An init container is ready
// when it has succeeded, which its state tells.
// Source: pkg/kubelet/prober/prober_manager.go (UpdatePodStatus).
func (w *worker) judge(now models.Time, i int) {
	c := &w.containers[i]
	was := c.marks
	c.marks = 0
	if p := c.prober[models.StartupProbe]; p == nil || p.result == success {
		c.marks = models.ContainerStarted
		if p := c.prober[models.ReadinessProbe]; p == nil && c.isUp && w.spec.Containers[i].Kind != models.InitContainer || p != nil && p.result == success {
			c.marks |= models.ContainerReady
		}
	}
	if was&models.ContainerStarted == 0 && c.marks&models.ContainerStarted != 0 {
		w.startedUp(now, i)
	}
}
