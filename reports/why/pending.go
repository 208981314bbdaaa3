package why

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/place"
)

// outcome tells what became of a pod that has no node at the moment.
func (a *asking) outcome(l *life) {
	switch {
	case l.bound != models.Never && l.ready != models.Never:
		a.out.Outcome = fmt.Sprintf("It was bound to node %s at %s, %s later, and was Ready at %s.", l.node, clock(l.bound), span(a.At, l.bound), clock(l.ready))
	case l.bound != models.Never:
		a.out.Outcome = fmt.Sprintf("It was bound to node %s at %s, %s later, and was never Ready.", l.node, clock(l.bound), span(a.At, l.bound))
	case l.gone != models.Never:
		a.out.Outcome = fmt.Sprintf("It never found a node, and is gone at %s: it %s.", clock(l.gone), departed(l))
	case a.Cut:
		a.out.Outcome = fmt.Sprintf("It found no node up to %s, after which the log is damaged.", clock(a.End))
	default:
		a.out.Outcome = fmt.Sprintf("It found no node up to the end of the run, at %s.", clock(a.End))
	}
}

// pending answers for a pod without a node.
func (a *asking) pending(l *life, pod cluster.Pod) error {
	a.outcome(l)
	if pod.Assumed() != models.None {
		a.because("binding", "Pod %s is about to be bound to node %s.", a.fullName(), a.View.Node(pod.Assumed()).Name())
		return nil
	}
	if name := pod.Spec().NodeName; name != 0 {
		a.because("node-name", "Pod %s names node %s in its specification, which is not there; no scheduler looks for another one.",
			a.fullName(), a.View.Dictionary().String(name))
		return nil
	}
	e, err := a.ask(a.Cluster, l.id)
	if err != nil {
		return err
	}
	a.out.Fits = e.Placement.Node
	last := l.attempt
	if e.Placement.Node == "" || last.count == 0 {
		a.explained(a.Cluster, pod, &e, a.At)
		return a.waits(l, pod, &e)
	}
	// It would fit by now: what kept it off was true at its last attempt.
	then, err := a.Before(last.operations, last.at)
	if err != nil {
		return err
	}
	before, err := a.ask(then, l.id)
	if err != nil {
		return err
	}
	a.explained(then, then.View().Pod(l.id), &before, last.at)
	if f, down := a.during(a.At, schedulerOutage); down {
		a.schedulerDown(&f, &e)
		return nil
	}
	a.because("back-off", "Pod %s is pending although it would fit on node %s by now: it waits for its next attempt. At the last one, at %s, %s.",
		a.fullName(), e.Placement.Node, clock(last.at), a.said(&before))
	return nil
}

const (
	schedulerOutage  = "schedulerOutage"
	controllerOutage = "controllerManagerOutage"
)

// waits is the cause of a pod that fits nowhere, or has not been tried.
func (a *asking) waits(l *life, pod cluster.Pod, e *place.Explanation) error {
	f, down := a.during(a.At, schedulerOutage)
	switch {
	case len(pod.Spec().SchedulingGates) > 0:
		var gates []string
		for _, gate := range pod.Spec().SchedulingGates {
			gates = append(gates, a.View.Dictionary().String(gate))
		}
		a.because("gated", "Pod %s waits for its scheduling gates to be removed: %s.", a.fullName(), strings.Join(gates, ", "))
	case strings.HasPrefix(e.Placement.Skipped, "schedulerName "):
		a.because("other-scheduler", "Pod %s waits for a scheduler called %s, which does not run here.",
			a.fullName(), strings.TrimPrefix(e.Placement.Skipped, "schedulerName "))
	case e.Placement.Skipped != "":
		a.because("other-plugin", "Pod %s is kept out of the scheduling queue: %s.", a.fullName(), e.Placement.Skipped)
	case down && e.Placement.Node != "":
		a.schedulerDown(&f, e)
	case e.Placement.Node != "":
		a.because("not-tried", "Pod %s has not been tried yet: it was created %s before and would go to node %s when its turn comes%s.",
			a.fullName(), span(l.created, a.At), e.Placement.Node, a.inFront())
	case pod.Nominated() != models.None:
		a.nominated(pod)
	default:
		a.because(a.mainKind(e), "Pod %s is pending because %s%s.", a.fullName(), a.said(e), a.inFront())
		if l.attempt.count == 0 {
			a.out.Notes = append(a.out.Notes, "the scheduler has not tried it yet; it was asked what it would say")
		}
	}
	return nil
}

func (a *asking) schedulerDown(f *faultSpan, e *place.Explanation) {
	a.because("scheduler-down", "Pod %s is pending because the scheduler does not run since %s (fault %s); it would go to node %s.",
		a.fullName(), clock(f.from), f.name, e.Placement.Node)
}

// inFront tells how many pods come before one, as the end of a sentence.
func (a *asking) inFront() string {
	if a.out.Ahead == 0 {
		return ""
	}
	return "; " + reports.PluralOf(a.out.Ahead, "pod is", "pods are") + " in front of it in the queue"
}

// nominated is the cause of a pod for which preemption makes room.
func (a *asking) nominated(pod cluster.Pod) {
	node := a.View.Node(pod.Nominated())
	var leaving []string
	until := a.At
	for _, id := range node.Pods() {
		if victim := a.View.Pod(id); victim.Deleting() {
			leaving = append(leaving, reports.PodName(a.View, victim))
			until = max(until, victim.Deadline())
		}
	}
	a.because("nominated", "Pod %s is nominated for node %s, where preemption makes room for it", a.fullName(), node.Name())
	switch {
	case len(leaving) == 0:
		a.out.Cause.Text += ": the room is free, and it waits for its next attempt."
	case until < models.Never:
		a.out.Cause.Text += fmt.Sprintf(": it waits for %s to leave, by %s at the latest.", some(leaving, "other"), clock(until))
	default:
		a.out.Cause.Text += fmt.Sprintf(": it waits for %s to leave.", some(leaving, "other"))
	}
}

// someMost is how many names stand in a sentence.
const someMost = 3

// some names a few of many.
func some(names []string, noun string) string {
	if len(names) <= someMost {
		return enumerate(names)
	}
	return strings.Join(names[:someMost], ", ") + " and " + reports.Plural(len(names)-someMost, noun)
}

func enumerate(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// explained fills in what the scheduler said about a pod.
func (a *asking) explained(c *cluster.Cluster, pod cluster.Pod, e *place.Explanation, at models.Time) {
	asked := reports.SecondsOf(at)
	a.out.Asked, a.out.AskedAt = reports.PodName(c.View(), pod), &asked
	g := a.grouping(c, pod)
	a.out.Ahead = len(a.ahead(c.View(), pod.ID()))
	a.out.Nodes, a.nodesThere = g.groups(e), len(g.ids)
	main := a.mainKind(e)
	if i := slices.IndexFunc(a.out.Nodes, func(g NodeGroup) bool { return g.Kind == main }); i > 0 { // first what counts
		first := a.out.Nodes[i]
		a.out.Nodes = slices.Insert(slices.Delete(a.out.Nodes, i, i+1), 0, first)
	}
	a.out.Holders = g.holders(e)
	a.out.Changes, a.out.Cut = g.ranked(e.Changes), e.Cut
}

// said is why no node takes a pod, as the end of a sentence.
func (a *asking) said(e *place.Explanation) string {
	groups := a.out.Nodes
	if len(groups) == 0 {
		return strings.TrimSuffix(e.Placement.Message+e.Placement.Error, ".")
	}
	total, all := 0, a.nodesThere
	for i := range groups {
		total += groups[i].Count
	}
	if len(groups) == 1 && groups[0].Count == 0 {
		return groups[0].Text
	}
	var parts []string
	for i := range groups {
		if i == someMost && len(groups) > someMost+1 {
			rest := 0
			for _, g := range groups[i:] {
				rest += g.Count
			}
			parts = append(parts, fmt.Sprintf("%s %s for other reasons", reports.Count(int64(rest)), one(rest, "does not do", "do not do")))
			break
		}
		parts = append(parts, reports.Count(int64(groups[i].Count))+" "+groups[i].Text)
	}
	nodes, only := reports.Plural(total, "node"), "the only node"
	if total < all {
		nodes, only = "the "+nodes+" to which it may go", "the only node to which it may go"
	}
	if total == 1 {
		return only + " does not take it: it " + groups[0].Text
	}
	return fmt.Sprintf("none of %s takes it: %s", nodes, strings.Join(parts, "; "))
}

func one(n int, singular, plural string) string {
	if n == 1 {
		return singular
	}
	return plural
}

// mainKind is the kind of the cause of a pod that fits nowhere: that of the most nodes, but
// that nodes are out of order or cordoned if one of them would have taken it.
func (a *asking) mainKind(e *place.Explanation) string {
	for _, c := range e.Changes {
		switch c.Kind {
		case "condition":
			return "node-condition"
		case "uncordon":
			return "cordoned"
		}
	}
	if len(a.out.Nodes) > 0 {
		return a.out.Nodes[0].Kind
	}
	return "other-plugin"
}
