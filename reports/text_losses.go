package reports

import (
	"fmt"
	"strings"
)

// losses shows what workloads had to do without, if any had.
func (p *page) losses() {
	t, shown, rest := p.table("workload", "availability", "nines", "longest gap", "not Ready", "restarts", "work lost", "evicted"), 0, 0
	for i := range p.summary.Measured.Owners {
		l := &p.summary.Measured.Owners[i]
		switch {
		case !l.Some():
			continue
		case shown == linesMost:
			rest++
			continue
		}
		shown++
		t.row(Visible(strings.Replace(l.Name, "/default/", "/", 1)), PrecisePercent(l.Availability), ninesText(l), Duration(l.LongestGap),
			Duration(Seconds(l.ReplicaSecondsNotReady)), count(l.Restarts), Duration(Seconds(l.WorkPodSeconds)), Causes(l.EvictedBy))
	}
	if shown == 0 {
		return
	}
	p.section("Losses" + p.sinceWarmUp())
	t.leftFrom = 7
	t.dropEmpty()
	t.dropZeros()
	t.write()
	p.more(rest, "workload", OwnersFile)
}

// PrecisePercent writes a share that is close to 1.
func PrecisePercent(share *float64) string {
	if share == nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.4f", *share*100), "0"), ".") + "%"
}

func ninesText(l *OwnerLosses) string {
	switch {
	case l.Nines != nil:
		return fmt.Sprintf("%.1f", *l.Nines)
	case l.Availability != nil:
		return "all"
	}
	return ""
}

// Causes lists causes with what they did: 3 by taint, 1 by api.
func Causes(causes []CauseCount) string {
	var parts []string
	for _, c := range causes {
		parts = append(parts, fmt.Sprintf("%s by %s", count(c.Count), c.Cause))
	}
	return strings.Join(parts, ", ")
}

// violations shows evictions that budgets would not have allowed.
func (p *page) violations() {
	b := &p.summary.Measured.Budgets
	if b.Total == 0 {
		return
	}
	p.section(fmt.Sprintf("Budgets violated  %s, %s by the eviction API without leave%s", plural(b.Total, "time"), count(b.Voluntary), p.sinceWarmUp()))
	t := p.table("at", "budget", "pod", "healthy", "of desired", "by")
	for i := range b.First[:min(len(b.First), linesMost)] {
		v := &b.First[i]
		t.row(Clock(v.At), Visible(v.Budget), Visible(v.Pod), fmt.Sprintf("%d to %d", v.Healthy, v.HealthyAfter), count(int64(v.Desired)), Visible(v.By)+" ("+Visible(v.Cause)+")")
	}
	t.leftTo, t.leftFrom = 3, 5
	t.write()
	p.more(int(b.Total)-min(len(b.First), linesMost), "violation", "summary.json")
}
