package reports

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
)

// faults follows faults that take no node down: what waited meanwhile, and when that was
// worked off.
type faults struct {
	all  []faultSpan
	open []int32 // that are not over, or whose backlog is not worked off
}

// faultSpan is one of them.
type faultSpan struct {
	at, until    models.Time
	name, action models.Sym
	nodes        int64
	before, most int64       // pods without a node: when it began, and at most since
	caughtUp     models.Time // when there were no more than before
}

func (f *faults) observeFault(s *step, pending int64) {
	switch s.op.Kind {
	case models.OpBeginFault:
		f.open = append(f.open, int32(len(f.all)))
		f.all = append(f.all, faultSpan{
			at: s.now, until: models.Never, name: s.op.Name, action: s.op.Reason, nodes: s.op.Arg, before: pending, most: pending, caughtUp: models.Never,
		})
	case models.OpEndFault:
		for _, i := range f.open {
			if of := &f.all[i]; of.name == s.op.Name && of.until == models.Never {
				of.until = s.now
				break
			}
		}
		f.observePending(s.now, pending)
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
			PendingBefore: of.before, PendingMost: of.most,
		}
		if of.until != models.Never {
			until := secondsOf(of.until)
			s.Until = &until
			if of.caughtUp != models.Never {
				after := secondsOf(of.caughtUp - of.until)
				s.CaughtUp = &after
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
	if f.PendingMost <= f.PendingBefore {
		return []string{what, "no more pods without a node than before"}
	}
	clauses := []string{what, fmt.Sprintf("%s pods without a node at most, %s before", count(f.PendingMost), count(f.PendingBefore))}
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
