package why

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/place"
)

// podSet is a group of pods in the making.
type podSet struct {
	PodGroup
	last cluster.Pod // in the scheduling queue
}

// groups puts the pods of a workload together that stand alike. Of those without a node
// the scheduler is asked about the one of each group that is last in the queue, up to
// askedMost: what places that one behind the others serves all.
func (a *asking) groups(o cluster.Owner) error {
	byKey := make(map[string]*podSet)
	var all []*podSet
	for _, set := range setsOf(o) {
		for pod := range set.Pods() {
			kind, text, message := a.stands(pod)
			ready := pod.Active() && pod.Ready()
			key := kind + "\x00" + text + "\x00" + message + strconv.FormatBool(ready)
			g := byKey[key]
			if g == nil {
				g = &podSet{PodGroup{Kind: kind, Text: text, Message: message, Since: reports.SecondsOf(pod.Created()), ready: ready}, pod}
				byKey[key] = g
				all = append(all, g)
			}
			g.Pods = append(g.Pods, pod.Name())
			if a.before(g.last, pod) < 0 {
				g.last = pod
			}
		}
	}
	slices.SortStableFunc(all, func(x, y *podSet) int { return cmp.Compare(len(y.Pods), len(x.Pods)) })
	asked := 0
	for _, g := range all {
		if g.Kind == unplaced && asked < askedMost {
			asked++
			if err := a.unplaced(g, asked == 1); err != nil {
				return err
			}
		}
		a.out.Workload.Groups = append(a.out.Workload.Groups, g.PodGroup)
	}
	return nil
}

// askedMost is about how many pods of a workload the scheduler is asked; unplaced is the
// kind of those about which it is not.
const (
	askedMost = 3
	unplaced  = "other-plugin"
)

// stands says how a pod stands among others: in a word, after the number of them, and what
// was last said of it.
func (a *asking) stands(pod cluster.Pod) (kind, text, message string) {
	switch l := a.pods[pod.ID()]; {
	case pod.Phase() == models.Succeeded:
		return "succeeded", "succeeded", ""
	case pod.Phase() == models.Failed:
		return "failed", "failed", a.View.Dictionary().String(pod.Reason())
	case pod.Deleting():
		why := ""
		if l != nil && l.departure != nil {
			why = l.departure.Kind
		}
		return "terminating", "terminating", why
	case pod.Node() == models.None && l != nil && l.attempt.count > 0:
		return unplaced, "without a node", l.attempt.message
	case pod.Node() == models.None && len(pod.Spec().SchedulingGates) > 0:
		return "gated", "waiting for scheduling gates", ""
	case pod.Node() == models.None:
		return unplaced, "without a node", ""
	}
	kind, text = a.standing(pod)
	switch kind {
	case "running":
		return kind, "Ready", ""
	case "node-down":
		text = "on nodes that are not heard"
		if since := a.since(a.View.Node(pod.Node())); since != "" {
			text = "on nodes that went out of order: each " + since
		}
		return kind, text, ""
	case "image":
		_, text, _ = strings.Cut(text, " and ")
		return kind, "with a node that " + strings.Replace(text, "waits", "wait", 1), ""
	}
	if kind == "not-ready" {
		return kind, "running and not Ready: " + a.unready(pod, a.StatusOf(pod)), ""
	}
	return kind, standings[kind] + because(a.StatusOf(pod)), ""
}

// standings say how pods with a node stand, after the number of them.
var standings = map[string]string{
	"sandbox": "waiting for their sandbox", "starting": "starting", "crash-loop": "ending again and again",
}

// unplaced asks the scheduler about the last pod of a group. What it says of the first
// group that is asked about is told in full.
func (a *asking) unplaced(g *podSet, inFull bool) error {
	e, err := a.ask(a.Cluster, g.last.ID())
	if err != nil {
		return err
	}
	if !inFull {
		keep := *a.out
		defer func() {
			cause, workload := a.out.Cause, a.out.Workload
			*a.out = keep
			a.out.Cause, a.out.Workload = cause, workload
		}()
	}
	a.explained(a.Cluster, g.last, &e, a.At)
	g.Kind, g.Text = a.whyWaiting(g.last, &e)
	return nil
}

// whyWaiting is why pods wait that have no node, after their number.
func (a *asking) whyWaiting(pod cluster.Pod, e *place.Explanation) (kind, text string) {
	f, down := a.during(a.At, schedulerOutage)
	switch {
	case e.Placement.Node != "" && down:
		return "scheduler-down", "without a node, as the scheduler does not run since " + clock(f.from) + " (fault " + f.name + ")"
	case e.Placement.Node != "" && a.pods[pod.ID()] != nil && a.pods[pod.ID()].attempt.count > 0:
		return "back-off", "without a node, which would fit by now and wait for the next attempt"
	case e.Placement.Node != "":
		return "not-tried", "without a node, which have not been tried yet"
	case strings.HasPrefix(e.Placement.Skipped, "schedulerName "):
		return "other-scheduler", "waiting for a scheduler called " + strings.TrimPrefix(e.Placement.Skipped, "schedulerName ")
	case e.Placement.Skipped != "":
		return "other-plugin", "kept out of the scheduling queue: " + e.Placement.Skipped
	case pod.Nominated() != models.None:
		return "nominated", "waiting for preemption to make room on node " + a.View.Node(pod.Nominated()).Name()
	}
	return a.mainKind(e), "without a node because " + a.said(e)
}
