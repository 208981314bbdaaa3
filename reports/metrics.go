package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// MetricKind says how a metric moves, and so when it may be asked for.
type MetricKind uint8

// The kinds of metrics.
const (
	Gauge        MetricKind = iota // a state: at the end, at an instant, or always
	Distribution                   // of durations so far: at the end or at an instant
	Counter                        // since the beginning: at the end or at an instant
	Total                          // a measure of the whole run: at the end
)

// String returns the kind in lower case.
func (k MetricKind) String() string {
	return [...]string{"gauge", "distribution", "counter", "total"}[k]
}

// Metric documents something that an assertion may be about. A distribution is
// asked for one statistic: Name.p50, .p90, .p95, .p99, .max or .mean.
type Metric struct {
	Name string
	Unit string // s, share, or empty for counts
	Kind MetricKind
	Help string
}

// metric is a Metric with the way to read it.
type metric struct {
	Metric
	workload bool // takes a workload, as ready(Deployment/web)
	optional bool // … or none
	resource bool // takes a resource, as utilisation(nvidia.com/gpu)

	// statistics that a distribution offers
	statistics []string

	value    func(r *Recorder, c *Check) (float64, bool)
	sample   func(r *Recorder, at models.Time) *sample
	over     func(r *Recorder) *sample // of sample: what no longer changes
	offender func(r *Recorder, c *Check) string
}

const (
	unitSeconds = "s"
	unitRatio   = "share"
)

var allStatistics = []string{"p50", "p90", "p95", "p99", "max", "mean"}

// Metrics returns everything that assertions may be about: what can be asked for at
// any moment, then the measures of whole runs.
func Metrics() []Metric {
	out := make([]Metric, len(metricTable))
	for i, m := range metricTable {
		out[i] = m.Metric
	}
	for i := range measureTable {
		k := &measureTable[i].MeasureKind
		help := k.Help
		if base, statistic, ok := cutLast(k.Name); ok && findMeasure(base+".p99") != nil {
			if statistic != "p99" {
				continue // one row tells of all statistics
			}
			help = strings.Replace(help, "99th percentile", "99th percentile (or mean, p50, p90, p95, max)", 1)
		}
		if metricOf(k.Name) == nil {
			out = append(out, Metric{Name: k.Spelling(), Unit: k.Unit, Kind: Total, Help: help})
		}
		for _, label := range k.Labels {
			out = append(out, Metric{
				Name: fmt.Sprintf("%s{%s=%q}", k.Spelling(), label, "…"), Unit: k.Unit, Kind: Total, Help: k.helpWith(label),
			})
		}
	}
	return out
}

// helpWith says what a label makes of a measure.
func (k *MeasureKind) helpWith(label string) string {
	switch {
	case len(k.Values) > 0:
		return "the same by " + label + ": " + strings.Join(k.Values, ", ")
	case label == labelClass:
		return "the same of the pods of one PriorityClass; an empty one stands for pods without"
	case label == labelGroup:
		return "the same of the nodes of one group; an empty one stands for nodes of none"
	case label == labelNamespace:
		return "the part that falls to the pods of a namespace"
	case label == labelWorkload:
		return "the same of one workload: Kind/namespace/name"
	}
	return "the part that falls to the pods with this value of the label by which costs are told"
}

// metricOf finds the metric that a name without argument or label belongs to.
func metricOf(name string) *metric {
	for i := range metricTable {
		m := &metricTable[i]
		if m.Name == name {
			return m
		}
		if base, statistic, ok := cutLast(name); ok && m.Name == base && slices.Contains(m.statistics, statistic) {
			return m
		}
	}
	return nil
}

func countOf(get func(*Recorder) int64) func(*Recorder, *Check) (float64, bool) {
	return func(r *Recorder, _ *Check) (float64, bool) { return float64(get(r)), true }
}

func called(get func(*Recorder) string) func(*Recorder, *Check) string {
	return func(r *Recorder, _ *Check) string { return get(r) }
}

func (r *Recorder) oldestPendingName() string {
	id, _ := r.oldestPending()
	if id == models.None {
		return ""
	}
	return "oldest: " + string(appendPod(nil, r.view, r.view.Pod(id)))
}

func (r *Recorder) nodeName(id models.NodeID) string {
	if id == models.None {
		return ""
	}
	return "last: node " + r.view.Node(id).Name()
}

func prefixed(prefix string, name []byte) string {
	if len(name) == 0 {
		return ""
	}
	return prefix + string(name)
}

func ofResource(resource models.Resource) func(*Recorder, *Check) (float64, bool) {
	return func(r *Recorder, _ *Check) (float64, bool) {
		return r.gauges.utilisation(resource), r.gauges.allocatable[resource] > 0
	}
}

// ofWorkload reads a number of the service that the check is about.
func ofWorkload(get func(*service) float64) func(*Recorder, *Check) (float64, bool) {
	return func(r *Recorder, c *Check) (float64, bool) {
		if c.service == models.None {
			return 0, false
		}
		return get(&r.workloads.services[c.service]), true
	}
}

func workloadOffender(r *Recorder, c *Check) string {
	if c.service == models.None {
		return ""
	}
	return workloadName(r.view, r.workloads.services[c.service].owner)
}

// replicaSecondsLost reads one service, or sums all of them.
func replicaSecondsLost(r *Recorder, c *Check) (float64, bool) {
	if c.target != (targetName{}) {
		return ofWorkload(func(sv *service) float64 { return sv.lostAt(c.at) })(r, c)
	}
	sum := 0.0
	for i := range r.workloads.services {
		sum += r.workloads.services[i].lostAt(c.at)
	}
	return sum, true
}

func mostLost(r *Recorder, c *Check) string {
	if c.target != (targetName{}) {
		return workloadOffender(r, c)
	}
	worst, most := "", 0.0
	for i := range r.workloads.services {
		if lost := r.workloads.services[i].lostAt(c.at); lost > most {
			worst, most = "most: "+workloadName(r.view, r.workloads.services[i].owner), lost
		}
	}
	return worst
}

// metricTable holds every metric, in the order of a pod's life.
var metricTable = func() []metric {
	none := called(func(*Recorder) string { return "" })
	counter := func(name, help string, get func(*Recorder) int64, offender func(*Recorder) string) metric {
		return metric{Metric: Metric{name, "", Counter, help}, value: countOf(get), offender: called(offender)}
	}
	gauge := func(name, help string, get func(*Recorder) int64, offender func(*Recorder) string) metric {
		return metric{Metric: Metric{name, "", Gauge, help}, value: countOf(get), offender: called(offender)}
	}
	nobody := func(*Recorder) string { return "" }
	return []metric{
		counter("pods.created", "pods created", func(r *Recorder) int64 { return r.outcomes.total().Created }, nobody),
		gauge("pods.pending", "active pods on no node", func(r *Recorder) int64 { return r.gauges.pending }, (*Recorder).oldestPendingName),
		gauge("pods.running", "active pods of phase Running", func(r *Recorder) int64 { return r.gauges.running }, nobody),
		counter("pods.succeeded", "pods that Succeeded", func(r *Recorder) int64 { return r.outcomes.total().Succeeded }, nobody),
		counter("pods.failed", "pods that Failed", func(r *Recorder) int64 { return r.outcomes.total().Failed },
			func(r *Recorder) string { return prefixed("last: ", r.outcomes.lastFailed) }),
		counter("pods.lost", "pods that were deleted or failed because their node crashed", func(r *Recorder) int64 { return r.disruptions.lost },
			func(r *Recorder) string { return prefixed("last: ", r.disruptions.lastLost) }),
		{Metric: Metric{"pending", unitSeconds, Distribution,
			"from creation to binding; active pods that have no node yet count with the time so far"}, statistics: allStatistics,
			sample: func(r *Recorder, at models.Time) *sample { return r.withCensored(&r.waits.pending, at, isPending) },
			over:   func(r *Recorder) *sample { return &r.waits.pending }},
		{Metric: Metric{"ready", unitSeconds, Distribution,
			"from creation to the first time Ready; active pods that never were count with the time so far"}, statistics: allStatistics,
			sample: func(r *Recorder, at models.Time) *sample { return r.withCensored(&r.waits.ready, at, isUnready) },
			over:   func(r *Recorder) *sample { return &r.waits.ready }},
		counter("restarts", "times that the containers of a pod were started again", func(r *Recorder) int64 { return r.outcomes.total().Restarts },
			func(r *Recorder) string { return prefixed("most: ", r.outcomes.restless) }),
		gauge("nodes.ready", "nodes whose Ready condition is True", func(r *Recorder) int64 { return r.gauges.nodesReady },
			func(r *Recorder) string { return r.nodeName(r.gauges.lastUnready) }),
		gauge("nodes.down", "nodes that are down in truth", func(r *Recorder) int64 { return r.gauges.nodesDown },
			func(r *Recorder) string { return r.nodeName(r.gauges.lastDown) }),
		{Metric: Metric{"utilisation.cpu", unitRatio, Gauge, "requested / allocatable cpu of Ready nodes"},
			value: ofResource(models.CPU), offender: none},
		{Metric: Metric{"utilisation.memory", unitRatio, Gauge, "requested / allocatable memory of Ready nodes"},
			value: ofResource(models.Memory), offender: none},
		{Metric: Metric{"utilisation", unitRatio, Gauge, "utilisation(nvidia.com/gpu): the same of any resource"}, resource: true,
			value:    func(r *Recorder, c *Check) (float64, bool) { return ofResource(c.resource)(r, c) },
			offender: none},
		counter("unschedulable.attempts", "attempts to schedule a pod that found no node", func(r *Recorder) int64 { return r.reasons.attempts },
			func(r *Recorder) string { return prefixed("last: ", r.reasons.lastPod) }),
		counter("jobs.complete", "Jobs that completed", func(r *Recorder) int64 { return r.workloads.complete }, nobody),
		counter("jobs.failed", "Jobs that failed", func(r *Recorder) int64 { return r.workloads.failed },
			func(r *Recorder) string { return prefixed("last: ", r.workloads.lastFailed) }),
		{Metric: Metric{"ready", "", Gauge, "ready(Deployment/web): its Ready pods as the API has them"}, workload: true,
			value: ofWorkload(func(sv *service) float64 { return float64(sv.ready) }), offender: workloadOffender},
		{Metric: Metric{"available", "", Gauge,
			"available(Deployment/namespace/web): its Ready pods whose containers really run"}, workload: true,
			value: ofWorkload(func(sv *service) float64 { return float64(sv.available) }), offender: workloadOffender},
		{Metric: Metric{"replica_seconds_lost", unitSeconds, Counter,
			"replica_seconds_lost(Deployment/web), or without a workload the sum of all: integral of desired minus available replicas after all were available once"},
			workload: true, optional: true, value: replicaSecondsLost, offender: mostLost},
		{Metric: Metric{"replacement", unitSeconds, Distribution,
			"from the crash that cost a pod to its replacement being Ready; open ones count with the time so far"}, statistics: []string{"max", "mean", "p50", "p90", "p95", "p99"},
			sample: func(r *Recorder, at models.Time) *sample { return r.disruptions.withOpen(at, r.view) }},
	}
}()

// findMetric finds a metric by the name before any argument or statistic.
func findMetric(name string, withArgument bool) *metric {
	for i := range metricTable {
		m := &metricTable[i]
		takes := m.workload || m.resource
		if m.Name == name && (takes == withArgument || m.optional) {
			return m
		}
	}
	return nil
}

// spellings lists every metric as it is written, for guesses.
func spellings() []string {
	var out []string
	for i := range metricTable {
		m := &metricTable[i]
		if m.Kind == Distribution {
			for _, statistic := range m.statistics {
				out = append(out, m.Name+"."+statistic)
			}
		} else {
			out = append(out, m.Name)
		}
	}
	for i := range measureTable {
		if name := measureTable[i].Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
