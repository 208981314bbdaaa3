package manifest

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
)

// PodStatus is what a server has written about a pod: the state that a run goes
// on from. Moments that the object does not tell are zero.
type PodStatus struct {
	Created time.Time // metadata.creationTimestamp, or the earliest moment known
	Bound   time.Time // when it came to its node
	Started time.Time // when its containers were last started
	// ReadyChanged is when its Ready condition last changed, and Ready its
	// status; Unknown if there is no such condition.
	ReadyChanged time.Time
	Ready        models.ConditionStatus
	Exited       time.Time // when its last container ended
	// Deletion is when the grace of a pod that is being deleted runs out.
	Deletion time.Time
	Restarts int32 // of its containers, those of the most restarted one
	ExitCode int32 // of the first app container that failed
	// Reason is why it has ended.
	Reason models.Sym
	// Index is the completion index of a pod of an Indexed Job, with the failures of the
	// index before it.
	Indexed           bool
	Index             int32
	Failures, Ignored int32
	// Counted tells that it lacks the finalizer of a Job.
	Counted bool
	// Nominated is the name of the node on which preemption makes room for it.
	Nominated string
	// Gates are its readiness gates that are open. With gates, Ready is what its containers are.
	Gates []models.Sym
	// Stuck tells that a container waits for something other than its start:
	// an image that cannot be pulled, the end of a crash-loop back-off.
	Stuck bool
}

// OwnerStatus is what a server has written about a controller object.
type OwnerStatus struct {
	// Created is metadata.creationTimestamp; of a Job that has started, its
	// status.startTime, from which its deadline counts.
	Created  time.Time
	Deletion time.Time // when its deletion was asked for, if it was
	// Revision is the number of a ReplicaSet among those of its Deployment; 0 is none.
	Revision int64
	// Update is the revision of the template of a StatefulSet.
	Update string
	// Succeeded and Failed count the pods of a Job, whether their objects still
	// exist or not.
	Succeeded, Failed int32
	// Scheduled is the moment of the newest Job of a CronJob.
	Scheduled time.Time
	// Finished tells that a Job has ended, at FinishedAt, well if Complete.
	Finished, Complete bool
	FinishedAt         time.Time
	Reason             models.Sym
	// CompletedIndexes and FailedIndexes are those of an Indexed Job.
	CompletedIndexes, FailedIndexes models.Indexes
	// EndReason and EndMessage say why a Job is about to end, well if EndsWell.
	EndReason, EndMessage models.Sym
	EndsWell              bool
}

// earliest returns the first of the moments that are known.
func earliest(moments ...time.Time) time.Time {
	var first time.Time
	for _, t := range moments {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

// podStatus compiles the status of a pod.
func (c *checker) podStatus(pod *corev1.Pod) *PodStatus {
	from := &pod.Status
	s := &PodStatus{
		Created: pod.CreationTimestamp.Time, Bound: timeOf(from.StartTime), Deletion: timeOf(pod.DeletionTimestamp),
		Reason: c.set.dict.Sym(from.Reason), Nominated: from.NominatedNodeName,
		Counted: !slices.Contains(pod.Finalizers, batchv1.JobTrackingFinalizer),
	}
	s.Index, s.Indexed = annotated(pod, batchv1.JobCompletionIndexAnnotation)
	s.Failures, _ = annotated(pod, batchv1.JobIndexFailureCountAnnotation)
	s.Ignored, _ = annotated(pod, batchv1.JobIndexIgnoredFailureCountAnnotation)
	containers := corev1.ConditionUnknown
	for i := range from.Conditions {
		condition := &from.Conditions[i]
		if condition.Status == corev1.ConditionTrue && slices.Contains(pod.Spec.ReadinessGates, corev1.PodReadinessGate{ConditionType: condition.Type}) {
			s.Gates = append(s.Gates, c.set.dict.Sym(string(condition.Type)))
		}
		switch condition.Type {
		case corev1.PodReady:
			s.Ready, s.ReadyChanged = conditionStatus(condition.Status), condition.LastTransitionTime.Time
		case corev1.ContainersReady:
			containers = condition.Status
		case corev1.PodScheduled:
			if s.Bound.IsZero() && condition.Status == corev1.ConditionTrue {
				s.Bound = condition.LastTransitionTime.Time
			}
		}
	}
	if len(pod.Spec.ReadinessGates) > 0 {
		s.Ready = conditionStatus(containers)
	}
	for i := range from.InitContainerStatuses {
		s.Stuck = s.Stuck || isStuck(&from.InitContainerStatuses[i].State)
	}
	for i := range from.ContainerStatuses {
		c.containerStatus(&from.ContainerStatuses[i], s)
	}
	if s.Created.IsZero() {
		s.Created = earliest(s.Bound, s.Started, s.ReadyChanged, s.Exited)
	}
	return s
}

// annotated reads a count from an annotation of a pod. What cannot be read is 0.
func annotated(pod *corev1.Pod, key string) (n int32, ok bool) {
	value, err := strconv.ParseInt(pod.Annotations[key], 10, 32)
	return int32(max(value, 0)), err == nil && value >= 0
}

// containerStatus adds what is known of one app container.
func (c *checker) containerStatus(from *corev1.ContainerStatus, s *PodStatus) {
	s.Restarts = max(s.Restarts, from.RestartCount)
	s.Stuck = s.Stuck || isStuck(&from.State)
	if running := from.State.Running; running != nil && running.StartedAt.After(s.Started) {
		s.Started = running.StartedAt.Time
	}
	ended := from.State.Terminated
	if ended == nil {
		return
	}
	if ended.StartedAt.After(s.Started) {
		s.Started = ended.StartedAt.Time
	}
	if ended.FinishedAt.After(s.Exited) {
		s.Exited = ended.FinishedAt.Time
	}
	if s.ExitCode == 0 && ended.ExitCode != 0 {
		s.ExitCode = ended.ExitCode
		if s.Reason == 0 {
			s.Reason = c.set.dict.Sym(ended.Reason)
		}
	}
}

// isStuck reports whether a container waits for something other than its start.
// Source: pkg/kubelet/kuberuntime, pkg/kubelet/images (reasons of waiting).
func isStuck(state *corev1.ContainerState) bool {
	if state.Waiting == nil {
		return false
	}
	switch state.Waiting.Reason {
	case "", "ContainerCreating", "PodInitializing":
		return false
	}
	return true
}

func conditionStatus(s corev1.ConditionStatus) models.ConditionStatus {
	switch s {
	case corev1.ConditionTrue:
		return models.ConditionTrue
	case corev1.ConditionFalse:
		return models.ConditionFalse
	}
	return models.ConditionUnknown
}

// ownerStatus compiles the status of a controller object.
func (c *checker) ownerStatus(value any, meta *metav1.ObjectMeta) *OwnerStatus {
	s := &OwnerStatus{Created: meta.CreationTimestamp.Time, Deletion: timeOf(meta.DeletionTimestamp)}
	if _, ok := value.(*appsv1.ReplicaSet); ok {
		if n, err := strconv.ParseInt(meta.Annotations[revisionAnnotation], 10, 64); err == nil && n > 0 {
			s.Revision = n
		}
	}
	switch o := value.(type) {
	case *appsv1.StatefulSet:
		s.Update = o.Status.UpdateRevision
	case *batchv1.CronJob:
		s.Scheduled = timeOf(o.Status.LastScheduleTime)
	}
	job, ok := value.(*batchv1.Job)
	if !ok {
		return s
	}
	from := &job.Status
	if start := timeOf(from.StartTime); !start.IsZero() {
		s.Created = start
	}
	s.Succeeded, s.Failed = max(from.Succeeded, 0), max(from.Failed, 0)
	completions := *cmp.Or(job.Spec.Completions, new(int32))
	s.CompletedIndexes = c.indexes(from.CompletedIndexes, completions, "status.completedIndexes")
	if from.FailedIndexes != nil {
		s.FailedIndexes = c.indexes(*from.FailedIndexes, completions, "status.failedIndexes")
	}
	for i := range from.Conditions {
		condition := &from.Conditions[i]
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case batchv1.JobFailureTarget, batchv1.JobSuccessCriteriaMet:
			s.EndsWell = condition.Type == batchv1.JobSuccessCriteriaMet
			s.EndReason, s.EndMessage = c.set.dict.Sym(condition.Reason), c.set.dict.Sym(condition.Message)
		case batchv1.JobComplete, batchv1.JobFailed:
			s.Finished, s.Complete = true, condition.Type == batchv1.JobComplete
			s.FinishedAt = condition.LastTransitionTime.Time
			s.Reason = c.set.dict.Sym(condition.Reason)
		}
	}
	if s.Complete && from.CompletionTime != nil {
		s.FinishedAt = from.CompletionTime.Time
	}
	return s
}

// latest returns the last moment that an object of a server tells of, deletions
// aside, which may lie ahead.
func latest(value any) time.Time {
	var last time.Time
	see := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	switch o := value.(type) {
	case *corev1.Node:
		see(o.CreationTimestamp.Time)
		for i := range o.Status.Conditions {
			see(o.Status.Conditions[i].LastHeartbeatTime.Time)
			see(o.Status.Conditions[i].LastTransitionTime.Time)
		}
	case *corev1.Pod:
		see(o.CreationTimestamp.Time)
		see(timeOf(o.Status.StartTime))
		for i := range o.Status.Conditions {
			see(o.Status.Conditions[i].LastTransitionTime.Time)
		}
		for i := range o.Status.ContainerStatuses {
			state := &o.Status.ContainerStatuses[i].State
			if state.Running != nil {
				see(state.Running.StartedAt.Time)
			}
			if state.Terminated != nil {
				see(state.Terminated.FinishedAt.Time)
			}
		}
	case *batchv1.Job:
		see(o.CreationTimestamp.Time)
		see(timeOf(o.Status.StartTime))
		see(timeOf(o.Status.CompletionTime))
		for i := range o.Status.Conditions {
			see(o.Status.Conditions[i].LastTransitionTime.Time)
		}
	case metav1.Object:
		see(o.GetCreationTimestamp().Time)
	}
	return last
}

// readyStatus returns the status of the Ready condition of a node. A node that
// says nothing is taken to be Ready.
func readyStatus(node *corev1.Node) models.ConditionStatus {
	for i := range node.Status.Conditions {
		if condition := &node.Status.Conditions[i]; condition.Type == corev1.NodeReady {
			return conditionStatus(condition.Status)
		}
	}
	return models.ConditionTrue
}

// taintedSince returns when a node got the first of its NoExecute taints.
func taintedSince(node *corev1.Node) time.Time {
	var since time.Time
	for i := range node.Spec.Taints {
		if taint := &node.Spec.Taints[i]; taint.Effect == corev1.TaintEffectNoExecute {
			since = earliest(since, timeOf(taint.TimeAdded))
		}
	}
	return since
}
