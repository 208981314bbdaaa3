package scheduler

import (
	"math/bits"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/queue"
)

// Verdict says how an attempt to schedule a pod ended.
type Verdict uint8

// The verdicts.
const (
	// Claimed: a node was found. Answer with Accepted or Rejected.
	Claimed Verdict = iota
	// Unschedulable: no node fits. Answer with Failed.
	Unschedulable
	// Errored: the attempt failed otherwise. Answer with Failed.
	Errored
	// Skipped: the pod is being deleted. There is nothing to answer.
	Skipped
)

// String returns the reason that the condition PodScheduled carries.
func (v Verdict) String() string {
	return [...]string{"Scheduled", "Unschedulable", "SchedulerError", "Skipped"}[v]
}

// Claim proposes to put a pod on a node.
type Claim struct {
	Pod  models.PodID
	Node models.NodeID
	// Before are to be carried out right before Op: what the Reserve plugins ask for.
	Before []models.Op
	Op     models.Op // what the Bind plugin makes of it
	// Wait is how long the pod may wait on its node for the Permit plugins; 0 if
	// it is bound at once. See Scheduler.Permitted.
	Wait      time.Duration
	Feasible  int   // nodes found to fit
	Evaluated int   // nodes looked at
	Score     int64 // of the node; 0 if it was the only one
}

// Outcome is the decision about one pod.
type Outcome struct {
	Verdict Verdict
	Pod     models.PodID
	// Claim is set if Verdict is Claimed.
	Claim Claim
	// Op records an attempt that found no node, with its message.
	Op models.Op
	// Message says why no node was found, word for word as Kubernetes does.
	Message string
	// Evaluated is the number of nodes looked at.
	Evaluated int
	// Rejectors are the plugins that rejected the pod; see Scheduler.Plugins.
	// Pending are those of them that wait for something.
	Rejectors, Pending queue.PluginSet
	// Nominate changes the pod's nomination; its Kind is OpNone if nothing does. It
	// is to be carried out after Failed.
	Nominate models.Op
	// Victims are to be deleted after that, in their order, so that the pod fits on
	// the node for which it is nominated. Some may be terminating already.
	Victims []models.PodID
	// Candidates are the nodes on which preemption could make room.
	Candidates []framework.Candidate
}

// nominate lets the outcome change the pod's nomination.
func (o *Outcome) nominate(pod cluster.Pod, node models.NodeID) {
	if pod.Nominated() != node {
		o.Nominate = models.Op{Kind: models.OpNominatePod, Pod: pod.ID(), Node: node}
	}
}

// Next takes the pod that is to be tried next and decides about it. It returns
// false when no pod is ready. The decision must be answered, see Verdict.
func (s *Scheduler) Next(now models.Time, v cluster.View) (Outcome, bool) {
	for {
		id, ok := s.queue.Pop()
		if !ok {
			return Outcome{}, false
		}
		pod := v.Pod(id)
		if pod.Removed() || pod.Node() != models.None || pod.Phase().Terminal() {
			s.queue.Done(id)
			continue
		}
		if pod.Deleting() {
			s.queue.Done(id)
			return s.skipped(pod), true
		}
		return s.decide(v, pod), true
	}
}

// skipped is the outcome for a pod that is being deleted.
// Source: pkg/scheduler/schedule_one.go (skipPodSchedule).
func (s *Scheduler) skipped(pod cluster.Pod) Outcome {
	message := "skip schedule deleting pod: " + s.dictionary.String(pod.Spec().Namespace) + "/" + pod.Name()
	return Outcome{Verdict: Skipped, Pod: pod.ID(), Message: message, Op: s.failure(pod.ID(), message)}
}

func (s *Scheduler) failure(pod models.PodID, message string) models.Op {
	return models.Op{Kind: models.OpFailScheduling, Pod: pod, Message: s.dictionary.Sym(message)}
}

func (s *Scheduler) decide(v cluster.View, pod cluster.Pod) Outcome {
	spec := pod.Spec()
	p := &s.profiles[s.byName[spec.SchedulerName]]
	result, diagnosis := p.engine.Schedule(v, pod.ID())
	s.counters.Evaluated += int64(result.Evaluated)
	s.counters.Feasible += int64(result.Feasible)
	if diagnosis != nil {
		return s.found(pod, spec, result, diagnosis)
	}
	s.cycle = framework.Cycle{View: v, Pod: pod, Spec: spec, Nodes: v.Nodes(), Counts: framework.Walk{View: v}}
	before, refusal := p.reserve(&s.cycle, result.Node)
	wait := time.Duration(0)
	if refusal == nil {
		wait, refusal = p.permit(&s.cycle, result.Node)
	}
	if refusal != nil {
		return s.refused(pod, spec, result.Evaluated, refusal)
	}
	s.open = append(s.open, decision{pod.ID(), spec, result.Node, 0, 0})
	op := p.bind.Bind(&s.cycle, result.Node)
	claim := Claim{pod.ID(), result.Node, before, op, wait, result.Feasible, result.Evaluated, result.Score}
	return Outcome{Verdict: Claimed, Pod: pod.ID(), Claim: claim, Evaluated: result.Evaluated}
}

// found is the outcome of an attempt that found no node.
func (s *Scheduler) found(pod cluster.Pod, spec *models.PodSpec, result engine.Result, d *engine.Diagnosis) Outcome {
	out := Outcome{Verdict: Unschedulable, Pod: pod.ID(), Message: d.Message(),
		Evaluated: result.Evaluated, Rejectors: queue.PluginSet(d.Rejectors), Pending: queue.PluginSet(d.Pending),
		Victims: d.Room.Victims, Candidates: d.Room.Candidates}
	if d.Room.Override {
		out.nominate(pod, d.Room.Nominated)
	}
	if d.Err != nil {
		out.Verdict = Errored
		s.counters.Errors++
	} else {
		s.counters.Unschedulable++
	}
	out.Op = s.failure(pod.ID(), out.Message)
	s.open = append(s.open, decision{pod.ID(), spec, models.None, out.Rejectors, out.Pending})
	return out
}

// Accepted answers a claim: the pod is bound.
func (s *Scheduler) Accepted(pod models.PodID) {
	if _, ok := s.close(pod); ok {
		s.counters.Scheduled++
		s.queue.Done(pod)
	}
}

// Rejected answers a claim: it was refused. The pod backs off as after an error,
// and the room that it was to take counts as given back.
// Source: pkg/scheduler/schedule_one.go (handleBindingCycleError).
func (s *Scheduler) Rejected(now models.Time, pod models.PodID, v cluster.View) {
	d, ok := s.close(pod)
	if !ok {
		return
	}
	s.counters.Errors++
	s.queue.Notify(now, &framework.Event{Kind: framework.AssignedPodDelete, Node: d.node, Spec: d.spec}, v)
	s.queue.Fail(now, pod, v)
}

// Failed answers an attempt that found no node, when its time is over: the pod
// waits for an event that may help, or backs off if one has happened since Next.
func (s *Scheduler) Failed(now models.Time, pod models.PodID, v cluster.View) {
	if d, ok := s.close(pod); ok {
		s.queue.Reject(now, pod, d.rejectors, d.pending, v)
	}
}

// close takes the open decision about a pod.
func (s *Scheduler) close(pod models.PodID) (decision, bool) {
	for i := range s.open {
		if s.open[i].pod == pod {
			d := s.open[i]
			s.open = append(s.open[:i], s.open[i+1:]...)
			return d, true
		}
	}
	return decision{}, false
}

// Plugins appends the names of the plugins that rejected a pod of the given
// scheduler name, in the order of the profile.
func (s *Scheduler) Plugins(dst []string, schedulerName models.Sym, rejectors queue.PluginSet) []string {
	i, ok := s.byName[schedulerName]
	if !ok {
		return dst
	}
	for set := uint64(rejectors); set != 0; set &= set - 1 {
		dst = append(dst, s.profiles[i].names[bits.TrailingZeros64(set)])
	}
	return dst
}
