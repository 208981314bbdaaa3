package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// beginContainers lets the kubelet of a node take on a pod whose containers are told
// apart.
func (s *Simulation) beginContainers(pod cluster.Pod) {
	if s.mayLackSandbox(pod) {
		s.forgetSandbox(pod)
	}
	s.kubelet.Begin(s.nodeNow(), pod, s.givenRunTime(pod.ID()))
	s.work(pod.ID())
}

// containersDue lets happen to the containers of a pod what is due. The kubelet of a
// node that is down forgets what it was about to do.
func (s *Simulation) containersDue(id models.PodID, gen uint32) {
	if !s.kubelet.Due(id, gen) {
		return
	}
	if s.view.Node(s.view.Pod(id).Node()).Down() {
		s.kubelet.Forget(id)
		return
	}
	if pod := s.view.Pod(id); s.mayLackSandbox(pod) && s.kubelet.MakesSandbox(s.nodeNow(), id) && !s.sandboxMade(pod) {
		s.kubelet.LacksSandbox(id)
		return
	}
	s.kubelet.Advance(s.nodeNow(), id)
	s.work(id)
}

// work carries out what a kubelet has decided about a pod, and puts on the agenda
// when it will look at the pod again.
func (s *Simulation) work(id models.PodID) {
	work := s.kubelet.Take(id)
	for _, op := range work.Ops {
		s.doContainer(op)
	}
	s.reportContainers(id)
	for _, container := range work.Starts {
		s.containerStarts(id, container, work.Born)
	}
	if work.Over && !s.lingersOn(s.view.Pod(id), work.Code) {
		s.lastEphemerals(s.view.Pod(id), s.nodeNow() >= s.view.Pod(id).Deadline())
		s.remove(id, work.Code)
	}
	if at, gen, ok := s.kubelet.Plan(id); ok {
		s.planOnNode(at, evWork, gen, int32(id), 0)
	}
}

// Why a pod is not Ready: some of its containers are not, or readiness gates.
// Source: pkg/kubelet/status/generate.go (ContainersNotReady, ReadinessGatesNotReady).
const (
	reasonUnready = "ContainersNotReady"
	reasonGates   = "ReadinessGatesNotReady"
)

// reportContainers brings phase and readiness of a pod in line with its containers.
// Source: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus).
func (s *Simulation) reportContainers(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Removed() || pod.Phase().Terminal() || !s.view.Node(pod.Node()).Heard() {
		return
	}
	if pod.Phase() == models.Pending && !pod.Deleting() && pod.ContainersPhase() == models.Running {
		s.do(models.Op{Kind: models.OpStartPod, Pod: id})
	}
	if s.recounts != nil {
		s.recounts.pods[id] = true
		return
	}
	reason := reasonUnready
	ready := pod.ContainersReady()
	if ready && len(pod.Spec().ReadinessGates) > 0 && !pod.GatesOpen() {
		ready, reason = false, reasonGates
	}
	switch {
	case ready == pod.Ready():
	case !ready:
		s.do(models.Op{Kind: models.OpUnreadyPod, Pod: id, Reason: s.view.Dictionary().Sym(reason)})
	case pod.Up():
		s.do(models.Op{Kind: models.OpReadyPod, Pod: id})
	}
}

// containerStarts is where the start of a container begins: with its image.
func (s *Simulation) containerStarts(id models.PodID, container int, born uint32) {
	pod := s.view.Pod(id)
	if s.pulls || pod.Spec().Containers[container].NeverPull {
		if s.imageReady(pod, int32(container)) {
			s.imageThere(id, container, born)
		}
		return
	}
	delay, missing := s.kubelet.PullDelay(pod, s.view.Node(pod.Node()), container)
	if !missing {
		s.imageThere(id, container, born)
		return
	}
	s.do(models.Op{
		Kind: models.OpRequestImage, Pod: id, Name: pod.Spec().Containers[container].Image, Ordinal: models.Exact, Def: int32(container),
	})
	s.planOnNode(s.nodeNow().Add(delay), evPulled, born, int32(id), int32(container))
}

// containerLacks gives up the start of a container for want of its image, for now.
func (s *Simulation) containerLacks(id models.PodID, container int32) {
	s.kubelet.Lacks(s.nodeNow(), id, int(container))
	s.work(id)
}

// containerLooks is a kubelet that looks again for the image of a container.
func (s *Simulation) containerLooks(id models.PodID, container int32) {
	s.kubelet.Looks(s.nodeNow(), id, int(container))
	s.work(id)
}

// imagePulled is the end of a pull that takes the time of a latency, whatever the
// image is.
func (s *Simulation) imagePulled(id models.PodID, container int, born uint32) {
	pod := s.view.Pod(id)
	if !s.kubelet.Wants(id, container, born) || s.view.Node(pod.Node()).Down() {
		return
	}
	node, image := s.view.Node(pod.Node()), pod.Spec().Containers[container].Image
	received := models.Op{Kind: models.OpReceiveImage, Pod: id, Name: image, Ordinal: models.Exact, Def: int32(container)}
	received.Arg = models.None // others may have brought it meanwhile
	if took, missing := s.kubelet.PullDelay(pod, node, container); missing {
		received.Arg = int64(took)
		s.do(models.Op{Kind: models.OpPullImage, Node: node.ID(), Name: image, Arg: s.kubelet.ImageBytes()})
	}
	s.do(received)
	s.imageThere(id, container, born)
}

// imageThere goes on with the start of a container.
func (s *Simulation) imageThere(id models.PodID, container int, born uint32) {
	s.kubelet.ImageThere(s.nodeNow(), id, container, born)
	s.work(id)
}

// containerStarted is the start of a container. A Job counts restarts in place
// towards its back-off limit.
func (s *Simulation) containerStarted(id models.PodID) {
	pod := s.view.Pod(id)
	if owner := pod.Owner(); pod.Restarts() > 0 && owner != models.None && s.view.Owner(owner).Kind() == models.Job {
		s.podLeft(owner)
	}
}

// stopContainers stops the containers of a pod that is being deleted.
func (s *Simulation) stopContainers(pod cluster.Pod, grace time.Duration) {
	s.stopEphemerals(pod, grace)
	if !s.kubelet.Working(pod.ID()) {
		if !s.lingersOn(pod, sigTerm) {
			s.remove(pod.ID(), sigTerm)
		}
		return
	}
	s.kubelet.Stop(s.nodeNow(), pod.ID(), grace)
	s.work(pod.ID())
}

// failContainers stops the containers of a pod that has to fail as a whole.
func (s *Simulation) failContainers(id models.PodID, grace time.Duration, reason models.Sym) {
	s.kubelet.Fail(s.nodeNow(), id, grace, sigTerm, reason)
	s.work(id)
}

// restartContainers starts a pod on a node that has booted from its first init
// container on, in a sandbox of its own, if its policy allows.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions).
func (s *Simulation) restartContainers(pod cluster.Pod) {
	id := pod.ID()
	switch {
	case pod.Containers() == nil:
		s.receive(pod)
		return
	case pod.Spec().RestartPolicy == models.RestartNever:
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: sigKill, Reason: s.reasons.rebooted})
		return
	case !s.admit(pod):
		return
	default:
		s.do(models.Op{Kind: models.OpExitPod, Pod: id, Arg: sigKill, Reason: s.reasons.rebooted})
	}
	s.beginContainers(s.view.Pod(id))
}
