package sim

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/evict"
)

// reasonEviction is the cause of deletions by the eviction API.
const reasonEviction = "EvictionByEvictionAPI"

// byUser is the component that a step asks for.
const byUser = "user"

// Answer is what the API server says to a request that it may refuse.
type Answer struct {
	Code int // 201, 403, 404, 429 or 500; 0 if the request is yet to be decided
	// Reason and Message are those of the Status that it answers with, Cause the message
	// of its cause, if it has one.
	Reason, Message, Cause string
}

const violates = "Cannot evict pod as it would violate the pod's disruption budget."

func tooMany(cause string, arguments ...any) Answer {
	return Answer{429, "TooManyRequests", violates, fmt.Sprintf(cause, arguments...)}
}

// occasion describes the present moment to an evictor.
func (s *Simulation) occasion(kind evict.Kind, node models.NodeID, pods []models.PodID) evict.Occasion {
	now := s.agenda.Now()
	return evict.Occasion{Kind: kind, At: now, Node: node, Pods: pods,
		Uses: func(pod cluster.Pod, r models.Resource) (int64, bool) { return s.meter.Resource(pod, r, now) }}
}

// propose asks the evictor of a kind of occasion.
func (s *Simulation) propose(kind evict.Kind, node models.NodeID, pods []models.PodID) []evict.Proposal {
	return s.config.Evictors.Of(kind).Propose(s.view, s.occasion(kind, node, pods))
}

// attribute records who has a pod leave, and why. It comes right before the pod is
// deleted or fails.
func (s *Simulation) attribute(p *evict.Proposal) {
	s.note(models.OpEvictPod, p)
}

// note writes a proposal down, as an operation of a kind.
func (s *Simulation) note(kind models.OpKind, p *evict.Proposal) {
	d := s.view.Dictionary()
	s.do(models.Op{Kind: kind, Pod: p.Pod, Name: d.Sym(p.By), Ordinal: models.Exact, Reason: d.Sym(p.Cause), Message: d.Sym(p.Why)})
}

// evict is the eviction subresource of a pod. Evictions that others have sent at the same
// moment may have changed the budget since it was read: then that is a conflict, and the
// answer has no code.
// Source: pkg/registry/core/pod/storage/eviction.go (Create).
func (s *Simulation) evict(p *evict.Proposal, changed func(budget int32) bool) Answer {
	pod := s.view.Pod(p.Pod)
	if namespace := pod.Spec().Namespace; s.view.NamespaceState(namespace).Terminating() { // to evict is to create
		return Answer{Code: 403, Reason: "Forbidden", Message: fmt.Sprintf(
			"pods %q is forbidden: unable to create new content in namespace %s because it is being terminated", pod.Name(), s.view.Dictionary().String(namespace))}
	}
	if pod.Phase().Terminal() || pod.Phase() == models.Pending || pod.Deleting() {
		s.deleteEvicted(p)
		return Answer{Code: 201}
	}
	budgets := s.view.BudgetsOf(pod.SpecID())
	switch {
	case len(budgets) > 1:
		return Answer{Code: 500, Reason: "InternalError", Message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."}
	case len(budgets) == 0:
		s.deleteEvicted(p)
		return Answer{Code: 201}
	}
	b := s.view.Budget(budgets[0])
	if is := b.Status(); !pod.Ready() && (b.Spec().AlwaysEvict || is.CurrentHealthy >= is.DesiredHealthy && is.DesiredHealthy > 0) {
		s.deleteEvicted(p)
		return Answer{Code: 201}
	}
	if changed != nil && changed(b.ID()) {
		return Answer{}
	}
	if refused, ok := refusal(b); ok {
		return refused
	}
	s.do(models.Op{Kind: models.OpAllowDisruption, Pod: pod.ID(), Def: b.ID()})
	s.deleteEvicted(p)
	return Answer{Code: 201}
}

// refusal is the answer of a budget that lets no pod go.
// Source: pkg/registry/core/pod/storage/eviction.go (checkAndDecrement).
func refusal(b cluster.Budget) (Answer, bool) {
	is, failed := b.Status(), b.View().Dictionary().String(b.Status().Failed)
	switch {
	case is.Observed < b.Generation():
		return tooMany("The disruption budget %s is still being processed by the server.", b.Name()), true
	case is.Allowed > 0:
		return Answer{}, false
	case failed != "":
		return tooMany("The disruption budget %s does not allow evicting pods currently because it failed sync: %s", b.Name(), failed), true
	case is.CurrentHealthy <= is.DesiredHealthy:
		return tooMany("The disruption budget %s needs %d healthy pods and has %d currently", b.Name(), is.DesiredHealthy, is.CurrentHealthy), true
	}
	return tooMany("The disruption budget %s does not allow evicting pods currently", b.Name()), true
}

// deleteEvicted deletes a pod that is evicted, with its own grace unless another is
// given. One that is being deleted already is at most given less time.
// Source: pkg/registry/core/pod/storage/eviction.go (addConditionAndDeletePod).
func (s *Simulation) deleteEvicted(p *evict.Proposal) {
	pod, grace := s.view.Pod(p.Pod), time.Duration(-1)
	if p.Grace != nil {
		grace = *p.Grace
	}
	if !pod.Deleting() {
		s.attribute(p)
	}
	s.deleteWithin(pod, grace, s.view.Dictionary().Sym(reasonEviction))
}

// deleteWithin deletes a pod; negative is its own grace.
func (s *Simulation) deleteWithin(pod cluster.Pod, grace time.Duration, reason models.Sym) {
	op := control.DeletePod(pod, reason)
	if grace >= 0 && op.Arg > 0 {
		op.Arg = int64(grace)
	}
	if !pod.Deleting() || s.agenda.Now().Add(time.Duration(op.Arg)) < pod.Deadline() {
		s.do(op)
	}
}

// graceOf is the grace period of a step; nil is that of each pod.
func graceOf(step *Step) *time.Duration {
	if step.Grace < 0 {
		return nil
	}
	return &step.Grace
}

// evictPod does a step that evicts a pod.
func (s *Simulation) evictPod(step *Step, pod cluster.Pod, found bool) (string, error) {
	answer := Answer{404, "NotFound", fmt.Sprintf("pods %q not found", s.nameOf(&step.Object)), ""}
	if found {
		answer = s.evict(&evict.Proposal{Pod: pod.ID(), Grace: graceOf(step), By: byUser, Cause: reasonEviction}, nil)
	}
	s.answer = answer
	if answer.Code == 201 {
		return s.says(step, "evicted"), nil
	}
	text := answer.Message
	if answer.Cause != "" {
		text += " " + answer.Cause
	}
	return "", fmt.Errorf("Error from server (%s): %s", answer.Reason, text)
}
