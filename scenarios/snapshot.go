package scenarios

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/sim"
)

// Objects that a server wrote are the state of a live cluster, and the run goes on
// from it. Virtual time 0 is the moment at which that state was taken: the start
// of the Scenario if it gives one, else the last moment that the objects tell of.
// What happened before lies at negative times.

// maxAge bounds how far back the past of an object reaches, so that virtual time
// can hold it.
const maxAge = limits.PastDays * 24 * time.Hour

// dateSnapshot lets virtual time begin when the state of the cluster was taken.
func (l *loader) dateSnapshot() {
	if l.objects.Snapshot.IsZero() {
		return
	}
	for _, o := range l.byKind("Scenario") {
		if o.at("spec.start") != nil {
			return
		}
	}
	l.run.Start = l.objects.Snapshot.UTC()
	l.assume("virtual time begins at %s, the last moment that the snapshot tells of", l.run.Start.Format(time.RFC3339))
}

// moment turns a date into virtual time. Unknown ones are the present: 0.
func (l *loader) moment(t time.Time) models.Time {
	if t.IsZero() {
		return 0
	}
	return models.Time(min(max(t.Sub(l.run.Start), -maxAge), maxAge))
}

// past is moment, but nothing that has happened lies ahead.
func (l *loader) past(t time.Time) models.Time { return min(l.moment(t), 0) }

// firstKnown returns the first date that is known.
func firstKnown(dates ...time.Time) time.Time {
	for _, t := range dates {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func (l *loader) pastPod(pod *manifest.Pod, node models.NodeID) *sim.PastPod {
	s := pod.Status
	started := firstKnown(s.Started, s.Bound, s.Created)
	return &sim.PastPod{
		Node: node, Phase: pod.Phase, Ready: s.Ready, Stuck: s.Stuck, Restarts: s.Restarts,
		ExitCode: s.ExitCode, Reason: s.Reason,
		Created: l.past(s.Created), Bound: l.past(firstKnown(s.Bound, s.Created)), Started: l.past(started),
		ReadyChanged: l.past(firstKnown(s.ReadyChanged, started)),
		Exited:       l.past(firstKnown(s.Exited, s.ReadyChanged, started)),
		Deleting:     !s.Deletion.IsZero(), Deletion: l.moment(s.Deletion),
		Indexed: s.Indexed, Index: s.Index, Failures: s.Failures, Ignored: s.Ignored, Counted: s.Counted, Gates: s.Gates,
	}
}

// lostPods counts the ended pods of a Job whose objects are gone.
type lostPods struct{ succeeded, failed int32 }

// lostPods compares what the Jobs of a snapshot have counted with the pods that
// are there.
func (l *loader) lostPods(all []standing) map[int]lostPods {
	present := make(map[int]lostPods)
	for _, s := range all {
		if s.pod < 0 || s.parent < 0 {
			continue
		}
		if status := l.objects.Pods[s.pod].Status; status != nil && !status.Counted {
			continue
		}
		n := present[s.parent]
		switch l.objects.Pods[s.pod].Phase {
		case models.Succeeded:
			n.succeeded++
		case models.Failed:
			n.failed++
		}
		present[s.parent] = n
	}
	lost := make(map[int]lostPods)
	for i, s := range all {
		if s.owner < 0 || l.objects.Owners[s.owner].Status == nil {
			continue
		}
		status, n := l.objects.Owners[s.owner].Status, present[i]
		lost[i] = lostPods{max(status.Succeeded-n.succeeded, 0), max(status.Failed-n.failed, 0)}
	}
	return lost
}

func (l *loader) pastOwner(o *manifest.Owner, lost lostPods) *sim.PastOwner {
	s := o.Status
	if o.Spec.Rules != nil && o.Spec.Rules.Indexed {
		lost.succeeded = 0 // the indexes tell
	}
	scheduled := int64(0)
	if !s.Scheduled.IsZero() {
		scheduled = s.Scheduled.Unix()
	}
	return &sim.PastOwner{
		CompletedIndexes: s.CompletedIndexes, FailedIndexes: s.FailedIndexes,
		Scheduled: scheduled, EndReason: s.EndReason, EndMessage: s.EndMessage, EndsWell: s.EndsWell,
		Created: l.past(s.Created), Deleting: !s.Deletion.IsZero(), Revision: s.Revision, Succeeded: lost.succeeded, Failed: lost.failed,
		Finished: s.Finished, Complete: s.Complete, FinishedAt: l.past(s.FinishedAt), Reason: s.Reason,
	}
}

// outdated lists by Deployment the ReplicaSets that it does not go on with.
func (l *loader) outdated(all []standing) map[int][]int {
	lists := make(map[int][]int)
	for i, s := range all {
		if s.owner >= 0 && s.parent >= 0 && !l.objects.Owners[s.owner].Current {
			lists[s.parent] = append(lists[s.parent], i)
		}
	}
	return lists
}

// pastNodes returns what nodes bring besides their specifications. Those of the
// stream come first among the nodes of the run, in its order.
func (l *loader) pastNodes() []sim.Arrival {
	var list []sim.Arrival
	for i := range l.objects.Nodes {
		n := &l.objects.Nodes[i]
		tainted := slices.ContainsFunc(n.Spec.Taints, func(t models.Taint) bool { return t.Effect == models.NoExecute })
		if !tainted && n.Ready == models.ConditionTrue {
			continue
		}
		list = append(list, sim.Arrival{PastNode: &sim.PastNode{
			Node: models.NodeID(i), TaintedSince: l.past(n.TaintedSince), Silent: n.Ready == models.ConditionUnknown,
		}})
	}
	return list
}

// noteSnapshot says what a run cannot know of the state that it goes on from.
func (l *loader) noteSnapshot(all []standing) {
	kinds := make(map[string]bool)
	alone, unready, stuck, down := 0, 0, 0, 0
	for _, s := range all {
		if s.pod < 0 {
			continue
		}
		pod := &l.objects.Pods[s.pod]
		if pod.Status == nil || pod.Phase.Terminal() || pod.Node == "" {
			continue
		}
		if s.parent < 0 && pod.Controller != "" {
			alone++
			kinds[pod.Controller] = true
		}
		if pod.Phase == models.Running && pod.Status.Ready == models.ConditionFalse {
			unready++
		}
		if pod.Phase == models.Pending && pod.Status.Stuck {
			stuck++
		}
	}
	for i := range l.objects.Nodes {
		if l.objects.Nodes[i].Ready != models.ConditionTrue {
			down++
		}
	}
	l.assumeNumber(alone, "pods of "+strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")+
		" that nothing replaces, since their controllers are not simulated or not in the input")
	l.assumeNumber(unready, "running pods that are not Ready, and stay so unless a PodBehavior gives startUp")
	l.assumeNumber(stuck, "pods that cannot start, and stay Pending on their nodes")
	l.assumeNumber(down, "nodes that are not Ready, and stay so")
}

// countUnreplaced counts the pods that are there, and those of them that nothing makes
// anew when they are lost.
func (l *loader) countUnreplaced(all []standing) {
	for _, s := range all {
		if s.pod < 0 {
			continue
		}
		pod := &l.objects.Pods[s.pod]
		if pod.Phase.Terminal() || goesWithNode(pod.Controller) || pod.Status != nil && !pod.Status.Deletion.IsZero() {
			continue
		}
		l.pods++
		if s.parent < 0 {
			l.unreplaced++
		}
	}
}

// goesWithNode reports whether pods of a controller of a kind are there for the sake of
// their node: a DaemonSet or, of pods that kubelets run by themselves, the Node.
func goesWithNode(controller string) bool {
	return controller == models.DaemonSet.String() || controller == nodeKind
}

func (l *loader) assumeNumber(n int, whose string) {
	if n > 0 {
		l.assume("%s: %d", whose, n)
	}
}

// assumeSnapshotRunTime is assumeRunTime, but told once for the whole snapshot.
func (l *loader) assumeSnapshotRunTime(p *prototype, t *sim.Template) {
	before := len(l.run.Assumptions)
	l.assumeRunTime(p, t, false, "objects of the snapshot")
	if told := l.run.Assumptions; len(told) > before && slices.Contains(told[:before], told[before]) {
		l.run.Assumptions = told[:before]
	}
}
