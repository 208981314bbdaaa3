package why

import (
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/place"
)

// Answer is why an object stands as it does. Times are in seconds of virtual time.
type Answer struct {
	Object string          `json:"object"` // Pod default/web-0
	At     reports.Seconds `json:"at"`
	// State is how kubectl would have shown the object: Pending, CrashLoopBackOff or
	// Running; NotCreated and Gone where there is none; 3/5 for a workload.
	State string `json:"state"`
	Cause Cause  `json:"cause"`
	Owner string `json:"owner,omitempty"` // of a pod: Deployment default/web
	Node  string `json:"node,omitempty"`  // of a pod that has one

	// Workload is what is told of a workload alone.
	Workload *Workload `json:"workload,omitempty"`
	// Departure is how a pod came to leave, if it has or is about to.
	Departure *Departure `json:"departure,omitempty"`
	// Before are what the pod replaces, the nearest first, and After what replaced it.
	Before []Relative `json:"before,omitempty"`
	After  *Relative  `json:"after,omitempty"`
	// Evidence is what befell the object up to the moment, and Next what did after it.
	Evidence []Fact `json:"evidence"`
	Next     []Fact `json:"next"`
	// Outcome is what became of a pod that was waiting at the moment.
	Outcome string `json:"outcome,omitempty"`

	// Asked is about which pod the scheduler was asked again, and AskedAt for which moment:
	// that of the last attempt if the pod would find a node by now. Both are absent if it
	// was not asked.
	Asked   string           `json:"asked,omitempty"`
	AskedAt *reports.Seconds `json:"askedAt,omitempty"`
	// Ahead is how many pods wait that would be tried before it.
	Ahead int `json:"ahead,omitempty"`
	// Fits is where the pod would go at the moment, if it would.
	Fits string `json:"fits,omitempty"`
	// Nodes are the nodes by what speaks against each: what counts first, then the most.
	Nodes []NodeGroup `json:"nodes,omitempty"`
	// Holders are who has what the pod lacks, the largest first.
	Holders []Holder `json:"holders,omitempty"`
	// Changes would each have placed the pod, or let it be created, the smallest first. Those
	// that make room which pods ahead of it would take are last.
	Changes []Change `json:"changes,omitempty"`
	// Cut tells that the search for changes ended early.
	Cut bool `json:"cut,omitempty"`
	// Notes are what the reader has to know about the answer.
	Notes []string `json:"notes,omitempty"`
}

// Cause is the true cause in a word and in a sentence.
type Cause struct {
	// Kind is one of Kinds.
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Fact is something that happened, perhaps several times.
type Fact struct {
	At    reports.Seconds  `json:"at"`
	Until *reports.Seconds `json:"until,omitempty"` // the last time, if there were several
	Times int              `json:"times,omitempty"` // if more than once
	Text  string           `json:"text"`
}

// Relative is a pod before or after another one in a chain of replacements.
type Relative struct {
	Pod     string           `json:"pod"`
	Created reports.Seconds  `json:"created"`
	Ready   *reports.Seconds `json:"ready,omitempty"`
	Node    string           `json:"node,omitempty"`
	// Departure is how it came to leave, if it has.
	Departure *Departure `json:"departure,omitempty"`
}

// Departure is how a pod came to leave its node, or to end.
type Departure struct {
	At reports.Seconds `json:"at"`
	// Kind is one of Departures.
	Kind   string `json:"kind"`
	By     string `json:"by"`     // the component
	Reason string `json:"reason"` // as the log has it
	Text   string `json:"text"`   // what happened, as the end of a sentence about the pod
	Node   string `json:"node,omitempty"`
	// Preemptor is the pod for which it had to go.
	Preemptor *Preemptor `json:"preemptor,omitempty"`
	// Taints are those of its node that it did not tolerate.
	Taints []string `json:"taints,omitempty"`
	// Trouble is what had befallen its node.
	Trouble string   `json:"trouble,omitempty"`
	Budgets []Budget `json:"budgets,omitempty"`
}

// Preemptor is a pod for which another one had to go.
type Preemptor struct {
	Pod      string `json:"pod"`
	Priority int32  `json:"priority"`
	Than     int32  `json:"than"` // the priority of the one that went
}

// Budget is a PodDisruptionBudget over a pod or a workload. Of a departure the numbers
// are those before and after it.
type Budget struct {
	Name         string `json:"name"`
	Desired      int32  `json:"desiredHealthy"`
	Healthy      int32  `json:"currentHealthy"`
	HealthyAfter int32  `json:"currentHealthyAfter"`
	Allowed      int32  `json:"disruptionsAllowed"`
	AllowedAfter int32  `json:"disruptionsAllowedAfter"`
}

// NodeGroup are nodes against which the same speaks.
type NodeGroup struct {
	Count  int    `json:"count"`
	Plugin string `json:"plugin,omitempty"`
	Kind   string `json:"kind"` // one of Kinds
	// Reasons are those of the plugin, and Text says the same about these nodes.
	Reasons []string `json:"reasons,omitempty"`
	Text    string   `json:"text"`
	// Closest is the node that lacks the least, with what it has free.
	Closest string `json:"closest,omitempty"`
	// Examples are the first of the nodes; Zones are those in which they are, with how many.
	Examples []string    `json:"examples"`
	Zones    []ZoneCount `json:"zones,omitempty"`
}

// ZoneCount is how many nodes are in a zone.
type ZoneCount struct {
	Zone  string `json:"zone"`
	Count int    `json:"count"`
}

// Holder are pods of one workload and priority that have what a pod lacks.
type Holder struct {
	Workload string `json:"workload"` // Deployment/default/web, or Pod/default/x
	Pods     int    `json:"pods"`
	Nodes    int    `json:"nodes"`
	// Holds is what they have: 12 cpu, host port 8080.
	Holds    string `json:"holds"`
	Priority int32  `json:"priority"`
	// Relation is higher, equal or lower: their priority against that of the pod.
	Relation string          `json:"relation"`
	Since    reports.Seconds `json:"since"` // when the first of them was bound
	Leaving  int             `json:"leaving,omitempty"`
}

// Change is a change that was tried, with its place in the order of sizes.
type Change struct {
	place.Change
	// Size is its rank: 0 undoes a stop, 1 changes the pod's own wishes, 2 a node's
	// settings or a quota, 3 takes room from others or gives up most of a request, 4 buys,
	// 5 gives up all of a request.
	Size int `json:"size"`
}

// Workload is what is told of a workload.
type Workload struct {
	Desired     int32      `json:"desired"`
	Ready       int32      `json:"ready"`
	Available   int32      `json:"available"`
	Missing     int32      `json:"missing"` // pods that are to be and do not exist
	Completions string     `json:"completions,omitempty"`
	Groups      []PodGroup `json:"groups"`
	// Rollout is how its rollout stands, if it rolls out.
	Rollout []string `json:"rollout,omitempty"`
	Budgets []Budget `json:"budgets,omitempty"`
	// Refusals are why its controller was refused pods that are still missing.
	Refusals []Fact `json:"refusals,omitempty"`
	// Losses are how pods of it left up to the moment, by kind, the last first.
	Losses []Loss `json:"losses,omitempty"`
}

// PodGroup are pods of a workload that stand alike.
type PodGroup struct {
	Kind    string          `json:"kind"` // one of Kinds
	Text    string          `json:"text"`
	Pods    []string        `json:"pods"`
	Since   reports.Seconds `json:"since"` // when the oldest of them was created
	Message string          `json:"message,omitempty"`
	ready   bool            // they count as Ready
}

// Loss are departures of one kind.
type Loss struct {
	Kind  string          `json:"kind"`
	Count int             `json:"count"`
	Last  reports.Seconds `json:"last"`
	Text  string          `json:"text"` // of the last of them
}
