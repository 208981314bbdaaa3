package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/place"
)

// Kinds are the kinds of causes.
func Kinds() []string {
	return []string{
		"not-created", "gone", "succeeded", "failed", "terminating",
		"gated", "other-scheduler", "node-name", "not-tried", "scheduler-down", "nominated", "binding", "back-off",
		"insufficient-RESOURCE", "pod-limit", "taint", "node-condition", "cordoned", "node-affinity", "topology-spread",
		"pod-affinity", "pod-anti-affinity", "host-port", "volume", "no-nodes", "other-plugin",
		"node-down", "image", "sandbox", "starting", "crash-loop", "not-ready", "running",
		"quota", "refused", "controller-down", "suspended", "paused", "complete", "being-created",
	}
}

// Moment is a run as it stands at the moment that is asked about.
type Moment struct {
	*kubectl.Moment
	End     models.Time // of the run, or of what is known of it
	Cut     bool        // what happened after End is not known, as the log is damaged
	Cluster *cluster.Cluster
	// Scheduler makes a scheduler for a cluster as that of the run was, but that it
	// preempts nobody.
	Scheduler func(*cluster.Cluster) (*scheduler.Scheduler, error)
	// Before returns the cluster as it stood when so many operations had been applied,
	// before the one that was at t.
	Before func(operations uint64, t models.Time) (*cluster.Cluster, error)
}

// asking is one answer in the making.
type asking struct {
	*Story
	*Moment
	out        *Answer
	nodesThere int // in the cluster in which the scheduler was last asked
}

// Ask answers for the object of a story, which must be known and whole.
func (s *Story) Ask(m *Moment) (*Answer, error) {
	a := asking{s, m, &Answer{Object: s.query.String(), At: reports.SecondsOf(m.At), Evidence: []Fact{}, Next: []Fact{}}, 0}
	if m.Cut {
		a.out.Notes = append(a.out.Notes, "the log is damaged: what happened after "+clock(m.End)+" is not known")
	}
	if s.query.Kind == podKind {
		return a.out, a.pod()
	}
	return a.out, a.workload()
}

// because sets the true cause.
func (a *asking) because(kind, format string, args ...any) {
	a.out.Cause = Cause{kind, fmt.Sprintf(format, args...)}
}

func clock(t models.Time) string { return reports.Clock(reports.SecondsOf(t)) }

func span(from, until models.Time) string {
	return reports.Duration(reports.Seconds(until.Sub(from).Seconds()))
}

// fullName is namespace/name of what is asked about.
func (a *asking) fullName() string { return a.query.Namespace + "/" + a.query.Name }

// pod answers for a pod.
func (a *asking) pod() error {
	l := a.subjectAt(a.At)
	a.out.Evidence, a.out.Next = l.facts.split(a.At)
	if l.facts.left > 0 {
		a.out.Notes = append(a.out.Notes, fmt.Sprintf("%s more of what befell it are left out", reports.Count(int64(l.facts.left))))
	}
	a.relatives(l)
	switch {
	case l.created > a.At:
		a.notCreated(l)
		return nil
	case l.gone <= a.At:
		a.gone(l)
		return nil
	}
	pod := a.View.Pod(l.id)
	a.out.State = a.StatusOf(pod)
	if pod.Owner() != models.None {
		a.out.Owner = ownerName(rootOf(a.View.Owner(pod.Owner())))
	}
	if pod.Node() != models.None {
		a.out.Node = a.View.Node(pod.Node()).Name()
	}
	if l.departure != nil && l.departure.At <= a.out.At {
		a.out.Departure = l.departure
	}
	switch {
	case pod.Phase().Terminal():
		a.terminal(l, pod)
	case pod.Deleting() || a.out.Departure != nil:
		a.terminating(l, pod)
	case pod.Node() == models.None:
		return a.pending(l, pod)
	default:
		a.placed(l, pod)
	}
	return nil
}

func (a *asking) notCreated(l *life) {
	a.out.State = "NotCreated"
	how := ""
	if len(l.facts.list) > 0 {
		how = strings.TrimPrefix(l.facts.list[0].text, "created")
	}
	a.because("not-created", "Pod %s does not exist yet: it is created at %s%s", a.fullName(), clock(l.created), how)
	if l.before != nil {
		a.out.Cause.Text += fmt.Sprintf(", in place of %s, which at %s %s", l.before.name, departedAt(l.before), departed(l.before))
	}
	a.out.Cause.Text += "."
}

// departed says how a pod left, as the end of a sentence.
func departed(l *life) string {
	if l.departure == nil {
		return "left"
	}
	return strings.TrimRight(l.departure.Text, ". ")
}

func departedAt(l *life) string {
	if l.departure == nil {
		return clock(l.gone)
	}
	return reports.Clock(l.departure.At)
}

func (a *asking) gone(l *life) {
	a.out.State, a.out.Departure = "Gone", l.departure
	a.because("gone", "Pod %s is gone since %s: at %s it %s.", a.fullName(), clock(l.gone), departedAt(l), departed(l))
}

func (a *asking) terminal(l *life, pod cluster.Pod) {
	kind := "failed"
	if pod.Phase() == models.Succeeded {
		kind = "succeeded"
	}
	a.because(kind, "Pod %s has ended (%s): at %s it %s.", a.fullName(), pod.Phase(), departedAt(l), departed(l))
}

func (a *asking) terminating(l *life, pod cluster.Pod) {
	a.because("terminating", "Pod %s is terminating: at %s it %s", a.fullName(), departedAt(l), departed(l))
	switch node := pod.Node(); {
	case node != models.None && !a.View.Node(node).Heard():
		a.out.Cause.Text += "; it stays for as long as the kubelet of its node is not heard, which could end it"
	case pod.Deleting() && pod.Deadline() != models.Never && pod.Deadline() > a.At:
		a.out.Cause.Text += "; its grace lasts until " + clock(pod.Deadline())
	}
	a.out.Cause.Text += "."
}

// chainMost is how many predecessors are told.
const chainMost = 8

// relatives tells what the pod replaces, and what replaced it.
func (a *asking) relatives(l *life) {
	seen := map[*life]bool{l: true}
	for before := l.before; before != nil && !seen[before]; before = before.before {
		seen[before] = true
		if len(a.out.Before) == chainMost {
			a.out.Notes = append(a.out.Notes, "the chain of pods that it replaces goes further back")
			break
		}
		a.out.Before = append(a.out.Before, before.relative())
	}
	if l.after != nil {
		after := l.after.relative()
		a.out.After = &after
	}
}

func (l *life) relative() Relative {
	r := Relative{Pod: l.name, Created: reports.SecondsOf(l.created), Node: l.node, Departure: l.departure}
	if l.ready != models.Never {
		ready := reports.SecondsOf(l.ready)
		r.Ready = &ready
	}
	return r
}

// aheadMost bounds how many pods are placed before the one that is asked about.
const aheadMost = 1000

// ahead lists the pods that a scheduler would try before one, all of which wait: by
// priority, then by when they were last tried, or created.
// Source: pkg/scheduler/framework/plugins/queuesort (PrioritySort),
// pkg/scheduler/backend/queue/scheduling_queue.go (AddUnschedulableIfNotPresent).
func (a *asking) ahead(v cluster.View, id models.PodID) (list []models.PodID) {
	for other := range v.Live() {
		o := other.Spec()
		if other.Node() != models.None || other.Assumed() != models.None || !other.Active() || len(o.SchedulingGates) > 0 || o.NodeName != 0 {
			continue
		}
		if o.SchedulerName == v.Pod(id).Spec().SchedulerName && a.before(v.Pod(other.ID()), v.Pod(id)) < 0 {
			list = append(list, other.ID())
		}
	}
	slices.SortFunc(list, func(x, y models.PodID) int { return a.before(v.Pod(x), v.Pod(y)) })
	return list
}

// before compares the places of two pods in the scheduling queue.
func (a *asking) before(x, y cluster.Pod) int {
	return cmp.Or(cmp.Compare(y.Spec().Priority, x.Spec().Priority), cmp.Compare(a.queuedSince(x), a.queuedSince(y)), cmp.Compare(x.ID(), y.ID()))
}

func (a *asking) queuedSince(pod cluster.Pod) models.Time {
	if at, ok := a.tried[pod.ID()]; ok {
		return at
	}
	return pod.Created()
}

// ask asks the scheduler again about a pod in a cluster.
func (a *asking) ask(c *cluster.Cluster, id models.PodID) (place.Explanation, error) {
	s, err := a.Scheduler(c)
	if err != nil {
		return place.Explanation{}, err
	}
	again := func() (*scheduler.Scheduler, error) { return a.Scheduler(c) }
	first := a.ahead(c.View(), id)
	return place.New(c, s, place.Options{Detail: place.Nodes}).ExplainBehind(id, first[:min(len(first), aheadMost)], again)
}
