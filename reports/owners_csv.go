package reports

import (
	"io"
	"strconv"
)

// WriteOwnersCSV writes owners.csv: a row for what each workload had to do without, in the
// order of Measured.Owners.
func (s *Summary) WriteOwnersCSV(w io.Writer) error {
	out := newBuffered(w)
	out.b = appendHeader(out.b, ownerColumns)
	for i := range s.Measured.Owners {
		out.b = appendRow(out.b, ownerColumns, &s.Measured.Owners[i])
		out.spill()
	}
	return out.flush()
}

func ownerNumber(name, unit, help string, get func(*OwnerLosses) float64) column[OwnerLosses] {
	return column[OwnerLosses]{name: name, unit: unit, help: help, kind: typeNumber,
		append: func(b []byte, l *OwnerLosses) []byte { return appendNumber(b, get(l)) }}
}

// ownerShare is a number that may be missing: the cell is empty then.
func ownerShare(name, help string, get func(*OwnerLosses) *float64) column[OwnerLosses] {
	return column[OwnerLosses]{name: name, help: help, kind: typeNumber, append: func(b []byte, l *OwnerLosses) []byte {
		if n := get(l); n != nil {
			return appendNumber(b, *n)
		}
		return b
	}}
}

func ownerCount(name, help string, get func(*OwnerLosses) int64) column[OwnerLosses] {
	return column[OwnerLosses]{name: name, help: help, kind: typeInteger,
		append: func(b []byte, l *OwnerLosses) []byte { return strconv.AppendInt(b, get(l), 10) }}
}

var ownerColumns = append([]column[OwnerLosses]{
	textColumn("name", "Kind/namespace/name of the workload, of Jobs with what their names have in common",
		func(b []byte, l *OwnerLosses) []byte { return append(b, l.Name...) }),
	ownerNumber("replica_seconds_not_ready", "s", "integral of desired minus Ready replicas, from when all were available once",
		func(l *OwnerLosses) float64 { return l.ReplicaSecondsNotReady }),
	ownerNumber("replica_seconds_lost", "s", "integral of desired minus available replicas, likewise",
		func(l *OwnerLosses) float64 { return l.ReplicaSecondsLost }),
	ownerNumber("below_seconds", "s", "time with fewer available replicas than desired", func(l *OwnerLosses) float64 { return float64(l.Below) }),
	ownerNumber("longest_gap_seconds", "s", "the longest such time", func(l *OwnerLosses) float64 { return float64(l.LongestGap) }),
	ownerShare("availability", "share of the desired replica-seconds that was available", func(l *OwnerLosses) *float64 { return l.Availability }),
	ownerShare("availability_nines", "the same in nines: 3 is 99.9 %; empty where nothing was lost", func(l *OwnerLosses) *float64 { return l.Nines }),
	ownerCount("restarts", "times that containers were started again", func(l *OwnerLosses) int64 { return l.Restarts }),
	ownerNumber("work_lost_seconds", "s", "time that run-to-completion pods ran in vain", func(l *OwnerLosses) float64 { return l.WorkPodSeconds }),
	ownerNumber("work_lost_core_seconds", unitCoreSeconds, "the same times the cpu that they request",
		func(l *OwnerLosses) float64 { return l.WorkCoreSeconds }),
	ownerCount("evictions", "pods that had to leave their node", func(l *OwnerLosses) int64 { return l.Evictions }),
}, evictionColumns()...)

// evictionColumns are those of the causes of evictions.
func evictionColumns() (out []column[OwnerLosses]) {
	for _, cause := range evictionNames() {
		out = append(out, ownerCount("evictions_"+cause, "of these: by "+cause, func(l *OwnerLosses) int64 {
			for _, c := range l.EvictedBy {
				if c.Cause == cause {
					return c.Count
				}
			}
			return 0
		}))
	}
	return out
}
