package sim

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// DebugOptions are those of a step that debugs a pod.
type DebugOptions struct {
	Image  models.Sym
	Name   models.Sym // of the container; 0 is debugger-xxxxx
	Target models.Sym // the container that it looks at, or 0
	// For is how long it runs; 0 is as long as its pod.
	For time.Duration
}

// debugPod does a step that adds an ephemeral container to a pod, as kubectl debug does.
// Source: k8s.io/kubectl/pkg/cmd/debug/debug.go (debugByEphemeralContainer).
func (s *Simulation) debugPod(step *Step, pod cluster.Pod) (string, error) {
	d, op := s.view.Dictionary(), models.Op{
		Kind: models.OpDebugPod, Pod: pod.ID(), Name: step.Debug.Name, Ordinal: models.Exact, Message: step.Debug.Image, Reason: step.Debug.Target,
	}
	if op.Name == 0 {
		op.Name, op.Ordinal = d.Sym("debugger"), int32(len(pod.Ephemerals()))
	}
	name := string(models.AppendName(nil, d.String(op.Name), op.Ordinal))
	switch invalid := fmt.Sprintf("The Pod %q is invalid: ", pod.Name()); {
	case pod.Spec().Static:
		return "", fmt.Errorf("%sspec: Forbidden: static pods do not support ephemeral containers", invalid)
	case s.hasContainer(pod, name):
		return "", fmt.Errorf("%sspec.ephemeralContainers[%d].name: Duplicate value: %q", invalid, len(pod.Ephemerals()), name)
	case op.Reason != 0 && !s.hasContainer(pod, d.String(op.Reason)):
		return "", fmt.Errorf("%sspec.ephemeralContainers[%d].targetContainerName: Not found: %q", invalid, len(pod.Ephemerals()), d.String(op.Reason))
	case pod.Phase().Terminal():
		return "", fmt.Errorf("error: unable to debug pod %q: it has ended, and its kubelet starts nothing more", pod.Name())
	}
	s.debugged++
	s.do(op)
	if s.sessions == nil {
		s.sessions = make(map[models.PodID][]time.Duration)
	}
	s.sessions[pod.ID()] = append(s.sessions[pod.ID()], step.Debug.For)
	s.startEphemerals(pod.ID())
	if step.Debug.Name == 0 {
		return fmt.Sprintf("Defaulting debug container name to %s.", name), nil
	}
	return s.says(step, step.Done), nil
}

// hasContainer reports whether a pod has a container of any kind by this name.
func (s *Simulation) hasContainer(pod cluster.Pod, name string) bool {
	d := s.view.Dictionary()
	for i := range pod.Spec().Containers {
		if d.String(pod.Spec().Containers[i].Name) == name {
			return true
		}
	}
	ephemerals := pod.Ephemerals()
	for i := range ephemerals {
		if string(ephemerals[i].AppendName(nil, d)) == name {
			return true
		}
	}
	return false
}

// startEphemerals lets the kubelet start the ephemeral containers of a pod that wait for
// it, once there is a sandbox. They may run before the pod is initialised.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions).
func (s *Simulation) startEphemerals(id models.PodID) {
	pod := s.view.Pod(id)
	if !s.runsEphemerals(pod) {
		return
	}
	for i, e := range pod.Ephemerals() {
		if e.State != cluster.ContainerWaiting {
			continue
		}
		delay := s.kubelet.EphemeralDelay(pod, s.view.Node(pod.Node()), i)
		s.agenda.After(delay, evDebug, 0, int32(id), int32(i))
	}
}

// runsEphemerals reports whether a kubelet that is heard has a sandbox of a pod in which
// containers can be started.
func (s *Simulation) runsEphemerals(pod cluster.Pod) bool {
	return !pod.Removed() && pod.Node() != models.None && !pod.Deleting() && !pod.Phase().Terminal() &&
		(pod.Up() || pod.Sandbox() != models.Never) && s.view.Node(pod.Node()).Heard()
}

// startEphemeral is the start of an ephemeral container, whose image is there now.
func (s *Simulation) startEphemeral(id models.PodID, container int32) {
	pod := s.view.Pod(id)
	if !s.runsEphemerals(pod) || pod.Ephemerals()[container].State != cluster.ContainerWaiting {
		return
	}
	image, node := pod.Ephemerals()[container].Image, s.view.Node(pod.Node())
	pulled := int64(0)
	if s.kubelet.Lacking(node, image) {
		s.do(models.Op{Kind: models.OpPullImage, Node: node.ID(), Name: image, Ordinal: models.Exact, Arg: s.kubelet.ImageBytes()})
		pulled = 1
	}
	s.do(models.Op{Kind: models.OpStartEphemeral, Pod: id, Def: container, Arg: pulled})
	if lasts := s.sessions[id][container]; lasts > 0 {
		s.agenda.After(lasts, evDebugged, 0, int32(id), container)
	}
}

// endEphemeral is the end of a session, or of its stop with its pod: its container ends with
// a code, and stays so.
func (s *Simulation) endEphemeral(id models.PodID, container int32, code int64) {
	pod := s.view.Pod(id)
	if list := pod.Ephemerals(); int(container) < len(list) && list[container].State == cluster.ContainerRunning && s.view.Node(pod.Node()).Heard() {
		s.do(models.Op{Kind: models.OpEndEphemeral, Pod: id, Def: container, Arg: code})
	}
}

// stopEphemerals lets the kubelet stop the ephemeral containers of a pod with the others,
// and returns when the last of them has ended, at most after the grace.
// Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainersWithSyncResult).
func (s *Simulation) stopEphemerals(pod cluster.Pod, grace time.Duration) (longest time.Duration) {
	if s.debugged == 0 {
		return 0
	}
	for i, e := range pod.Ephemerals() {
		if e.State != cluster.ContainerRunning {
			continue
		}
		delay, code := s.kubelet.EphemeralStopDelay(pod, grace, i), sigTerm
		if delay >= grace {
			code = sigKill
		}
		s.agenda.After(delay, evDebugged, uint32(code), int32(pod.ID()), int32(i))
		longest = max(longest, delay)
	}
	if longest > 0 {
		if s.lingers == nil {
			s.lingers = make(map[models.PodID]models.Time)
		}
		s.lingers[pod.ID()] = s.agenda.Now().Add(longest)
	}
	return longest
}

// lingersOn reports whether an ephemeral container of a pod runs on although all others
// have ended, and ends the pod with it.
func (s *Simulation) lingersOn(pod cluster.Pod, code int64) bool {
	until, lingers := s.lingers[pod.ID()]
	if lingers = lingers && until > s.agenda.Now(); lingers {
		s.agenda.Schedule(until, evStopped, pod.Epoch(), int32(pod.ID()), int32(code))
	}
	return lingers
}

// lastEphemerals ends the ephemeral containers that end with their pod.
func (s *Simulation) lastEphemerals(pod cluster.Pod, killed bool) {
	code := int64(sigTerm)
	if killed {
		code = sigKill
	}
	for i, e := range pod.Ephemerals() {
		if e.State == cluster.ContainerRunning {
			s.do(models.Op{Kind: models.OpEndEphemeral, Pod: pod.ID(), Def: int32(i), Arg: code})
		}
	}
}

// loseEphemerals ends the ephemeral containers of a pod whose node has booted.
func (s *Simulation) loseEphemerals(pod cluster.Pod) {
	for i, e := range pod.Ephemerals() {
		if e.State == cluster.ContainerRunning {
			s.do(models.Op{Kind: models.OpEndEphemeral, Pod: pod.ID(), Def: int32(i), Arg: sigKill})
		}
	}
}

// heardEphemerals lets a kubelet that is back start what waits for it, and tell of
// sessions that have ended meanwhile.
func (s *Simulation) heardEphemerals(node cluster.Node) {
	if s.debugged == 0 {
		return
	}
	for _, id := range node.Pods() {
		for i, e := range s.view.Pod(id).Ephemerals() {
			if lasts := s.sessions[id][i]; e.State == cluster.ContainerRunning && lasts > 0 && e.Started.Add(lasts) <= s.agenda.Now() {
				s.do(models.Op{Kind: models.OpEndEphemeral, Pod: id, Def: int32(i)})
			}
		}
		s.startEphemerals(id)
	}
}
