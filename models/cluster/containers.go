package cluster

import (
	"time"

	"github.com/podsim/podsim/models"
)

// ContainerState is what a container does.
type ContainerState uint8

// The states of containers.
const (
	ContainerWaiting ContainerState = iota
	ContainerRunning
	ContainerTerminated
)

// String returns the state as Kubernetes writes it.
func (s ContainerState) String() string { return [...]string{"waiting", "running", "terminated"}[s] }

// Container is the status of one container, as its kubelet reports it.
// Source: k8s.io/api/core/v1/types.go (ContainerStatus).
type Container struct {
	State ContainerState
	// Reason and Message tell why it waits; 0 is that of every container at first.
	Reason, Message models.Sym
	// BackOff is how long after its end it is started again, if it waits for that.
	BackOff time.Duration
	Started models.Time // of the present run, if it runs
	// Ended is the end of its last run, which is its state if it is terminated, and its
	// last state otherwise; Before is the one before that.
	Ended, Before Termination
	Restarts      int32
	Marks         models.ContainerMarks
	Stopping      bool // it has been told to stop
	counted       bool // its next start has been counted as a restart already
}

// Termination is the end of a run of a container.
type Termination struct {
	Started, Finished models.Time // Finished is Never if there was none
	ExitCode          int32
	Reason            models.Sym // 0 follows from the exit code
}

// Happened reports whether there was such an end.
func (t *Termination) Happened() bool { return t.Finished != models.Never }

// Ready reports whether the container runs and is ready.
func (s *Container) Ready() bool { return s.Marks&models.ContainerReady != 0 }

// HasStarted reports whether the container runs and has started up.
func (s *Container) HasStarted() bool { return s.Marks&models.ContainerStarted != 0 }

// itemsRow is the state of the containers of one pod.
type itemsRow struct {
	sandbox   models.Time // since when there is one, or Never
	resetting bool
	// initialized stays once an app container has run. Source:
	// pkg/kubelet/status/generate.go (GeneratePodInitializedCondition).
	initialized bool
	list        []Container
}

func newItems(n int) *itemsRow {
	items := &itemsRow{sandbox: models.Never, list: make([]Container, n)}
	for i := range items.list {
		items.list[i].Ended.Finished, items.list[i].Before.Finished = models.Never, models.Never
		items.list[i].Ended.Started, items.list[i].Before.Started = models.Never, models.Never
		items.list[i].Started = models.Never
	}
	return items
}

// Sandbox returns since when a pod whose containers are told apart has its sandbox,
// or Never.
func (p Pod) Sandbox() models.Time {
	if items := p.c.items[p.id]; items != nil {
		return items.sandbox
	}
	return models.Never
}

// Itemised reports whether the containers of the pod are told apart.
func (p Pod) Itemised() bool { return p.Spec().Itemised() }

// Containers returns the containers of a pod whose containers are told apart, in the
// order of its specification; nil before its sandbox is there.
func (p Pod) Containers() []Container {
	if items := p.c.items[p.id]; items != nil {
		return items.list
	}
	return nil
}

// Initialized reports whether the init containers of such a pod are done and its
// sidecars have started, or an app container has ever run.
func (p Pod) Initialized() bool {
	items := p.c.items[p.id]
	if items == nil {
		return !p.Spec().HasInit()
	}
	if items.initialized {
		return true
	}
	for i := range p.Spec().Containers {
		if c := &p.Spec().Containers[i]; c.Kind != models.AppContainer && !initDone(c, &items.list[i]) {
			return false
		}
	}
	return true
}

// initDone reports whether an init container does not hold up what follows it.
func initDone(c *models.Container, s *Container) bool {
	if c.Kind == models.Sidecar {
		return s.HasStarted()
	}
	return s.State == ContainerTerminated && s.Ended.ExitCode == 0
}

// Resetting reports whether all containers are being taken away to start over: the
// condition AllContainersRestarting.
func (p Pod) Resetting() bool {
	items := p.c.items[p.id]
	return items != nil && items.resetting
}

// ContainersReady reports whether all app containers and sidecars are ready.
// Source: pkg/kubelet/status/generate.go (GenerateContainersReadyCondition).
func (p Pod) ContainersReady() bool {
	items := p.c.items[p.id]
	if items == nil {
		return false
	}
	for i := range items.list {
		if p.Spec().Containers[i].Kind != models.InitContainer && !items.list[i].Ready() {
			return false
		}
	}
	return true
}

// ContainersPhase returns the phase that follows from what the containers do; a pod that
// none of whose containers will run any more has ended.
// Source: pkg/kubelet/kubelet_pods.go (getPhase).
func (p Pod) ContainersPhase() models.Phase {
	items := p.c.items[p.id]
	if items == nil {
		return models.Pending
	}
	return phaseOf(p.Spec(), items)
}

// tally counts containers by what they mean for the phase of their pod.
type tally struct {
	pendingInit, pendingSidecars   int
	failedForGood                  bool
	running, waiting, stopped      int
	stoppedForGood, ended, started int
}

func phaseOf(spec *models.PodSpec, items *itemsRow) models.Phase {
	var n tally
	for i := range spec.Containers {
		s := &items.list[i]
		// What waits after an end counts by that end.
		hasEnded := s.State != ContainerRunning && s.Ended.Happened()
		restarts := hasEnded && (s.counted || spec.Restarts(i, s.Ended.ExitCode))
		switch spec.Containers[i].Kind {
		case models.InitContainer:
			n.init(s, hasEnded, restarts)
		case models.Sidecar:
			n.sidecar(s, hasEnded)
		default:
			n.app(s, hasEnded, restarts)
		}
	}
	switch {
	case n.failedForGood:
		return models.Failed
	case n.pendingInit > 0, n.pendingSidecars > 0 && n.started == 0, n.waiting > 0:
		return models.Pending
	case n.running > 0, n.stopped != n.stoppedForGood:
		return models.Running
	case n.stopped == n.ended:
		return models.Succeeded
	}
	return models.Failed
}

func (n *tally) init(s *Container, hasEnded, restarts bool) {
	switch {
	case !hasEnded:
		n.pendingInit++
	case s.Ended.ExitCode != 0 && !restarts:
		n.failedForGood = true
	}
}

func (n *tally) sidecar(s *Container, hasEnded bool) {
	switch {
	case s.State == ContainerRunning:
		n.running++
		if !s.HasStarted() {
			n.pendingSidecars++
		}
	case !hasEnded:
		n.pendingSidecars++
		n.waiting++
	}
}

func (n *tally) app(s *Container, hasEnded, restarts bool) {
	if s.State == ContainerRunning || hasEnded {
		n.started++
	}
	switch {
	case s.State == ContainerRunning:
		n.running++
	case !hasEnded:
		n.waiting++
	default:
		n.stopped++
		if !restarts {
			n.stoppedForGood++
		}
		if s.Ended.ExitCode == 0 {
			n.ended++
		}
	}
}
