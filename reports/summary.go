package reports

import (
	"io"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Seconds is a duration or a moment of virtual time in seconds, rounded to
// milliseconds.
type Seconds float64

// Summary is what a run comes to. Shares are between 0 and 1 (requests may not
// exceed what is allocatable), durations are in seconds. It depends on nothing
// but the operations and what the caller fills in, so equal runs have equal
// summaries.
type Summary struct {
	// Filled in by the caller.
	Scenario     string   `json:"scenario"`
	Seed         uint64   `json:"seed"`
	Digest       string   `json:"digest"`       // SHA-256 of the operation log, hexadecimal
	NotSimulated []string `json:"notSimulated"` // kinds of the scenario that had no effect

	End        Seconds `json:"endSeconds"` // virtual time from 0 to the end of the run
	Operations uint64  `json:"operations"`

	Pods          Outcomes          `json:"pods"`
	PodsByKind    []KindOutcomes    `json:"podsByKind"` // by kind of workload
	Pending       Waiting           `json:"pending"`    // creation to binding
	Running       Quantiles         `json:"running"`    // creation to the first start of the containers
	Ready         Quantiles         `json:"ready"`      // creation to the first time Ready
	Nodes         []NodeSummary     `json:"nodes"`      // in the order they joined
	Disruptions   []Disruption      `json:"disruptions"`
	Faults        []FaultSummary    `json:"faults,omitempty"` // that took no node down, in order of time
	Upgrades      []Upgrade         `json:"upgrades"`
	Unschedulable Unschedulable     `json:"unschedulable"`
	Workloads     []WorkloadSummary `json:"workloads"` // the most replica-seconds lost first
	Jobs          []JobSummary      `json:"jobs"`      // by base name, the most Jobs first
	Assertions    []AssertionResult `json:"assertions"`
	UserSteps     *UserSteps        `json:"userSteps,omitempty"` // absent if there were none
	Measured      Measured          `json:"measured"`
	Custom        []Measure         `json:"custom"` // metrics of the user
	Series        Series            `json:"series"`
}

// Outcomes counts pods. Created = Succeeded + Failed + Deleted + Pending + Bound
// + Running at any time.
type Outcomes struct {
	Created   int64 `json:"created"`
	Succeeded int64 `json:"succeeded"`
	Failed    int64 `json:"failed"`
	Deleted   int64 `json:"deleted"` // removed before they ended
	Pending   int64 `json:"pending"` // at the end of the run: on no node
	Bound     int64 `json:"bound"`   // at the end of the run: on a node, not started
	Running   int64 `json:"running"` // at the end of the run
	Restarts  int64 `json:"restarts"`
}

// KindOutcomes are the outcomes of the pods of one kind of workload: Pod (no
// owner), Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or Job.
type KindOutcomes struct {
	Kind string `json:"kind"`
	Outcomes
}

// Quantiles describes how long pods took. The quantile p is the smallest value
// that at least the share p of all values do not exceed.
type Quantiles struct {
	Count int64   `json:"count"`
	Mean  Seconds `json:"meanSeconds"`
	P50   Seconds `json:"p50Seconds"`
	P90   Seconds `json:"p90Seconds"`
	P95   Seconds `json:"p95Seconds"`
	P99   Seconds `json:"p99Seconds"`
	Max   Seconds `json:"maxSeconds"`
	Worst string  `json:"worst"` // the first pod that took the maximum
	// Exact is false when there were so many values (over 1,048,576) that
	// quantiles were read from logarithmic buckets, with an error below 0.025 %.
	Exact bool `json:"exact"`
}

// Waiting adds the pods whose pending time has no end to those that were bound.
type Waiting struct {
	Quantiles
	StillPending int64   `json:"stillPending"`         // active pods on no node at the end
	Oldest       string  `json:"oldest"`               // of these
	OldestWaits  Seconds `json:"oldestWaitingSeconds"` // so far
	NeverBound   int64   `json:"neverBound"`           // ended or removed without ever having a node
}

// NodeSummary is one node over the run.
type NodeSummary struct {
	Name       string  `json:"name"`
	Group      string  `json:"group"`
	Zone       string  `json:"zone"`
	Joined     Seconds `json:"joinedSeconds"`
	Crashes    int     `json:"crashes"`
	Down       bool    `json:"down"` // at the end
	DownTime   Seconds `json:"downSeconds"`
	Pods       int64   `json:"pods"` // ever bound to it
	CPU        int64   `json:"cpuAllocatableMillicores"`
	Memory     int64   `json:"memoryAllocatableBytes"`
	CPUMean    float64 `json:"cpuRequestedMean"` // share of allocatable, weighted by time
	CPUPeak    float64 `json:"cpuRequestedPeak"`
	MemoryMean float64 `json:"memoryRequestedMean"`
	MemoryPeak float64 `json:"memoryRequestedPeak"`
}

// Disruption is one fault: the nodes that crashed at one moment for one reason.
type Disruption struct {
	At       Seconds  `json:"atSeconds"`
	Fault    string   `json:"fault"`
	Nodes    int      `json:"nodes"`
	Node     string   `json:"node"`         // the first of them
	Restored int      `json:"restored"`     // nodes up again
	Until    *Seconds `json:"untilSeconds"` // when the last node was up again; null if any is not
	PodsHit  int64    `json:"podsHit"`      // active pods on these nodes
	PodsLost int64    `json:"podsLost"`     // of these: deleted or failed before they ran again
	Replaced int64    `json:"replaced"`     // lost pods that their owner created another one for
	// Of the replacements: how many got there, and how long after the crash.
	ReplacementsRunning int64    `json:"replacementsRunning"`
	ReplacementsReady   int64    `json:"replacementsReady"`
	FirstRunning        *Seconds `json:"firstRunningAfterSeconds"`
	LastRunning         *Seconds `json:"lastRunningAfterSeconds"`
	FirstReady          *Seconds `json:"firstReadyAfterSeconds"`
	LastReady           *Seconds `json:"lastReadyAfterSeconds"`
	// Recovered is when all workloads hit that came to lack replicas had as many available
	// as desired again; null if none did or Short of them still do at the end.
	Recovered *Seconds `json:"recoveredAfterSeconds"`
	Short     int      `json:"workloadsStillShort"`
	// Workloads hit, by kind.
	Hit  []KindCount `json:"workloadsHit"`
	Text string      `json:"text"` // the same in words
}

// FaultSummary is a fault that took no node down: a silence, something slow, an outage of
// the control plane.
type FaultSummary struct {
	At            Seconds  `json:"atSeconds"`
	Fault         string   `json:"fault"`
	Action        string   `json:"action"`
	Nodes         int64    `json:"nodes"`
	Until         *Seconds `json:"untilSeconds"`         // null if it was not over at the end
	PendingBefore int64    `json:"pendingBefore"`        // pods without a node when it began
	PendingMost   int64    `json:"pendingMost"`          // and at most, until there were as few again
	CaughtUp      *Seconds `json:"caughtUpAfterSeconds"` // how long after its end that was; null if it was not
	// Hurt are the workloads that had as many available replicas as desired and came to have
	// fewer while it lasted, Short those of them that still do at the end. Recovered is when
	// the last of them had all again, from the beginning of the fault and from its end (0 if
	// that came later); null if there is none, or one is still short.
	Hurt              int      `json:"workloadsHurt"`
	Short             int      `json:"workloadsStillShort"`
	Recovered         *Seconds `json:"recoveredAfterSeconds"`
	RecoveredAfterEnd *Seconds `json:"recoveredAfterEndSeconds"`
	Text              string   `json:"text"` // the same in words
}

// KindCount counts objects of one kind.
type KindCount struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Unschedulable tells why scheduling attempts failed, the most frequent reason
// first.
type Unschedulable struct {
	Attempts int64           `json:"attempts"`
	Pods     int64           `json:"pods"` // with a failed attempt
	Reasons  []ReasonSummary `json:"reasons"`
}

// ReasonSummary is one reason. Nodes sums the nodes that it rejected over all
// attempts.
type ReasonSummary struct {
	Reason   string `json:"reason"`
	Attempts int64  `json:"attempts"`
	Pods     int64  `json:"pods"`
	Nodes    int64  `json:"nodes"`
}

// WorkloadSummary is a Deployment, or a ReplicaSet or ReplicationController of
// its own. Ready is the API's condition; available pods are Ready and their
// containers really run, which those on a crashed node do not. Minima and losses
// count from when the desired number was first available.
type WorkloadSummary struct {
	Name               string   `json:"name"` // Kind/namespace/name
	Created            Seconds  `json:"createdSeconds"`
	Deleted            bool     `json:"deleted"`
	Desired            int32    `json:"desired"` // these three at the end
	Ready              int32    `json:"ready"`
	Available          int32    `json:"available"`
	ReachedDesired     *Seconds `json:"reachedDesiredSeconds"` // null if never
	ReadyMin           int32    `json:"readyMin"`
	ReadyMean          float64  `json:"readyMean"`
	AvailableMin       int32    `json:"availableMin"`
	AvailableMean      float64  `json:"availableMean"`
	BelowDesired       Seconds  `json:"belowDesiredSeconds"`
	ReplicaSecondsLost float64  `json:"replicaSecondsLost"` // integral of desired minus available
}

// JobSummary sums the Jobs whose names differ in a number only.
type JobSummary struct {
	Name         string  `json:"name"` // namespace/base
	Created      int64   `json:"created"`
	Complete     int64   `json:"complete"`
	Failed       int64   `json:"failed"`
	Deleted      int64   `json:"deleted"` // before they ended
	Unfinished   int64   `json:"unfinished"`
	PodFailures  int64   `json:"podFailures"`
	DurationMean Seconds `json:"durationMeanSeconds"` // creation to completion
	DurationMax  Seconds `json:"durationMaxSeconds"`
}

// Series is the time series; every list has one value a sample.
type Series struct {
	Interval    Seconds          `json:"intervalSeconds"`
	Time        []Seconds        `json:"timeSeconds"`
	NodesReady  []int64          `json:"nodesReady"`
	NodesDown   []int64          `json:"nodesDown"`
	Pending     []int64          `json:"podsPending"`
	PendingMost []int64          `json:"podsPendingMost"` // at any time after the sample before
	Bound       []int64          `json:"podsBound"`
	Running     []int64          `json:"podsRunning"`
	Terminating []int64          `json:"podsTerminating"`
	Restarts    []int64          `json:"restarts"`
	Resources   []ResourceSeries `json:"resources"` // cpu, memory, extended resources
}

// ResourceSeries is one resource over the nodes whose Ready condition is True:
// cpu in thousandths of a core, others in bytes or units.
type ResourceSeries struct {
	Resource    string    `json:"resource"`
	Requested   []int64   `json:"requested"`
	Allocatable []int64   `json:"allocatable"`
	Utilisation []float64 `json:"utilisation"` // requested / allocatable
}

// WriteJSON writes the summary as indented JSON.
func (s *Summary) WriteJSON(w io.Writer) error { return WriteJSON(w, s) }

func (s *series) summary(v cluster.View) Series {
	out := Series{Interval: roundSeconds(s.interval.Seconds())}
	for i, name := range v.Dictionary().ResourceNames() {
		if r := models.Resource(i); r == models.CPU || r == models.Memory || r >= models.FirstExtended {
			out.Resources = append(out.Resources, s.resource(r, name))
		}
	}
	for i := range s.rows {
		row := &s.rows[i]
		out.Time = append(out.Time, secondsOf(row.at))
		out.NodesReady = append(out.NodesReady, row.nodesReady)
		out.NodesDown = append(out.NodesDown, row.nodesDown)
		out.Pending = append(out.Pending, row.pending)
		out.PendingMost = append(out.PendingMost, row.pendingMost)
		out.Bound = append(out.Bound, row.bound)
		out.Running = append(out.Running, row.running)
		out.Terminating = append(out.Terminating, row.terminating)
		out.Restarts = append(out.Restarts, row.restarts)
	}
	return out
}

func (s *series) resource(r models.Resource, name string) ResourceSeries {
	out := ResourceSeries{Resource: name}
	for i := range s.rows {
		row := &s.rows[i]
		out.Requested = append(out.Requested, row.requested[r])
		out.Allocatable = append(out.Allocatable, row.allocatable[r])
		out.Utilisation = append(out.Utilisation, round3(Share(row.requested[r], row.allocatable[r])))
	}
	return out
}
