package kubelet

import (
	"time"

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
