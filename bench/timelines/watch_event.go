package timelines

import (
	"regexp"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports/kubectl"
)

// event tells of an Event that the API server was told of. The fake kubelets of
// recordings tell of none.
func (w *watcher) event(e kubectl.Event) {
	if e.Component == kubectl.Kubelet {
		return
	}
	name := e.About.Name
	if recorded, ok := w.names.uids[e.About.UID]; ok {
		name = recorded
	}
	text := uid.ReplaceAllStringFunc(w.names.in(e.Message), func(id string) string {
		if recorded, ok := w.names.uids[id]; ok {
			return "<uid:" + recorded + ">"
		}
		return id
	})
	w.facts = append(w.facts, Fact{At: seconds(e.Last), Kind: e.About.Kind, Name: name, Field: Event, Value: e.Type + " " + e.Reason + ": " + text})
}

var uid = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// modelledEvents are the reasons of Events that podsim tells of, by kind.
var modelledEvents = map[string]map[string]bool{
	"Node":       fields("RegisteredNode", "NodeReady", "NodeNotReady"),
	"Pod":        fields("Scheduled", "FailedScheduling", "Preempted", "TaintManagerEviction", "NodeNotReady"),
	"ReplicaSet": fields("SuccessfulCreate", "SuccessfulDelete", "FailedCreate"),
	"Deployment": fields("ScalingReplicaSet"),
	"Job": fields("SuccessfulCreate", "SuccessfulDelete", "Completed", "BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy",
		"FailedIndexes", "MaxFailedIndexesExceeded", "Suspended", "Resumed", "TooManySucceededPods"),
	"HorizontalPodAutoscaler": fields("SuccessfulRescale", "FailedGetScale", "FailedComputeMetricsReplicas", "FailedGetResourceMetric",
		"FailedGetContainerResourceMetric", "FailedGetPodsMetric", "FailedGetObjectMetric", "FailedGetExternalMetric", "AmbiguousSelector"),
	"StatefulSet":         fields("SuccessfulCreate", "SuccessfulDelete"),
	"DaemonSet":           fields("SuccessfulCreate", "SuccessfulDelete", "FailedDaemonPod", "SucceededDaemonPod"),
	"CronJob":             fields("SuccessfulCreate", "SuccessfulDelete", "SawCompletedJob", "MissingJob", "JobAlreadyActive", "MissSchedule"),
	"PodDisruptionBudget": fields("NoPods", "UnmanagedPods", "CalculateExpectedPodCountFailed"),
}

// reasonOf returns the reason of an event.
func reasonOf(f Fact) string {
	head, _, _ := strings.Cut(f.Value, ":")
	_, reason, _ := strings.Cut(head, " ")
	return reason
}

var (
	chosenNode = regexp.MustCompile(`^(Normal Scheduled: .*) to \S+$`)
	preemptor  = regexp.MustCompile(`^(Normal Preempted: Preempted by pod) \S+ on node \S+$`)
	aboutPod   = regexp.MustCompile(`^(.* (?:Created|Deleted) pod: )(\S+)$`)
	podName    = regexp.MustCompile(`[A-Za-z0-9#()-]+\.[0-9]+`)
)

// comparable is the value of a fact by which both sides meet: in events, the name of
// the pod itself and the nodes that were chosen among equals do not matter.
func comparable(f Fact) string {
	if f.Field != Event {
		return f.Value
	}
	value := f.Value
	if f.Kind == "Pod" {
		value = strings.ReplaceAll(value, f.Name, "*")
	}
	value = chosenNode.ReplaceAllString(value, "$1")
	return preemptor.ReplaceAllString(value, "$1")
}

// renameIn replaces names of pods in the text of events.
func renameIn(f *Fact, renamed map[string]lives) {
	f.Value = podName.ReplaceAllStringFunc(f.Value, func(name string) string {
		if to, ok := renamed[name]; ok {
			return to.at(f.At)
		}
		return name
	})
}

// stemOf is what an event of a controller says, but for the pod; ok is false if it
// is about none.
func stemOf(f Fact) (stem, pod string, ok bool) {
	if f.Field != Event || f.Kind == "Pod" {
		return "", "", false
	}
	parts := aboutPod.FindStringSubmatch(f.Value)
	if parts == nil {
		return "", "", false
	}
	return f.Subject() + " " + parts[1], parts[2], true
}

// settle lets the events that a controller tells of several of its pods at once be
// about those pods of the recording of which it says the same: in which order it
// tells of the pods of one batch is chance, and so is of which it tells in one event
// with others.
func settle(expected []Expected, got []Fact, w *windows) {
	used := make([]bool, len(got))
	var open []*Expected
	index := make(map[string][]int)
	for i := range got {
		if stem, _, ok := stemOf(got[i]); ok {
			index[stem] = append(index[stem], i)
		}
	}
	for i := range expected {
		e := &expected[i]
		stem, _, ok := stemOf(e.Fact)
		if !ok {
			continue
		}
		at := slices.IndexFunc(index[stem], func(g int) bool { return !used[g] && got[g].Value == e.Value && w.holds(e, got[g].At) })
		if at < 0 {
			open = append(open, e)
			continue
		}
		used[index[stem][at]] = true
	}
	for _, e := range open {
		stem, pod, _ := stemOf(e.Fact)
		at := slices.IndexFunc(index[stem], func(g int) bool {
			_, other, _ := stemOf(got[g])
			return !used[g] && ownerOf(pod) != "" && ownerOf(pod) == ownerOf(other) && w.holds(e, got[g].At)
		})
		if at >= 0 {
			got[index[stem][at]].Value = e.Value
			used[index[stem][at]] = true
		}
	}
}
