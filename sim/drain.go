package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
)

// DrainOptions are the flags of kubectl drain.
type DrainOptions struct {
	IgnoreDaemonSets, DeleteEmptyDir, Force, DisableEviction bool
	// Timeout ends it; 0 is never.
	Timeout time.Duration
	// SkipDeleted is how many whole seconds the end of the grace of a pod may have passed
	// before the drain no longer waits for the pod; 0 is any number.
	SkipDeleted int
	// Pods are those that it is about; empty selects all.
	Pods models.Selector
}

// StepLine is a line that a step writes, and when.
type StepLine struct {
	At   models.Time
	Text string
}

// drain is what a kubectl drain that is under way does with one node.
// Source: k8s.io/kubectl/pkg/drain/drain.go.
type drain struct {
	step   *Step
	result int // its StepResult
	until  models.Time
	pods   []drained
	left   int // pods that are not done
	// granted are the budgets that have let a pod of this drain go, and when: requests of
	// one moment read a budget before any of them changes it.
	granted map[int32]models.Time
	failed  []string
	series  *drainSeries // that it is part of; nil of an upgrade
	// upgrade is the upgrade that drains the node, slot its place there; None for users. It
	// is told of the end, and nobody of anything else.
	upgrade, slot int
}

// drained is one pod that a drain waits for.
type drained struct {
	evict.Proposal
	name    string // namespace/name
	told    bool   // of the attempt that is under way
	since   models.Time
	waiting bool // for the pod to be gone
	done    bool
}

// Waits of kubectl drain and of the API server.
const (
	evictionRetry  = 5 * time.Second        // after a refusal
	conflictRetry  = 500 * time.Millisecond // Source: pkg/registry/core/pod/storage/eviction.go (EvictionsRetry)
	deletionPolled = time.Second
)

// proposeDrained asks for the pods of a drain, in the order of the evictor.
func (s *Simulation) proposeDrained(d *drain, pods []models.PodID) {
	step := d.step
	for _, p := range s.propose(evict.Drain, step.Node, pods) {
		if p.Grace == nil {
			p.Grace = graceOf(step)
		}
		if d.upgrade != models.None {
			p.By = byUpgrade
		}
		d.pods = append(d.pods, drained{Proposal: p, name: nameIn(s.view.Pod(p.Pod)), since: s.agenda.Now()})
	}
	d.left = len(d.pods)
	s.drains = append(s.drains, d)
	for i := range d.pods {
		if step.Drain.DisableEviction {
			s.deleteWithin(s.view.Pod(d.pods[i].Pod), step.Grace, s.byUser())
			d.pods[i].waiting = true
		}
		s.planDrain(len(s.drains)-1, i, s.agenda.Now())
	}
}

// nameIn is the name of a pod with its namespace.
func nameIn(pod cluster.Pod) string {
	return pod.View().Dictionary().String(pod.Spec().Namespace) + "/" + pod.Name()
}

// planDrain puts the next look at a pod of a drain on the agenda; of -1 its timeout.
func (s *Simulation) planDrain(drain, pod int, at models.Time) {
	s.agenda.Schedule(at, evDrain, 0, int32(drain), int32(pod))
}

// drain goes on with one pod of a drain.
func (s *Simulation) drain(number, at int) {
	d := s.drains[number]
	if at < 0 {
		s.drainTimedOut(d)
		return
	}
	p := &d.pods[at]
	pod := s.view.Pod(p.Pod)
	namespace, name, _ := strings.Cut(p.name, "/")
	switch {
	case p.done:
		return
	case p.waiting:
		if pod.Removed() {
			how := "evicted"
			if d.step.Drain.DisableEviction {
				how = "deleted"
			}
			s.drainSays(d, "pod/%s %s", name, how)
			s.drainedOne(d, p)
			return
		}
		if s.overdue(pod, &d.step.Drain) {
			s.drainSays(d, "pod %q has DeletionTimestamp older than %d seconds, skipping", name, d.step.Drain.SkipDeleted)
			s.drainedOne(d, p)
			return
		}
		s.planOverdue(number, at)
		return // its removal plans the next look
	}
	if !p.told {
		s.drainSays(d, "evicting pod %s", p.name)
		p.told = true
	}
	now := s.agenda.Now()
	if now >= d.until {
		d.failed = append(d.failed, fmt.Sprintf("error when evicting pods/%q -n %q: global timeout reached: %s", name, namespace, d.step.Drain.Timeout))
		s.drainedOne(d, p)
		return
	}
	if pod.Removed() {
		s.drainedOne(d, p)
		return
	}
	answer := s.evict(&p.Proposal, func(budget int32) bool { at, ok := d.granted[budget]; return ok && at == now })
	switch answer.Code {
	case 0:
		s.planDrain(number, at, now.Add(conflictRetry))
	case 201:
		for _, budget := range s.view.BudgetsOf(pod.SpecID()) {
			d.granted[budget] = now
		}
		p.waiting, p.since = true, now
		s.planDrain(number, at, now)
	case 403: // its namespace is being deleted
		if pod.Deleting() {
			p.waiting, p.since = true, now
			s.planDrain(number, at, now)
			return
		}
		p.told = false
		s.drainSays(d, "error when evicting pod %q from terminating namespace %q (will retry after %s): %s", name, namespace, evictionRetry, answer.Message)
		s.planDrain(number, at, now.Add(evictionRetry))
	case 429:
		p.told = false
		s.drainSays(d, "error when evicting pods/%q -n %q (will retry after %s): %s", name, namespace, evictionRetry, answer.Message)
		s.planDrain(number, at, now.Add(evictionRetry))
	default:
		d.failed = append(d.failed, fmt.Sprintf("error when evicting pods/%q -n %q: %s", name, namespace, answer.Message))
		s.drainedOne(d, p)
	}
}

// planOverdue plans the look at which a drain no longer waits for a pod: the first at
// which its grace has been over for long enough.
func (s *Simulation) planOverdue(number, at int) {
	d := s.drains[number]
	p, skip := &d.pods[at], d.step.Drain.SkipDeleted
	if pod := s.view.Pod(p.Pod); skip > 0 && pod.Deleting() {
		if due := pod.Deadline().Add(time.Duration(skip+1) * time.Second); due > s.agenda.Now() {
			s.planDrain(number, at, p.lookAt(due))
		}
	}
}

// drainTimedOut gives up the pods that are still to go. Deletions are waited for together,
// and are one error.
// Source: k8s.io/kubectl/pkg/drain/drain.go (evictPods, deletePods).
func (s *Simulation) drainTimedOut(d *drain) {
	const why = "context deadline exceeded"
	deleted := d.step.Drain.DisableEviction
	if deleted && d.left > 0 {
		d.failed = append(d.failed, why)
	}
	for i := range d.pods {
		if p := &d.pods[i]; !p.done && p.waiting {
			if namespace, name, _ := strings.Cut(p.name, "/"); !deleted {
				d.failed = append(d.failed, fmt.Sprintf("error when waiting for pod %q in namespace %q to terminate: %s", name, namespace, why))
			}
			s.drainedOne(d, p)
		}
	}
}

// lookAt is when a drain first looks at a pod at a moment or after it.
func (p *drained) lookAt(at models.Time) models.Time {
	look := p.since.Add(at.Sub(p.since) / deletionPolled * deletionPolled)
	if look < at {
		look = look.Add(deletionPolled)
	}
	return look
}

// drainHears lets a drain see, at its next look, that a pod is gone.
func (s *Simulation) drainHears(pod models.PodID) {
	for number, d := range s.drains {
		for i := range d.pods {
			if p := &d.pods[i]; p.Pod == pod && p.waiting && !p.done {
				s.planDrain(number, i, p.lookAt(s.agenda.Now()))
			}
		}
	}
}

func (s *Simulation) drainedOne(d *drain, p *drained) {
	p.done = true
	d.left--
	s.endDrain(d)
}

// drainSays writes a line. Until its step is done the result is not there yet.
func (s *Simulation) drainSays(d *drain, format string, values ...any) {
	if d.upgrade != models.None {
		return
	}
	line := StepLine{s.agenda.Now(), fmt.Sprintf(format, values...)}
	if d.result >= len(s.stepResults) {
		s.drainLines = append(s.drainLines, line)
		return
	}
	r := &s.stepResults[d.result]
	r.Lines = append(r.Lines, line)
}

func (s *Simulation) drainText() string {
	var texts []string
	for _, line := range s.drainLines {
		texts = append(texts, line.Text)
	}
	return strings.Join(texts, "\n")
}
