package reports

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// BudgetViolations are evictions of healthy pods that left a PodDisruptionBudget with fewer
// than it desires. Only the eviction API asks budgets: what else evicts may violate them, and
// is told here. The API itself may when the status of a budget is out of date.
type BudgetViolations struct {
	Total     int64             `json:"total"`
	Voluntary int64             `json:"voluntary"` // by the eviction API without leave of the budget: there must be none
	Causes    []CauseCount      `json:"causes"`
	First     []BudgetViolation `json:"first"` // at most 20
}

// BudgetViolation is one of them.
type BudgetViolation struct {
	At           Seconds `json:"atSeconds"`
	Pod          string  `json:"pod"`    // namespace/name
	Budget       string  `json:"budget"` // namespace/name
	By           string  `json:"by"`     // the component
	Cause        string  `json:"cause"`
	Healthy      int32   `json:"healthy"`
	HealthyAfter int32   `json:"healthyAfter"`
	Desired      int32   `json:"desired"`
}

const violationsMost = 20

// causeStale is that of violations that a status out of date has allowed.
const causeStale = "stale-status"

// violations counts them.
type violations struct {
	counts    [len(evictionCauses) + 1]int64 // the last one: causeStale
	voluntary int64
	first     []BudgetViolation
}

func violationNames() []string { return append(evictionNames(), causeStale) }

// attribution is what is known of a pod that is about to leave its node.
type attribution struct {
	pod            models.PodID
	at             models.Time
	known, granted bool // an EvictPod was seen, an AllowDisruption
	by, cause, why string
	changes        []cluster.BudgetChange
}

// note reads what comes before an eviction.
func (a *attribution) note(s *step) {
	if a.pod != s.op.Pod || a.at != s.now {
		*a = attribution{pod: s.op.Pod, at: s.now}
	}
	if s.op.Kind == models.OpAllowDisruption {
		a.granted = true
		return
	}
	a.known = true
	a.by, a.cause, a.why = s.text(s.op.Name), s.text(s.op.Reason), s.text(s.op.Message)
	a.changes = s.pod.BudgetChanges(s.now)
}

// complete adds, to an eviction that has just happened, what nobody has told before.
func (a *attribution) complete(s *step, cause int) {
	if a.pod != s.op.Pod || a.at != s.now {
		*a = attribution{pod: s.op.Pod, at: s.now}
	}
	if !a.known {
		a.by, a.cause, a.why = evictionCauses[cause].by, evictionCauses[cause].name, s.text(s.op.Reason)
		a.changes = s.pod.BudgetChanges(s.now)
	}
}

// evicted takes in that a pod has to leave its node.
func (r *Recorder) evicted(s *step, cause int) {
	a := &r.attribution
	a.complete(s, cause)
	r.workloads.evicted(s, cause)
	if r.upgrades.open > 0 && a.by == "upgrade" {
		r.upgrades.evicted(s, s.view.Node(s.node))
	}
	if !s.measured {
		return
	}
	r.moves.move(s, a)
	for i := range a.changes {
		if c := &a.changes[i]; c.Violated() {
			r.violations.add(s, a, cause, c)
		}
	}
}

func (v *violations) add(s *step, a *attribution, cause int, c *cluster.BudgetChange) {
	name := a.cause
	switch {
	case !s.throughAPI():
	case a.granted:
		cause, name = len(evictionCauses), causeStale
	default:
		v.voluntary++
	}
	v.counts[cause]++
	if len(v.first) < violationsMost {
		v.first = append(v.first, BudgetViolation{
			At: secondsOf(s.now), Pod: string(appendPod(nil, s.view, s.pod)), By: a.by, Cause: name,
			Budget: s.text(c.Budget.Spec().Namespace) + "/" + c.Budget.Name(), Healthy: c.Healthy, HealthyAfter: c.HealthyAfter, Desired: c.Desired,
		})
	}
}

func (v *violations) summary() BudgetViolations {
	out := BudgetViolations{Voluntary: v.voluntary, First: append([]BudgetViolation{}, v.first...)}
	for i, name := range violationNames() {
		out.Causes = append(out.Causes, CauseCount{name, v.counts[i]})
		out.Total += v.counts[i]
	}
	return out
}
