package sim

import (
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// PodChange is what a step changes of a pod: what differs between two specifications of
// it, whatever else the pod has by then.
type PodChange struct {
	Was, Is *models.PodSpec
	// Resize tells that the change goes to the subresource resize, and Restarts are
	// the containers that have to be restarted for it.
	Resize   bool
	Restarts []models.Sym
}

// amended returns the specification of a pod with a change.
func (c *PodChange) amended(spec *models.PodSpec) *models.PodSpec {
	out := *spec
	was, is := c.Was, c.Is
	if !reflect.DeepEqual(was.Tolerations, is.Tolerations) {
		out.Tolerations = is.Tolerations
	}
	if was.ActiveDeadline != is.ActiveDeadline {
		out.ActiveDeadline = is.ActiveDeadline
	}
	if was.GracePeriod != is.GracePeriod {
		out.GracePeriod = is.GracePeriod
	}
	if was.DeletionCost != is.DeletionCost {
		out.DeletionCost = is.DeletionCost
	}
	if changed := (was.Marks ^ is.Marks) & models.AnnotatedMarks; changed != 0 {
		out.Marks = out.Marks&^changed | is.Marks&changed
	}
	if !slices.Equal(was.SchedulingGates, is.SchedulingGates) {
		out.SchedulingGates = is.SchedulingGates
	}
	if len(spec.SchedulingGates) > 0 {
		out.NodeSelector = is.NodeSelector
		out.HasRequiredTerms, out.RequiredTerms, out.PreferredTerms = is.HasRequiredTerms, is.RequiredTerms, is.PreferredTerms
	}
	out.Containers = slices.Clone(spec.Containers)
	for i := range min(len(was.Containers), len(is.Containers), len(out.Containers)) {
		if was.Containers[i].Image != is.Containers[i].Image {
			out.Containers[i].Image = is.Containers[i].Image
		}
	}
	return &out
}

// labels returns labels with a change.
func (c *PodChange) labels(labels models.Labels) models.Labels {
	for _, label := range c.Was.Labels {
		if _, kept := c.Is.Labels.Get(label.Key); !kept {
			labels = labels.Without(label.Key)
		}
	}
	for _, label := range c.Is.Labels {
		if old, ok := c.Was.Labels.Get(label.Key); !ok || old != label.Value {
			labels = labels.With(label.Key, label.Value)
		}
	}
	return labels
}

// updatePod changes a pod that is there.
func (s *Simulation) updatePod(step *Step, pod cluster.Pod) (string, error) {
	if step.Change.Resize {
		return s.resizePod(step, pod)
	}
	changed := false
	if labels := step.Change.labels(pod.Spec().Labels); !slices.Equal(labels, pod.Spec().Labels) {
		s.relabel(pod.ID(), labels)
		changed = true
	}
	was := pod.SpecID()
	if is := s.cluster.DefinePod(step.Change.amended(pod.Spec())); is != was {
		s.do(models.Op{Kind: models.OpUpdatePod, Pod: pod.ID(), Def: int32(is), Arg: int64(was)})
		changed = true
	}
	if !changed {
		return s.says(step, step.unchanged()), nil
	}
	return s.says(step, step.Done), nil
}

// unchanged is what kubectl says of a step that changes nothing that is simulated: it
// may change other things.
func (step *Step) unchanged() string {
	switch {
	case step.Kind == StepApply && (step.Same || step.Change == nil):
		return "unchanged"
	case step.Done == "patched" && step.Same:
		return "patched (no change)"
	}
	return step.Done
}

// podUpdated is what follows from another specification of a pod. One without a node is
// tried again; the kubelet starts containers with another image anew, and heeds another
// deadline; the taint manager looks at other tolerations.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions),
// pkg/controller/tainteviction/taint_eviction.go (handlePodUpdate).
func (s *Simulation) podUpdated(op *models.Op) {
	pod, was := s.view.Pod(op.Pod), s.view.Spec(models.SpecID(op.Arg))
	is := pod.Spec()
	if pod.Node() == models.None {
		s.scheduler.Update(s.agenda.Now(), op.Pod, s.view)
		s.wakeScheduler()
		return
	}
	if is.ActiveDeadline > 0 && is.ActiveDeadline != was.ActiveDeadline {
		at := max(pod.BoundAt().Add(is.ActiveDeadline), s.agenda.Now())
		s.agenda.Schedule(at, evDeadline, 0, int32(op.Pod), 0)
	}
	if !reflect.DeepEqual(was.Tolerations, is.Tolerations) {
		s.planTaintEviction(pod, s.view.Node(pod.Node()))
	}
	var redefined []int
	for i := range is.Containers {
		if was.Containers[i].Image != is.Containers[i].Image && is.Containers[i].Kind != models.InitContainer {
			redefined = append(redefined, i)
		}
	}
	if len(redefined) > 0 {
		s.replaceContainers(pod, redefined)
	}
}

// replaceContainers stops containers of a pod so that they are started as they are to be
// now, whatever the restart policy says. Of a pod whose containers are not told apart all
// are started anew.
func (s *Simulation) replaceContainers(pod cluster.Pod, containers []int) {
	if pod.Up() && !pod.Deleting() {
		s.replaced[pod.ID()] = containers
		s.planOnNode(s.nodeNow().Add(s.kubelet.StopDelay(pod, pod.Spec().GracePeriod)), evReplace, pod.Epoch(), int32(pod.ID()), 0)
	}
}

// reasonRedefined is why containers end that are to be others.
const reasonRedefined = "DefinitionChanged"

// replace ends containers that are started as they are to be now. Their back-off starts
// over, since its key is what they are.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff, GetBackoffKey).
func (s *Simulation) replace(id models.PodID, epoch uint32) {
	pod, containers := s.view.Pod(id), s.replaced[id]
	delete(s.replaced, id)
	switch {
	case pod.Epoch() != epoch || pod.Deleting():
	case s.kubelet.Working(id):
		for _, i := range containers {
			s.kubelet.Exit(s.nodeNow(), id, i, sigTerm, s.view.Dictionary().Sym(reasonRedefined))
		}
		s.work(id)
		if s.resizes.restarts[id] {
			s.planOnNode(s.nodeNow().Add(resizeSeen), evActuate, 0, int32(id), 0)
		}
	default:
		s.kubelet.Forget(id)
		s.do(models.Op{Kind: models.OpExitPod, Pod: id, Arg: sigTerm, Reason: s.view.Dictionary().Sym(reasonRedefined)})
	}
}
