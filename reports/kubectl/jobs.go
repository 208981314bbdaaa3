package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func jobs() *kind {
	return ownerKind(kind{
		name: "job", plural: "jobs", group: "batch",
		columns: []string{"NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"}, aging: []string{"DURATION", "AGE"},
	}, models.Job, jobCells, describeJob)
}

// jobCells shows a Job. Source: pkg/printers/internalversion/printers.go (printJob).
func jobCells(m *Moment, o cluster.Owner) []string {
	n := o.Counts()
	completions := fmt.Sprintf("%d/%d", n.Succeeded, o.Spec().Completions)
	if o.Spec().Completions == models.Unset {
		completions = fmt.Sprintf("%d/1", n.Succeeded)
		if o.Replicas() > 1 {
			completions += fmt.Sprintf(" of %d", o.Replicas())
		}
	}
	started, duration := o.JobStarted(), ""
	switch {
	case started == models.Never:
	case o.Complete():
		duration = Age(whole(o.FinishedAt()).Sub(whole(started)))
	default:
		duration = m.age(started)
	}
	return []string{o.Name(), m.jobStatus(o), completions, duration, m.age(o.Created())}
}

// jobStatus is what the conditions of a Job say.
func (m *Moment) jobStatus(o cluster.Owner) string {
	d := m.View.Dictionary()
	has := func(kind string) bool {
		for c := range o.Conditions() {
			if d.String(c.Type) == kind {
				return c.Status == models.ConditionTrue
			}
		}
		return false
	}
	switch {
	case o.Complete():
		return "Complete"
	case o.Failed():
		return "Failed"
	case o.Terminating() != models.Background:
		return "Terminating"
	}
	for _, kind := range []string{"Suspended", "FailureTarget", "SuccessCriteriaMet"} {
		if has(kind) {
			return kind
		}
	}
	return "Running"
}
