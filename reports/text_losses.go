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
		case !l.some():
			continue
		case shown == linesMost:
			rest++
			continue
		}
		shown++
		t.row(Visible(strings.Replace(l.Name, "/default/", "/", 1)), precisePercent(l.Availability), ninesText(l), Duration(l.LongestGap),
			Duration(Seconds(l.ReplicaSecondsNotReady)), count(l.Restarts), Duration(Seconds(l.WorkPodSeconds)), causesText(l.EvictedBy))
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

// precisePercent writes a share that is close to 1.
func precisePercent(share *float64) string {
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

func causesText(causes []CauseCount) string {
	var parts []string
	for _, c := range causes {
		parts = append(parts, fmt.Sprintf("%s by %s", count(c.Count), c.Cause))
	}
	return strings.Join(parts, ", ")
}
