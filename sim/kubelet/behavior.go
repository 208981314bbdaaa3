package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/usage"
)

// Behavior is how the containers of a pod behave. Nil laws take the defaults.
type Behavior struct {
	// StartUp is the time from the start of the containers to Ready.
	// Default: none.
	StartUp kernel.Distribution
	// RunTime is the time from the start of the containers to their end.
	// Default: for ever under restartPolicy Always, else Config.RunTime.
	RunTime kernel.Distribution
	// ExitCode is what they end with. Default: 0.
	ExitCode kernel.Distribution
	// CrashEvery is the time from the start of the containers to a crash with
	// exit code 1, unless they end before. Default: never.
	CrashEvery kernel.Distribution
	// StopTime is the time from the request to stop to the end, within the
	// grace. Default: Config.StopTime.
	StopTime kernel.Distribution
	// Usage is what the containers use; nil if nobody measures it.
	Usage *usage.Profile `json:",omitempty"`
	// Conditions are those of the status that others set to True.
	Conditions []ConditionBehavior `json:",omitempty"`
	// Containers are how single containers behave, where it differs.
	Containers []ContainerBehavior `json:",omitempty"`
}

// ConditionBehavior is a condition of a pod that others set to True.
type ConditionBehavior struct {
	Type models.Sym
	// After is the time from the start of the containers; nil is none.
	After kernel.Distribution
}

// ContainerBehavior is how one container behaves. Nil laws of app containers take
// those of the pod. Init containers end at once with 0, and sidecars run until they
// are stopped, if nothing is said of them.
type ContainerBehavior struct {
	Name                                             string
	StartUp, RunTime, ExitCode, CrashEvery, StopTime kernel.Distribution
	Probes                                           [models.ProbeKinds]*ProbeBehavior
	PostStart, PreStop                               HookBehavior
}

// ProbeBehavior is what a probe finds. Without it the probe succeeds as soon as the
// container has started up.
type ProbeBehavior struct {
	// HealthyAfter is the time from the start of the container to the first success;
	// nil is the start-up time.
	HealthyAfter kernel.Distribution
	// Success is the probability that a probe of a healthy container succeeds.
	Success float64
	// Fails are when it fails, as times since the start of the container.
	Fails []Window
	// Up and Down, if both are there, are how long it succeeds and fails in turn from
	// then on.
	Up, Down kernel.Distribution
}

// Window is a span of time since the start of a container; To is 0 if it has no end.
type Window struct{ From, To time.Duration }

// HookBehavior is how a hook goes.
type HookBehavior struct {
	Duration kernel.Distribution // nil is at once
	Fails    float64             // the probability that it fails
}

// Config are the latencies and defaults of kubelets.
type Config struct {
	// Bind lies between the scheduler's choice and the kubelet's first step.
	Bind kernel.Distribution
	// Sandbox is the time to set up a pod's sandbox and network.
	Sandbox kernel.Distribution
	// ImagePull is the time to pull an image that the node does not hold.
	ImagePull kernel.Distribution
	// ContainerStart is the time to create and start one container.
	ContainerStart kernel.Distribution
	// RunTime is how long containers run that nothing else is known of and
	// whose restart policy lets them end.
	RunTime kernel.Distribution
	// StopTime is how long containers take to stop.
	StopTime kernel.Distribution
	// MaxBackOff caps the crash-loop back-off.
	// Source: KubeletConfiguration crashLoopBackOff.maxContainerRestartPeriod.
	MaxBackOff time.Duration
	// ImageBytes is the size of images whose size is not known.
	ImageBytes int64
}

// DefaultConfig is a kubelet of ordinary speed: 10 ms to see a binding, 500 ms
// for the sandbox, 4 s for an image that is not there, 300 ms a container, 1 s to
// stop, 1 min of work where a manifest does not tell.
func DefaultConfig() Config {
	c := Instant()
	c.Bind = kernel.Constant(0.010)
	c.Sandbox = kernel.Constant(0.500)
	c.ImagePull = kernel.Constant(4)
	c.ContainerStart = kernel.Constant(0.300)
	c.StopTime = kernel.Constant(1)
	return c
}

// Instant is a kubelet without latencies, for arguing about policy alone.
func Instant() Config {
	none := kernel.Constant(0)
	return Config{
		Bind: none, Sandbox: none, ImagePull: none, ContainerStart: none, StopTime: none,
		RunTime:    kernel.Constant(60),
		MaxBackOff: 300 * time.Second,
	}
}

// resolved is how a container behaves, with what its pod says.
type resolved struct {
	ContainerBehavior
	ownRunTime bool // said of the container itself
}

// resolve returns how the containers of a pod behave, in the order of its
// specification.
func (k *Kubelet) resolve(pod cluster.Pod) []resolved {
	if known := k.resolved[pod.SpecID()]; known != nil {
		return known
	}
	b, d, containers := k.behavior(pod), pod.View().Dictionary(), pod.Spec().Containers
	out := make([]resolved, len(containers))
	for i := range containers {
		r := &out[i]
		for j := range b.Containers {
			if b.Containers[j].Name == d.String(containers[i].Name) {
				r.ContainerBehavior = b.Containers[j]
			}
		}
		r.ownRunTime = r.RunTime != nil
		inherit(&r.StopTime, b.StopTime)
		if containers[i].Kind == models.AppContainer {
			inherit(&r.StartUp, b.StartUp)
			inherit(&r.RunTime, b.RunTime)
			inherit(&r.ExitCode, b.ExitCode)
			inherit(&r.CrashEvery, b.CrashEvery)
		}
	}
	k.resolved[pod.SpecID()] = out
	return out
}

func inherit(law *kernel.Distribution, from kernel.Distribution) {
	if *law == nil {
		*law = from
	}
}
