package reports

import "slices"

// statistics are the numbers that a distribution of durations is told by.
var statistics = []struct {
	name, help string
	get        func(*Quantiles) Seconds
}{
	{"mean", "mean", func(q *Quantiles) Seconds { return q.Mean }},
	{"p50", "median", func(q *Quantiles) Seconds { return q.P50 }},
	{"p90", "90th percentile", func(q *Quantiles) Seconds { return q.P90 }},
	{"p95", "95th percentile", func(q *Quantiles) Seconds { return q.P95 }},
	{"p99", "99th percentile", func(q *Quantiles) Seconds { return q.P99 }},
	{"max", "maximum", func(q *Quantiles) Seconds { return q.Max }},
}

// measureTable holds every kind of measure.
var measureTable = slices.Concat(podMeasures,
	waitMeasures("pending", "from creation to binding", func(c *ClassWaits) *Quantiles { return &c.Pending }),
	waitMeasures("running", "from creation to the first start of the containers", func(c *ClassWaits) *Quantiles { return &c.Running }),
	waitMeasures("ready", "from creation to the first time Ready", func(c *ClassWaits) *Quantiles { return &c.Ready }),
	progressMeasures, resourceMeasures, lossMeasures, replacementMeasures(), costMeasures)

func waitMeasures(name, help string, of func(*ClassWaits) *Quantiles) []measureKind {
	var out []measureKind
	for _, s := range statistics {
		out = append(out, measureKind{MeasureKind{
			Name: name + "." + s.name, Labels: []string{labelClass}, Unit: unitSeconds, Better: LowerIsBetter,
			Help: s.help + " of the time " + help + "; active pods that still wait count with the time so far",
		}, byClass(of, s.get)})
	}
	return out
}

func replacementMeasures() []measureKind {
	var out []measureKind
	for _, s := range statistics {
		out = append(out, measureKind{MeasureKind{
			Name: "replacement." + s.name, Unit: unitSeconds, Better: LowerIsBetter,
			Help: s.help + " of the time from the crash that cost a pod to its replacement being Ready; open ones count with the time so far",
		}, func(m *Measured) []reading { return one(statisticOf(&m.Replacement, s.get)) }})
	}
	return out
}

func plain(name, unit string, better Direction, help string, read func(*Measured) []reading) measureKind {
	return measureKind{MeasureKind{Name: name, Unit: unit, Better: better, Help: help}, read}
}

// caused labels a kind by causes, which are the same in every run.
func caused(k measureKind, causes []string) measureKind {
	k.Labels, k.Values = []string{labelCause}, causes
	return k
}

func labelled(k measureKind, labels ...string) measureKind {
	k.Labels = labels
	return k
}

func ofEach(name string, better Direction, help string, get func(*ResourceUse) *float64) measureKind {
	return measureKind{MeasureKind{Name: name, Argument: "resource", Unit: unitRatio, Better: better, Help: help}, byResource(get)}
}

var podMeasures = []measureKind{
	plain("pods.created", "", Neutral, "pods created", counted(func(m *Measured) int64 { return m.Pods.Created })),
	plain("pods.succeeded", "", HigherIsBetter, "pods that Succeeded", counted(func(m *Measured) int64 { return m.Pods.Succeeded })),
	plain("pods.failed", "", LowerIsBetter, "pods that Failed", counted(func(m *Measured) int64 { return m.Pods.Failed })),
	plain("pods.pending", "", LowerIsBetter, "active pods on no node at the end", counted(func(m *Measured) int64 { return m.Pods.Pending })),
	plain("pods.never_bound", "", LowerIsBetter, "pods that ended or went without ever having a node",
		counted(func(m *Measured) int64 { return m.Pods.NeverBound })),
	plain("pods.lost", "", LowerIsBetter, "pods that were deleted or failed because their node crashed",
		counted(func(m *Measured) int64 { return m.Pods.Lost })),
}

var progressMeasures = []measureKind{
	plain("makespan", unitSeconds, LowerIsBetter,
		"from the creation of the first run-to-completion pod to the end of the last; to the end of the run while any is left",
		func(m *Measured) []reading { return one((*float64)(m.Throughput.Makespan)) }),
	plain("throughput.succeeded", unitPodsPerHour, HigherIsBetter, "pods that Succeeded an hour",
		func(m *Measured) []reading { return one(m.Throughput.Succeeded) }),
	plain("throughput.bound", unitPodsPerHour, HigherIsBetter, "pods bound to nodes an hour",
		func(m *Measured) []reading { return one(m.Throughput.Bound) }),
	plain("jobs.complete", "", HigherIsBetter, "Jobs that completed", counted(func(m *Measured) int64 { return m.Jobs.Complete })),
	plain("jobs.failed", "", LowerIsBetter, "Jobs that failed", counted(func(m *Measured) int64 { return m.Jobs.Failed })),
	plain("unschedulable.attempts", "", LowerIsBetter, "attempts to schedule a pod that found no node",
		counted(func(m *Measured) int64 { return m.Pods.UnschedulableAttempts })),
}

var resourceMeasures = []measureKind{
	ofEach("utilisation.mean", HigherIsBetter, "requested / allocatable of Ready nodes, both integrated over time",
		func(u *ResourceUse) *float64 { return u.Mean }),
	ofEach("utilisation.peak", Neutral, "the highest requested / allocatable of Ready nodes",
		func(u *ResourceUse) *float64 { return u.Peak }),
	ofEach("stranded", LowerIsBetter, "share of allocatable that is free on nodes where none of the waiting pods fits, mean over time",
		func(u *ResourceUse) *float64 { return u.Stranded }),
	ofEach("stranded.shape", LowerIsBetter, "share of allocatable that is left over when every node is filled up with pods of the given shape, mean over time",
		func(u *ResourceUse) *float64 { return u.StrandedForShape }),
	ofEach("fragmentation", LowerIsBetter, "share of free capacity on nodes where a pod drawn from the workload does not fit, mean over time",
		func(u *ResourceUse) *float64 { return u.Fragmentation }),
	ofEach("imbalance.nodes", LowerIsBetter, "standard deviation of utilisation over nodes, mean over time",
		func(u *ResourceUse) *float64 { return u.NodeImbalance }),
	ofEach("imbalance.zones", LowerIsBetter, "standard deviation of utilisation over zones, mean over time",
		func(u *ResourceUse) *float64 { return u.ZoneImbalance }),
}

var lossMeasures = []measureKind{
	caused(plain("evictions", "", LowerIsBetter, "pods that had to leave their node",
		byCause(func(e *Evictions) (int64, []CauseCount) { return e.Total, e.Causes })), evictionNames()),
	plain("preemptions", "", LowerIsBetter, "times that a node was cleared for a more important pod",
		counted(func(m *Measured) int64 { return m.Evictions.Preemptions })),
	caused(plain("restarts", "", LowerIsBetter, "times that the containers of a pod were started again",
		byCause(func(e *Evictions) (int64, []CauseCount) { return e.Restarts, e.RestartedBy })), restartCauses[:]),
	plain("upgrade.duration", unitSeconds, LowerIsBetter, "how long the longest upgrade of a node group took; to the end of the run if it is not over",
		func(m *Measured) []reading { return one(m.UpgradeDuration) }),
	plain("upgrade.blocked", "", LowerIsBetter, "nodes that budgets have kept from being drained for an upgrade, each budget counting",
		counted(func(m *Measured) int64 { return m.UpgradeBlocked })),
	plain("recovery.max", unitSeconds, LowerIsBetter, "longest time from a fault until the workloads that it left short had all replicas available again; to the end of the run if one has not",
		func(m *Measured) []reading { return one(m.Recovery) }),
	plain("pingpong", "", LowerIsBetter, "replicas that were moved again and again: more than 3 times in an hour, or as spec.pingPong says",
		counted(func(m *Measured) int64 { return m.PingPong.Replicas })),
	caused(plain("budget_violations", "", LowerIsBetter, "evictions of healthy pods that left a budget with fewer than it desires",
		func(m *Measured) []reading { return countedBy(m.Budgets.Total, m.Budgets.Causes) }), violationNames()),
	plain("budget_violations.voluntary", "", LowerIsBetter, "of these: by the eviction API without leave of the budget; there must be none",
		counted(func(m *Measured) int64 { return m.Budgets.Voluntary })),
	ofOwner(plain("replica_seconds_lost", unitSeconds, LowerIsBetter,
		"integral of desired minus available replicas after all were available once, sum over workloads",
		amount(func(m *Measured) float64 { return m.Lost.ReplicaSeconds })),
		func(l *OwnerLosses) *float64 { return &l.ReplicaSecondsLost }),
	ofOwner(plain("replica_seconds_lost.ready", unitSeconds, LowerIsBetter,
		"integral of desired minus Ready replicas after all were available once, sum over workloads",
		amount(func(m *Measured) float64 { return m.Lost.NotReadySeconds })),
		func(l *OwnerLosses) *float64 { return &l.ReplicaSecondsNotReady }),
	ofOwner(plain("gap.longest", unitSeconds, LowerIsBetter, "the longest time that a workload had fewer available replicas than desired",
		amount(func(m *Measured) float64 { return float64(m.Lost.LongestGap) })),
		func(l *OwnerLosses) *float64 { return (*float64)(&l.LongestGap) }),
	ofOwner(plain("availability", unitRatio, HigherIsBetter, "share of the desired replica-seconds that was available, over all workloads",
		func(m *Measured) []reading { return one(m.Lost.Availability) }),
		func(l *OwnerLosses) *float64 { return l.Availability }),
	ofOwner(plain("availability.nines", "", HigherIsBetter, "the same in nines: 3 is 99.9 %; nothing where nothing was lost",
		func(m *Measured) []reading { return one(m.Lost.Nines) }),
		func(l *OwnerLosses) *float64 { return l.Nines }),
	ofOwner(plain("work_lost", unitSeconds, LowerIsBetter, "time that run-to-completion pods ran in vain: they failed, crashed or were evicted",
		amount(func(m *Measured) float64 { return m.Lost.WorkPodSeconds })),
		func(l *OwnerLosses) *float64 { return &l.WorkPodSeconds }),
	plain("work_lost.cpu", unitCoreSeconds, LowerIsBetter, "the same times the cpu that they request",
		amount(func(m *Measured) float64 { return m.Lost.WorkCoreSeconds })),
}

var costMeasures = []measureKind{
	labelled(plain("node_hours", unitHours, LowerIsBetter, "hours that nodes existed", func(m *Measured) []reading {
		out := one(&m.NodeHours)
		for i := range m.Groups {
			out = append(out, reading{label: labelGroup, value: m.Groups[i].Group, number: &m.Groups[i].Hours})
		}
		return out
	}), labelGroup),
	labelled(plain("cost", "", LowerIsBetter, "price of the nodes while they exist",
		ofCost(func(c *Cost) float64 { return c.Total }, func(s *CostShare) float64 { return s.Cost })),
		labelGroup, labelNamespace, labelValue),
	labelled(plain("cost.idle", "", LowerIsBetter, "price of what no pod requests",
		ofCost(func(c *Cost) float64 { return c.Idle }, func(s *CostShare) float64 { return s.Idle })),
		labelGroup, labelNamespace, labelValue),
	plain("cost.idle_share", unitRatio, LowerIsBetter, "share of the cost that is idle",
		ofCost(func(c *Cost) float64 { return c.IdleShare }, nil)),
	labelled(plain("cost.stranded", "", LowerIsBetter, "price of the room on nodes where none of the waiting pods fits",
		ofCost(func(c *Cost) float64 { return c.Stranded }, func(s *CostShare) float64 { return s.Stranded })),
		labelGroup, labelNamespace, labelValue),
}
