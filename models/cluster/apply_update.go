package cluster

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
)

// ResizeState is how far the kubelet is with other resources of a pod.
type ResizeState uint8

// The states of resizes. Source: k8s.io/api/core/v1/types.go (PodResizePending,
// PodResizeInProgress).
const (
	ResizeDesired    ResizeState = iota // the kubelet has not looked at it
	ResizeDeferred                      // PodResizePending: there is no room now
	ResizeInfeasible                    // PodResizePending: there never is
	ResizeInProgress                    // allocated, not actuated
)

var resizeStates = [...]string{"Desired", "Deferred", "Infeasible", "InProgress"}

// String returns the reason of the condition, if the state is told by one.
func (s ResizeState) String() string { return resizeStates[s] }

// Resize is a change of the resources of a pod that is not complete. Desired, Allocated
// and Actuated are specifications of which only the resources mean something; what a
// scheduler counts is the largest of them, and the pod's specification has that.
type Resize struct {
	Desired, Allocated, Actuated models.SpecID
	State                        ResizeState
	Since                        models.Time // last transition of State
	Message                      models.Sym
}

// Resize returns the resize of the pod that is under way, if there is one.
func (p Pod) Resize() (Resize, bool) {
	if len(p.c.resizes) == 0 {
		return Resize{}, false
	}
	r, ok := p.c.resizes[p.id]
	return r, ok
}

// Generation returns metadata.generation: 1 and one more for each change of the
// specification, its deletion being one.
// Source: pkg/registry/core/pod/strategy.go (updatePodGeneration).
func (p Pod) Generation() int64 {
	n := int64(1)
	if len(p.c.generations) > 0 {
		n += int64(p.c.generations[p.id])
	}
	if p.row().is(podDeleting) {
		n++
	}
	return n
}

// updatePod gives a pod another specification, which differs in what an API server lets
// change. Source: pkg/apis/core/validation/validation.go (ValidatePodUpdate).
func (c *Cluster) updatePod(op *models.Op, row *podRow) error {
	if err := c.maySpecify(op, row, op.Def, updatable); err != nil {
		return err
	}
	if op.Arg != int64(row.spec) {
		return refusePod(op.Pod, fmt.Sprintf("it has specification %d", row.spec))
	}
	was, is := *c.podSpecs[row.spec], *c.podSpecs[op.Def]
	for _, gate := range is.SchedulingGates {
		if !slices.Contains(was.SchedulingGates, gate) {
			return refusePod(op.Pod, "a scheduling gate can only go")
		}
	}
	was.DeletionCost, is.DeletionCost = 0, 0 // an annotation, as some marks are
	was.Marks, is.Marks = was.Marks&^models.AnnotatedMarks, is.Marks&^models.AnnotatedMarks
	if !reflect.DeepEqual(was, is) {
		c.generations[op.Pod]++
	}
	c.respecify(op.Pod, row, models.SpecID(op.Def))
	return nil
}

// updatable takes away what an update of a pod may change. Where a pod may go is
// settled once nothing gates it.
func updatable(was, is *models.PodSpec) {
	gated := len(was.SchedulingGates) > 0
	for _, spec := range []*models.PodSpec{was, is} {
		spec.Tolerations, spec.SchedulingGates = nil, nil
		spec.ActiveDeadline, spec.GracePeriod, spec.DeletionCost = 0, 0, 0
		spec.Marks &^= models.AnnotatedMarks
		spec.Containers = slices.Clone(spec.Containers)
		for i := range spec.Containers {
			spec.Containers[i].Image, spec.Containers[i].Untagged = 0, 0
		}
		if gated {
			spec.NodeSelector, spec.HasRequiredTerms, spec.RequiredTerms, spec.PreferredTerms = nil, false, nil, nil
		}
	}
}

// resizable takes away what a resize may change.
func resizable(was, is *models.PodSpec) {
	for _, spec := range []*models.PodSpec{was, is} {
		spec.Requests, spec.Limits = models.Resources{}, models.Resources{}
		spec.NonZeroCPU, spec.NonZeroMemory, spec.ScoredCPU, spec.ScoredMemory = 0, 0, 0, 0
		spec.Detail = nil
	}
}

// maySpecify refuses a specification that differs from that of a pod in more than
// without takes away.
func (c *Cluster) maySpecify(op *models.Op, row *podRow, id int32, without func(was, is *models.PodSpec)) error {
	if id < 0 || int(id) >= len(c.podSpecs) {
		return fmt.Errorf("no pod specification has id %d", id)
	}
	was, is := *c.podSpecs[row.spec], *c.podSpecs[id]
	without(&was, &is)
	if !reflect.DeepEqual(was, is) {
		return refusePod(op.Pod, "more than what may change would change")
	}
	return nil
}

// respecify gives a pod another specification and its node what follows from it.
func (c *Cluster) respecify(id models.PodID, row *podRow, spec models.SpecID) {
	if spec == row.spec {
		return
	}
	was, is := c.podSpecs[row.spec], c.podSpecs[spec]
	if row.holds() {
		node := row.place()
		left := PodLeft
		if row.is(podDeleting) {
			left = TerminatingPodLeft
		}
		c.changed(Change{left, node, id, row.spec})
		c.requested[node], _ = c.requested[node].Sub(was.Requests).Add(is.Requests)
		c.nonZero[node].CPU += is.NonZeroCPU - was.NonZeroCPU
		c.nonZero[node].Memory += is.NonZeroMemory - was.NonZeroMemory
		c.changed(Change{PodPlaced, node, id, spec})
		if row.is(podDeleting) {
			c.changed(Change{PodTerminating, node, id, spec})
		}
	}
	row.spec = spec
}

// resizePod carries out the operations of a resize.
func (c *Cluster) resizePod(now models.Time, op *models.Op, row *podRow) error {
	r, under := c.resizes[op.Pod]
	counted, before := models.SplitResizeArg(op.Arg)
	if before != row.spec {
		return refusePod(op.Pod, fmt.Sprintf("it has specification %d", row.spec))
	}
	if op.Kind == models.OpResizePod {
		if err := c.maySpecify(op, row, op.Def, resizable); err != nil {
			return err
		}
		if !under {
			r = Resize{Allocated: row.spec, Actuated: row.spec}
		}
		if row.node == models.None { // no kubelet has a say
			r.Allocated, r.Actuated = models.SpecID(op.Def), models.SpecID(op.Def)
		}
		r.Desired, r.State, r.Since = models.SpecID(op.Def), ResizeDesired, now
	} else if !under {
		return refusePod(op.Pod, "it is not being resized")
	}
	if row.phase.Terminal() {
		return refusePod(op.Pod, "it has ended")
	}
	if err := c.advance(now, op, &r); err != nil {
		return err
	}
	if err := c.maySpecify(op, row, int32(counted), resizable); err != nil {
		return err
	}
	if want := c.CountedRequests(&r); c.podSpecs[counted].Requests != want {
		return refusePod(op.Pod, "its requests are not the largest of those desired, allocated and actuated")
	}
	if row.holds() {
		if _, ok := c.requested[row.place()].Sub(c.podSpecs[row.spec].Requests).Add(c.podSpecs[counted].Requests); !ok {
			return refusePod(op.Pod, "the sum of requests on its node overflows")
		}
	}
	if op.Kind == models.OpResizePod {
		c.generations[op.Pod]++
	}
	c.respecify(op.Pod, row, counted)
	if op.Kind == models.OpResizePod && row.node == models.None || op.Kind == models.OpActuatePod {
		delete(c.resizes, op.Pod)
		return nil
	}
	c.resizes[op.Pod] = r
	return nil
}

// advance takes a resize to its next state.
func (c *Cluster) advance(now models.Time, op *models.Op, r *Resize) error {
	state := ResizeInProgress
	switch op.Kind {
	case models.OpResizePod:
		return nil
	case models.OpDeferResize:
		if r.State == ResizeInProgress {
			return refusePod(op.Pod, "what it is to get is allocated already")
		}
		if state = ResizeDeferred; c.dictionary.String(op.Reason) == models.ResizeInfeasibleReason {
			state = ResizeInfeasible
		}
		r.Message = op.Message
	case models.OpAllocatePod:
		if r.State == ResizeInProgress {
			return refusePod(op.Pod, "what it is to get is allocated already")
		}
		r.Allocated, r.Message = r.Desired, 0
	case models.OpActuatePod:
		if r.State != ResizeInProgress {
			return refusePod(op.Pod, "what it is to get is not allocated yet")
		}
		r.Actuated = r.Allocated
	}
	if r.State != state {
		r.State, r.Since = state, now
	}
	return nil
}

// CountedRequests returns what a scheduler counts for a pod that is being resized.
// Source: k8s.io/component-helpers/resource/helpers.go (determineContainerReqs).
func (c *Cluster) CountedRequests(r *Resize) models.Resources {
	counted := c.podSpecs[r.Allocated].Requests
	for i := range counted {
		counted[i] = max(counted[i], c.podSpecs[r.Actuated].Requests[i])
		if r.State != ResizeInfeasible {
			counted[i] = max(counted[i], c.podSpecs[r.Desired].Requests[i])
		}
	}
	return counted
}

// forgetUpdates drops what is kept of a pod that is gone.
func (c *Cluster) forgetUpdates(pod models.PodID) {
	if len(c.generations) > 0 {
		delete(c.generations, pod)
	}
	c.endResize(pod)
}

// endResize forgets what a pod was to have.
func (c *Cluster) endResize(pod models.PodID) {
	if len(c.resizes) > 0 {
		delete(c.resizes, pod)
	}
}

// updates takes the generations and the resizes of pods, by pod.
func (s *snapshot) updates(c *Cluster) {
	table(s, c.generations, func(n *int32) { number(s, n) })
	table(s, c.resizes, func(r *Resize) {
		for _, id := range []*models.SpecID{&r.Desired, &r.Allocated, &r.Actuated} {
			number(s, id)
			if s.reading && (*id < 0 || int(*id) >= len(c.podSpecs)) {
				s.fail(fmt.Errorf("the snapshot names pod specification %d", *id))
				return
			}
		}
		number(s, &r.State)
		number(s, &r.Since)
		number(s, &r.Message)
		if s.reading && (r.State > ResizeInProgress || r.Message < 0 || int(r.Message) >= c.dictionary.Len()) {
			s.fail(errors.New("the snapshot holds a resize that cannot be"))
		}
	})
}
