package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// faults follows faults that take no node down: what waited meanwhile and when that was
// worked off, and which workloads came to lack replicas and when they had all again.
type faults struct {
	all  []faultSpan
	open []int32 // that are not over, or whose backlog is not worked off
	held []int32 // that are not over
}

// faultSpan is one of them.
type faultSpan struct {
	at, until    models.Time
	name, action models.Sym
	nodes        int64
	left         int64       // of these, not crashed
	before, most int64       // pods without a node: when it began, and at most since
	caughtUp     models.Time // when there were no more than before
	recovery
	hurt map[int32]struct{} // services that came to lack replicas; nil if none has
}

// recovery counts the workloads that lack replicas since a fault.
type recovery struct {
	short int
	whole models.Time // when one of them last had all again
}

func (f *faults) observeFault(s *step, pending int64) {
	switch s.op.Kind {
	case models.OpBeginFault:
		f.open, f.held = append(f.open, int32(len(f.all))), append(f.held, int32(len(f.all)))
		f.all = append(f.all, faultSpan{
			at: s.now, until: models.Never, name: s.op.Name, action: s.op.Reason, nodes: s.op.Arg, left: s.op.Arg, before: pending, most: pending,
			caughtUp: models.Never, recovery: recovery{whole: models.Never},
		})
	case models.OpEndFault:
		ends := func(of *faultSpan) bool {
			return of.name == s.op.Name && of.action == s.op.Reason && of.nodes == s.op.Arg
		}
		if at := f.holds(ends); at >= 0 {
			f.all[f.held[at]].until = s.now
			f.held = slices.Delete(f.held, at, at+1)
		}
		f.observePending(s.now, pending)
	case models.OpCrashNode: // what a reclaim leads to is told of as a crash
		leads := func(of *faultSpan) bool { return of.name == s.op.Reason && s.text(of.action) == actionReclaim }
		at := f.holds(leads)
		if at < 0 {
			break
		}
		of := &f.all[f.held[at]]
		if of.left--; of.left <= 0 {
			f.held = slices.Delete(f.held, at, at+1)
		}
	}
}

// actionReclaim is that of faults which take nodes down in the end, and never are over.
const actionReclaim = "reclaim"

// holds finds the first fault that is not over of which something is true; -1 if there is
// none.
func (f *faults) holds(is func(*faultSpan) bool) int {
	return slices.IndexFunc(f.held, func(i int32) bool { return is(&f.all[i]) })
}

// shorten notes that a service lacks replicas since now.
func (f *faults) shorten(sv *service, number int32) {
	for _, i := range f.held {
		if slices.Contains(sv.faults, i) {
			continue
		}
		of := &f.all[i]
		if of.hurt == nil {
			of.hurt = make(map[int32]struct{})
		}
		of.hurt[number] = struct{}{}
		of.short++
		sv.faults = append(sv.faults, i)
	}
}

// recovered tells faults that a workload has all its replicas again.
func (f *faults) recovered(hits []int32, now models.Time) {
	for _, i := range hits {
		f.all[i].short--
		f.all[i].whole = now
	}
}

// observePending takes in how many pods have no node.
func (f *faults) observePending(now models.Time, pending int64) {
	open := f.open[:0]
	for _, i := range f.open {
		of := &f.all[i]
		of.most = max(of.most, pending)
		if of.until != models.Never && pending <= of.before {
			of.caughtUp = now
			continue
		}
		open = append(open, i)
	}
	f.open = open
}

func (f *faults) summary(d *models.Dictionary) []FaultSummary {
	var out []FaultSummary
	for i := range f.all {
		of := &f.all[i]
		s := FaultSummary{
			At: secondsOf(of.at), Fault: d.String(of.name), Action: d.String(of.action), Nodes: of.nodes,
			PendingBefore: of.before, PendingMost: of.most, Hurt: len(of.hurt), Short: of.short,
		}
		if of.short == 0 && of.whole != models.Never {
			after := secondsOf(of.whole - of.at)
			s.Recovered = &after
		}
		if of.until != models.Never {
			until := secondsOf(of.until)
			s.Until = &until
			if of.caughtUp != models.Never {
				after := secondsOf(of.caughtUp - of.until)
				s.CaughtUp = &after
			}
			if s.Recovered != nil {
				after := secondsOf(max(of.whole-of.until, 0))
				s.RecoveredAfterEnd = &after
			}
		}
		s.Text = strings.Join(s.story(), "; ")
		out = append(out, s)
	}
	return out
}

// story tells a fault in clauses.
func (f *FaultSummary) story() []string {
	what := f.Action
	if f.Nodes > 0 {
		what += " of " + plural(f.Nodes, "node")
	}
	if f.Until == nil {
		what += " until the end"
	} else {
		what += " for " + Duration(*f.Until-f.At)
	}
	return append(append([]string{what}, f.backlog()...), f.recovery()...)
}

// backlog tells what waited for it.
func (f *FaultSummary) backlog() []string {
	if f.PendingMost <= f.PendingBefore {
		return []string{"no more pods without a node than before"}
	}
	clauses := []string{fmt.Sprintf("%s pods without a node at most, %s before", count(f.PendingMost), count(f.PendingBefore))}
	switch {
	case f.Until == nil:
		return clauses
	case f.CaughtUp == nil:
		return append(clauses, "never as few again")
	case *f.CaughtUp == 0:
		return append(clauses, "as few again when it was over")
	}
	return append(clauses, "as few again "+Duration(*f.CaughtUp)+" after its end")
}

// recovery tells which workloads came to lack replicas, and when they had all again.
func (f *FaultSummary) recovery() []string {
	if f.Hurt == 0 {
		return nil
	}
	clauses := []string{plural(int64(f.Hurt), "workload") + " short of replicas"}
	switch {
	case f.Short > 0:
		return append(clauses, count(int64(f.Short))+" of them still")
	case f.RecoveredAfterEnd != nil && *f.RecoveredAfterEnd > 0:
		return append(clauses, fmt.Sprintf("all available again after %s, %s after its end", Duration(*f.Recovered), Duration(*f.RecoveredAfterEnd)))
	}
	return append(clauses, "all available again after "+Duration(*f.Recovered))
}
