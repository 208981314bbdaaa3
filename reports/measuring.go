package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// warmUp is the beginning of the run that measures leave out, and what had been
// counted when it was over.
type warmUp struct {
	until  models.Time
	before tally
}

// tally are counts of other folds since the beginning.
type tally struct {
	pods               Outcomes
	neverBound, lost   int64
	jobs, failedJobs   int64
	unschedulable      int64
	replicaSecondsLost float64
	bound              int64
}

// measure prepares the folds that measures are read from.
func (r *Recorder) measure(c Config) error {
	until := models.Time(c.WarmUp)
	switch {
	case c.WarmUp < 0:
		return fmt.Errorf("the warm-up must not be negative (got %s)", c.WarmUp)
	case until > 0 && c.Horizon > 0 && until >= c.Horizon:
		return fmt.Errorf("the warm-up of %s leaves nothing to measure: the run ends at %s", c.WarmUp, time.Duration(c.Horizon))
	}
	r.warmUp.until = until
	r.capacity.since = until
	r.room, r.bills, r.moves = newRoom(c), newBills(c), newMoves(c)
	r.attribution.pod = models.None
	r.waits.classes.from, r.waits.classes.split = until, until > 0
	r.disruptions.losses.from = until
	r.step.measured = until == 0
	return nil
}

// measurePod must be told before the gauges change.
func (r *Recorder) measurePod(s *step) {
	switch s.op.Kind {
	case models.OpBindPod:
		r.bound++
	case models.OpBackdatePod:
		if models.Past(s.op.Def) == models.PastBound {
			r.bound-- // it was there before the run
		}
	}
	if s.was.state.holds() != s.row.state.holds() {
		r.capacity.integrate(s.now, &r.gauges)
	}
	r.room.observePod(s, r.gauges.kinds)
	r.bills.observePod(s, r.gauges.kinds)
	switch cause := r.evictions.observe(s); {
	case cause >= 0:
		r.evicted(s, cause)
	case s.op.Kind == models.OpEvictPod, s.op.Kind == models.OpAllowDisruption:
		r.attribution.note(s)
	default:
		r.moves.observe(s)
	}
	r.wasted.observe(s, r.warmUp.until)
}

// measureNode must be told before the gauges and the workloads change.
func (r *Recorder) measureNode(s *step) {
	r.capacity.integrate(s.now, &r.gauges)
	switch s.op.Kind {
	case models.OpCrashNode:
		r.wasted.crash(s, &r.tracks)
	case models.OpResizeNode:
		r.gauges.resize(s, &r.room.nodes[s.op.Node].allocatable)
	}
	r.bills.observeNode(s)
	r.room.observeNode(s, &r.bills)
}

// measureTime moves the clock of what is measured.
func (r *Recorder) measureTime(now models.Time) {
	if r.room.next < now {
		r.room.until(now, r.gauges.kinds)
	}
	if !r.step.measured && now >= r.warmUp.until {
		r.warmUp.before = r.tally(r.warmUp.until)
		r.step.measured = true
		r.workloads.measureFrom(r.warmUp.until)
	}
}

func (r *Recorder) tally(at models.Time) tally {
	t := tally{
		pods: r.outcomes.total(), bound: r.bound, neverBound: r.waits.neverBound, lost: r.disruptions.lost,
		jobs: r.workloads.complete, failedJobs: r.workloads.failed, unschedulable: r.reasons.attempts,
	}
	for i := range r.workloads.services {
		t.replicaSecondsLost += r.workloads.services[i].lostAt(at)
	}
	return t
}

// measured draws up what runs are compared by.
func (r *Recorder) measured(end models.Time) Measured {
	r.capacity.integrate(end, &r.gauges)
	r.room.finish(end, r.gauges.kinds)
	now, before := r.tally(end), &r.warmUp.before
	if !r.step.measured { // the run ended in its warm-up
		now = *before
		now.pods = Outcomes{}
	}
	m := Measured{
		From: secondsOf(r.warmUp.until),
		Pods: MeasuredPods{
			Created: now.pods.Created - before.pods.Created, Bound: now.bound - before.bound,
			Succeeded: now.pods.Succeeded - before.pods.Succeeded, Failed: now.pods.Failed - before.pods.Failed,
			Pending: r.gauges.pending, NeverBound: now.neverBound - before.neverBound, Lost: now.lost - before.lost,
			UnschedulableAttempts: now.unschedulable - before.unschedulable,
		},
		Jobs: MeasuredJobs{
			Complete: now.jobs - before.jobs, Failed: now.failedJobs - before.failedJobs,
		},
		Replacement: r.disruptions.measured(end, r.view).quantiles(),
		Evictions:   r.evictions.summary(),
		Lost: Lost{
			ReplicaSeconds: round3(now.replicaSecondsLost - before.replicaSecondsLost),
			WorkPodSeconds: round3(r.wasted.podSeconds), WorkCoreSeconds: round3(r.wasted.coreSeconds),
		},
		Resources: r.resources(), Owners: r.workloads.losses(end, r.view),
		PingPong: r.moves.summary(r.view), Budgets: r.violations.summary(),
	}
	all := r.workloads.whole(end)
	m.Lost.NotReadySeconds, m.Lost.LongestGap = round3(all.notReady), secondsOf(all.longest)
	m.Lost.Availability, m.Lost.Nines = availability(all.lost, all.desiredArea)
	m.Waits, m.Classes = r.measuredWaits(end)
	m.Throughput.Makespan = r.wasted.makespan(end)
	if hours := end.Sub(r.warmUp.until).Hours(); hours > 0 {
		m.Throughput.Succeeded = part(float64(m.Pods.Succeeded), hours)
		m.Throughput.Bound = part(float64(m.Pods.Bound), hours)
	}
	m.NodeHours, m.Groups = r.bills.hours(end, r.view)
	if r.bills.priced {
		r.tracks.each(func(id models.PodID, row *track) bool {
			if row.state.holds() {
				r.bills.charge(r.view, r.view.Pod(id), end, r.gauges.kinds)
			}
			return true
		})
		m.Cost = r.bills.cost(end, r.view, r.room.strandedCost)
	}
	m.NodeHours = round6(m.NodeHours)
	for i := range m.Groups {
		m.Groups[i].Hours = round6(m.Groups[i].Hours)
	}
	slices.SortFunc(m.Groups, func(a, b NodeGroupHours) int { return strings.Compare(a.Group, b.Group) })
	return m
}

// resources tells of cpu, memory and extended resources that any node had.
func (r *Recorder) resources() []ResourceUse {
	out := []ResourceUse{}
	for i, name := range r.view.Dictionary().ResourceNames() {
		resource := models.Resource(i)
		if !counts(resource) {
			continue
		}
		u := ResourceUse{Resource: name}
		if average, peak, ok := r.capacity.use(resource); ok {
			average, peak = round6(average), round6(peak)
			u.Mean, u.Peak = &average, &peak
		}
		r.room.use(resource, &u)
		out = append(out, u)
	}
	return out
}
