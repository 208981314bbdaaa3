package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

const (
	// resizeRetry is how long a kubelet lets deferred resizes wait for an event.
	// Source: pkg/kubelet/allocation/allocation_manager.go (retryDelay).
	resizeRetry = 3 * time.Minute
	// resizeSeen is when a kubelet sees that the containers have what was allocated:
	// as it next looks at them.
	// Source: pkg/kubelet/kubelet.go (genericPlegRelistPeriod).
	resizeSeen = time.Second
)

// resizes are the resizes that kubelets have to do with.
type resizes struct {
	pending  map[models.NodeID][]models.PodID // deferred, by node
	retryAt  map[models.NodeID]models.Time
	restarts map[models.PodID]bool // containers have to be restarted for it
}

func newResizes() resizes {
	return resizes{make(map[models.NodeID][]models.PodID), make(map[models.NodeID]models.Time), make(map[models.PodID]bool)}
}

// leaveResizes lets others have what a pod that goes had on its node.
// Source: pkg/kubelet/kubelet.go (HandlePodRemoves, TriggerReasonPodTerminated).
func (s *Simulation) leaveResizes(id models.PodID, node models.NodeID) {
	if len(s.resizes.restarts) > 0 {
		delete(s.resizes.restarts, id)
	}
	if len(s.resizes.pending) > 0 && node != models.None {
		s.retryResizes(node)
	}
}

// resizePod is kubectl patch --subresource resize.
// Source: pkg/registry/core/pod/storage/storage.go (ResizeREST), plugin/pkg/admission/podresize.
func (s *Simulation) resizePod(step *Step, pod cluster.Pod) (string, error) {
	desired := pod.Spec()
	if r, under := pod.Resize(); under {
		desired = s.view.Spec(r.Desired)
	}
	next := *pod.Spec()
	was, is := step.Change.Was, step.Change.Is
	for i := range next.Requests {
		next.Requests[i] = max(desired.Requests[i]+is.Requests[i]-was.Requests[i], 0)
		next.Limits[i] = max(desired.Limits[i]+is.Limits[i]-was.Limits[i], 0)
	}
	next.Detail = resizedDetail(desired.Detail, was.Detail, is.Detail)
	next.NonZeroCPU = max(desired.NonZeroCPU+is.NonZeroCPU-was.NonZeroCPU, 0)
	next.NonZeroMemory = max(desired.NonZeroMemory+is.NonZeroMemory-was.NonZeroMemory, 0)
	next.ScoredCPU = max(desired.ScoredCPU+is.ScoredCPU-was.ScoredCPU, 0)
	next.ScoredMemory = max(desired.ScoredMemory+is.ScoredMemory-was.ScoredMemory, 0)
	if next.Requests == desired.Requests && next.Limits == desired.Limits {
		return s.says(step, step.unchanged()), nil
	}
	if pod.Phase().Terminal() {
		return s.says(step, step.Done), nil // no kubelet looks at it any more
	}
	if s.admission != nil {
		if refusal := s.admission.Bounds(&next); refusal.Form != models.NotRefused {
			return "", refused(refusal, "pods", "Pod", s.nameOf(&step.Object))
		}
	}
	if pod.Node() != models.None {
		if lack := notAllocatable(&next, s.view.Node(pod.Node())); lack != "" {
			return "", fmt.Errorf("Error from server (Forbidden): pods %q is forbidden: node didn't have enough allocatable resources: %s",
				s.nameOf(&step.Object), lack)
		}
	}
	id := s.cluster.DefinePod(&next)
	r, under := pod.Resize()
	if !under {
		r = cluster.Resize{Allocated: pod.SpecID(), Actuated: pod.SpecID()}
	}
	if r.Desired, r.State = id, cluster.ResizeDesired; pod.Node() == models.None {
		r.Allocated, r.Actuated = id, id
	}
	arg := s.resizeArg(pod, &r)
	if s.admission != nil {
		counted, before := models.SplitResizeArg(arg)
		ops, refusal := s.admission.Resize(counted, before, s.ops[:0])
		if refusal.Form != models.NotRefused {
			return "", refused(refusal, "pods", "Pod", s.nameOf(&step.Object))
		}
		s.doAll(ops)
	}
	if len(step.Change.Restarts) > 0 {
		s.resizes.restarts[pod.ID()] = true
	}
	s.do(models.Op{Kind: models.OpResizePod, Pod: pod.ID(), Def: int32(id), Arg: arg})
	return s.says(step, step.Done), nil
}

// notAllocatable says what a node does not have at all.
// Source: plugin/pkg/admission/podresize/admission.go (validateRequestsWithinAllocatable).
func notAllocatable(spec *models.PodSpec, node cluster.Node) string {
	var lacks []string
	for _, r := range []struct {
		name string
		at   models.Resource
	}{{"cpu", models.CPU}, {"memory", models.Memory}} {
		if wanted, has := spec.Requests[r.at], node.Allocatable()[r.at]; wanted > has {
			lacks = append(lacks, fmt.Sprintf("%s, requested: %d, allocatable: %d", r.name, wanted, has))
		}
	}
	return strings.Join(lacks, "; ")
}

// resizeArg is the argument of an operation that brings a resize into a state.
func (s *Simulation) resizeArg(pod cluster.Pod, r *cluster.Resize) int64 {
	counted := *pod.Spec()
	specs := []*models.PodSpec{s.view.Spec(r.Allocated), s.view.Spec(r.Actuated)}
	if r.State != cluster.ResizeInfeasible {
		specs = append(specs, s.view.Spec(r.Desired))
	}
	counted.Detail = countedDetail(s.view.Spec(r.Desired), specs)
	counted.Requests, counted.Limits = specs[0].Requests, s.view.Spec(r.Desired).Limits
	counted.NonZeroCPU, counted.NonZeroMemory, counted.ScoredCPU, counted.ScoredMemory = 0, 0, 0, 0
	for _, spec := range specs {
		for i, amount := range spec.Requests {
			counted.Requests[i] = max(counted.Requests[i], amount)
		}
		counted.NonZeroCPU = max(counted.NonZeroCPU, spec.NonZeroCPU)
		counted.NonZeroMemory = max(counted.NonZeroMemory, spec.NonZeroMemory)
		counted.ScoredCPU = max(counted.ScoredCPU, spec.ScoredCPU)
		counted.ScoredMemory = max(counted.ScoredMemory, spec.ScoredMemory)
	}
	return models.ResizeArg(s.cluster.DefinePod(&counted), pod.SpecID())
}

// podResized lets the scheduler or the kubelet learn that a pod is to have other
// resources.
// Source: pkg/kubelet/kubelet.go (HandlePodUpdates).
func (s *Simulation) podResized(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Node() == models.None {
		s.scheduler.Update(s.agenda.Now(), id, s.view)
		s.wakeScheduler()
		return
	}
	node := pod.Node()
	if !slices.Contains(s.resizes.pending[node], id) {
		s.resizes.pending[node] = append(s.resizes.pending[node], id)
		s.sortResizes(s.resizes.pending[node])
	}
	s.retryResizes(node)
}

// sortResizes puts first what asks for no more, then what is more important, then
// Guaranteed pods, then what has waited longest.
// Source: pkg/kubelet/allocation/allocation_manager.go (sortPendingResizes).
func (s *Simulation) sortResizes(pods []models.PodID) {
	slices.SortStableFunc(pods, func(a, b models.PodID) int {
		p, q := s.view.Pod(a), s.view.Pod(b)
		x, y := s.isIncrease(p), s.isIncrease(q)
		switch {
		case x != y && !x:
			return -1
		case x != y:
			return 1
		}
		guaranteed := func(p cluster.Pod) bool { return p.Spec().QOS == models.Guaranteed }
		switch {
		case p.Spec().Priority != q.Spec().Priority:
			return cmp.Compare(q.Spec().Priority, p.Spec().Priority)
		case guaranteed(p) != guaranteed(q) && guaranteed(p):
			return -1
		case guaranteed(p) != guaranteed(q):
			return 1
		}
		r, _ := p.Resize()
		t, _ := q.Resize()
		return cmp.Compare(r.Since, t.Since)
	})
}

func (s *Simulation) isIncrease(pod cluster.Pod) bool {
	r, _ := pod.Resize()
	desired, allocated := s.view.Spec(r.Desired).Requests, s.view.Spec(r.Allocated).Requests
	return desired[models.CPU] > allocated[models.CPU] || desired[models.Memory] > allocated[models.Memory]
}

// retryResizes lets the kubelet of a node look at the resizes that it has not allocated.
// Source: pkg/kubelet/allocation/allocation_manager.go (retryPendingResizes).
func (s *Simulation) retryResizes(id models.NodeID) {
	pending := s.resizes.pending[id]
	if len(pending) == 0 || !s.view.Node(id).Heard() {
		return
	}
	s.resizes.pending[id] = nil
	var left []models.PodID
	for _, pod := range pending {
		if s.tryResize(pod, id) {
			left = append(left, pod)
		}
	}
	s.resizes.pending[id] = append(left, s.resizes.pending[id]...)
	if len(s.resizes.pending[id]) == 0 {
		delete(s.resizes.pending, id)
		delete(s.resizes.retryAt, id)
		return
	}
	at := s.agenda.Now().Add(resizeRetry)
	s.resizes.retryAt[id] = at
	s.agenda.Schedule(at, evResize, 0, int32(id), 0)
}

// retryResizesAgain is retryResizes when nothing has happened for a while.
func (s *Simulation) retryResizesAgain(id models.NodeID) {
	if s.resizes.retryAt[id] == s.agenda.Now() {
		s.retryResizes(id)
	}
}

// tryResize allocates what a pod is to have, if there is room, and reports whether it
// has to wait.
func (s *Simulation) tryResize(id models.PodID, node models.NodeID) (waits bool) {
	pod := s.view.Pod(id)
	r, under := pod.Resize()
	if pod.Removed() || !under || pod.Node() != node || pod.Deleting() || r.State == cluster.ResizeInProgress {
		return false
	}
	if lack := s.lackForResize(pod, &r); lack != "" {
		if message := s.view.Dictionary().Sym(lack); r.State != cluster.ResizeDeferred || r.Message != message {
			r.State = cluster.ResizeDeferred
			s.do(models.Op{Kind: models.OpDeferResize, Pod: id, Arg: s.resizeArg(pod, &r),
				Reason: s.view.Dictionary().Sym(models.ResizeDeferredReason), Message: message})
		}
		return true
	}
	r.Allocated, r.State = r.Desired, cluster.ResizeInProgress
	s.do(models.Op{Kind: models.OpAllocatePod, Pod: id, Arg: s.resizeArg(pod, &r)})
	return false
}

// lackForResize says what of its node is allocated to others.
// Source: pkg/kubelet/lifecycle/predicate.go (InsufficientResourceError).
func (s *Simulation) lackForResize(pod cluster.Pod, r *cluster.Resize) string {
	node := s.view.Node(pod.Node())
	var used models.Resources
	for _, id := range node.Pods() {
		if other := s.view.Pod(id); id != pod.ID() && other.Assumed() == models.None {
			requests := &other.Spec().Requests
			if o, under := other.Resize(); under {
				requests = &s.view.Spec(o.Allocated).Requests
			}
			used, _ = used.Add(*requests)
		}
	}
	desired, allocatable := s.view.Spec(r.Desired).Requests, node.Allocatable()
	for i, name := range s.view.Dictionary().ResourceNames() {
		if desired[i] > 0 && desired[i] > allocatable[i]-used[i] {
			return fmt.Sprintf("Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d", name, desired[i], used[i], allocatable[i])
		}
	}
	return ""
}

// podAllocated lets containers have what the kubelet has allocated: it changes what they
// may take while they run, or starts them again.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doPodResizeAction).
func (s *Simulation) podAllocated(op *models.Op) {
	pod := s.view.Pod(op.Pod)
	if s.resizes.restarts[op.Pod] && pod.Up() {
		var containers []int
		for i := range pod.Spec().Containers {
			if pod.Spec().Containers[i].Kind != models.InitContainer {
				containers = append(containers, i)
			}
		}
		s.replaceContainers(pod, containers)
		return
	}
	s.agenda.After(resizeSeen, evActuate, 0, int32(op.Pod), 0)
}

// actuate ends a resize: the containers have what was allocated.
func (s *Simulation) actuate(id models.PodID) {
	pod := s.view.Pod(id)
	if pod.Removed() {
		return
	}
	r, under := pod.Resize()
	if !under || r.State != cluster.ResizeInProgress {
		return
	}
	delete(s.resizes.restarts, id)
	r.Actuated = r.Allocated
	s.do(models.Op{Kind: models.OpActuatePod, Pod: id, Arg: s.resizeArg(pod, &r)})
	s.retryResizes(pod.Node())
}

// freed is what no longer counts after an operation of a resize.
// Source: pkg/scheduler/framework/events.go (podSchedulingPropertiesChange).
func freed(v cluster.View, op *models.Op) *models.PodSpec {
	counted, before := models.SplitResizeArg(op.Arg)
	is, was := v.Spec(counted).Requests, v.Spec(before).Requests
	less := false
	for i := range was {
		was[i] = max(was[i]-is[i], 0)
		less = less || was[i] > 0
	}
	if !less {
		return nil
	}
	return &models.PodSpec{Requests: was}
}
