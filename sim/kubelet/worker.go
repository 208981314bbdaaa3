package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// worker lets the containers of one pod live on its node, as a pod worker of a
// kubelet does: whenever something has happened to one of them, it looks at all and
// stops and starts what it must, one after the other.
// Source: pkg/kubelet/pod_workers.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go
// (SyncPod).
type worker struct {
	kubelet *Kubelet
	pod     cluster.Pod
	spec    *models.PodSpec
	stage   stage
	began   models.Time // when the kubelet took the pod on
	at      models.Time // the sandbox will be there
	// planned is the event of this worker on the agenda, gen its generation.
	planned models.Time
	gen     uint32
	born    uint32        // tells workers of one pod apart
	given   time.Duration // run time that the pod brings, or negative

	// jobs are what the sync under way has still to do; the first is being done if
	// busy.
	jobs   []job
	busy   bool
	failed models.Sym // why a pod that is being stopped has failed, if it was not deleted
	code   int64      // with what
	ops    []models.Op
	wants  []int // containers whose start begins
	// containers are those of the specification, in its order.
	containers []instance
	behaviors  []resolved
	reset      bool // all containers are being taken away
	over       bool // of a pod that is being deleted nothing is left
}

// stage is how far a pod is on its node.
type stage uint8

const (
	settingUp stage = iota // no sandbox yet
	living
	dying   // nothing is left to run: the rest is stopped
	deleted // the pod is being deleted, or has failed as a whole
	gone
)

// job is one step of a sync: a container is stopped, or started.
type job struct {
	container int
	stop      bool
	message   models.Sym // why it is stopped
	probe     models.ProbeKind
	// since is the end that the back-off of a start counts from, if known.
	since models.Time
}

// timer tells what a container waits for.
type timer uint8

// The timers of a container, in the order in which they run out at one instant.
const (
	ends       timer = iota // by itself
	stops                   // a step of its stop is over
	hooked                  // its postStart hook is done
	created                 // it has been created and starts
	up                      // it has started up
	probes                  // and the two after it: a probe tells something
	retries    = probes + timer(models.ProbeKinds)
	timerCount = retries + 1
)

// instance is a container and its present run.
type instance struct {
	at      [timerCount]models.Time // Never if it does not wait for it
	runs    bool
	exists  bool  // it was created in this sandbox
	lacks   bool  // its image
	starts  int32 // how often it was started
	started models.Time
	startUp time.Duration
	// finished is the end of its last run, as far as the kubelet remembers it.
	finished              models.Time
	code                  int32 // of its last end
	endCode               int32 // with which it will end by itself
	entry                 entry
	marks, shown          models.ContainerMarks
	isUp                  bool // its start-up time is over
	startFails, stopFails bool // its hooks
	stop                  stopStep
	grace                 int64       // seconds that its stop may still take
	since                 models.Time // the present step of its stop
	stopCode              int32
	prober                [models.ProbeKinds]*prober
}

// Work is what a worker wants after an event.
type Work struct {
	Ops []models.Op
	// Starts are containers whose start begins: with their image.
	Starts []int
	// Born tells the workers of one pod apart, for ImageThere.
	Born uint32
	// Over tells that all containers of a pod that is being deleted have ended, with
	// Code.
	Over bool
	Code int64
}

// Begin takes a pod on whose containers are told apart. A given run time of zero or
// more is that of its app containers.
func (k *Kubelet) Begin(now models.Time, pod cluster.Pod, given time.Duration) {
	starts := int(pod.Starts())
	w := k.newWorker(now, pod, given)
	w.at = now.Add(k.late + k.draw(k.config.Bind, "kubelet/bind", pod, starts) + k.draw(k.config.Sandbox, "kubelet/sandbox", pod, starts))
}

func (k *Kubelet) newWorker(now models.Time, pod cluster.Pod, given time.Duration) *worker {
	spec := pod.Spec()
	k.generation++
	w := &worker{
		kubelet: k, pod: pod, spec: spec, began: now, at: models.Never, planned: models.Never, born: k.generation, given: given,
		containers: make([]instance, len(spec.Containers)), behaviors: k.resolve(pod),
	}
	past := pod.Containers()
	for i := range w.containers {
		c := &w.containers[i]
		c.finished, c.started = models.Never, models.Never
		c.clear()
		if past != nil {
			c.starts = past[i].Restarts + 1
			if end := &past[i].Ended; end.Happened() {
				c.finished, c.code = end.Finished, end.ExitCode
				c.exists = spec.Containers[i].Kind == models.AppContainer
			}
		}
	}
	k.workers[pod.ID()] = w
	return w
}

// clear stops all timers.
func (c *instance) clear() {
	for t := range c.at {
		c.at[t] = models.Never
	}
}

// Plan returns when the worker of a pod has something to do, with the generation of
// the event, if that is not on the agenda yet.
func (k *Kubelet) Plan(id models.PodID) (at models.Time, gen uint32, ok bool) {
	w := k.workers[id]
	if w == nil {
		return 0, 0, false
	}
	next := w.next()
	if next == w.planned || next == models.Never {
		return 0, 0, false
	}
	k.generation++
	w.planned, w.gen = next, k.generation
	return next, w.gen, true
}

// Due reports whether an event of this generation still means the worker of a pod.
func (k *Kubelet) Due(id models.PodID, gen uint32) bool {
	w := k.workers[id]
	if w == nil || w.gen != gen {
		return false
	}
	w.planned = models.Never
	return true
}

func (w *worker) next() models.Time {
	next := w.at
	for i := range w.containers {
		for _, at := range w.containers[i].at {
			next = min(next, at)
		}
	}
	return next
}

// atOnce bounds how much happens to a pod within one event, so that a pod that goes
// round in circles is seen by the agenda.
const atOnce = 64

// Advance lets happen to a pod what is due.
func (k *Kubelet) Advance(now models.Time, id models.PodID) {
	w := k.workers[id]
	if w == nil {
		return
	}
	if w.at <= now {
		w.at = models.Never
		w.sandboxed(now)
	}
	for range atOnce {
		i, t, ok := w.due(now)
		if !ok {
			return
		}
		w.containers[i].at[t] = models.Never
		w.ring(now, i, t)
	}
}

// due finds the timer that has run out: first by what it is, then by container.
func (w *worker) due(now models.Time) (int, timer, bool) {
	for t := range timerCount {
		for i := range w.containers {
			if w.containers[i].at[t] <= now {
				return i, t, true
			}
		}
	}
	return 0, 0, false
}

func (w *worker) ring(now models.Time, i int, t timer) {
	c := &w.containers[i]
	switch t {
	case ends:
		w.exit(now, i, c.endCode, 0)
	case stops:
		w.stopOn(now, i)
	case hooked:
		w.hookDone(now, i)
	case created:
		w.run(now, i)
	case up:
		c.isUp = true
		w.mark(now, i)
	case retries:
		w.sync(now)
	default:
		w.probed(now, i, models.ProbeKind(t-probes))
	}
}

// Take returns what the worker of a pod wants, and forgets it.
func (k *Kubelet) Take(id models.PodID) Work {
	w := k.workers[id]
	if w == nil {
		return Work{}
	}
	work := Work{Ops: w.ops, Starts: w.wants, Born: w.born, Over: w.over, Code: int64(w.outcome())}
	w.ops, w.wants = nil, nil
	return work
}

// Working reports whether a worker has the pod.
func (k *Kubelet) Working(id models.PodID) bool { return k.workers[id] != nil }

func (w *worker) tell(op models.Op) {
	op.Pod = w.pod.ID()
	w.ops = append(w.ops, op)
}

func (w *worker) sandboxed(now models.Time) {
	w.stage = living
	w.tell(models.Op{Kind: models.OpStartSandbox})
	w.sync(now)
}

// MakesSandbox reports whether the sandbox of a pod would be there now.
func (k *Kubelet) MakesSandbox(now models.Time, id models.PodID) bool {
	w := k.workers[id]
	return w != nil && w.at <= now
}

// LacksSandbox lets the worker of a pod wait until SandboxThere.
func (k *Kubelet) LacksSandbox(id models.PodID) { k.workers[id].at = models.Never }

// SandboxThere goes on with a pod whose sandbox could be made at last.
func (k *Kubelet) SandboxThere(now models.Time, id models.PodID) {
	if w := k.workers[id]; w != nil && w.stage == settingUp {
		w.at = models.Never
		w.sandboxed(now)
	}
}

func (w *worker) text(text string) models.Sym { return w.pod.View().Dictionary().Sym(text) }

func (w *worker) name(i int) string {
	return w.pod.View().Dictionary().String(w.spec.Containers[i].Name)
}
