package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// jobBase is what the Jobs of one group have in common.
type jobBase struct {
	namespace models.Sym
	base      string
}

// jobGroup counts Jobs whose names differ only in a number at the end, so that a
// trace of a million Jobs costs one group.
type jobGroup struct {
	jobBase
	created, complete, failed, deleted int64
	podFailures                        int64
	duration                           float64 // seconds, sum over complete Jobs
	longest                            models.Time
	account                            lossAccount
}

// groupsMost bounds the groups; the Jobs of further ones share one.
const groupsMost = 1000

// group finds the group of the Job that the operation creates.
func (w *workloads) group(s *step) int32 {
	key := jobBase{s.view.Owner(s.op.Owner).Spec().Namespace, s.view.Dictionary().String(s.op.Name)}
	if s.op.Ordinal == models.Exact {
		key.base = WithoutNumber(key.base)
	}
	if g, ok := w.byBase[key]; ok {
		return g
	}
	if len(w.groups) >= groupsMost {
		key = jobBase{base: ""}
		if g, ok := w.byBase[key]; ok {
			return g
		}
	}
	if w.byBase == nil {
		w.byBase = make(map[jobBase]int32)
	}
	g := int32(len(w.groups))
	w.groups = append(w.groups, jobGroup{jobBase: key, account: lossAccount{gap: models.Never}})
	w.byBase[key] = g
	return g
}

// WithoutNumber cuts a dash and digits off the end of a name, as a CronJob's Jobs have them.
func WithoutNumber(name string) string {
	base := strings.TrimRight(name, "0123456789")
	if len(base) == len(name) || len(base) < 2 || base[len(base)-1] != '-' {
		return name
	}
	return base[:len(base)-1]
}

func (w *workloads) finishJob(s *step) {
	g := &w.groups[w.refs[s.op.Owner]>>1]
	if s.op.Arg != 1 {
		w.failed++
		g.failed++
		w.lastFailed = appendOwner(w.lastFailed[:0], s.view, s.op.Owner)
		return
	}
	w.complete++
	g.complete++
	took := s.now - s.view.Owner(s.op.Owner).Created()
	g.duration += took.Seconds()
	g.longest = max(g.longest, took)
}

// name is the namespace and the base of the names of its Jobs.
func (g *jobGroup) name(v cluster.View) string {
	if g.base == "" {
		return "(others)"
	}
	return v.Dictionary().String(g.namespace) + "/" + g.base
}

func (w *workloads) jobs(v cluster.View) []JobSummary {
	out := make([]JobSummary, len(w.groups))
	for i := range w.groups {
		g := &w.groups[i]
		out[i] = JobSummary{
			Name: g.name(v), Created: g.created, Complete: g.complete, Failed: g.failed,
			Deleted: g.deleted, Unfinished: g.created - g.complete - g.failed - g.deleted,
			PodFailures: g.podFailures, DurationMax: secondsOf(g.longest),
		}
		if g.complete > 0 {
			out[i].DurationMean = roundSeconds(g.duration / float64(g.complete))
		}
	}
	slices.SortStableFunc(out, func(a, b JobSummary) int {
		return cmp.Or(cmp.Compare(b.Created, a.Created), strings.Compare(a.Name, b.Name))
	})
	return out
}
