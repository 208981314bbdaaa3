package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// OwnerLosses is what one workload, or the Jobs of one group, had to do without, from the
// end of the warm-up on.
type OwnerLosses struct {
	Name string `json:"name"` // Kind/namespace/name, of Jobs with the base of their names
	// ReplicaSecondsNotReady and ReplicaSecondsLost are the integrals of desired minus
	// Ready and of desired minus available replicas, from when all were available once.
	ReplicaSecondsNotReady float64 `json:"replicaSecondsNotReady"`
	ReplicaSecondsLost     float64 `json:"replicaSecondsLost"`
	Below                  Seconds `json:"belowSeconds"` // time with fewer available than desired
	LongestGap             Seconds `json:"longestGapSeconds"`
	// Availability is the share of the desired replica-seconds that was available, Nines
	// the same as -log10(1 - Availability): 3 is 99.9 %. null where nothing is desired, or
	// nothing was lost.
	Availability *float64     `json:"availability"`
	Nines        *float64     `json:"availabilityNines"`
	Restarts     int64        `json:"restarts"` // of containers
	Evictions    int64        `json:"evictions"`
	EvictedBy    []CauseCount `json:"evictedBy"` // causes that did something
	// WorkPodSeconds is how long its run-to-completion pods ran in vain.
	WorkPodSeconds  float64 `json:"workPodSeconds"`
	WorkCoreSeconds float64 `json:"workCoreSeconds"`
}

// lossAccount sums up what a workload does without.
type lossAccount struct {
	desiredArea, notReady, lost, below float64     // replica-seconds; seconds
	gap                                models.Time // since when replicas are missing; Never
	longest                            models.Time
	restarts                           int64
	evicted                            [len(evictionCauses)]int64
	workSeconds, workCoreSeconds       float64
}

// integrate accounts for the time from one moment to another.
func (a *lossAccount) integrate(from, to models.Time, desired, ready, available int32) {
	seconds := to.Sub(from).Seconds()
	a.desiredArea += float64(float64(desired) * seconds)
	if missing := desired - ready; missing > 0 {
		a.notReady += float64(float64(missing) * seconds)
	}
	missing := desired - available
	if missing <= 0 {
		a.gap = models.Never
		return
	}
	a.lost += float64(float64(missing) * seconds)
	a.below += seconds
	if a.gap == models.Never {
		a.gap = from
	}
	a.longest = max(a.longest, to-a.gap)
}

func (a *lossAccount) losses(name string) OwnerLosses {
	out := OwnerLosses{
		Name: name, ReplicaSecondsNotReady: round3(a.notReady), ReplicaSecondsLost: round3(a.lost), Below: roundSeconds(a.below),
		LongestGap: secondsOf(a.longest), Restarts: a.restarts, EvictedBy: []CauseCount{},
		WorkPodSeconds: round3(a.workSeconds), WorkCoreSeconds: round3(a.workCoreSeconds),
	}
	out.Availability, out.Nines = availability(a.lost, a.desiredArea)
	for i, n := range a.evicted {
		if out.Evictions += n; n > 0 {
			out.EvictedBy = append(out.EvictedBy, CauseCount{evictionCauses[i].name, n})
		}
	}
	return out
}

// Some reports whether there is anything to tell.
func (l *OwnerLosses) Some() bool {
	return l.ReplicaSecondsNotReady > 0 || l.ReplicaSecondsLost > 0 || l.Restarts > 0 || l.Evictions > 0 || l.WorkPodSeconds > 0
}

// availability is the share of what was desired that was there, and its nines.
func availability(lost, desired float64) (part, nines *float64) {
	if desired <= 0 {
		return nil, nil
	}
	there := round6(1 - lost/desired)
	if lost > 0 {
		n := round3(-math.Log10(lost / desired))
		nines = &n
	}
	return &there, nines
}

// accountOf returns the account of a workload; nil without one.
func (w *workloads) accountOf(ref int32) *lossAccount {
	switch {
	case ref == models.None:
		return nil
	case ref&1 == 1:
		return &w.groups[ref>>1].account
	}
	return &w.services[ref>>1].account
}

// lose notes that a pod of a workload ran in vain.
func (w *workloads) lose(ref int32, seconds, coreSeconds float64) {
	if a := w.accountOf(ref); a != nil {
		a.workSeconds += seconds
		a.workCoreSeconds += coreSeconds
	}
}

// evicted notes that a pod of a workload has to leave its node.
func (w *workloads) evicted(s *step, cause int) {
	if a := w.accountOf(s.row.workload); a != nil {
		a.evicted[cause]++
	}
}

// measureFrom forgets what was lost during the warm-up.
func (w *workloads) measureFrom(at models.Time) {
	for i := range w.services {
		sv := &w.services[i]
		sv.integrate(at)
		gap := sv.account.gap
		if gap != models.Never {
			gap = at
		}
		sv.account = lossAccount{gap: gap}
	}
	for i := range w.groups {
		w.groups[i].account = lossAccount{gap: models.Never}
	}
}

// losses lists what was lost, the most replica-seconds first.
func (w *workloads) losses(end models.Time, v cluster.View) []OwnerLosses {
	out := []OwnerLosses{}
	for i := range w.services {
		w.services[i].integrate(end)
		out = append(out, w.services[i].account.losses(workloadName(v, w.services[i].owner)))
	}
	for i := range w.groups {
		g := &w.groups[i]
		out = append(out, g.account.losses("Job/"+g.name(v)))
	}
	slices.SortStableFunc(out, func(a, b OwnerLosses) int {
		return cmp.Or(cmp.Compare(b.ReplicaSecondsLost, a.ReplicaSecondsLost), cmp.Compare(b.WorkPodSeconds, a.WorkPodSeconds), strings.Compare(a.Name, b.Name))
	})
	return out
}

// whole sums up all workloads.
func (w *workloads) whole(end models.Time) (sum lossAccount) {
	for i := range w.services {
		sv := &w.services[i]
		sv.integrate(end)
		a := &sv.account
		sum.desiredArea += a.desiredArea
		sum.notReady += a.notReady
		sum.lost += a.lost
		sum.longest = max(sum.longest, a.longest)
	}
	return sum
}
