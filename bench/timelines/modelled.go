package timelines

import "strings"

// modelled are the fields of recordings that podsim has an answer to, by kind. The
// answer may be wrong.
var modelled = map[string]map[string]bool{
	Result: fields("", ""),
	"Node": fields(Added, Deleted, "taints", "unschedulable", "conditions.Ready", "conditions.DiskPressure",
		"conditions.MemoryPressure", "conditions.PIDPressure"),
	"Pod": fields(Added, Deleted, "PodScheduled", "DisruptionTarget", "container", "deletionAt", "grace", "image", "node",
		"nominated", "owner", "phase", "priority", "qos", "ready", "resources", "restarts", "revision", "target", "finalizers", "index"),
	"ReplicaSet": fields(Added, Deleted, "spec", "replicas", "readyReplicas", "availableReplicas", "terminatingReplicas",
		"image", "owner", "revision", "desired", "max", "deletionAt", "finalizers", "grace", "conditions.ReplicaFailure"),
	"Deployment": fields(Added, Deleted, "spec", "generation", "revision", "replicas", "readyReplicas", "availableReplicas",
		"unavailableReplicas", "updatedReplicas", "terminatingReplicas", "deletionAt", "finalizers", "grace", "conditions.Available", "conditions.Progressing",
		"conditions.ReplicaFailure"),
	"ResourceQuota": fields(Added, Deleted, "hard", "used"),
	"CronJob":       fields(Added, Deleted, "active", "lastScheduleTime", "lastSuccessfulTime"),
	"Job": fields("owner", Added, Deleted, "parallelism", "suspend", "active", "ready", "succeeded", "failed", "terminating", "startTime",
		"completionTime", "conditions.Complete", "conditions.Failed", "conditions.FailureTarget", "conditions.SuccessCriteriaMet",
		"conditions.Suspended", "deletionAt", "finalizers", "grace", "uncounted-succeeded", "uncounted-failed", "completedIndexes", "failedIndexes"),
	"StatefulSet": fields(Added, Deleted, "spec", "replicas", "readyReplicas", "availableReplicas", "currentReplicas",
		"updatedReplicas", "currentRevision", "updateRevision"),
	"DaemonSet": fields(Added, Deleted, "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable",
		"numberUnavailable", "numberMisscheduled", "updatedNumberScheduled"),
	"PodDisruptionBudget": fields(Added, Deleted, "currentHealthy", "desiredHealthy", "expectedPods", "disruptionsAllowed", "disruptedPods",
		"conditions.DisruptionAllowed"),
	"HorizontalPodAutoscaler": fields(Added, Deleted, "conditions.AbleToScale", "conditions.ScalingActive", "conditions.ScalingLimited",
		"currentReplicas", "desiredReplicas", "averageValue", "utilization", "value"),
	"ControllerRevision": fields(Added, Deleted, "revision", "owner"),
}

func fields(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// ignored are fields that nothing is to be compared with: they count what others
// have looked at.
var ignored = fields("observedGeneration")

// counters are the fields that count what changes many times at once, so that their
// values in between are a race.
var counters = fields("replicas", "readyReplicas", "availableReplicas", "unavailableReplicas", "updatedReplicas",
	"terminatingReplicas", "active", "ready", "succeeded", "failed", "terminating", "currentReplicas", "desiredNumberScheduled",
	"currentNumberScheduled", "numberReady", "numberAvailable", "numberUnavailable", "numberMisscheduled", "updatedNumberScheduled",
	"currentHealthy", "expectedPods")

func isCounter(f Fact) bool { return f.Kind != "Pod" && counters[f.Field] }

// moments are the fields that hold a time in whole seconds since the start.
var moments = fields("deletionAt", "startTime", "completionTime", "lastScheduleTime", "lastSuccessfulTime")

// judge tells apart what podsim answers from what it does not.
type judge struct {
	owners map[string]string
	pinned map[string]bool // pods whose user named the node
	races  map[string]bool // DaemonSets whose steps differ from run to run
}

func newJudge(r *Recording) *judge {
	j := &judge{owners: ownersOf(r.Facts), pinned: make(map[string]bool), races: make(map[string]bool)}
	for _, s := range r.Sequences {
		j.races[s.Object] = !s.Same && strings.HasPrefix(s.Object, "DaemonSet/")
	}
	for _, a := range r.Actions {
		objects, _ := r.files(a.Create, "") // they were there when the recording was read
		for _, o := range objects {
			if o.Kind() == "Pod" && textAt(o, "spec", "nodeName") != "" {
				j.pinned[o.Subject()] = true
			}
		}
	}
	return j
}

// inRace reports whether a fact is about a pod of a DaemonSet which goes from node to
// node in an order that is chance.
func (j *judge) inRace(f Fact) bool { return f.Kind == "Pod" && j.races[j.owners[f.Subject()]] }

// isIgnored reports whether nothing is compared with a fact: which of equal nodes a
// pod gets is chance, and so is how many events there were before others are combined.
func (j *judge) isIgnored(f Fact) bool {
	return f.Field == Event && strings.Contains(f.Value, "(combined from similar events)") || ignored[f.Field] || f.Kind == "Pod" && f.Field == "node" && !j.pinned[f.Subject()]
}

// lacking returns the kind or field that podsim does not model and that keeps it
// from having a fact, or nothing.
func (j *judge) lacking(f Fact) string {
	// What an object that is not modelled owns does not come to be.
	for up, n := j.owners[f.Subject()], 0; up != "" && n < 8; up, n = j.owners[up], n+1 {
		if kind, _, _ := strings.Cut(up, "/"); modelled[kind] == nil {
			return f.Kind + " of " + kind
		}
	}
	known := modelled[f.Kind]
	if part, _, ok := strings.Cut(f.Field, "."); ok && f.Kind == "ResourceQuota" {
		f.Field = part // behind it stands the name of a resource
	}
	if f.Field == Event {
		if modelledEvents[f.Kind][reasonOf(f)] {
			return ""
		}
		return f.Class()
	}
	switch {
	case known == nil:
		return f.Kind
	case !known[f.Field]:
		return f.Class()
	}
	return ""
}
