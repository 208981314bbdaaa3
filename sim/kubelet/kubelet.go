package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/usage"
)

// Kubelet answers for the kubelets of all nodes.
type Kubelet struct {
	config    Config
	streams   *kernel.Streams
	behaviors []*Behavior // by PodSpec.Behavior
	backOffs  map[models.PodID]backOff
	name      []byte
	drawn     models.PodID // the pod of which something was drawn last
	entity    uint64       // its entity
	// Of pods whose containers are told apart.
	workers    map[models.PodID]*worker
	resolved   map[models.SpecID][]resolved
	booted     map[models.NodeID]models.Time // when kubelets started during the run
	generation uint32
	slow       map[models.NodeID]float64 // by how many times, on nodes that are
	late       time.Duration             // of news from the API server
}

// New returns kubelets with these latencies. behaviors are numbered as
// PodSpec.Behavior numbers them, the default one first.
func New(c Config, streams *kernel.Streams) *Kubelet {
	return &Kubelet{
		config: c, streams: streams, behaviors: []*Behavior{{}}, backOffs: make(map[models.PodID]backOff),
		workers: make(map[models.PodID]*worker), resolved: make(map[models.SpecID][]resolved), booted: make(map[models.NodeID]models.Time),
		slow: make(map[models.NodeID]float64), drawn: models.None,
	}
}

// Define makes a behaviour known and returns its number.
func (k *Kubelet) Define(b *Behavior) int32 {
	for i, known := range k.behaviors {
		if known == b {
			return int32(i)
		}
	}
	k.behaviors = append(k.behaviors, b)
	return int32(len(k.behaviors) - 1)
}

// Forget drops what is kept of a pod that is gone.
func (k *Kubelet) Forget(pod models.PodID) {
	delete(k.backOffs, pod)
	delete(k.workers, pod)
}

// Booted notes that the kubelet of a node has started.
func (k *Kubelet) Booted(now models.Time, node models.NodeID) { k.booted[node] = now }

// StartedAt returns when the kubelet of a node started.
func (k *Kubelet) StartedAt(n cluster.Node) models.Time {
	if booted, ok := k.booted[n.ID()]; ok {
		return booted
	}
	return n.Joined()
}

func (k *Kubelet) behavior(pod cluster.Pod) *Behavior { return k.behaviors[pod.Spec().Behavior] }

// Usage returns what a pod uses, nil if nobody measures it.
func (k *Kubelet) Usage(pod cluster.Pod) *usage.Profile { return k.behavior(pod).Usage }

// Conditions are the conditions of a pod that others set to True.
func (k *Kubelet) Conditions(pod cluster.Pod) []ConditionBehavior { return k.behavior(pod).Conditions }

// ConditionDelay is the time from the start of the containers until one of them is set.
func (k *Kubelet) ConditionDelay(pod cluster.Pod, condition int) time.Duration {
	if law := k.behavior(pod).Conditions[condition].After; law != nil {
		return k.draw(law, "pod/condition", pod, condition)
	}
	return 0
}

// draw takes a duration for a pod. The key is the pod's name, which is the same
// under every policy, and n tells the pod's draws of one purpose apart.
func (k *Kubelet) draw(d kernel.Distribution, purpose string, pod cluster.Pod, n int) time.Duration {
	took, fixed := kernel.Fixed(d)
	if !fixed {
		took = kernel.Duration(d, k.stream(purpose, pod, n))
	}
	return k.stretched(pod, took)
}

// stream returns the stream of a pod's n-th draw of a purpose.
func (k *Kubelet) stream(purpose string, pod cluster.Pod, n int) kernel.Source {
	if pod.ID() != k.drawn {
		k.name = pod.AppendName(k.name[:0])
		k.drawn, k.entity = pod.ID(), kernel.Entity(string(k.name))
	}
	return k.streams.At(purpose, k.entity, uint64(n))
}

// StartDelay is the time from binding, or from the return of the node, to running
// containers.
func (k *Kubelet) StartDelay(pod cluster.Pod, n cluster.Node) time.Duration {
	return k.SandboxDelay(pod) + k.PullsDelay(pod, n) + k.containersDelay(pod, int(pod.Starts()))
}

// PullsDelay is the time to pull the images that the node lacks, one after the other.
func (k *Kubelet) PullsDelay(pod cluster.Pod, n cluster.Node) time.Duration {
	var delay time.Duration
	for i := range k.Missing(pod, n) {
		delay += k.draw(k.config.ImagePull, "kubelet/pull", pod, int(pod.Starts())<<8+i)
	}
	return delay
}

// SandboxDelay is the time from binding, or from the return of the node, to a sandbox.
func (k *Kubelet) SandboxDelay(pod cluster.Pod) time.Duration {
	starts := int(pod.Starts())
	return k.late + k.draw(k.config.Bind, "kubelet/bind", pod, starts) + k.draw(k.config.Sandbox, "kubelet/sandbox", pod, starts)
}

// RestartDelay is the time to start the containers of a pod again in its sandbox.
func (k *Kubelet) RestartDelay(pod cluster.Pod) time.Duration {
	return k.containersDelay(pod, int(pod.Starts()))
}

func (k *Kubelet) containersDelay(pod cluster.Pod, starts int) time.Duration {
	var delay time.Duration
	for i := range pod.Spec().Containers {
		delay += k.draw(k.config.ContainerStart, "kubelet/container", pod, starts<<8+i)
	}
	return delay
}

// EphemeralDelay is the time until an ephemeral container of a pod runs, its image being
// pulled before if the node lacks it.
func (k *Kubelet) EphemeralDelay(pod cluster.Pod, n cluster.Node, container int) time.Duration {
	delay := k.draw(k.config.ContainerStart, "kubelet/ephemeral", pod, container)
	if k.Lacking(n, pod.Ephemerals()[container].Image) {
		delay += k.draw(k.config.ImagePull, "kubelet/pull-ephemeral", pod, container)
	}
	return delay
}

// EphemeralStopDelay is the time that an ephemeral container of a pod takes to stop, within
// the grace.
func (k *Kubelet) EphemeralStopDelay(pod cluster.Pod, grace time.Duration, container int) time.Duration {
	return min(grace, k.draw(k.config.StopTime, "kubelet/stop-ephemeral", pod, container))
}

// Lacking reports whether a node does not hold an image.
func (k *Kubelet) Lacking(n cluster.Node, image models.Sym) bool { return !holds(n, image) }

// Missing yields the images of a pod that its node does not hold, each once.
func (k *Kubelet) Missing(pod cluster.Pod, n cluster.Node) []models.Sym {
	var missing []models.Sym
	containers := pod.Spec().Containers
	for i := range containers {
		if image := containers[i].Image; !containers[i].NeverPull && !holds(n, image) && !pulledBefore(containers[:i], image) {
			missing = append(missing, image)
		}
	}
	return missing
}

// ImageBytes is the size that a pulled image is taken to have.
func (k *Kubelet) ImageBytes() int64 { return k.config.ImageBytes }

func holds(n cluster.Node, image models.Sym) bool {
	for _, held := range n.Images() {
		if held.Name == image {
			return true
		}
	}
	return false
}

func pulledBefore(containers []models.Container, image models.Sym) bool {
	for i := range containers {
		if containers[i].Image == image {
			return true
		}
	}
	return false
}

// ReadyDelay is the time from the start of the containers to Ready.
func (k *Kubelet) ReadyDelay(pod cluster.Pod) time.Duration {
	if law := k.behavior(pod).StartUp; law != nil {
		return k.draw(law, "pod/startup", pod, int(pod.Restarts()))
	}
	return 0
}

// End returns how long the containers run, and what they end with. ok is false if
// they run until they are stopped. A given run time of zero or more overrides the
// behaviour's.
func (k *Kubelet) End(pod cluster.Pod, given time.Duration) (run time.Duration, exitCode int64, ok bool) {
	b, n := k.behavior(pod), int(pod.Restarts())
	switch {
	case given >= 0:
		run, ok = k.stretched(pod, given), true
	case b.RunTime != nil:
		run, ok = k.draw(b.RunTime, "pod/runtime", pod, n), true
	case pod.Spec().RestartPolicy != models.RestartAlways:
		run, ok = k.draw(k.config.RunTime, "pod/runtime", pod, n), true
	}
	if ok && b.ExitCode != nil {
		exitCode = kernel.Count(b.ExitCode, k.stream("pod/exitcode", pod, n))
	}
	if b.CrashEvery != nil {
		if crash := k.draw(b.CrashEvery, "pod/crash", pod, n); !ok || crash < run {
			return crash, 1, true
		}
	}
	return run, exitCode, ok
}

// StopDelay is the time from the request to stop to the end of the containers,
// within the grace.
func (k *Kubelet) StopDelay(pod cluster.Pod, grace time.Duration) time.Duration {
	law := k.behavior(pod).StopTime
	if law == nil {
		law = k.config.StopTime
	}
	return min(grace, k.draw(law, "pod/stop", pod, 0))
}
