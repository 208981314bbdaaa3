package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// eviction is what is told of a pod that has to leave its node: kubectl tells none of it,
// so it stands in sections of its own.
type eviction struct {
	at             models.Time
	pod            string // namespace/name
	by, cause, why string
	changes        []cluster.BudgetChange
}

// evictionsTold is how many evictions are told of a budget or a node, the last ones.
const evictionsTold = 10

// evicted notes who evicts a pod and what that does to its budgets. An EvictPod comes before
// the deletion and knows more than that.
func (e *Events) evicted(op *models.Op, pod cluster.Pod) {
	if was := e.evictions[op.Pod]; was != nil && was.at == e.now {
		return
	}
	d := pod.View().Dictionary()
	is := &eviction{at: e.now, why: d.String(op.Message)}
	switch reason := d.String(op.Reason); {
	case op.Kind == models.OpEvictPod:
		is.by, is.cause = d.String(op.Name), reason
	case reason == causeTaint:
		is.by, is.cause = taintController, reason
	case strings.HasPrefix(reason, causePreemption):
		is.by = models.DefaultScheduler
		is.cause, is.why, _ = strings.Cut(reason, " ")
	default:
		return
	}
	about := podReference(pod)
	is.pod, is.changes = about.Namespace+"/"+about.Name, pod.BudgetChanges(e.now)
	e.evictions[op.Pod] = is
	last := func(list []*eviction) []*eviction {
		list = append(list, is)
		return list[max(len(list)-evictionsTold, 0):]
	}
	for i := range is.changes {
		id := is.changes[i].Budget.ID()
		e.ofBudget[id] = last(e.ofBudget[id])
	}
	if node := pod.Node(); node != models.None {
		e.ofNode[node] = last(e.ofNode[node])
	}
}

// eviction tells why a pod has to leave its node, if it has.
func (p *page) eviction(m *Moment, pod cluster.Pod) {
	if m.Events == nil || m.Events.evictions[pod.ID()] == nil {
		return
	}
	is := m.Events.evictions[pod.ID()]
	p.line(0, "Eviction:")
	p.line(1, "By:\t%s", is.by)
	p.line(1, "Cause:\t%s", is.cause)
	if is.why != "" {
		p.line(1, "Why:\t%s", is.why)
	}
	if len(is.changes) > 0 {
		p.line(1, "Budgets:")
		p.line(2, "Name\tDesired\tHealthy\tAllowed disruptions")
	}
	for i := range is.changes {
		c := &is.changes[i]
		p.line(2, "%s\t%d\t%s\t%s", c.Budget.Name(), c.Desired, fromTo(c.Healthy, c.HealthyAfter), fromTo(c.Allowed, c.AllowedAfter))
	}
}

// evictionsOf tells which pods of a budget had to leave their nodes, if any had.
func (p *page) evictionsOf(m *Moment, b cluster.Budget) {
	if m.Events == nil || len(m.Events.ofBudget[b.ID()]) == 0 {
		return
	}
	p.line(0, "Evictions:")
	p.line(1, "Age\tPod\tBy\tCause\tHealthy\tAllowed disruptions")
	for _, is := range m.Events.ofBudget[b.ID()] {
		for i := range is.changes {
			if c := &is.changes[i]; c.Budget.ID() == b.ID() {
				p.line(1, "%s\t%s\t%s\t%s\t%s\t%s", m.age(is.at), is.pod, is.by, is.cause, fromTo(c.Healthy, c.HealthyAfter), fromTo(c.Allowed, c.AllowedAfter))
			}
		}
	}
}

// evictionsFrom tells which pods had to leave a node, if any had.
func (p *page) evictionsFrom(m *Moment, n cluster.Node) {
	if m.Events == nil || len(m.Events.ofNode[n.ID()]) == 0 {
		return
	}
	p.line(0, "Evictions:")
	p.line(1, "Age\tPod\tBy\tCause\tWhy")
	for _, is := range m.Events.ofNode[n.ID()] {
		p.line(1, "%s\t%s\t%s\t%s\t%s", m.age(is.at), is.pod, is.by, is.cause, is.why)
	}
}

func fromTo(before, after int32) string {
	if before == after {
		return fmt.Sprint(after)
	}
	return fmt.Sprintf("%d -> %d", before, after)
}
