package reports

// Measured is what runs are compared by, from the end of the warm-up on: counts
// and sums from then on, means over the time from then on, and waits of pods that
// were created then or later. Measures lists it flat. Without a warm-up it is about
// the whole run.
type Measured struct {
	From        Seconds       `json:"fromSeconds"` // the end of the warm-up
	Pods        MeasuredPods  `json:"pods"`
	Jobs        MeasuredJobs  `json:"jobs"`
	Waits       ClassWaits    `json:"waits"`       // of all pods
	Classes     []ClassWaits  `json:"classes"`     // by priority class, by name
	Replacement Quantiles     `json:"replacement"` // from a crash to the Ready replacement; open ones with the time so far
	Throughput  Throughput    `json:"throughput"`
	Resources   []ResourceUse `json:"resources"` // cpu, memory, extended resources
	Evictions   Evictions     `json:"evictions"`
	Lost        Lost          `json:"lost"`
	Owners      []OwnerLosses `json:"owners"` // the most replica-seconds lost first
	// UpgradeDuration is that of the longest upgrade in seconds, UpgradeBlocked counts what
	// Summary.Upgrades lists as blocked.
	UpgradeDuration *float64 `json:"upgradeDurationSeconds"`
	UpgradeBlocked  int64    `json:"upgradeBlocked"`
	// Recovery is the longest time from a fault to all replicas that it cost, in seconds; to
	// the end of the run if some are missing still. Null if no fault cost any.
	Recovery  *float64         `json:"recoverySeconds"`
	PingPong  PingPong         `json:"pingPong"`
	Budgets   BudgetViolations `json:"budgetViolations"`
	NodeHours float64          `json:"nodeHours"` // of nodes that exist, down or not
	Groups    []NodeGroupHours `json:"nodeGroups"`
	Cost      *Cost            `json:"cost"` // null without prices
}

// MeasuredPods counts pods.
type MeasuredPods struct {
	Created    int64 `json:"created"`
	Bound      int64 `json:"bound"` // times that a pod came to a node
	Succeeded  int64 `json:"succeeded"`
	Failed     int64 `json:"failed"`
	Pending    int64 `json:"pending"`    // at the end: active pods on no node
	NeverBound int64 `json:"neverBound"` // ended or removed without ever having a node
	Lost       int64 `json:"lost"`       // deleted or failed because their node crashed
	// UnschedulableAttempts counts attempts to schedule a pod that found no node.
	UnschedulableAttempts int64 `json:"unschedulableAttempts"`
}

// MeasuredJobs counts the ends of Jobs.
type MeasuredJobs struct {
	Complete int64 `json:"complete"`
	Failed   int64 `json:"failed"`
}

// ClassWaits are the waits of the pods of one priority class. Unlike those of
// Summary.Pending they include, with the time so far, active pods that still
// wait: leaving them out would flatter who leaves pods waiting.
type ClassWaits struct {
	Class   string    `json:"class"` // the PriorityClass; empty for pods without one, and for all pods
	Pending Quantiles `json:"pending"`
	Running Quantiles `json:"running"`
	Ready   Quantiles `json:"ready"`
}

// Throughput is how much got done.
type Throughput struct {
	// Makespan is the time from the creation of the first run-to-completion pod
	// (restart policy OnFailure or Never) to the end of the last; to the end of the
	// run while any is left. null without such pods.
	Makespan  *Seconds `json:"makespanSeconds"`
	Succeeded *float64 `json:"succeededPerHour"`
	Bound     *float64 `json:"boundPerHour"`
}

// ResourceUse is how well one resource of the Ready nodes was used. The values but
// those of utilisation are means over samples; each stands for the time up to the
// next one. null where there was nothing to measure.
type ResourceUse struct {
	Resource string `json:"resource"`
	// Mean is requested over allocatable, both integrated over time.
	Mean *float64 `json:"utilisationMean"`
	Peak *float64 `json:"utilisationPeak"` // the highest that stood for any time
	// Stranded is the share of allocatable that was free on nodes where none of
	// the pods that waited at that moment fitted by its requests. Pods that fit no
	// Ready node even if it is empty are not asked: no policy could place them.
	Stranded *float64 `json:"stranded"`
	// StrandedForShape is the share of allocatable that is left over when every
	// node is filled up with pods of Config.Shape.
	StrandedForShape *float64 `json:"strandedForShape"`
	// Fragmentation is the share of free capacity that a pod drawn from the
	// workload cannot use, because it does not fit on the node: the statistical
	// fragmentation of Weng et al., Beware of Fragmentation (USENIX ATC 2023), §3,
	// for whole pods and any resource. The workload is a systematic sample of the
	// pods created so far.
	Fragmentation *float64 `json:"fragmentation"`
	// NodeImbalance and ZoneImbalance are the standard deviation of utilisation
	// over nodes and over zones.
	NodeImbalance *float64 `json:"nodeImbalance"`
	ZoneImbalance *float64 `json:"zoneImbalance"` // null with fewer than two zones
}

// Evictions counts pods that had to leave their node, and containers that were
// started again.
type Evictions struct {
	Total       int64        `json:"total"`
	Causes      []CauseCount `json:"causes"`
	Preemptions int64        `json:"preemptions"` // times that a node was cleared for a pod
	Restarts    int64        `json:"restarts"`
	RestartedBy []CauseCount `json:"restartedBy"`
}

// CauseCount counts what one cause did.
type CauseCount struct {
	Cause string `json:"cause"`
	Count int64  `json:"count"`
}

// Lost is what has to be made good.
type Lost struct {
	ReplicaSeconds float64 `json:"replicaSeconds"` // integral of desired minus available replicas
	// NotReadySeconds is the integral of desired minus Ready replicas, LongestGap the longest
	// time that a workload had too few available, Availability the share of the desired
	// replica-seconds that was available; see OwnerLosses.
	NotReadySeconds float64  `json:"replicaSecondsNotReady"`
	LongestGap      Seconds  `json:"longestGapSeconds"`
	Availability    *float64 `json:"availability"`
	Nines           *float64 `json:"availabilityNines"`
	// WorkPodSeconds is how long run-to-completion pods ran in vain: their
	// containers failed, or crashed with the node, or the pod was evicted. Pods that
	// their user or their finished owner deletes do not count.
	WorkPodSeconds  float64 `json:"workPodSeconds"`
	WorkCoreSeconds float64 `json:"workCoreSeconds"` // the same times the requested cpu
}

// NodeGroupHours is how long the nodes of one group existed.
type NodeGroupHours struct {
	Group string  `json:"group"` // empty for nodes of no group
	Nodes int     `json:"nodes"`
	Hours float64 `json:"nodeHours"`
}

// Cost is what the nodes cost, in the currency of Config.Prices. A node's price is
// split evenly among its cpu, its memory and each of its extended resources; a pod
// bears, for as long as it holds room on the node, the shares of these that it
// requests. What no pod bears is idle. So does OpenCost, which weighs resources by
// list prices instead (https://opencost.io/docs/specification).
type Cost struct {
	Total     float64     `json:"total"`
	Idle      float64     `json:"idle"`
	IdleShare float64     `json:"idleShare"` // of the total
	Stranded  float64     `json:"stranded"`  // of the idle: on nodes whose room no waiting pod could use
	Groups    []CostShare `json:"groups"`
	// Namespaces and Labels share out what pods bear; Idle and Stranded are shared
	// out in proportion to that.
	Namespaces []CostShare `json:"namespaces"`
	Label      string      `json:"label"` // the key of Labels
	Labels     []CostShare `json:"labels"`
}

// CostShare is a part of the cost.
type CostShare struct {
	Name     string  `json:"name"`
	Cost     float64 `json:"cost"` // of a group: of its nodes; else: what the pods bear
	Idle     float64 `json:"idle"`
	Stranded float64 `json:"stranded"`
}

// recoveries takes in how long workloads took to recover from faults.
func (m *Measured) recoveries(s *Summary) {
	longest := func(at Seconds, after *Seconds, short int) {
		took := float64(s.End - at)
		switch {
		case short == 0 && after == nil:
			return
		case short == 0:
			took = float64(*after)
		}
		if m.Recovery == nil || took > *m.Recovery {
			m.Recovery = &took
		}
	}
	for i := range s.Disruptions {
		d := &s.Disruptions[i]
		longest(d.At, d.Recovered, d.Short)
	}
	for i := range s.Faults {
		f := &s.Faults[i]
		longest(f.At, f.Recovered, f.Short)
	}
}
